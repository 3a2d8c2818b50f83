"""Webhooks: who is told of changes by HTTP, and how that goes."""

from __future__ import annotations

from typing import Any

import strawberry

from ...models.webhooks.deliveries import read_deliveries
from ...models.webhooks.managing import WebhookRow, read_webhooks
from ..context import Info
from ..listing import Connection, page_of, stretch
from ..scalars import DateTime
from .webhook_enums import DeliveryState, DisabledWhy, WebhookEvent, WebhookState


@strawberry.type(description="One event for one webhook, and how telling it goes.")
class WebhookDelivery:
    """Resolved from ``DeliveryRow``."""

    id: strawberry.ID = strawberry.field(description="Opaque and stable; for redeliver.")
    message_id: str = strawberry.field(description="The header `webhook-id`, the same at every attempt.")
    event: str = strawberry.field(description="The payload's `type`, such as invoice.paid.")
    state: DeliveryState = strawberry.field(description="Waiting, sent or given up.")
    attempts: int = strawberry.field(description="How often it was tried so far; enabling and redelivering begin anew.")
    body: str = strawberry.field(description="The JSON that is sent, byte for byte.")
    created_at: DateTime = strawberry.field(description="When it happened.")
    next_attempt_at: DateTime | None = strawberry.field(
        description="When it is tried next, the year 9999 while the webhook is disabled; null where it is not."
    )
    sent_at: DateTime | None = strawberry.field(description="When the target took it; null: not so far.")
    last_code: int | None = strawberry.field(description="HTTP status of the last failed attempt; null without answer.")
    last_error: str | None = strawberry.field(
        description="What went wrong at the last attempt; null where nothing did."
    )


@strawberry.type(description="An address that your party's changes are told to, by the Standard Webhooks rules.")
class Webhook:
    """Resolved from ``WebhookRow``."""

    id: strawberry.ID = strawberry.field(description="Opaque and stable.")
    url: str = strawberry.field(description="Where requests are sent.")
    events: list[WebhookEvent] | None = strawberry.field(
        description="What it is told of; null: everything, also what later versions know."
    )
    state: WebhookState = strawberry.field(description="Whether it is sent to.")
    disabled_why: DisabledWhy | None = strawberry.field(description="Why it is disabled; null where it is not.")
    disabled_at: DateTime | None = strawberry.field(description="Since when; null where it is not.")
    failing_since: DateTime | None = strawberry.field(
        description="The first of the failures in a row; after a day of them it is disabled. Null: the last one went."
    )
    paused_until: DateTime | None = strawberry.field(description="Until when it is left alone after a failure.")
    last_code: int | None = strawberry.field(description="HTTP status of the last failure; null without answer.")
    last_error: str | None = strawberry.field(description="What went wrong then; null where the last attempt went.")
    former_secret_until: DateTime | None = strawberry.field(
        description="Until when requests are signed with the former secret too; null: it was never rotated."
    )
    created_at: DateTime = strawberry.field(description="When it was made.")

    @strawberry.field(description="What it was told, the newest first; first is 1 to 100.")
    @staticmethod
    async def deliveries(
        root: strawberry.Parent[WebhookRow], info: Info, first: int = 20, after: str | None = None
    ) -> Connection[WebhookDelivery]:
        wanted = stretch(first, after)
        rows = await read_deliveries(info.context.database, root.key, before=wanted.after, limit=wanted.size + 1)
        return page_of(rows, wanted)


@strawberry.type
class WebhookQueries:
    """What webhooks there are."""

    @strawberry.field(
        description="Your party's webhooks, at most 20, the newest first; empty for who is no administrator.",
        graphql_type=list[Webhook],
    )
    @staticmethod
    async def webhooks(info: Info) -> Any:
        return await read_webhooks(info.context.database, info.context.signed_in())
