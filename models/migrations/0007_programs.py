"""Batches of changes, archives of documents, and what a receiver's program has not fetched yet."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from tramesa.models.identifiers import new_id


class Migration(migrations.Migration):
    dependencies = [("models", "0006_onboarding")]

    initial = False

    operations = [
        ops.AddIndex(
            model_name="Invoice",
            index=Index(fields=["receiver_id", "status", "registered_at", "id"], name="invoice_receiver_registered"),
        ),
        ops.CreateModel(
            name="BatchResult",
            fields=[
                (
                    "id",
                    fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True),
                ),
                (
                    "user",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="user_id",
                        db_index=False,
                        db_constraint=True,
                        to_field="id",
                        related_name="batch_results",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("key", fields.CharField(max_length=255)),
                ("position", fields.IntField()),
                ("input_hash", fields.CharField(max_length=64)),
                ("outcome", fields.TextField(unique=False)),
            ],
            options={
                "table": "batch_result",
                "app": "models",
                "unique_together": (("user_id", "key", "position"),),
                "pk_attr": "id",
                "table_description": "What one change of a batch came to, under its caller's key. The outcome is JSON.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DocumentArchive",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "user",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="user_id",
                        db_index=False,
                        db_constraint=True,
                        to_field="id",
                        related_name="archives",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("invoices", fields.TextField(unique=False)),
                ("attachments", fields.BooleanField()),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "document_archive",
                "app": "models",
                "indexes": [Index(fields=["user_id", "created_at"], name="document_archive_user")],
                "pk_attr": "id",
                "table_description": "Which documents somebody chose to download as one file. The keys of the invoices are a JSON list.",
            },
            bases=["Model"],
        ),
    ]
