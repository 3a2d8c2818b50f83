"""The schema of plain invoices and credit notes: of UBL's own schema, what the tables of ``plain`` leave.

It takes no document that UBL's does not take: the order of elements, types and attributes are read from there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

from lxml import etree
from lxml.builder import ElementMaker

from ..xml import Element
from .codes import CAC, CBC, CREDIT_NOTE
from .plain import ELEMENTS, Attribute, Text, texts
from .schema import Aggregate, Simple, Slot, table

_CHILD = re.compile(r"(?P<name>\w+)(?:=(?P<kind>\w+))?(?P<times>[?*+]|:[0-9]+)?")
_TIMES: Final = {"": (1, "1"), "?": (0, "1"), "*": (0, "unbounded"), "+": (1, "unbounded")}
_SPECIAL = re.compile(r"[.+*?(){}|\[\]\\^$-]")
_ESCAPED: Final = r"\\\g<0>"
_NAMESPACES: Final = {"xs": "http://www.w3.org/2001/XMLSchema", "cac": CAC, "cbc": CBC}
_make = ElementMaker(namespace=_NAMESPACES["xs"], nsmap=_NAMESPACES)
_PLACES: Final = {CAC: "memory:cac", CBC: "memory:cbc"}


@cache
def plain_schema(namespace: str) -> etree.XMLSchema:
    """The schema of plain documents whose root is in ``namespace``. All threads share its ``error_log``."""
    return _Writer(namespace).schema()


class _Child(NamedTuple):
    """One element within another, as our tables have it and as UBL has it."""

    name: str
    kind: str | None
    times: str
    slot: Slot


class _Writer:
    """Writes each kind that holds elements as a type, which begins with a group of its simple elements.

    They stand in two schemas, since an element's namespace is that of the schema that declares it.
    """

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace
        self._official = table(namespace)
        self._texts = texts()
        self._done: set[str] = set()
        self._cac = _make.schema(_import(CBC), targetNamespace=CAC, elementFormDefault="qualified")
        self._cbc = _make.schema(targetNamespace=CBC, elementFormDefault="qualified")

    def schema(self) -> etree.XMLSchema:
        """All of it, compiled by libxml2."""
        name = "CreditNote" if self._namespace == CREDIT_NOTE else "Invoice"
        self._add_kind(name, f"{{{self._namespace}}}{name}")
        self._cbc.extend(_simple_type(text, name=kind) for kind, text in self._texts.items() if _narrows(text))
        root = _make.element(name=name, type=f"cac:{name}")
        main = _make.schema(_import(CAC), root, targetNamespace=self._namespace)
        parser = etree.XMLParser(no_network=True, resolve_entities=False)
        parser.resolvers.add(_Parts({_PLACES[CAC]: etree.tostring(self._cac), _PLACES[CBC]: etree.tostring(self._cbc)}))
        return etree.XMLSchema(etree.fromstring(etree.tostring(main), parser))

    def _add_kind(self, kind: str, tag: str) -> None:
        if kind in self._done:
            return
        self._done.add(kind)
        simple, others = _make.sequence(), _make.sequence()
        for choice in _children(kind, self._aggregate(tag)):
            elements = simple if isinstance(self._official[choice[0].slot.tag], Simple) else others
            elements.append(self._element(choice[0]) if len(choice) == 1 else self._any_of(choice))
        if len(simple):
            self._cbc.append(_make.group(simple, name=kind))
            others.insert(0, _make.group(ref=f"cbc:{kind}"))
        self._cac.append(_make.complexType(others, name=kind))

    def _aggregate(self, tag: str) -> Aggregate:
        official = self._official[tag]
        assert isinstance(official, Aggregate), tag
        return official

    def _element(self, child: _Child, fewest: int | None = None) -> Element:
        few, most = _TIMES.get(child.times) or (0, child.times[1:])
        occurs = {"minOccurs": str(few if fewest is None else fewest), "maxOccurs": most}
        official = self._official[child.slot.tag]
        if isinstance(official, Simple):
            return _make.element(self._simple(child, official), occurs, name=child.name)
        kind = child.kind or child.name
        self._add_kind(kind, child.slot.tag)
        return _make.element(occurs, name=child.name, type=f"cac:{kind}")

    def _any_of(self, children: list[_Child]) -> Element:
        """One of them at least, in their order."""
        sequences = [
            _make.sequence(self._element(child, 1), *(self._element(one, 0) for one in children[at:]))
            for at, child in enumerate(children, start=1)
        ]
        return _make.choice(*sequences)

    def _simple(self, child: _Child, official: Simple) -> Element:
        text = self._texts[child.kind] if child.kind else Text()
        base = f"cbc:{child.kind}" if _narrows(text) else f"xs:{official.type}"
        extension = _make.extension(base=base)
        for name, attribute in official.attributes.items():
            extension.append(_attribute(name, f"xs:{attribute.type}", text.attributes.get(name), attribute.required))
        return _make.complexType(_make.simpleContent(extension))


def _children(kind: str, official: Aggregate) -> list[list[_Child]]:
    """The children of a kind, in UBL's order; together those of which there is one at least."""
    slots = {slot.tag.rpartition("}")[2]: slot for slot in official.slots.values()}
    found = []
    for item in ELEMENTS[kind].split():
        choice = []
        for one in item.split("|"):
            match = _CHILD.fullmatch(one)
            assert match, one
            choice.append(_Child(match["name"], match["kind"], match["times"] or "", slots[match["name"]]))
        found.append(sorted(choice, key=_position))
    return sorted(found, key=lambda choice: _position(choice[0]))


def _position(child: _Child) -> int:
    return child.slot.position


def _narrows(text: Text) -> bool:
    return bool(text.codes or text.pattern or text.said)


def _simple_type(text: Text, **name: str) -> Element:
    restriction = _make.restriction(base="xs:token" if text.said else "xs:string")
    pattern = one_of(text.codes) if text.codes else text.pattern
    if pattern:
        restriction.append(_make.pattern(value=pattern))
    if text.said:
        restriction.append(_make.minLength(value="1"))
    return _make.simpleType(restriction, name)


def one_of(codes: Collection[str]) -> str:
    """The pattern of just these codes: libxml2 goes through it once, where it would go through all of an enumeration.

    >>> one_of(["EUR", "EGP", "E", "USD"])
    '(E(GP|UR)?|USD)'
    """
    alternatives = []
    for head, group in groupby(sorted(code for code in codes if code), key=itemgetter(0)):
        tails = [code[1:] for code in group]
        alternatives.append(f"{_SPECIAL.sub(_ESCAPED, head)}{one_of(tails) if any(tails) else ''}")
    pattern = "|".join(alternatives)
    if "" in codes:
        return f"({pattern})?"
    return pattern if len(alternatives) == 1 else f"({pattern})"


def _attribute(name: str, type_: str, narrower: Attribute | None, required: bool) -> Element:
    if narrower is None:
        return _make.attribute(name=name, type=type_, use="required" if required else "optional")
    if not narrower.codes:
        return _make.attribute(name=name, type=type_, use=narrower.use)
    return _make.attribute(_simple_type(Text(narrower.codes)), name=name, use=narrower.use)


def _import(namespace: str) -> Element:
    return _make("import", namespace=namespace, schemaLocation=_PLACES[namespace])


class _Parts(etree.Resolver):  # type: ignore[misc]
    """Answers the imports of our schemas from memory."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        super().__init__()
        self._parts = parts

    def resolve(self, system_url: str | None, public_id: str | None, context: object) -> object:  # noqa: ARG002
        return self.resolve_string(self._parts.get(system_url or "", b""), context)
