"""What documents say in detail, warnings and signature reports kept with them, and certificates to sign with."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from tramesa.models.identifiers import new_id


class Migration(migrations.Migration):
    dependencies = [("models", "0002_append_only")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Certificate",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "party",
                    fields.OneToOneField(
                        "models.Party",
                        source_field="party_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="certificate",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("subject", fields.TextField(unique=False)),
                ("tax_id", fields.CharField(null=True, max_length=30)),
                ("serial", fields.CharField(max_length=64)),
                ("not_before", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("not_after", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("fingerprint", fields.CharField(max_length=64)),
                ("chain", fields.TextField(unique=False)),
                ("sealed_key", fields.BinaryField()),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "certificate",
                "app": "models",
                "pk_attr": "id",
                "table_description": "What composed invoices are signed with: a party's own certificate or, without a party, the service's.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="InvoiceContent",
            name="details",
            field=fields.TextField(null=True, unique=False),
        ),
        ops.AddField(
            model_name="InvoiceContent",
            name="findings",
            field=fields.TextField(null=True, unique=False),
        ),
        ops.AddField(
            model_name="InvoiceDocument",
            name="signature_report",
            field=fields.TextField(null=True, unique=False),
        ),
        ops.AddField(
            model_name="MailMessage",
            name="request_id",
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddField(
            model_name="Party",
            name="signature_required",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Party",
            name="offices",
            field=fields.TextField(null=True, unique=False),
        ),
    ]
