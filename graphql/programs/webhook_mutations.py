"""Making, changing, testing and ending webhooks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

import strawberry

from ...models.domain.errors import Required
from ...models.domain.targets import target_of
from ...models.domain.webhooks import WebhookEvent as DomainEvent
from ...models.identifiers import key_of
from ...models.webhooks.deliveries import read_delivery, redeliver
from ...models.webhooks.managing import (
    WebhookChange,
    WebhookRow,
    change_webhook,
    create_webhook,
    delete_webhook,
    rotate_secret,
    send_test,
)
from ..changing import attempt
from ..context import Info
from ..errors import UserError
from .webhook_enums import WebhookEvent
from .webhooks import Webhook, WebhookDelivery

_ID = "Global id of the webhook."


@strawberry.input(description="A webhook to make.")
class CreateWebhookInput:
    """Of ``createWebhook``."""

    url: str = strawberry.field(
        description="An https:// URL that anybody could reach, at most 2,000 characters; no address inside a network."
    )
    events: list[WebhookEvent] | None = strawberry.field(
        description="What to be told of; null: everything.", default=None
    )


@strawberry.input(description="What is to be different about a webhook; what is absent or null stays.")
class UpdateWebhookInput:
    """Of ``updateWebhook``."""

    webhook_id: strawberry.ID = strawberry.field(description=_ID)
    url: str | None = strawberry.field(description="Where to send from now on, what waits too.", default=None)
    events: list[WebhookEvent] | None = strawberry.field(description="What to be told of from now on.", default=None)
    every_event: bool | None = strawberry.field(
        description="True: to be told of everything, also what later versions know. Not together with events.",
        default=None,
    )
    enabled: bool | None = strawberry.field(
        description="True: send again, and what was missed of the last seven days. False: send nothing more.",
        default=None,
    )


@strawberry.input(description="One of your webhooks.")
class WebhookInput:
    """Of ``rotateWebhookSecret``, ``deleteWebhook`` and ``testWebhook``."""

    webhook_id: strawberry.ID = strawberry.field(description=_ID)


@strawberry.input(description="A delivery to make again.")
class RedeliverInput:
    """Of ``redeliver``."""

    delivery_id: strawberry.ID = strawberry.field(description="Global id of the delivery.")


@strawberry.type(description="The webhook; or why nothing was done.")
class WebhookPayload:
    """Of what changes a webhook."""

    webhook: Webhook | None = strawberry.field(description="As it is now; null where it was refused or deleted.")
    errors: list[UserError] = strawberry.field(description="INVALID, NOT_FOUND or FORBIDDEN, or empty.")


@strawberry.type(description="The webhook and its new signing secret; or why there is none.")
class WebhookSecretPayload:
    """Of what makes a secret."""

    webhook: Webhook | None = strawberry.field(description="As it is now; null where it was refused.")
    secret: str | None = strawberry.field(
        description="whsec_… for a Standard Webhooks library to verify requests with. Shown this once."
    )
    errors: list[UserError] = strawberry.field(description="INVALID, NOT_FOUND or FORBIDDEN, or empty.")


@strawberry.type(description="A delivery that has been queued; or why it was not.")
class WebhookDeliveryPayload:
    """Of what sends."""

    delivery: WebhookDelivery | None = strawberry.field(description="As it stands; ask `webhooks` how it went.")
    errors: list[UserError] = strawberry.field(description="INVALID, NOT_FOUND or FORBIDDEN, or empty.")


@strawberry.type
class WebhookMutations:
    """For administrators."""

    @strawberry.field(
        description=(
            "Have your party's changes told to a URL. Requests are signed by the Standard Webhooks rules, sent at least"
            " once, and tried again for about a day. At most 20 a party. Admin."
        )
    )
    @staticmethod
    async def create_webhook(info: Info, input: CreateWebhookInput) -> WebhookSecretPayload:  # noqa: A002
        context = info.context

        async def work() -> tuple[WebhookRow, str]:
            target_of(input.url, context.webhook_networks, "input", "url")
            events, now = _events(input.events), context.authority.clock()
            viewer = context.signed_in()
            return await create_webhook(context.database, viewer, input.url, events, context.secret, now)

        return await _with_secret(info, work)

    @strawberry.field(description="Change where, of what and whether a webhook is told. Admin.")
    @staticmethod
    async def update_webhook(info: Info, input: UpdateWebhookInput) -> WebhookPayload:  # noqa: A002
        context = info.context

        async def work() -> WebhookRow:
            if input.url is not None:
                target_of(input.url, context.webhook_networks, "input", "url")
            every = bool(input.every_event)
            events = None if every else _events(input.events)
            wanted = WebhookChange(url=input.url, events=events, every_event=every, enabled=input.enabled)
            key, now = key_of("Webhook", input.webhook_id), context.authority.clock()
            return await change_webhook(context.database, context.signed_in(), key, wanted, now)

        row, errors = await attempt(info, work)
        return WebhookPayload(webhook=cast("Webhook | None", row), errors=errors)

    @strawberry.field(
        description="A new signing secret. For 24 hours requests are signed with the former one too. Admin."
    )
    @staticmethod
    async def rotate_webhook_secret(info: Info, input: WebhookInput) -> WebhookSecretPayload:  # noqa: A002
        context = info.context

        async def work() -> tuple[WebhookRow, str]:
            key, now = key_of("Webhook", input.webhook_id), context.authority.clock()
            return await rotate_secret(context.database, context.signed_in(), key, context.secret, now)

        return await _with_secret(info, work)

    @strawberry.field(description="End a webhook; what waits for it is never sent. Admin.")
    @staticmethod
    async def delete_webhook(info: Info, input: WebhookInput) -> WebhookPayload:  # noqa: A002
        context = info.context

        async def work() -> None:
            key, now = key_of("Webhook", input.webhook_id), context.authority.clock()
            await delete_webhook(context.database, context.signed_in(), key, now)

        _, errors = await attempt(info, work)
        return WebhookPayload(webhook=None, errors=errors)

    @strawberry.field(description="Send a webhook.test, as all else is sent: queued, signed, tried again. Admin.")
    @staticmethod
    async def test_webhook(info: Info, input: WebhookInput) -> WebhookDeliveryPayload:  # noqa: A002
        context = info.context

        async def work() -> str | None:
            key, now = key_of("Webhook", input.webhook_id), context.authority.clock()
            return await send_test(context.database, context.signed_in(), key, now)

        return await _delivery(info, work)

    @strawberry.field(description="Send a delivery again, or at once where it waits, under the same id. Admin.")
    @staticmethod
    async def redeliver(info: Info, input: RedeliverInput) -> WebhookDeliveryPayload:  # noqa: A002
        context = info.context
        key = key_of("WebhookDelivery", input.delivery_id)

        async def work() -> str | None:
            await redeliver(context.database, context.signed_in(), key, context.authority.clock())
            return key

        return await _delivery(info, work)


def _events(given: list[WebhookEvent] | None) -> tuple[DomainEvent, ...] | None:
    if given is not None and not given:
        raise Required("A webhook without events would hear nothing.", path=("input", "events"))
    return None if given is None else tuple(given)


async def _with_secret(info: Info, work: Callable[[], Awaitable[tuple[WebhookRow, str]]]) -> WebhookSecretPayload:
    done, errors = await attempt(info, work)
    row, secret = done or (None, None)
    return WebhookSecretPayload(webhook=cast("Webhook | None", row), secret=secret, errors=errors)


async def _delivery(info: Info, work: Callable[[], Awaitable[str | None]]) -> WebhookDeliveryPayload:
    key, errors = await attempt(info, work)
    row: Any = None
    if key is not None:
        row = await read_delivery(info.context.database, info.context.signed_in(), key)
    return WebhookDeliveryPayload(delivery=cast("WebhookDelivery | None", row), errors=errors)
