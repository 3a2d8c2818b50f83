"""Filters that people keep under a name, for themselves or for all of their party.

What is kept is JSON with a version, read part by part: a part that this version does not understand is left out, and
the filter says that it is not whole. A list is never narrowed by what somebody else's program left behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime
from typing import Any

import orjson

from ..database import Database, Row, Unit
from ..domain.errors import Forbidden, Invalid, NotFound
from ..domain.invoice import OfficeRole
from ..domain.money import plain_decimal, plain_text
from ..domain.numbering import folded
from ..domain.states import InvoiceStatus
from ..domain.transitions import PartyRole
from ..identifiers import global_id, new_id
from ..sql import Statement, as_instant
from ..viewer import Viewer
from .filtering import Filter, OrderField

VERSION = 1
MAX_FILTERS = 50
"""Of one person."""
MAX_LISTED = 500
"""Own ones first, then what others share."""

_COLUMNS = "f.id, f.user_id, u.name, f.name, f.shared, f.definition, f.created_at, f.updated_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The order of a list."""

    field: OrderField
    descending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a saved filter is. ``columns`` are a screen's own names; ``whole`` is false where a part was left out."""

    role: PartyRole
    filter: Filter = field(default_factory=Filter)
    order: Order | None = None
    columns: tuple[str, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFilter:
    """A filter under its name. ``key`` is its UUID as text, ``mine`` whether it is the viewer's own."""

    key: str
    name: str
    owner_name: str
    mine: bool
    shared: bool
    definition: Definition
    created_at: datetime
    updated_at: datetime

    @property
    def id(self) -> str:
        """The id that clients see."""
        return global_id("SavedFilter", self.key)


async def read_filters(database: Database, viewer: Viewer, role: PartyRole | None) -> list[SavedFilter]:
    """The viewer's own by name, then those that others of the party share."""
    query = Statement(database.dialect)
    party, user = query.bind(viewer.party_id), query.bind(viewer.user_id)
    found = await database.fetch(
        f"SELECT {_COLUMNS} FROM saved_filter f JOIN person u ON u.id = f.user_id WHERE f.party_id = {party}"
        f" AND (f.user_id = {user} OR f.shared = true) ORDER BY CASE WHEN f.user_id = {user} THEN 0 ELSE 1 END,"
        f" f.name_key, f.id LIMIT {MAX_LISTED}",
        query.values,
    )
    saved = [_saved(row, viewer) for row in found]
    return [one for one in saved if role is None or one.definition.role is role]


async def save_filter(
    database: Database, viewer: Viewer, name: str, definition: Definition, *, shared: bool
) -> SavedFilter:
    """Keep a new one. :class:`Invalid` where the name is taken, or the viewer has fifty."""
    now = datetime.now(UTC)
    return await database.unit_of_work(lambda unit: save_filter_in(unit, viewer, name, definition, now, shared=shared))


async def save_filter_in(
    unit: Unit, viewer: Viewer, name: str, definition: Definition, now: datetime, *, shared: bool
) -> SavedFilter:
    """The same in a unit of the caller's."""
    names = await _names(unit, viewer)
    if len(names) >= MAX_FILTERS:
        raise Invalid(f"You have {MAX_FILTERS} filters: delete one first.", path=("input",))
    key = str(new_id())
    _check_free(names, name, None)
    query = Statement(unit.dialect)
    values = [key, viewer.party_id, viewer.user_id, name, _name_key(name), shared, dump_definition(definition)]
    places = ", ".join(query.bind(value) for value in [*values, now, now])
    await unit.execute(
        "INSERT INTO saved_filter (id, party_id, user_id, name, name_key, shared, definition, created_at,"
        f" updated_at) VALUES ({places})",
        query.values,
    )
    return await _own(unit, viewer, key)


async def update_filter(
    database: Database,
    viewer: Viewer,
    key: str | None,
    change: Callable[[Definition], Definition],
    *,
    name: str | None,
    shared: bool | None,
) -> SavedFilter:
    """Change one's own; None leaves a thing as it is. :class:`NotFound`, :class:`Forbidden`, :class:`Invalid`."""

    async def work(unit: Unit) -> SavedFilter:
        names = await _names(unit, viewer)
        found = await _own(unit, viewer, key)
        if name is not None:
            _check_free(names, name, found.key)
        query, new_name = Statement(unit.dialect), found.name if name is None else name
        values: Mapping[str, object] = {
            "name": new_name,
            "name_key": _name_key(new_name),
            "shared": found.shared if shared is None else shared,
            "definition": dump_definition(change(found.definition)),
            "updated_at": datetime.now(UTC),
        }
        assignments = ", ".join(f"{column} = {query.bind(value)}" for column, value in values.items())
        await unit.execute(f"UPDATE saved_filter SET {assignments} WHERE id = {query.bind(found.key)}", query.values)
        return await _own(unit, viewer, found.key)

    return await database.unit_of_work(work)


async def delete_filter(database: Database, viewer: Viewer, key: str | None) -> str:
    """Delete one's own; its key. :class:`NotFound`, and :class:`Forbidden` for one that another shares."""

    async def work(unit: Unit) -> str:
        await _names(unit, viewer)
        found = await _own(unit, viewer, key)
        query = Statement(unit.dialect)
        await unit.execute(f"DELETE FROM saved_filter WHERE id = {query.bind(found.key)}", query.values)
        return found.key

    return await database.unit_of_work(work)


async def _names(unit: Unit, viewer: Viewer) -> dict[str, str]:
    """The names of the viewer's own filters, folded, by key; from here on the same person's other requests wait."""
    lock = " FOR UPDATE" if unit.dialect == "postgres" else ""
    query = Statement(unit.dialect)
    await unit.fetch(f"SELECT id FROM person WHERE id = {query.bind(viewer.user_id)}{lock}", query.values)
    query = Statement(unit.dialect)
    rows = await unit.fetch(
        f"SELECT id, name_key FROM saved_filter WHERE user_id = {query.bind(viewer.user_id)}"
        f" AND party_id = {query.bind(viewer.party_id)}",
        query.values,
    )
    return {str(key): name_key for key, name_key in rows}


def _check_free(names: Mapping[str, str], name: str, own: str | None) -> None:
    if _name_key(name) in {taken for key, taken in names.items() if key != own}:
        raise Invalid("You have a filter of this name.", path=("input", "name"))


def _name_key(name: str) -> str:
    return folded(name)[:512]


async def _own(unit: Unit, viewer: Viewer, key: str | None) -> SavedFilter:
    query = Statement(unit.dialect)
    rows: Any = ()
    if key is not None:
        party, user = query.bind(viewer.party_id), query.bind(viewer.user_id)
        rows = await unit.fetch(
            f"SELECT {_COLUMNS} FROM saved_filter f JOIN person u ON u.id = f.user_id WHERE f.id = {query.bind(key)}"
            f" AND f.party_id = {party} AND (f.user_id = {user} OR f.shared = true)",
            query.values,
        )
    if not rows:
        raise NotFound("There is no such filter.", path=("input", "filterId"))
    found = _saved(rows[0], viewer)
    if not found.mine:
        raise Forbidden("Only who saved a filter changes it.", path=("input", "filterId"))
    return found


def _saved(row: Row, viewer: Viewer) -> SavedFilter:
    key, user_id, owner, name, shared, definition, created_at, updated_at = row
    return SavedFilter(
        key=str(key),
        name=name,
        owner_name=owner,
        mine=str(user_id) == viewer.user_id,
        shared=bool(shared),
        definition=load_definition(definition),
        created_at=as_instant(created_at),
        updated_at=as_instant(updated_at),
    )


def dump_definition(definition: Definition) -> str:
    """As it is kept."""
    order = definition.order
    parts = {part.name: getattr(definition.filter, part.name) for part in fields(Filter)}
    kept = {
        "version": VERSION,
        "role": definition.role.value,
        "filter": {name: _plain(value) for name, value in parts.items() if value is not None},
        "order": None if order is None else {"field": order.field.value, "descending": order.descending},
        "columns": definition.columns,
    }
    return orjson.dumps(kept).decode()


def _plain(value: Any) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | bool | tuple) else plain_text(value)


