"""Following an invoice without an account."""

from __future__ import annotations

from typing import cast

import strawberry

from ..models.tracking import Question, track
from .cancellation.enums import CancellationState
from .context import Info
from .enums import InvoiceStatus
from .scalars import DateTime, Decimal


@strawberry.type(description="A state that a followed invoice has been in.")
class TrackedStep:
    """Resolved from ``models.tracking.TrackedStep``."""

    status: InvoiceStatus = strawberry.field(description="The state; `statuses` has its names.")
    at: DateTime = strawberry.field(description="Since when.")


@strawberry.type(description="What is told of an invoice to who has no account: its states and their dates.")
class TrackedInvoice:
    """Resolved from ``models.tracking.Tracked``."""

    status: InvoiceStatus = strawberry.field(description="Where it stands; `statuses` has the names.")
    status_changed_at: DateTime = strawberry.field(description="Since when.")
    cancellation: CancellationState = strawberry.field(
        description="Whether its cancellation was asked for, and what came of it."
    )
    history: list[TrackedStep] = strawberry.field(description="Every state it has been in, oldest first, complete.")


@strawberry.type
class TrackingQueries:
    """What strangers may ask."""

    @strawberry.field(
        description="Where an invoice stands, without signing in, for who knows all four. Null unless every one is"
        " right; the answer does not say which is not. At most 60 looks from a network address in a quarter of an"
        " hour, and 10 wrong ones about one invoice: RATE_LIMITED, with retryAfter in seconds."
    )
    @staticmethod
    async def track_invoice(
        info: Info, number: str, issuer_tax_id: str, receiver_tax_id: str, amount: Decimal
    ) -> TrackedInvoice | None:
        context = info.context
        question = Question(number=number, issuer_tax_id=issuer_tax_id, receiver_tax_id=receiver_tax_id, amount=amount)
        found = await track(context.database, question, context.address, context.authority.clock())
        return cast("TrackedInvoice | None", found)
