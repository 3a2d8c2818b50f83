"""Receivers who are not here yet: whom they were invited by, the keys that let them in, and every step of it."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from .keys import id_key, party_key


class Invitation(Model):
    """A mail that invites a receiver, and the hash of key one in it. A newer one of the same three revokes it."""

    id = id_key()
    issuer = party_key("invitations_sent")
    receiver = party_key("invitations")
    email = fields.CharField(max_length=512)
    """Where it was sent to, in lower case. Key two must have been made for the same address."""
    language = fields.CharField(max_length=2)
    key_hash = fields.CharField(max_length=64, unique=True)
    invoice: Any = fields.ForeignKeyField(
        "models.Invoice", related_name="invitations", on_delete=fields.RESTRICT, db_index=False
    )
    """The invoice that the mail tells of."""
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "invitation"
        indexes = (
            Index(fields=("issuer_id", "id"), name="invitation_issuer"),
            Index(fields=("receiver_id", "id"), name="invitation_receiver"),
        )


class ReceiverKey(Model):
    """The hash of a key two that an issuer made for a receiver, bound to the address that was invited."""

    id = id_key()
    issuer = party_key("receiver_keys_made")
    receiver = party_key("receiver_keys")
    email = fields.CharField(max_length=512)
    key_hash = fields.CharField(max_length=64, unique=True)
    created_by = fields.CharField(max_length=255)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "receiver_key"
        indexes = (
            Index(fields=("issuer_id", "id"), name="receiver_key_issuer"),
            Index(fields=("receiver_id", "id"), name="receiver_key_receiver"),
        )


class InvitationEvent(Model):
    """A step on a receiver's way in, as one issuer sees it. Never altered, never removed."""

    id = fields.BigIntField(primary_key=True)
    issuer = party_key("invitation_events_seen")
    receiver = party_key("invitation_events")
    kind = fields.CharField(max_length=24)
    at = fields.DatetimeField()
    actor = fields.CharField(max_length=255, null=True)
    """Who did it. NULL where nobody knows, as with a key that was wrong."""
    email = fields.CharField(max_length=512, null=True)
    invoice_id = fields.UUIDField(null=True)

    class Meta:
        table = "invitation_event"
        indexes = (
            Index(fields=("issuer_id", "id"), name="invitation_event_issuer"),
            Index(fields=("issuer_id", "receiver_id", "id"), name="invitation_event_receiver"),
        )
