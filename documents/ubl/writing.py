"""UBL 2.1 by EN 16931, from plain types to XML: an invoice, or a credit note for what takes back money."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from ...models.domain.errors import Invalid
from ...models.domain.findings import errors_among
from ...models.domain.invoice import Adjustment, InvoiceContent, LineTax, Note
from ..xml import Element
from .codes import CAC, CBC, CREDIT_NOTE, EXT, INVOICE, type_code_of
from .numbers import full_number
from .turning import is_credit_note, turned
from .writing_checks import check_sayable
from .writing_lines import add_category, add_change, add_lines, add_period, add_withheld
from .writing_money import Plan, Share, plan_of
from .writing_parties import add_address, add_party, add_payee, add_representative
from .writing_payments import add_payments, add_prepaid, add_totals
from .writing_references import add_references
from .writing_tree import (
    CREDIT_NOTE_ORDER,
    INVOICE_ORDER,
    amount,
    day,
    identifier,
    in_order,
    part,
    text,
)

__all__ = ["check_sayable", "compose_ubl"]

SPECIFICATION: Final = "urn:cen.eu:en16931:2017"


def compose_ubl(content: InvoiceContent, *, credit: bool | None = None) -> bytes:
    """The invoice as an unsigned UBL 2.1 document in UTF-8, whatever format it was read from.

    ``credit`` is whether as a credit note; by default ``turning.is_credit_note`` says.
    ``Invalid`` with the first problem where ``check_sayable`` has errors; what its warnings name is left out. White
    space around texts is left out, as reading leaves it out.
    """
    credit = is_credit_note(content) if credit is None else credit
    problems = errors_among(check_sayable(content, credit=credit))
    if problems:
        raise Invalid(problems[0].message)
    said = turned(content) if credit else content
    name, namespace = ("CreditNote", CREDIT_NOTE) if credit else ("Invoice", INVOICE)
    root = etree.Element(f"{{{namespace}}}{name}", nsmap={None: namespace, "cac": CAC, "cbc": CBC})
    plan = plan_of(said)
    _add_header(root, said, credit=credit)
    add_references(root, said)
    _add_parties(root, said, plan)
    add_payments(root, said)
    add_prepaid(root, said, plan)
    _add_money(root, said, plan)
    add_lines(root, said, plan)
    in_order(root, CREDIT_NOTE_ORDER if credit else INVOICE_ORDER)
    document: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return document


def _add_header(root: Element, content: InvoiceContent, *, credit: bool) -> None:
    details = content.details
    _add_extensions(root, (*details.extensions, *details.file_extensions))
    text(root, "CustomizationID", details.specification or SPECIFICATION)
    text(root, "ProfileID", details.process)
    text(root, "ID", full_number(content.series, content.number), schemeID=content.series)
    if content.invoice_class.name.startswith("COPY"):
        text(root, "CopyIndicator", "true")
    day(root, "IssueDate", content.issue_date)
    text(root, "CreditNoteTypeCode" if credit else "InvoiceTypeCode", _type_code(content, credit=credit))
    for note in notes_of(content):
        text(root, "Note", f"#{note.subject}#{note.text}" if note.subject else note.text)
    day(root, "TaxPointDate", None if details.tax_point_code else details.operation_date)
    text(root, "DocumentCurrencyCode", content.currency)
    text(root, "TaxCurrencyCode", _tax_currency(content))
    add_period(root, details.period, details.tax_point_code)


def _type_code(content: InvoiceContent, *, credit: bool) -> str:
    code = content.details.type_code
    return code or type_code_of(content.document_type, content.invoice_class, credit_note=credit)


def _tax_currency(content: InvoiceContent) -> str | None:
    """The currency of the VAT total for the tax authority (BT-6), where that total is known."""
    currency = content.details.tax_currency
    if currency == content.currency:
        return None if content.format.is_facturae else currency
    return currency if content.details.settlement.taxes_in_tax_currency is not None else None


def notes_of(content: InvoiceContent) -> Iterator[Note]:
    """The notes, and the texts that Facturae has elements for, by their subjects (UNTDID 4451)."""
    details = content.details
    yield from details.notes
    for literal in details.legal_literals:
        yield Note(text=literal, subject="REG")
    if details.description:
        yield Note(text=details.description, subject="AAA")
    if details.information:
        yield Note(text=details.information, subject="AAI")
    if details.factoring is not None and details.factoring.clauses:
        yield Note(text=details.factoring.clauses, subject="PMT")


def _add_extensions(root: Element, extensions: tuple[str, ...]) -> None:
    block = None
    for extension in extensions:
        block = etree.SubElement(root, f"{{{EXT}}}UBLExtensions") if block is None else block
        content = etree.SubElement(etree.SubElement(block, f"{{{EXT}}}UBLExtension"), f"{{{EXT}}}ExtensionContent")
        content.append(etree.fromstring(extension))


def _add_parties(root: Element, content: InvoiceContent, plan: Plan) -> None:
    details = content.details
    vat = all(share.category.code != "O" for share in plan.shares)
    creditor = next((payment.creditor_id for payment in content.payments if payment.creditor_id), None)
    payee = details.payee or (details.factoring.assignee if details.factoring else None)
    seller = part(part(root, "AccountingSupplierParty"), "Party")
    add_party(seller, content.issuer, offices=content.issuer.offices, vat=vat, creditor=None if payee else creditor)
    buyer = part(part(root, "AccountingCustomerParty"), "Party")
    add_party(buyer, content.receiver, offices=content.offices, vat=vat)
    if payee is not None and payee.name.strip() != content.issuer.name.strip():
        add_payee(part(root, "PayeeParty"), payee, creditor)
    if details.tax_representative is not None:
        add_representative(part(root, "TaxRepresentativeParty"), details.tax_representative)
    _add_delivery(root, content)


def _add_delivery(root: Element, content: InvoiceContent) -> None:
    delivery = content.details.delivery
    if delivery is None:
        return
    element = part(root, "Delivery")
    day(element, "ActualDeliveryDate", delivery.day)
    if delivery.location is not None or delivery.address is not None:
        location = part(element, "DeliveryLocation")
        identifier(location, "ID", delivery.location)
        if delivery.address is not None:
            add_address(part(location, "Address"), delivery.address)
    if delivery.name:
        text(part(part(element, "DeliveryParty"), "PartyName"), "Name", delivery.name)


def _add_money(root: Element, content: InvoiceContent, plan: Plan) -> None:
    currency = content.currency
    for change in plan.changes:
        origin = change.origin or Adjustment(reason=change.reason, amount=change.amount)
        add_change(root, origin, change.amount, currency, charge=change.charge, category=change.category)
    total = part(root, "TaxTotal")
    amount(total, "TaxAmount", plan.taxes, currency)
    for share in plan.shares:
        _add_share(total, share, currency)
    tax_currency = _tax_currency(content)
    if tax_currency and tax_currency != currency:
        amount(part(root, "TaxTotal"), "TaxAmount", content.details.settlement.taxes_in_tax_currency, tax_currency)
    if not root.tag.endswith("CreditNote"):
        withheld = [tax for tax in content.taxes if tax.withheld]
        lines = [LineTax(type=tax.type, rate=tax.rate, base=tax.base, category=tax.category) for tax in withheld]
        add_withheld(root, [(line, tax.amount) for line, tax in zip(lines, withheld, strict=True)], currency)
    add_totals(root, content, plan)


def _add_share(total: Element, share: Share, currency: str) -> None:
    element = part(total, "TaxSubtotal")
    amount(element, "TaxableAmount", share.base, currency)
    amount(element, "TaxAmount", share.tax, currency)
    add_category(part(element, "TaxCategory"), share.category, reason=share.exemption_reason, code=share.exemption_code)
