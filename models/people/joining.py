"""A person joins the party that he or she was invited to, with the key in the link that was mailed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from tortoise.exceptions import IntegrityError

from ..database import Database, Row, Unit
from ..domain.errors import BadLink, Invalid
from ..domain.keys import KeyKind
from ..identifiers import new_id
from ..sql import Statement
from ..writing import insert_row
from .administration import hold_people
from .attempts import answer_late, count_attempt, forget
from .authority import Authority
from .links import link_hash, tries_of
from .parties import fold_email
from .user_log import UserEventKind, log_user


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """What a person gives to join. ``name`` is how history will call him or her; None for what the invitation says."""

    key: str
    name: str | None
    password: str


async def join(database: Database, authority: Authority, given: Joining, address: str) -> str:
    """Make the person; the UUID. :class:`BadLink`, always the same and after the same time, for a key that is not good.

    :class:`Invalid` where somebody signs in with the address already, at whatever party, which only who reads its mail
    is told; the invitation stays good. Of several at once with a good key one joins.
    """
    began = asyncio.get_running_loop().time()
    attempts = await count_attempt(database, [tries_of(address)], authority.clock())
    password_hash = await authority.hash_password(given.password)
    key_hash = link_hash(KeyKind.USER, given.key)

    async def work(unit: Unit) -> str | None:
        invitation = await _good(unit, key_hash, authority.clock())
        if invitation is None:
            return None
        return await _join(unit, invitation, given.name, password_hash, authority.clock())

    try:
        user_id = await database.unit_of_work(work)
    except (Invalid, IntegrityError) as error:
        await database.unit_of_work(lambda unit: forget(unit, attempts))  # The key was right.
        if isinstance(error, IntegrityError) and "email" not in str(error):
            raise
        raise Invalid("Somebody signs in with this address already.", path=("input", "key")) from None
    if user_id is None:
        await answer_late(began)
        raise BadLink(path=("input", "key"))
    await database.unit_of_work(lambda unit: forget(unit, attempts))
    return user_id


async def _good(unit: Unit, key_hash: str, now: datetime) -> Row | None:
    """The invitation that a key is good for, its party's people held."""
    query = Statement(unit.dialect)
    sql = (
        "SELECT v.id, v.party_id, v.email, v.name, v.roles, v.offices FROM user_invitation v"
        f" WHERE v.key_hash = {query.bind(key_hash)} AND v.used_at IS NULL AND v.revoked_at IS NULL"
        f" AND v.expires_at > {query.bind(now)}"
    )
    found = await unit.fetch(sql, query.values)
    if not found:
        return None
    await hold_people(unit, str(found[0][1]))
    found = await unit.fetch(sql, query.values)  # It may have been used or revoked while the party was waited for.
    return found[0] if found else None


async def _join(unit: Unit, invitation: Row, name: str | None, password_hash: str, now: datetime) -> str:
    key, party_id, address, said, roles, offices = invitation
    email, user_id = fold_email(address), str(new_id())
    query = Statement(unit.dialect)
    if await unit.fetch(f"SELECT 1 FROM person WHERE email = {query.bind(email)}", query.values):
        raise Invalid
    row: dict[str, object] = {
        "id": user_id,
        "email": email,
        "name": name or said or email,
        "password_hash": password_hash,
        "party_id": str(party_id),
        "roles": roles,
        "offices": offices,
        "active": True,
        "created_at": now,
    }
    await insert_row(unit, "person", row)
    used = Statement(unit.dialect)
    await unit.execute(
        f"UPDATE user_invitation SET used_at = {used.bind(now)} WHERE id = {used.bind(str(key))}", used.values
    )
    await log_user(unit, str(party_id), UserEventKind.JOINED, email, str(row["name"]), now)
    return user_id
