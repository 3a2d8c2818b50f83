"""What EN 16931 forbids: second payees, split payment abroad, cards' whole numbers, what its UBL has no place for."""

from __future__ import annotations

from typing import Final

from ...models.domain.findings import Severity
from ..xml import Element
from .rules_required import Row
from .rules_tree import Screen, Subject

_SELLER: Final = "cac:AccountingSupplierParty/cac:Party"
_BINARY: Final = "//cbc:EmbeddedDocumentBinaryObject"
_OBJECT: Final = "//cac:AdditionalDocumentReference[cbc:DocumentTypeCode = '130']"
_MANY_CREDITORS: Final = (
    "self::*[count(//cac:PartyIdentification/cbc:ID[translate(@schemeID, 'sepa', 'SEPA') = 'SEPA']) > 1]"
)
_NOT_SUPPORTING: Final = """//cac:AdditionalDocumentReference[cbc:ID/@schemeID or cbc:DocumentTypeCode]
    [not(cbc:DocumentTypeCode = '130')]
    [not(local-name(/*) = 'CreditNote' and cbc:DocumentTypeCode = '50')]"""
_SPLIT: Final = "(//cac:TaxCategory/cbc:ID = 'B' or //cac:ClassifiedTaxCategory/cbc:ID = 'B')"


def _any_of(code: str) -> str:
    """Whether the breakdown, a discount or charge of the whole, or a line is of a category."""
    places = (
        "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory",
        "cac:AllowanceCharge/cac:TaxCategory",
        "//cac:ClassifiedTaxCategory",
    )
    return "(" + " or ".join(f"{place}/cbc:ID = '{code}'" for place in places) + ")"


FURTHER: Final[tuple[Row, ...]] = (
    Row(
        "BR-B-01",
        f"self::*[{_SPLIT} and //cbc:IdentificationCode != 'IT']",
        "Split payment (category B) is for invoices within Italy.",
    ),
    Row(
        "BR-B-02",
        f"self::*[{_any_of('B')} and {_any_of('S')}]",
        "Split payment (category B) and the standard rate (S) exclude each other.",
    ),
    Row(
        "UBL-SR-07", "//cac:BillingReference[not(cac:InvoiceDocumentReference/cbc:ID)]", "It names no invoice (BT-25)."
    ),
    Row("UBL-SR-29", _MANY_CREDITORS, "There must be one bank assigned creditor identifier (BT-90) at most."),
    Row("UBL-SR-42", f"{_SELLER}[count(cac:PartyTaxScheme) > 2]", "The seller has two tax numbers at most."),
    Row("UBL-SR-43", _NOT_SUPPORTING, "Of documents, only an invoiced object (130) has a type or a scheme."),
    Row("UBL-DT-06", f"{_BINARY}[not(@mimeCode)]", "A file needs its media type."),
    Row("UBL-DT-07", f"{_BINARY}[not(@filename)]", "A file needs its name."),
    Row("UBL-CR-666", f"self::*[{_OBJECT}/cac:Attachment]", "An invoiced object (BT-18) has no file."),
    Row("UBL-CR-673", f"self::*[{_OBJECT}/cbc:DocumentDescription]", "An invoiced object (BT-18) has no description."),
)

_BROKEN_AT: Final = Screen({row.broken_at: row.broken_at for row in FURTHER})
_CARD: Final = "cac:PaymentMeans/cac:CardAccount/cbc:PrimaryAccountNumberID[string-length(normalize-space(.)) > 10]"


def check_further(subject: Subject) -> None:
    """Note everything that does not belong there."""
    for element in subject.select(_CARD):
        message = "A card's whole number (BT-87) does not belong in an invoice: at most ten digits of it do."
        subject.fail("BR-51", element, message, severity=Severity.WARNING)
    for row in FURTHER if subject.any_at(_BROKEN_AT) else ():
        for element in subject.select(row.broken_at):
            subject.fail(row.rule, element, row.message)
    for payee in subject.select("cac:PayeeParty"):
        _check_payee(subject, payee)


def _check_payee(subject: Subject, payee: Element) -> None:
    """Not in the table, since XPath compares each of many names with each of many others."""
    same = any(
        {name.text for name in subject.select(path, payee)}
        & {name.text for name in subject.select(f"{_SELLER}/{path}")}
        for path in ("cac:PartyName/cbc:Name", "cac:PartyIdentification/cbc:ID")
    )
    if same or not subject.select("cac:PartyName/cbc:Name", payee):
        message = "The payee (BG-10) needs a name (BT-59), and must be another than the seller."
        subject.fail("BR-17", payee, message)
    names = {name.text for name in subject.select("cac:PartyName/cbc:Name", payee)}
    sellers = {name.text for name in subject.select(f"{_SELLER}/cac:PartyLegalEntity/cbc:RegistrationName")}
    differ = bool(names) and bool(sellers) and len(names | sellers) > 1
    for rule, path in _OF_PAYEES:
        if not differ or len(subject.select(path, payee)) > 1:
            message = "A payee (BG-10) has one name, one identifier and one registration, and is not the seller."
            subject.fail(rule, payee, message)


_OF_PAYEES: Final = (
    ("UBL-SR-19", "cac:PartyName/cbc:Name"),
    ("UBL-SR-20", "cac:PartyIdentification/cbc:ID[translate(@schemeID, 'sepa', 'SEPA') != 'SEPA']"),
    ("UBL-SR-21", "cac:PartyLegalEntity/cbc:CompanyID"),
)
