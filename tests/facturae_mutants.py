"""Facturae documents without number: valid ones made up from our grammar, and mutants of them and of the samples.

Everything follows from the random generator that is given, so that a seed names a document.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from lxml import etree

from tramesa.documents.facturae.codes import VERSIONS
from tramesa.documents.grammar import formats
from tramesa.documents.grammar.notation import AnyElement, Child, Choice, Grammar, Particle, Record, Value
from tramesa.documents.grammar.tables import TABLES
from tramesa.tests.facturae_files import NAMESPACES, SAMPLES

Element = Any

XSD = SAMPLES / "xsd" / "facturae"
DS = "http://www.w3.org/2000/09/xmldsig#"
XS = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
STRANGE = "urn:example:strange"

NUMBERS = [
    "0",
    "1",
    "7",
    "-1",
    "+1",
    "1.0",
    "1.00",
    "-1.00",
    "+1.00",
    "1.000",
    "1.0000",
    "1.00000",
    "1.000000",
    "-1.000000",
    "1.0000000",
    "1.12345678",
    "1.123456789",
    "12.50",
    "12.5000",
    "-12.5000",
    "00001.00",
    "-0.00",
    "1,00",
    "1.",
    ".5",
    "-.5",
    ".",
    "-",
    "1e5",
    "1E-5",
    "1e",
    "1E400",
    "INF",
    "-INF",
    "+INF",
    "NaN",
    "nan",
    "inf",
    "0x10",
    "1_000",
    "1.0f",
    "1.00.00",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "007",
    "1.00-",
    "--1",
    "١٢",
    "１２.００",
]
DATES = [
    "2026-11-21",
    "2024-02-29",
    "2023-02-29",
    "1900-02-29",
    "2000-02-29",
    "2026-02-30",
    "2026-13-01",
    "2026-00-10",
    "2026-10-00",
    "2026-1-1",
    "26-01-01",
    "0000-01-01",
    "0001-01-01",
    "-0001-01-01",
    "-2026-01-01",
    "12026-01-01",
    "02026-01-01",
    "2026-01-01Z",
    "2026-01-01z",
    "2026-01-01+02:00",
    "2026-01-01-14:00",
    "2026-01-01+14:00",
    "2026-01-01+14:01",
    "2026-01-01+15:00",
    "2026-01-01+2:00",
    "2026-01-01+02",
    "2026-01-01T00:00:00",
    "+2026-01-01",
    "20260101",
    "2026/01/01",
    "21-11-2026",
    "9999-12-31",
    "10000-01-01",
    "2026-01-01-00:00",
    "2026-01-01+23:59",
    "2026-01",
]
OTHERS = [
    "",
    " ",
    "\n",
    "\t ",
    "x",
    "A",
    "FC",
    "OO",
    "EM",
    "I",
    "L",
    "J",
    "F",
    "R",
    "08001",
    "8001",
    "080011",
    "٠١٢٣٤",
    "12345",
]
OTHERS += [
    "123456",
    "1234567890",
    "12345678901",
    "esp",
    "ESP ",
    " ESP",
    "EUR",
    "eur",
    "es",
    "ca",
    "xx",
    "true",
    "&<>\"'",
    "a  b",
]
OTHERS += [
    "ñ" * 20,
    "😀" * 20,
    "😀" * 21,
    "e\u0301" * 20,
    "\u00a01.00",
    "1.00\u00a0",
    " 1.00 ",
    "\t1.00\n",
    "1 .00",
    " 2026-11-21\n",
]
OTHERS += [
    "TWFu",
    "TWE=",
    "TQ==",
    "TQ=",
    "TQ",
    "T WFu",
    "TWFu\n",
    "====",
    "TWF*",
    "TR==",
    "http://example.com/a",
    "#id",
    "http://[",
]
OTHERS += [
    "%zz",
    "a b",
    "id-1",
    "1id",
    "_id",
    "a:b",
    "3.2",
    "3.2.1",
    "3.2.2",
    " 3.2.2",
    "3.1",
    "CAIXESBBXXX",
    "CAIXESBB",
    "http://a b",
]
LENGTHS = (2, 3, 5, 9, 10, 11, 14, 15, 20, 30, 34, 40, 50, 60, 70, 80, 250, 2500)


@cache
def grammar(version: str) -> Grammar:
    return formats.facturae_grammar(version)


@cache
def signatures() -> Grammar:
    return formats.signature_grammar()


@cache
def official(version: str) -> etree.XMLSchema:
    parser = etree.XMLParser(load_dtd=True, no_network=True)
    return etree.XMLSchema(etree.parse(str(XSD / f"Facturaev{version.replace('.', '_')}.xsd"), parser))


def samples(version: str) -> list[bytes]:
    """All published documents of a version; each also without its signature's indentation is no different."""
    paths = sorted(path for path in (SAMPLES / "facturae").rglob("*") if path.is_file())
    return [data for path in paths if f'"{NAMESPACES[version]}"'.encode() in (data := Path(path).read_bytes())]


