"""What a receiver's accounting program does in bulk: fetching, confirming, telling what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Sized
from dataclasses import asdict
from typing import cast

import strawberry

from ...models.domain.errors import Invalid, Refusal
from ...models.idempotency import Outcome
from ...models.identifiers import key_of
from ...models.life.batches import MAX_CHANGES, change_statuses
from ...models.life.pending import MAX_PENDING, confirm_deliveries, read_pending
from ...models.life.portions import Result
from ...models.reading.invoices import read_invoices
from ...models.reading.status_feed import read_changes
from ..changing import attempt
from ..context import Info
from ..errors import UserError, user_errors
from ..invoices import Invoice, StatusChange
from ..selecting import fields_of, invoice_selection, under
from .batch_inputs import ChangeStatusesInput, ConfirmDeliveryInput, request_of


@strawberry.type(description="Received invoices that have not been fetched yet.")
class PendingInvoices:
    """Of ``pendingInvoices``."""

    invoices: list[Invoice] = strawberry.field(description="The oldest registration first, at most `first`.")
    has_more: bool = strawberry.field(description="There are more: confirm these, and ask again.")


@strawberry.type(description="What became of one of the invoices that you named.")
class InvoiceResult:
    """Of ``confirmDelivery`` and ``changeStatuses``."""

    invoice_id: strawberry.ID = strawberry.field(description="The id as you gave it.")
    invoice: Invoice | None = strawberry.field(
        description="As it is once all of the request is done; null where this part was refused."
    )
    change: StatusChange | None = strawberry.field(
        description="The step in its history; null where it was refused, or where there was nothing to do."
    )
    errors: list[UserError] = strawberry.field(description="Empty where it was done; else nothing of it was.")


@strawberry.type(description="One result for each invoice, in the order of the request.")
class ConfirmDeliveryPayload:
    """Of ``confirmDelivery``."""

    results: list[InvoiceResult] = strawberry.field(description="Empty where the request as a whole was refused.")
    errors: list[UserError] = strawberry.field(description="INVALID where there are too many or none; else empty.")


@strawberry.type(description="One result for each change, in the order of the request.")
class ChangeStatusesPayload:
    """Of ``changeStatuses``."""

    results: list[InvoiceResult] = strawberry.field(description="Empty where the request as a whole was refused.")
    errors: list[UserError] = strawberry.field(
        description="INVALID where there are too many or none, IDEMPOTENCY_KEY_REUSED; else empty."
    )


@strawberry.type
class DeliveryQueries:
    """What waits to be fetched."""

    @strawberry.field(
        description=(
            "What your party has received and your program has not fetched yet: REGISTERED, the oldest registration"
            " first. Keep what you need, confirmDelivery, and ask again while hasMore."
        )
    )
    @staticmethod
    async def pending_invoices(info: Info, first: int = MAX_PENDING) -> PendingInvoices:
        if not 1 <= first <= MAX_PENDING:
            raise Invalid(f"Ask for 1 to {MAX_PENDING} at once.", path=("first",))
        context = info.context
        selection = invoice_selection(info, fields_of(info).get("invoices", []))
        rows, more = await read_pending(context.database, context.signed_in(), first, selection)
        return PendingInvoices(invoices=cast("list[Invoice]", rows), has_more=more)


@strawberry.type
class DeliveryMutations:
    """What was fetched, and what became of it."""

    @strawberry.field(
        description=(
            "DELIVERED: your program has these and they need not be listed as pending again. What is DELIVERED or"
            " further already is done too. Registrar, accountant, admin."
        )
    )
    @staticmethod
    async def confirm_delivery(info: Info, input: ConfirmDeliveryInput) -> ConfirmDeliveryPayload:  # noqa: A002
        viewer = info.context.signed_in()

        async def work() -> list[Result]:
            _check_count(input.invoice_ids, MAX_PENDING, "invoiceIds")
            keys = [key_of("Invoice", text) for text in input.invoice_ids]
            return await confirm_deliveries(info.context.database, viewer, keys)

        results, errors = await attempt(info, work)
        shown = await _results(info, input.invoice_ids, results or [], lambda place, _: ("invoiceIds", str(place)))
        return ConfirmDeliveryPayload(results=shown, errors=errors)

    @strawberry.field(
        description=(
            "Up to 500 changes in one request, made in order, fifty to a transaction. Each is decided by itself and has"
            " its own result: one that is refused undoes no other. Registrar for REGISTERED and DELIVERED, accountant,"
            " admin."
        )
    )
    @staticmethod
    async def change_statuses(info: Info, input: ChangeStatusesInput) -> ChangeStatusesPayload:  # noqa: A002
        async def work() -> list[Result]:
            _check_count(input.changes, MAX_CHANGES, "changes")
            requests = [request_of(given) for given in input.changes]
            arguments = {"changes": [asdict(given) for given in input.changes]}
            viewer = info.context.signed_in()
            return await change_statuses(info.context.database, viewer, requests, input.idempotency_key, arguments)

        results, errors = await attempt(info, work)
        ids = [given.invoice_id for given in input.changes]
        shown = await _results(info, ids, results or [], lambda place, path: ("changes", str(place), *path))
        return ChangeStatusesPayload(results=shown, errors=errors)


Place = Callable[[int, tuple[str, ...]], tuple[str, ...]]
"""Where in ``input`` something is, of the so-and-so-many-th part of the request."""


def _check_count(given: Sized, most: int, *path: str) -> None:
    if not 1 <= len(given) <= most:
        raise Invalid(f"Give 1 to {most} at once.", path=("input", *path))


async def _results(
    info: Info, ids: Sequence[strawberry.ID], results: Sequence[Result], place: Place
) -> list[InvoiceResult]:
    """The results as GraphQL shows them. What they show of invoices is read once for all."""
    context, viewer = info.context, info.context.signed_in()
    done = [result for result in results if isinstance(result, Outcome)]
    selected = under(fields_of(info).get("results", []), info._raw_info)  # noqa: SLF001
    nodes = selected.get("change", [])
    nested = under(nodes, info._raw_info).get("invoice", [])  # noqa: SLF001
    selection = invoice_selection(info, [*selected.get("invoice", []), *nested])
    wanted = list({result.invoice_id for result in done}) if "invoice" in selected or nested else []
    rows = await read_invoices(context.database, viewer, wanted, selection)
    keys = [result.change_id for result in done if result.change_id is not None] if nodes else []
    changes = await read_changes(context.database, viewer, keys)
    for change in changes.values():
        if change.invoice_key in rows:
            change.invoice = rows[change.invoice_key]
    shown = []
    for number, (text, result) in enumerate(zip(ids, results, strict=False)):
        if isinstance(result, Refusal):
            result.path = ("input", *place(number, result.path[1:]))
            errors = await user_errors(result, info)
            shown.append(InvoiceResult(invoice_id=text, invoice=None, change=None, errors=errors))
        else:
            invoice = cast("Invoice | None", rows.get(result.invoice_id))
            step = cast("StatusChange | None", changes.get(result.change_id or ""))
            shown.append(InvoiceResult(invoice_id=text, invoice=invoice, change=step, errors=[]))
    return shown
