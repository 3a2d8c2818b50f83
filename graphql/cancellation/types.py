"""A request of cancellation as GraphQL shows it, and who may do what about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from ...models.cancellation_rows import CancellationRow
from ...models.domain.cancellation import may
from ...models.domain.exchange import AWAY
from ...models.life.cancelling import sides_of
from ...models.rows import InvoiceRow
from ..context import Info
from ..enums import Language
from ..scalars import DateTime
from .enums import CancellationAct, CancellationState

if TYPE_CHECKING:
    from ..invoices import Invoice


@strawberry.type(description="Something that happened to a request of cancellation; never altered, never removed.")
class CancellationEvent:
    """Resolved from ``CancellationEventRow``."""

    act: CancellationAct = strawberry.field(description="What was done.")
    state: CancellationState = strawberry.field(description="Where the request stood then.")
    at: DateTime = strawberry.field(description="When.")
    actor: str = strawberry.field(description="Who did it; `Tramesa` where the service itself did.")
    automated: bool = strawberry.field(description="True where the service itself did it.")
    info: str | None = strawberry.field(description="The issuer's reason or the receiver's comment, if one was given.")
    reported_at: DateTime | None = strawberry.field(
        description="When it happened on the other platform, as that says; null where it happened here."
    )
    unexpected: bool = strawberry.field(
        description="True where another platform reports what does not fit the invoice or the request; it is kept."
    )
    invoice: Annotated[Invoice, strawberry.lazy("..invoices")] = strawberry.field(
        description="The invoice, as it is now."
    )


@strawberry.type(
    description="The way of a request between the platforms of issuer and receiver. While it has not arrived, or while"
    " it is being taken back, what the receiver sees may be behind."
)
class CancellationTravel:
    """Resolved from ``CancellationTravelRow``."""

    platform: str = strawberry.field(description="The other platform's name.")
    sent_at: DateTime = strawberry.field(description="When the issuer asked; where the request came in, when it did.")
    arrived_at: DateTime | None = strawberry.field(
        description="When the receiver's platform had it; null while it is on its way, or could not be delivered."
    )
    withdrawn_at: DateTime | None = strawberry.field(
        description="Since when the issuer wants it taken back. It is, once `state` says so; an answer that was given"
        " before stands."
    )
    attempts: int = strawberry.field(description="How often it has been tried to tell it; 0 where it came in.")
    next_attempt_at: DateTime | None = strawberry.field(
        description="When it is tried again; null where nothing is left to try."
    )
    last_error: str | None = strawberry.field(description="Why the last attempt failed, for a person.")


@strawberry.type(
    description="The issuer's wish to take the invoice back, beside the invoice's own state. Only an accepted one"
    " cancels."
)
class Cancellation:
    """Resolved from ``CancellationRow``."""

    state: CancellationState = strawberry.field(description="Where it stands; NONE where nobody ever asked.")
    state_code: int = strawberry.field(description="FACe's sub-state: 4100, 4200, 4300 or 4400.")
    reason: str | None = strawberry.field(description="Why the issuer wants it cancelled; null with NONE.")
    comment: str | None = strawberry.field(description="What the receiver said to it; always there with REFUSED.")
    requested_at: DateTime | None = strawberry.field(description="When it was asked, last; null with NONE.")
    answered_at: DateTime | None = strawberry.field(
        description="When the receiver answered, or the request ended otherwise; null while it waits."
    )
    history: list[CancellationEvent] = strawberry.field(description="All that happened to it, oldest first, complete.")
    travel: CancellationTravel | None = strawberry.field(
        description="Where issuer and receiver live on two platforms; null where both are here or nobody ever asked."
    )

    @strawberry.field(description="What the state is called.")
    @staticmethod
    def name(root: strawberry.Parent[CancellationRow], language: Language = Language.CA) -> str:
        return root.name(language)


def _may(root: InvoiceRow, info: Info, act: CancellationAct) -> bool:
    viewer = info.context.signed_in()
    told = root.cancellation
    if act is CancellationAct.WITHDRAW and told.travel is not None and told.travel.withdrawn_at is not None:
        return False
    away = None if root.travel is None else AWAY[root.travel.direction]
    sides = sides_of(viewer, root.issuer_key, root.receiver_key)
    return may(act, root.status, told.state, sides, viewer.roles, away)


@strawberry.type
class CancellationFields:
    """What an invoice says of its cancellation."""

    cancellation: Cancellation = strawberry.field(
        description="The issuer's wish to take it back, and what the receiver says to it. Does not change `version`."
    )

    @strawberry.field(description="Whether the viewer may ask for its cancellation now (requestCancellation).")
    @staticmethod
    def can_request_cancellation(root: strawberry.Parent[InvoiceRow], info: Info) -> bool:
        return _may(root, info, CancellationAct.REQUEST)

    @strawberry.field(
        description="Whether a request waits that the viewer may answer (acceptCancellation, refuseCancellation)."
    )
    @staticmethod
    def can_answer_cancellation(root: strawberry.Parent[InvoiceRow], info: Info) -> bool:
        return _may(root, info, CancellationAct.ACCEPT)

    @strawberry.field(description="Whether a request waits that the viewer may take back (withdrawCancellation).")
    @staticmethod
    def can_withdraw_cancellation(root: strawberry.Parent[InvoiceRow], info: Info) -> bool:
        return _may(root, info, CancellationAct.WITHDRAW)
