"""Registry numbers: one counter a receiver and year, taken under its row lock, so without gaps or repeats."""

from __future__ import annotations

from datetime import datetime

from .database import Unit
from .domain.numbering import legal_date, registry_number
from .sql import Statement


async def next_registry_number(unit: Unit, receiver_id: str, now: datetime) -> str:
    """The next free number of the receiver in the legal year of ``now``.

    Numbers that a registrar gave by hand in the service's own form are passed over, not repeated.
    """
    year = legal_date(now).year
    while True:
        number = registry_number(year, await _advance(unit, receiver_id, year))
        if not await registry_number_taken(unit, receiver_id, number):
            return number


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


async def _advance(unit: Unit, receiver_id: str, year: int) -> int:
    query = Statement(unit.dialect)
    party, in_year = query.bind(receiver_id), query.bind(year)
    rows = await unit.fetch(
        f"INSERT INTO registry_counter (party_id, year, position) VALUES ({party}, {in_year}, 1)"
        " ON CONFLICT (party_id, year) DO UPDATE SET position = registry_counter.position + 1 RETURNING position",
        query.values,
    )
    return int(rows[0][0])
