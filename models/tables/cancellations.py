"""Requests of cancellation and what became of them, and what corrective invoices correct."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from ..domain.numbering import KEY_LENGTH
from .keys import id_key, party_key


class CancellationRequest(Model):
    """Where the issuer's wish to take an invoice back stands. No row where it never asked.

    It is written under the locks of both parties' feeds, as the invoice's own state is.
    """

    invoice: Any = fields.OneToOneField(
        "models.Invoice", related_name="cancellation", primary_key=True, on_delete=fields.RESTRICT
    )
    state = fields.CharField(max_length=16)
    acts = fields.IntField()
    """How many rows its history has."""
    reason = fields.TextField()
    comment = fields.TextField(null=True)
    requested_at = fields.DatetimeField()
    answered_at = fields.DatetimeField(null=True)
    issuer = party_key("cancellations_as_issuer")
    receiver = party_key("cancellations_as_receiver")

    class Meta:
        table = "cancellation_request"
        indexes = (
            Index(fields=("issuer_id", "state"), name="cancellation_request_issuer"),
            Index(fields=("receiver_id", "state"), name="cancellation_request_receiver"),
        )


class CancellationEvent(Model):
    """One row of a request's history, and its place in both parties' feeds of these. Never altered, never removed."""

    id = id_key()
    invoice: Any = fields.ForeignKeyField(
        "models.Invoice", related_name="cancellation_events", on_delete=fields.RESTRICT, db_index=False
    )
    place = fields.IntField()
    act = fields.CharField(max_length=16)
    state = fields.CharField(max_length=16)
    at = fields.DatetimeField()
    actor = fields.CharField(max_length=255)
    user_id = fields.UUIDField(null=True)
    automated = fields.BooleanField()
    text = fields.TextField(null=True)
    """The issuer's reason or the receiver's comment."""
    reported_at = fields.DatetimeField(null=True)
    """When it happened on another platform, as that says. NULL where it happened here."""
    unexpected = fields.BooleanField(default=False, db_default=False)
    """Kept as another platform reports it, although it does not fit what is known here."""
    issuer = party_key("cancellation_events_as_issuer")
    issuer_position = fields.BigIntField()
    receiver = party_key("cancellation_events_as_receiver")
    receiver_position = fields.BigIntField()

    class Meta:
        table = "cancellation_event"
        unique_together = (
            ("invoice_id", "place"),
            ("issuer_id", "issuer_position"),
            ("receiver_id", "receiver_position"),
        )


class Correction(Model):
    """What a corrective invoice says that it corrects: another of the same issuer, which may be here or not."""

    invoice: Any = fields.OneToOneField(
        "models.Invoice", related_name="correction", primary_key=True, on_delete=fields.RESTRICT
    )
    issuer = party_key("corrections")
    full_number_key = fields.CharField(max_length=KEY_LENGTH)
    number = fields.TextField()
    series = fields.TextField(null=True)
    issue_date = fields.DateField(null=True)

    class Meta:
        table = "correction"
        indexes = (Index(fields=("issuer_id", "full_number_key"), name="correction_corrected"),)
