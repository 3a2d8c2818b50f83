"""Invoices, what came with them and what became of them."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from ..domain.numbering import NUMBER_LENGTH
from .keys import id_key, party_key

# What is summed, averaged and grouped by: a dashboard reads the index of states alone.
_SUMMED = ("currency", "payable", "registered_on", "payment_date", "issue_date")
_OTHER = {"issuer": "receiver_id", "receiver": "issuer_id"}


class Invoice(Model):
    """An invoice and where it stands. ``duplicate_key`` is null once it is rejected or cancelled."""

    id = id_key()
    issuer = party_key("issued")
    receiver = party_key("received")
    number = fields.CharField(max_length=NUMBER_LENGTH)
    series = fields.CharField(max_length=NUMBER_LENGTH, null=True)
    document_type = fields.CharField(max_length=16)
    invoice_class = fields.CharField(max_length=24)
    issue_date = fields.DateField()
    currency = fields.CharField(max_length=3)
    gross = fields.BigIntField()
    discounts = fields.BigIntField()
    charges = fields.BigIntField()
    taxable = fields.BigIntField()
    taxes = fields.BigIntField()
    withheld = fields.BigIntField()
    total = fields.BigIntField()
    payable = fields.BigIntField()
    status = fields.CharField(max_length=20)
    status_changed_at = fields.DatetimeField()
    version = fields.IntField(default=1)
    registry_number = fields.CharField(max_length=64, null=True)
    registered_at = fields.DatetimeField(null=True)
    registered_on = fields.DateField(null=True)
    """The day of it in legal time, which databases without time zones cannot work out."""
    rcf_number = fields.CharField(max_length=64, null=True)
    rejection_reason = fields.TextField(null=True)
    payment_date = fields.DateField(null=True)
    due_date = fields.DateField(null=True)
    seen = fields.BooleanField(default=False)
    """Somebody of the receiver has opened it: what its issuer is told."""
    seen_by_all = fields.BooleanField(default=False, db_default=False)
    """Seen before that was kept for each person, so that it counts for everybody."""
    notify_email = fields.CharField(max_length=512, null=True)
    duplicate_key = fields.CharField(max_length=512, null=True, unique=True)
    number_key = fields.CharField(max_length=512)
    full_number_key = fields.CharField(max_length=512)
    created_at = fields.DatetimeField()

    class Meta:
        table = "invoice"
        unique_together = (("receiver_id", "registry_number"),)
        indexes = tuple(
            Index(fields=(f"{side}_id", *columns), name=f"invoice_{side}_{name}")
            for side in ("issuer", "receiver")
            for name, columns in (
                ("created", ("created_at", "id")),
                ("issued", ("issue_date", "id")),
                ("changed", ("status_changed_at", "id")),
                ("total", ("total", "id")),
                ("summed", ("status", "created_at", "id", *_SUMMED, _OTHER[side])),
                ("unseen", ("seen" if side == "issuer" else "seen_by_all", "created_at", "id")),
                ("party", (_OTHER[side], "created_at", "id")),
                ("number", ("number_key",)),
                ("full", ("full_number_key",)),
            )
        )
        # What a receiver's program has not fetched yet, the oldest registration first.
        indexes += (Index(fields=("receiver_id", "status", "registered_at", "id"), name="invoice_receiver_registered"),)


class InvoiceContent(Model):
    """What the document says beyond the invoice's own columns, as JSON texts (see ``models.reading.content``)."""

    invoice: Any = fields.OneToOneField(
        "models.Invoice", related_name="content", primary_key=True, on_delete=fields.RESTRICT
    )
    issuer = fields.TextField()
    receiver = fields.TextField()
    offices = fields.TextField()
    taxes = fields.TextField()
    lines = fields.TextField()
    payments = fields.TextField()
    corrects = fields.TextField(null=True)
    details = fields.TextField(null=True)
    findings = fields.TextField(null=True)
    """The warnings that it came in with. NULL, as details, where it came in before these were kept."""

    class Meta:
        table = "invoice_content"


class InvoiceDocument(Model):
    """The bytes as they came, never altered."""

    invoice: Any = fields.OneToOneField(
        "models.Invoice", related_name="document", primary_key=True, on_delete=fields.RESTRICT
    )
    format = fields.CharField(max_length=24)
    size = fields.IntField()
    sha256 = fields.CharField(max_length=64)
    signature = fields.CharField(max_length=16)
    signature_report = fields.TextField(null=True)
    """What the verification at entry found, as JSON. NULL where it came in before signatures were verified."""
    bytes = fields.BinaryField()

    class Meta:
        table = "invoice_document"


class Attachment(Model):
    """A file that came with an invoice, inside its document or beside it."""

    id = id_key()
    invoice: Any = fields.ForeignKeyField(
        "models.Invoice", related_name="attachments", on_delete=fields.RESTRICT, db_index=False
    )
    position = fields.IntField()
    name = fields.CharField(max_length=255)
    media_type = fields.CharField(max_length=128)
    description = fields.TextField(null=True)
    reference = fields.TextField(null=True)
    """The document's own identifier for the file (BT-122)."""
    size = fields.IntField()
    sha256 = fields.CharField(max_length=64)
    bytes = fields.BinaryField()
    beside = fields.BooleanField(default=False, db_default=False)
    """It came beside the document, not in it."""

    class Meta:
        table = "attachment"
        unique_together = (("invoice_id", "position"),)


class StatusChange(Model):
    """One step of an invoice's history, and its place in both parties' feeds. Never altered, never removed.

    ``version`` is the invoice's version after the step, so that no step is recorded twice.
    """

    id = id_key()
    invoice: Any = fields.ForeignKeyField(
        "models.Invoice", related_name="history", on_delete=fields.RESTRICT, db_index=False
    )
    version = fields.IntField()
    from_status = fields.CharField(max_length=20, null=True)
    to_status = fields.CharField(max_length=20)
    at = fields.DatetimeField()
    actor = fields.CharField(max_length=255)
    user_id = fields.UUIDField(null=True)
    automated = fields.BooleanField()
    registry_number = fields.CharField(max_length=64, null=True)
    rcf_number = fields.CharField(max_length=64, null=True)
    reason = fields.TextField(null=True)
    reason_code = fields.CharField(max_length=64, null=True)
    payment_date = fields.DateField(null=True)
    reported_at = fields.DatetimeField(null=True)
    """When it happened on another platform, as that says; NULL for what happened here."""
    remote_version = fields.IntField(null=True)
    """The version that the step has over there."""
    unexpected = fields.BooleanField(default=False, db_default=False)
    """Reported by another platform although the rules here would have refused it."""
    issuer = party_key("changes_as_issuer")
    issuer_position = fields.BigIntField()
    receiver = party_key("changes_as_receiver")
    receiver_position = fields.BigIntField()

    class Meta:
        table = "status_change"
        unique_together = (
            ("invoice_id", "version"),
            ("issuer_id", "issuer_position"),
            ("receiver_id", "receiver_position"),
        )
