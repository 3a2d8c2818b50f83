"""Requests of cancellation travel to the platform of the receiver, and their answers come back."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from tramesa.models.identifiers import new_id


class Migration(migrations.Migration):
    dependencies = [("models", "0017_people")]

    initial = False

    operations = [
        ops.CreateModel(
            name="CancellationTravel",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "platform",
                    fields.ForeignKeyField(
                        "models.Platform",
                        source_field="platform_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="cancellations",
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
                        related_name="cancellation_travels",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("direction", fields.CharField(max_length=3)),
                ("key", fields.CharField(max_length=64)),
                ("state", fields.CharField(max_length=10)),
                ("withdrawn_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("withdrawn_by", fields.CharField(null=True, max_length=255)),
                ("withdrawn_user_id", fields.UUIDField(null=True)),
                ("answer_id", fields.UUIDField(null=True)),
                ("sent_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("arrived_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "cancellation_travel",
                "app": "models",
                "unique_together": (("platform_id", "direction", "key"),),
                "indexes": [
                    Index(fields=["invoice_id", "id"], name="cancellation_travel_invoice"),
                    Index(fields=["platform_id", "direction", "state", "id"], name="cancellation_travel_open"),
                ],
                "pk_attr": "id",
                "table_description": "A request of cancellation that goes to another platform (OUT) or came from one (IN).",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="CancellationEvent",
            name="reported_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="CancellationEvent",
            name="unexpected",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="PlatformDelivery",
            name="cancellation_id",
            field=fields.UUIDField(null=True),
        ),
        ops.AddIndex(
            model_name="PlatformDelivery",
            index=Index(fields=["platform_id", "state", "next_attempt_at", "id"], name="platform_delivery_platform"),
        ),
    ]
