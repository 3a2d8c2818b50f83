"""Passwords: forgotten ones by a link that is mailed to the person, known ones changed by whoever knows them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from ..database import Database, Row, Unit
from ..domain.errors import BadCredentials, BadLink, Forbidden, NotFound
from ..domain.keys import KeyKind
from ..domain.notices import MailKind
from ..domain.states import Language
from ..notices.notifying import Mail, post
from ..sql import Statement
from ..viewer import SERVICE_ACTOR, Viewer
from ..writing import insert_row
from .attempts import Limit, answer_late, count_attempt, forget
from .authority import Authority
from .ending import end_sessions
from .links import link_hash, make_link, tries_of
from .parties import MAX_EMAIL, fold_email
from .tokens import digest_of
from .user_log import UserEventKind, log_user

LIFETIME = timedelta(hours=1)
REQUESTS_PER_EMAIL = 5
REQUESTS_PER_ADDRESS = 30
"""Within a quarter of an hour."""
MAILS_PER_DAY = 10
"""To one person; beyond them the answer is the same, and nothing is sent."""

_PERSON = (
    "SELECT u.id, u.email, u.party_id, u.name, p.language, u.password_hash FROM person u"
    " JOIN party p ON p.id = u.party_id WHERE u.active = true AND "
)


async def request_reset(
    database: Database, authority: Authority, email: str, language: Language | None, secret: str, address: str
) -> None:
    """Mail a link to whoever signs in with an address; nothing, told and timed alike, where nobody does.

    An earlier link is good no more. :class:`RateLimited` after five requests for an address or thirty from a network
    address within a quarter of an hour.
    """
    began, email = asyncio.get_running_loop().time(), fold_email(email)
    limits = (
        Limit(digest_of(f"forgotten:{email}"), REQUESTS_PER_EMAIL),
        Limit(digest_of(f"forgotten from:{address}"), REQUESTS_PER_ADDRESS),
    )
    await count_attempt(database, limits, authority.clock())

    async def work(unit: Unit) -> None:
        now, found = authority.clock(), await _person(unit, "u.email", email[: MAX_EMAIL + 1])
        if found is not None and await _may_mail(unit, str(found[0]), now):
            await _mail_link(unit, found, language, secret, now)

    await database.unit_of_work(work)
    await answer_late(began)


async def reset_password(database: Database, authority: Authority, key: str, password: str, address: str) -> str:
    """Give the person whose link it is another password, and close all sessions; the UUID.

    :class:`BadLink`, always the same and after the same time, for a key that is not good. API tokens stay: nobody signs
    in with them.
    """
    began = asyncio.get_running_loop().time()
    attempts = await count_attempt(database, [tries_of(address)], authority.clock())
    password_hash, key_hash = await authority.hash_password(password), link_hash(KeyKind.PASSWORD, key)

    async def work(unit: Unit) -> str | None:
        now = authority.clock()
        found = await _owner(unit, key_hash)
        if found is None or not await _use(unit, key_hash, now):
            return None
        await _set(unit, found, password_hash, now, actor=found[3])
        await forget(unit, attempts)
        return str(found[0])

    user_id = await database.unit_of_work(work)
    if user_id is None:
        await answer_late(began)
        raise BadLink(path=("input", "key"))
    return user_id


async def change_password(
    database: Database, authority: Authority, viewer: Viewer, current: str, password: str, address: str
) -> None:
    """Change one's own, and close one's other sessions. :class:`BadCredentials` where the current one is not right.

    Attempts are counted as those to sign in are. :class:`Forbidden` with an API token, which is for no person.
    """
    if viewer.session_id is None:
        raise Forbidden("A program does not change a person's password.", path=("input",))
    known_hash = await authority.check_password(viewer.email, current, address)
    if known_hash is None:
        raise BadCredentials("The current password is wrong.", path=("input", "currentPassword"))
    password_hash = await authority.hash_password(password)

    async def work(unit: Unit) -> None:
        found = await _person(unit, "u.id", viewer.user_id)
        if found is None or found[5] != known_hash:
            raise BadCredentials("The current password is wrong.", path=("input", "currentPassword"))
        await _set(unit, found, password_hash, authority.clock(), actor=viewer.name, but=viewer.session_id)

    await database.unit_of_work(work)


async def set_password(database: Database, email: str, password_hash: str, now: datetime) -> None:
    """What the service's operator does for somebody; :class:`NotFound` where nobody signs in with the address."""

    async def work(unit: Unit) -> None:
        found = await _person(unit, "u.email", fold_email(email))
        if found is None:
            raise NotFound(f"Nobody signs in as {email}.")
        await _set(unit, found, password_hash, now, actor=SERVICE_ACTOR)

    await database.unit_of_work(work)


