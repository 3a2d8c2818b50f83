"""Webhooks by the Standard Webhooks rules: what is told, how it is signed, when it is tried again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from .states import InvoiceStatus

MAX_WEBHOOKS = 20
"""Of one party."""
SECRET_PREFIX = "whsec_"  # noqa: S105 - what secrets begin with
SECRET_BYTES = 32
GRACE = timedelta(hours=24)
"""For so long after a rotation requests are signed with the former secret too."""
FAILING = timedelta(hours=24)
"""A webhook that has only failed for so long is disabled."""
KEPT = timedelta(days=7)
"""What a disabled webhook missed is kept for so long, and sent when it is enabled again."""

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 36_000))
"""Between the attempts of one delivery; after the last it has failed. Together 27 hours and 35 minutes."""
TARGET_PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600))
"""After each failure in a row nothing is sent to the target for so long; the last holds for all further ones."""
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Until when a webhook that is off is not sent to."""


class WebhookState(StrEnum):
    """Whether a webhook is sent to."""

    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"
    DELETED = "DELETED"


class DisabledWhy(StrEnum):
    """Why a webhook is not sent to."""

    BY_HAND = "BY_HAND"
    FAILING = "FAILING"
    GONE = "GONE"


class WebhookEvent(StrEnum):
    """What a webhook can be told of; the values are the payloads' ``type``."""

    INVOICE_SENT = "invoice.sent"
    INVOICE_REGISTERED = "invoice.registered"
    INVOICE_DELIVERED = "invoice.delivered"
    INVOICE_REGISTERED_IN_RCF = "invoice.registered_in_rcf"
    INVOICE_RECEIVED = "invoice.received"
    INVOICE_CONFORMED = "invoice.conformed"
    INVOICE_RECOGNISED = "invoice.recognised"
    INVOICE_PAID = "invoice.paid"
    INVOICE_REJECTED = "invoice.rejected"
    INVOICE_CANCELLED = "invoice.cancelled"
    INVOICE_CANCELLATION_CHANGED = "invoice.cancellation_changed"
    WEBHOOK_TEST = "webhook.test"


def event_of(status: InvoiceStatus) -> WebhookEvent:
    """The event of an invoice's reaching a state."""
    return WebhookEvent[f"INVOICE_{status.name}"]


def events_text(events: Collection[WebhookEvent] | None) -> str | None:
    """Events as a column keeps them; None stands for all, those too that are yet to come."""
    return None if events is None else ",".join(sorted(events))


def events_of(text: str | None) -> tuple[WebhookEvent, ...] | None:
    """The events of a column."""
    known = {event.value for event in WebhookEvent}
    return None if text is None else tuple(WebhookEvent(name) for name in text.split(",") if name in known)


def new_secret() -> str:
    """A signing secret as its receiver keeps it."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, message_id: str, at: datetime, body: bytes) -> str:
    """``v1,…``: HMAC-SHA256 of id, Unix time and body."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = f"{message_id}.{int(at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers_of(secrets_: Collection[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers by which a receiver knows a request: one signature for each secret that is good."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signature(secret, message_id, at, body) for secret in secrets_),
    }


def pause_after(attempts: int, chance: float) -> timedelta | None:
    """How long a delivery waits after its ``attempts``-th attempt, up to a fifth longer by chance; None: no more."""
    if attempts > len(PAUSES):
        return None
    return PAUSES[attempts - 1] * (1 + chance / 5)


def target_pause(failures: int) -> timedelta:
    """How long a target is left alone after so many failures in a row."""
    return TARGET_PAUSES[min(failures, len(TARGET_PAUSES)) - 1]
