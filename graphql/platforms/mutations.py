"""What other platforms may do: deliver an invoice, report what became of one. They can do nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import strawberry

from ...models.domain.errors import Invalid, Refusal
from ...models.domain.exchange import ReportedStep
from ...models.identifiers import key_of
from ...models.life.platform_entry import TakenOver
from ...models.platforms.exchange import take_report
from ..changing import MAX_NUMBER, MAX_REASON, optional_text
from ..context import Info
from ..errors import UserError, user_errors
from .receiving import receive
from .types import MAX_STATES, PlatformDeliverInvoiceInput, PlatformReportStatesInput, PlatformState, PlatformStateInput

T = TypeVar("T")


@strawberry.type(description="An invoice that was taken over; or what stood in its way, for good.")
class PlatformDeliverInvoicePayload:
    """Of ``platformDeliverInvoice``."""

    receipt: str | None = strawberry.field(
        description="A JWS signed with a key of this server: `iss`, `aud`, `sub` (the id here), `sha256`, `receivedAt`."
        " The same delivery has the same receipt. Null where it was refused."
    )
    states: list[PlatformState] = strawberry.field(description="What has become of it here so far, from version 2 on.")
    errors: list[UserError] = strawberry.field(description="Empty where it was taken over.")


@strawberry.type(description="How much of the report is known here now.")
class PlatformReportStatesPayload:
    """Of ``platformReportStates``."""

    version: int | None = strawberry.field(
        description="The last version that is known here, without gaps: report from the next on. Null where refused."
    )
    errors: list[UserError] = strawberry.field(description="Empty where it was taken.")


@strawberry.type
class PlatformMutations:
    """For callers that show a platform's token."""

    @strawberry.field(
        description="For other platforms: deliver an invoice of one of yours to a receiver that is registered here."
        " Repeat it until it is answered."
    )
    @staticmethod
    async def platform_deliver_invoice(
        info: Info,
        input: PlatformDeliverInvoiceInput,  # noqa: A002
    ) -> PlatformDeliverInvoicePayload:
        async def work() -> TakenOver:
            return await receive(info.context, input)

        taken, errors = await attempt_for_platform(info, work)
        return PlatformDeliverInvoicePayload(
            receipt=None if taken is None else taken.receipt,
            states=[] if taken is None else taken.steps,  # type: ignore[arg-type]
            errors=errors,
        )

    @strawberry.field(
        description="For other platforms: tell what became of an invoice that was delivered to you from here."
    )
    @staticmethod
    async def platform_report_states(
        info: Info,
        input: PlatformReportStatesInput,  # noqa: A002
    ) -> PlatformReportStatesPayload:
        context = info.context

        async def work() -> int:
            platform, steps = context.platform().platform, steps_of(input.states)
            return await take_report(context.database, platform, key_of("Invoice", str(input.invoice_id)), steps)

        version, errors = await attempt_for_platform(info, work)
        return PlatformReportStatesPayload(version=version, errors=errors)


async def attempt_for_platform(info: Info, work: Callable[[], Awaitable[T]]) -> tuple[T | None, list[UserError]]:
    """What a platform that shows its token asked for, or the refusal."""
    info.context.platform()
    try:
        return await work(), []
    except Refusal as refusal:
        return None, await user_errors(refusal, info)


def steps_of(states: list[PlatformStateInput]) -> list[ReportedStep]:
    """The steps of ``input.states``; :class:`Invalid` where they are none or too many."""
    if not 1 <= len(states) <= MAX_STATES:
        raise Invalid(f"1 to {MAX_STATES} states at once.", path=("input", "states"))
    return [_step(state, str(place)) for place, state in enumerate(states)]


def _step(given: PlatformStateInput, place: str) -> ReportedStep:
    def text(value: Any, limit: int, name: str) -> str | None:
        return optional_text(value, limit, "states", place, name)

    return ReportedStep(
        version=given.version,
        to_status=given.to_status,
        at=given.at,
        registry_number=text(given.registry_number, MAX_NUMBER, "registryNumber"),
        rcf_number=text(given.rcf_number, MAX_NUMBER, "rcfNumber"),
        reason=text(given.reason, MAX_REASON, "reason"),
        reason_code=text(given.reason_code, MAX_NUMBER, "reasonCode"),
        payment_date=given.payment_date,
    )
