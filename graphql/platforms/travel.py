"""Where an invoice goes, or came from, when its other side lives on another platform."""

from __future__ import annotations

import strawberry

from ..scalars import DateTime
from .enums import TravelDirection, TravelState


@strawberry.type(description="What the platform that took an invoice over has signed for.")
class TravelReceipt:
    """Resolved from ``TravelRow``."""

    remote_id: str = strawberry.field(name="id", description="The invoice's id on the other platform.")
    arrived_at: DateTime = strawberry.field(name="receivedAt", description="When it was taken over.")
    sha256: str = strawberry.field(description="SHA-256 of the document, 64 hexadecimal digits.")
    signature: str = strawberry.field(
        description="The receipt itself: a JWS (RS256) of the receiving platform, to be checked with its public key."
    )


@strawberry.type(description="The way of an invoice to another platform, or from one.")
class InvoiceTravel:
    """Resolved from ``TravelRow``."""

    platform: str = strawberry.field(description="The other platform's name.")
    direction: TravelDirection = strawberry.field(description="Whether it goes there or came from there.")
    state: TravelState = strawberry.field(description="How far it is.")
    sent_at: DateTime = strawberry.field(description="When its issuer sent it.")
    arrived_at: DateTime | None = strawberry.field(description="When it was taken over; null while it travels.")
    attempts: int = strawberry.field(description="How often it has been tried to hand it over; 0 where it came in.")
    next_attempt_at: DateTime | None = strawberry.field(
        description="When it is tried again; null where nothing is left to try."
    )
    last_error: str | None = strawberry.field(description="Why the last attempt failed, for a person.")
    receipt: TravelReceipt | None = strawberry.field(description="Null until it has been taken over.")
