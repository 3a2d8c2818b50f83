"""API tokens: what programs come in with."""

from __future__ import annotations

from typing import cast

import strawberry

from ...models.domain.errors import Forbidden, Required
from ...models.identifiers import key_of
from ...models.people.tokens import MadeToken, NewToken, TokenRow, create_token, read_token, read_tokens, revoke_token
from ..changing import attempt, name_of
from ..context import Context, Info
from ..enums import Scope
from ..errors import UserError
from ..listing import Connection, page_of, stretch
from ..scalars import DateTime

MAX_NAME = 255


@strawberry.type(description="A token that a program acts as a person with. What opens is shown once, when it is made.")
class ApiToken:
    """Resolved from ``TokenRow``."""

    id: strawberry.ID = strawberry.field(description="Opaque and stable; for revokeApiToken.")
    name: str = strawberry.field(description="What it is for, in its maker's words.")
    scopes: list[Scope] = strawberry.field(description="What of the person's rights it gives, by name.")
    user_name: str = strawberry.field(description="Whom the program acts as; history names him or her.")
    user_email: str = strawberry.field(description="The address that this person signs in with.")
    created_at: DateTime = strawberry.field(description="When it was made.")
    expires_at: DateTime | None = strawberry.field(description="When it ends by itself; null: it does not.")
    last_used_at: DateTime | None = strawberry.field(
        description="When it was last shown, to the minute and known within one; null: never so far."
    )
    revoked_at: DateTime | None = strawberry.field(description="When it was revoked; null: it was not.")


@strawberry.input(description="A token to make.")
class CreateApiTokenInput:
    """Of ``createApiToken``."""

    name: str = strawberry.field(description="What it is for, 1 to 255 characters: the program and the machine, say.")
    scopes: list[Scope] = strawberry.field(
        description="What it may do, at least one. A token makes none that may do what it may not itself."
    )
    expires_at: DateTime | None = strawberry.field(
        description="When it is to end; null: when it is revoked, or with the token that makes it.", default=None
    )


@strawberry.input(description="A token to end.")
class RevokeApiTokenInput:
    """Of ``revokeApiToken``."""

    token_id: strawberry.ID = strawberry.field(description="Global id of the token.")


@strawberry.type(description="The new token; or why there is none.")
class CreateApiTokenPayload:
    """Of ``createApiToken``."""

    token: str | None = strawberry.field(description="For `Authorization: Bearer …`. Shown this once and kept nowhere.")
    api_token: ApiToken | None = strawberry.field(description="What is known of it from now on.")
    errors: list[UserError] = strawberry.field(description="INVALID, REQUIRED or FORBIDDEN, or empty.")


@strawberry.type(description="The token that is good no more.")
class RevokeApiTokenPayload:
    """Of ``revokeApiToken``."""

    api_token: ApiToken | None = strawberry.field(description="The token; null where it was refused.")
    errors: list[UserError] = strawberry.field(description="NOT_FOUND, or empty.")


@strawberry.type
class TokenQueries:
    """What tokens there are."""

    @strawberry.field(
        description=(
            "Your API tokens, and an administrator's whole party's: the newest first, revoked ones too."
            " first is 1 to 100."
        )
    )
    @staticmethod
    async def api_tokens(info: Info, first: int = 50, after: str | None = None) -> Connection[ApiToken]:
        wanted = stretch(first, after)
        context = info.context
        rows = await read_tokens(context.database, context.signed_in(), before=wanted.after, limit=wanted.size + 1)
        return page_of(rows, wanted)


@strawberry.type
class TokenMutations:
    """Making and ending them."""

    @strawberry.field(
        description=(
            "A token for a program that acts as you: it may do what its scopes and your roles both allow. At most 50"
            " are good at once."
        )
    )
    @staticmethod
    async def create_api_token(info: Info, input: CreateApiTokenInput) -> CreateApiTokenPayload:  # noqa: A002
        context = info.context

        async def work() -> tuple[MadeToken, TokenRow | None]:
            viewer, now = context.signed_in(), context.authority.clock()
            made = await create_token(context.database, viewer.user_id, _wanted(context, input), now)
            return made, await read_token(context.database, viewer, made.key)

        done, errors = await attempt(info, work)
        made, row = done or (None, None)
        return CreateApiTokenPayload(
            token=None if made is None else made.token, api_token=cast("ApiToken | None", row), errors=errors
        )

    @strawberry.field(
        description="End a token: what shows it is refused at once, and its open sockets close within five seconds."
    )
    @staticmethod
    async def revoke_api_token(info: Info, input: RevokeApiTokenInput) -> RevokeApiTokenPayload:  # noqa: A002
        context = info.context

        async def work() -> TokenRow:
            key, now = key_of("ApiToken", input.token_id), context.authority.clock()
            return await revoke_token(context.database, context.signed_in(), key, now)

        row, errors = await attempt(info, work)
        return RevokeApiTokenPayload(api_token=cast("ApiToken | None", row), errors=errors)


def _wanted(context: Context, given: CreateApiTokenInput) -> NewToken:
    name, scopes = name_of(given.name, MAX_NAME, "name"), frozenset(given.scopes)
    if not scopes:
        raise Required("A token without scopes could do nothing.", path=("input", "scopes"))
    if scopes - context.scopes:
        raise Forbidden("Your own token may not do all of this.", path=("input", "scopes"))
    return NewToken(name=name, scopes=scopes, expires_at=_end(context, given))


def _end(context: Context, given: CreateApiTokenInput) -> DateTime | None:
    """When it ends. A token that ends makes none that outlives it; a session's end is no matter."""
    viewer, own = context.signed_in(), context.expires_at
    if viewer.session_id is not None or own is None:
        return given.expires_at
    if given.expires_at is not None and given.expires_at > own:
        raise Forbidden("A token makes none that outlives it.", path=("input", "expiresAt"))
    return given.expires_at or cast("DateTime", own)
