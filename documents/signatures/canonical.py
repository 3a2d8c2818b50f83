"""The one form of XML that digests are made of (Canonical XML 1.0 and 1.1, exclusive or not), in bounded time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from lxml import etree

from ..xml import Element
from .broken import BrokenSignature


@dataclass(frozen=True, slots=True)
class Form:
    """How nodes are written out. ``prefixes`` are those that the exclusive form treats as the inclusive one does."""

    exclusive: bool = False
    comments: bool = False
    prefixes: tuple[str, ...] = ()


DEFAULT: Final = Form()
"""What XML Signature prescribes where a reference names none: Canonical XML 1.0."""

_EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
_FORMS: Final[Mapping[str, Form]] = {
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315": Form(),
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments": Form(comments=True),
    "http://www.w3.org/2006/12/xml-c14n11": Form(),
    "http://www.w3.org/2006/12/xml-c14n11#WithComments": Form(comments=True),
    _EXCLUSIVE: Form(exclusive=True),
    f"{_EXCLUSIVE}WithComments": Form(exclusive=True, comments=True),
}
"""The two inclusive ones differ in what they take over from ancestors' ``xml:`` attributes, which are refused below."""

_MAX_ATTRIBUTES: Final = 300
_MAX_PREFIXES: Final = 32
_FEW_NAMESPACES: Final = 16
_MAX_STEPS: Final = 250_000_000
"""libxml2 orders the attributes and finds the namespaces of an element in quadratic time; this is a second or two."""

_MANY_ATTRIBUTES = etree.XPath(f"boolean(//*[@*[{_MAX_ATTRIBUTES + 1}]])")
_INHERITED = etree.XPath("boolean(ancestor::*[@xml:*])")


def form_of(method: Element) -> Form | None:
    """The form that an element's ``Algorithm`` names; None where it names something else."""
    form = _FORMS.get(method.get("Algorithm", ""))
    if form is None or not form.exclusive:
        return form
    listed = method.find(f"{{{_EXCLUSIVE}}}InclusiveNamespaces")
    prefixes = () if listed is None else tuple(listed.get("PrefixList", "").split())
    if len(prefixes) > _MAX_PREFIXES:
        raise BrokenSignature(f"a canonicalisation lists more than {_MAX_PREFIXES} prefixes")
    return replace(form, prefixes=prefixes)


def canonical(node: Element, form: Form) -> bytes:
    """An element as it stands in its document, or a whole document (an element tree), in canonical form."""
    if etree.iselement(node):
        if not form.exclusive and _INHERITED(node):
            raise BrokenSignature("xml: attributes around what is signed are not supported")
        node = _apart(node, form)
    try:
        return etree.tostring(  # type: ignore[no-any-return]
            node,
            method="c14n",
            exclusive=form.exclusive,
            with_comments=form.comments,
            inclusive_ns_prefixes=list(form.prefixes) or None,
        )
    except (etree.LxmlError, ValueError) as error:
        raise BrokenSignature(f"the document has no canonical form ({str(error)[:100]})") from None


def _apart(element: Element, form: Form) -> Element:
    """The element as the root of a document of its own, where that makes a difference.

    lxml takes the namespaces around it from a copy of it, where libxml2 does not find the default one again for what is
    two levels down, and gives that ``xmlns=""``.
    """
    alone = element.getparent() is None and element.getprevious() is None and element.getnext() is None
    if alone or form.exclusive or None not in element.nsmap:
        return element
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    return etree.fromstring(etree.tostring(element, encoding="UTF-8", with_tail=False), parser)


def check_bounds(root: Element, data: bytes) -> None:
    """Refuse what could not be brought to its canonical form in a few seconds; ``data`` is the file of the root."""
    if _MANY_ATTRIBUTES(root):
        raise BrokenSignature(f"an element has more than {_MAX_ATTRIBUTES} attributes")
    if data.replace(b"\0", b"").count(b"xmlns") > _FEW_NAMESPACES and _steps(root) > _MAX_STEPS:
        raise BrokenSignature("there are too many namespace declarations")


def _steps(root: Element) -> int:
    steps = declared = 0
    for event, _ in etree.iterwalk(root, events=("start", "start-ns", "end-ns")):
        if event == "start":
            steps += declared * declared
        else:
            declared += 1 if event == "start-ns" else -1
    return steps


@contextmanager
def without(elements: Sequence[Element]) -> Iterator[None]:
    """The document without these elements, whose text after them stays; inside the ``with`` only."""
    taken = [_taken(element) for element in elements]
    try:
        yield
    finally:
        for one in reversed(taken):
            one.put_back()


@dataclass(frozen=True, slots=True)
class _Taken:
    element: Element
    parent: Element
    previous: Element | None
    position: int
    before: str | None
    tail: str | None

    def put_back(self) -> None:
        if self.previous is None:
            self.parent.text = self.before
        else:
            self.previous.tail = self.before
        self.parent.insert(self.position, self.element)
        self.element.tail = self.tail


def _taken(element: Element) -> _Taken:
    parent, previous, tail = element.getparent(), element.getprevious(), element.tail
    before = parent.text if previous is None else previous.tail
    taken = _Taken(element, parent, previous, parent.index(element), before, tail)
    element.tail = None  # lxml would take it away together with the element.
    parent.remove(element)
    joined = (before or "") + (tail or "") or None
    if previous is None:
        parent.text = joined
    else:
        previous.tail = joined
    return taken
