"""Receivers who are not here yet, as their issuers see them: invitations, keys, and every step."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from ...models.onboarding.overview import EventRow, Wanted, read_events, read_invitations, read_receiver_keys
from ..context import Info
from ..enums import Language
from ..listing import Connection, page_of, stretch
from ..parties import Party
from ..people.enums import InvitationEventKind, KeyState
from ..scalars import DateTime

_FIRST = "first is 1 to 100."

OfReceiver = Annotated[str | None, strawberry.argument(description="Only of this receiver; null for all.")]


@strawberry.type(
    description="A second key that your party made for a receiver that is not here yet. What opens is shown once, when"
    " it is made."
)
class ReceiverKey:
    """Resolved from ``ReceiverKeyRow``."""

    id: strawberry.ID = strawberry.field(description="Opaque and stable; for renewReceiverKey and revokeReceiverKey.")
    receiver: Party = strawberry.field(description="Whom it is for. No other tax id signs up with it.")
    email: str = strawberry.field(description="It fits first keys that were mailed to this address, and no others.")
    state: KeyState = strawberry.field(description="Whether it is good.")
    created_by: str = strawberry.field(description="Who made it.")
    created_at: DateTime = strawberry.field(description="When it was made.")
    expires_at: DateTime = strawberry.field(description="When it ends, thirty days later.")
    used_at: DateTime | None = strawberry.field(description="When the receiver signed up with it.")
    revoked_at: DateTime | None = strawberry.field(
        description="When it was revoked or renewed, or the receiver signed up with another."
    )


@strawberry.type(description="A mail that invited a receiver because of an invoice of yours, with the first key in it.")
class Invitation:
    """Resolved from ``InvitationRow``."""

    id: strawberry.ID = strawberry.field(description="Opaque and stable.")
    receiver: Party = strawberry.field(description="Who was invited.")
    email: str = strawberry.field(description="Where.")
    language: Language = strawberry.field(description="In which language.")
    state: KeyState = strawberry.field(description="Whether the key in it is good.")
    created_at: DateTime = strawberry.field(description="When it was written; it is sent a moment later.")
    expires_at: DateTime = strawberry.field(description="When its key ends, thirty days later.")
    used_at: DateTime | None = strawberry.field(description="When the receiver signed up with it.")
    revoked_at: DateTime | None = strawberry.field(
        description="When a newer invitation took its place, or the receiver signed up with another."
    )


@strawberry.type(description="A step on a receiver's way in. Never altered, never removed.")
class InvitationEvent:
    """Resolved from ``EventRow``."""

    receiver: Party = strawberry.field(description="Whose way it is.")
    kind: InvitationEventKind = strawberry.field(description="What happened.")
    at: DateTime = strawberry.field(description="When.")
    actor: str | None = strawberry.field(
        description="Who did it; null where nobody knows, as with a key that was wrong."
    )
    email: str | None = strawberry.field(description="The address that it was about, if any.")
    invoice_id: strawberry.ID | None = strawberry.field(description="Global id of the invoice that it was about.")

    @classmethod
    def is_type_of(cls, row: Any, _: Any) -> bool:
        return isinstance(row, EventRow)


@strawberry.type
class OnboardingQueries:
    """What an issuer knows of those it invited; of nobody else's."""

    @strawberry.field(description=f"The second keys that your party made, the newest first, old ones too. {_FIRST}")
    @staticmethod
    async def receiver_keys(
        info: Info, first: int = 50, after: str | None = None, receiver_tax_id: OfReceiver = None
    ) -> Connection[ReceiverKey]:
        wanted, context = stretch(first, after), info.context
        asked = Wanted(wanted.size + 1, wanted.after, receiver_tax_id)
        rows = await read_receiver_keys(context.database, context.signed_in(), asked, context.authority.clock())
        return page_of(rows, wanted)

    @strawberry.field(
        description=f"The invitations that your invoices brought to those not here yet, the newest first. {_FIRST}"
    )
    @staticmethod
    async def invitations(
        info: Info, first: int = 50, after: str | None = None, receiver_tax_id: OfReceiver = None
    ) -> Connection[Invitation]:
        wanted, context = stretch(first, after), info.context
        asked = Wanted(wanted.size + 1, wanted.after, receiver_tax_id)
        rows = await read_invitations(context.database, context.signed_in(), asked, context.authority.clock())
        return page_of(rows, wanted)

    @strawberry.field(description=f"Every step of the receivers that you invited: the log, the newest first. {_FIRST}")
    @staticmethod
    async def invitation_events(
        info: Info, first: int = 50, after: str | None = None, receiver_tax_id: OfReceiver = None
    ) -> Connection[InvitationEvent]:
        wanted, context = stretch(first, after), info.context
        asked = Wanted(wanted.size + 1, wanted.after, receiver_tax_id)
        rows = await read_events(context.database, context.signed_in(), asked)
        return page_of(rows, wanted)
