"""Who may manage the people of a party: its administrators, one after the other, and the service's operator."""

from __future__ import annotations

from dataclasses import dataclass

from ..database import Unit
from ..domain.errors import Forbidden, LastAdministrator
from ..domain.transitions import UserRole
from ..sql import Statement
from ..viewer import SERVICE_ACTOR, Viewer
from .standing import roles_of

STANDING = "person"
"""What wakes the watch over those who stay connected (``Unit.queued``): somebody has lost something."""


@dataclass(frozen=True, slots=True)
class Manager:
    """Who manages a party's people. ``user_id`` is None for the service's operator, who needs no role."""

    party_id: str
    name: str
    user_id: str | None = None


def manager_of(viewer: Viewer) -> Manager:
    """The viewer as one; :class:`Forbidden` but for administrators."""
    if UserRole.ADMIN not in viewer.roles:
        raise Forbidden(path=("input",))
    return Manager(viewer.party_id, viewer.name, viewer.user_id)


def operator_of(party_id: str) -> Manager:
    """The service's operator, for the people of a party."""
    return Manager(party_id, SERVICE_ACTOR)


async def take_turn(unit: Unit, manager: Manager) -> None:
    """Hold the party until the commit, and refuse who is no administrator any more.

    Whatever changes a party's people begins here, so of two who withdraw each other's role the second is refused.
    """
    await hold_people(unit, manager.party_id)
    if manager.user_id is None:
        return
    query = Statement(unit.dialect)
    rows = await unit.fetch(
        f"SELECT roles FROM person WHERE id = {query.bind(manager.user_id)} AND active = true"
        f" AND party_id = {query.bind(manager.party_id)}",
        query.values,
    )
    if not rows or UserRole.ADMIN not in roles_of(rows[0][0]):
        raise Forbidden(path=("input",))


async def hold_people(unit: Unit, party_id: str) -> None:
    """Keep others from changing a party's people until the commit; SQLite's units exclude one another anyway."""
    if unit.dialect == "postgres":
        await unit.fetch("SELECT id FROM party WHERE id = $1 FOR NO KEY UPDATE", [party_id])


async def check_administered(unit: Unit, party_id: str, field: str) -> None:
    """:class:`LastAdministrator` where the party has none left who may come in."""
    query = Statement(unit.dialect)
    party = query.bind(party_id)
    rows = await unit.fetch(f"SELECT roles FROM person WHERE party_id = {party} AND active = true", query.values)
    if not any(UserRole.ADMIN in roles_of(row[0]) for row in rows):
        raise LastAdministrator(path=("input", field))
