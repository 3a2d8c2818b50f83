"""Status changes as they happen. The feed table is the truth; a signal only says that it may have grown."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass

import strawberry

from ..models.domain.errors import Invalid
from ..models.feeds.positions import STATUS_FEED
from ..models.identifiers import key_of
from ..models.reading.selection import Selection
from ..models.reading.status_feed import attach_invoices, read_onwards
from ..models.rows import ChangeRow, InvoiceRow
from .context import Context, Info
from .enums import PartyRole
from .following import Read, Told, begin
from .invoices import Invoice, StatusChange
from .selecting import event_selection

BATCH = 100
MAX_FOLLOWED = 1000


@strawberry.type(description="A status change, as it is pushed.")
class StatusChangeEvent:
    """Resolved from ``Event``."""

    cursor: str = strawberry.field(description="Keep the last one: `after` resumes behind it.")
    change: StatusChange = strawberry.field(description="What happened.")
    invoice: Invoice = strawberry.field(description="The invoice as it is now, which may be further on.")


@dataclass(frozen=True, slots=True)
class Event:
    """One change of a feed with its cursor."""

    cursor: str
    change: ChangeRow
    invoice: InvoiceRow | None


@strawberry.type
class FeedSubscription:
    """Each subscriber reads the feed itself, from where it stands."""

    @strawberry.subscription(
        description="""
Each status change of the viewer's invoices, as issuer (the default) or receiver, once and in order.
After a lost connection, pass the last cursor seen as `after`: what happened in between comes first.
Without `after` the feed starts now. With invoiceIds, at most 1,000, only theirs.
""".strip()
    )
    @staticmethod
    async def invoice_status_changed(
        info: Info,
        role: PartyRole = PartyRole.ISSUER,
        after: str | None = None,
        invoice_ids: list[strawberry.ID] | None = None,
    ) -> AsyncGenerator[StatusChangeEvent, None]:
        read = _reader(info.context, role, _keys(invoice_ids), event_selection(info))
        return await begin(info.context, STATUS_FEED, role, after, read)


def _reader(
    context: Context, role: PartyRole, followed: frozenset[str | None] | None, selection: Selection | None
) -> Read:
    async def read(position: int) -> tuple[list[Told], int]:
        viewer = context.signed_in()
        changes, reached = await read_onwards(context.database, viewer, role, position, BATCH)
        wanted = [change for change in changes if followed is None or change.invoice_key in followed]
        if selection is not None:
            await attach_invoices(context.database, viewer, wanted, selection)
        return [_told(role, change, selection) for change in wanted], reached

    return read


def _told(role: PartyRole, change: ChangeRow, selection: Selection | None) -> Told:
    cursor = STATUS_FEED.cursor(role, change.position)
    return Told(cursor, change.at, Event(cursor, change, change.invoice if selection is not None else None))


def _keys(invoice_ids: list[strawberry.ID] | None) -> frozenset[str | None] | None:
    if invoice_ids is None:
        return None
    if len(invoice_ids) > MAX_FOLLOWED:
        raise Invalid(f"Follow at most {MAX_FOLLOWED} invoices by id.", path=("invoiceIds",))
    return frozenset(key_of("Invoice", text) for text in invoice_ids)
