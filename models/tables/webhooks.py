"""Who is told of changes by HTTP, and what is told."""

from __future__ import annotations

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from .keys import id_key, party_key
from .queued import Queued


class Webhook(Model):
    """An address that a party's changes are told to. Secrets are sealed with the service's own."""

    # Its row is never removed: deliveries under way still find what became of it.

    id = id_key()
    party = party_key("webhooks")
    url = fields.TextField()
    events = fields.TextField(null=True)
    """Comma-joined. NULL is all, those too that later versions have."""
    sealed_secret = fields.BinaryField()
    sealed_former = fields.BinaryField(null=True)
    former_until = fields.DatetimeField(null=True)
    state = fields.CharField(max_length=8)
    disabled_why = fields.CharField(max_length=8, null=True)
    disabled_at = fields.DatetimeField(null=True)
    failures = fields.IntField(default=0)
    """In a row."""
    failing_since = fields.DatetimeField(null=True)
    paused_until = fields.DatetimeField(null=True)
    last_code = fields.IntField(null=True)
    last_error = fields.TextField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "webhook"
        indexes = (Index(fields=("party_id", "state"), name="webhook_party"),)


class WebhookDelivery(Queued):
    """The outbox of webhooks. ``body`` is what is sent, byte for byte the same at every attempt."""

    # No foreign key to the webhook: what is written in an invoice's own transaction waits for nobody.

    webhook_id = fields.UUIDField()
    event = fields.CharField(max_length=48)
    body = fields.TextField()

    class Meta:
        table = "webhook_delivery"
        indexes = (
            Index(fields=("state", "next_attempt_at"), name="webhook_delivery_due"),
            Index(fields=("webhook_id", "state", "next_attempt_at", "id"), name="webhook_delivery_webhook"),
            Index(fields=("webhook_id", "id"), name="webhook_delivery_listed"),
        )
