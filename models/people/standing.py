"""What credentials that were shown are worth now, asked for many at once: for those who stay connected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

import orjson

from ..database import Database
from ..domain.transitions import UserRole
from ..sql import Statement, as_instant

Source = Literal["session", "api_token"]

AT_ONCE = 1000
"""So many are asked for by one statement: its rows are read in a few milliseconds, and others have their turn."""


class Shown(NamedTuple):
    """What somebody came in with: a session, by its id as text, or an API token, by its hash."""

    source: Source
    key: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What it is worth now."""

    party_id: str
    roles: frozenset[UserRole]
    offices: frozenset[str] | None = None


async def read_standing(database: Database, shown: Iterable[Shown], now: datetime) -> dict[Shown, Standing]:
    """What each is worth. One that was revoked, has ended, or whose person is gone or inactive is not among them.

    A statement for each thousand sessions or tokens, with one bound value however many they are.
    """
    keys: dict[Source, list[str]] = {}
    for source, key in shown:
        keys.setdefault(source, []).append(key)
    found: dict[Shown, Standing] = {}
    for source, wanted in keys.items():
        for start in range(0, len(wanted), AT_ONCE):
            found |= await _read(database, source, wanted[start : start + AT_ONCE], now)
    return found


async def _read(database: Database, source: Source, keys: list[str], now: datetime) -> dict[Shown, Standing]:
    query = Statement(database.dialect)
    column = "t.id" if source == "session" else "t.hash"
    rows = await database.fetch(
        f"SELECT {column}, u.party_id, u.roles, u.offices, t.expires_at FROM {source} t"
        f" JOIN person u ON u.id = t.user_id WHERE {column} IN {_among(query, source, keys)}"
        " AND t.revoked_at IS NULL AND u.active = true",
        query.values,
    )
    known: dict[tuple[object, str, str | None], Standing] = {}
    found = {}
    for key, party_id, roles, offices, ends_at in rows:
        if ends_at is None or as_instant(ends_at) > now:
            like = (party_id, roles, offices)
            worth = known.get(like) or Standing(str(party_id), roles_of(roles), office_limit(offices))
            found[Shown(source, str(key))] = known[like] = worth
    return found


def _among(query: Statement, source: Source, keys: list[str]) -> str:
    if query.dialect == "postgres":
        type_ = "uuid" if source == "session" else "text"
        return f"(SELECT unnest({query.bind(keys)}::{type_}[]))"
    listed = ",".join(f'"{key}"' for key in keys)
    return f"(SELECT value FROM json_each({query.bind(f'[{listed}]')}))"


def roles_of(text: str) -> frozenset[UserRole]:
    """The roles of a person's column."""
    return frozenset(UserRole(role) for role in text.split(",") if role)


def office_limit(text: str | None) -> frozenset[str] | None:
    """The offices that a person is limited to, of its column; None for all."""
    return None if text is None else frozenset(orjson.loads(text))
