"""The columns that tables have in common."""

from __future__ import annotations

from typing import Any

from tortoise import fields

from ..identifiers import new_id


def id_key() -> Any:
    """A table's own key."""
    return fields.UUIDField(primary_key=True, default=new_id)


def party_key(name: str, *, null: bool = False) -> Any:
    """A reference to a party; ``name`` is how the party calls those that refer to it."""
    options: dict[str, Any] = {"on_delete": fields.RESTRICT, "db_index": False, "null": null}
    return fields.ForeignKeyField("models.Party", related_name=name, **options)
