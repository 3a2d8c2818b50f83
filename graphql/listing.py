"""Short lists by page: newest first, by ids that sort by time."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from ..models.domain.errors import Invalid
from ..models.paging import MAX_PAGE
from .connections import PageInfo


class Keyed(Protocol):
    """A row with its UUID as text."""

    @property
    def key(self) -> str:
        """What the list is ordered by."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """So many rows, after the one of this key."""

    size: int
    after: str | None


def stretch(first: int, after: str | None) -> Stretch:
    """What was asked for; :class:`Invalid` where that is no page, or no cursor."""
    if not 1 <= first <= MAX_PAGE:
        raise Invalid(f"A page has 1 to {MAX_PAGE} entries.", path=("first",))
    return Stretch(first, None if after is None else _key(after))


def page_info(rows: Sequence[Keyed], wanted: Stretch) -> PageInfo:
    """Where the rows lie, of which one more than wanted was read to see whether there is more."""
    shown = rows[: wanted.size]
    return PageInfo(
        has_next_page=len(rows) > wanted.size,
        has_previous_page=wanted.after is not None,
        start_cursor=_cursor(shown[0].key) if shown else None,
        end_cursor=_cursor(shown[-1].key) if shown else None,
    )


def _cursor(key: str) -> str:
    return base64.urlsafe_b64encode(UUID(key).bytes).decode()


def _key(cursor: str) -> str:
    try:
        return str(UUID(bytes=base64.urlsafe_b64decode(cursor.encode())))
    except (ValueError, binascii.Error):
        raise Invalid("This is no cursor of this list.", path=("after",)) from None
