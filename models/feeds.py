"""A party's feeds of status changes: the log that subscriptions, polling and mail all read (domain.md, "Feeds")."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from .database import Database
from .domain.errors import Invalid
from .domain.transitions import PartyRole
from .reading import read_invoices
from .relations import CHANGE_COLUMNS, CHANGE_WIDTH, change_row, key_set
from .rows import ChangeRow
from .selection import Selection
from .sql import Statement
from .viewer import Viewer
from .visibility import visible


def cursor_of(role: PartyRole, position: int) -> str:
    """The opaque cursor of a place in a feed; position 0 is before the first change."""
    return base64.urlsafe_b64encode(f"{role.value}:{position}".encode()).decode()


def parse_cursor(cursor: str, role: PartyRole) -> int:
    """The position of a cursor of this role's feed; :class:`Invalid` for anything else."""
    try:
        name, _, position = base64.urlsafe_b64decode(cursor.encode()).decode().partition(":")
        if name != role.value or not position.isascii() or not position.isdigit() or int(position) >= 2**63:
            raise ValueError
        return int(position)
    except (ValueError, binascii.Error):
        raise Invalid("This is no cursor of this feed.", path=("after",)) from None


async def feed_end(database: Database, viewer: Viewer, role: PartyRole) -> int:
    """The last position of the viewer's feed that has been committed; 0 where nothing has happened yet."""
    query = Statement(database.dialect)
    found = await database.fetch(
        f"SELECT position FROM feed WHERE party_id = {query.bind(viewer.party_id)} AND role = {query.bind(role.value)}",
        query.values,
    )
    return int(found[0][0]) if found else 0


async def start_of(database: Database, viewer: Viewer, role: PartyRole, cursor: str) -> int:
    """The position to go on from; :class:`Invalid` for a cursor that this feed cannot have given.

    One beyond the end, of another party's feed or of a lost backup's, would mute its reader for long.
    """
    position = parse_cursor(cursor, role)
    if position > await feed_end(database, viewer, role):
        raise Invalid("This is no cursor of this feed.", path=("after",))
    return position


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
    """The same, and the position up to which the viewer has now been told everything.

    Who is limited to offices sees a part of the party's feed. The end that was committed before we read is as far as
    a short answer reaches: what lies up to there and was not given is not for this viewer.
    """
    end = after if viewer.offices is None else await feed_end(database, viewer, role)
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
