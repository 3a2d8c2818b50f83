"""The enums of webhooks, each value explained."""

from __future__ import annotations

from enum import Enum

from ...models.domain.states import InvoiceStatus
from ...models.domain.webhooks import DisabledWhy, WebhookEvent, WebhookState
from ..enums import explain

__all__ = ["DeliveryState", "DisabledWhy", "WebhookEvent", "WebhookState"]


explain(
    WebhookEvent,
    "WebhookEvent",
    "What a webhook can be told of; the payload's `type` is the same in small letters, as invoice.paid.",
    {
        **{
            f"INVOICE_{status.name}": f"An invoice of your party, as issuer or receiver, has become {status.name}."
            for status in InvoiceStatus
        },
        "INVOICE_CANCELLATION_CHANGED": (
            "The cancellation of an invoice of your party, as issuer or receiver, was asked for, answered, withdrawn or"
            " overtaken: `act` and `cancellation` say what."
        ),
        "WEBHOOK_TEST": "testWebhook was asked for; sent whatever a webhook's events are.",
    },
)

explain(
    WebhookState,
    "WebhookState",
    "Whether a webhook is sent to.",
    {
        "ACTIVE": "It is told of changes.",
        "DISABLED": "It is not; what happens is kept for seven days and sent when it is enabled again.",
        "DELETED": "It is no more; never shown.",
    },
)

explain(
    DisabledWhy,
    "DisabledWhy",
    "Why a webhook is disabled.",
    {
        "BY_HAND": "An administrator disabled it.",
        "FAILING": "It has only failed for a day.",
        "GONE": "It answered with 410: it wants nothing more.",
    },
)


class DeliveryState(Enum):
    """How far a delivery has come."""

    QUEUED = "QUEUED"
    SENT = "SENT"
    FAILED = "FAILED"


explain(
    DeliveryState,
    "DeliveryState",
    "How far a delivery has come.",
    {
        "QUEUED": "It waits for its first or its next attempt.",
        "SENT": "The target answered with a 2xx status.",
        "FAILED": "It was given up; redeliver tries again.",
    },
)
