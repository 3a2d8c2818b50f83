"""A party's feeds of what happens to requests of cancellation: what subscriptions push and programs poll.

They are beside the feeds of status changes, since nothing here is a status; both are ordered under one lock.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..cancellation_rows import EVENT_COLUMNS, CancellationEventRow, event_row
from ..database import Database
from ..domain.transitions import PartyRole
from ..feeds.positions import CANCELLATION_FEED
from ..sql import Statement
from ..viewer import Viewer
from ..visibility import visible
from .invoices import read_invoices
from .selection import Selection


async def read_cancellations(
    database: Database, viewer: Viewer, role: PartyRole, after: int, limit: int
) -> list[CancellationEventRow]:
    """Up to ``limit`` events of the viewer's feed after a position, oldest first."""
    query = Statement(database.dialect)
    position = f"e.{role.value.lower()}_position"
    where = f"{visible(query, viewer, role, alias='e')} AND {position} > {query.bind(after)}"
    found = await database.fetch(
        f"SELECT {EVENT_COLUMNS}, {position} FROM cancellation_event e WHERE {where}"
        f" ORDER BY {position} LIMIT {int(limit)}",
        query.values,
    )
    events = []
    for row in found:
        event = event_row(row)
        event.position = row[9]
        events.append(event)
    return events


async def read_cancellations_onwards(
    database: Database, viewer: Viewer, role: PartyRole, after: int, limit: int
) -> tuple[list[CancellationEventRow], int]:
    """The same, and the position up to which the viewer has now been told everything."""
    end = await CANCELLATION_FEED.told_up_to(database, viewer, role, after)
    events = await read_cancellations(database, viewer, role, after, limit)
    last = events[-1].position if events else after
    return events, last if len(events) == limit else max(last, end)


async def attach_event_invoices(
    database: Database, viewer: Viewer, events: Sequence[CancellationEventRow], selection: Selection
) -> None:
    """Set the invoice of each event, as it is now."""
    invoices = await read_invoices(database, viewer, list({event.invoice_key for event in events}), selection)
    for event in events:
        event.invoice = invoices[event.invoice_key]
