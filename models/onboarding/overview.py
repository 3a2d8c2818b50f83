"""What an issuer sees of the receivers that it invited: invitations, keys without what they open, and every step."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ..database import Database, Row
from ..domain.keys import KeyState, state_of
from ..domain.states import Language
from ..domain.tax_ids import normalise
from ..identifiers import global_id
from ..life.invitations import InvitationEventKind
from ..names import known_name
from ..reading.invoices import party_row
from ..rows import PartyRow
from ..sql import Statement, as_instant
from ..viewer import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class _KeyRow:
    """What both keys have in common. ``key`` is the UUID as text."""

    key: str
    receiver: PartyRow
    email: str
    state: KeyState
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverKeyRow(_KeyRow):
    """A key two, without what it opens with."""

    created_by: str

    @property
    def id(self) -> str:
        """The id that clients see."""
        return global_id("ReceiverKey", self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationRow(_KeyRow):
    """A mail with a key one, without that."""

    language: Language

    @property
    def id(self) -> str:
        """The id that clients see."""
        return global_id("Invitation", self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """A step on a receiver's way in. ``number`` orders them; ``key`` says the same as a UUID, as lists want it."""

    number: int
    receiver: PartyRow
    kind: InvitationEventKind
    at: datetime
    actor: str | None
    email: str | None
    invoice_key: str | None

    @property
    def key(self) -> str:
        """What the list is ordered by."""
        return str(UUID(bytes=struct.pack(">QQ", 0, self.number)))

    @property
    def invoice_id(self) -> str | None:
        """The invoice that the step was about, as clients see it."""
        return None if self.invoice_key is None else global_id("Invoice", self.invoice_key)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page: so many, the newest first, before the row of this key; of one receiver only, by its tax id."""

    limit: int
    before: str | None = None
    receiver_tax_id: str | None = None


def _party(query: Statement, viewer: Viewer) -> str:
    return f"p.id, p.tax_id, {known_name(query, viewer)}, p.kind, p.registered"


async def read_receiver_keys(database: Database, viewer: Viewer, wanted: Wanted, now: datetime) -> list[ReceiverKeyRow]:
    """The keys that the viewer's party made."""
    rows = await _read(database, viewer, wanted, "receiver_key", "k.created_by")
    return [ReceiverKeyRow(**_common(row, now), created_by=row[11]) for row in rows]


async def read_receiver_key(database: Database, viewer: Viewer, key: str, now: datetime) -> ReceiverKeyRow:
    """One of them, which must be there."""
    [row] = await _read(database, viewer, Wanted(1), "receiver_key", "k.created_by", key)
    return ReceiverKeyRow(**_common(row, now), created_by=row[11])


async def read_invitations(database: Database, viewer: Viewer, wanted: Wanted, now: datetime) -> list[InvitationRow]:
    """The invitations that the viewer's party caused."""
    rows = await _read(database, viewer, wanted, "invitation", "k.language")
    return [InvitationRow(**_common(row, now), language=Language(row[11])) for row in rows]


async def read_invitation(database: Database, viewer: Viewer, key: str, now: datetime) -> InvitationRow:
    """One of them, which must be there."""
    [row] = await _read(database, viewer, Wanted(1), "invitation", "k.language", key)
    return InvitationRow(**_common(row, now), language=Language(row[11]))


async def read_events(database: Database, viewer: Viewer, wanted: Wanted) -> list[EventRow]:
    """The steps of the receivers that the viewer's party invited."""
    query = Statement(database.dialect)
    where = [f"e.issuer_id = {query.bind(viewer.party_id)}"]
    if wanted.before is not None:
        before = int(UUID(wanted.before))
        where.append(f"e.id < {query.bind(min(before, 2**63 - 1))}")
    if wanted.receiver_tax_id is not None:
        where.append(f"p.tax_id = {query.bind(normalise(wanted.receiver_tax_id))}")
    rows = await database.fetch(
        f"SELECT e.id, {_party(query, viewer)}, e.kind, e.at, e.actor, e.email, e.invoice_id"
        f" FROM invitation_event e JOIN party p ON p.id = e.receiver_id WHERE {' AND '.join(where)}"
        f" ORDER BY e.id DESC LIMIT {int(wanted.limit)}",
        query.values,
    )
    return [
        EventRow(
            number=row[0],
            receiver=party_row(row[1:6]),
            kind=InvitationEventKind(row[6]),
            at=as_instant(row[7]),
            actor=row[8],
            email=row[9],
            invoice_key=None if row[10] is None else str(row[10]),
        )
        for row in rows
    ]


async def _read(
    database: Database, viewer: Viewer, wanted: Wanted, table: str, more: str, key: str | None = None
) -> list[Row]:
    query = Statement(database.dialect)
    where = [f"k.issuer_id = {query.bind(viewer.party_id)}"]
    if wanted.before is not None:
        where.append(f"k.id < {query.bind(wanted.before)}")
    if wanted.receiver_tax_id is not None:
        where.append(f"p.tax_id = {query.bind(normalise(wanted.receiver_tax_id))}")
    if key is not None:
        where.append(f"k.id = {query.bind(key)}")
    found = await database.fetch(
        f"SELECT k.id, {_party(query, viewer)}, k.email, k.created_at, k.expires_at, k.used_at, k.revoked_at, {more}"
        f" FROM {table} k JOIN party p ON p.id = k.receiver_id WHERE {' AND '.join(where)}"
        f" ORDER BY k.id DESC LIMIT {int(wanted.limit)}",
        query.values,
    )
    return list(found)


def _common(row: Row, now: datetime) -> dict[str, Any]:
    created_at, expires_at = as_instant(row[7]), as_instant(row[8])
    used_at, revoked_at = (None if value is None else as_instant(value) for value in row[9:11])
    return {
        "key": str(row[0]),
        "receiver": party_row(row[1:6]),
        "email": row[6],
        "state": state_of(expires_at, used_at, revoked_at, now),
        "created_at": created_at,
        "expires_at": expires_at,
        "used_at": used_at,
        "revoked_at": revoked_at,
    }
