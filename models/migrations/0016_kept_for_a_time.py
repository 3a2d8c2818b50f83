"""What keys stand for is removed after a while, so it has an age; what there is counts as new."""

from datetime import UTC, datetime

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps


async def forward(_: StateApps, editor: BaseSchemaEditor) -> None:
    place = "$1" if editor.DIALECT == "postgres" else "?"
    await editor.client.execute_query(f"UPDATE batch_result SET created_at = {place}", [datetime.now(UTC)])


async def backward(_: StateApps, __: BaseSchemaEditor) -> None:
    """The column goes."""


class Migration(migrations.Migration):
    dependencies = [("models", "0015_names_of_strangers")]

    initial = False

    operations = [
        ops.AddField(
            model_name="BatchResult",
            name="created_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.RunPython(forward, backward),
        ops.AddIndex(model_name="BatchResult", index=Index(fields=["created_at"], name="batch_result_age")),
        ops.AddIndex(model_name="IdempotencyKey", index=Index(fields=["created_at"], name="idempotency_key_age")),
        ops.AddIndex(model_name="Session", index=Index(fields=["expires_at"], name="session_end")),
    ]
