"""Signing in and out."""

from __future__ import annotations

import strawberry

from ...models.domain.errors import Refusal
from ...models.people.authority import Tokens
from ..context import Info
from ..entering.inputs import RefreshSessionInput, SignInInput
from ..errors import UserError, user_errors
from ..parties import Viewer, viewer_of
from ..scalars import DateTime


@strawberry.type(description="Tokens of a session; or why there are none.")
class SignInPayload:
    """Of whatever opens or goes on with a session."""

    access_token: str | None = strawberry.field(description="For `Authorization: Bearer …`; short-lived.")
    refresh_token: str | None = strawberry.field(description="Good once, for refreshSession; keep it safe.")
    expires_at: DateTime | None = strawberry.field(description="When the access token ends.")
    viewer: Viewer | None = strawberry.field(description="Who signed in.")
    errors: list[UserError] = strawberry.field(
        description="BAD_CREDENTIALS, or empty; where a password or a name is chosen, INVALID and REQUIRED too."
    )


@strawberry.type(description="The session is closed.")
class SignOutPayload:
    """Of ``signOut``."""

    errors: list[UserError] = strawberry.field(description="Always empty so far.")


def signed_in(tokens: Tokens) -> SignInPayload:
    """The tokens of a session."""
    return SignInPayload(
        access_token=tokens.access,
        refresh_token=tokens.refresh,
        expires_at=tokens.expires_at,  # type: ignore[arg-type]
        viewer=viewer_of(tokens.viewer),
        errors=[],
    )


async def not_signed_in(refusal: Refusal, info: Info) -> SignInPayload:
    """Why there is none."""
    errors = await user_errors(refusal, info)
    return SignInPayload(access_token=None, refresh_token=None, expires_at=None, viewer=None, errors=errors)


@strawberry.type
class SessionMutations:
    """Open, refresh and close a session."""

    @strawberry.field(
        description="Open a session. Wrong address and wrong password look the same; attempts are limited."
    )
    @staticmethod
    async def sign_in(info: Info, input: SignInInput) -> SignInPayload:  # noqa: A002 - the contract's name
        context = info.context
        try:
            return signed_in(await context.authority.sign_in(input.email, input.password, context.address))
        except Refusal as refusal:
            return await not_signed_in(refusal, info)

    @strawberry.field(description="Exchange a refresh token for new tokens. Using one twice closes the whole session.")
    @staticmethod
    async def refresh_session(info: Info, input: RefreshSessionInput) -> SignInPayload:  # noqa: A002
        try:
            return signed_in(await info.context.authority.refresh(input.refresh_token))
        except Refusal as refusal:
            return await not_signed_in(refusal, info)

    @strawberry.field(description="Close the viewer's session: its access and refresh tokens are good no more.")
    @staticmethod
    async def sign_out(info: Info) -> SignOutPayload:
        await info.context.authority.sign_out(info.context.signed_in())
        return SignOutPayload(errors=[])
