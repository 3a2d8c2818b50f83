"""The bytes of documents and attachments, for those who may see the invoice; and that the receiver has seen it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..database import Database
from ..domain.errors import NotFound
from ..domain.invoice import DocumentFormat
from ..lists.seeing import mark_seen_in
from ..rows import AttachmentRow
from ..sql import Statement, key_set
from ..viewer import Viewer
from ..visibility import visible
from .relations import ATTACHMENT_COLUMNS, attachment_row


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file to hand out. ``sha256`` is in hexadecimal."""

    name: str
    media_type: str
    sha256: str
    content: bytes
    invoice_key: str


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """The document of an invoice as it came."""

    file: StoredFile
    format: DocumentFormat


async def read_document(database: Database, viewer: Viewer, invoice_key: str) -> StoredDocument | None:
    """The document of an invoice, byte for byte; None where there is none that the viewer may see."""
    query = Statement(database.dialect)
    found = await database.fetch(
        "SELECT i.series, i.number, d.sha256, d.bytes, i.id, d.format FROM invoice i"
        f" JOIN invoice_document d ON d.invoice_id = i.id WHERE i.id = {query.bind(invoice_key)}"
        f" AND {visible(query, viewer)}",
        query.values,
    )
    if not found:
        return None
    series, number, sha256, content, key, format_ = found[0]
    name = "-".join(part for part in (series, number) if part)
    file = StoredFile(f"{name}.xml", "application/xml", sha256, bytes(content), str(key))
    return StoredDocument(file, DocumentFormat(format_))


async def read_attachment(database: Database, viewer: Viewer, attachment_key: str) -> StoredFile | None:
    """A file of an invoice; None where there is none that the viewer may see."""
    query = Statement(database.dialect)
    found = await database.fetch(
        "SELECT t.name, t.media_type, t.sha256, t.bytes, i.id FROM attachment t JOIN invoice i ON i.id = t.invoice_id"
        f" WHERE t.id = {query.bind(attachment_key)} AND {visible(query, viewer)}",
        query.values,
    )
    if not found:
        return None
    name, media_type, sha256, content, key = found[0]
    return StoredFile(name, media_type, sha256, bytes(content), str(key))


async def read_attachments(database: Database, viewer: Viewer, keys: Sequence[str]) -> dict[str, AttachmentRow]:
    """What is known of these files, without their bytes, by key; only of those that the viewer may see."""
    if not keys:
        return {}
    query = Statement(database.dialect)
    where = f"t.id IN {key_set(query, keys)} AND {visible(query, viewer)}"
    found = await database.fetch(
        f"SELECT {ATTACHMENT_COLUMNS} FROM attachment t JOIN invoice i ON i.id = t.invoice_id WHERE {where}",
        query.values,
    )
    return {file.key: file for file in map(attachment_row, found)}


async def mark_seen(database: Database, viewer: Viewer, invoice_key: str | None) -> None:
    """Note that the viewer has opened the invoice. :class:`NotFound`, or :class:`Forbidden` for its issuer."""
    if invoice_key is None:
        raise NotFound(path=("input", "invoiceId"))
    key = invoice_key
    await database.unit_of_work(lambda unit: mark_seen_in(unit, viewer, key))
