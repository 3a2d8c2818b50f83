"""How people come in: invitations to a party, links that give a new password, and the log of who did what to whom."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from .keys import id_key, party_key


class UserInvitation(Model):
    """A mail that invites a person to a party, and the hash of the key in its link. A newer one revokes it."""

    id = id_key()
    party = party_key("user_invitations")
    email = fields.CharField(max_length=512)
    name = fields.CharField(max_length=255)
    roles = fields.CharField(max_length=64)
    offices = fields.TextField(null=True)
    language = fields.CharField(max_length=2)
    key_hash = fields.CharField(max_length=64, unique=True)
    invited_by = fields.CharField(max_length=255)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "user_invitation"
        indexes = (Index(fields=("party_id", "id"), name="user_invitation_party"),)


class PasswordLink(Model):
    """The hash of the key in a link by which a person who forgot the password chooses another."""

    id = id_key()
    user: Any = fields.ForeignKeyField(
        "models.User", related_name="password_links", on_delete=fields.CASCADE, db_index=True
    )
    key_hash = fields.CharField(max_length=64, unique=True)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "password_link"


class UserEvent(Model):
    """What was done to a person of a party, as its administrators see it. Never altered, never removed."""

    id = fields.BigIntField(primary_key=True)
    party = party_key("user_events")
    kind = fields.CharField(max_length=24)
    email = fields.CharField(max_length=512)
    roles = fields.CharField(max_length=64, null=True)
    offices = fields.TextField(null=True)
    actor = fields.CharField(max_length=255)
    at = fields.DatetimeField()

    class Meta:
        table = "user_event"
        indexes = (Index(fields=("party_id", "id"), name="user_event_party"),)
