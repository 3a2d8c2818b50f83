"""Asking that an invoice be cancelled, and answering."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import strawberry

from ...models.domain.cancellation import CancellationAct
from ...models.idempotency import Outcome
from ...models.identifiers import key_of
from ...models.life.cancelling import CancellationWish, act_on_cancellation
from ..changing import MAX_REASON, attempt, optional_text, payload_invoice, text_of
from ..context import Info
from ..errors import UserError
from ..invoices import Invoice
from .inputs import (
    AcceptCancellationInput,
    RefuseCancellationInput,
    RequestCancellationInput,
    WithdrawCancellationInput,
)


@strawberry.type(description="The invoice after it, with its `cancellation`; or what stood in its way.")
class CancellationPayload:
    """Of every mutation of a cancellation."""

    invoice: Invoice | None = strawberry.field(description="As it is now; null where it was refused.")
    errors: list[UserError] = strawberry.field(description="Empty where it was done.")


@strawberry.type
class CancellationMutations:
    """Each act of either side."""

    @strawberry.field(
        description="Ask the receiver to cancel an invoice. Issuer, admin. Refused at once where it is paid,"
        " rejected, cancelled, where a request waits, or where the receiver has refused before. An invoice that still"
        " waits for a receiver who is not here (SENT) is cancelled at once."
    )
    @staticmethod
    async def request_cancellation(info: Info, input: RequestCancellationInput) -> CancellationPayload:  # noqa: A002
        return await _act(info, CancellationAct.REQUEST, input, lambda: text_of(input.reason, MAX_REASON, "reason"))

    @strawberry.field(description="Accept the request that waits: the invoice is CANCELLED. Accountant, admin.")
    @staticmethod
    async def accept_cancellation(info: Info, input: AcceptCancellationInput) -> CancellationPayload:  # noqa: A002
        return await _act(
            info, CancellationAct.ACCEPT, input, lambda: optional_text(input.comment, MAX_REASON, "comment")
        )

    @strawberry.field(
        description="Refuse the request that waits, with a comment: the invoice stays as it is, and cannot be asked for"
        " again. Accountant, admin."
    )
    @staticmethod
    async def refuse_cancellation(info: Info, input: RefuseCancellationInput) -> CancellationPayload:  # noqa: A002
        return await _act(info, CancellationAct.REFUSE, input, lambda: text_of(input.comment, MAX_REASON, "comment"))

    @strawberry.field(description="Take back the request that waits. Issuer, admin of its issuer, who may ask again.")
    @staticmethod
    async def withdraw_cancellation(info: Info, input: WithdrawCancellationInput) -> CancellationPayload:  # noqa: A002
        return await _act(info, CancellationAct.WITHDRAW, input, lambda: None)


async def _act(info: Info, act: CancellationAct, given: Any, read: Callable[[], str | None]) -> CancellationPayload:
    async def work() -> Outcome:
        wish = CancellationWish(
            operation=info.field_name,
            arguments={name: value for name, value in asdict(given).items() if name != "idempotency_key"},
            act=act,
            invoice_id=key_of("Invoice", given.invoice_id),
            text=read(),
            expected_version=given.expected_version,
            idempotency_key=given.idempotency_key,
        )
        return await act_on_cancellation(info.context.database, info.context.signed_in(), wish)

    outcome, errors = await attempt(info, work)
    row = None if outcome is None else await payload_invoice(info, outcome)
    return CancellationPayload(invoice=row, errors=errors)  # type: ignore[arg-type]
