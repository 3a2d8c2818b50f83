"""Setting up who is mailed about what; sending a mail again."""

from __future__ import annotations

from typing import cast

import strawberry

from ...models.identifiers import key_of
from ...models.notices.addresses import remove_address, save_address
from ...models.notices.log import read_mails_by_key, resend
from ..changing import attempt, needed_mailbox
from ..context import Info
from ..enums import Language
from ..errors import UserError
from ..selecting import fields_of
from .enums import NoticeEvent, NoticeTiming
from .queries import attach_invoices
from .types import NoticeAddress, Notification


@strawberry.input(description="An address, and what it is mailed about.")
class SaveNoticeAddressInput:
    """Of ``saveNoticeAddress``."""

    address: str = strawberry.field(description="E-mail address, at most 512 characters.")
    language: Language = strawberry.field(description="The language that its mails are written in.")
    events: list[NoticeEvent] = strawberry.field(
        description="What it is mailed about, in place of what it was; an empty list for nothing."
    )
    timing: NoticeTiming = strawberry.field(description="At once or in a daily digest.", default=NoticeTiming.AT_ONCE)


@strawberry.input(description="An address that is to be mailed no more.")
class RemoveNoticeAddressInput:
    """Of ``removeNoticeAddress``."""

    id: strawberry.ID = strawberry.field(description="Id of the address, from noticeAddresses.")


@strawberry.input(description="A notification that is to be sent again.")
class ResendNotificationInput:
    """Of ``resendNotification``."""

    id: strawberry.ID = strawberry.field(description="Id of the notification.")


@strawberry.type(description="The address as it is set up now.")
class SaveNoticeAddressPayload:
    """Of ``saveNoticeAddress``."""

    address: NoticeAddress | None = strawberry.field(description="The address; null where it was refused.")
    errors: list[UserError] = strawberry.field(description="INVALID or FORBIDDEN, or empty.")


@strawberry.type(description="The address is mailed no more.")
class RemoveNoticeAddressPayload:
    """Of ``removeNoticeAddress``."""

    errors: list[UserError] = strawberry.field(description="NOT_FOUND or FORBIDDEN, or empty.")


@strawberry.type(description="What is sent now.")
class ResendNotificationPayload:
    """Of ``resendNotification``."""

    notification: Notification | None = strawberry.field(
        description="A new notification with the same words; the same one where it was still waiting; null if refused."
    )
    errors: list[UserError] = strawberry.field(
        description="NOT_FOUND, or INVALID where it was sent too often; or empty."
    )


@strawberry.type
class NoticeMutations:
    """Addresses are an administrator's; sending again is anybody's of the party."""

    @strawberry.field(
        description="Have an address mailed about these events, or change what it is mailed about. Admin. At most 50"
        " addresses. States of the legal minimum always go to the address that the issuer gave with the invoice."
    )
    @staticmethod
    async def save_notice_address(info: Info, input: SaveNoticeAddressInput) -> SaveNoticeAddressPayload:  # noqa: A002
        context = info.context

        async def work() -> object:
            return await save_address(
                context.database,
                context.signed_in(),
                needed_mailbox(input.address, "address"),
                input.language,
                input.timing,
                input.events,
            )

        row, errors = await attempt(info, work)
        return SaveNoticeAddressPayload(address=cast("NoticeAddress | None", row), errors=errors)

    @strawberry.field(description="Have an address mailed no more. Admin.")
    @staticmethod
    async def remove_notice_address(info: Info, input: RemoveNoticeAddressInput) -> RemoveNoticeAddressPayload:  # noqa: A002
        context = info.context

        async def work() -> None:
            await remove_address(context.database, context.signed_in(), key_of("NoticeAddress", input.id))

        _, errors = await attempt(info, work)
        return RemoveNoticeAddressPayload(errors=errors)

    @strawberry.field(
        description="Send a notification again: as a new mail where it was sent or has failed, at most five times an"
        " hour; one that still waits is tried now."
    )
    @staticmethod
    async def resend_notification(info: Info, input: ResendNotificationInput) -> ResendNotificationPayload:  # noqa: A002
        context = info.context

        async def work() -> str:
            return await resend(context.database, context.signed_in(), key_of("Notification", input.id))

        key, errors = await attempt(info, work)
        row = None
        if key is not None:
            row = (await read_mails_by_key(context.database, context.signed_in(), [key]))[key]
            await attach_invoices(info, [row], list(fields_of(info).get("notification", ())))
        return ResendNotificationPayload(notification=cast("Notification | None", row), errors=errors)
