"""Facturae 3.2, 3.2.1 and 3.2.2, from XML to plain types.

The checks here are those that reading needs (domain.md, "What makes a document acceptable"). The order of elements and
elements that nobody asked for are the schema's business.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from ...models.domain.findings import Severity
from ...models.domain.invoice import (
    Correction,
    DocumentFormat,
    DocumentParty,
    InvoiceClass,
    InvoiceContent,
    InvoiceDocumentType,
    Office,
    Payment,
)
from ..nodes import Node
from .attachments import read_attachments
from .codes import (
    CLASSES,
    CORRECTION_METHODS,
    CORRECTION_REASONS,
    CORRECTIVE_CLASSES,
    DOCUMENT_TYPES,
    NUMBERED_METHODS,
    PAYMENT_MEANS,
    VERSIONS,
    key_of,
)
from .reading_amounts import read_lines, read_taxes, read_totals
from .reading_parties import read_offices, read_party

_CURRENCY = re.compile(r"[A-Z]{3}")


class _Parties(NamedTuple):
    issuer: DocumentParty
    receiver: DocumentParty
    offices: tuple[Office, ...]


def read_facturae(root: Node, namespace: str, today: date | None) -> InvoiceContent | None:
    """Everything the one invoice of a Facturae says; its problems go to the root's report.

    Without an ``Invoice`` there is nothing to return; with several, each is checked and the first returned. What is
    returned holds stand-ins where the report has errors.
    """
    version, _ = VERSIONS[namespace]
    header = root.child("FileHeader")
    found_version = header.text("SchemaVersion")
    if found_version != version:
        message = "The SchemaVersion is not the one that the document's namespace stands for."
        header.complain("HF08", message, child="SchemaVersion", expected=version, found=found_version)
    invoices = [invoice for block in root.children("Invoices") for invoice in block.children("Invoice")]
    _check_count(root, header, len(invoices))
    parties = _read_parties(root.child("Parties"))
    format_ = VERSIONS[namespace][1]
    contents = [_read_invoice(invoice, parties, format_, today) for invoice in invoices]
    return contents[0] if contents else None


def _read_parties(parties: Node) -> _Parties:
    buyer = parties.child("BuyerParty")
    return _Parties(read_party(parties.child("SellerParty")), read_party(buyer), read_offices(buyer))


def _check_count(root: Node, header: Node, count: int) -> None:
    if count != 1:
        message = "The document must hold exactly one invoice."
        root.child("Invoices").complain("TR0001", message, expected="1", found=str(count))
        return
    batch = header.child("Batch")
    stated = batch.text("InvoicesCount")
    if stated and stated.lstrip("+0") != "1":
        message = "InvoicesCount is not the number of invoices in the document."
        batch.complain("TR0001", message, child="InvoicesCount", severity=Severity.WARNING, expected="1", found=stated)


def _read_invoice(invoice: Node, parties: _Parties, format_: DocumentFormat, today: date | None) -> InvoiceContent:
    header = invoice.child("InvoiceHeader")
    issue = invoice.child("InvoiceIssueData")
    invoice_class = _class(header)
    number = header.text("InvoiceNumber")
    if not number:
        header.complain("RCF03001", "The invoice number is missing.", child="InvoiceNumber")
    return InvoiceContent(
        format=format_,
        number=number,
        series=header.text("InvoiceSeriesCode") or None,
        document_type=_document_type(header),
        invoice_class=invoice_class,
        corrects=_correction(header) if invoice_class in CORRECTIVE_CLASSES else None,
        issue_date=_issue_date(issue, today),
        currency=_currency(issue),
        issuer=parties.issuer,
        receiver=parties.receiver,
        offices=parties.offices,
        taxes=read_taxes(invoice),
        totals=read_totals(invoice.child("InvoiceTotals")),
        lines=read_lines(invoice.child("Items")),
        payments=_payments(invoice.child("PaymentDetails")),
        attachments=read_attachments(invoice.child("AdditionalData").child("RelatedDocuments")),
    )


def _document_type(header: Node) -> InvoiceDocumentType:
    code = header.text("InvoiceDocumentType")
    if code not in DOCUMENT_TYPES:
        message = "The InvoiceDocumentType is not one that Facturae knows."
        header.complain("HF08", message, child="InvoiceDocumentType", expected=", ".join(DOCUMENT_TYPES), found=code)
    return DOCUMENT_TYPES.get(code, InvoiceDocumentType.COMPLETE)


def _class(header: Node) -> InvoiceClass:
    code = header.text("InvoiceClass")
    if code not in CLASSES:
        message = "The InvoiceClass is not one that Facturae knows."
        header.complain("HF08", message, child="InvoiceClass", expected=", ".join(CLASSES), found=code)
    return CLASSES.get(code, InvoiceClass.ORIGINAL)


def _issue_date(issue: Node, today: date | None) -> date:
    day = issue.day("IssueDate", "RCF07001")
    if today is not None and day > today:
        message = "The issue date is after today."
        issue.complain("RCF07001", message, child="IssueDate", expected=f"at most {today}", found=str(day))
    return day


def _currency(issue: Node) -> str:
    currency = issue.text("InvoiceCurrencyCode")
    if not _CURRENCY.fullmatch(currency):
        message = "The currency is not a code of ISO 4217."
        issue.complain("RCF06004", message, child="InvoiceCurrencyCode", expected="EUR", found=currency)
    return currency


def _correction(header: Node) -> Correction | None:
    block = header.child("Corrective")
    if not block.exists:
        block.complain("RCF04001", "A corrective invoice must say what it corrects, in Corrective.")
        return None
    method = block.text("CorrectionMethod")
    number = block.text("InvoiceNumber")
    if method not in CORRECTION_METHODS:
        message = "The correction method is not one of 01 to 04."
        block.complain(
            "RCF04001", message, child="CorrectionMethod", expected=", ".join(CORRECTION_METHODS), found=method
        )
    if method in NUMBERED_METHODS and not number:
        message = "A correction by method 01 or 02 must give the number of the invoice that it corrects."
        block.complain("RCF04002", message, child="InvoiceNumber")
    code = block.text("ReasonCode")
    reason = block.text("AdditionalReasonDescription") or block.text("ReasonDescription")
    return Correction(
        reason_code=code,
        reason=reason or CORRECTION_REASONS.get(code, code),
        method=method,
        number=number or None,
        series=block.text("InvoiceSeriesCode") or None,
        issue_date=block.optional_day("InvoiceIssueDate", "HF08"),
    )


def _payments(details: Node) -> tuple[Payment, ...]:
    return tuple(
        Payment(
            due_date=instalment.day("InstallmentDueDate", "HF08"),
            amount=instalment.decimal("InstallmentAmount"),
            means=key_of(PAYMENT_MEANS, instalment.text("PaymentMeans")),
            iban=_account(instalment),
        )
        for instalment in details.children("Installment")
    )


def _account(instalment: Node) -> str | None:
    """The account that the money goes to or, for a direct debit, comes from."""
    for name in ("AccountToBeCredited", "AccountToBeDebited"):
        account = instalment.child(name)
        number = "".join((account.text("IBAN") or account.text("AccountNumber")).split())
        if number:
            return number
    return None
