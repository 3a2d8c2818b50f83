"""Who is mailed about what: addresses of a party, each with its events. Those that were mailed go on being mailed."""

from datetime import UTC, datetime

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps

from tramesa.models.identifiers import new_id

_AS_ISSUER = (
    "CANCELLATION_REFUSED,CANCELLATION_REQUESTED,INVITATION_ACCEPTED,{incoming}STATE_CANCELLED,STATE_PAID,"
    "STATE_RECOGNISED,STATE_REGISTERED,STATE_REGISTERED_IN_RCF,STATE_REJECTED,WEBHOOK_DISABLED"
)


async def forward(_: StateApps, editor: BaseSchemaEditor) -> None:
    now = datetime.now(UTC)
    parties = (
        await editor.client.execute_query(
            "SELECT id, email, language, mail_incoming FROM party WHERE email IS NOT NULL"
        )
    )[1]
    mark = "?" if editor.DIALECT == "sqlite" else "$"
    places = ", ".join(f"{mark}{number}" for number in range(1, 8))
    for party in parties:
        events = _AS_ISSUER.format(incoming="NEW_INVOICE," if party["mail_incoming"] else "")
        values = [str(new_id()), str(party["id"]), party["email"], party["language"], "AT_ONCE", events, now]
        await editor.client.execute_query(
            "INSERT INTO notice_address (id, party_id, address, language, timing, events, created_at)"
            f" VALUES ({places})",
            values,
        )


async def backward(_: StateApps, __: BaseSchemaEditor) -> None:
    """The table goes, and with it what it holds."""


class Migration(migrations.Migration):
    dependencies = [("models", "0011_cancellation")]

    initial = False

    operations = [
        ops.CreateModel(
            name="DigestItem",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("notice_address_id", fields.UUIDField()),
                ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("kind", fields.CharField(max_length=32)),
                ("invoice_id", fields.UUIDField(null=True)),
                ("facts", fields.TextField(unique=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "digest_item",
                "app": "models",
                "indexes": [Index(fields=["notice_address_id", "due_at", "created_at"], name="digest_item_due")],
                "pk_attr": "id",
                "table_description": "Something that waits for its address's daily digest, ``facts`` as in ``mail_message``.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="NoticeAddress",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "party",
                    fields.ForeignKeyField(
                        "models.Party",
                        source_field="party_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="notice_addresses",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("address", fields.CharField(max_length=512)),
                ("language", fields.CharField(max_length=2)),
                ("timing", fields.CharField(max_length=8)),
                ("events", fields.TextField(unique=False)),
                ("unsubscribed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "notice_address",
                "app": "models",
                "unique_together": (("party_id", "address"),),
                "pk_attr": "id",
                "table_description": "An address that a party has mailed, ``events`` is comma-joined and sorted.",
            },
            bases=["Model"],
        ),
        ops.AddField(model_name="MailMessage", name="notice_address_id", field=fields.UUIDField(null=True)),
        ops.AddField(model_name="MailMessage", name="resend_of_id", field=fields.UUIDField(null=True)),
        ops.RunPython(forward, backward),
    ]
