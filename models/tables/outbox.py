"""What waits to be sent."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from .keys import party_key
from .queued import Queued


class MailMessage(Queued):
    """The outbox. ``facts`` is JSON: what the template needs, as it was when the change happened.

    ``id`` makes the ``Message-ID``, so it stays the same however often it is tried.
    """

    kind = fields.CharField(max_length=32)
    party = party_key("mail")
    invoice: Any = fields.ForeignKeyField(
        "models.Invoice", related_name="mail", on_delete=fields.RESTRICT, db_index=False, null=True
    )
    change: Any = fields.ForeignKeyField(
        "models.StatusChange", related_name="mail", on_delete=fields.RESTRICT, db_index=False, null=True
    )
    recipient = fields.CharField(max_length=512)
    language = fields.CharField(max_length=2)
    facts = fields.TextField()
    notice_address_id = fields.UUIDField(null=True)
    """The address that wanted it, which can stop it. NULL where it must be sent, as the legal minimum."""
    resend_of_id = fields.UUIDField(null=True)
    """The mail that this one repeats."""

    class Meta:
        table = "mail_message"
        unique_together = (("change_id", "kind", "recipient"),)
        indexes = (
            Index(fields=("state", "next_attempt_at"), name="mail_message_due"),
            Index(fields=("party_id", "created_at"), name="mail_message_party"),
            Index(fields=("invoice_id",), name="mail_message_invoice"),
        )
