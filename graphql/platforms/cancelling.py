"""What other platforms may do about cancellations: ask for one, tell how one has ended."""

from __future__ import annotations

import strawberry

from ...models.domain.errors import Invalid
from ...models.domain.exchange import ENDS, CarriedAnswer, CarriedRequest
from ...models.identifiers import key_of
from ...models.life.cancellation_answers import take_answer
from ...models.life.cancellation_coming import read_answers, take_request
from ..changing import MAX_REASON, optional_text, text_of
from ..context import Info
from .cancellations import (
    PlatformAnswerCancellationInput,
    PlatformAnswerCancellationPayload,
    PlatformCancellation,
    PlatformRequestCancellationInput,
    PlatformRequestCancellationPayload,
)
from .mutations import attempt_for_platform, steps_of
from .types import MAX_ASKED

MAX_REQUEST_ID = 64


@strawberry.type
class PlatformCancellationMutations:
    """For callers that show a platform's token."""

    @strawberry.field(
        description="For other platforms: ask that an invoice be cancelled that you delivered, or tell that its issuer"
        " no longer asks. Repeat it until it is answered; what is paid, rejected or was refused before is refused at"
        " once."
    )
    @staticmethod
    async def platform_request_cancellation(
        info: Info,
        input: PlatformRequestCancellationInput,  # noqa: A002
    ) -> PlatformRequestCancellationPayload:
        async def work() -> CarriedAnswer:
            platform = info.context.platform().platform
            return await take_request(info.context.database, platform, _request(input))

        told, errors = await attempt_for_platform(info, work)
        return PlatformRequestCancellationPayload(cancellation=told, errors=errors)  # type: ignore[arg-type]

    @strawberry.field(
        description="For other platforms: tell how a request of cancellation has ended that was made from here, with"
        " the states that led to it. Repeat it until it is answered."
    )
    @staticmethod
    async def platform_answer_cancellation(
        info: Info,
        input: PlatformAnswerCancellationInput,  # noqa: A002
    ) -> PlatformAnswerCancellationPayload:
        async def work() -> int:
            platform, invoice = info.context.platform().platform, key_of("Invoice", str(input.invoice_id))
            steps = steps_of(input.states) if input.states else []
            return await take_answer(info.context.database, platform, invoice, _answer(input), steps)

        version, errors = await attempt_for_platform(info, work)
        return PlatformAnswerCancellationPayload(version=version, errors=errors)


@strawberry.type
class PlatformCancellationQueries:
    """For callers that show a platform's token."""

    @strawberry.field(
        description="For other platforms: how those of your requests of cancellation stand that are known here."
    )
    @staticmethod
    async def platform_cancellations(info: Info, request_ids: list[strawberry.ID]) -> list[PlatformCancellation]:
        platform = info.context.platform().platform
        if not 1 <= len(request_ids) <= MAX_ASKED:
            raise Invalid(f"Ask for 1 to {MAX_ASKED} requests at once.", path=("requestIds",))
        return await read_answers(info.context.database, platform.id, request_ids)  # type: ignore[return-value]


def _request(given: PlatformRequestCancellationInput) -> CarriedRequest:
    return CarriedRequest(
        request_id=_request_id(given.request_id),
        invoice_id=str(given.invoice_id),
        reason=text_of(given.reason, MAX_REASON, "reason"),
        requested_at=given.requested_at,
        withdrawn_at=given.withdrawn_at,
    )


def _answer(given: PlatformAnswerCancellationInput) -> CarriedAnswer:
    if given.act not in ENDS:
        raise Invalid(f"{given.act.value} ends no request.", path=("input", "act"))
    return CarriedAnswer(
        request_id=_request_id(given.request_id),
        version=given.version,
        act=given.act,
        at=given.at,
        comment=optional_text(given.comment, MAX_REASON, "comment"),
    )


def _request_id(given: strawberry.ID) -> str:
    text = str(given)
    if not 1 <= len(text) <= MAX_REQUEST_ID or not text.isascii() or not text.isprintable():
        raise Invalid(f"An id has 1 to {MAX_REQUEST_ID} characters.", path=("input", "requestId"))
    return text
