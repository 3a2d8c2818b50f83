"""Invoices and their feeds; and anything by its id."""

from __future__ import annotations

from typing import cast

import strawberry

from ..models.domain.errors import Invalid
from ..models.domain.states import STATES
from ..models.feeds.positions import STATUS_FEED
from ..models.identifiers import key_of, parse_global_id
from ..models.lists.paging import MAX_PAGE, check_page, page
from ..models.notices.log import read_mails_by_key
from ..models.people.parties import read_party
from ..models.reading.files import read_attachments
from ..models.reading.invoices import read_invoice, read_invoices, read_page
from ..models.reading.status_feed import attach_invoices, read_changes, read_feed
from ..models.rows import ChangeRow
from ..models.viewer import Viewer as DomainViewer
from .catalogue import StatusDefinition
from .connections import ChangeList, InvoiceConnection, InvoiceList, StatusChangeConnection
from .context import Context, Info
from .entering.inputs import InvoiceFilter, InvoiceOrder, filter_of
from .enums import InvoiceOrderField, OrderDirection, PartyRole
from .invoices import Invoice
from .nodes import Node
from .notices.queries import attach_invoices as attach_invoices_of_mails
from .parties import Viewer, viewer_of
from .selecting import Fields, change_selection, fields_of, invoice_selection, under

_AFTER = "Cursor that the page begins after."


