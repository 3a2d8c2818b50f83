"""Forgetting what was kept for a while: what keys stood for, sessions that ended, deliveries, chosen archives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from .database import Database, Unit
from .idempotency import KEPT as KEYS_KEPT
from .notices.log import DIGEST_ITEMS_KEPT
from .outboxes.webhooks import OUTBOX
from .sql import Statement

PURGE_EVERY = timedelta(hours=1)
DELIVERIES_KEPT = timedelta(days=30)
ARCHIVES_KEPT = timedelta(days=1)
ENDED_KEPT = timedelta(days=1)
"""How long sessions, links, platforms' tokens and failed attempts stay once they count no more."""
AT_ONCE = 5_000
"""Rows that one unit removes: others have their turn in between."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """What is removed from a table: rows whose ``column`` is as old as ``kept``, where the ``condition`` holds."""

    table: str
    column: str
    kept: timedelta
    condition: str = ""


RULES = (
    _Rule("idempotency_key", "created_at", KEYS_KEPT),
    _Rule("batch_result", "created_at", KEYS_KEPT),
    _Rule("session", "expires_at", ENDED_KEPT),  # Its refresh tokens go with it.
    _Rule("password_link", "expires_at", ENDED_KEPT),
    _Rule("used_token", "expires_at", ENDED_KEPT),
    _Rule("sign_in_attempt", "at", ENDED_KEPT),
    _Rule("digest_item", "due_at", DIGEST_ITEMS_KEPT),
    _Rule("document_archive", "created_at", ARCHIVES_KEPT),
    # Counted from the last attempt, by which the outbox is ordered.
    _Rule(OUTBOX, "next_attempt_at", DELIVERIES_KEPT, "state IN ('SENT', 'FAILED') AND "),
)


async def purge(database: Database, now: datetime) -> None:
    """Remove what is older than it is kept. Several processes may do so at once: each takes rows that no other has."""
    for rule in RULES:
        while await _remove(database, rule, now - rule.kept) == AT_ONCE:
            pass


async def _remove(database: Database, rule: _Rule, before: datetime) -> int:
    async def work(unit: Unit) -> int:
        query = Statement(unit.dialect)
        old = f"SELECT id FROM {rule.table} WHERE {rule.condition}{rule.column} < {query.bind(before)} LIMIT {AT_ONCE}"
        lock = " FOR UPDATE SKIP LOCKED" if unit.dialect == "postgres" else ""
        return await unit.execute(f"DELETE FROM {rule.table} WHERE id IN ({old}{lock})", query.values)

    return await database.unit_of_work(work)
