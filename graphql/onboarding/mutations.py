"""Keys for receivers who are not here yet, and their signing up."""

from __future__ import annotations

from typing import Any, cast

import strawberry

from ...models.domain.errors import Refusal
from ...models.identifiers import key_of
from ...models.onboarding.acceptance import Acceptance, accept_invitation
from ...models.onboarding.overview import read_invitation, read_receiver_key
from ...models.onboarding.receiver_keys import (
    MadeKey,
    create_receiver_key,
    renew_invitation,
    renew_receiver_key,
    revoke_receiver_key,
)
from ..changing import attempt, mailbox_of, name_of, needed_mailbox, text_of
from ..context import Info
from ..enums import Language, PartyKind
from ..errors import UserError, user_errors
from ..parties import Viewer, viewer_of
from ..people.personal import MAX_NAME, password_of
from ..scalars import DateTime
from .types import Invitation, ReceiverKey


def _field(description: str, **options: object) -> Any:
    return strawberry.field(description=description, **options)  # type: ignore[call-overload]


@strawberry.input(description="A receiver that was invited, to make a second key for.")
class CreateReceiverKeyInput:
    """Of ``createReceiverKey``."""

    receiver_tax_id: str = _field("Tax id of a receiver that an invoice of yours has invited.")
    email: str | None = _field(
        "The address that the invitation went to; the last one that you invited it at unless given.", default=None
    )


@strawberry.input(description="A second key.")
class ReceiverKeyInput:
    """Of ``renewReceiverKey`` and ``revokeReceiverKey``."""

    key_id: strawberry.ID = _field("Global id of the key.")


@strawberry.input(description="A receiver to mail again.")
class RenewInvitationInput:
    """Of ``renewInvitation``."""

    receiver_tax_id: str = _field("Tax id of a receiver that an invoice of yours waits for.")
    email: str | None = _field("Another address; the last one that you invited it at unless given.", default=None)
    language: Language | None = _field("That of the last mail there unless given.", default=None)


@strawberry.input(description="What a receiver signs up with.")
class AcceptInvitationInput:
    """Of ``acceptInvitation``."""

    tax_id: str = _field("The tax id that the invoices are addressed to; spaces, dots and hyphens do not count.")
    key_one: str = _field("The first key, from the mail. Case, spaces and hyphens do not count.")
    key_two: str = _field("The second key, from the issuer.")
    name: str = _field("The party's name, at most 255 characters.")
    kind: PartyKind | None = _field("What the party is; as its tax id lets suppose unless given.", default=None)
    email: str = _field("The address that the administrator signs in with, and that the party is mailed at.")
    user_name: str = _field("The administrator's name, as history will show it; at most 255 characters.")
    password: str = _field("8 to 1,024 characters.")
    language: Language = _field("Of the mails to the party.", default=Language.CA)
    notices_of_new_invoices: bool = _field("Whether the party is mailed when an invoice comes in.", default=True)


@strawberry.type(description="The new key; or why there is none.")
class ReceiverKeyPayload:
    """Of ``createReceiverKey`` and ``renewReceiverKey``."""

    secret: str | None = strawberry.field(
        description="The key itself, shown this once and kept nowhere. Hand it to the receiver, not by mail."
    )
    receiver_key: ReceiverKey | None = strawberry.field(description="What is known of it from now on.")
    errors: list[UserError] = strawberry.field(description="NOT_FOUND, INVALID or FORBIDDEN, or empty.")


@strawberry.type(description="The key that is good no more.")
class RevokeReceiverKeyPayload:
    """Of ``revokeReceiverKey``."""

    receiver_key: ReceiverKey | None = strawberry.field(description="The key; null where it was refused.")
    errors: list[UserError] = strawberry.field(description="NOT_FOUND or FORBIDDEN, or empty.")


@strawberry.type(description="The invitation that is on its way; or why there is none.")
class RenewInvitationPayload:
    """Of ``renewInvitation``."""

    invitation: Invitation | None = strawberry.field(description="With a new first key; the earlier one is revoked.")
    errors: list[UserError] = strawberry.field(description="NOT_FOUND, INVALID or FORBIDDEN, or empty.")


@strawberry.type(description="A party that has signed up, and its first session; or why not.")
class AcceptInvitationPayload:
    """Of ``acceptInvitation``."""

    access_token: str | None = strawberry.field(description="For `Authorization: Bearer …`; short-lived.")
    refresh_token: str | None = strawberry.field(description="Good once, for refreshSession; keep it safe.")
    expires_at: DateTime | None = strawberry.field(description="When the access token ends.")
    viewer: Viewer | None = strawberry.field(description="The administrator, signed in.")
    registered_invoices: int = strawberry.field(
        description="How many invoices had waited; they are registered now and among `invoices(role: RECEIVER)`."
    )
    errors: list[UserError] = strawberry.field(
        description="BAD_CREDENTIALS for whatever is wrong with tax id or keys, INVALID or REQUIRED; or empty."
    )


