"""Registry numbers: one counter a receiver and year, taken under its row lock, so without gaps or repeats."""

from __future__ import annotations

from datetime import datetime

from ..database import Unit
from ..domain.numbering import legal_date, registry_number
from ..sql import Statement, value_rows


async def next_registry_number(unit: Unit, receiver_id: str, now: datetime) -> str:
    """The next free number of the receiver in the legal year of ``now``.

    Numbers that a registrar gave by hand in the service's own form are passed over, not repeated.
    """
    return (await next_registry_numbers(unit, receiver_id, now, 1))[0]


async def next_registry_numbers(unit: Unit, receiver_id: str, now: datetime, count: int) -> list[str]:
    """The next so many, in their order."""
    year = legal_date(now).year
    numbers: list[str] = []
    while missing := count - len(numbers):
        last = await _advance(unit, receiver_id, year, missing)
        candidates = [registry_number(year, place) for place in range(last - missing + 1, last + 1)]
        taken = await _taken(unit, receiver_id, candidates)
        numbers += [number for number in candidates if number not in taken]
    return numbers


async def registry_number_taken(unit: Unit, receiver_id: str, number: str, besides: str | None = None) -> bool:
    """Whether an invoice of this receiver has the number, ``besides`` one that may have it."""
    query = Statement(unit.dialect)
    other = "" if besides is None else f" AND id <> {query.bind(besides)}"
    rows = await unit.fetch(
        f"SELECT 1 FROM invoice WHERE receiver_id = {query.bind(receiver_id)}"
        f" AND registry_number = {query.bind(number)}{other}",
        query.values,
    )
    return bool(rows)


async def _taken(unit: Unit, receiver_id: str, numbers: list[str]) -> set[str]:
    query = Statement(unit.dialect)
    wanted = value_rows(query, {"number": "text"}, [(number,) for number in numbers])
    # Not a join: SQLite would go through the list for each invoice that the receiver has.
    rows = await unit.fetch(
        f"SELECT i.registry_number FROM invoice i WHERE i.receiver_id = {query.bind(receiver_id)}"
        f" AND i.registry_number IN (SELECT v.number FROM {wanted})",
        query.values,
    )
    return {row[0] for row in rows}


async def _advance(unit: Unit, receiver_id: str, year: int, count: int) -> int:
    query = Statement(unit.dialect)
    party, in_year, more = query.bind(receiver_id), query.bind(year), query.bind(count)
    rows = await unit.fetch(
        f"INSERT INTO registry_counter (party_id, year, position) VALUES ({party}, {in_year}, {more})"
        f" ON CONFLICT (party_id, year) DO UPDATE SET position = registry_counter.position + {more} RETURNING position",
        query.values,
    )
    return int(rows[0][0])
