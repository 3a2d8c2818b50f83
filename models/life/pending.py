"""What a receiver's program has not fetched yet, and its word that it has."""

from __future__ import annotations

from collections.abc import Sequence

from ..database import Database
from ..domain.errors import TransitionNotAllowed
from ..domain.states import InvoiceStatus
from ..domain.transitions import PartyRole
from ..idempotency import Outcome
from ..reading.invoices import read_invoices
from ..reading.selection import Selection
from ..rows import InvoiceRow
from ..sql import Statement
from ..viewer import Viewer
from ..visibility import visible
from .batches import change_all
from .moving import StatusRequest
from .portions import Result

MAX_PENDING = 500
"""As many invoices as a receiver's program is given, and confirms, at once."""


async def read_pending(
    database: Database, viewer: Viewer, limit: int, selection: Selection
) -> tuple[list[InvoiceRow], bool]:
    """The viewer's received invoices that are REGISTERED, the oldest registration first; and whether there are more."""
    query = Statement(database.dialect)
    found = await database.fetch(
        f"SELECT i.id FROM invoice i WHERE {visible(query, viewer, PartyRole.RECEIVER)}"
        f" AND i.status = {query.bind(InvoiceStatus.REGISTERED.value)}"
        f" ORDER BY i.registered_at, i.id LIMIT {int(limit) + 1}",
        query.values,
    )
    keys = [str(row[0]) for row in found[:limit]]
    rows = await read_invoices(database, viewer, keys, selection)
    return [rows[key] for key in keys if key in rows], len(found) > limit


async def confirm_deliveries(database: Database, viewer: Viewer, invoice_ids: Sequence[str | None]) -> list[Result]:
    """Make REGISTERED invoices DELIVERED; what has gone on from there has been fetched, and stays as it is."""
    requests = [
        StatusRequest(operation="confirmDelivery", arguments={}, invoice_id=key, to_status=InvoiceStatus.DELIVERED)
        for key in invoice_ids
    ]
    results = await change_all(database, viewer, requests)
    return [_fetched(key, result) for key, result in zip(invoice_ids, results, strict=True)]


def _fetched(invoice_id: str | None, result: Result) -> Result:
    if not isinstance(result, TransitionNotAllowed) or result.from_status is InvoiceStatus.SENT or invoice_id is None:
        return result
    return Outcome(invoice_id, None)
