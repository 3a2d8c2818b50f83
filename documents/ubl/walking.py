"""What is wrong with the structure of a UBL document, element by element, in words and with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree

from ...models.domain.findings import Finding
from ..grammar.checking import is_valid
from ..xml import Element
from .codes import EXT
from .schema import Aggregate, Attribute, Simple, Slot, Table
from .texts import WANTED, reads

RULE: Final = "HF08"

_EXTENSION_CONTENT: Final = f"{{{EXT}}}ExtensionContent"
_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_ANYWHERE: Final = frozenset({f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation"})
_SHOWN: Final = 200
_MOST_NAMES: Final = 8


class Spot:
    """An element on the way down, which knows its place once somebody asks."""

    __slots__ = ("_above", "_positions", "element")

    def __init__(self, element: Element, above: Spot | None) -> None:
        self.element = element
        self._above = above
        self._positions: dict[Element, int] | None = None

    @property
    def place(self) -> str:
        """As XPath without prefixes; a position only where the parent has several of that name."""
        name = etree.QName(self.element).localname
        if self._above is None:
            return f"/{name}"
        position = self._above.position_of(self.element)
        return f"{self._above.place}/{name}[{position}]" if position else f"{self._above.place}/{name}"

    def position_of(self, child: Element) -> int:
        """Its position among the children of its name; 0 where it is the only one."""
        if self._positions is None:
            names: dict[str, list[Element]] = {}
            for each in self.element.iterchildren("*"):
                names.setdefault(etree.QName(each).localname, []).append(each)
            self._positions = {
                each: position if len(same) > 1 else 0
                for same in names.values()
                for position, each in enumerate(same, start=1)
            }
        return self._positions[child]


class Walk:
    """Everything that is wrong, in the document's order, an element with all that is within it."""

    def __init__(self, kinds: Table, schema: etree.XMLSchema) -> None:
        self._kinds = kinds
        self._schema = schema

    def element(self, element: Element, spot: Spot) -> Iterator[Finding]:
        """The problems of one element that may stand where it stands."""
        kind = self._kinds.get(element.tag)
        if isinstance(kind, Aggregate):
            yield from _attributes(element, spot, {})
            yield from self._children(element, spot, kind)
        elif kind is not None:
            yield from _attributes(element, spot, kind.attributes)
            yield from _simple(element, spot, kind)
        elif element.tag == _EXTENSION_CONTENT:
            yield from self._extension(element, spot)

    def _children(self, element: Element, spot: Spot, kind: Aggregate) -> Iterator[Finding]:
        if (element.text or "").strip():
            yield finding_at(spot, "There is text where only elements may stand.", found=element.text.strip())
        met: set[str] = set()
        latest: Slot | None = None
        for child in element.iterchildren("*"):
            slot, at = kind.slots.get(child.tag), Spot(child, spot)
            if slot is None:
                yield _unknown(at, spot, kind, latest)
            else:
                yield from _misplaced(at, slot, latest, met)
                latest = slot if latest is None or slot.position > latest.position else latest
                met.add(child.tag)
                yield from self.element(child, at)
            if (child.tail or "").strip():
                yield finding_at(spot, "There is text where only elements may stand.", found=child.tail.strip())
        yield from (_missing(spot, slot) for slot in kind.slots.values() if slot.required and slot.tag not in met)

    def _extension(self, element: Element, spot: Spot) -> Iterator[Finding]:
        """What others put in: one element of another namespace, judged by libxml2 where the schema knows its name."""
        children = list(element.iterchildren("*"))
        yield from _attributes(element, spot, {})
        if len(children) != 1 or etree.QName(children[0]).namespace in {None, EXT}:
            message = "An extension holds just one element, of a namespace of its own."
            found = ", ".join(_name(child.tag) for child in children[:_MOST_NAMES])
            yield finding_at(spot, message, expected="one element", found=found or None)
        elif not is_valid(element, self._schema):
            yield finding_at(spot, "The content of the extension is not what its schema allows.")


def _misplaced(at: Spot, slot: Slot, latest: Slot | None, met: set[str]) -> Iterator[Finding]:
    name = _name(slot.tag)
    if slot.tag in met and not slot.many:
        yield finding_at(at, f"{name} stands here more than once.", expected=f"one {name}")
    elif latest is not None and slot.position < latest.position:
        before = _name(latest.tag)
        yield finding_at(at, f"{name} stands too late: it belongs before {before}.", expected=f"{name} before {before}")


def _unknown(at: Spot, above: Spot, kind: Aggregate, latest: Slot | None) -> Finding:
    tag = at.element.tag
    name = _name(tag)
    parent = _name(above.element.tag)
    same = [slot.tag for slot in kind.slots.values() if _name(slot.tag) == name]
    if same:
        message = f"{name} is of another namespace than the one of UBL."
        return finding_at(
            at, message, expected=etree.QName(same[0]).namespace, found=etree.QName(tag).namespace or "none"
        )
    start = 0 if latest is None else latest.position
    following = [slot.tag for slot in kind.slots.values() if slot.position >= start]
    return finding_at(at, f"{name} does not belong in {parent}.", expected=_one_of(following), found=name)


def _missing(spot: Spot, slot: Slot) -> Finding:
    name, parent = _name(slot.tag), _name(spot.element.tag)
    element = spot.element
    return Finding(
        rule=RULE,
        message=f"{name} is missing in {parent}.",
        location=f"{spot.place}/{name}",
        line=int(element.sourceline),
        expected=name,
    )


def _simple(element: Element, spot: Spot, kind: Simple) -> Iterator[Finding]:
    child = next(element.iterchildren("*"), None)
    if child is not None:
        message = f"{_name(element.tag)} holds a text only, no elements."
        yield finding_at(spot, message, expected=WANTED.get(kind.type, "a text"), found=_name(child.tag))
    elif not reads(element.text or "", kind.type):
        wanted = WANTED[kind.type]
        yield finding_at(
            spot, f"{_name(element.tag)} is not {wanted}.", expected=wanted, found=element.text or "nothing"
        )


def _attributes(element: Element, spot: Spot, known: Mapping[str, Attribute]) -> Iterator[Finding]:
    name = _name(element.tag)
    for attribute, value in element.attrib.items():
        kind = known.get(attribute)
        if kind is None and attribute not in _ANYWHERE:
            yield finding_at(spot, f"{name} has no attribute {_name(attribute)}.", found=_name(attribute))
        elif kind is not None and not reads(value, kind.type):
            wanted = WANTED[kind.type]
            yield finding_at(spot, f"The attribute {attribute} is not {wanted}.", expected=wanted, found=value)
    for attribute, kind in known.items():
        if kind.required and attribute not in element.attrib:
            yield finding_at(spot, f"{name} must have the attribute {attribute}.", expected=attribute)


def finding_at(spot: Spot, message: str, *, expected: str | None = None, found: str | None = None) -> Finding:
    return Finding(
        rule=RULE,
        message=message,
        location=spot.place,
        line=int(spot.element.sourceline),
        expected=_short(expected),
        found=_short(found),
    )


def _one_of(tags: list[str]) -> str:
    names = ", ".join(_name(tag) for tag in tags[:_MOST_NAMES])
    return f"{names}, …" if len(tags) > _MOST_NAMES else names or "nothing more"


def _name(tag: str) -> str:
    return tag.rpartition("}")[2]


def _short(text: str | None) -> str | None:
    return text if text is None or len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
