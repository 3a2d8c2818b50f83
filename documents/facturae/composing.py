"""Facturae 3.2.2, from plain types to XML, in the order of elements that the Ministry's schema wants."""

from __future__ import annotations

from typing import Final

from lxml import etree

from ...models.domain.errors import Invalid
from ...models.domain.findings import errors_among
from ...models.domain.invoice import InvoiceContent
from ..xml import Element
from .codes import ISSUER_TYPES, NAMESPACE_3_2_2, code_of
from .composable import check_composable
from .composing_extras import add_extensions, add_extras
from .composing_header import add_header, add_issue_data
from .composing_lines import add_line
from .composing_parties import add_named_party, add_party
from .composing_payments import add_factoring, add_payments
from .composing_totals import add_taxes, add_totals
from .composing_values import add, add_nested_amount, add_text

MODALITIES: Final = frozenset("IL")


def compose_facturae(content: InvoiceContent) -> bytes:
    """The invoice as an unsigned Facturae 3.2.2 in UTF-8, whatever format it was read from.

    ``Invalid`` with the first problem where ``check_composable`` has errors: nothing is cut short to make it fit.
    White space around texts is left out, as reading leaves it out.
    """
    problems = errors_among(check_composable(content))
    if problems:
        raise Invalid(problems[0].message)
    root = etree.Element(f"{{{NAMESPACE_3_2_2}}}Facturae", nsmap={"fe": NAMESPACE_3_2_2})
    _add_file_header(add(root, "FileHeader"), content)
    parties = add(root, "Parties")
    add_party(add(parties, "SellerParty"), content.issuer, content.issuer.offices)
    add_party(add(parties, "BuyerParty"), content.receiver, content.offices)
    invoice = add(add(root, "Invoices"), "Invoice")
    _add_invoice(invoice, content)
    # The text of extensions is their own affair, so only what is ours is indented.
    etree.indent(root)
    _add_extensions(root, invoice, content)
    document: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return document + b"\n"


def _add_file_header(header: Element, content: InvoiceContent) -> None:
    details = content.details
    add_text(header, "SchemaVersion", "3.2.2")
    add_text(header, "Modality", details.modality if details.modality in MODALITIES else "I")
    add_text(header, "InvoiceIssuerType", code_of(ISSUER_TYPES, details.issuer_type) or "")
    if details.third_party is not None:
        add_named_party(add(header, "ThirdParty"), details.third_party)
    _add_batch(add(header, "Batch"), content)
    if details.factoring is not None:
        add_factoring(add(header, "FactoringAssignmentData"), details.factoring)


def _add_batch(batch: Element, content: InvoiceContent) -> None:
    totals, settlement = content.totals, content.details.settlement
    own = f"{content.issuer.tax_id}{(content.series or '').strip()}{content.number.strip()}"
    outstanding = totals.payable if settlement.outstanding is None else settlement.outstanding
    add_text(batch, "BatchIdentifier", content.details.batch_id or own)
    add_text(batch, "InvoicesCount", "1")
    add_nested_amount(batch, "TotalInvoicesAmount", totals.total, settlement.total_in_euros)
    add_nested_amount(batch, "TotalOutstandingAmount", outstanding, settlement.outstanding_in_euros)
    add_nested_amount(batch, "TotalExecutableAmount", totals.payable, settlement.payable_in_euros)
    add_text(batch, "InvoiceCurrencyCode", content.currency)


def _add_invoice(invoice: Element, content: InvoiceContent) -> None:
    add_header(add(invoice, "InvoiceHeader"), content)
    add_issue_data(add(invoice, "InvoiceIssueData"), content)
    add_taxes(invoice, "TaxesOutputs", (tax for tax in content.taxes if not tax.withheld))
    add_taxes(invoice, "TaxesWithheld", (tax for tax in content.taxes if tax.withheld))
    add_totals(add(invoice, "InvoiceTotals"), content)
    items = add(invoice, "Items")
    for line in content.lines:
        add_line(add(items, "InvoiceLine"), line)
    if content.payments:
        add_payments(add(invoice, "PaymentDetails"), content.payments)
    add_extras(invoice, content)


def _add_extensions(root: Element, invoice: Element, content: InvoiceContent) -> None:
    for element, line in zip(invoice.iterfind("Items/InvoiceLine"), content.lines, strict=True):
        add_extensions(element, line.extensions)
    data = invoice.find("AdditionalData")
    if data is None and content.details.extensions:
        data = add(invoice, "AdditionalData")
    add_extensions(data, content.details.extensions)
    add_extensions(root, content.details.file_extensions)
