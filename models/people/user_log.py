"""The log of what was done to a party's people, which its administrators read."""

from __future__ import annotations

import struct
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import orjson

from ..database import Database, Unit
from ..domain.faults import Denied
from ..domain.transitions import UserRole
from ..sql import Statement, as_instant
from ..viewer import Viewer
from ..writing import insert_row
from .standing import roles_of


class UserEventKind(StrEnum):
    """What can be done to a person of a party."""

    INVITED = "INVITED"
    INVITATION_REVOKED = "INVITATION_REVOKED"
    JOINED = "JOINED"
    ADDED = "ADDED"
    ROLES_CHANGED = "ROLES_CHANGED"
    OFFICES_CHANGED = "OFFICES_CHANGED"
    SHUT_OUT = "SHUT_OUT"
    LET_IN = "LET_IN"
    PASSWORD_CHANGED = "PASSWORD_CHANGED"  # noqa: S105 - the name of a kind


@dataclass(frozen=True, slots=True, kw_only=True)
class UserEventRow:
    """A line of the log. ``number`` orders them; ``roles`` and ``offices`` are set where they were given."""

    number: int
    kind: UserEventKind
    email: str
    roles: list[UserRole] | None
    offices: list[str] | None
    actor: str
    at: datetime

    @property
    def key(self) -> str:
        """What the list is ordered by, as a UUID."""
        return str(UUID(bytes=struct.pack(">QQ", 0, self.number)))


async def log_user(
    unit: Unit,
    party_id: str,
    kind: UserEventKind,
    email: str,
    actor: str,
    now: datetime,
    *,
    roles: Collection[UserRole] | None = None,
    offices: Collection[str] | None = None,
) -> None:
    """Write a line."""
    row: dict[str, object] = {
        "party_id": party_id,
        "kind": kind.value,
        "email": email,
        "roles": None if roles is None else roles_text(roles),
        "offices": None if offices is None else offices_text(offices),
        "actor": actor,
        "at": now,
    }
    await insert_row(unit, "user_event", row)


async def read_user_events(database: Database, viewer: Viewer, *, before: str | None, limit: int) -> list[UserEventRow]:
    """The log of the viewer's party, the newest first; :class:`Denied` but for administrators."""
    if UserRole.ADMIN not in viewer.roles:
        raise Denied("Only administrators see what was done to the people of their party.")
    query = Statement(database.dialect)
    where = f"party_id = {query.bind(viewer.party_id)}"
    if before is not None:
        where += f" AND id < {query.bind(min(int(UUID(before)), 2**63 - 1))}"
    rows = await database.fetch(
        f"SELECT id, kind, email, roles, offices, actor, at FROM user_event WHERE {where}"
        f" ORDER BY id DESC LIMIT {int(limit)}",
        query.values,
    )
    return [
        UserEventRow(
            number=number,
            kind=UserEventKind(kind),
            email=email,
            roles=None if roles is None else sorted(roles_of(roles)),
            offices=None if offices is None else orjson.loads(offices),
            actor=actor,
            at=as_instant(at),
        )
        for number, kind, email, roles, offices, actor, at in rows
    ]


def roles_text(roles: Collection[UserRole]) -> str:
    """Roles as columns keep them: comma-joined, sorted, each once."""
    return ",".join(sorted({role.value for role in roles}))


def offices_text(codes: Collection[str]) -> str:
    """Codes of offices as columns keep them."""
    return orjson.dumps(sorted(set(codes))).decode()
