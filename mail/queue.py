"""An outbox table as a queue: taking what is due, putting back what became of it.

A claim is a promise with an end: until ``claimed_until`` nobody else sends the row; after that its worker is taken
for dead. ``attempts`` tells one claim of a row from the next, so a worker that comes back late settles nothing.

Such a table has the columns ``id, state, attempts, next_attempt_at, claimed_until, claimed_by, last_code, last_error,
request_id, created_at, sent_at``; whoever writes a row adds the table's name to ``Unit.queued``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ..models.database import Database, Row, Unit
from ..models.sql import Statement, as_instant
from .outcome import Outcome
from .retrying import Verdict

LEASE = timedelta(minutes=10)
"""How long a claim holds: clearly longer than a whole batch of sends at their slowest."""

_OWN = ("id", "attempts", "created_at", "request_id")


@dataclass(frozen=True, slots=True)
class Claim:
    """A row that ``worker`` may send until ``until``. ``columns`` are the queue's own; ``attempts`` counts this one.

    ``request_id`` is the request that caused it, as the logs call it.
    """

    id: str
    columns: Mapping[str, Any]
    attempts: int
    created_at: datetime
    request_id: str | None
    worker: str
    until: datetime


Record = Callable[[Unit, Claim, Outcome, Verdict], Awaitable[None]]
"""What else is written, in the same unit, when a row is settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A table to send from. ``name`` is what logs call it, ``columns`` what a claim brings.

    ``ready`` is a condition on the row ``o``: rows that do not meet it wait, such as those of a target that is off or
    already being served. Two workers that claim at once may each find it met.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    ready: str = "true"

    async def claim(self, database: Database, worker: str, now: datetime, limit: int) -> list[Claim]:
        """Take up to ``limit`` rows that are due at ``now``, the longest due first; nobody else gets them meanwhile."""
        now = now.astimezone(UTC)
        until = now + LEASE

        async def work(unit: Unit) -> list[Claim]:
            query = Statement(unit.dialect)
            # Rows that another worker is just taking are skipped; SQLite has one writer at a time.
            skip = "FOR UPDATE SKIP LOCKED" if unit.dialect == "postgres" else ""
            instant = query.bind(now)
            rows = await unit.fetch(
                f"""WITH due AS MATERIALIZED (
                      SELECT o.id FROM {self.table} o
                      WHERE o.state = 'QUEUED' AND o.next_attempt_at <= {instant}
                        AND (o.claimed_until IS NULL OR o.claimed_until < {instant}) AND {self.ready}
                      ORDER BY o.next_attempt_at LIMIT {query.bind(limit)} {skip}
                    )
                    UPDATE {self.table}
                    SET claimed_until = {query.bind(until)}, claimed_by = {query.bind(worker)}, attempts = attempts + 1
                    WHERE id IN (SELECT id FROM due)
                    RETURNING {", ".join((*_OWN, *self.columns))}""",
                query.values,
            )
            return [self._claim(row, worker, until) for row in rows]

        claims = await database.unit_of_work(work)
        return sorted(claims, key=lambda taken: (taken.created_at, taken.id))

    async def settle(
        self, database: Database, taken: Claim, outcome: Outcome, verdict: Verdict, record: Record | None = None
    ) -> bool:
        """Record what became of a claimed row and end the claim; False, and nothing done, where the claim was lost."""

        async def work(unit: Unit) -> bool:
            held = await self._put_back(unit, taken, verdict)
            if held and record is not None:
                await record(unit, taken, outcome, verdict)
            return held

        return await database.unit_of_work(work)

    async def release(self, database: Database, claims: list[Claim]) -> None:
        """Give rows back untried: due as before, and this attempt not counted."""

        async def work(unit: Unit) -> None:
            for taken in claims:
                columns = {"claimed_until": None, "claimed_by": None, "attempts": taken.attempts - 1}
                await self._update_held(unit, taken, columns)
            if claims:
                unit.queued.add(self.table)

        await database.unit_of_work(work)

    async def next_due(self, database: Database) -> datetime | None:
        """When the first unclaimed row is due, past or future; None where nothing waits."""
        rows = await database.fetch(
            f"SELECT o.next_attempt_at FROM {self.table} o WHERE o.state = 'QUEUED' AND o.claimed_until IS NULL"
            f" AND {self.ready} ORDER BY o.next_attempt_at LIMIT 1"
        )
        return as_instant(rows[0][0]) if rows else None

    def _claim(self, row: Row, worker: str, until: datetime) -> Claim:
        row_id, attempts, created_at, request_id = row[: len(_OWN)]
        columns = dict(zip(self.columns, row[len(_OWN) :], strict=True))
        return Claim(str(row_id), columns, attempts, as_instant(created_at), request_id, worker, until)

    async def _put_back(self, unit: Unit, taken: Claim, verdict: Verdict) -> bool:
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
        return await self._update_held(unit, taken, columns)

    async def _update_held(self, unit: Unit, taken: Claim, columns: Mapping[str, object]) -> bool:
        query = Statement(unit.dialect)
        changes = ", ".join(f"{column} = {query.bind(value)}" for column, value in columns.items())
        held = f"claimed_by = {query.bind(taken.worker)} AND attempts = {query.bind(taken.attempts)}"
        changed = await unit.execute(
            f"UPDATE {self.table} SET {changes} WHERE id = {query.bind(taken.id)} AND state = 'QUEUED' AND {held}",
            query.values,
        )
        return changed == 1