@strawberry.type
class InvoiceQueries:
    """Resolvers choose what is read by what is selected; ``models`` reads it."""

    @strawberry.field(description="Anything by its global id; null where there is none that the viewer may see.")
    @staticmethod
    async def node(info: Info, id: strawberry.ID) -> Node | None:  # noqa: A002 - the contract's name
        return (await _nodes(info, [id]))[0]

    @strawberry.field(description="Several at once, at most 100, in the order of the ids; null where there is none.")
    @staticmethod
    async def nodes(info: Info, ids: list[strawberry.ID]) -> list[Node | None]:
        if len(ids) > MAX_PAGE:
            raise Invalid(f"Ask for at most {MAX_PAGE} ids at once.", path=("ids",))
        return await _nodes(info, ids)

    @strawberry.field(description="Who is asking; null without credentials.")
    @staticmethod
    def viewer(info: Info) -> Viewer | None:
        viewer = info.context.viewer
        return None if viewer is None else viewer_of(viewer, info.context.scopes)

    @strawberry.field(
        description="Null where there is none that the viewer may see: absent and forbidden look alike.",
    )
    @staticmethod
    async def invoice(info: Info, id: strawberry.ID) -> Invoice | None:  # noqa: A002
        context = info.context
        selection = invoice_selection(info, info._raw_info.field_nodes)  # noqa: SLF001
        row = await read_invoice(context.database, context.signed_in(), key_of("Invoice", id), selection)
        return cast("Invoice | None", row)

    @strawberry.field(
        description=(
            "Keyset pages, newest first unless told; first or last is 1 to 100, and 50 where neither is given."
            " totalCount costs only where it is selected."
        )
    )
    @staticmethod
    async def invoices(
        info: Info,
        role: PartyRole,
        filter: InvoiceFilter | None = None,  # noqa: A002
        order_by: InvoiceOrder | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> InvoiceConnection:
        field = InvoiceOrderField.CREATED_AT if order_by is None else order_by.field
        descending = order_by is None or order_by.direction is OrderDirection.DESC
        wanted, wish = filter_of(filter), page(first, after, last, before, field, descending=descending)
        selected, context = fields_of(info), info.context
        nodes = [*selected.get("nodes", ()), *_edge_nodes(info, selected)]
        selection = invoice_selection(info, nodes)
        ends = under(selected.get("pageInfo", ()), info._raw_info)  # noqa: SLF001
        rows = await read_page(
            context.database,
            context.signed_in(),
            role,
            wanted,
            wish,
            selection,
            with_previous="hasPreviousPage" in ends,
            with_next="hasNextPage" in ends,
        )
        return InvoiceList(rows, role, wanted)  # type: ignore[return-value]

    @strawberry.field(
        description="The same feed that the subscription pushes, for programs that poll: oldest first, after a cursor."
    )
    @staticmethod
    async def status_changes(
        info: Info, role: PartyRole = PartyRole.ISSUER, after: str | None = None, first: int = 50
    ) -> StatusChangeConnection:
        check_page(first)
        context, selected = info.context, fields_of(info)
        viewer = context.signed_in()
        position = 0 if after is None else await STATUS_FEED.start(context.database, viewer, role, after)
        changes = await read_feed(context.database, viewer, role, position, first + 1)
        more, changes = len(changes) > first, changes[:first]
        nodes = [*selected.get("nodes", ()), *_edge_nodes(info, selected)]
        await _attach(info, viewer, changes, nodes)
        cursors = [STATUS_FEED.cursor(role, change.position) for change in changes]
        return ChangeList(changes, cursors, more, position > 0)  # type: ignore[return-value]

    @strawberry.field(
        description=(
            "Where the feed of status changes stands now. Take it, read your lists, then subscribe or poll with it as"
            " `after`: nothing falls between the list and the feed."
        )
    )
    @staticmethod
    async def feed_cursor(info: Info, role: PartyRole = PartyRole.ISSUER) -> str:
        context = info.context
        return STATUS_FEED.cursor(role, await STATUS_FEED.end(context.database, context.signed_in(), role))

    @strawberry.field(
        description="The catalogue of states: names in ca, es and en, e.FACT and FACe codes, what each may change to."
    )
    @staticmethod
    def statuses() -> list[StatusDefinition]:
        return list(STATES.values())  # type: ignore[arg-type]


def _edge_nodes(info: Info, selected: Fields) -> list[object]:
    return under(selected.get("edges", []), info._raw_info).get("node", [])  # type: ignore[return-value]  # noqa: SLF001


async def _attach(info: Info, viewer: DomainViewer, changes: list[ChangeRow], nodes: list[object]) -> None:
    selection = change_selection(info, nodes)  # type: ignore[arg-type]
    if selection is not None:
        await attach_invoices(info.context.database, viewer, changes, selection)


async def _nodes(info: Info, ids: list[strawberry.ID]) -> list[Node | None]:
    context, viewer = info.context, info.context.signed_in()
    wanted = [parse_global_id(text) for text in ids]
    keys: dict[str, list[str]] = {}
    for parsed in wanted:
        if parsed is not None and parsed[1]:
            keys.setdefault(parsed[0], []).append(parsed[1])
    found = {
        "Invoice": await _invoices(info, viewer, keys.get("Invoice", [])),
        "StatusChange": await _changes(info, viewer, keys.get("StatusChange", [])),
        "Attachment": await read_attachments(context.database, viewer, keys.get("Attachment", [])),
        "Notification": await _notifications(info, viewer, keys.get("Notification", [])),
        "Party": await _parties(context, viewer, keys.get("Party", [])),
    }
    return [found.get(parsed[0], {}).get(parsed[1]) if parsed else None for parsed in wanted]  # type: ignore[attr-defined]


async def _invoices(info: Info, viewer: DomainViewer, keys: list[str]) -> dict[str, object]:
    selection = invoice_selection(info, info._raw_info.field_nodes)  # noqa: SLF001
    return dict(await read_invoices(info.context.database, viewer, keys, selection))


async def _changes(info: Info, viewer: DomainViewer, keys: list[str]) -> dict[str, object]:
    found = await read_changes(info.context.database, viewer, keys)
    await _attach(info, viewer, list(found.values()), list(info._raw_info.field_nodes))  # noqa: SLF001
    return dict(found)


async def _notifications(info: Info, viewer: DomainViewer, keys: list[str]) -> dict[str, object]:
    found = await read_mails_by_key(info.context.database, viewer, keys)
    await attach_invoices_of_mails(info, list(found.values()), list(info._raw_info.field_nodes))  # noqa: SLF001
    return dict(found)


async def _parties(context: Context, viewer: DomainViewer, keys: list[str]) -> dict[str, object]:
    found = {key: await read_party(context.database, viewer, key) for key in dict.fromkeys(keys)}
    return {key: party for key, party in found.items() if party is not None}
