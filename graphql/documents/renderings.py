"""The document of an invoice in the format that is asked for, and the receipt of its entry."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from ...documents.converting import convert
from ...documents.pictures.drawing import draw_invoice, draw_receipt
from ...documents.pictures.subjects import EntryReceipt, InvoicePicture, ReceivedFile
from ...documents.reading import read_content
from ...models.database import Database
from ...models.domain.findings import Finding
from ...models.domain.invoice import DocumentFormat
from ...models.domain.states import Language
from ...models.people.parties import language_of
from ...models.reading.files import StoredDocument, StoredFile, read_document
from ...models.reading.invoices import read_invoice
from ...models.reading.selection import Selection
from ...models.rows import InvoiceRow
from ...models.viewer import Viewer

_PDF = "application/pdf"
_UBL = frozenset({DocumentFormat.UBL_2_1, DocumentFormat.UBL_2_1_INVOICE, DocumentFormat.UBL_2_1_CREDIT_NOTE})
_MADE = _UBL | {DocumentFormat.FACTURAE_3_2_2, DocumentFormat.PDF}
"""What a document can be turned into; of other formats, only those that came in them can be had."""

DRAWN_AT_ONCE: Final = 2
"""Pictures that one process draws at a time; the largest take some 300 MB and two seconds each."""

_RECEIPT: Final = {Language.CA: "rebut", Language.ES: "recibo", Language.EN: "receipt"}
"""How a receipt's file is called, before its registry number."""

_PICTURED = Selection(
    columns=frozenset(
        {
            "number",
            "series",
            "issue_date",
            "currency",
            "totals",
            "status",
            "status_changed_at",
            "registry_number",
            "registered_at",
            "rcf_number",
            "rejection_reason",
            "payment_date",
            "created_at",
        }
    ),
    content=frozenset({"document_issuer", "document_receiver", "findings"}),
    history=True,
    document=True,
    attachments=True,
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document to hand out. ``findings`` say what its format cannot say of the invoice."""

    file: StoredFile
    format: DocumentFormat
    findings: tuple[Finding, ...] = ()


async def render_document(
    database: Database, viewer: Viewer, key: str, wanted: DocumentFormat | None, language: Language | None = None
) -> Rendered | None:
    """The invoice's document; None where there is none that the viewer may see, or none in that format."""
    stored = await read_document(database, viewer, key)
    if stored is None:
        return None
    if wanted is None or _is_already(stored.format, wanted):
        return Rendered(stored.file, stored.format)
    if wanted not in _MADE:
        return None
    if wanted is DocumentFormat.PDF:
        return await _picture(database, viewer, key, stored, language)
    # A stored document was read once, so it can be read again.
    made = await asyncio.to_thread(convert, stored.file.content, wanted)
    return Rendered(_file(stored.file, made.content, stored.file.media_type, "xml"), made.format, made.findings)


async def render_receipt(database: Database, viewer: Viewer, key: str, language: Language | None) -> StoredFile | None:
    """The receipt of the entry, a PDF; None where the viewer may not see the invoice, or it is not registered yet."""
    row = await read_invoice(database, viewer, key, _PICTURED)
    if row is None or row.registry_number is None or row.registered_at is None:
        return None
    spoken = language or await language_of(database, viewer)
    content = await _drawn(lambda: draw_receipt(_receipt(row), spoken))
    name = f"{_RECEIPT[spoken]}-{row.registry_number.replace('/', '-')}.pdf"
    return StoredFile(name, _PDF, hashlib.sha256(content).hexdigest(), content, key)


def _is_already(stored: DocumentFormat, wanted: DocumentFormat) -> bool:
    return stored is wanted or (wanted is DocumentFormat.UBL_2_1 and stored in _UBL)


async def _picture(
    database: Database, viewer: Viewer, key: str, stored: StoredDocument, language: Language | None
) -> Rendered | None:
    row = await read_invoice(database, viewer, key, _PICTURED)
    if row is None:
        return None
    spoken = language or await language_of(database, viewer)
    content = await _drawn(lambda: draw_invoice(_invoice_picture(row, stored), spoken))
    return Rendered(_file(stored.file, content, _PDF, "pdf"), DocumentFormat.PDF)


async def _drawn(draw: Callable[[], bytes]) -> bytes:
    return await asyncio.get_running_loop().run_in_executor(_drawing_room(), draw)


@cache
def _drawing_room() -> ThreadPoolExecutor:
    """Threads of their own, so that many pictures at once wait for one another and nobody else waits for them."""
    return ThreadPoolExecutor(DRAWN_AT_ONCE, thread_name_prefix="picture")


def _invoice_picture(row: InvoiceRow, stored: StoredDocument) -> InvoicePicture:
    return InvoicePicture(
        content=read_content(stored.file.content),
        state=row.status,
        state_since=row.status_changed_at,
        sha256=row.document.sha256,
        size=row.document.size,
        registry_number=row.registry_number,
        registered_at=row.registered_at,
        rcf_number=row.rcf_number,
        rejection_reason=row.rejection_reason,
        rejection_code=next((change.reason_code for change in row.history if change.reason_code), None),
        payment_date=row.payment_date,
        signature=row.document.signature.status,
        signer=row.document.signature.signer,
        attachments=_received_files(row),
    )


def _receipt(row: InvoiceRow) -> EntryReceipt:
    return EntryReceipt(
        number=row.number,
        series=row.series,
        issue_date=row.issue_date,
        issuer_name=row.document_issuer.name,
        issuer_tax_id=row.document_issuer.tax_id,
        receiver_name=row.document_receiver.name,
        receiver_tax_id=row.document_receiver.tax_id,
        total=row.totals.payable,
        currency=row.currency,
        format=DocumentFormat(row.document.format),
        size=row.document.size,
        sha256=row.document.sha256,
        received_at=row.created_at,
        registry_number=row.registry_number,
        registered_at=row.registered_at,
        signature=row.document.signature.status,
        signer=row.document.signature.signer,
        attachments=_received_files(row),
        warnings=row.findings,
    )


def _received_files(row: InvoiceRow) -> tuple[ReceivedFile, ...]:
    return tuple(
        ReceivedFile(name=file.name, size=file.size, sha256=file.sha256, description=file.description)
        for file in row.attachments
    )


def _file(original: StoredFile, content: bytes, media_type: str, extension: str) -> StoredFile:
    name = f"{original.name.removesuffix('.xml')}.{extension}"
    sha256 = hashlib.sha256(content).hexdigest()
    return replace(original, name=name, media_type=media_type, sha256=sha256, content=content)
