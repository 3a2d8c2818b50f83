"""A party's feeds of status changes: the log that subscriptions, polling and mail all read (domain.md, "Feeds")."""

from __future__ import annotations

from collections.abc import Sequence

from ..database import Database
from ..domain.transitions import PartyRole
from ..feeds.positions import STATUS_FEED
from ..rows import ChangeRow
from ..sql import Statement, key_set
from ..viewer import Viewer
from ..visibility import visible
from .invoices import read_invoices
from .relations import CHANGE_COLUMNS, CHANGE_WIDTH, change_row
from .selection import Selection


async def read_feed(
    database: Database,
    viewer: Viewer,
    role: PartyRole,
    after: int,
    limit: int,
) -> list[ChangeRow]:
    """Up to ``limit`` changes of the viewer's feed after a position, oldest first."""
    query = Statement(database.dialect)
    position = f"c.{role.value.lower()}_position"
    where = f"{visible(query, viewer, role, alias='c')} AND {position} > {query.bind(after)}"
    found = await database.fetch(
        f"SELECT {CHANGE_COLUMNS}, {position} FROM status_change c WHERE {where}"
        f" ORDER BY {position} LIMIT {int(limit)}",
        query.values,
    )
    changes = []
    for row in found:
        change = change_row(row)
        change.position = row[CHANGE_WIDTH]
        changes.append(change)
    return changes


async def read_onwards(
    database: Database, viewer: Viewer, role: PartyRole, after: int, limit: int
) -> tuple[list[ChangeRow], int]:
    """The same, and the position up to which the viewer has now been told everything."""
    end = await STATUS_FEED.told_up_to(database, viewer, role, after)
    changes = await read_feed(database, viewer, role, after, limit)
    last = changes[-1].position if changes else after
    return changes, last if len(changes) == limit else max(last, end)


async def attach_invoices(
    database: Database, viewer: Viewer, changes: Sequence[ChangeRow], selection: Selection
) -> None:
    """Set the invoice of each change, as it is now."""
    invoices = await read_invoices(database, viewer, list({change.invoice_key for change in changes}), selection)
    for change in changes:
        change.invoice = invoices[change.invoice_key]


async def read_changes(database: Database, viewer: Viewer, keys: Sequence[str]) -> dict[str, ChangeRow]:
    """The changes of these keys that the viewer may see, by key."""
    if not keys:
        return {}
    query = Statement(database.dialect)
    where = f"c.id IN {key_set(query, keys)} AND {visible(query, viewer, alias='c')}"
    found = await database.fetch(f"SELECT {CHANGE_COLUMNS} FROM status_change c WHERE {where}", query.values)
    return {change.key: change for change in map(change_row, found)}
