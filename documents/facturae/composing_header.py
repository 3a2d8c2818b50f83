"""The head of one invoice in Facturae 3.2.2: its number, what it corrects, when and where it was issued."""

from __future__ import annotations

from datetime import date
from typing import Final

from ...models.domain.invoice import Correction, Details, InvoiceContent, Period, ReferenceKind
from ..xml import Element
from .codes import CLASSES, CORRECTION_METHODS, CORRECTION_REASONS, DOCUMENT_TYPES, code_of
from .composing_values import add, add_amount, add_day, add_optional, add_period, add_text
from .reading_parties import NO_POST_CODE

LANGUAGE: Final = "ca"
"""Of an invoice that does not say."""

HEADER_REFERENCES: Final = {
    ReferenceKind.RECEIVER_ORDER: "ReceiverTransactionReference",
    ReferenceKind.FILE: "FileReference",
    ReferenceKind.RECEIVER_CONTRACT: "ReceiverContractReference",
}
"""What ``InvoiceIssueData`` can refer to, in its order: one of each."""


def add_header(header: Element, content: InvoiceContent) -> None:
    """Fill ``InvoiceHeader``."""
    add_text(header, "InvoiceNumber", content.number)
    add_optional(header, "InvoiceSeriesCode", content.series)
    add_text(header, "InvoiceDocumentType", code_of(DOCUMENT_TYPES, content.document_type) or "")
    add_text(header, "InvoiceClass", code_of(CLASSES, content.invoice_class) or "")
    if content.corrects is not None:
        _add_correction(add(header, "Corrective"), content.corrects, content.issue_date)


def add_issue_data(issue: Element, content: InvoiceContent) -> None:
    """Fill ``InvoiceIssueData``."""
    details = content.details
    add_day(issue, "IssueDate", content.issue_date)
    add_day(issue, "OperationDate", details.operation_date)
    if details.place_of_issue is not None:
        place = add(issue, "PlaceOfIssue")
        add_text(place, "PostCode", details.place_of_issue.post_code or NO_POST_CODE)
        add_optional(place, "PlaceOfIssueDescription", details.place_of_issue.description)
    add_period(issue, "InvoicingPeriod", details.period)
    add_text(issue, "InvoiceCurrencyCode", content.currency)
    if details.exchange is not None:
        exchange = add(issue, "ExchangeRateDetails")
        add_amount(exchange, "ExchangeRate", details.exchange.rate)
        add_day(exchange, "ExchangeRateDate", details.exchange.day)
    add_text(issue, "TaxCurrencyCode", details.tax_currency or content.currency)
    add_text(issue, "LanguageName", details.language or LANGUAGE)
    add_optional(issue, "InvoiceDescription", details.description)
    _add_references(issue, details)


def _add_references(issue: Element, details: Details) -> None:
    for kind, name in HEADER_REFERENCES.items():
        add_optional(issue, name, next((found.value for found in details.references if found.kind is kind), None))


def _add_correction(block: Element, correction: Correction, issue_date: date) -> None:
    add_optional(block, "InvoiceNumber", correction.number)
    add_optional(block, "InvoiceSeriesCode", correction.series)
    listed = CORRECTION_REASONS[correction.reason_code]
    add_text(block, "ReasonCode", correction.reason_code)
    add_text(block, "ReasonDescription", listed)
    # The schema insists on a period; a correction of one invoice concerns the day of that invoice.
    day = correction.issue_date or issue_date
    add_period(block, "TaxPeriod", correction.period or Period(start=day, end=day))
    add_text(block, "CorrectionMethod", correction.method)
    add_text(block, "CorrectionMethodDescription", CORRECTION_METHODS[correction.method])
    own = correction.reason if correction.reason.strip() != listed else None
    add_optional(block, "AdditionalReasonDescription", correction.detail or own)
    add_day(block, "InvoiceIssueDate", correction.issue_date)
