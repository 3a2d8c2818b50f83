"""Inviting people to one's party, and their joining it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

import strawberry

from ...models.domain.errors import Refusal
from ...models.identifiers import key_of
from ...models.people.administration import manager_of
from ...models.people.colleagues import codes_of
from ...models.people.joining import Joining, join
from ...models.people.parties import language_of
from ...models.people.user_invitations import (
    Invited,
    UserInvitationRow,
    invite_user,
    read_user_invitations,
    revoke_user_invitation,
)
from ..changing import attempt, needed_mailbox, optional_name
from ..context import Info
from ..enums import Language, UserRole
from ..errors import UserError
from ..listing import Connection, page_of, stretch
from ..scalars import DateTime
from .enums import KeyState
from .personal import MAX_NAME, password_of
from .sessions import SignInPayload, not_signed_in, signed_in


@strawberry.type(description="A mail that invites a person to your party, with a link that is good once.")
class UserInvitation:
    """Resolved from ``UserInvitationRow``."""

    id: strawberry.ID = strawberry.field(description="Opaque and stable; for revokeUserInvitation.")
    email: str = strawberry.field(description="Where it was sent, and what the person will sign in with.")
    name: str = strawberry.field(description="The name that it suggests; empty for none.")
    roles: list[UserRole] = strawberry.field(description="What the person will be able to do.")
    office_codes: list[str] | None = strawberry.field(
        description="The DIR3 codes that the person will be limited to; null for all."
    )
    language: Language = strawberry.field(description="Of the mail.")
    invited_by: str = strawberry.field(description="Who sent it.")
    state: KeyState = strawberry.field(description="Whether its link is good.")
    created_at: DateTime = strawberry.field(description="When it was written; it is sent a moment later.")
    expires_at: DateTime = strawberry.field(description="When its link ends, seven days later.")
    used_at: DateTime | None = strawberry.field(description="When the person joined with it.")
    revoked_at: DateTime | None = strawberry.field(description="When it was revoked, or a newer one took its place.")


def _field(description: str, **options: object) -> Any:
    return strawberry.field(description=description, **options)  # type: ignore[call-overload]


@strawberry.input(description="A person to invite to your party.")
class InviteUserInput:
    """Of ``inviteUser``."""

    email: str = _field("The address that the link is mailed to, and that he or she will sign in with.")
    roles: list[UserRole] = _field("At least one.")
    name: str | None = _field("At most 255 characters; he or she may give another.", default=None)
    office_codes: list[str] | None = _field(
        "At most 100 DIR3 codes of your offices to limit him or her to; null or an empty list for all.", default=None
    )
    language: Language | None = _field("Of the mail; your party's unless given.", default=None)


@strawberry.input(description="An invitation.")
class RevokeUserInvitationInput:
    """Of ``revokeUserInvitation``."""

    invitation_id: strawberry.ID = _field("Global id of the invitation.")


@strawberry.input(description="What a person joins a party with.")
class AcceptUserInvitationInput:
    """Of ``acceptUserInvitation``."""

    key: str = _field("The key from the link, what stands behind its #. Case, spaces and hyphens do not count.")
    password: str = _field("8 to 1,024 characters.")
    name: str | None = _field(
        "As history will show it, at most 255 characters; what the invitation says unless given.", default=None
    )


@strawberry.type(description="The invitation after the change; or what stood in its way.")
class UserInvitationPayload:
    """Of ``inviteUser`` and ``revokeUserInvitation``."""

    invitation: UserInvitation | None = strawberry.field(description="As it is now; null where it was refused.")
    errors: list[UserError] = strawberry.field(description="INVALID, REQUIRED, NOT_FOUND or FORBIDDEN, or empty.")


@strawberry.type
class UserInvitationQueries:
    """Reading."""

    @strawberry.field(
        description="Who was invited to your party, the newest first, with those who joined and what was revoked."
        " first is 1 to 100. Administrators only, others get FORBIDDEN."
    )
    @staticmethod
    async def user_invitations(info: Info, first: int = 50, after: str | None = None) -> Connection[UserInvitation]:
        wanted, context = stretch(first, after), info.context
        rows = await read_user_invitations(
            context.database,
            context.signed_in(),
            context.authority.clock(),
            before=wanted.after,
            limit=wanted.size + 1,
        )
        return page_of(rows, wanted)


@strawberry.type
class UserInvitationMutations:
    """Changing."""

    @strawberry.field(
        description="Invite a person to your party, by a mail with a link that is good once and for seven days; what"
        " invited the same address before opens nothing from then on, so this sends it again too. Whether somebody"
        " signs in with the address at another party is told to whoever opens the link alone. At most 100 a day"
        " (RATE_LIMITED). Admin."
    )
    @staticmethod
    async def invite_user(info: Info, input: InviteUserInput) -> UserInvitationPayload:  # noqa: A002
        context = info.context

        async def work() -> UserInvitationRow:
            manager = manager_of(context.signed_in())
            wanted = Invited(
                email=needed_mailbox(input.email, "email"),
                name=optional_name(input.name, MAX_NAME, "name") or "",
                roles=frozenset(input.roles),
                offices=codes_of(input.office_codes),
                language=input.language or await language_of(context.database, context.signed_in()),
            )
            return await invite_user(context.database, manager, wanted, context.secret, context.authority.clock())

        return await _changed(info, work)

    @strawberry.field(
        description="Let an invitation's link open nothing any more; one that has ended stays as it is. Admin."
    )
    @staticmethod
    async def revoke_user_invitation(info: Info, input: RevokeUserInvitationInput) -> UserInvitationPayload:  # noqa: A002
        context = info.context

        async def work() -> UserInvitationRow:
            manager, key = manager_of(context.signed_in()), key_of("UserInvitation", input.invitation_id)
            return await revoke_user_invitation(context.database, manager, key, context.authority.clock())

        return await _changed(info, work)

    @strawberry.field(
        description="Join the party that you were invited to, with the key in the link; needs no credentials. A key"
        " that is not good, was used or revoked, or has ended, is BAD_CREDENTIALS, always after the same time; INVALID"
        " where somebody signs in with the address already. Fifty attempts from a network address, then a pause of a"
        " quarter of an hour (RATE_LIMITED)."
    )
    @staticmethod
    async def accept_user_invitation(info: Info, input: AcceptUserInvitationInput) -> SignInPayload:  # noqa: A002
        context = info.context
        try:
            name, password = optional_name(input.name, MAX_NAME, "name"), password_of(input.password, "password")
            given = Joining(key=input.key, name=name, password=password)
            user_id = await join(context.database, context.authority, given, context.address)
            return signed_in(await context.authority.open_session(user_id))
        except Refusal as refusal:
            return await not_signed_in(refusal, info)


async def _changed(info: Info, work: Callable[[], Awaitable[UserInvitationRow]]) -> UserInvitationPayload:
    row, errors = await attempt(info, work)
    return UserInvitationPayload(invitation=cast("UserInvitation | None", row), errors=errors)
