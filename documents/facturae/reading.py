"""Facturae 3.2, 3.2.1 and 3.2.2, from XML to plain types: all that a document says and our types have a place for.

What is wrong with it is the business of the grammar (rule HF08) and of the rules; both are asked in ``checking``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from lxml import etree

from ...models.domain.invoice import Details, DocumentParty, InvoiceContent
from ..opaque import extensions
from ..quick import maker_of
from ..records import Reading, Table, all_of, fill, text
from ..xml import Element
from .attachments import attachments
from .codes import VERSIONS
from .reading_amounts import TAXES, TAXES_WITHHELD, TOTALS, settlement_of, totals_of
from .reading_header import FILE_HEADER, HEADER_BLANK, INVOICE_HEADER, ISSUE_DATA, references_of
from .reading_lines import lines
from .reading_parties import PARTY
from .reading_payments import PAYMENTS

_content_of = maker_of(InvoiceContent)
_details_of = maker_of(Details)

_FILE: Table = {
    "FileHeader": FILE_HEADER,
    "Parties": {"SellerParty": ("issuer", PARTY), "BuyerParty": ("receiver", PARTY)},
    "Extensions": ("file_extensions", extensions),
}

_INVOICE: Table = {
    "InvoiceHeader": INVOICE_HEADER,
    "InvoiceIssueData": ISSUE_DATA,
    "TaxesOutputs": ("taxes_charged", TAXES),
    "TaxesWithheld": ("taxes_withheld", TAXES_WITHHELD),
    "InvoiceTotals": TOTALS,
    "Items": ("lines", lines),
    "PaymentDetails": ("payments", PAYMENTS),
    "LegalLiterals": ("legal_literals", all_of("LegalReference", text)),
    "AdditionalData": {
        "RelatedInvoice": ("RelatedInvoice", text),
        "RelatedDocuments": ("attachments", attachments),
        "InvoiceAdditionalInformation": ("information", text),
        "Extensions": ("extensions", extensions),
    },
}

_NOBODY: Final = DocumentParty(tax_id="", name="", residence="")

_OF_CONTENT: Final = ("number", "series", "document_type", "invoice_class", "corrects", "issue_date", "currency")
_ALSO_OF_CONTENT: Final = ("lines", "payments", "attachments")
_OF_DETAILS: Final = (
    "modality",
    "batch_id",
    "issuer_type",
    "third_party",
    "factoring",
    "operation_date",
    "place_of_issue",
    "period",
    "exchange",
    "tax_currency",
    "language",
    "description",
    "legal_literals",
    "information",
    "extensions",
    "file_extensions",
)
_EUROS: Final = ("total_in_euros", "outstanding_in_euros", "payable_in_euros")


@dataclass(frozen=True, slots=True)
class Extracted:
    """One invoice of a file, and what the file says besides that the rules look at."""

    content: InvoiceContent
    place: str
    """``/Facturae/Invoices/Invoice``, with its position where there are several."""
    file: dict[str, Any]
    """What the tables of the file header read."""


def extract_facturae(root: Element, reading: Reading) -> Iterator[Extracted]:
    """All invoices of a file; the elements below the root have no namespace."""
    format_ = VERSIONS[etree.QName(root).namespace][1]
    file = fill(root, _FILE, reading, {})
    invoices = root.findall("Invoices/Invoice")
    for position, element in enumerate(invoices, start=1):
        place = "/Facturae/Invoices/Invoice" + (f"[{position}]" if len(invoices) > 1 else "")
        values = fill(element, _INVOICE, reading, HEADER_BLANK | file)
        yield Extracted(_content(values, reading, format=format_), place, file)


def _content(values: dict[str, Any], reading: Reading, **more: Any) -> InvoiceContent:
    receiver = values.get("receiver", _NOBODY)
    return _content_of(
        **more,
        **{name: values[name] for name in (*_OF_CONTENT, *_ALSO_OF_CONTENT) if name in values},
        issuer=values.get("issuer", _NOBODY),
        receiver=replace(receiver, offices=()) if receiver.offices else receiver,
        offices=receiver.offices,
        taxes=values.get("taxes_charged", ()) + values.get("taxes_withheld", ()),
        totals=totals_of(values, reading),
        details=_details_of(
            **{name: values[name] for name in _OF_DETAILS if name in values},
            references=references_of(values),
            discounts=values.get("general_discounts", ()),
            charges=values.get("general_charges", ()),
            settlement=settlement_of(values, {name: values[name] for name in _EUROS if name in values}),
        ),
    )