@strawberry.type
class OnboardingMutations:
    """Each resolver reads its input; ``models`` decides and records."""

    @strawberry.field(
        description=(
            "A second key for a receiver that is not here yet. Its first is in the mail; with both it signs up, and"
            " what waits for it is registered. For issuers and administrators."
        )
    )
    @staticmethod
    async def create_receiver_key(info: Info, input: CreateReceiverKeyInput) -> ReceiverKeyPayload:  # noqa: A002
        context = info.context

        async def work() -> MadeKey:
            tax_id, email = text_of(input.receiver_tax_id, 40, "receiverTaxId"), mailbox_of(input.email, "email")
            now = context.authority.clock()
            return await create_receiver_key(context.database, context.signed_in(), tax_id, email, now)

        return await _made(info, work)

    @strawberry.field(description="Another key in the place of one, which opens nothing from then on.")
    @staticmethod
    async def renew_receiver_key(info: Info, input: ReceiverKeyInput) -> ReceiverKeyPayload:  # noqa: A002
        context = info.context

        async def work() -> MadeKey:
            key, now = key_of("ReceiverKey", input.key_id), context.authority.clock()
            return await renew_receiver_key(context.database, context.signed_in(), key, now)

        return await _made(info, work)

    @strawberry.field(description="End a key. One that was used, revoked or renewed stays as it is.")
    @staticmethod
    async def revoke_receiver_key(info: Info, input: ReceiverKeyInput) -> RevokeReceiverKeyPayload:  # noqa: A002
        context = info.context

        async def work() -> Any:
            key, now = key_of("ReceiverKey", input.key_id), context.authority.clock()
            revoked = await revoke_receiver_key(context.database, context.signed_in(), key, now)
            return await read_receiver_key(context.database, context.signed_in(), revoked, now)

        row, errors = await attempt(info, work)
        return RevokeReceiverKeyPayload(receiver_key=cast("ReceiverKey | None", row), errors=errors)

    @strawberry.field(
        description=(
            "Mail a receiver again, with a new first key, there or at another address. Five mails in 24 hours to one"
            " receiver, the first invitation among them; then RATE_LIMITED, with retryAfter in seconds."
        )
    )
    @staticmethod
    async def renew_invitation(info: Info, input: RenewInvitationInput) -> RenewInvitationPayload:  # noqa: A002
        context = info.context

        async def work() -> Any:
            viewer, now = context.signed_in(), context.authority.clock()
            renewed = await renew_invitation(
                context.database,
                viewer,
                text_of(input.receiver_tax_id, 40, "receiverTaxId"),
                email=mailbox_of(input.email, "email"),
                language=input.language,
                secret=context.secret,
                now=now,
            )
            return await read_invitation(context.database, viewer, renewed, now)

        row, errors = await attempt(info, work)
        return RenewInvitationPayload(invitation=cast("Invitation | None", row), errors=errors)

    @strawberry.field(
        description=(
            "Sign up as a receiver that was invited, with both keys; needs no credentials. The party, its first"
            " administrator and what waited for it come about at once. Whatever of tax id and keys is wrong, the answer"
            " is the same. Five attempts for a tax id, then a pause of a quarter of an hour (RATE_LIMITED)."
        )
    )
    @staticmethod
    async def accept_invitation(info: Info, input: AcceptInvitationInput) -> AcceptInvitationPayload:  # noqa: A002
        context = info.context
        try:
            given = _acceptance(input)
            accepted = await accept_invitation(context.database, context.authority, given, context.address)
        except Refusal as refusal:
            return _not_accepted(await user_errors(refusal, info))
        tokens = await context.authority.open_session(accepted.user_id)
        return AcceptInvitationPayload(
            access_token=tokens.access,
            refresh_token=tokens.refresh,
            expires_at=cast("DateTime", tokens.expires_at),
            viewer=viewer_of(tokens.viewer),
            registered_invoices=accepted.invoices,
            errors=[],
        )


async def _made(info: Info, work: Any) -> ReceiverKeyPayload:
    made: MadeKey | None
    made, errors = await attempt(info, work)
    if made is None:
        return ReceiverKeyPayload(secret=None, receiver_key=None, errors=errors)
    context = info.context
    row = await read_receiver_key(context.database, context.signed_in(), made.key, context.authority.clock())
    return ReceiverKeyPayload(secret=made.secret, receiver_key=cast("ReceiverKey", row), errors=[])


def _acceptance(given: AcceptInvitationInput) -> Acceptance:
    password = password_of(given.password, "password")
    email = needed_mailbox(given.email, "email")
    return Acceptance(
        tax_id=given.tax_id,
        key_one=given.key_one,
        key_two=given.key_two,
        name=name_of(given.name, MAX_NAME, "name"),
        kind=given.kind,
        email=email,
        user_name=name_of(given.user_name, MAX_NAME, "userName"),
        password=password,
        language=given.language,
        notices=given.notices_of_new_invoices,
    )


def _not_accepted(errors: list[UserError]) -> AcceptInvitationPayload:
    return AcceptInvitationPayload(
        access_token=None, refresh_token=None, expires_at=None, viewer=None, registered_invoices=0, errors=errors
    )
