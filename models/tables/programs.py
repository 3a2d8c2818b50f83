"""What programs ask for: many changes at once, many documents at once."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from .keys import id_key


class BatchResult(Model):
    """What one change of a batch came to, under its caller's key. The outcome is JSON."""

    id = fields.BigIntField(primary_key=True)
    user: Any = fields.ForeignKeyField(
        "models.User", related_name="batch_results", on_delete=fields.CASCADE, db_index=False
    )
    key = fields.CharField(max_length=255)
    position = fields.IntField()
    input_hash = fields.CharField(max_length=64)
    outcome = fields.TextField()
    created_at = fields.DatetimeField(null=True)
    """NULL only while a migration fills it in."""

    class Meta:
        table = "batch_result"
        unique_together = (("user_id", "key", "position"),)
        indexes = (Index(fields=("created_at",), name="batch_result_age"),)


class DocumentArchive(Model):
    """Which documents somebody chose to download as one file. The keys of the invoices are a JSON list."""

    id = id_key()
    user: Any = fields.ForeignKeyField("models.User", related_name="archives", on_delete=fields.CASCADE, db_index=False)
    invoices = fields.TextField()
    attachments = fields.BooleanField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "document_archive"
        indexes = (Index(fields=("user_id", "created_at"), name="document_archive_user"),)
