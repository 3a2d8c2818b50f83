"""Short lists by page: newest first, by ids that sort by time."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

import strawberry

from ..models.domain.errors import Invalid
from ..models.lists.paging import check_page
from .connections import PageInfo, ends

Node = TypeVar("Node")


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


@strawberry.type(description="An entry of a list.")
class Edge(Generic[Node]):
    """In a ``Connection``; the schema calls it by its node, such as ``ApiTokenEdge``."""

    node: Node = strawberry.field(description="The entry.")
    cursor: str = strawberry.field(description="Its place, for `after`.")


@strawberry.type(description="A page of a list, the newest first.")
class Connection(Generic[Node]):
    """Built by ``page_of``; the schema calls it by its nodes, such as ``ApiTokenConnection``."""

    edges: list[Edge[Node]] = strawberry.field(description="The entries with their cursors.")
    nodes: list[Node] = strawberry.field(description="The entries alone.")
    page_info: PageInfo = strawberry.field(description="Where this page lies.")


def page_of(rows: Sequence[Keyed], wanted: Stretch) -> Connection[Any]:
    """A page of rows of which one more than wanted was read, to see whether there is more."""
    nodes = rows[: wanted.size]
    cursors = [_cursor(row.key) for row in nodes]
    return Connection(
        edges=[Edge(node=row, cursor=cursor) for row, cursor in zip(nodes, cursors, strict=True)],
        nodes=list(nodes),
        page_info=ends(cursors, has_next=len(rows) > wanted.size, has_previous=wanted.after is not None),
    )


def _cursor(key: str) -> str:
    return base64.urlsafe_b64encode(UUID(key).bytes).decode()


def _key(cursor: str) -> str:
    try:
        return str(UUID(bytes=base64.urlsafe_b64decode(cursor.encode())))
    except (ValueError, binascii.Error):
        raise Invalid("This is no cursor of this list.", path=("after",)) from None