async def _person(unit: Unit, column: str, value: str) -> Row | None:
    """Somebody who may come in, held until the commit: of two links, or a link and a change, one is the last."""
    lock = " FOR NO KEY UPDATE OF u" if unit.dialect == "postgres" else ""
    query = Statement(unit.dialect)
    found = await unit.fetch(f"{_PERSON}{column} = {query.bind(value)}{lock}", query.values)
    return found[0] if found else None


async def _owner(unit: Unit, key_hash: str) -> Row | None:
    """Whose link it is, held before the link is, as whoever ends a person's links does."""
    query = Statement(unit.dialect)
    sql = f"SELECT user_id FROM password_link WHERE key_hash = {query.bind(key_hash)}"
    found = await unit.fetch(sql, query.values)
    return await _person(unit, "u.id", str(found[0][0])) if found else None


async def _use(unit: Unit, key_hash: str, now: datetime) -> bool:
    query = Statement(unit.dialect)
    instant = query.bind(now)
    used = await unit.execute(
        f"UPDATE password_link SET used_at = {instant} WHERE key_hash = {query.bind(key_hash)}"
        f" AND used_at IS NULL AND revoked_at IS NULL AND expires_at > {instant}",
        query.values,
    )
    return used == 1


async def _may_mail(unit: Unit, user_id: str, now: datetime) -> bool:
    query = Statement(unit.dialect)
    [(count,)] = await unit.fetch(
        f"SELECT COUNT(*) FROM password_link WHERE user_id = {query.bind(user_id)}"
        f" AND created_at > {query.bind(now - timedelta(days=1))}",
        query.values,
    )
    return int(count) < MAILS_PER_DAY


async def _mail_link(unit: Unit, person: Row, language: Language | None, secret: str, now: datetime) -> None:
    user_id, email, party_id, _, party_language, _ = person
    query = Statement(unit.dialect)
    await unit.execute(
        f"UPDATE password_link SET revoked_at = {query.bind(now)} WHERE user_id = {query.bind(str(user_id))}"
        " AND used_at IS NULL AND revoked_at IS NULL",
        query.values,
    )
    link = make_link(secret, KeyKind.PASSWORD, now, LIFETIME)
    row: dict[str, object] = {
        "id": link.id,
        "user_id": str(user_id),
        "key_hash": link.key_hash,
        "created_at": now,
        "expires_at": link.expires_at,
    }
    await insert_row(unit, "password_link", row)
    facts = {**link.facts, "address": email, "at": now.astimezone(UTC).isoformat()}
    words = str(language or party_language)
    await post(unit, Mail(MailKind.PASSWORD_RESET, str(party_id), email, words, facts), now)


async def _set(
    unit: Unit, person: Row, password_hash: str, now: datetime, *, actor: str, but: str | None = None
) -> None:
    """The new password, all that came of the old one ended, and the person told, in case it was somebody else."""
    user_id, email, party_id, _, language, _ = person
    query = Statement(unit.dialect)
    await unit.execute(
        f"UPDATE person SET password_hash = {query.bind(password_hash)} WHERE id = {query.bind(str(user_id))}",
        query.values,
    )
    await end_sessions(unit, str(user_id), now, but=but)
    tried = Statement(unit.dialect)
    await unit.execute(
        f"DELETE FROM sign_in_attempt WHERE subject = {tried.bind(digest_of(f'email:{email}'))}", tried.values
    )
    await log_user(unit, str(party_id), UserEventKind.PASSWORD_CHANGED, email, actor, now)
    facts = {"address": email, "at": now.astimezone(UTC).isoformat()}
    await post(unit, Mail(MailKind.PASSWORD_CHANGED, str(party_id), email, language, facts), now)
