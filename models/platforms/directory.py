"""Who lives on which platform: entered by an operator, or asked of the platforms and remembered for a while."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..database import Database, Unit
from ..domain.errors import Invalid
from ..domain.exchange import KnownParty
from ..domain.tax_ids import is_well_formed, normalise
from ..domain.transitions import PartyKind
from ..sql import Statement
from .known import platform_named

KEPT = timedelta(days=30)
"""How long it is believed that somebody lives on a platform."""
KEPT_UNKNOWN = timedelta(hours=1)
"""How long it is believed that a platform does not know somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where a tax id lives, and what is known of who it is."""

    platform_id: str
    platform_name: str
    name: str | None
    kind: PartyKind | None


_HOME = """
SELECT p.id, p.name, d.name, d.kind FROM directory_entry d JOIN platform p ON p.id = d.platform_id
WHERE d.tax_id = {tax_id} AND d.lives = true AND p.active = true AND (d.source = 'ENTERED' OR d.asked_at > {since})
ORDER BY d.source DESC, d.id LIMIT 1
"""


async def home_of(database: Database, tax_id: str) -> Home | None:
    """The platform that a tax id lives on, as far as is known here. An operator's word goes before a platform's."""
    query, sql = _home(database.dialect, tax_id)
    return _found(await database.fetch(sql, query.values))


async def home_in(unit: Unit, tax_id: str) -> Home | None:
    """The same inside a unit."""
    query, sql = _home(unit.dialect, tax_id)
    return _found(await unit.fetch(sql, query.values))


def _home(dialect: object, tax_id: str) -> tuple[Statement, str]:
    query = Statement(dialect)  # type: ignore[arg-type]
    # 'ENTERED' sorts after 'ASKED', so descending it comes first.
    sql = _HOME.format(tax_id=query.bind(tax_id), since=query.bind(datetime.now(UTC) - KEPT))
    return query, sql


def _found(rows: Sequence[Sequence[object]]) -> Home | None:
    if not rows:
        return None
    platform_id, platform_name, name, kind = rows[0]
    return Home(
        platform_id=str(platform_id),
        platform_name=str(platform_name),
        name=None if name is None else str(name),
        kind=None if kind is None else PartyKind(str(kind)),
    )


async def asked_lately(database: Database, tax_id: str) -> set[str]:
    """The platforms, by UUID, whose last answer about a tax id is still believed."""
    now = datetime.now(UTC)
    query = Statement(database.dialect)
    found = await database.fetch(
        f"SELECT platform_id FROM directory_entry WHERE tax_id = {query.bind(tax_id)} AND (source = 'ENTERED'"
        f" OR (lives AND asked_at > {query.bind(now - KEPT)}) OR asked_at > {query.bind(now - KEPT_UNKNOWN)})",
        query.values,
    )
    return {str(row[0]) for row in found}


async def remember_answer(
    database: Database, platform_id: str, asked: Iterable[str], known: Iterable[KnownParty]
) -> None:
    """Keep what a platform answered about tax ids; what an operator entered stays as it is."""
    found = {party.tax_id: party for party in known}

    async def work(unit: Unit) -> None:
        for tax_id in asked:
            await _keep(unit, tax_id, platform_id, "ASKED", found.get(tax_id))

    await database.unit_of_work(work)


async def enter_in(unit: Unit, tax_id: str, platform_id: str, party: KnownParty | None = None) -> None:
    """Enter by an operator's word that a tax id lives on a platform."""
    spelt = normalise(tax_id)
    if not is_well_formed(spelt):
        raise Invalid(f"{tax_id!r} is no tax id: 3 to 30 letters and digits.", path=("tax_id",))
    await _keep(unit, spelt, platform_id, "ENTERED", party or KnownParty(tax_id=spelt, name=None, kind=None))


async def enter(database: Database, tax_id: str, platform: str, party: KnownParty | None = None) -> None:
    """The same for a platform's name, in a unit of its own."""

    async def work(unit: Unit) -> None:
        await enter_in(unit, tax_id, str((await platform_named(platform)).id), party)

    await database.unit_of_work(work)


async def forget(database: Database, tax_id: str) -> int:
    """Forget all that is known of a tax id's platforms; how many entries there were."""

    async def work(unit: Unit) -> int:
        query = Statement(unit.dialect)
        return await unit.execute(
            f"DELETE FROM directory_entry WHERE tax_id = {query.bind(normalise(tax_id))}", query.values
        )

    return await database.unit_of_work(work)


async def _keep(unit: Unit, tax_id: str, platform_id: str, source: str, party: KnownParty | None) -> None:
    query = Statement(unit.dialect)
    values = [
        tax_id,
        platform_id,
        source,
        party is not None,
        None if party is None else party.name,
        None if party is None or party.kind is None else party.kind.value,
        datetime.now(UTC),
    ]
    places = ", ".join(query.bind(value) for value in values)
    # What a platform says of itself does not take the place of an operator's word.
    guard = "" if source == "ENTERED" else " WHERE directory_entry.source = 'ASKED'"
    columns = ("source", "lives", "name", "kind", "asked_at")
    await unit.execute(
        f"INSERT INTO directory_entry (tax_id, platform_id, {', '.join(columns)}) VALUES ({places})"
        f" ON CONFLICT (tax_id, platform_id) DO UPDATE SET {', '.join(f'{one} = excluded.{one}' for one in columns)}"
        + guard,
        query.values,
    )


async def known_here(database: Database, tax_ids: Sequence[str]) -> list[KnownParty]:
    """Which of these tax ids have signed up here: what other platforms may ask."""
    query = Statement(database.dialect)
    wanted = query.bind_all([normalise(tax_id) for tax_id in tax_ids])
    found = await database.fetch(
        f"SELECT tax_id, name, kind FROM party WHERE tax_id IN {wanted} AND registered = true ORDER BY tax_id",
        query.values,
    )
    return [KnownParty(tax_id=row[0], name=row[1], kind=PartyKind(row[2])) for row in found]
