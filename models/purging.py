"""Forgetting what was kept for a while: deliveries that have ended, archives that were chosen."""

from __future__ import annotations

from datetime import datetime, timedelta

from .database import Database, Unit
from .sql import Statement
from .webhook_outbox import OUTBOX

PURGE_EVERY = timedelta(hours=1)
DELIVERIES_KEPT = timedelta(days=30)
ARCHIVES_KEPT = timedelta(days=1)
AT_ONCE = 5_000
"""Rows that one unit removes: others have their turn in between."""


async def purge(database: Database, now: datetime) -> None:
    """Remove what is older than it is kept."""
    for table, condition, before in (
        (OUTBOX, "state IN ('SENT', 'FAILED') AND ", now - DELIVERIES_KEPT),
        ("document_archive", "", now - ARCHIVES_KEPT),
    ):
        while await _remove(database, table, condition, before) == AT_ONCE:
            pass


async def _remove(database: Database, table: str, condition: str, before: datetime) -> int:
    async def work(unit: Unit) -> int:
        query = Statement(unit.dialect)
        old = f"SELECT id FROM {table} WHERE {condition}created_at < {query.bind(before)} LIMIT {AT_ONCE}"
        return await unit.execute(f"DELETE FROM {table} WHERE id IN ({old})", query.values)

    return await database.unit_of_work(work)
