"""Facturae 3.2.2, from plain types to XML, in the order of elements that the Ministry's schema wants."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from lxml import etree

from ...models.domain.errors import Invalid
from ...models.domain.findings import errors_among
from ...models.domain.invoice import (
    Adjustment,
    AttachedFile,
    Correction,
    InvoiceContent,
    Line,
    LineTax,
    Payment,
    TaxTotal,
    Totals,
)
from ...models.domain.money import half_up, multiply, plain_text
from ..media import extension_of
from ..values import decimals
from ..xml import Element
from .attachments import SAME_FORMAT
from .codes import (
    CLASSES,
    CORRECTION_METHODS,
    CORRECTION_REASONS,
    DOCUMENT_TYPES,
    NAMESPACE_3_2_2,
    PAYMENT_MEANS,
    TAX_TYPES,
    UNITS,
    code_of,
)
from .composable import check_composable, is_iban
from .composing_parties import add_party

LANGUAGE = "ca"
DIRECT_DEBIT = "02"


def compose_facturae(content: InvoiceContent) -> bytes:
    """The invoice as an unsigned Facturae 3.2.2 in UTF-8, whatever format it was read from.

    ``Invalid`` with the first problem where ``check_composable`` has errors: nothing is cut short to make it fit.
    White space around texts is left out, as reading leaves it out.
    """
    problems = errors_among(check_composable(content))
    if problems:
        raise Invalid(problems[0].message)
    root = etree.Element(f"{{{NAMESPACE_3_2_2}}}Facturae", nsmap={"fe": NAMESPACE_3_2_2})
    _add_file_header(root, content)
    parties = etree.SubElement(root, "Parties")
    add_party(etree.SubElement(parties, "SellerParty"), content.issuer)
    add_party(etree.SubElement(parties, "BuyerParty"), content.receiver, content.offices)
    _add_invoice(etree.SubElement(etree.SubElement(root, "Invoices"), "Invoice"), content)
    document: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return document


def _add_file_header(root: Element, content: InvoiceContent) -> None:
    header = etree.SubElement(root, "FileHeader")
    _text(header, "SchemaVersion", "3.2.2")
    _text(header, "Modality", "I")
    _text(header, "InvoiceIssuerType", "EM")
    batch = etree.SubElement(header, "Batch")
    _text(batch, "BatchIdentifier", f"{content.issuer.tax_id}{(content.series or '').strip()}{content.number.strip()}")
    _text(batch, "InvoicesCount", "1")
    _nested_amount(batch, "TotalInvoicesAmount", content.totals.total)
    _nested_amount(batch, "TotalOutstandingAmount", content.totals.payable)
    _nested_amount(batch, "TotalExecutableAmount", content.totals.payable)
    _text(batch, "InvoiceCurrencyCode", content.currency)


def _add_invoice(invoice: Element, content: InvoiceContent) -> None:
    header = etree.SubElement(invoice, "InvoiceHeader")
    _text(header, "InvoiceNumber", content.number)
    _optional(header, "InvoiceSeriesCode", content.series)
    _text(header, "InvoiceDocumentType", code_of(DOCUMENT_TYPES, content.document_type) or "")
    _text(header, "InvoiceClass", code_of(CLASSES, content.invoice_class) or "")
    if content.corrects is not None:
        _add_correction(etree.SubElement(header, "Corrective"), content.corrects, content.issue_date)
    _add_issue_data(etree.SubElement(invoice, "InvoiceIssueData"), content)
    _add_taxes(invoice, "TaxesOutputs", (tax for tax in content.taxes if not tax.withheld))
    _add_taxes(invoice, "TaxesWithheld", (tax for tax in content.taxes if tax.withheld))
    _add_totals(etree.SubElement(invoice, "InvoiceTotals"), content.totals)
    items = etree.SubElement(invoice, "Items")
    for line in content.lines:
        _add_line(etree.SubElement(items, "InvoiceLine"), line)
    if content.payments:
        details = etree.SubElement(invoice, "PaymentDetails")
        for payment in content.payments:
            _add_payment(etree.SubElement(details, "Installment"), payment)
    if content.attachments:
        documents = etree.SubElement(etree.SubElement(invoice, "AdditionalData"), "RelatedDocuments")
        for file in content.attachments:
            _add_attachment(etree.SubElement(documents, "Attachment"), file)


def _add_correction(block: Element, correction: Correction, issue_date: date) -> None:
    _optional(block, "InvoiceNumber", correction.number)
    _optional(block, "InvoiceSeriesCode", correction.series)
    listed = CORRECTION_REASONS[correction.reason_code]
    _text(block, "ReasonCode", correction.reason_code)
    _text(block, "ReasonDescription", listed)
    # The schema insists on a period; a correction of one invoice concerns the day of that invoice.
    day = (correction.issue_date or issue_date).isoformat()
    period = etree.SubElement(block, "TaxPeriod")
    _text(period, "StartDate", day)
    _text(period, "EndDate", day)
    _text(block, "CorrectionMethod", correction.method)
    _text(block, "CorrectionMethodDescription", CORRECTION_METHODS[correction.method])
    if correction.reason.strip() != listed:
        _optional(block, "AdditionalReasonDescription", correction.reason)
    if correction.issue_date is not None:
        _text(block, "InvoiceIssueDate", day)


def _add_issue_data(issue: Element, content: InvoiceContent) -> None:
    _text(issue, "IssueDate", content.issue_date.isoformat())
    _text(issue, "InvoiceCurrencyCode", content.currency)
    _text(issue, "TaxCurrencyCode", content.currency)
    _text(issue, "LanguageName", LANGUAGE)


def _add_taxes(parent: Element, name: str, taxes: Iterable[TaxTotal | LineTax]) -> None:
    block = None
    for tax in taxes:
        block = etree.SubElement(parent, name) if block is None else block
        _add_tax(etree.SubElement(block, "Tax"), tax)


def _add_tax(element: Element, tax: TaxTotal | LineTax) -> None:
    _text(element, "TaxTypeCode", code_of(TAX_TYPES, tax.type) or "")
    _amount(element, "TaxRate", tax.rate)
    _nested_amount(element, "TaxableBase", tax.base)
    if tax.amount is not None:
        _nested_amount(element, "TaxAmount", tax.amount)
    if isinstance(tax, TaxTotal):
        _optional_amount(element, "EquivalenceSurcharge", tax.surcharge_rate)
        if tax.surcharge_amount is not None:
            _nested_amount(element, "EquivalenceSurchargeAmount", tax.surcharge_amount)


def _add_totals(element: Element, totals: Totals) -> None:
    _amount(element, "TotalGrossAmount", totals.gross)
    _amount(element, "TotalGeneralDiscounts", totals.discounts)
    _amount(element, "TotalGeneralSurcharges", totals.charges)
    _amount(element, "TotalGrossAmountBeforeTaxes", totals.taxable)
    _amount(element, "TotalTaxOutputs", totals.taxes)
    _amount(element, "TotalTaxesWithheld", totals.withheld)
    _amount(element, "InvoiceTotal", totals.total)
    _amount(element, "TotalOutstandingAmount", totals.payable)
    _amount(element, "TotalExecutableAmount", totals.payable)


def _add_line(element: Element, line: Line) -> None:
    cost = half_up(multiply(line.quantity, line.unit_price)) if line.cost is None else line.cost
    _text(element, "ItemDescription", line.description)
    _text(element, "Quantity", plain_text(line.quantity))
    if line.unit is not None:
        _text(element, "UnitOfMeasure", code_of(UNITS, line.unit) or "")
    _amount(element, "UnitPriceWithoutTax", line.unit_price)
    _amount(element, "TotalCost", cost)
    _add_changes(element, ("DiscountsAndRebates", "Discount"), line.discounts)
    _add_changes(element, ("Charges", "Charge"), line.charges)
    _amount(element, "GrossAmount", line.gross)
    _add_taxes(element, "TaxesWithheld", (tax for tax in line.taxes if tax.withheld))
    _add_taxes(element, "TaxesOutputs", (tax for tax in line.taxes if not tax.withheld))


def _add_changes(line: Element, names: tuple[str, str], changes: Iterable[Adjustment]) -> None:
    block_name, name = names
    block = None
    for change in changes:
        block = etree.SubElement(line, block_name) if block is None else block
        element = etree.SubElement(block, name)
        _text(element, f"{name}Reason", change.reason)
        _optional_amount(element, f"{name}Rate", change.rate)
        _amount(element, f"{name}Amount", change.amount)


def _add_payment(element: Element, payment: Payment) -> None:
    _text(element, "InstallmentDueDate", payment.due_date.isoformat())
    _amount(element, "InstallmentAmount", payment.amount)
    code = code_of(PAYMENT_MEANS, payment.means)
    _text(element, "PaymentMeans", code or "")
    number = "".join((payment.iban or "").split())
    if number:
        # A direct debit takes from the payer's account; every other means pays into the payee's.
        account = etree.SubElement(element, "AccountToBeDebited" if code == DIRECT_DEBIT else "AccountToBeCredited")
        _text(account, "IBAN" if is_iban(number) else "AccountNumber", number)


def _add_attachment(element: Element, file: AttachedFile) -> None:
    extension = extension_of(file.name)
    _text(element, "AttachmentCompressionAlgorithm", "NONE")
    _text(element, "AttachmentFormat", SAME_FORMAT.get(extension, extension))
    _text(element, "AttachmentEncoding", "BASE64")
    _text(element, "AttachmentDescription", file.description or file.name)
    _text(element, "AttachmentData", base64.b64encode(file.content).decode())


def _text(parent: Element, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = text.strip()


def _optional(parent: Element, name: str, text: str | None) -> None:
    if text and text.strip():
        _text(parent, name, text)


def _amount(parent: Element, name: str, value: Decimal) -> None:
    """Two decimals, or as many as the value needs: the schema takes up to eight, and exactly two in some places."""
    _text(parent, name, format(value or abs(value), f".{max(2, decimals(value))}f"))


def _optional_amount(parent: Element, name: str, value: Decimal | None) -> None:
    if value is not None:
        _amount(parent, name, value)


def _nested_amount(parent: Element, name: str, value: Decimal) -> None:
    _amount(etree.SubElement(parent, name), "TotalAmount", value)
