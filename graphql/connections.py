"""Relay connections over keyset pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import strawberry

from ..models.domain.transitions import PartyRole
from ..models.lists.filtering import Filter
from ..models.reading.invoices import InvoicePage, count_invoices
from ..models.rows import ChangeRow, InvoiceRow
from .context import Info
from .invoices import Invoice, StatusChange


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """The ends of a page."""

    has_next_page: bool = strawberry.field(description="There is more after endCursor.")
    has_previous_page: bool = strawberry.field(description="There is more before startCursor.")
    start_cursor: str | None = strawberry.field(description="Of the first edge; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="Of the last edge; null on an empty page.")


def ends(cursors: Sequence[str], *, has_next: bool, has_previous: bool) -> PageInfo:
    """Where a page of entries with these cursors lies."""
    return PageInfo(
        has_next_page=has_next,
        has_previous_page=has_previous,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )


@strawberry.type(description="An invoice in a list.")
class InvoiceEdge:
    """Built by ``InvoiceConnection.edges``."""

    node: Invoice = strawberry.field(description="The invoice.")
    cursor: str = strawberry.field(description="Its place, for `after` and `before` of a list in the same order.")


@dataclass(frozen=True, slots=True)
class InvoiceList:
    """A page that was read, and the list that it is of."""

    page: InvoicePage
    role: PartyRole
    filter: Filter


@strawberry.type(description="A page of invoices.")
class InvoiceConnection:
    """Resolved from ``InvoiceList``."""

    @strawberry.field(description="The invoices with their cursors.")
    @staticmethod
    def edges(root: strawberry.Parent[InvoiceList]) -> list[InvoiceEdge]:
        pairs = zip(root.page.rows, root.page.positions, strict=True)
        return [InvoiceEdge(node=row, cursor=position.cursor) for row, position in pairs]  # type: ignore[arg-type]

    @strawberry.field(description="The invoices alone.", graphql_type=list[Invoice])
    @staticmethod
    def nodes(root: strawberry.Parent[InvoiceList]) -> list[InvoiceRow]:
        return root.page.rows

    @strawberry.field(description="Where this page lies.")
    @staticmethod
    def page_info(root: strawberry.Parent[InvoiceList]) -> PageInfo:
        page = root.page
        outer = [position.cursor for position in (*page.positions[:1], *page.positions[-1:])]
        return ends(outer, has_next=page.has_next, has_previous=page.has_previous)

    @strawberry.field(description="How many invoices the filter leaves, on all pages. Counted only where selected.")
    @staticmethod
    async def total_count(root: strawberry.Parent[InvoiceList], info: Info) -> int:
        context = info.context
        return await count_invoices(context.database, context.signed_in(), root.role, root.filter)


@strawberry.type(description="A status change in a feed.")
class StatusChangeEdge:
    """One place of a feed."""

    node: StatusChange = strawberry.field(description="The change.")
    cursor: str = strawberry.field(description="Its place: for `after`, here and in the subscription.")


@dataclass(frozen=True, slots=True)
class ChangeList:
    """A stretch of a feed, with the cursor of each change."""

    changes: list[ChangeRow]
    cursors: list[str]
    has_next: bool
    has_previous: bool


@strawberry.type(description="A stretch of a party's feed of status changes, oldest first.")
class StatusChangeConnection:
    """Resolved from ``ChangeList``."""

    @strawberry.field(description="The changes with their cursors.")
    @staticmethod
    def edges(root: strawberry.Parent[ChangeList]) -> list[StatusChangeEdge]:
        pairs = zip(root.changes, root.cursors, strict=True)
        return [StatusChangeEdge(node=change, cursor=cursor) for change, cursor in pairs]  # type: ignore[arg-type]

    @strawberry.field(description="The changes alone.", graphql_type=list[StatusChange])
    @staticmethod
    def nodes(root: strawberry.Parent[ChangeList]) -> list[ChangeRow]:
        return root.changes

    @strawberry.field(description="Where this stretch lies. Poll again from endCursor.")
    @staticmethod
    def page_info(root: strawberry.Parent[ChangeList]) -> PageInfo:
        return ends(root.cursors, has_next=root.has_next, has_previous=root.has_previous)
