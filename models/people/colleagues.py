"""The people of a party, as its administrator manages them: what they may do, and which offices they see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from ..database import Database, Row, Unit
from ..domain.errors import Invalid, NotFound
from ..domain.faults import Denied
from ..domain.transitions import UserRole
from ..lists.offices import codes_named, office_code
from ..sql import Statement, as_instant
from ..viewer import Viewer
from .administration import STANDING, Manager, check_administered, take_turn
from .ending import end_sessions, end_tokens
from .standing import office_limit, roles_of
from .user_log import UserEventKind, log_user, offices_text, roles_text

MAX_USERS = 500
"""People of one party, those invited and those shut out too."""
MAX_OFFICES = 100
"""Offices that one person may be limited to."""

_ADMINISTRATORS = (
    "(SELECT COUNT(*) FROM person a WHERE a.party_id = u.party_id AND a.active = true AND a.roles LIKE '%ADMIN%')"
)
_COLUMNS = f"u.id, u.name, u.email, u.roles, u.offices, u.active, u.created_at, u.last_sign_in_at, {_ADMINISTRATORS}"


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
    last_sign_in_at: datetime | None
    last_administrator: bool
    """Nobody else administers the party: neither the role nor access can be withdrawn."""


async def read_colleagues(database: Database, viewer: Viewer) -> list[Colleague]:
    """The people of the viewer's party by name, those shut out too; :class:`Denied` but for administrators."""
    if UserRole.ADMIN not in viewer.roles:
        raise Denied("Only administrators see the people of their party.")
    return await read_people(database, viewer.party_id)


async def read_people(database: Database, party_id: str) -> list[Colleague]:
    """The people of a party by name, those shut out too."""
    query = Statement(database.dialect)
    found = await database.fetch(
        f"SELECT {_COLUMNS} FROM person u WHERE u.party_id = {query.bind(party_id)}"
        f" ORDER BY u.name, u.id LIMIT {MAX_USERS}",
        query.values,
    )
    return [_colleague(row) for row in found]


async def limit_to_offices(
    database: Database, manager: Manager, user_key: str | None, codes: Sequence[str] | None, now: datetime
) -> Colleague:
    """Let a person of the party see, as receiver, only what names one of these offices; none of them, all.

    It counts from the person's next operation on, and ends what he or she follows. Raises :class:`Forbidden`,
    :class:`NotFound`, and :class:`Invalid` for what is no code, or none of an office that the party has.
    """
    wanted = codes_of(codes)

    async def work(unit: Unit) -> Colleague:
        before = await _find(unit, manager, user_key)
        await check_offices(unit, manager.party_id, wanted)
        changed = await _change(unit, manager, before, "offices", offices_text(wanted) if wanted else None)
        if changed.offices != before.offices:
            kind = UserEventKind.OFFICES_CHANGED
            await log_user(unit, manager.party_id, kind, before.email, manager.name, now, offices=wanted)
        return changed

    return await database.unit_of_work(work)


async def change_roles(
    database: Database, manager: Manager, user_key: str | None, roles: Collection[UserRole], now: datetime
) -> Colleague:
    """Give a person of the party just these roles; :class:`LastAdministrator` where none would be left."""

    async def work(unit: Unit) -> Colleague:
        before = await _find(unit, manager, user_key)
        changed = await _change(unit, manager, before, "roles", roles_text(roles))
        await check_administered(unit, manager.party_id, "roles")
        if changed.roles != before.roles:
            kind = UserEventKind.ROLES_CHANGED
            await log_user(unit, manager.party_id, kind, before.email, manager.name, now, roles=changed.roles)
        return changed

    return await database.unit_of_work(work)


async def change_active(
    database: Database, manager: Manager, user_key: str | None, now: datetime, *, active: bool
) -> Colleague:
    """Shut a person of the party out, or let him or her in again; :class:`LastAdministrator` where none would be left.

    Whoever is shut out loses sessions and API tokens for good: let in again, he or she signs in anew.
    """

    async def work(unit: Unit) -> Colleague:
        before = await _find(unit, manager, user_key)
        changed = await _change(unit, manager, before, "active", active)
        await check_administered(unit, manager.party_id, "active")
        if not active:
            await end_sessions(unit, before.key, now)
            await end_tokens(unit, before.key, now)
        if active is not before.active:
            kind = UserEventKind.LET_IN if active else UserEventKind.SHUT_OUT
            await log_user(unit, manager.party_id, kind, before.email, manager.name, now)
        return changed

    return await database.unit_of_work(work)


def codes_of(codes: Sequence[str] | None) -> list[str]:
    """DIR3 codes as they are kept; :class:`Invalid` for what is none, or for too many."""
    wanted = sorted({office_code(code) for code in codes or ()})
    if len(codes or ()) > MAX_OFFICES:
        raise Invalid(f"At most {MAX_OFFICES} offices.", path=("input", "officeCodes"))
    if any(not code.isascii() or not code.isalnum() for code in wanted):
        raise Invalid("A DIR3 code has letters and digits only.", path=("input", "officeCodes"))
    return wanted


async def check_offices(unit: Unit, party_id: str, codes: Sequence[str]) -> None:
    """A slip of the pen would hide everything: a code must be on the party's list, or be named by an invoice to it."""
    if not codes:
        return
    query = Statement(unit.dialect)
    [(listed,)] = await unit.fetch(f"SELECT offices FROM party WHERE id = {query.bind(party_id)}", query.values)
    unknown = set(codes) - set(orjson.loads(listed) if listed else ())
    if not unknown:
        return
    unknown -= await codes_named(unit, party_id, sorted(unknown))
    if unknown:
        message = f"No office of yours, on your list or in an invoice to you: {', '.join(sorted(unknown))}."
        raise Invalid(message, path=("input", "officeCodes"))


async def _find(unit: Unit, manager: Manager, user_key: str | None) -> Colleague:
    """A person of the party as he or she is; from here on others who manage its people wait."""
    await take_turn(unit, manager)
    found = None if user_key is None else await _read(unit, manager, user_key)
    if found is None:
        raise NotFound("There is no such person in your party.", path=("input", "userId"))
    return found


async def _change(unit: Unit, manager: Manager, before: Colleague, column: str, value: object) -> Colleague:
    query = Statement(unit.dialect)
    await unit.execute(
        f"UPDATE person SET {column} = {query.bind(value)} WHERE id = {query.bind(before.key)}", query.values
    )
    unit.queued.add(STANDING)
    changed = await _read(unit, manager, before.key)
    assert changed is not None
    return changed


async def _read(unit: Unit, manager: Manager, user_key: str) -> Colleague | None:
    query = Statement(unit.dialect)
    found = await unit.fetch(
        f"SELECT {_COLUMNS} FROM person u WHERE u.id = {query.bind(user_key)}"
        f" AND u.party_id = {query.bind(manager.party_id)}",
        query.values,
    )
    return _colleague(found[0]) if found else None


def _colleague(row: Row) -> Colleague:
    key, name, email, roles, offices, active, created_at, signed_in_at, administrators = row
    limit, may = office_limit(offices), roles_of(roles)
    return Colleague(
        key=str(key),
        name=name,
        email=email,
        roles=may,
        offices=None if limit is None else tuple(sorted(limit)),
        active=bool(active),
        created_at=as_instant(created_at),
        last_sign_in_at=None if signed_in_at is None else as_instant(signed_in_at),
        last_administrator=bool(active) and UserRole.ADMIN in may and administrators == 1,
    )
