"""Receivers who are not here yet: invitations, second keys, and the log of both, which the database keeps unaltered."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps

from tramesa.models.identifiers import new_id

_SQLITE = """
CREATE TRIGGER invitation_event_never_{done} BEFORE {event} ON invitation_event
BEGIN SELECT RAISE(ABORT, 'invitation_event is append-only'); END
"""
_POSTGRES = """
CREATE TRIGGER invitation_event_never_altered BEFORE UPDATE OR DELETE OR TRUNCATE ON invitation_event
FOR EACH STATEMENT EXECUTE FUNCTION refuse_alteration();
"""


async def forward(_: StateApps, editor: BaseSchemaEditor) -> None:
    if editor.DIALECT == "postgres":
        await editor.client.execute_query(_POSTGRES)
    else:
        await editor.client.execute_query(_SQLITE.format(done="altered", event="UPDATE"))
        await editor.client.execute_query(_SQLITE.format(done="removed", event="DELETE"))


async def backward(_: StateApps, editor: BaseSchemaEditor) -> None:
    """The triggers go with their table."""


class Migration(migrations.Migration):
    dependencies = [("models", "0005_token_scopes")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Invitation",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "issuer",
                    fields.ForeignKeyField(
                        "models.Party",
                        source_field="issuer_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="invitations_sent",
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
                        related_name="invitations",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("email", fields.CharField(max_length=512)),
                ("language", fields.CharField(max_length=2)),
                ("key_hash", fields.CharField(unique=True, max_length=64)),
                (
                    "invoice",
                    fields.ForeignKeyField(
                        "models.Invoice",
                        source_field="invoice_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="invitations",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("revoked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "invitation",
                "app": "models",
                "indexes": [
                    Index(fields=["issuer_id", "id"], name="invitation_issuer"),
                    Index(fields=["receiver_id", "id"], name="invitation_receiver"),
                ],
                "pk_attr": "id",
                "table_description": "A mail that invites a receiver, and the hash of key one in it. A newer one of the same three revokes it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="InvitationEvent",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "issuer",
                    fields.ForeignKeyField(
                        "models.Party",
                        source_field="issuer_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="invitation_events_seen",
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
                        related_name="invitation_events",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("kind", fields.CharField(max_length=24)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("actor", fields.CharField(null=True, max_length=255)),
                ("email", fields.CharField(null=True, max_length=512)),
                ("invoice_id", fields.UUIDField(null=True)),
            ],
            options={
                "table": "invitation_event",
                "app": "models",
                "indexes": [
                    Index(fields=["issuer_id", "id"], name="invitation_event_issuer"),
                    Index(fields=["issuer_id", "receiver_id", "id"], name="invitation_event_receiver"),
                ],
                "pk_attr": "id",
                "table_description": "A step on a receiver's way in, as one issuer sees it. Never altered, never removed.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ReceiverKey",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "issuer",
                    fields.ForeignKeyField(
                        "models.Party",
                        source_field="issuer_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="receiver_keys_made",
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
                        related_name="receiver_keys",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("email", fields.CharField(max_length=512)),
                ("key_hash", fields.CharField(unique=True, max_length=64)),
                ("created_by", fields.CharField(max_length=255)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("revoked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "receiver_key",
                "app": "models",
                "indexes": [
                    Index(fields=["issuer_id", "id"], name="receiver_key_issuer"),
                    Index(fields=["receiver_id", "id"], name="receiver_key_receiver"),
                ],
                "pk_attr": "id",
                "table_description": "The hash of a key two that an issuer made for a receiver, bound to the address that was invited.",
            },
            bases=["Model"],
        ),
        ops.RunPython(forward, backward),
    ]
