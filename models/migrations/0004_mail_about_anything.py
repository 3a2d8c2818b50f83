"""A mail may be about something else than a step of an invoice's history."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps

# Altering a column makes SQLite's table anew, and Tortoise forgets what stood beside the columns.
_BESIDE = (
    'CREATE UNIQUE INDEX "mail_message_once" ON "mail_message" ("change_id", "kind", "recipient")',
    'CREATE INDEX "mail_message_due" ON "mail_message" ("state", "next_attempt_at")',
    'CREATE INDEX "mail_message_party" ON "mail_message" ("party_id", "created_at")',
    'CREATE INDEX "mail_message_invoice" ON "mail_message" ("invoice_id")',
)


async def forward(_: StateApps, editor: BaseSchemaEditor) -> None:
    if editor.DIALECT == "sqlite":
        for statement in _BESIDE:
            await editor.client.execute_query(statement)


async def backward(_: StateApps, editor: BaseSchemaEditor) -> None:
    """Going back makes the table anew as well."""


class Migration(migrations.Migration):
    dependencies = [("models", "0003_documents")]

    initial = False

    operations = [
        ops.AlterField(
            model_name="MailMessage",
            name="change",
            field=fields.ForeignKeyField(
                "models.StatusChange",
                source_field="change_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name="mail",
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AlterField(
            model_name="MailMessage",
            name="invoice",
            field=fields.ForeignKeyField(
                "models.Invoice",
                source_field="invoice_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name="mail",
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AlterField(
            model_name="MailMessage",
            name="kind",
            field=fields.CharField(max_length=32),
        ),
        ops.RunPython(forward, backward),
    ]
