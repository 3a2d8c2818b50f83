"""People and programs: how they come in and what they asked for."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from .keys import id_key, party_key


class User(Model):
    """A person who signs in, and what he or she may do for one party. ``roles`` are comma-joined, sorted."""

    id = id_key()
    email = fields.CharField(max_length=512, unique=True)
    name = fields.CharField(max_length=255)
    password_hash = fields.CharField(max_length=255, null=True)
    party = party_key("users")
    roles = fields.CharField(max_length=64)
    offices = fields.TextField(null=True)
    """JSON: the DIR3 codes whose invoices this person sees as receiver. NULL for all."""
    active = fields.BooleanField(default=True)
    created_at = fields.DatetimeField()
    last_sign_in_at = fields.DatetimeField(null=True)

    class Meta:
        table = "person"


class Session(Model):
    """One sign-in and everything that was refreshed from it: the family that a reused refresh token revokes."""

    id = id_key()
    user: Any = fields.ForeignKeyField("models.User", related_name="sessions", on_delete=fields.CASCADE, db_index=True)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "session"
        indexes = (Index(fields=("expires_at",), name="session_end"),)


class RefreshToken(Model):
    """A refresh token, by its SHA-256, each is good once."""

    hash = fields.CharField(max_length=64, primary_key=True)
    session: Any = fields.ForeignKeyField(
        "models.Session", related_name="refresh_tokens", on_delete=fields.CASCADE, db_index=True
    )
    created_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "refresh_token"


class ApiToken(Model):
    """A token for a program that acts as a user, by its SHA-256."""

    id = id_key()
    user: Any = fields.ForeignKeyField(
        "models.User", related_name="api_tokens", on_delete=fields.CASCADE, db_index=True
    )
    hash = fields.CharField(max_length=64, unique=True)
    name = fields.CharField(max_length=255)
    scopes = fields.TextField(null=True)
    """Comma-joined, sorted. NULL is all, those too that later versions have."""
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)
    last_used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "api_token"


class SignInAttempt(Model):
    """A failed or running attempt to sign in, ``subject`` is a hash of the address tried or of where it came from."""

    id = fields.BigIntField(primary_key=True)
    subject = fields.CharField(max_length=64)
    at = fields.DatetimeField()

    class Meta:
        table = "sign_in_attempt"
        indexes = (Index(fields=("subject", "at"), name="sign_in_attempt_subject"),)


class IdempotencyKey(Model):
    """What a caller's key stands for: the input it came with and what that brought about."""

    id = fields.BigIntField(primary_key=True)
    user: Any = fields.ForeignKeyField(
        "models.User", related_name="idempotency_keys", on_delete=fields.CASCADE, db_index=False
    )
    operation = fields.CharField(max_length=64)
    key = fields.CharField(max_length=255)
    input_hash = fields.CharField(max_length=64)
    invoice_id = fields.UUIDField()
    change_id = fields.UUIDField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "idempotency_key"
        unique_together = (("user_id", "operation", "key"),)
        indexes = (Index(fields=("created_at",), name="idempotency_key_age"),)
