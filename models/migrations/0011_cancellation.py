"""Requests of cancellation with a history that the database guards, and what corrective invoices correct."""

from datetime import date

import orjson
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps

from tramesa.models.domain.numbering import full_number_key
from tramesa.models.identifiers import new_id

_SQLITE = """
CREATE TRIGGER cancellation_event_never_{done} BEFORE {event} ON cancellation_event
BEGIN SELECT RAISE(ABORT, 'cancellation_event is append-only'); END
"""

_POSTGRES = """
CREATE TRIGGER cancellation_event_never_altered BEFORE UPDATE OR DELETE OR TRUNCATE ON cancellation_event
FOR EACH STATEMENT EXECUTE FUNCTION refuse_alteration();
"""

_CORRECTIVE = """
SELECT i.id, i.issuer_id, d.corrects FROM invoice i JOIN invoice_content d ON d.invoice_id = i.id
WHERE d.corrects IS NOT NULL
"""


async def forward(_: StateApps, editor: BaseSchemaEditor) -> None:
    if editor.DIALECT == "postgres":
        await editor.client.execute_query(_POSTGRES)
    else:
        await editor.client.execute_query(_SQLITE.format(done="altered", event="UPDATE"))
        await editor.client.execute_query(_SQLITE.format(done="removed", event="DELETE"))
    await _note_corrections(editor)


async def _note_corrections(editor: BaseSchemaEditor) -> None:
    mark = "$" if editor.DIALECT == "postgres" else "?"
    places = ", ".join(f"{mark}{place}" for place in range(1, 7))
    _, rows = await editor.client.execute_query(_CORRECTIVE)
    for invoice_id, issuer_id, text in [tuple(row) for row in rows]:
        corrects = orjson.loads(text)
        number, series, day = (corrects.get(name) for name in ("number", "series", "issue_date"))
        if number:
            issue_date = None if day is None else date.fromisoformat(day)
            await editor.client.execute_query(
                "INSERT INTO correction (invoice_id, issuer_id, full_number_key, number, series, issue_date)"
                f" VALUES ({places})",
                [invoice_id, issuer_id, full_number_key(number, series), number, series, issue_date],
            )


async def backward(_: StateApps, editor: BaseSchemaEditor) -> None:
    if editor.DIALECT == "postgres":
        await editor.client.execute_query("DROP TRIGGER cancellation_event_never_altered ON cancellation_event")
    else:
        await editor.client.execute_query("DROP TRIGGER cancellation_event_never_altered")
        await editor.client.execute_query("DROP TRIGGER cancellation_event_never_removed")


class Migration(migrations.Migration):
    dependencies = [("models", "0010_attachment_reference")]

    initial = False

    operations = [
        ops.CreateModel(
            name="CancellationEvent",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "invoice",
                    fields.ForeignKeyField(
                        "models.Invoice",
                        source_field="invoice_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="cancellation_events",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("place", fields.IntField()),
                ("act", fields.CharField(max_length=16)),
                ("state", fields.CharField(max_length=16)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("actor", fields.CharField(max_length=255)),
                ("user_id", fields.UUIDField(null=True)),
                ("automated", fields.BooleanField()),
                ("text", fields.TextField(null=True, unique=False)),
                (
                    "issuer",
                    fields.ForeignKeyField(
                        "models.Party",
                        source_field="issuer_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="cancellation_events_as_issuer",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("issuer_position", fields.BigIntField()),
                (
                    "receiver",
                    fields.ForeignKeyField(
                        "models.Party",
                        source_field="receiver_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="cancellation_events_as_receiver",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("receiver_position", fields.BigIntField()),
            ],
            options={
                "table": "cancellation_event",
                "app": "models",
                "unique_together": (
                    ("invoice_id", "place"),
                    ("issuer_id", "issuer_position"),
                    ("receiver_id", "receiver_position"),
                ),
                "pk_attr": "id",
                "table_description": "One row of a request's history, and its place in both parties' feeds of these. Never altered, never removed.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CancellationRequest",
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
                        related_name="cancellation",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("state", fields.CharField(max_length=16)),
                ("acts", fields.IntField()),
                ("reason", fields.TextField(unique=False)),
                ("comment", fields.TextField(null=True, unique=False)),
                ("requested_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("answered_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "issuer",
                    fields.ForeignKeyField(
                        "models.Party",
                        source_field="issuer_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="cancellations_as_issuer",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "receiver",
                    fields.ForeignKeyField(
                        "models.Party",
                        source_field="receiver_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="cancellations_as_receiver",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "cancellation_request",
                "app": "models",
                "indexes": (
                    Index(fields=["issuer_id", "state"], name="cancellation_request_issuer"),
                    Index(fields=["receiver_id", "state"], name="cancellation_request_receiver"),
                ),
                "pk_attr": "invoice_id",
                "table_description": "Where the issuer's wish to take an invoice back stands. No row where it never asked.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Correction",
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
                        related_name="correction",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "issuer",
                    fields.ForeignKeyField(
                        "models.Party",
                        source_field="issuer_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="corrections",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("full_number_key", fields.CharField(max_length=512)),
                ("number", fields.TextField(unique=False)),
                ("series", fields.TextField(null=True, unique=False)),
                ("issue_date", fields.DateField(null=True)),
            ],
            options={
                "table": "correction",
                "app": "models",
                "indexes": (Index(fields=["issuer_id", "full_number_key"], name="correction_corrected"),),
                "pk_attr": "invoice_id",
                "table_description": "What a corrective invoice says that it corrects: another of the same issuer, which may be here or not.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Feed",
            name="cancellation_position",
            field=fields.BigIntField(default=0, db_default=0),
        ),
        ops.RunPython(forward, backward),
    ]
