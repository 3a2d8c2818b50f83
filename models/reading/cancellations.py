"""The requests of cancellation of invoices that were read: a statement for all of them, one more for their history."""

from __future__ import annotations

from ..cancellation_rows import (
    CANCELLATION_COLUMNS,
    EVENT_COLUMNS,
    TRAVEL_COLUMNS,
    CancellationRow,
    cancellation_row,
    cancellation_travel_row,
    event_row,
)
from ..database import Database
from ..outboxes.cancellation_travel import ASKS
from ..rows import InvoiceRow
from ..sql import Statement, key_set


async def attach_cancellations(database: Database, invoices: list[InvoiceRow], *, history: bool) -> None:
    """Set where the request of each invoice stands, with its history where that is wanted."""
    query = Statement(database.dialect)
    keys = key_set(query, [invoice.key for invoice in invoices])
    found = await database.fetch(
        f"SELECT {CANCELLATION_COLUMNS} FROM cancellation_request r WHERE r.invoice_id IN {keys}", query.values
    )
    standing = {str(row[0]): cancellation_row(row) for row in found}
    for invoice in invoices:
        invoice.cancellation = standing.get(invoice.key) or CancellationRow()
    if standing:
        await _attach_travels(database, [invoice for invoice in invoices if invoice.key in standing])
    if history and standing:
        await _attach_history(database, [invoice for invoice in invoices if invoice.key in standing])


async def _attach_travels(database: Database, invoices: list[InvoiceRow]) -> None:
    """The way of the latest request of each, where that travels."""
    query = Statement(database.dialect)
    by_key = {invoice.key: invoice for invoice in invoices}
    found = await database.fetch(
        f"SELECT {TRAVEL_COLUMNS} FROM cancellation_travel t JOIN platform p ON p.id = t.platform_id"
        " LEFT JOIN platform_delivery o ON o.id = (SELECT d.id FROM platform_delivery d"
        f"  WHERE d.invoice_id = t.invoice_id AND d.cancellation_id = t.id AND d.kind = '{ASKS}'"
        "  ORDER BY d.created_at DESC, d.id DESC LIMIT 1)"
        f" WHERE t.invoice_id IN {key_set(query, list(by_key))} ORDER BY t.id",
        query.values,
    )
    for row in found:
        by_key[str(row[0])].cancellation.travel = cancellation_travel_row(row)


async def _attach_history(database: Database, invoices: list[InvoiceRow]) -> None:
    query = Statement(database.dialect)
    by_key = {invoice.key: invoice for invoice in invoices}
    found = await database.fetch(
        f"SELECT {EVENT_COLUMNS} FROM cancellation_event e WHERE e.invoice_id IN {key_set(query, list(by_key))}"
        " ORDER BY e.invoice_id, e.place",
        query.values,
    )
    for event in map(event_row, found):
        event.invoice = by_key[event.invoice_key]
        event.invoice.cancellation.history.append(event)