# Made up


class Author:
    """Writes valid documents of one version, every optional branch now and then."""

    def __init__(self, rng: Random, version: str, *, likely: float = 0.35) -> None:
        self._rng = rng
        self._version = version
        self._namespace = NAMESPACES[version]
        self._likely = likely
        self._ids = 0

    def document(self) -> Element:
        root = etree.Element(f"{{{self._namespace}}}Facturae", nsmap={"fe": self._namespace, "ds": DS})
        self._fill(root, grammar(self._version).records["Facturae"], grammar(self._version))
        return root

    def element(self, child: Child, known: Grammar) -> Element:
        if child.name.startswith("ds:"):
            child, known = Child(child.name[3:], None), signatures()
        tag = f"{{{DS}}}{child.name}" if known is signatures() else child.name
        made = etree.Element(tag, nsmap={"ds": DS} if known is signatures() else None)
        kind = known.kind(child)
        if isinstance(kind, Value):
            # No text at all, as a parser makes it, is not the same as an empty one.
            made.text = None if child.empty and self._rng.random() < 0.1 else self.text(kind) or None
        else:
            self._fill(made, kind, known)
        return made

    def text(self, value: Value) -> str:
        if value.codes:
            return self._rng.choice(value.codes)
        if value.base == "ID":
            self._ids += 1
            return f"id-{self._ids}"
        if value.pattern:
            return self._rng.choice([text for text in [*NUMBERS, *OTHERS] if _fits(value, text)])
        if value.longest is not None:
            most = min(value.longest, 40) if self._rng.random() < 0.9 else value.longest
            return "é" * self._rng.randint(min(value.shortest, most), most)
        return self._rng.choice(_SIMPLE[value.base])

    def _fill(self, element: Element, record: Record, known: Grammar) -> None:
        for attribute in record.attributes:
            if attribute.required or self._rng.random() < self._likely:
                element.set(attribute.name, self.text(attribute.value))
        if record.value is not None:
            element.text = self.text(record.value)
        if record.mixed and self._rng.random() < 0.2:
            element.text = "text"
        for child in self._sequence(record.content, known):
            element.append(child)

    def _sequence(self, content: tuple[Particle, ...], known: Grammar) -> Iterator[Element]:
        for particle in content:
            for _ in range(self._times(particle)):
                yield from self._one(particle, known)

    def _times(self, particle: Particle) -> int:
        if particle.most == particle.fewest == 1:
            return 1
        most = particle.fewest + 1 if particle.most is None else particle.most
        return most if self._rng.random() < self._likely else particle.fewest

    def _one(self, particle: Particle, known: Grammar) -> Iterator[Element]:
        if isinstance(particle, Choice):
            yield from self._sequence(self._rng.choice(particle.sequences), known)
        elif isinstance(particle, Child):
            yield self.element(particle, known)
        elif particle.strict:
            if not particle.own_too and known is not signatures():
                yield self.element(Child("KeyName", None), signatures())
        else:
            yield etree.Element(f"{{{STRANGE}}}{self._rng.choice('abc')}")


_SIMPLE = {
    "string": ["", "text", "  spaced  out "],
    "date": ["2026-11-21", "2024-02-29", "2026-01-01Z", "2026-01-01+02:00"],
    "double": ["1", "2.5", "1E2", "INF", "-0", " 7 "],
    "long": ["1", "007", "+3", " 2 "],
    "base64Binary": ["TWFu", "", "TQ==", " TW Fu "],
    "anyURI": ["http://example.com/a", "#id", ""],
    "integer": ["1", "-7"],
}


