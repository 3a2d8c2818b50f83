"""What two platforms tell each other of a request of cancellation, as GraphQL shows it."""

from __future__ import annotations

import strawberry

from ..cancellation.enums import CancellationAct
from ..describing import described
from ..errors import UserError
from ..scalars import DateTime
from .types import MAX_STATES, PlatformStateInput


@strawberry.type(description="How a request of cancellation stands on the platform of the invoice's receiver.")
class PlatformCancellation:
    """Resolved from ``domain.exchange.CarriedAnswer``."""

    request_id: strawberry.ID = strawberry.field(description="What the platform that asked calls the request.")
    version: int = strawberry.field(
        description="The invoice's version here: an answer is taken once the steps up to it are known."
    )
    act: CancellationAct | None = strawberry.field(
        description="What ended it: ACCEPT, REFUSE, OVERTAKE or WITHDRAW. Null while it waits for its answer."
    )
    at: DateTime | None = strawberry.field(description="When it ended; null while it waits.")
    comment: str | None = strawberry.field(description="What the receiver says to it; always given with REFUSE.")


@strawberry.input(description="All that there is to a request of cancellation, made on the platform that sends it.")
class PlatformRequestCancellationInput:
    """Of ``platformRequestCancellation``."""

    invoice_id: strawberry.ID = described("The id that the invoice was delivered with.")
    request_id: strawberry.ID = described("What you call the request, 1 to 64 characters; the same again is the same.")
    reason: str = described("The issuer's reason, for the receiver to judge; at most 4,000 characters.")
    requested_at: DateTime = described("When the issuer asked.")
    withdrawn_at: DateTime | None = described(
        "Since when the issuer no longer asks, if so; an answer that was given before stands.", default=None
    )


@strawberry.input(description="How a request of cancellation has ended, on the platform of the invoice's receiver.")
class PlatformAnswerCancellationInput:
    """Of ``platformAnswerCancellation``."""

    invoice_id: strawberry.ID = described("The id that the invoice was delivered with.")
    request_id: strawberry.ID = described("What the request was made as.")
    act: CancellationAct = described("ACCEPT, REFUSE, OVERTAKE or WITHDRAW.")
    at: DateTime = described("When it happened there.")
    comment: str | None = described(
        "What the receiver says to it; needed with REFUSE; at most 4,000 characters.", default=None
    )
    version: int = described("The invoice's version there now: all steps up to it have to be known here.")
    states: list[PlatformStateInput] = described(
        f"At most {MAX_STATES} steps that are not known here yet, as in platformReportStates; recorded in the same"
        " moment."
    )


@strawberry.type(description="How the request stands here; or what stood in its way, for good.")
class PlatformRequestCancellationPayload:
    """Of ``platformRequestCancellation``."""

    cancellation: PlatformCancellation | None = strawberry.field(description="Null where it was refused.")
    errors: list[UserError] = strawberry.field(description="Empty where it was taken.")


@strawberry.type(description="How much is known here now.")
class PlatformAnswerCancellationPayload:
    """Of ``platformAnswerCancellation``."""

    version: int | None = strawberry.field(
        description="The last version that is known here, without gaps. Below the answer's own the answer was not"
        " taken: tell it again with the states from the next on. Null where refused."
    )
    errors: list[UserError] = strawberry.field(description="Empty where it was taken.")
