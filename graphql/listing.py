"""Short lists by page: newest first, by ids that sort by time."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from ..models.domain.errors import Invalid
from ..models.lists.paging import check_page
from .connections import ends


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
    check_page(first)
    return Stretch(first, None if after is None else _key(after))


def parts(edge: type, rows: Sequence[Keyed], wanted: Stretch) -> dict[str, Any]:
    """What a connection is made of, of rows of which one more than wanted was read to see whether there is more.

    ``edge`` is the type of its edges.
    """
    nodes = rows[: wanted.size]
    cursors = [_cursor(row.key) for row in nodes]
    return {
        "edges": [edge(node=row, cursor=cursor) for row, cursor in zip(nodes, cursors, strict=True)],
        "nodes": nodes,
        "page_info": ends(cursors, has_next=len(rows) > wanted.size, has_previous=wanted.after is not None),
    }


def _cursor(key: str) -> str:
    return base64.urlsafe_b64encode(UUID(key).bytes).decode()


def _key(cursor: str) -> str:
    try:
        return str(UUID(bytes=base64.urlsafe_b64decode(cursor.encode())))
    except (ValueError, binascii.Error):
        raise Invalid("This is no cursor of this list.", path=("after",)) from None
