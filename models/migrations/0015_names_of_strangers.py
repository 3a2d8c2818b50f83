"""A party that has not signed up keeps no name that one of several issuers gave it: models.names reads the documents."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps


async def forward(_: StateApps, editor: BaseSchemaEditor) -> None:
    await editor.client.execute_query(
        "UPDATE party SET name = tax_id, search_name = lower(tax_id) WHERE registered = false"
    )


async def backward(_: StateApps, __: BaseSchemaEditor) -> None:
    """What they were called stands in the documents."""


class Migration(migrations.Migration):
    dependencies = [("models", "0014_webhooks")]

    initial = False

    operations = [ops.RunPython(forward, backward)]
