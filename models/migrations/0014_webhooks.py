"""Webhooks and their outbox."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from tramesa.models.identifiers import new_id


class Migration(migrations.Migration):
    dependencies = [("models", "0013_platforms")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Webhook",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "party",
                    fields.ForeignKeyField(
                        "models.Party",
                        source_field="party_id",
                        db_index=False,
                        db_constraint=True,
                        to_field="id",
                        related_name="webhooks",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("url", fields.TextField(unique=False)),
                ("events", fields.TextField(null=True, unique=False)),
                ("sealed_secret", fields.BinaryField()),
                ("sealed_former", fields.BinaryField(null=True)),
                ("former_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("state", fields.CharField(max_length=8)),
                ("disabled_why", fields.CharField(null=True, max_length=8)),
                ("disabled_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("failures", fields.IntField(default=0)),
                ("failing_since", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("paused_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("last_code", fields.IntField(null=True)),
                ("last_error", fields.TextField(null=True, unique=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "webhook",
                "app": "models",
                "indexes": [Index(fields=["party_id", "state"], name="webhook_party")],
                "pk_attr": "id",
                "table_description": "An address that a party's changes are told to. Secrets are sealed with the service's own.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("webhook_id", fields.UUIDField()),
                ("event", fields.CharField(max_length=48)),
                ("body", fields.TextField(unique=False)),
                ("state", fields.CharField(default="QUEUED", max_length=8)),
                ("attempts", fields.IntField(default=0)),
                ("next_attempt_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("claimed_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("claimed_by", fields.CharField(null=True, max_length=64)),
                ("last_code", fields.IntField(null=True)),
                ("last_error", fields.TextField(null=True, unique=False)),
                ("request_id", fields.CharField(null=True, max_length=64)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("sent_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "webhook_delivery",
                "app": "models",
                "indexes": [
                    Index(fields=["state", "next_attempt_at"], name="webhook_delivery_due"),
                    Index(fields=["webhook_id", "state", "next_attempt_at", "id"], name="webhook_delivery_webhook"),
                    Index(fields=["webhook_id", "id"], name="webhook_delivery_listed"),
                ],
                "pk_attr": "id",
                "table_description": "The outbox of webhooks. ``body`` is what is sent, byte for byte the same at every attempt.",
            },
            bases=["Model"],
        ),
    ]
