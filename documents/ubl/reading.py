"""UBL 2.1 invoices and credit notes, from XML to plain types: everything of EN 16931 that the domain has a place for.

Amounts are as the document states them, but a credit note's, which reduce what is owed (``turning``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final, NamedTuple

from lxml import etree

from ...models.domain.findings import Finding
from ...models.domain.invoice import (
    Correction,
    Delivery,
    Details,
    DocumentFormat,
    Exchange,
    InvoiceClass,
    InvoiceContent,
    InvoiceDocumentType,
    IssuerType,
    Note,
    Payment,
    Reference,
    ReferenceKind,
)
from ...models.domain.money import from_cents
from ...models.domain.numbering import NUMBER_LENGTH
from ..facturae.codes import CORRECTION_METHODS, CORRECTION_REASONS, CORRECTIVE_CLASSES
from ..report import Report
from ..xml import Element
from .codes import COPIES, EXT, FORMATS, kind_of
from .further import further_elements
from .instalments import instalments_text
from .nodes import Part
from .numbers import parts_of
from .reading_amounts import Money, read_adjustments, read_money
from .reading_lines import read_lines, read_period
from .reading_parties import read_address, read_offices, read_other_party, read_party
from .reading_payments import payment_terms, read_payments
from .reading_references import (
    Preceding,
    read_attachments,
    read_preceding,
    read_references,
    read_supporting_documents,
)
from .turning import turned

_SIGNATURE: Final = "{http://www.w3.org/2000/09/xmldsig#}Signature"
_CURRENCY = re.compile(r"[A-Z]{3}")
_NOTE = re.compile(r"#([A-Z]{3})#(.*)", re.DOTALL)


class _Deaf(Report):
    """Hears of no problem: for a document that was taken once."""

    def add(self, finding: Finding) -> None:
        """Nothing is kept."""


class _Kind(NamedTuple):
    format: DocumentFormat
    type: InvoiceDocumentType
    invoice_class: InvoiceClass


def read_ubl(root: Element) -> InvoiceContent:
    """What an invoice or credit note says, whatever is wrong with it; missing numbers are zero."""
    return extract(root, _Deaf(), None)


def extract(root: Element, report: Report, today: date | None, *, plain: bool = False) -> InvoiceContent:
    """What an invoice or credit note says. What is missing or unreadable goes to the report, and a stand-in here.

    With ``today``, an issue date after it is an error (rule RCF07001). ``plain`` says whether the document is known to
    be (``plain``): it is read in less time, and says the same.
    """
    name = etree.QName(root)
    top = Part(root, name.localname, report)
    series, number = _number(top)
    issued = _issue_date(top, today)
    currency = _currency(top)
    lines, bare = read_lines(top, plain=plain)
    money = read_money(top, currency, sum((line.gross for line in lines), from_cents(0)))
    preceding = read_preceding(top)
    kind = _kind(top, FORMATS[name.namespace], money, preceding)
    payments = read_payments(top, issued, money.totals.payable)
    content = InvoiceContent(
        format=kind.format,
        series=series,
        number=number,
        document_type=kind.type,
        invoice_class=kind.invoice_class,
        corrects=_correction(preceding) if kind.invoice_class in CORRECTIVE_CLASSES else None,
        issue_date=issued,
        currency=currency,
        issuer=read_party(top.child("AccountingSupplierParty"), seller=True),
        receiver=read_party(top.child("AccountingCustomerParty"), seller=False),
        offices=read_offices(top.child("AccountingCustomerParty").child("Party")),
        taxes=money.taxes,
        totals=money.totals,
        lines=lines,
        payments=payments,
        details=_details(top, kind, money, preceding, _terms(top, payments, currency)),
        attachments=read_attachments(top),
        signed=next(root.iter(_SIGNATURE), None) is not None,
    )
    content = turned(content) if kind.format is DocumentFormat.UBL_2_1_CREDIT_NOTE else content
    further = further_elements(root, content, bare)
    return replace(content, details=replace(content.details, further_elements=further)) if further else content


def _number(top: Part) -> tuple[str | None, str]:
    series, number = parts_of(top.text("ID"), top.attribute("schemeID", "ID"))
    if not number:
        top.complain("RCF03001", "The invoice number is missing.", child="ID")
    elif len(number) > NUMBER_LENGTH:
        message = "The invoice number is too long."
        top.complain("RCF03001", message, child="ID", expected=f"at most {NUMBER_LENGTH} characters", found=number)
    return series, number


def _issue_date(top: Part, today: date | None) -> date:
    day = top.day("IssueDate", "RCF07001")
    if today is not None and day > today:
        message = "The issue date is after today."
        top.complain("RCF07001", message, child="IssueDate", expected=f"at most {today}", found=str(day))
    return day


def _currency(top: Part) -> str:
    currency = top.text("DocumentCurrencyCode")
    if not _CURRENCY.fullmatch(currency):
        message = "The currency is not a code of ISO 4217."
        top.complain("RCF06004", message, child="DocumentCurrencyCode", expected="EUR", found=currency)
    return currency


def _kind(top: Part, format_: DocumentFormat, money: Money, preceding: list[Preceding]) -> _Kind:
    type_, invoice_class = kind_of(_type_code(top), format_)
    if preceding and money.totals.payable < 0:
        # Peppol's other way to correct: an invoice of the plain type with negative amounts that names the first one.
        invoice_class = InvoiceClass.CORRECTIVE
    if top.text("CopyIndicator") in {"true", "1"}:
        invoice_class = COPIES[invoice_class]
    return _Kind(format_, type_, invoice_class)


def _type_code(top: Part) -> str:
    return top.text(f"{top.name}TypeCode")


def _correction(preceding: list[Preceding]) -> Correction | None:
    if not preceding:
        return None
    place = preceding[0].place
    series, number = parts_of(preceding[0].number, place.attribute("schemeID", "ID"))
    reason, method = place.text("DocumentTypeCode"), place.text("DocumentStatusCode")
    if reason not in CORRECTION_REASONS or method not in CORRECTION_METHODS:
        reason, method = "", ""
    said = place.texts("DocumentDescription") if reason else []
    return Correction(
        reason_code=reason,
        reason=said[0] if said else CORRECTION_REASONS.get(reason, ""),
        method=method,
        number=number,
        series=series,
        issue_date=preceding[0].day,
        detail=said[1] if len(said) > 1 else None,
        period=read_period(place.child("ValidityPeriod")),
    )


def _details(top: Part, kind: _Kind, money: Money, preceding: list[Preceding], terms: str | None) -> Details:
    discounts, charges = read_adjustments(top)
    self_billed = kind.type is InvoiceDocumentType.SELF_BILLED
    corrected = 1 if kind.invoice_class in CORRECTIVE_CLASSES else 0
    period = top.child("InvoicePeriod")
    return Details(
        issuer_type=IssuerType.RECEIVER if self_billed else IssuerType.ISSUER,
        payee=read_other_party(top.child("PayeeParty")),
        tax_representative=read_other_party(top.child("TaxRepresentativeParty")),
        delivery=_delivery(top.child("Delivery")),
        operation_date=top.optional_day("TaxPointDate"),
        tax_point_code=period.text("DescriptionCode") or None,
        period=read_period(period),
        exchange=_exchange(top),
        tax_currency=top.text("TaxCurrencyCode") or None,
        language=_language(top),
        references=(*read_references(top), *_further(preceding[corrected:])),
        discounts=discounts,
        charges=charges,
        settlement=money.settlement,
        notes=tuple(_note(text) for text in top.texts("Note")),
        payment_terms=terms,
        supporting_documents=read_supporting_documents(top),
        process=top.text("ProfileID") or None,
        specification=top.text("CustomizationID") or None,
        type_code=_type_code(top) or None,
        file_extensions=tuple(_extensions(top.element)),
    )


def _terms(top: Part, payments: tuple[Payment, ...], currency: str) -> str | None:
    """The terms in words, but for those that only say what the instalments say (``writing_payments``)."""
    said = "\n".join(payment_terms(top))
    return said if said and said != instalments_text(payments, currency) else None


def _exchange(top: Part) -> Exchange | None:
    """Euros for one unit of the invoice's currency, where the document says just that."""
    for name in filter(top.has, ("TaxExchangeRate", "PaymentExchangeRate", "PricingExchangeRate")):
        node = top.child(name)
        rate, day = node.optional_decimal("CalculationRate"), node.optional_day("Date")
        from_, to = node.text("SourceCurrencyCode"), node.text("TargetCurrencyCode")
        divided = node.text("MathematicOperatorCode").lower() == "divide"
        if rate and day and not divided and (from_, to) == (top.text("DocumentCurrencyCode"), "EUR"):
            return Exchange(rate=rate, day=day)
    return None


