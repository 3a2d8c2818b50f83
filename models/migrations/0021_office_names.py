"""Offices are kept with the name that the document gives them."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps

# What the documents say is in JSON texts; codes are kept in capitals, without outer space.
_SAID = "FROM invoice_content d, {each} WHERE d.invoice_id = invoice_office.invoice_id AND {role} = invoice_office.role"
POSTGRES = (
    "UPDATE invoice_office SET name = (SELECT substr(e.value->>'name', 1, 255) "
    + _SAID.format(each="json_array_elements(d.offices::json) e", role="e.value->>'role'")
    + " AND substr(upper(trim(e.value->>'code')), 1, 64) = invoice_office.code AND e.value->>'name' <> '' LIMIT 1)"
)
SQLITE = (
    "UPDATE invoice_office SET name = (SELECT substr(json_extract(e.value, '$.name'), 1, 255) "
    + _SAID.format(each="json_each(d.offices) e", role="json_extract(e.value, '$.role')")
    + " AND substr(upper(trim(json_extract(e.value, '$.code'))), 1, 64) = invoice_office.code"
    " AND json_extract(e.value, '$.name') <> '' LIMIT 1)"
)


async def forward(_: StateApps, editor: BaseSchemaEditor) -> None:
    await editor.client.execute_query(POSTGRES if editor.DIALECT == "postgres" else SQLITE)


async def backward(_: StateApps, __: BaseSchemaEditor) -> None:
    """The column goes."""


class Migration(migrations.Migration):
    dependencies = [("models", "0020_without_mail_incoming")]

    initial = False

    operations = [
        ops.AddField(
            model_name="InvoiceOffice",
            name="name",
            field=fields.CharField(null=True, max_length=255),
        ),
        ops.RunPython(forward, backward),
    ]
