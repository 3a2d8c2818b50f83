"""What belongs to invoices that were read: one statement for each relation, for all of them together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from ..database import Database, Row
from ..domain.exchange import Direction, TravelState
from ..domain.invoice import SignatureStatus
from ..domain.signature import SignatureReport
from ..domain.states import InvoiceStatus
from ..rows import AttachmentRow, ChangeRow, DocumentRow, InvoiceRow, TravelRow
from ..sql import Statement, as_date, as_instant, key_set
from . import content
from .selection import Selection

_STATUSES = {status.value: status for status in InvoiceStatus}

_LOADERS: dict[str, Callable[[str], Any]] = {
    "offices": content.load_offices,
    "taxes": content.load_taxes,
    "lines": content.load_lines,
    "payments": content.load_payments,
    "corrects": content.load_correction,
    "details": content.load_details,
    "document_issuer": content.load_party,
    "document_receiver": content.load_party,
    "findings": content.load_findings,
}
# Where the column is not called as the attribute, or holds nothing for what came in before it was there.
_SQL = {
    "details": "COALESCE(d.details, '{}')",
    "document_issuer": "d.issuer",
    "document_receiver": "d.receiver",
    "findings": "COALESCE(d.findings, '[]')",
}

CHANGE_COLUMNS = (
    "c.id, c.invoice_id, c.from_status, c.to_status, c.at, c.actor, c.automated,"
    " c.registry_number, c.rcf_number, c.reason, c.reason_code, c.payment_date, c.reported_at, c.unexpected"
)

CHANGE_WIDTH = CHANGE_COLUMNS.count(",") + 1


async def attach(database: Database, invoices: list[InvoiceRow], selection: Selection) -> None:
    """Set the relations that were selected on every one of the rows."""
    if not invoices:
        return
    if selection.history:
        await _attach_history(database, invoices)
    if selection.content:
        await _attach_content(database, invoices, sorted(selection.content))
    if selection.document:
        await _attach_documents(database, invoices)
    if selection.attachments:
        await _attach_attachments(database, invoices)
    if selection.travel:
        await _attach_travels(database, invoices)


async def _of(database: Database, invoices: list[InvoiceRow], sql: str, order: str = "") -> Sequence[Row]:
    query = Statement(database.dialect)
    keys = key_set(query, [invoice.key for invoice in invoices])
    return await database.fetch(f"{sql} IN {keys}{order}", query.values)


async def _attach_history(database: Database, invoices: list[InvoiceRow]) -> None:
    found = await _of(
        database,
        invoices,
        f"SELECT {CHANGE_COLUMNS} FROM status_change c WHERE c.invoice_id",
        " ORDER BY c.invoice_id, c.version",
    )
    by_key: dict[str, InvoiceRow] = {}
    for invoice in invoices:
        invoice.history = []
        by_key[invoice.key] = invoice
    for row in found:
        change = change_row(row)
        change.invoice = by_key[change.invoice_key]
        change.invoice.history.append(change)


def change_row(row: Row) -> ChangeRow:
    """A step of the columns ``CHANGE_COLUMNS``; further columns are left alone."""
    change = ChangeRow()
    change.key = str(row[0])
    change.invoice_key = str(row[1])
    change.from_status = None if row[2] is None else _STATUSES[row[2]]
    change.to_status = _STATUSES[row[3]]
    change.at = as_instant(row[4])
    change.actor = row[5]
    change.automated = bool(row[6])
    change.registry_number = row[7]
    change.rcf_number = row[8]
    change.reason = row[9]
    change.reason_code = row[10]
    change.payment_date = None if row[11] is None else as_date(row[11])
    change.reported_at = None if row[12] is None else as_instant(row[12])
    change.unexpected = bool(row[13])
    return change


async def _attach_content(database: Database, invoices: list[InvoiceRow], parts: list[str]) -> None:
    columns = ", ".join(_SQL.get(part, f"d.{part}") for part in parts)
    found = await _of(database, invoices, f"SELECT d.invoice_id, {columns} FROM invoice_content d WHERE d.invoice_id")
    texts = {str(row[0]): row for row in found}
    for invoice in invoices:
        for part, text in zip(parts, texts[invoice.key][1:], strict=True):
            setattr(invoice, part, None if text is None else _LOADERS[part](text))


async def _attach_documents(database: Database, invoices: list[InvoiceRow]) -> None:
    found = await _of(
        database,
        invoices,
        "SELECT d.invoice_id, d.format, d.size, d.sha256, d.signature, d.signature_report"
        " FROM invoice_document d WHERE d.invoice_id",
    )
    documents = {}
    for row in found:
        document = DocumentRow()
        document.invoice_key, document.format, document.size, document.sha256 = str(row[0]), row[1], row[2], row[3]
        document.signature = signature_of(row[4], row[5])
        document.findings, document.query = (), ""
        documents[document.invoice_key] = document
    for invoice in invoices:
        invoice.document = documents[invoice.key]


def signature_of(status: str, report: str | None) -> SignatureReport:
    """What was found at entry; before signatures were verified, only whether there is one."""
    if report is not None:
        return content.load_signature(report)
    unverified = status == SignatureStatus.UNTRUSTED
    detail = "The document came in before signatures were verified here." if unverified else None
    return SignatureReport(status=SignatureStatus(status), detail=detail)


async def _attach_attachments(database: Database, invoices: list[InvoiceRow]) -> None:
    found = await _of(
        database,
        invoices,
        f"SELECT t.invoice_id, {ATTACHMENT_COLUMNS} FROM attachment t WHERE t.invoice_id",
        " ORDER BY t.invoice_id, t.position",
    )
    files = defaultdict(list)
    for row in found:
        files[str(row[0])].append(attachment_row(row[1:]))
    for invoice in invoices:
        invoice.attachments = files[invoice.key]


async def _attach_travels(database: Database, invoices: list[InvoiceRow]) -> None:
    found = await _of(
        database,
        invoices,
        "SELECT x.invoice_id, p.name, x.direction, x.state, x.sent_at, x.arrived_at, x.remote_id, x.sha256, x.receipt,"
        " o.attempts, o.next_attempt_at, o.last_error, o.state FROM exchange x JOIN platform p ON p.id = x.platform_id"
        " LEFT JOIN platform_delivery o ON o.invoice_id = x.invoice_id AND o.kind = 'INVOICE' WHERE x.invoice_id",
    )
    travels = {str(row[0]): travel_row(row[1:]) for row in found}
    for invoice in invoices:
        invoice.travel = travels.get(invoice.key)


def travel_row(row: Row) -> TravelRow:
    """Where an invoice goes or came from, of its columns and those of its delivery."""
    travel = TravelRow()
    platform, direction, state, sent_at, arrived_at, remote_id, sha256, receipt, attempts, due, error, queued = row
    travel.platform, travel.direction, travel.state = platform, Direction(direction), TravelState(state)
    travel.sent_at = as_instant(sent_at)
    travel.arrived_at = None if arrived_at is None else as_instant(arrived_at)
    travel.remote_id, travel.sha256, travel.signature = remote_id, sha256, receipt
    travel.attempts = attempts or 0
    travel.next_attempt_at = as_instant(due) if queued == "QUEUED" else None
    travel.last_error = error
    return travel


ATTACHMENT_COLUMNS = "t.id, t.name, t.media_type, t.description, t.reference, t.size, t.sha256"


def attachment_row(row: Row) -> AttachmentRow:
    """A file of the columns ``ATTACHMENT_COLUMNS``."""
    file = AttachmentRow()
    key, file.name, file.media_type, file.description, file.reference, file.size, file.sha256 = row
    file.key = str(key)
    return file
