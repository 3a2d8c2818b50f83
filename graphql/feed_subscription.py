"""Status changes as they happen. The feed table is the truth; a signal only says that it may have grown."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass

import strawberry

from ..models.domain.errors import Invalid
from ..models.feeds import attach_invoices, cursor_of, feed_end, read_onwards, start_of
from ..models.identifiers import key_of
from ..models.rows import ChangeRow, InvoiceRow
from ..models.selection import Selection
from .context import Context, Info
from .enums import PartyRole
from .following import Read, Told, follow
from .invoices import Invoice, StatusChange
from .selecting import change_selection, fields_of, invoice_selection

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
        # What is wrong with the request is said before there is a stream, so this is no generator itself.
        context, viewer = info.context, info.context.signed_in()
        followed, selection = _keys(invoice_ids), _selection(info)
        after = context.resume_after or after
        if after is None:
            position = await feed_end(context.database, viewer, role)
        else:
            position = await start_of(context.database, viewer, role, after)
        context.cursor = cursor_of(role, position)
        return follow(context, role, position, _reader(context, role, followed, selection), cursor_of)


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
    cursor = cursor_of(role, change.position)
    return Told(cursor, change.at, Event(cursor, change, change.invoice if selection is not None else None))


def _keys(invoice_ids: list[strawberry.ID] | None) -> frozenset[str | None] | None:
    if invoice_ids is None:
        return None
    if len(invoice_ids) > MAX_FOLLOWED:
        raise Invalid(f"Follow at most {MAX_FOLLOWED} invoices by id.", path=("invoiceIds",))
    return frozenset(key_of("Invoice", text) for text in invoice_ids)


def _selection(info: Info) -> Selection | None:
    selected = fields_of(info)
    own = invoice_selection(info, selected["invoice"]) if "invoice" in selected else None
    of_change = change_selection(info, selected.get("change", []))
    if own is None or of_change is None:
        return own or of_change
    return own.joined(of_change)