@cache
def _fits(value: Value, text: str) -> bool:
    length = value.longest is None or value.shortest <= len(text) <= value.longest
    return length and re.fullmatch(value.pattern or "", text) is not None


# Mutants


def mutant(rng: Random, seed: Element, version: str) -> Element:
    """A copy of a document with one change, sometimes two or three; as parsed, since schemas tell the difference."""
    root = copy.deepcopy(seed)
    for _ in range(rng.choice((1, 1, 1, 1, 2, 3))):
        mutate = rng.choice(MUTATIONS)
        elements = list(root.iter("*")) if mutate is not _no_attribute else root.xpath("//*[@*]") or [root]
        mutate(rng, rng.choice(elements), version)
    return etree.fromstring(etree.tostring(root, with_tail=False))


Mutation = Callable[[Random, Element, str], None]


def _delete(rng: Random, element: Element, version: str) -> None:
    if (parent := element.getparent()) is not None:
        parent.remove(element)


def _repeat(rng: Random, element: Element, version: str) -> None:
    if element.getparent() is not None:
        element.addnext(copy.deepcopy(element))


def _swap(rng: Random, element: Element, version: str) -> None:
    if (other := element.getnext()) is not None:
        other.addnext(element)


def _move(rng: Random, element: Element, version: str) -> None:
    root = element.getroottree().getroot()
    within = set(element.iter())
    places = [place for place in root.iter() if place not in within]
    if element is not root and places:
        rng.choice(places).append(element)


def _shuffle(rng: Random, element: Element, version: str) -> None:
    children = list(element)
    rng.shuffle(children)
    element[:] = children


def _rename(rng: Random, element: Element, version: str) -> None:
    name = etree.QName(element)
    other = rng.choice([rng.choice(_names(version)), f"{name.localname}X", name.localname.lower(), "Foo"])
    element.tag = f"{{{name.namespace}}}{other}" if name.namespace else other


def _renamespace(rng: Random, element: Element, version: str) -> None:
    namespace = rng.choice(["", STRANGE, DS, *NAMESPACES.values()])
    name = etree.QName(element).localname
    if element.getparent() is not None:
        element.tag = f"{{{namespace}}}{name}" if namespace else name


def _blank(rng: Random, element: Element, version: str) -> None:
    element.text = rng.choice(["", " ", None])


def _text(rng: Random, element: Element, version: str) -> None:
    element.text = rng.choice(rng.choice((NUMBERS, DATES, OTHERS)))


def _code(rng: Random, element: Element, version: str) -> None:
    element.text = rng.choice(TABLES[rng.choice(sorted(TABLES))])


def _length(rng: Random, element: Element, version: str) -> None:
    element.text = rng.choice("xé😀9") * (rng.choice(LENGTHS) + rng.choice((-1, 0, 1)))


def _text_between(rng: Random, element: Element, version: str) -> None:
    element.tail = rng.choice(["x", " ", "\u00a0", "\n\t", "0"])


def _attribute(rng: Random, element: Element, version: str) -> None:
    name = rng.choice(["a", "Id", "URI", "Algorithm", "Type", "Target", "id", f"{{{STRANGE}}}a", f"{{{DS}}}Id"])
    name = rng.choice(
        [name, "{http://www.w3.org/XML/1998/namespace}lang", "{http://www.w3.org/XML/1998/namespace}space"]
    )
    element.set(name, rng.choice(OTHERS))


def _instance_attribute(rng: Random, element: Element, version: str) -> None:
    name = rng.choice(["nil", "schemaLocation", "noNamespaceSchemaLocation", "strange", "type"])
    if name == "type":
        # Not of a line's Tax: its type is our TaxOutput, but has no name in the official schema.
        if element.getparent() is None or element.tag != "Tax":
            element.set(f"{{{XSI}}}type", _type_name(rng, version))
        return
    element.set(f"{{{XSI}}}{name}", rng.choice(["true", "false", "", "urn:x urn:x.xsd", "x.xsd", "1"]))


def _no_attribute(rng: Random, element: Element, version: str) -> None:
    for name in list(element.attrib)[:1]:
        del element.attrib[name]


