"""The database itself refuses to alter or remove history and the documents that came in (domain.md, "History")."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps

APPEND_ONLY = ("status_change", "invoice_document")

_SQLITE = """
CREATE TRIGGER {table}_never_{done} BEFORE {event} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""

_POSTGRES_FUNCTION = """
CREATE FUNCTION refuse_alteration() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$;
"""

_POSTGRES = """
CREATE TRIGGER {table}_never_altered BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_alteration();
"""


async def forward(_: StateApps, editor: BaseSchemaEditor) -> None:
    if editor.DIALECT == "postgres":
        await editor.client.execute_query(_POSTGRES_FUNCTION)
    for table in APPEND_ONLY:
        if editor.DIALECT == "postgres":
            await editor.client.execute_query(_POSTGRES.format(table=table))
        else:
            await editor.client.execute_query(_SQLITE.format(table=table, done="altered", event="UPDATE"))
            await editor.client.execute_query(_SQLITE.format(table=table, done="removed", event="DELETE"))


async def backward(_: StateApps, editor: BaseSchemaEditor) -> None:
    for table in APPEND_ONLY:
        if editor.DIALECT == "postgres":
            await editor.client.execute_query(f"DROP TRIGGER {table}_never_altered ON {table}")
        else:
            await editor.client.execute_query(f"DROP TRIGGER {table}_never_altered")
            await editor.client.execute_query(f"DROP TRIGGER {table}_never_removed")
    if editor.DIALECT == "postgres":
        await editor.client.execute_query("DROP FUNCTION refuse_alteration()")


class Migration(migrations.Migration):
    """Triggers, in the words of each database."""

    dependencies = [("models", "0001_initial")]  # noqa: RUF012 - Tortoise reads a list

    operations = [ops.RunPython(forward, backward)]  # noqa: RUF012
