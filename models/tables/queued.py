"""What every outbox has: when a row is sent, who is sending it, and what became of it (``mail.queue``)."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from .keys import id_key


class Queued(Model):
    """A worker claims a row by ``claimed_until``, a row whose claim ran out was left by a worker that died.

    ``state`` is QUEUED, SENT or FAILED.
    """

    id = id_key()
    state = fields.CharField(max_length=8, default="QUEUED")
    attempts = fields.IntField(default=0)
    next_attempt_at = fields.DatetimeField()
    claimed_until = fields.DatetimeField(null=True)
    claimed_by = fields.CharField(max_length=64, null=True)
    last_code = fields.IntField(null=True)
    last_error = fields.TextField(null=True)
    request_id = fields.CharField(max_length=64, null=True)
    """The request that caused it, as the logs call it."""
    created_at = fields.DatetimeField()
    sent_at = fields.DatetimeField(null=True)

    class Meta:
        abstract = True
