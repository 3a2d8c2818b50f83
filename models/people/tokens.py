"""API tokens: what a program shows instead of a person's session. Only their SHA-256 is kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..database import Database, Row, Unit
from ..domain.errors import Invalid, NotFound
from ..domain.scopes import Scope, scopes_of, scopes_text
from ..domain.transitions import UserRole
from ..identifiers import global_id, new_id
from ..sql import Statement, as_instant
from ..viewer import Viewer

API_TOKEN_PREFIX = "tra_"  # noqa: S105 - tells a token from a JWT, opens nothing
MAX_TOKENS = 50
"""Good tokens of one user."""
USE_EVERY = timedelta(minutes=1)
"""How exactly a token's last use is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """What a token is to be. Without ``expires_at`` it is good until it is revoked."""

    name: str
    scopes: frozenset[Scope]
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """A token as it is listed. ``key`` is its UUID as text, ``user_name`` and ``user_email`` whose it is."""

    key: str
    name: str
    scopes: tuple[Scope, ...]
    user_name: str
    user_email: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    @property
    def id(self) -> str:
        """The id that clients see."""
        return global_id("ApiToken", self.key)


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A new token: ``token`` is what opens, and is not kept."""

    key: str
    token: str


def digest_of(text: str) -> str:
    """The SHA-256 by which tokens and addresses are kept, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


async def create_token(database: Database, user_id: str, wanted: NewToken, now: datetime) -> MadeToken:
    """A token that acts as a user. :class:`Invalid` for an end that has passed, too many tokens, or who is shut out."""
    if wanted.expires_at is not None and wanted.expires_at <= now:
        raise Invalid("This instant has passed.", path=("input", "expiresAt"))
    return await database.unit_of_work(lambda unit: create_token_in(unit, user_id, wanted, now))


async def create_token_in(unit: Unit, user_id: str, wanted: NewToken, now: datetime) -> MadeToken:
    """The same in a unit of the caller's, who has looked at its end."""
    made = MadeToken(str(new_id()), API_TOKEN_PREFIX + secrets.token_urlsafe(32))
    await _refuse_too_many(unit, user_id, now)
    query = Statement(unit.dialect)
    row = {
        "id": made.key,
        "user_id": user_id,
        "hash": digest_of(made.token),
        "name": wanted.name,
        "scopes": scopes_text(wanted.scopes),
        "created_at": now,
        "expires_at": wanted.expires_at,
    }
    places = ", ".join(query.bind(value) for value in row.values())
    await unit.execute(f"INSERT INTO api_token ({', '.join(row)}) VALUES ({places})", query.values)
    return made


async def _refuse_too_many(unit: Unit, user_id: str, now: datetime) -> None:
    # Two at once would both count one too few; and whoever is shut out meanwhile gets none.
    lock = " FOR UPDATE" if unit.dialect == "postgres" else ""
    query = Statement(unit.dialect)
    person = await unit.fetch(f"SELECT active FROM person WHERE id = {query.bind(user_id)}{lock}", query.values)
    if not person or not person[0][0]:
        raise Invalid("This person has been shut out.", path=("input",))
    query = Statement(unit.dialect)
    found = await unit.fetch(
        f"SELECT COUNT(*) FROM api_token t WHERE t.user_id = {query.bind(user_id)} AND {_good(query, now)}",
        query.values,
    )
    if int(found[0][0]) >= MAX_TOKENS:
        raise Invalid(f"At most {MAX_TOKENS} tokens are good at once: revoke one.", path=("input",))


def _good(query: Statement, now: datetime) -> str:
    return f"t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > {query.bind(now)})"


def _manageable(query: Statement, viewer: Viewer) -> str:
    """A condition: one's own tokens, and an administrator's whole party's."""
    if UserRole.ADMIN in viewer.roles:
        return f"u.party_id = {query.bind(viewer.party_id)}"
    return f"u.id = {query.bind(viewer.user_id)}"


_TOKENS = (
    "SELECT t.id, t.name, t.scopes, u.name, u.email, t.created_at, t.expires_at, t.last_used_at, t.revoked_at"
    " FROM api_token t JOIN person u ON u.id = t.user_id WHERE "
)


async def read_tokens(database: Database, viewer: Viewer, *, before: str | None, limit: int) -> list[TokenRow]:
    """The tokens that the viewer may manage, the newest first, revoked ones too; ``before`` is a key to go on from."""
    query = Statement(database.dialect)
    where = [_manageable(query, viewer)]
    if before is not None:
        where.append(f"t.id < {query.bind(before)}")
    sql = f"{_TOKENS}{' AND '.join(where)} ORDER BY t.id DESC LIMIT {int(limit)}"
    return [_row(row) for row in await database.fetch(sql, query.values)]


async def read_token(database: Database, viewer: Viewer, key: str) -> TokenRow | None:
    """One of them."""
    query = Statement(database.dialect)
    sql = f"{_TOKENS}{_manageable(query, viewer)} AND t.id = {query.bind(key)}"
    found = await database.fetch(sql, query.values)
    return _row(found[0]) if found else None


async def revoke_token(database: Database, viewer: Viewer, key: str | None, now: datetime) -> TokenRow:
    """End a token; one that has ended stays as it is. :class:`NotFound` where the viewer may not manage it."""
    if key is None or await read_token(database, viewer, key) is None:
        raise NotFound("There is no such token, or you may not manage it.", path=("input", "tokenId"))

    async def work(unit: Unit) -> None:
        query = Statement(unit.dialect)
        await unit.execute(
            f"UPDATE api_token SET revoked_at = {query.bind(now)} WHERE id = {query.bind(key)} AND revoked_at IS NULL",
            query.values,
        )

    await database.unit_of_work(work)
    found = await read_token(database, viewer, key)
    assert found is not None
    return found


def _row(row: Row) -> TokenRow:
    key, name, scopes, user_name, user_email, created_at, expires_at, last_used_at, revoked_at = row
    return TokenRow(
        key=str(key),
        name=name,
        scopes=tuple(sorted(scopes_of(scopes))),
        user_name=user_name,
        user_email=user_email,
        created_at=as_instant(created_at),
        expires_at=_instant(expires_at),
        last_used_at=_instant(last_used_at),
        revoked_at=_instant(revoked_at),
    )


def _instant(value: datetime | str | None) -> datetime | None:
    return None if value is None else as_instant(value)


class TokenUses:
    """When tokens were last shown to this process: noted at no cost to the request, written down now and then."""

    def __init__(self) -> None:
        self._seen: dict[str, datetime] = {}

    def note(self, digest: str, at: datetime) -> None:
        """The token of this hash has been used."""
        self._seen[digest] = at

    async def write(self, database: Database) -> int:
        """Write down what was noted since the last time, and return of how many tokens."""
        seen, self._seen = self._seen, {}
        try:
            if seen:
                await database.unit_of_work(lambda unit: _write_uses(unit, sorted(seen.items())))
        except BaseException:
            self._seen = seen | self._seen
            raise
        return len(seen)


async def _write_uses(unit: Unit, seen: Sequence[tuple[str, datetime]]) -> None:
    for digest, at in seen:
        query = Statement(unit.dialect)
        instant = query.bind(at)
        await unit.execute(
            f"UPDATE api_token SET last_used_at = {instant} WHERE hash = {query.bind(digest)}"
            f" AND (last_used_at IS NULL OR last_used_at < {instant})",
            query.values,
        )
