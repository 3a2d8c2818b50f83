"""The people of a party, as its administrator manages them: what they may do, and which offices they see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from .database import Database, Row, Unit
from .domain.errors import Forbidden, Invalid, NotFound
from .domain.faults import Denied
from .domain.transitions import UserRole
from .offices import codes_named, office_code
from .sql import Statement, as_instant
from .standing import office_limit, roles_of
from .viewer import Viewer

MAX_USERS = 500
"""People of one party that are listed."""
MAX_OFFICES = 100
"""Offices that one person may be limited to."""

_COLUMNS = "u.id, u.name, u.email, u.roles, u.offices, u.active, u.created_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """A person of a party. ``offices`` are the DIR3 codes that he or she is limited to as receiver; None for all."""

    key: str
    name: str
    email: str
    roles: frozenset[UserRole]
    offices: tuple[str, ...] | None
    active: bool
    created_at: datetime


async def read_colleagues(database: Database, viewer: Viewer) -> list[Colleague]:
    """The people of the viewer's party by name, those shut out too; :class:`Denied` but for administrators."""
    if UserRole.ADMIN not in viewer.roles:
        raise Denied("Only administrators see the people of their party.")
    query = Statement(database.dialect)
    found = await database.fetch(
        f"SELECT {_COLUMNS} FROM person u WHERE u.party_id = {query.bind(viewer.party_id)}"
        f" ORDER BY u.name, u.id LIMIT {MAX_USERS}",
        query.values,
    )
    return [_colleague(row) for row in found]


async def limit_to_offices(
    database: Database, viewer: Viewer, user_key: str | None, codes: Sequence[str] | None
) -> Colleague:
    """Let a person of the viewer's party see, as receiver, only what names one of these offices; none of them, all.

    It counts from the person's next operation on, and ends what he or she follows. Raises :class:`Forbidden`,
    :class:`NotFound`, and :class:`Invalid` for what is no code, or none of an office that the party has.
    """
    wanted = _codes(codes)

    async def work(unit: Unit) -> Colleague:
        await _find(unit, viewer, user_key)
        await _check_offices(unit, viewer, wanted)
        text = orjson.dumps(wanted).decode() if wanted else None
        return await _change(unit, viewer, user_key, "offices", text)

    return await database.unit_of_work(work)


async def change_roles(
    database: Database, viewer: Viewer, user_key: str | None, roles: Collection[UserRole]
) -> Colleague:
    """Give a person of the viewer's party just these roles; one administrator always stays."""
    text = ",".join(sorted({role.value for role in roles}))

    async def work(unit: Unit) -> Colleague:
        await _find(unit, viewer, user_key)
        changed = await _change(unit, viewer, user_key, "roles", text)
        await _check_administered(unit, viewer, "roles")
        return changed

    return await database.unit_of_work(work)


async def change_active(database: Database, viewer: Viewer, user_key: str | None, *, active: bool) -> Colleague:
    """Shut a person of the viewer's party out, or let him or her in again; one administrator always stays."""

    async def work(unit: Unit) -> Colleague:
        await _find(unit, viewer, user_key)
        changed = await _change(unit, viewer, user_key, "active", active)
        await _check_administered(unit, viewer, "active")
        return changed

    return await database.unit_of_work(work)


def _codes(codes: Sequence[str] | None) -> list[str]:
    wanted = sorted({office_code(code) for code in codes or ()})
    if len(codes or ()) > MAX_OFFICES:
        raise Invalid(f"At most {MAX_OFFICES} offices.", path=("input", "officeCodes"))
    if any(not code.isascii() or not code.isalnum() for code in wanted):
        raise Invalid("A DIR3 code has letters and digits only.", path=("input", "officeCodes"))
    return wanted


async def _find(unit: Unit, viewer: Viewer, user_key: str | None) -> None:
    """Refuse whoever is no administrator and whatever is nobody of the party; from here on others wait."""
    if UserRole.ADMIN not in viewer.roles:
        raise Forbidden(path=("input",))
    # Administrators of one party take turns, so that the last two cannot withdraw each other's role at once.
    lock = " FOR UPDATE" if unit.dialect == "postgres" else ""
    query = Statement(unit.dialect)
    await unit.fetch(f"SELECT id FROM party WHERE id = {query.bind(viewer.party_id)}{lock}", query.values)
    if user_key is None or await _read(unit, viewer, user_key) is None:
        raise NotFound("There is no such person in your party.", path=("input", "userId"))


async def _check_offices(unit: Unit, viewer: Viewer, codes: list[str]) -> None:
    """A slip of the pen would hide everything: a code must be on the party's list, or be named by an invoice to it."""
    query = Statement(unit.dialect)
    party = query.bind(viewer.party_id)
    [(listed,)] = await unit.fetch(f"SELECT offices FROM party WHERE id = {party}", query.values)
    unknown = set(codes) - set(orjson.loads(listed) if listed else ())
    if not unknown:
        return
    unknown -= await codes_named(unit, viewer, sorted(unknown))
    if unknown:
        message = f"No office of yours, on your list or in an invoice to you: {', '.join(sorted(unknown))}."
        raise Invalid(message, path=("input", "officeCodes"))


async def _check_administered(unit: Unit, viewer: Viewer, field: str) -> None:
    query = Statement(unit.dialect)
    party = query.bind(viewer.party_id)
    rows = await unit.fetch(f"SELECT roles FROM person WHERE party_id = {party} AND active = true", query.values)
    if not any(UserRole.ADMIN in roles_of(row[0]) for row in rows):
        raise Invalid("A party keeps at least one administrator.", path=("input", field))


async def _change(unit: Unit, viewer: Viewer, user_key: str | None, column: str, value: object) -> Colleague:
    query = Statement(unit.dialect)
    await unit.execute(
        f"UPDATE person SET {column} = {query.bind(value)} WHERE id = {query.bind(user_key)}", query.values
    )
    changed = await _read(unit, viewer, str(user_key))
    if changed is None:
        raise NotFound("There is no such person in your party.", path=("input", "userId"))
    return changed


async def _read(unit: Unit, viewer: Viewer, user_key: str) -> Colleague | None:
    query = Statement(unit.dialect)
    found = await unit.fetch(
        f"SELECT {_COLUMNS} FROM person u WHERE u.id = {query.bind(user_key)}"
        f" AND u.party_id = {query.bind(viewer.party_id)}",
        query.values,
    )
    return _colleague(found[0]) if found else None


def _colleague(row: Row) -> Colleague:
    key, name, email, roles, offices, active, created_at = row
    limit = office_limit(offices)
    return Colleague(
        key=str(key),
        name=name,
        email=email,
        roles=roles_of(roles),
        offices=None if limit is None else tuple(sorted(limit)),
        active=bool(active),
        created_at=as_instant(created_at),
    )
