"""What each person has seen, offices, search texts, saved filters, the days that averages are taken of."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State

from tramesa.models.identifiers import new_id


class DropColumn(ops.RemoveField):
    """Tortoise makes the table anew on SQLite, and loses what must be unique together; SQLite can drop a column."""

    async def database_forward(
        self,
        app_label: str,
        old_state: State,
        new_state: State,  # noqa: ARG002
        state_editor: BaseSchemaEditor | None = None,
    ) -> None:
        if state_editor is None:
            return
        table = old_state.models[app_label, self.model_name].table
        await state_editor._run_sql(f'ALTER TABLE "{table}" DROP COLUMN "{self.name}"')  # noqa: SLF001 - no public way


class Migration(migrations.Migration):
    dependencies = [("models", "0007_programs")]

    initial = False

    operations = [
        ops.CreateModel(
            name="InvoiceOffice",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "invoice",
                    fields.ForeignKeyField(
                        "models.Invoice",
                        source_field="invoice_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="named_offices",
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
                        related_name="offices_as_issuer",
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
                        related_name="offices_as_receiver",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("role", fields.CharField(max_length=24)),
                ("code", fields.CharField(max_length=64)),
            ],
            options={
                "table": "invoice_office",
                "app": "models",
                "unique_together": (("invoice_id", "code", "role"),),
                "indexes": [
                    Index(fields=["issuer_id", "code", "invoice_id"], name="invoice_office_issuer"),
                    Index(fields=["receiver_id", "code", "invoice_id"], name="invoice_office_receiver"),
                ],
                "pk_attr": "id",
                "table_description": "A DIR3 office that an invoice names, in one role. ``code`` is in capitals.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="InvoiceSeen",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "user",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="seen_invoices",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "invoice",
                    fields.ForeignKeyField(
                        "models.Invoice",
                        source_field="invoice_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="seen_by",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "invoice_seen",
                "app": "models",
                "unique_together": (("user_id", "invoice_id"),),
                "pk_attr": "id",
                "table_description": "A person of the receiver has opened or downloaded an invoice.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="InvoiceText",
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
                        related_name="text",
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
                        related_name="texts_as_issuer",
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
                        related_name="texts_as_receiver",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("document", fields.TextField(unique=False)),
                ("life", fields.TextField(unique=False)),
            ],
            options={
                "table": "invoice_text",
                "app": "models",
                "indexes": (
                    Index(fields=["issuer_id", "invoice_id"], name="invoice_text_issuer"),
                    Index(fields=["receiver_id", "invoice_id"], name="invoice_text_receiver"),
                ),
                "pk_attr": "invoice_id",
                "table_description": "What a search looks into, folded (``models.lists.searching``): the document's part stays, the other grows.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SavedFilter",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "party",
                    fields.ForeignKeyField(
                        "models.Party",
                        source_field="party_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="saved_filters",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "user",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="saved_filters",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("name", fields.CharField(max_length=80)),
                ("name_key", fields.CharField(max_length=512)),
                ("shared", fields.BooleanField(default=False)),
                ("definition", fields.TextField(unique=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "saved_filter",
                "app": "models",
                "unique_together": (("party_id", "user_id", "name_key"),),
                "pk_attr": "id",
                "table_description": "A filter that a person keeps under a name. ``definition`` is JSON with a version (``lists.saved_filters``).",
            },
            bases=["Model"],
        ),
        ops.RemoveIndex(
            model_name="Invoice",
            name="invoice_issuer_status",
            fields=None,
        ),
        ops.RemoveIndex(
            model_name="Invoice",
            name="invoice_issuer_search",
            fields=None,
        ),
        ops.RemoveIndex(
            model_name="Invoice",
            name="invoice_receiver_status",
            fields=None,
        ),
        ops.RemoveIndex(
            model_name="Invoice",
            name="invoice_receiver_unseen",
            fields=None,
        ),
        ops.RemoveIndex(
            model_name="Invoice",
            name="invoice_receiver_search",
            fields=None,
        ),
        ops.AddField(
            model_name="Invoice",
            name="registered_on",
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name="Invoice",
            name="seen_by_all",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        DropColumn(model_name="Invoice", name="search_key"),
        ops.AddIndex(
            model_name="Invoice",
            index=Index(
                fields=[
                    "issuer_id",
                    "status",
                    "created_at",
                    "id",
                    "currency",
                    "payable",
                    "registered_on",
                    "payment_date",
                ],
                name="invoice_issuer_status",
            ),
        ),
        ops.AddIndex(
            model_name="Invoice",
            index=Index(
                fields=[
                    "receiver_id",
                    "status",
                    "created_at",
                    "id",
                    "currency",
                    "payable",
                    "registered_on",
                    "payment_date",
                ],
                name="invoice_receiver_status",
            ),
        ),
        ops.AddIndex(
            model_name="Invoice",
            index=Index(fields=["receiver_id", "seen_by_all", "created_at", "id"], name="invoice_receiver_unseen"),
        ),
        ops.AddField(
            model_name="User",
            name="offices",
            field=fields.TextField(null=True, unique=False),
        ),
    ]
