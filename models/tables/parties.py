"""Parties: who sends and receives, with whom, where their feeds and registers stand."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from .keys import id_key, party_key


class Party(Model):
    """Somebody who sends or receives invoices. ``tax_id`` is normalised, the address is JSON or null."""

    id = id_key()
    tax_id = fields.CharField(max_length=30, unique=True)
    name = fields.CharField(max_length=255)
    search_name = fields.CharField(max_length=512)
    kind = fields.CharField(max_length=16)
    registered = fields.BooleanField(default=True)
    manual_registration = fields.BooleanField(default=False)
    email = fields.CharField(max_length=512, null=True)
    language = fields.CharField(max_length=2, default="CA")
    address = fields.TextField(null=True)
    signature_required = fields.BooleanField(default=False, db_default=False)
    """Documents that it is sent must carry a trusted signature (rules HF04, HV01)."""
    offices = fields.TextField(null=True)
    """JSON: the DIR3 codes that invoices to it may name (rule RCF08001); NULL accepts all."""
    created_at = fields.DatetimeField()

    class Meta:
        table = "party"


class Counterparty(Model):
    """Who has ever traded with whom: finds parties by part of their name among those that a reader deals with."""

    id = fields.BigIntField(primary_key=True)
    owner = party_key("counterparties_owned")
    role = fields.CharField(max_length=8)
    party = party_key("counterparty_of")

    class Meta:
        table = "counterparty"
        unique_together = (("owner_id", "role", "party_id"),)


class Feed(Model):
    """The last position given in a party's feed of status changes, its row lock orders the changes."""

    id = fields.BigIntField(primary_key=True)
    party = party_key("feeds")
    role = fields.CharField(max_length=8)
    position = fields.BigIntField(default=0)
    cancellation_position = fields.BigIntField(default=0, db_default=0)
    """The same of its feed of cancellation events, under the same lock."""

    class Meta:
        table = "feed"
        unique_together = (("party_id", "role"),)


class RegistryCounter(Model):
    """The last registry number that the service gave for a receiver in a year."""

    id = fields.BigIntField(primary_key=True)
    party = party_key("registry_counters")
    year = fields.IntField()
    position = fields.BigIntField(default=0)

    class Meta:
        table = "registry_counter"
        unique_together = (("party_id", "year"),)


class Certificate(Model):
    """What composed invoices are signed with: a party's own certificate or, without a party, the service's.

    The key is sealed with the service's secret (``models.certificates``).
    """

    id = id_key()
    party: Any = fields.OneToOneField("models.Party", related_name="certificate", on_delete=fields.RESTRICT, null=True)
    subject = fields.TextField()
    tax_id = fields.CharField(max_length=30, null=True)
    serial = fields.CharField(max_length=64)
    not_before = fields.DatetimeField()
    not_after = fields.DatetimeField()
    fingerprint = fields.CharField(max_length=64)
    """SHA-256 of the certificate, 64 hexadecimal digits."""
    chain = fields.TextField()
    """PEM, the signing certificate first."""
    sealed_key = fields.BinaryField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "certificate"