def _language(top: Part) -> str | None:
    """The language of the notes, where they say so and in one."""
    said = {note.attribute("languageID") for note in top.children("Note")} - {None}
    language = said.pop() if len(said) == 1 else None
    return language.lower() if language and re.fullmatch("[A-Za-z]{2}", language) else None


def _further(preceding: list[Preceding]) -> Iterator[Reference]:
    for number, day, _ in preceding:
        yield Reference(kind=ReferenceKind.PRECEDING_INVOICE, value=number, day=day)


def _note(text: str) -> Note:
    match = _NOTE.fullmatch(text)
    return Note(text=match[2].strip(), subject=match[1]) if match else Note(text=text)


def _delivery(delivery: Part) -> Delivery | None:
    if not delivery.exists:
        return None
    location = delivery.child("DeliveryLocation")
    read = Delivery(
        name=delivery.child("DeliveryParty").text_in("PartyName", "Name") or None,
        location=location.identifier("ID"),
        day=delivery.optional_day("ActualDeliveryDate"),
        address=read_address(location.child("Address")),
    )
    return None if read == Delivery() else read


def _extensions(root: Element) -> Iterator[str]:
    """What other parties put into the document, as it stands; a signature is none of it."""
    for content in root.iterfind(f"{{{EXT}}}UBLExtensions/{{{EXT}}}UBLExtension/{{{EXT}}}ExtensionContent"):
        for child in content.iterchildren("*"):
            if next(child.iter(_SIGNATURE), None) is None:
                yield etree.tostring(child, encoding="unicode", with_tail=False)
