"""How people come in: invitations to a party, links for another password, and the log, which the database keeps unaltered."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps

from tramesa.models.identifiers import new_id

_SQLITE = """
CREATE TRIGGER user_event_never_{done} BEFORE {event} ON user_event
BEGIN SELECT RAISE(ABORT, 'user_event is append-only'); END
"""
_POSTGRES = """
CREATE TRIGGER user_event_never_altered BEFORE UPDATE OR DELETE OR TRUNCATE ON user_event
FOR EACH STATEMENT EXECUTE FUNCTION refuse_alteration();
"""


async def forward(_: StateApps, editor: BaseSchemaEditor) -> None:
    if editor.DIALECT == "postgres":
        await editor.client.execute_query(_POSTGRES)
    else:
        await editor.client.execute_query(_SQLITE.format(done="altered", event="UPDATE"))
        await editor.client.execute_query(_SQLITE.format(done="removed", event="DELETE"))
    await editor.client.execute_query(
        "UPDATE person SET last_sign_in_at = (SELECT MAX(s.created_at) FROM session s WHERE s.user_id = person.id)"
    )


async def backward(_: StateApps, editor: BaseSchemaEditor) -> None:
    """The triggers go with their table, and the column goes."""


class Migration(migrations.Migration):
    dependencies = [("models", "0016_kept_for_a_time")]

    initial = False

    operations = [
        ops.AddField(
            model_name="User",
            name="last_sign_in_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.CreateModel(
            name="PasswordLink",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "user",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="user_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="password_links",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("key_hash", fields.CharField(unique=True, max_length=64)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("revoked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "password_link",
                "app": "models",
                "pk_attr": "id",
                "table_description": "The hash of the key in a link by which a person who forgot the password chooses another.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="UserEvent",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "party",
                    fields.ForeignKeyField(
                        "models.Party",
                        source_field="party_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="user_events",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("kind", fields.CharField(max_length=24)),
                ("email", fields.CharField(max_length=512)),
                ("roles", fields.CharField(null=True, max_length=64)),
                ("offices", fields.TextField(null=True, unique=False)),
                ("actor", fields.CharField(max_length=255)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "user_event",
                "app": "models",
                "indexes": [Index(fields=["party_id", "id"], name="user_event_party")],
                "pk_attr": "id",
                "table_description": "What was done to a person of a party, as its administrators see it. Never altered, never removed.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="UserInvitation",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "party",
                    fields.ForeignKeyField(
                        "models.Party",
                        source_field="party_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="user_invitations",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("email", fields.CharField(max_length=512)),
                ("name", fields.CharField(max_length=255)),
                ("roles", fields.CharField(max_length=64)),
                ("offices", fields.TextField(null=True, unique=False)),
                ("language", fields.CharField(max_length=2)),
                ("key_hash", fields.CharField(unique=True, max_length=64)),
                ("invited_by", fields.CharField(max_length=255)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("revoked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "user_invitation",
                "app": "models",
                "indexes": [Index(fields=["party_id", "id"], name="user_invitation_party")],
                "pk_attr": "id",
                "table_description": "A mail that invites a person to a party, and the hash of the key in its link. A newer one revokes it.",
            },
            bases=["Model"],
        ),
        ops.RunPython(forward, backward),
    ]
