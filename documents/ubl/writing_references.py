"""What the invoice refers to: orders, contracts, earlier invoices, supporting documents, files."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Final

from lxml import etree

from ...models.domain.invoice import (
    AttachedFile,
    Correction,
    InvoiceContent,
    Reference,
    ReferenceKind,
    SupportingDocument,
)
from ..xml import Element
from .codes import CBC, INVOICED_OBJECT, PROJECT
from .numbers import full_number
from .writing_tree import day, part, text

EMBEDDABLE: Final = frozenset(
    {
        "application/pdf",
        "image/png",
        "image/jpeg",
        "text/csv",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.spreadsheet",
    }
)
"""The media types that EN 16931 takes (BR-CL-24)."""

_SINGLE: Final[Mapping[ReferenceKind, str]] = {
    ReferenceKind.RECEIVER_CONTRACT: "ContractDocumentReference",
    ReferenceKind.DELIVERY_NOTE: "DespatchDocumentReference",
    ReferenceKind.RECEIVING_ADVICE: "ReceiptDocumentReference",
    ReferenceKind.TENDER: "OriginatorDocumentReference",
}


def add_references(root: Element, content: InvoiceContent) -> None:
    """All references of the whole invoice, supporting documents and files."""
    references = content.details.references
    first = _firsts(references)
    for kind, name in (
        (ReferenceKind.BUYER_ACCOUNTING, "AccountingCost"),
        (ReferenceKind.BUYER_REFERENCE, "BuyerReference"),
    ):
        if kind in first:
            text(root, name, first[kind].value)
    _add_order(root, first)
    for kind, name in _SINGLE.items():
        if kind in first:
            _add_document(part(root, name), first[kind])
    _add_project(root, first)
    if ReferenceKind.INVOICED_OBJECT in first:
        _add_object(root, first[ReferenceKind.INVOICED_OBJECT])
    _add_preceding(root, content)
    for other in others_of(references):
        document = part(root, "AdditionalDocumentReference")
        text(document, "ID", other.value, schemeID=None)
        day(document, "IssueDate", other.day)
        text(document, "DocumentType", other.kind.value)
    for supporting in content.details.supporting_documents:
        _add_supporting(root, supporting)
    for file in content.attachments:
        _add_file(root, file)


def others_of(references: tuple[Reference, ...]) -> list[Reference]:
    """References that EN 16931 has no place for, or has one place for where there are several.

    They are written as supporting documents whose ``DocumentType`` is our word for what they are.
    """
    first = _firsts(references)
    placed = {
        *_SINGLE,
        ReferenceKind.BUYER_ACCOUNTING,
        ReferenceKind.BUYER_REFERENCE,
        ReferenceKind.RECEIVER_ORDER,
        ReferenceKind.ISSUER_ORDER,
        ReferenceKind.PROJECT,
        ReferenceKind.INVOICED_OBJECT,
    }
    return [
        one
        for one in references
        if one.kind is not ReferenceKind.PRECEDING_INVOICE and not (one.kind in placed and first[one.kind] is one)
    ]


def _firsts(references: tuple[Reference, ...]) -> dict[ReferenceKind, Reference]:
    return {one.kind: one for one in reversed(references)}


def _add_order(root: Element, first: Mapping[ReferenceKind, Reference]) -> None:
    order, sales = first.get(ReferenceKind.RECEIVER_ORDER), first.get(ReferenceKind.ISSUER_ORDER)
    if order is None and sales is None:
        return
    element = part(root, "OrderReference")
    # The schema wants the buyer's number; "NA" is what Peppol writes where there is only the seller's.
    text(element, "ID", order.value if order else "NA")
    text(element, "SalesOrderID", sales.value if sales else None)
    day(element, "IssueDate", order.day if order else None)


def _add_document(element: Element, reference: Reference) -> None:
    text(element, "ID", reference.value)
    day(element, "IssueDate", reference.day)


def _add_project(root: Element, first: Mapping[ReferenceKind, Reference]) -> None:
    project = first.get(ReferenceKind.PROJECT)
    if project is None:
        return
    if root.tag.endswith("CreditNote"):
        document = part(root, "AdditionalDocumentReference")
        _add_document(document, project)
        text(document, "DocumentTypeCode", PROJECT)
    else:
        _add_document(part(root, "ProjectReference"), project)


def _add_object(root: Element, reference: Reference) -> None:
    document = part(root, "AdditionalDocumentReference")
    text(document, "ID", reference.value, schemeID=reference.scheme)
    text(document, "DocumentTypeCode", INVOICED_OBJECT)


def _add_preceding(root: Element, content: InvoiceContent) -> None:
    if content.corrects is not None:
        _add_corrected(root, content.corrects)
    for one in content.details.references:
        if one.kind is ReferenceKind.PRECEDING_INVOICE:
            _add_document(part(part(root, "BillingReference"), "InvoiceDocumentReference"), one)


def _add_corrected(root: Element, correction: Correction) -> None:
    """The corrected invoice, and why and how: EN 16931 has its number and day only, UBL room for the rest."""
    if not (correction.number or "").strip():
        return
    document = part(part(root, "BillingReference"), "InvoiceDocumentReference")
    text(document, "ID", full_number(correction.series, correction.number or ""), schemeID=correction.series)
    day(document, "IssueDate", correction.issue_date)
    text(document, "DocumentTypeCode", correction.reason_code)
    text(document, "DocumentStatusCode", correction.method)
    text(document, "DocumentDescription", correction.reason)
    if correction.detail:
        text(document, "DocumentDescription", correction.detail)
    if correction.period is not None:
        period = part(document, "ValidityPeriod")
        day(period, "StartDate", correction.period.start)
        day(period, "EndDate", correction.period.end)


def _add_supporting(root: Element, supporting: SupportingDocument) -> None:
    document = part(root, "AdditionalDocumentReference")
    text(document, "ID", supporting.reference)
    text(document, "DocumentDescription", supporting.description)
    if supporting.url:
        text(part(part(document, "Attachment"), "ExternalReference"), "URI", supporting.url)


def _add_file(root: Element, file: AttachedFile) -> None:
    """A file inside; of one that EN 16931 does not take, its name."""
    document = part(root, "AdditionalDocumentReference")
    text(document, "ID", file.reference or file.name)
    text(document, "DocumentDescription", file.description)
    if file.media_type in EMBEDDABLE:
        attachment = part(document, "Attachment")
        data = etree.SubElement(attachment, f"{{{CBC}}}EmbeddedDocumentBinaryObject")
        data.set("mimeCode", file.media_type)
        data.set("filename", file.name)
        data.text = base64.b64encode(file.content).decode()
