"""Attempts that are counted, in the database, so that several processes count together, and answered in one time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..database import Database, Unit
from ..domain.faults import RateLimited
from ..sql import Statement
from ..tables import SignInAttempt

WINDOW = timedelta(minutes=15)
"""An attempt counts for so long; the pause ends when the oldest that counts no longer does."""

ANSWER_AFTER = 0.4
"""Seconds after which every wrong answer is given, or a multiple of it where the machine is busy: longer than the work
behind it, so that the time tells nothing."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How many attempts ``subject`` has within the window: a digest of what is tried, or of where it comes from."""

    subject: str
    most: int


async def count_attempt(database: Database, limits: Sequence[Limit], now: datetime) -> list[int]:
    """Count an attempt for every subject and give what :func:`forget` takes; :class:`RateLimited` in a pause.

    Attempts of one subject are counted one after the other, so that of many at once no more than the limit pass.
    """

    async def work(unit: Unit) -> tuple[list[int], float]:
        await _alone(unit, limits)
        await SignInAttempt.filter(at__lt=now - WINDOW).delete()
        wait = max([await _wait(limit, now) for limit in limits], default=0.0)
        if wait > 0:
            return [], wait
        made = [await SignInAttempt.create(subject=limit.subject, at=now) for limit in limits]
        return [attempt.id for attempt in made], 0.0

    ids, wait = await database.unit_of_work(work)
    if wait > 0:
        raise RateLimited(int(wait) + 1)
    return ids


async def forget(unit: Unit, attempts: Sequence[int]) -> None:
    """These attempts do not count any more."""
    for attempt in attempts:
        query = Statement(unit.dialect)
        await unit.execute(f"DELETE FROM sign_in_attempt WHERE id = {query.bind(attempt)}", query.values)


async def answer_late(began: float) -> None:
    """Wait until the next multiple of :data:`ANSWER_AFTER` since ``began``, by the loop's clock."""
    await asyncio.sleep(ANSWER_AFTER - (asyncio.get_running_loop().time() - began) % ANSWER_AFTER)


async def _alone(unit: Unit, limits: Sequence[Limit]) -> None:
    if unit.dialect != "postgres":
        return  # SQLite's units exclude one another anyway.
    for subject in sorted(limit.subject for limit in limits):
        lock = int.from_bytes(bytes.fromhex(subject)[:8], "big", signed=True)
        await unit.fetch("SELECT pg_advisory_xact_lock($1)", [lock])


async def _wait(limit: Limit, now: datetime) -> float:
    recent = await SignInAttempt.filter(subject=limit.subject).order_by("-id").limit(limit.most)
    if len(recent) < limit.most:
        return 0.0
    return (recent[-1].at + WINDOW - now).total_seconds()