def load_definition(text: str) -> Definition:
    """What was kept, as far as this version understands it."""
    kept = orjson.loads(text)
    whole = kept.get("version") == VERSION
    found: dict[str, Any] = {}
    for name, value in dict(kept.get("filter") or {}).items():
        try:
            found[name] = _PARTS[name](value)
        except (KeyError, TypeError, ValueError, ArithmeticError):
            whole = False
    try:
        order = None if kept.get("order") is None else _order(kept["order"])
    except (KeyError, TypeError, ValueError):
        order, whole = None, False
    columns = tuple(column for column in kept.get("columns") or () if isinstance(column, str))
    role = PartyRole(kept.get("role", PartyRole.RECEIVER.value))
    return replace(Definition(role=role, order=order, columns=columns, whole=whole), filter=Filter(**found))


def _order(kept: Mapping[str, Any]) -> Order:
    return Order(field=OrderField(kept["field"]), descending=_bool(kept["descending"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _bool(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


_PARTS: dict[str, Callable[[Any], Any]] = {
    "status": lambda names: tuple(InvoiceStatus(name) for name in names),
    "counterparty": _text,
    "number": _text,
    "search": _text,
    "issued_from": date.fromisoformat,
    "issued_to": date.fromisoformat,
    "changed_since": datetime.fromisoformat,
    "total_from": plain_decimal,
    "total_to": plain_decimal,
    "unseen": _bool,
    "cancellation_pending": _bool,
    "office": _text,
    "office_role": OfficeRole,
}
