"""Writing rows, one or thousands of them, in a unit: as one statement, run for each of its rows in one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .database import Unit
from .sql import Statement

Columns = Mapping[str, object]


async def insert_row(unit: Unit, table: str, row: Columns) -> None:
    """Insert a row of these columns."""
    await insert_rows(unit, table, [row])


async def insert_rows(unit: Unit, table: str, rows: Sequence[Columns], *, unless: str | None = None) -> None:
    """Insert rows that all have the same columns, in their order.

    ``unless`` names a unique key: a row that is there already, by that key, stays as it is.
    """
    if not rows:
        return
    query = Statement(unit.dialect)
    places = ", ".join(query.bind(value) for value in rows[0].values())
    conflict = "" if unless is None else f" ON CONFLICT ({unless}) DO NOTHING"
    sql = f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES ({places}){conflict}"
    await unit.execute_many(sql, [list(row.values()) for row in rows])


async def update_rows(unit: Unit, table: str, rows: Sequence[tuple[Columns, Columns]]) -> None:
    """Set columns of rows, each given by what is set and by what it is found by; both have the same columns in all.

    How many were found is not told, so the caller has locked what it means to change.
    """
    if not rows:
        return
    query = Statement(unit.dialect)
    changes, found_by = rows[0]
    assignments = ", ".join(f"{column} = {query.bind(value)}" for column, value in changes.items())
    conditions = " AND ".join(f"{column} = {query.bind(value)}" for column, value in found_by.items())
    sql = f"UPDATE {table} SET {assignments} WHERE {conditions}"
    await unit.execute_many(sql, [[*changed.values(), *key.values()] for changed, key in rows])
