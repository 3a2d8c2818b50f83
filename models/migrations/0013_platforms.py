"""Other platforms: which there are, who lives there, what goes to them and came from them."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from tramesa.models.identifiers import new_id


class Migration(migrations.Migration):
    dependencies = [("models", "0012_notices")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Platform",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("name", fields.CharField(unique=True, max_length=100)),
                ("address", fields.CharField(unique=True, max_length=512)),
                ("kind", fields.CharField(default="TRAMESA", max_length=16)),
                ("keys", fields.TextField(unique=False)),
                ("source", fields.CharField(max_length=8)),
                ("active", fields.BooleanField(default=True)),
                ("told", fields.BigIntField(default=0)),
                ("taken", fields.CharField(null=True, max_length=255)),
                ("next_pull_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("last_heard_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("last_error", fields.TextField(null=True, unique=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "platform",
                "app": "models",
                "pk_attr": "id",
                "table_description": "Another platform. ``address`` is what its tokens are issued by, ``kind`` names the adapter that speaks with it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DirectoryEntry",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("tax_id", fields.CharField(max_length=30)),
                (
                    "platform",
                    fields.ForeignKeyField(
                        "models.Platform",
                        source_field="platform_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="directory",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("source", fields.CharField(max_length=8)),
                ("lives", fields.BooleanField()),
                ("name", fields.CharField(null=True, max_length=255)),
                ("kind", fields.CharField(null=True, max_length=16)),
                ("asked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "directory_entry",
                "app": "models",
                "unique_together": (("tax_id", "platform_id"),),
                "pk_attr": "id",
                "table_description": "What is known of a tax id's life on a platform: ENTERED by an operator, or ASKED of the platform.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Exchange",
            fields=[
                (
                    "invoice",
                    fields.OneToOneField(
                        "models.Invoice",
                        source_field="invoice_id",
                        primary_key=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="exchange",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "platform",
                    fields.ForeignKeyField(
                        "models.Platform",
                        source_field="platform_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="exchanges",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("direction", fields.CharField(max_length=3)),
                ("state", fields.CharField(max_length=10)),
                ("remote_id", fields.CharField(null=True, max_length=255)),
                ("sha256", fields.CharField(max_length=64)),
                ("version", fields.IntField(default=1)),
                ("receipt", fields.TextField(null=True, unique=False)),
                ("sent_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("arrived_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "exchange",
                "app": "models",
                "unique_together": (("platform_id", "direction", "remote_id"),),
                "pk_attr": "invoice_id",
                "table_description": "An invoice that goes to another platform (OUT) or came from one (IN).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PlatformDelivery",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("kind", fields.CharField(max_length=16)),
                (
                    "platform",
                    fields.ForeignKeyField(
                        "models.Platform",
                        source_field="platform_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="deliveries",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "invoice",
                    fields.ForeignKeyField(
                        "models.Invoice",
                        source_field="invoice_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="platform_deliveries",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "change",
                    fields.ForeignKeyField(
                        "models.StatusChange",
                        source_field="change_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="platform_deliveries",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("position", fields.BigIntField(null=True)),
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
                "table": "platform_delivery",
                "app": "models",
                "unique_together": (("platform_id", "position"), ("change_id", "platform_id")),
                "indexes": [
                    Index(fields=["state", "next_attempt_at"], name="platform_delivery_due"),
                    Index(fields=["invoice_id", "created_at"], name="platform_delivery_invoice"),
                ],
                "pk_attr": "id",
                "table_description": "The outbox to other platforms. ``kind`` is INVOICE, or STATUS for a change that the origin must be told.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PlatformKey",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("place", fields.IntField(unique=True)),
                ("kid", fields.CharField(unique=True, max_length=64)),
                ("state", fields.CharField(max_length=8)),
                ("public", fields.TextField(unique=False)),
                ("sealed_key", fields.BinaryField()),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "platform_key",
                "app": "models",
                "pk_attr": "id",
                "table_description": "This server's own keys, which its tokens and receipts are signed with. ``state`` is NEXT, CURRENT or FORMER.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="UsedToken",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "platform",
                    fields.ForeignKeyField(
                        "models.Platform",
                        source_field="platform_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="used_tokens",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("jti", fields.CharField(max_length=64)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "used_token",
                "app": "models",
                "unique_together": (("platform_id", "jti"),),
                "indexes": [Index(fields=["expires_at"], name="used_token_expiry")],
                "pk_attr": "id",
                "table_description": "The ``jti`` of a platform's token that was shown, kept until the token has expired.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="StatusChange",
            name="remote_version",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="StatusChange",
            name="reported_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="StatusChange",
            name="unexpected",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Attachment",
            name="beside",
            field=fields.BooleanField(default=False, db_default=False),
        ),
    ]
