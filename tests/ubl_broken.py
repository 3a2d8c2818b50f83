"""UBL documents whose structure may be broken: mutants of the samples. Everything follows from the random generator."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from lxml import etree

from tramesa.documents.ubl.codes import CAC, CBC, EXT
from tramesa.documents.xml import open_document

Element = Any

XSI = "http://www.w3.org/2001/XMLSchema-instance"
NAMES = [
    "ID",
    "Note",
    "UUID",
    "Amount",
    "PayableAmount",
    "Item",
    "Party",
    "Price",
    "Nonsense",
    "TaxCategory",
    "IssueTime",
]
NAMESPACES = [CBC, CAC, EXT, "urn:example:other", ""]
TEXTS = [
    *("", " ", "1", "-0.50", "+.5", "5.", "1e2", "NaN", "1,5", "0000000000000000000000001.10", " 12.00 ", "\t7\n"),
    *("2026-02-28", "2026-02-30", "2026-13-01", "2026-02-28Z", "2026-02-28+01:00", "2026-02-28+15:00", "26-02-28"),
    *("12026-02-28", "-2026-02-28", "0000-01-01", "2026-2-28", " 2026-02-28 ", "2026-02-28T00:00:00"),
    *("09:30:00", "09:30", "24:00:00", "24:00:01", "09:30:00.5Z", "09:60:00", "09:30:00-14:00", "09:30:00+14:01"),
    *("true", "TRUE", "false", "0", "yes", "QUJD", "QUJ", "QUI=", "QQ==", "Q Q = =", "QR==", "ca", "ca-ES", "català"),
]
ATTRIBUTES = [
    "currencyID",
    "unitCode",
    "mimeCode",
    "schemeID",
    "languageID",
    "listID",
    "id",
    "filename",
    f"{{{XSI}}}lang",
]


def broken(random: Random, documents: list[bytes]) -> Iterator[Element]:
    """For ever: one of the documents with one to three changes."""
    roots = [root for data in documents if (root := open_document(data).root) is not None]
    while True:
        root = copy.deepcopy(random.choice(roots))
        for _ in range(random.choice([1, 1, 1, 2, 3])):
            random.choice(CHANGES)(random, root)
        yield etree.fromstring(etree.tostring(root))


def _any(random: Random, root: Element) -> Element:
    elements = list(root.iter(etree.Element))
    return random.choice(elements[1:] or elements)


def _leaf(random: Random, root: Element) -> Element:
    return random.choice([element for element in root.iter(etree.Element) if not len(element)])


def _delete(random: Random, root: Element) -> None:
    element = _any(random, root)
    if element is not root:
        element.getparent().remove(element)


def _repeat(random: Random, root: Element) -> None:
    element = _any(random, root)
    if element is not root:
        element.addnext(copy.deepcopy(element))


def _move(random: Random, root: Element) -> None:
    element = _any(random, root)
    if element is not root:
        parent = element.getparent()
        parent.remove(element)
        parent.insert(random.randrange(len(parent) + 1), element)


def _transplant(random: Random, root: Element) -> None:
    element = copy.deepcopy(_any(random, root))
    parent = _any(random, root)
    parent.insert(random.randrange(len(parent) + 1), element)


def _rename(random: Random, root: Element) -> None:
    element = _any(random, root)
    namespace = random.choice([etree.QName(element).namespace or "", *NAMESPACES])
    name = random.choice([etree.QName(element).localname, *NAMES])
    element.tag = f"{{{namespace}}}{name}" if namespace else name


def _retext(random: Random, root: Element) -> None:
    _leaf(random, root).text = random.choice(TEXTS)


def _stray_text(random: Random, root: Element) -> None:
    element = _any(random, root)
    if random.random() < 0.5:
        element.text = (element.text or "") + random.choice(["x", " "])
    elif element is not root:
        element.tail = random.choice(["x", " ", "\n"])


def _attribute(random: Random, root: Element) -> None:
    _any(random, root).set(random.choice(ATTRIBUTES), random.choice(TEXTS))


def _no_attribute(random: Random, root: Element) -> None:
    with_some = [element for element in root.iter(etree.Element) if element.attrib]
    if with_some:
        element = random.choice(with_some)
        del element.attrib[random.choice(list(element.attrib))]


def _extension(random: Random, root: Element) -> None:
    """An extension in its place, or nearly; with something that the schema knows, or not."""
    extensions = etree.Element(f"{{{EXT}}}UBLExtensions")
    extension = etree.SubElement(extensions, f"{{{EXT}}}UBLExtension")
    content = etree.SubElement(extension, f"{{{EXT}}}ExtensionContent")
    for _ in range(random.choice([0, 1, 1, 1, 2])):
        namespace = random.choice(["urn:example:other", "urn:example:other", CBC, EXT, ""])
        child = etree.SubElement(content, f"{{{namespace}}}ID" if namespace else "ID")
        child.text = "x"
    root.insert(random.choice([0, 0, 0, 1]), extensions)


CHANGES: list[Callable[[Random, Element], None]] = [
    _delete,
    _repeat,
    _move,
    _move,
    _transplant,
    _rename,
    _retext,
    _retext,
    _stray_text,
    _attribute,
    _no_attribute,
    _extension,
]
