"""What a Facturae says at its top: the file header, the head of the invoice, its dates and its references."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from ...models.domain.invoice import (
    Correction,
    Exchange,
    InvoiceClass,
    InvoiceDocumentType,
    PlaceOfIssue,
    Reference,
    ReferenceKind,
)
from ..records import Amount, Table, code, day, decimal, issue_day, record, text
from .codes import CLASSES, CORRECTION_REASONS, DOCUMENT_TYPES, ISSUER_TYPES
from .reading_lines import PERIOD
from .reading_parties import PARTY
from .reading_payments import factoring

FILE_HEADER: Final[Table] = {
    "Modality": ("modality", text),
    "InvoiceIssuerType": ("issuer_type", code(ISSUER_TYPES)),
    "ThirdParty": ("third_party", PARTY),
    "Batch": {
        "BatchIdentifier": ("batch_id", text),
        "InvoicesCount": ("invoices_count", text),
        "TotalInvoicesAmount": Amount("batch_total", "total_in_euros"),
        "TotalOutstandingAmount": Amount("batch_outstanding", "outstanding_in_euros"),
        "TotalExecutableAmount": Amount("batch_payable", "payable_in_euros"),
        "InvoiceCurrencyCode": ("batch_currency", text),
    },
    "FactoringAssignmentData": ("factoring", factoring),
}


def _correction(
    *, listed: str | None = None, reason_code: str = "", detail: str | None = None, **values: Any
) -> Correction:
    reason = detail or listed or CORRECTION_REASONS.get(reason_code, reason_code)
    return Correction(reason_code=reason_code, reason=reason, detail=detail, **values)


_CORRECTIVE = record(
    _correction,
    {
        "InvoiceNumber": ("number", text),
        "InvoiceSeriesCode": ("series", text),
        "ReasonCode": ("reason_code", text),
        "ReasonDescription": ("listed", text),
        "TaxPeriod": ("period", PERIOD),
        "CorrectionMethod": ("method", text),
        "AdditionalReasonDescription": ("detail", text),
        "InvoiceIssueDate": ("issue_date", day),
    },
    method="",
)

INVOICE_HEADER: Final[Table] = {
    "InvoiceNumber": ("number", text),
    "InvoiceSeriesCode": ("series", text),
    "InvoiceDocumentType": ("document_type", code(DOCUMENT_TYPES)),
    "InvoiceClass": ("invoice_class", code(CLASSES)),
    "Corrective": ("corrects", _CORRECTIVE),
}

HEADER_BLANK: Final[dict[str, Any]] = {
    "number": "",
    "document_type": InvoiceDocumentType.COMPLETE,
    "invoice_class": InvoiceClass.ORIGINAL,
    "issue_date": date.min,
    "currency": "",
}
"""What stands where the document says nothing; such a document has errors."""

_REFERENCES: Final = (
    ("ReceiverTransactionReference", ReferenceKind.RECEIVER_ORDER),
    ("FileReference", ReferenceKind.FILE),
    ("ReceiverContractReference", ReferenceKind.RECEIVER_CONTRACT),
    ("RelatedInvoice", ReferenceKind.RELATED_INVOICE),
)

ISSUE_DATA: Final[Table] = {
    "IssueDate": ("issue_date", issue_day),
    "OperationDate": ("operation_date", day),
    "PlaceOfIssue": (
        "place_of_issue",
        record(
            PlaceOfIssue,
            {"PostCode": ("post_code", text), "PlaceOfIssueDescription": ("description", text)},
            description="",
        ),
    ),
    "InvoicingPeriod": ("period", PERIOD),
    "InvoiceCurrencyCode": ("currency", text),
    "ExchangeRateDetails": (
        "exchange",
        record(
            Exchange,
            {"ExchangeRate": ("rate", decimal), "ExchangeRateDate": ("day", day)},
            numbers=("rate",),
            day=date.min,
        ),
    ),
    "TaxCurrencyCode": ("tax_currency", text),
    "LanguageName": ("language", text),
    "InvoiceDescription": ("description", text),
    **{name: (name, text) for name, _ in _REFERENCES[:3]},
}


def references_of(values: dict[str, Any]) -> tuple[Reference, ...]:
    """The references of the invoice as a whole, out of what the tables read."""
    return tuple(Reference(kind=kind, value=values[name]) for name, kind in _REFERENCES if name in values)
