"""Keyset pages: where a page begins, which way it runs, and what is known about its ends."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import orjson

from ..domain.errors import Invalid
from ..sql import Statement
from .filtering import OrderField

MAX_PAGE = 100


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a list: the value that it is ordered by, and the id that breaks ties."""

    field: OrderField
    value: datetime | date | int
    key: str

    @property
    def cursor(self) -> str:
        """The opaque string of this place."""
        value = self.value if isinstance(self.value, int) else self.value.isoformat()
        return base64.urlsafe_b64encode(orjson.dumps([self.field.value, value, self.key])).decode()


def parse_position(cursor: str, field: OrderField, argument: str) -> Position:
    """The place of a cursor; :class:`Invalid` where it is no cursor of a list in this order."""
    try:
        name, value, key = orjson.loads(base64.urlsafe_b64decode(cursor.encode()))
        if OrderField(name) is not field:
            raise ValueError
        return Position(field, _value(field, value), str(UUID(key)))
    except (ValueError, TypeError, AttributeError, OverflowError, binascii.Error):
        raise Invalid("This is no cursor of a list in this order.", path=(argument,)) from None


def _value(field: OrderField, value: object) -> datetime | date | int:
    if field is OrderField.TOTAL:
        if not isinstance(value, int) or abs(value) >= 2**63:
            raise ValueError
        return value
    if not isinstance(value, str):
        raise TypeError
    if field is OrderField.ISSUE_DATE:
        return date.fromisoformat(value)
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError
    # SQLite compares instants as texts, all in UTC; what has no UTC instant overflows.
    return instant.astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A wish for one page. ``backward`` counts from the end (``last``); ``size`` is 1 to 100."""

    size: int
    backward: bool = False
    after: Position | None = None
    before: Position | None = None
    field: OrderField = OrderField.CREATED_AT
    descending: bool = True


DEFAULT_PAGE = 50


def check_page(size: int, argument: str = "first") -> None:
    """:class:`Invalid` where a page cannot have so many entries."""
    if not 1 <= size <= MAX_PAGE:
        raise Invalid(f"A page has 1 to {MAX_PAGE} entries.", path=(argument,))


def page(
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
    field: OrderField,
    *,
    descending: bool,
) -> Page:
    """The wish that Relay's four arguments express; :class:`Invalid` says which of them makes no sense."""
    if first is not None and last is not None:
        raise Invalid("Ask for first or for last, not for both.", path=("last",))
    for name, size in (("first", first), ("last", last)):
        if size is not None:
            check_page(size, name)
    return Page(
        size=first or last or DEFAULT_PAGE,
        backward=last is not None,
        after=None if after is None else parse_position(after, field, "after"),
        before=None if before is None else parse_position(before, field, "before"),
        field=field,
        descending=descending,
    )


def beyond(statement: Statement, position: Position, *, above: bool) -> str:
    """A condition for the rows of ``invoice i`` that lie strictly above or below a place, in the column's own order."""
    value, key = statement.bind(position.value), statement.bind(position.key)
    return f"(i.{position.field.column}, i.id) {'>' if above else '<'} ({value}, {key})"
