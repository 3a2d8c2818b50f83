"""Taking mails from the outbox and putting back what became of them (``models.outbox`` writes the rows).

A claim is a promise with an end: until ``claimed_until`` nobody else sends the mail; after that its worker is taken
for dead. ``attempts`` tells one claim of a row from the next, so a worker that comes back late settles nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..models.database import Database, Row, Unit
from ..models.sql import Statement, as_instant
from .retrying import Verdict

LEASE = timedelta(minutes=10)
"""How long a claim holds: clearly longer than a whole batch of sends at their slowest (``worker.BATCH`` minutes)."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail that ``worker`` may send until ``until``. ``facts`` is JSON; ``attempts`` counts this one.

    ``request_id`` is the request that caused it, as the logs call it.
    """

    id: str
    kind: str
    recipient: str
    language: str
    facts: str
    attempts: int
    created_at: datetime
    request_id: str | None
    worker: str
    until: datetime


async def claim(database: Database, worker: str, now: datetime, limit: int) -> list[Claim]:
    """Take up to ``limit`` mails that are due at ``now``, the longest due first; nobody else gets them meanwhile."""
    now = now.astimezone(UTC)
    until = now + LEASE

    async def work(unit: Unit) -> list[Claim]:
        query = Statement(unit.dialect)
        # Rows that another worker is just taking are skipped; SQLite has one writer at a time.
        skip = "FOR UPDATE SKIP LOCKED" if unit.dialect == "postgres" else ""
        instant = query.bind(now)
        rows = await unit.fetch(
            f"""WITH due AS MATERIALIZED (
                  SELECT id FROM mail_message
                  WHERE state = 'QUEUED' AND next_attempt_at <= {instant}
                    AND (claimed_until IS NULL OR claimed_until < {instant})
                  ORDER BY next_attempt_at LIMIT {query.bind(limit)} {skip}
                )
                UPDATE mail_message
                SET claimed_until = {query.bind(until)}, claimed_by = {query.bind(worker)}, attempts = attempts + 1
                WHERE id IN (SELECT id FROM due)
                RETURNING id, kind, recipient, language, facts, attempts, created_at, request_id""",
            query.values,
        )
        return [_claim(row, worker, until) for row in rows]

    claims = await database.unit_of_work(work)
    return sorted(claims, key=lambda taken: (taken.created_at, taken.id))


async def settle(database: Database, taken: Claim, verdict: Verdict) -> bool:
    """Record what became of a claimed mail and end the claim; False, and nothing done, where the claim was lost."""
    return await database.unit_of_work(lambda unit: _put_back(unit, taken, verdict))


async def release(database: Database, claims: list[Claim]) -> None:
    """Give mails back untried: due as before, and this attempt not counted."""

    async def work(unit: Unit) -> None:
        for taken in claims:
            await _update_held(unit, taken, {"claimed_until": None, "claimed_by": None, "attempts": taken.attempts - 1})
        unit.mailed = bool(claims)

    await database.unit_of_work(work)


async def next_due(database: Database) -> datetime | None:
    """When the first unclaimed mail is due, past or future; None where nothing waits."""
    rows = await database.fetch(
        "SELECT next_attempt_at FROM mail_message WHERE state = 'QUEUED' AND claimed_until IS NULL"
        " ORDER BY next_attempt_at LIMIT 1"
    )
    return as_instant(rows[0][0]) if rows else None


def _claim(row: Row, worker: str, until: datetime) -> Claim:
    mail_id, kind, recipient, language, facts, attempts, created_at, request_id = row
    created = as_instant(created_at)
    return Claim(str(mail_id), kind, recipient, language, facts, attempts, created, request_id, worker, until)


async def _put_back(unit: Unit, taken: Claim, verdict: Verdict) -> bool:
    columns: dict[str, object] = {
        "state": verdict.state,
        "attempts": verdict.attempts,
        "next_attempt_at": verdict.next_attempt_at.astimezone(UTC),
        "sent_at": verdict.sent_at and verdict.sent_at.astimezone(UTC),
        "last_code": verdict.code,
        "last_error": verdict.error,
        "claimed_until": None,
        "claimed_by": None,
    }
    return await _update_held(unit, taken, columns)


async def _update_held(unit: Unit, taken: Claim, columns: dict[str, object]) -> bool:
    query = Statement(unit.dialect)
    changes = ", ".join(f"{column} = {query.bind(value)}" for column, value in columns.items())
    changed = await unit.execute(
        f"UPDATE mail_message SET {changes}"
        f" WHERE id = {query.bind(taken.id)} AND state = 'QUEUED'"
        f" AND claimed_by = {query.bind(taken.worker)} AND attempts = {query.bind(taken.attempts)}",
        query.values,
    )
    return changed == 1
