"""Offices, search texts and legal days of the invoices that are here; what was seen stays seen, for everybody."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps

from tramesa.models.backfilling import backfill


async def forward(_: StateApps, editor: BaseSchemaEditor) -> None:
    await backfill(editor.client, "postgres" if editor.DIALECT == "postgres" else "sqlite")


async def backward(_: StateApps, editor: BaseSchemaEditor) -> None:
    for statement in (
        "DELETE FROM invoice_office",
        "DELETE FROM invoice_text",
        "UPDATE invoice SET seen_by_all = false, registered_on = NULL",
    ):
        await editor.client.execute_query(statement)


class Migration(migrations.Migration):
    """Read row by row, since what is searched is in JSON texts."""

    dependencies = [("models", "0008_desk")]  # noqa: RUF012 - Tortoise reads a list

    operations = [ops.RunPython(forward, backward)]  # noqa: RUF012
