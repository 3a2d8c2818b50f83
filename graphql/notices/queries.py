"""Reading who is mailed about what, and what was mailed."""

from __future__ import annotations

from typing import cast

import strawberry

from ...models.identifiers import key_of
from ...models.lists.paging import check_page
from ...models.lists.timeline import parse_place
from ...models.notices.addresses import read_addresses
from ...models.notices.log import MailFilter, MailRow, read_mails
from ...models.reading.invoices import read_invoices
from ..context import Info
from ..selecting import fields_of, invoice_selection, under
from .enums import NotificationState
from .types import NoticeAddress, NotificationConnection, NotificationList

NOWHERE = "00000000-0000-0000-0000-000000000000"
"""The key of no invoice: an id that means nothing matches nothing."""


@strawberry.input(description="Each part narrows the list further.")
class NotificationFilter:
    """See ``models.notices.log.MailFilter``."""

    invoice_id: strawberry.ID | None = strawberry.field(description="About this invoice only.", default=None)
    state: list[NotificationState] | None = strawberry.field(
        description="In any of these states; an empty list matches nothing.", default=None
    )


@strawberry.type
class NoticeQueries:
    """Addresses and notifications of the viewer's party."""

    @strawberry.field(
        description="The addresses that the viewer's party has mailed, at most 50, by address; administrators set"
        " them up."
    )
    @staticmethod
    async def notice_addresses(info: Info) -> list[NoticeAddress]:
        rows = await read_addresses(info.context.database, info.context.signed_in())
        return cast("list[NoticeAddress]", rows)

    @strawberry.field(
        description="What was sent to whom about which invoice, newest first: its state and the mail server's last"
        " answer."
    )
    @staticmethod
    async def notifications(
        info: Info,
        filter: NotificationFilter | None = None,  # noqa: A002 - as lists of invoices have it
        first: int = 50,
        after: str | None = None,
    ) -> NotificationConnection:
        check_page(first)
        context, place = info.context, parse_place(after)
        rows = await read_mails(context.database, context.signed_in(), _filter(filter), place, first + 1)
        page = NotificationList(rows[:first], len(rows) > first, place is not None)
        selected = fields_of(info)
        edges = under(selected.get("edges", []), info._raw_info).get("node", [])  # noqa: SLF001
        await attach_invoices(info, page.rows, [*selected.get("nodes", ()), *edges])
        return cast("NotificationConnection", page)


async def attach_invoices(info: Info, rows: list[MailRow], nodes: list[object]) -> None:
    """Set the invoice of each notification where the selection under ``nodes`` asks for it."""
    context = info.context
    asked = under(nodes, info._raw_info).get("invoice")  # type: ignore[arg-type]  # noqa: SLF001
    if asked is None:
        return
    keys = list({row.invoice_key for row in rows if row.invoice_key is not None})
    found = await read_invoices(context.database, context.signed_in(), keys, invoice_selection(info, asked))
    for row in rows:
        row.invoice = found.get(row.invoice_key or "")


def _filter(wanted: NotificationFilter | None) -> MailFilter:
    if wanted is None:
        return MailFilter()
    key = None if wanted.invoice_id is None else key_of("Invoice", wanted.invoice_id) or NOWHERE
    states = None if wanted.state is None else tuple(state.value for state in wanted.state)
    return MailFilter(invoice_id=key, states=states)
