"""What happens to requests of cancellation: pushed as it happens, and the same feed for programs that poll."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass

import strawberry
from graphql import FieldNode

from ...models.cancellation_rows import CancellationEventRow
from ...models.feeds.positions import CANCELLATION_FEED
from ...models.lists.paging import check_page
from ...models.reading.cancellation_feed import attach_event_invoices, read_cancellations, read_cancellations_onwards
from ...models.reading.selection import Selection
from ...models.rows import InvoiceRow
from ..connections import PageInfo, ends
from ..context import Context, Info
from ..enums import PartyRole
from ..following import Read, Told, begin
from ..invoices import Invoice
from ..selecting import Fields, change_selection, event_selection, fields_of, under
from .types import CancellationEvent

BATCH = 100


@strawberry.type(description="Something that happened to a request of cancellation, as it is pushed.")
class CancellationChangedEvent:
    """Resolved from ``_Event``."""

    cursor: str = strawberry.field(description="Keep the last one: `after` resumes behind it.")
    change: CancellationEvent = strawberry.field(description="What happened.")
    invoice: Invoice = strawberry.field(description="The invoice as it is now, which may be further on.")


@dataclass(frozen=True, slots=True)
class _Event:
    cursor: str
    change: CancellationEventRow
    invoice: InvoiceRow | None


@strawberry.type(description="An event of a feed of cancellations.")
class CancellationChangeEdge:
    """One place of a feed."""

    node: CancellationEvent = strawberry.field(description="What happened.")
    cursor: str = strawberry.field(description="Its place: for `after`, here and in the subscription.")


@strawberry.type(description="A stretch of a party's feed of cancellations, oldest first.")
class CancellationChangeConnection:
    """Up to a hundred events."""

    edges: list[CancellationChangeEdge] = strawberry.field(description="The events with their cursors.")
    nodes: list[CancellationEvent] = strawberry.field(description="The events alone.")
    page_info: PageInfo = strawberry.field(description="Where this stretch lies. Poll again from endCursor.")


@strawberry.type
class CancellationSubscription:
    """Beside ``invoiceStatusChanged``, in the same manner."""

    @strawberry.subscription(
        description="""
Each request of cancellation of the viewer's invoices, and each answer, as issuer (the default) or receiver, once and
in order. After a lost connection, pass the last cursor seen as `after`: what happened in between comes first. Without
`after` the feed starts now. That an invoice became CANCELLED is told by `invoiceStatusChanged` too.
""".strip()
    )
    @staticmethod
    async def cancellation_changed(
        info: Info, role: PartyRole = PartyRole.ISSUER, after: str | None = None
    ) -> AsyncGenerator[CancellationChangedEvent, None]:
        read = _reader(info.context, role, event_selection(info))
        return await begin(info.context, CANCELLATION_FEED, role, after, read)


def _reader(context: Context, role: PartyRole, selection: Selection | None) -> Read:
    async def read(position: int) -> tuple[list[Told], int]:
        viewer = context.signed_in()
        events, reached = await read_cancellations_onwards(context.database, viewer, role, position, BATCH)
        if selection is not None:
            await attach_event_invoices(context.database, viewer, events, selection)
        told = []
        for event in events:
            cursor = CANCELLATION_FEED.cursor(role, event.position)
            pushed = _Event(cursor, event, event.invoice if selection is not None else None)
            told.append(Told(cursor, event.at, pushed))
        return told, reached

    return read


@strawberry.type
class CancellationQueries:
    """The feed, for programs that poll."""

    @strawberry.field(
        description="The same feed that `cancellationChanged` pushes, for programs that poll: oldest first, after a"
        " cursor."
    )
    @staticmethod
    async def cancellation_changes(
        info: Info, role: PartyRole = PartyRole.ISSUER, after: str | None = None, first: int = 50
    ) -> CancellationChangeConnection:
        check_page(first)
        context, selected, viewer = info.context, fields_of(info), info.context.signed_in()
        position = 0 if after is None else await CANCELLATION_FEED.start(context.database, viewer, role, after)
        events = await read_cancellations(context.database, viewer, role, position, first + 1)
        more, events = len(events) > first, events[:first]
        selection = change_selection(info, [*selected.get("nodes", ()), *_edge_nodes(info, selected)])
        if selection is not None:
            await attach_event_invoices(context.database, viewer, events, selection)
        return _connection(role, events, more=more, position=position)

    @strawberry.field(
        description="Where the feed of cancellations stands now: take it, read your lists, then follow with it as"
        " `after`."
    )
    @staticmethod
    async def cancellation_cursor(info: Info, role: PartyRole = PartyRole.ISSUER) -> str:
        context = info.context
        return CANCELLATION_FEED.cursor(role, await CANCELLATION_FEED.end(context.database, context.signed_in(), role))


def _edge_nodes(info: Info, selected: Fields) -> list[FieldNode]:
    return under(selected.get("edges", []), info._raw_info).get("node", [])  # noqa: SLF001


def _connection(
    role: PartyRole, events: list[CancellationEventRow], *, more: bool, position: int
) -> CancellationChangeConnection:
    cursors = [CANCELLATION_FEED.cursor(role, event.position) for event in events]
    edges = [CancellationChangeEdge(node=event, cursor=cursor) for event, cursor in zip(events, cursors, strict=True)]  # type: ignore[arg-type]
    page_info = ends(cursors, has_next=more, has_previous=position > 0)
    return CancellationChangeConnection(edges=edges, nodes=events, page_info=page_info)  # type: ignore[arg-type]
