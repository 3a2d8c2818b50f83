"""The receiver's desk: what each person has seen, offices, the text that is searched, saved filters."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from .keys import id_key, party_key


def _invoice(name: str) -> Any:
    return fields.ForeignKeyField("models.Invoice", related_name=name, on_delete=fields.RESTRICT, db_index=False)


class InvoiceSeen(Model):
    """A person of the receiver has opened or downloaded an invoice."""

    id = fields.BigIntField(primary_key=True)
    user: Any = fields.ForeignKeyField(
        "models.User", related_name="seen_invoices", on_delete=fields.CASCADE, db_index=False
    )
    invoice = _invoice("seen_by")
    at = fields.DatetimeField()

    class Meta:
        table = "invoice_seen"
        unique_together = (("user_id", "invoice_id"),)


class InvoiceOffice(Model):
    """A DIR3 office that an invoice names, in one role. ``code`` is in capitals."""

    id = fields.BigIntField(primary_key=True)
    invoice = _invoice("named_offices")
    issuer = party_key("offices_as_issuer")
    receiver = party_key("offices_as_receiver")
    role = fields.CharField(max_length=24)
    code = fields.CharField(max_length=64)
    name = fields.CharField(max_length=255, null=True)
    """As the document calls it. NULL where it does not."""

    class Meta:
        table = "invoice_office"
        unique_together = (("invoice_id", "code", "role"),)
        indexes = tuple(
            Index(fields=(f"{side}_id", "code", "invoice_id"), name=f"invoice_office_{side}")
            for side in ("issuer", "receiver")
        )


class InvoiceText(Model):
    """What a search looks into, folded (``models.lists.searching``): the document's part stays, the other grows."""

    invoice: Any = fields.OneToOneField(
        "models.Invoice", related_name="text", primary_key=True, on_delete=fields.RESTRICT
    )
    issuer = party_key("texts_as_issuer")
    receiver = party_key("texts_as_receiver")
    document = fields.TextField()
    life = fields.TextField()

    class Meta:
        table = "invoice_text"
        indexes = tuple(
            Index(fields=(f"{side}_id", "invoice_id"), name=f"invoice_text_{side}") for side in ("issuer", "receiver")
        )


class SavedFilter(Model):
    """A filter that a person keeps under a name. ``definition`` is JSON with a version (``lists.saved_filters``)."""

    id = id_key()
    party = party_key("saved_filters")
    user: Any = fields.ForeignKeyField(
        "models.User", related_name="saved_filters", on_delete=fields.CASCADE, db_index=False
    )
    name = fields.CharField(max_length=80)
    name_key = fields.CharField(max_length=512)
    shared = fields.BooleanField(default=False)
    definition = fields.TextField()
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "saved_filter"
        unique_together = (("party_id", "user_id", "name_key"),)
