"""Keyset pages of lists that run by when things were made, newest first."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import orjson

from ..domain.errors import Invalid
from ..sql import Statement


@dataclass(frozen=True, slots=True)
class Place:
    """A place in such a list: when its row was made, and the row's id, which breaks ties."""

    created_at: datetime
    key: str

    @property
    def cursor(self) -> str:
        """The opaque string of this place."""
        return base64.urlsafe_b64encode(orjson.dumps([self.created_at.isoformat(), self.key])).decode()


def parse_place(cursor: str | None) -> Place | None:
    """The place of a cursor; :class:`Invalid` where it is none."""
    if cursor is None:
        return None
    try:
        instant, key = orjson.loads(base64.urlsafe_b64decode(cursor.encode()))
        created_at = datetime.fromisoformat(instant)
        if created_at.tzinfo is None:
            raise ValueError
        # SQLite compares instants as texts, all in UTC; what has no UTC instant overflows.
        return Place(created_at.astimezone(UTC), str(UUID(key)))
    except (ValueError, TypeError, AttributeError, OverflowError, binascii.Error):
        raise Invalid("This is no cursor of this list.", path=("after",)) from None


def older_than(query: Statement, alias: str, place: Place) -> str:
    """A condition for the rows made before that place."""
    return f"({alias}.created_at, {alias}.id) < ({query.bind(place.created_at)}, {query.bind(place.key)})"
