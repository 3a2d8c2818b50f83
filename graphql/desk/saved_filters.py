"""Filters that people keep under a name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import fields, replace
from typing import Any

import strawberry

from ...models.domain.errors import Invalid
from ...models.identifiers import global_id, key_of
from ...models.lists.filtering import Filter
from ...models.lists.saved_filters import Definition, Order, delete_filter, read_filters, save_filter, update_filter
from ...models.lists.saved_filters import SavedFilter as Kept
from ..changing import attempt, text_of
from ..context import Info
from ..documents.enums import OfficeRole
from ..entering.inputs import InvoiceFilter, InvoiceOrder, filter_of
from ..enums import InvoiceOrderField, InvoiceStatus, OrderDirection, PartyRole
from ..errors import UserError
from ..scalars import Date, DateTime, Decimal

MAX_NAME, MAX_COLUMNS, MAX_COLUMN, MAX_TEXT = 80, 40, 64, 200

_ID = "Global id of a filter of your own."
_COLUMNS = "At most 40 names of columns, as your screen calls them, in their order."


def _part(what: str) -> Any:
    return strawberry.field(description=f"As in InvoiceFilter: {what}. Null where it does not narrow.")


@strawberry.type(description="An InvoiceFilter, to be read: send the parts that are not null back as one.")
class InvoiceFilterParts:
    """Resolved from ``models.lists.filtering.Filter``."""

    status: list[InvoiceStatus] | None = _part("states")
    counterparty: str | None = _part("the other party")
    number: str | None = _part("number")
    search: str | None = _part("words")
    issued_from: Date | None = _part("first day of issue")
    issued_to: Date | None = _part("last day of issue")
    changed_since: DateTime | None = _part("instant of the last change")
    total_from: Decimal | None = _part("least total")
    total_to: Decimal | None = _part("greatest total")
    unseen: bool | None = _part("seen or not")
    cancellation_pending: bool | None = _part("asked to be cancelled or not")
    office: str | None = _part("DIR3 code")
    office_role: OfficeRole | None = _part("role of the office")


@strawberry.type(description="An InvoiceOrder, to be read.")
class InvoiceOrderParts:
    """Resolved from ``models.lists.saved_filters.Order``."""

    field: InvoiceOrderField = strawberry.field(description="What it is ordered by.")

    @strawberry.field(description="Which end comes first.")
    @staticmethod
    def direction(root: strawberry.Parent[Order]) -> OrderDirection:
        return OrderDirection.DESC if root.descending else OrderDirection.ASC


@strawberry.type(description="A filter under a name, of a person, or shared with all of the party.")
class SavedFilter:
    """Resolved from ``models.lists.saved_filters.SavedFilter``."""

    id: strawberry.ID = strawberry.field(description="Opaque and stable; for updateFilter and deleteFilter.")
    name: str = strawberry.field(description="Its name, unlike any other of the same person.")
    owner_name: str = strawberry.field(description="Whose it is.")
    mine: bool = strawberry.field(description="It is yours: you may change it.")
    shared: bool = strawberry.field(description="All of the party see it.")
    created_at: DateTime = strawberry.field(description="When it was saved first.")
    updated_at: DateTime = strawberry.field(description="When it was changed last.")

    @strawberry.field(description="The side whose list it is for.")
    @staticmethod
    def role(root: strawberry.Parent[Kept]) -> PartyRole:
        return root.definition.role

    @strawberry.field(description="What it narrows the list to.")
    @staticmethod
    def filter(root: strawberry.Parent[Kept]) -> InvoiceFilterParts:
        return root.definition.filter  # type: ignore[return-value]

    @strawberry.field(description="The order of the list; null for the newest first.")
    @staticmethod
    def order_by(root: strawberry.Parent[Kept]) -> InvoiceOrderParts | None:
        return root.definition.order  # type: ignore[return-value]

    @strawberry.field(description="The columns that are shown, as the screen that saved it calls them; empty: its own.")
    @staticmethod
    def columns(root: strawberry.Parent[Kept]) -> list[str]:
        return list(root.definition.columns)

    @strawberry.field(description="False where a part of it is of another version, and was left out.")
    @staticmethod
    def whole(root: strawberry.Parent[Kept]) -> bool:
        return root.definition.whole


@strawberry.input(description="A filter to keep.")
class SaveFilterInput:
    """Of ``saveFilter``."""

    name: str = strawberry.field(description="1 to 80 characters, unlike your others; case and accents do not count.")
    role: PartyRole = strawberry.field(description="The side whose list it is for.")
    filter: InvoiceFilter = strawberry.field(description="What it narrows to; each text at most 200 characters.")
    order_by: InvoiceOrder | None = strawberry.field(description="The order of the list.", default=None)
    columns: list[str] | None = strawberry.field(description=_COLUMNS, default=None)
    shared: bool = strawberry.field(description="Show it to all of your party.", default=False)


@strawberry.input(description="A filter to change: null leaves a thing as it is.")
class UpdateFilterInput:
    """Of ``updateFilter``."""

    filter_id: strawberry.ID = strawberry.field(description=_ID)
    name: str | None = strawberry.field(description="Its new name.", default=None)
    filter: InvoiceFilter | None = strawberry.field(description="What it narrows to from now on.", default=None)
    order_by: InvoiceOrder | None = strawberry.field(description="Its new order.", default=None)
    columns: list[str] | None = strawberry.field(description=_COLUMNS + " Empty: the screen's own.", default=None)
    shared: bool | None = strawberry.field(description="Whether all of your party see it.", default=None)


@strawberry.input(description="A filter to delete.")
class DeleteFilterInput:
    """Of ``deleteFilter``."""

    filter_id: strawberry.ID = strawberry.field(description=_ID)


@strawberry.type(description="The filter as it is kept; or what stood in its way.")
class SavedFilterPayload:
    """Of ``saveFilter`` and ``updateFilter``."""

    saved_filter: SavedFilter | None = strawberry.field(description="Null where it was refused.")
    errors: list[UserError] = strawberry.field(description="INVALID, REQUIRED, NOT_FOUND or FORBIDDEN, or empty.")


@strawberry.type(description="What was deleted; or what stood in its way.")
class DeleteFilterPayload:
    """Of ``deleteFilter``."""

    deleted_id: strawberry.ID | None = strawberry.field(description="The id that is gone; null where it was refused.")
    errors: list[UserError] = strawberry.field(description="NOT_FOUND or FORBIDDEN, or empty.")


@strawberry.type
class SavedFilterQueries:
    """Reading."""

    @strawberry.field(
        description="Your filters by name, then those that others of your party share; at most 500. With a role,"
        " only that side's."
    )
    @staticmethod
    async def saved_filters(info: Info, role: PartyRole | None = None) -> list[SavedFilter]:
        return await read_filters(info.context.database, info.context.signed_in(), role)  # type: ignore[return-value]


@strawberry.type
class SavedFilterMutations:
    """Changing."""

    @strawberry.field(description="Keep a filter, its order and its columns under a name; at most 50 a person.")
    @staticmethod
    async def save_filter(info: Info, input: SaveFilterInput) -> SavedFilterPayload:  # noqa: A002
        async def work() -> Kept:
            definition = Definition(
                role=input.role,
                filter=_checked(input.filter),
                order=_order(input.order_by),
                columns=_columns(input.columns or []),
            )
            name, context = text_of(input.name, MAX_NAME, "name"), info.context
            return await save_filter(context.database, context.signed_in(), name, definition, shared=input.shared)

        return await _payload(info, work)

    @strawberry.field(description="Change a filter of your own, or its name.")
    @staticmethod
    async def update_filter(info: Info, input: UpdateFilterInput) -> SavedFilterPayload:  # noqa: A002
        async def work() -> Kept:
            parts: dict[str, Any] = {}
            if input.filter is not None:
                parts |= {"filter": _checked(input.filter), "whole": True}
            if input.order_by is not None:
                parts["order"] = _order(input.order_by)
            if input.columns is not None:
                parts["columns"] = _columns(input.columns)
            name, context = None if input.name is None else text_of(input.name, MAX_NAME, "name"), info.context
            key = key_of("SavedFilter", input.filter_id)
            return await update_filter(
                context.database,
                context.signed_in(),
                key,
                lambda definition: replace(definition, **parts),
                name=name,
                shared=input.shared,
            )

        return await _payload(info, work)

    @strawberry.field(description="Delete a filter of your own.")
    @staticmethod
    async def delete_filter(info: Info, input: DeleteFilterInput) -> DeleteFilterPayload:  # noqa: A002
        async def work() -> str:
            context, key = info.context, key_of("SavedFilter", input.filter_id)
            return await delete_filter(context.database, context.signed_in(), key)

        key, errors = await attempt(info, work)
        deleted = None if key is None else strawberry.ID(global_id("SavedFilter", key))
        return DeleteFilterPayload(deleted_id=deleted, errors=errors)


async def _payload(info: Info, work: Callable[[], Awaitable[Kept]]) -> SavedFilterPayload:
    saved, errors = await attempt(info, work)
    return SavedFilterPayload(saved_filter=saved, errors=errors)  # type: ignore[arg-type]


def _checked(wanted: InvoiceFilter) -> Filter:
    found = filter_of(wanted)
    for part in fields(Filter):
        value = getattr(found, part.name)
        if isinstance(value, str) and len(value) > MAX_TEXT:
            raise Invalid(f"At most {MAX_TEXT} characters.", path=("input", "filter", part.name))
    return found if found.status is None else replace(found, status=tuple(dict.fromkeys(found.status)))


def _order(wanted: InvoiceOrder | None) -> Order | None:
    return None if wanted is None else Order(field=wanted.field, descending=wanted.direction is OrderDirection.DESC)


def _columns(names: list[str]) -> tuple[str, ...]:
    if len(names) > MAX_COLUMNS:
        raise Invalid(f"At most {MAX_COLUMNS} columns.", path=("input", "columns"))
    return tuple(text_of(name, MAX_COLUMN, "columns") for name in names)
