"""The identifier that a document gives to a file inside it (BT-122)."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("models", "0009_desk_filled")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Attachment",
            name="reference",
            field=fields.TextField(null=True, unique=False),
        ),
    ]
