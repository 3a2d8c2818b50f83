"""A party's column that nothing has read since addresses have their own notices."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State


class DropColumn(ops.RemoveField):
    """Without making the table anew, which would lose its constraints on SQLite."""

    async def database_forward(
        self, app_label: str, old_state: State, new_state: State, state_editor: BaseSchemaEditor | None = None
    ) -> None:
        del app_label, old_state, new_state
        if state_editor is not None:
            await state_editor.client.execute_query("ALTER TABLE party DROP COLUMN mail_incoming")

    async def database_backward(
        self, app_label: str, old_state: State, new_state: State, state_editor: BaseSchemaEditor | None = None
    ) -> None:
        del app_label, old_state, new_state
        if state_editor is not None:
            kind, true = ("BOOL", "true") if state_editor.DIALECT == "postgres" else ("INT", "1")
            await state_editor.client.execute_query(
                f"ALTER TABLE party ADD COLUMN mail_incoming {kind} NOT NULL DEFAULT {true}"
            )


class Migration(migrations.Migration):
    dependencies = [("models", "0019_sums_by_index")]

    initial = False

    operations = [DropColumn(model_name="Party", name="mail_incoming")]
