"""Places in feeds whose entries have positions 1, 2, 3 …: their cursors, and where a party's feeds end."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from ..database import Database
from ..domain.errors import Invalid
from ..domain.transitions import PartyRole
from ..sql import Statement
from ..viewer import Viewer


def cursor_at(feed: str, position: int) -> str:
    """The opaque cursor of a place in the feed of this name; position 0 is before the first entry."""
    return base64.urlsafe_b64encode(f"{feed}:{position}".encode()).decode()


def position_at(feed: str, cursor: str) -> int:
    """The position of a cursor of this feed; :class:`Invalid` for anything else."""
    try:
        name, _, position = base64.urlsafe_b64decode(cursor.encode()).decode().rpartition(":")
        if name != feed or not position.isascii() or not position.isdigit() or int(position) >= 2**63:
            raise ValueError
        return int(position)
    except (ValueError, binascii.Error):
        raise no_cursor() from None


def no_cursor() -> Invalid:
    """The refusal of a cursor that a feed cannot have given."""
    return Invalid("This is no cursor of this feed.", path=("after",))


@dataclass(frozen=True, slots=True)
class PartyFeed:
    """One kind of feed, which each party has as issuer and as receiver.

    ``column`` of the table ``feed`` counts its entries, ``log`` is the table that has them.
    """

    column: str
    log: str
    prefix: str = ""

    def cursor(self, role: PartyRole, position: int) -> str:
        """The opaque cursor of a place; position 0 is before the first entry."""
        return cursor_at(self.prefix + role.value, position)

    async def end(self, database: Database, viewer: Viewer, role: PartyRole) -> int:
        """The last position of the viewer's feed that has been committed; 0 where nothing has happened yet."""
        query = Statement(database.dialect)
        party, side = query.bind(viewer.party_id), query.bind(role.value)
        found = await database.fetch(
            f"SELECT {self.column} FROM feed WHERE party_id = {party} AND role = {side}", query.values
        )
        return int(found[0][0]) if found else 0

    async def start(self, database: Database, viewer: Viewer, role: PartyRole, cursor: str) -> int:
        """The position to go on from; :class:`Invalid` for a cursor that this feed cannot have given.

        One beyond the end, of another party's feed or of a lost backup's, would mute its reader for long.
        """
        position = position_at(self.prefix + role.value, cursor)
        if position > await self.end(database, viewer, role):
            raise no_cursor()
        return position

    async def told_up_to(self, database: Database, viewer: Viewer, role: PartyRole, after: int) -> int:
        """How far a reader is told everything who finds nothing after a position; asked before the feed is read.

        Who is limited to offices sees a part of the party's feed. The end that was committed before we read is as far
        as a short answer reaches: what lies up to there and was not given is not for this viewer.
        """
        return after if viewer.offices is None else await self.end(database, viewer, role)


STATUS_FEED = PartyFeed("position", "status_change")
CANCELLATION_FEED = PartyFeed("cancellation_position", "cancellation_event", prefix="CANCELLATION:")
"""Beside the other, since nothing in it is a status; both are ordered under one lock."""
COUNTERS = (STATUS_FEED.column, CANCELLATION_FEED.column)
