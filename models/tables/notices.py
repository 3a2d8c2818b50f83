"""Who is mailed about what."""

from __future__ import annotations

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from .keys import id_key, party_key


class NoticeAddress(Model):
    """An address that a party has mailed, ``events`` is comma-joined and sorted.

    ``unsubscribed_at`` is set where the reader stopped the mails, until the party sets the address up anew.
    """

    id = id_key()
    party = party_key("notice_addresses")
    address = fields.CharField(max_length=512)
    language = fields.CharField(max_length=2)
    timing = fields.CharField(max_length=8)
    events = fields.TextField()
    unsubscribed_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "notice_address"
        unique_together = (("party_id", "address"),)


class DigestItem(Model):
    """Something that waits for its address's daily digest, ``facts`` as in ``mail_message``."""

    id = id_key()
    notice_address_id = fields.UUIDField()
    due_at = fields.DatetimeField()
    kind = fields.CharField(max_length=32)
    invoice_id = fields.UUIDField(null=True)
    facts = fields.TextField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "digest_item"
        indexes = (
            Index(fields=("notice_address_id", "due_at", "created_at"), name="digest_item_due"),
            Index(fields=("due_at",), name="digest_item_age"),
        )
