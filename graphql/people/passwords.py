"""Passwords: forgotten ones by a link, known ones changed."""

from __future__ import annotations

from typing import Any

import strawberry

from ...models.domain.errors import Refusal
from ...models.people.forgotten import change_password, request_reset, reset_password
from ..changing import MAX_EMAIL, attempt, text_of
from ..context import Info
from ..enums import Language
from ..errors import UserError, user_errors
from .personal import password_of
from .sessions import SignInPayload, not_signed_in, signed_in


def _field(description: str, **options: object) -> Any:
    return strawberry.field(description=description, **options)  # type: ignore[call-overload]


@strawberry.input(description="Who forgot the password.")
class RequestPasswordResetInput:
    """Of ``requestPasswordReset``."""

    email: str = _field("The address that he or she signs in with.")
    language: Language | None = _field("Of the mail; the party's unless given.", default=None)


@strawberry.input(description="Another password, in place of a forgotten one.")
class ResetPasswordInput:
    """Of ``resetPassword``."""

    key: str = _field("The key from the link, what stands behind its #. Case, spaces and hyphens do not count.")
    password: str = _field("8 to 1,024 characters.")


@strawberry.input(description="Another password, in place of a known one.")
class ChangePasswordInput:
    """Of ``changePassword``."""

    current_password: str = _field("The one that you sign in with.")
    password: str = _field("The new one: 8 to 1,024 characters.")


@strawberry.type(description="A mail is on its way, if anybody signs in with the address.")
class RequestPasswordResetPayload:
    """Of ``requestPasswordReset``: the same for every address."""

    errors: list[UserError] = strawberry.field(description="REQUIRED or INVALID where it is no text, or empty.")


@strawberry.type(description="The password is another; or why not.")
class ChangePasswordPayload:
    """Of ``changePassword``."""

    errors: list[UserError] = strawberry.field(description="BAD_CREDENTIALS, INVALID or FORBIDDEN, or empty.")


@strawberry.type
class PasswordMutations:
    """Each resolver reads its input; ``models`` decides and records."""

    @strawberry.field(
        description="Have a link mailed that lets a person choose another password; needs no credentials. Good once"
        " and for an hour; an earlier one is good no more. The answer is the same, after the same time, whether"
        " anybody signs in with the address or not. Five requests for an address, then a pause of a quarter of an"
        " hour (RATE_LIMITED); ten mails a day to one person."
    )
    @staticmethod
    async def request_password_reset(
        info: Info,
        input: RequestPasswordResetInput,  # noqa: A002
    ) -> RequestPasswordResetPayload:
        context = info.context
        try:
            email = text_of(input.email, MAX_EMAIL, "email")
        except Refusal as refusal:
            return RequestPasswordResetPayload(errors=await user_errors(refusal, info))
        await request_reset(context.database, context.authority, email, input.language, context.secret, context.address)
        return RequestPasswordResetPayload(errors=[])

    @strawberry.field(
        description="Choose another password with the key in the link, and sign in; needs no credentials. All earlier"
        " sessions are closed; API tokens stay. A key that is not good, was used or replaced, or has ended, is"
        " BAD_CREDENTIALS, always after the same time. Fifty attempts from a network address, then a pause of a"
        " quarter of an hour (RATE_LIMITED)."
    )
    @staticmethod
    async def reset_password(info: Info, input: ResetPasswordInput) -> SignInPayload:  # noqa: A002
        context = info.context
        try:
            password = password_of(input.password, "password")
            user_id = await reset_password(context.database, context.authority, input.key, password, context.address)
            return signed_in(await context.authority.open_session(user_id))
        except Refusal as refusal:
            return await not_signed_in(refusal, info)

    @strawberry.field(
        description="Change your own password. Your other sessions are closed, this one stays. Attempts are limited as"
        " those to sign in are. FORBIDDEN with an API token."
    )
    @staticmethod
    async def change_password(info: Info, input: ChangePasswordInput) -> ChangePasswordPayload:  # noqa: A002
        context = info.context

        async def work() -> None:
            password = password_of(input.password, "password")
            await change_password(
                context.database,
                context.authority,
                context.signed_in(),
                input.current_password,
                password,
                context.address,
            )

        _, errors = await attempt(info, work)
        return ChangePasswordPayload(errors=errors)
