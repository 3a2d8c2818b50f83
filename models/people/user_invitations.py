"""Inviting a person to a party: a mail with a link that is good once, and what its administrators see of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..database import Database, Row, Unit
from ..domain.errors import Invalid, NotFound, Required
from ..domain.faults import Denied, RateLimited
from ..domain.keys import KeyKind, KeyState, state_of
from ..domain.notices import MailKind
from ..domain.states import Language
from ..domain.transitions import UserRole
from ..identifiers import global_id
from ..notices.notifying import Mail, post
from ..sql import Statement, as_instant
from ..viewer import Viewer
from ..writing import insert_row
from .administration import Manager, take_turn
from .colleagues import MAX_USERS, check_offices
from .links import Link, make_link
from .parties import fold_email
from .standing import office_limit, roles_of
from .user_log import UserEventKind, log_user, offices_text, roles_text

LIFETIME = timedelta(days=7)
"""Of a link: it opens a party's invoices, so it is not left lying in a mailbox for long."""
PER_DAY = 100
"""Invitations that one party may mail within a day."""

_COLUMNS = (
    "v.id, v.email, v.name, v.roles, v.offices, v.language, v.invited_by, v.created_at, v.expires_at, v.used_at,"
    " v.revoked_at"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Whom to invite. ``email`` is as ``domain.mailboxes.mailbox_among`` gives it, ``offices`` codes, none for all."""

    email: str
    name: str
    roles: frozenset[UserRole]
    offices: Sequence[str]
    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class UserInvitationRow:
    """An invitation, without what it opens with. ``key`` is its UUID as text."""

    key: str
    email: str
    name: str
    roles: list[UserRole]
    office_codes: list[str] | None
    language: Language
    invited_by: str
    state: KeyState
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    @property
    def id(self) -> str:
        """The id that clients see."""
        return global_id("UserInvitation", self.key)


async def invite_user(
    database: Database, manager: Manager, wanted: Invited, secret: str, now: datetime
) -> UserInvitationRow:
    """Invite a person; whatever invited the same address to the party before opens nothing from then on.

    Whether the address is somebody's at another party is not told: who opens the link is. Raises :class:`Forbidden`,
    :class:`Required` without a role, :class:`Invalid` for one's own colleague, a code that is no office of the party's,
    or too many people, and :class:`RateLimited`.
    """
    if not wanted.roles:
        raise Required("A person who is invited needs at least one role.", path=("input", "roles"))

    async def work(unit: Unit) -> UserInvitationRow:
        await take_turn(unit, manager)
        await _refuse_many(unit, manager, now)
        await _check_room(unit, manager, wanted, now)
        await check_offices(unit, manager.party_id, wanted.offices)
        await _revoke_earlier(unit, manager, wanted.email, now)
        link = make_link(secret, KeyKind.USER, now, LIFETIME)
        await _keep(unit, manager, wanted, link, now)
        await _write_mail(unit, manager, wanted, link, now)
        offices = wanted.offices or None
        kind = UserEventKind.INVITED
        await log_user(
            unit, manager.party_id, kind, wanted.email, manager.name, now, roles=wanted.roles, offices=offices
        )
        return await _own(unit, manager, link.id, now)

    return await database.unit_of_work(work)


async def revoke_user_invitation(
    database: Database, manager: Manager, key: str | None, now: datetime
) -> UserInvitationRow:
    """Let an invitation open nothing any more; one that has ended stays as it is."""

    async def work(unit: Unit) -> UserInvitationRow:
        await take_turn(unit, manager)
        found = await _own(unit, manager, key, now)
        query = Statement(unit.dialect)
        changed = await unit.execute(
            f"UPDATE user_invitation SET revoked_at = {query.bind(now)} WHERE id = {query.bind(found.key)}"
            " AND used_at IS NULL AND revoked_at IS NULL",
            query.values,
        )
        if changed:
            kind = UserEventKind.INVITATION_REVOKED
            await log_user(unit, manager.party_id, kind, found.email, manager.name, now)
        return await _own(unit, manager, found.key, now)

    return await database.unit_of_work(work)


async def read_user_invitations(
    database: Database, viewer: Viewer, now: datetime, *, before: str | None, limit: int
) -> list[UserInvitationRow]:
    """The invitations of the viewer's party, the newest first; :class:`Denied` but for administrators."""
    if UserRole.ADMIN not in viewer.roles:
        raise Denied("Only administrators see who was invited to their party.")
    query = Statement(database.dialect)
    where = f"v.party_id = {query.bind(viewer.party_id)}"
    if before is not None:
        where += f" AND v.id < {query.bind(before)}"
    found = await database.fetch(
        f"SELECT {_COLUMNS} FROM user_invitation v WHERE {where} ORDER BY v.id DESC LIMIT {int(limit)}", query.values
    )
    return [_row(row, now) for row in found]


async def _refuse_many(unit: Unit, manager: Manager, now: datetime) -> None:
    day = timedelta(days=1)
    query = Statement(unit.dialect)
    found = await unit.fetch(
        f"SELECT created_at FROM user_invitation WHERE party_id = {query.bind(manager.party_id)}"
        f" AND created_at > {query.bind(now - day)} ORDER BY id DESC LIMIT {PER_DAY}",
        query.values,
    )
    if len(found) >= PER_DAY:
        wait = as_instant(found[-1][0]) + day - now
        raise RateLimited(int(wait.total_seconds()) + 1, "Too many invitations")


async def _check_room(unit: Unit, manager: Manager, wanted: Invited, now: datetime) -> None:
    query = Statement(unit.dialect)
    rows = await unit.fetch(
        f"SELECT u.email FROM person u WHERE u.party_id = {query.bind(manager.party_id)}", query.values
    )
    people = {row[0] for row in rows}
    if fold_email(wanted.email) in people:
        raise Invalid("Somebody of your party signs in with this address already.", path=("input", "email"))
    query = Statement(unit.dialect)
    [(waiting,)] = await unit.fetch(
        f"SELECT COUNT(*) FROM user_invitation WHERE party_id = {query.bind(manager.party_id)} AND used_at IS NULL"
        f" AND revoked_at IS NULL AND expires_at > {query.bind(now)} AND email <> {query.bind(wanted.email)}",
        query.values,
    )
    if len(people) + waiting >= MAX_USERS:
        raise Invalid(f"A party has at most {MAX_USERS} people, invited ones included.", path=("input",))


async def _revoke_earlier(unit: Unit, manager: Manager, email: str, now: datetime) -> None:
    query = Statement(unit.dialect)
    await unit.execute(
        f"UPDATE user_invitation SET revoked_at = {query.bind(now)} WHERE party_id = {query.bind(manager.party_id)}"
        f" AND email = {query.bind(email)} AND used_at IS NULL AND revoked_at IS NULL",
        query.values,
    )


async def _keep(unit: Unit, manager: Manager, wanted: Invited, link: Link, now: datetime) -> None:
    row: dict[str, object] = {
        "id": link.id,
        "party_id": manager.party_id,
        "email": wanted.email,
        "name": wanted.name,
        "roles": roles_text(wanted.roles),
        "offices": offices_text(wanted.offices) if wanted.offices else None,
        "language": wanted.language.value,
        "key_hash": link.key_hash,
        "invited_by": manager.name,
        "created_at": now,
        "expires_at": link.expires_at,
    }
    await insert_row(unit, "user_invitation", row)


async def _write_mail(unit: Unit, manager: Manager, wanted: Invited, link: Link, now: datetime) -> None:
    query = Statement(unit.dialect)
    [(party,)] = await unit.fetch(f"SELECT name FROM party WHERE id = {query.bind(manager.party_id)}", query.values)
    facts = {
        **link.facts,
        "address": wanted.email,
        "party": party,
        "invitedBy": manager.name,
        "roles": roles_text(wanted.roles),
        "offices": ", ".join(wanted.offices) or None,
        "at": now.astimezone(UTC).isoformat(),
    }
    await post(unit, Mail(MailKind.USER_INVITATION, manager.party_id, wanted.email, wanted.language.value, facts), now)


async def _own(unit: Unit, manager: Manager, key: str | None, now: datetime) -> UserInvitationRow:
    query = Statement(unit.dialect)
    rows: Sequence[Row] = ()
    if key is not None:
        rows = await unit.fetch(
            f"SELECT {_COLUMNS} FROM user_invitation v WHERE v.id = {query.bind(key)}"
            f" AND v.party_id = {query.bind(manager.party_id)}",
            query.values,
        )
    if not rows:
        raise NotFound("There is no such invitation to your party.", path=("input", "invitationId"))
    return _row(rows[0], now)


def _row(row: Row, now: datetime) -> UserInvitationRow:
    key, email, name, roles, offices, language, invited_by, *instants = row
    created_at, expires_at = (as_instant(value) for value in instants[:2])
    used_at, revoked_at = (None if value is None else as_instant(value) for value in instants[2:])
    return UserInvitationRow(
        key=str(key),
        email=email,
        name=name,
        roles=sorted(roles_of(roles)),
        office_codes=None if offices is None else sorted(office_limit(offices) or ()),
        language=Language(language),
        invited_by=invited_by,
        state=state_of(expires_at, used_at, revoked_at, now),
        created_at=created_at,
        expires_at=expires_at,
        used_at=used_at,
        revoked_at=revoked_at,
    )