def _comment(rng: Random, element: Element, version: str) -> None:
    made = rng.choice([etree.Comment, lambda text: etree.ProcessingInstruction("p", text)])("c")
    made.tail = rng.choice([None, "x", " ", element.text])
    element.insert(rng.randint(0, len(element)), made)


def _split_text(rng: Random, element: Element, version: str) -> None:
    text = element.text or ""
    at = rng.randint(0, len(text))
    element.text = text[:at]
    comment = etree.Comment("c")
    comment.tail = text[at:]
    element.insert(0, comment)


def _insert(rng: Random, element: Element, version: str) -> None:
    """An element that our grammar knows somewhere, valid in itself, where it may or may not belong."""
    known, child = rng.choice(_children(version))
    element.insert(rng.randint(0, len(element)), Author(rng, version, likely=0.2).element(child, known))


def _insert_fitting(rng: Random, element: Element, version: str) -> None:
    """One of the elements that belong in this one, at any place in it."""
    children = _belonging(version).get(element.tag)
    if children:
        known, child = rng.choice(children)
        element.insert(rng.randint(0, len(element)), Author(rng, version, likely=0.2).element(child, known))


def _strange(rng: Random, element: Element, version: str) -> None:
    tag = rng.choice([f"{{{STRANGE}}}a", "a", f"{{{DS}}}KeyName", f"{{{DS}}}X509Certificate", f"{{{DS}}}Manifest"])
    element.append(etree.Element(tag))


def _wrap(rng: Random, element: Element, version: str) -> None:
    parent = element.getparent()
    if parent is not None:
        wrapper = etree.Element(element.tag)
        parent.replace(element, wrapper)
        wrapper.append(element)


MUTATIONS: tuple[Mutation, ...] = (
    *(_delete, _repeat, _swap, _move, _shuffle, _rename, _renamespace, _blank, _text, _text, _text, _code, _length),
    *(_text_between, _attribute, _instance_attribute, _no_attribute, _comment, _split_text, _insert, _insert_fitting),
    *(_insert_fitting, _insert_fitting, _strange, _wrap),
)


@cache
def _names(version: str) -> list[str]:
    return sorted({child.name.removeprefix("ds:") for _, child in _children(version)})


@cache
def _children(version: str) -> list[tuple[Grammar, Child]]:
    found = []
    for known in (grammar(version), signatures()):
        found += [(known, child) for record in known.records.values() for child in formats.children_of(record.content)]
    return found


@cache
def _belonging(version: str) -> dict[str, list[tuple[Grammar, Child]]]:
    """By tag, what may stand in the elements of that name, wherever those stand."""
    found: dict[str, list[tuple[Grammar, Child]]] = {}
    for known, child in [*_children(version), (grammar(version), Child("Facturae", "Facturae"))]:
        if child.name.startswith("ds:"):
            continue
        kind = known.kind(child)
        if isinstance(kind, Record):
            tag = f"{{{DS}}}{child.name}" if known is signatures() else child.name
            inner = [(known, grandchild) for grandchild in formats.children_of(kind.content)]
            found.setdefault(tag, []).extend(inner)
    return found


@cache
def _type_names(version: str) -> list[tuple[str, str]]:
    ours = [(NAMESPACES[version], name) for name in re.findall(r'Type name="(\w+)"', _official_text(version))]
    signed = [(DS, name) for name in re.findall(r'Type name="(\w+)"', (XSD / "xmldsig-core-schema.xsd").read_text())]
    return ours + signed + [(XS, name) for name in ("string", "double", "date", "token", "int", "anyType", "long")]


@cache
def _official_text(version: str) -> str:
    return (XSD / f"Facturaev{version.replace('.', '_')}.xsd").read_text()


def _type_name(rng: Random, version: str) -> etree.QName:
    return etree.QName(*rng.choice(_type_names(version)))


def known_particles(content: tuple[Particle, ...]) -> Iterator[AnyElement | Child]:
    """Everything that a content holds, whatever the groups."""
    for particle in content:
        if isinstance(particle, Choice):
            for sequence in particle.sequences:
                yield from known_particles(sequence)
        else:
            yield particle


VERSIONS_BY_NUMBER = {version: namespace for namespace, (version, _) in VERSIONS.items()}
