"""Whether a document has the structure of its format: the verdict is libxml2's, the words and places are ours."""

from __future__ import annotations

from typing import Final

from lxml import etree

from ...models.domain.findings import Finding
from ..xml import Element
from .formats import SIGNATURES, facturae_grammar, facturae_schema, new_facturae_schema, signature_grammar
from .grammars import Grammars, Visit
from .notation import Child
from .saying import RULE
from .spots import Spot
from .walking import Walk

MAX_PROBLEMS: Final = 1000
"""As many as a report of a document takes."""

_SMALL: Final = 5000
_MIDDLING: Final = 25_000
_count = etree.XPath("count(.//*) + count(.//@*)")
_is_broad = etree.XPath("boolean(.//*[1500])")
_AT_ONCE: Final = 1 << 16
_LONGEST: Final = 300


def check_structure(
    root: Element, version: str, namespace: str, *, limit: int = MAX_PROBLEMS, once: frozenset[str] = frozenset()
) -> tuple[Finding, ...]:
    """What is wrong with a Facturae's structure (rule HF08), in its order, at most ``limit`` findings; none iff the
    schema made of the grammar accepts it.

    Of elements in namespaces ``once`` where only known ones may stand, the first of each namespace is told alone.
    ``root`` is the root element of its own tree, in ``namespace``, of the version that namespace stands for. Takes
    time linear in the document's size, little where it is as it should be. Never raises for what the document holds.
    """
    schema = facturae_schema(version, namespace)
    if root.tag != f"{{{namespace}}}Facturae":
        return (_not_facturae(root, namespace),)
    if is_valid(root, schema):
        return ()
    grammar = facturae_grammar(version)
    grammars = Grammars(grammar, namespace, signature_grammar(), SIGNATURES)
    visit = Visit(grammar.kind(Child("Facturae", None)), grammar)
    findings = Walk(grammars, limit, once).findings(Spot(root), visit)
    return findings or (_unexplained(root, version, namespace),)


def _takes_all_at_once(root: Element) -> bool:
    """Whether no mistakes in it could be dear: a tenth of a second is spent on their places at most."""
    parts = _count(root)
    return bool(parts <= _SMALL or (parts <= _MIDDLING and not _is_broad(root)))


def is_valid(root: Element, schema: etree.XMLSchema) -> bool:
    """The verdict.

    libxml2 notes of every error where it stands, by counting the siblings before: quadratic in a big document, which
    is therefore checked as a stream, of which no places are noted, up to the first error.
    """
    if _takes_all_at_once(root):
        return bool(schema.validate(root))
    text = etree.tostring(root, encoding="UTF-8", with_tail=False)
    parser = etree.XMLParser(
        schema=schema, target=_Nothing(), huge_tree=True, resolve_entities=False, no_network=True, load_dtd=False
    )
    for start in range(0, len(text), _AT_ONCE):
        parser.feed(text[start : start + _AT_ONCE])
        if len(parser.feed_error_log):
            return False
    try:
        parser.close()
    except etree.XMLSyntaxError:
        return False
    return not len(parser.feed_error_log) and not _has_twins(root)


class _Nothing:
    """What is made of a document that is only checked."""

    def close(self) -> None:
        """Nothing to hand out."""


def _has_twins(root: Element) -> bool:
    """Whether two elements of signatures have one Id, which checking a stream does not tell."""
    ids = [name for element in root.iter(f"{{{SIGNATURES}}}*") if (name := element.get("Id")) is not None]
    return len({" ".join(name.split()) for name in ids}) < len(ids)


def _not_facturae(root: Element, namespace: str) -> Finding:
    spot = Spot(root)
    message = "The root element is not Facturae."
    expected = f"{{{namespace}}}Facturae"
    return Finding(
        rule=RULE, message=message, location=spot.path, line=spot.line, expected=expected, found=root.tag[:200]
    )


def _unexplained(root: Element, version: str, namespace: str) -> Finding:
    """What libxml2 says first, for an error that our words have no name for; none such is known."""
    message, line = f"The structure is not that of Facturae {version}.", None
    if _takes_all_at_once(root):
        # The log of the schema that all threads share may speak of another document.
        schema = new_facturae_schema(version, namespace)
        if not schema.validate(root) and len(schema.error_log):
            error = schema.error_log[0]
            message, line = str(error.message)[:_LONGEST], int(error.line) or None
    return Finding(rule=RULE, message=message, line=line)
