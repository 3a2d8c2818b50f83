"""A party's feeds of what happens to requests of cancellation: what subscriptions push and programs poll.

They are beside the feeds of status changes, since nothing here is a status; both are ordered under one lock.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from .cancellation_rows import EVENT_COLUMNS, CancellationEventRow, event_row
from .database import Database
from .domain.errors import Invalid
from .domain.transitions import PartyRole
from .reading import read_invoices
from .selection import Selection
from .sql import Statement
from .viewer import Viewer
from .visibility import visible

_FEED = "CANCELLATION"


def cancellation_cursor(role: PartyRole, position: int) -> str:
    """The opaque cursor of a place in the feed; position 0 is before the first event."""
    return base64.urlsafe_b64encode(f"{_FEED}:{role.value}:{position}".encode()).decode()


async def cancellation_end(database: Database, viewer: Viewer, role: PartyRole) -> int:
    """The last position of the viewer's feed that has been committed; 0 where nothing has happened yet."""
    query = Statement(database.dialect)
    party, side = query.bind(viewer.party_id), query.bind(role.value)
    found = await database.fetch(
        f"SELECT cancellation_position FROM feed WHERE party_id = {party} AND role = {side}", query.values
    )
    return int(found[0][0]) if found else 0


async def cancellation_start(database: Database, viewer: Viewer, role: PartyRole, cursor: str) -> int:
    """The position to go on from; :class:`Invalid` for a cursor that this feed cannot have given."""
    try:
        feed, side, position = base64.urlsafe_b64decode(cursor.encode()).decode().split(":")
        known = (feed, side) == (_FEED, role.value) and position.isascii() and position.isdigit()
        place = int(position) if known and len(position) < 20 else None
    except (ValueError, binascii.Error):
        place = None
    if place is None or place > await cancellation_end(database, viewer, role):
        raise Invalid("This is no cursor of this feed.", path=("after",))
    return place


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
        event.position = row[7]
        events.append(event)
    return events


async def read_cancellations_onwards(
    database: Database, viewer: Viewer, role: PartyRole, after: int, limit: int
) -> tuple[list[CancellationEventRow], int]:
    """The same, and the position up to which the viewer has now been told everything.

    Who is limited to offices sees a part of the party's feed, as in ``feeds.read_onwards``.
    """
    end = after if viewer.offices is None else await cancellation_end(database, viewer, role)
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
