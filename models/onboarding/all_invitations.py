"""Every invitation of the service, as its operator sees them: who was invited by whom, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..database import Database, Row
from ..domain.keys import KeyState, state_of
from ..domain.tax_ids import normalise
from ..sql import Statement, as_instant

# What tells the two apart, whom each is for, and the condition that an invitation is a party's.
_RECEIVERS = (
    "SELECT 'receiver', v.email, i.name, i.tax_id, r.tax_id, v.created_at, v.expires_at, v.used_at, v.revoked_at, v.id"
    " FROM invitation v JOIN party i ON i.id = v.issuer_id JOIN party r ON r.id = v.receiver_id"
)
_USERS = (
    "SELECT 'user', v.email, v.invited_by, i.tax_id, i.tax_id, v.created_at, v.expires_at, v.used_at, v.revoked_at,"
    " v.id FROM user_invitation v JOIN party i ON i.id = v.party_id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyInvitation:
    """Of a receiver that is not here yet, by an issuer, or of a person (``kind`` is user) to a party, by a person.

    ``by`` is who invited, of the party ``by_tax_id``; ``to_tax_id`` whose people the invited one will be among.
    """

    kind: str
    email: str
    by: str
    by_tax_id: str
    to_tax_id: str
    state: KeyState
    created_at: datetime
    expires_at: datetime


async def list_invitations(
    database: Database, now: datetime, *, tax_id: str | None = None, limit: int
) -> list[AnyInvitation]:
    """The newest first, without any key; of those that a party sent or that lead to it, where a tax id is given."""
    query = Statement(database.dialect)
    of = "" if tax_id is None else query.bind(normalise(tax_id))
    receivers = _RECEIVERS + (f" WHERE {of} IN (i.tax_id, r.tax_id)" if of else "")
    users = _USERS + (f" WHERE i.tax_id = {of}" if of else "")
    rows = await database.fetch(f"{receivers} UNION ALL {users} ORDER BY 10 DESC LIMIT {int(limit)}", query.values)
    return [_row(row, now) for row in rows]


def _row(row: Row, now: datetime) -> AnyInvitation:
    kind, email, by, by_tax_id, to_tax_id, created_at, expires_at, used_at, revoked_at, _ = row
    expires = as_instant(expires_at)
    used, revoked = (None if value is None else as_instant(value) for value in (used_at, revoked_at))
    return AnyInvitation(
        kind=kind,
        email=email,
        by=by,
        by_tax_id=by_tax_id,
        to_tax_id=to_tax_id,
        state=state_of(expires, used, revoked, now),
        created_at=as_instant(created_at),
        expires_at=expires,
    )
