"""Where this server stands with each platform: what it has read of their feeds, whether they answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ..database import Database, Unit
from ..outboxes.platforms import OUTBOX
from ..sql import Statement

PULL_EVERY = timedelta(minutes=5)


async def claim_pull(database: Database, platform_id: str, now: datetime, *, anew: bool = False) -> bool:
    """Whether this process reads the platform's feed now: one of several does, every five minutes or ``anew``."""

    async def work(unit: Unit) -> bool:
        query = Statement(unit.dialect)
        after = "" if anew else f" AND next_pull_at <= {query.bind(now)}"
        changed = await unit.execute(
            f"UPDATE platform SET next_pull_at = {query.bind(now + PULL_EVERY)}"
            f" WHERE id = {query.bind(platform_id)} AND active = true{after}",
            query.values,
        )
        return changed == 1

    return await database.unit_of_work(work)


async def keep_cursor(database: Database, platform_id: str, before: str | None, cursor: str | None) -> None:
    """Remember how far a platform's feed has been read, unless another process has gone on from ``before`` itself."""

    async def work(unit: Unit) -> None:
        query = Statement(unit.dialect)
        same = "taken IS NULL" if before is None else f"taken = {query.bind(before)}"
        await unit.execute(
            f"UPDATE platform SET taken = {query.bind(cursor)} WHERE id = {query.bind(platform_id)} AND {same}",
            query.values,
        )

    await database.unit_of_work(work)


async def note_silence(unit: Unit, platform_id: str, why: str, until: datetime) -> None:
    """A platform does not answer: what else waits for it waits until then too."""
    # The platform's row first, here and below, so that two such units never wait for each other.
    query = Statement(unit.dialect)
    await unit.execute(
        f"UPDATE platform SET last_error = {query.bind(why)} WHERE id = {query.bind(platform_id)}", query.values
    )
    query = Statement(unit.dialect)
    later = query.bind(until.astimezone(UTC))
    await unit.execute(
        f"UPDATE {OUTBOX} SET next_attempt_at = {later} WHERE platform_id = {query.bind(platform_id)}"
        f" AND state = 'QUEUED' AND claimed_until IS NULL AND next_attempt_at < {later}",
        query.values,
    )


async def note_answer(unit: Unit, platform_id: str, now: datetime) -> None:
    """A platform answers, or asks: what was put off for its sake is due now."""
    query = Statement(unit.dialect)
    await unit.execute(
        f"UPDATE platform SET last_heard_at = {query.bind(now.astimezone(UTC))}, last_error = NULL"
        f" WHERE id = {query.bind(platform_id)}",
        query.values,
    )
    query = Statement(unit.dialect)
    instant = query.bind(now.astimezone(UTC))
    due = await unit.execute(
        f"UPDATE {OUTBOX} SET next_attempt_at = {instant} WHERE platform_id = {query.bind(platform_id)}"
        f" AND state = 'QUEUED' AND claimed_until IS NULL AND next_attempt_at > {instant}",
        query.values,
    )
    if due:
        unit.queued.add(OUTBOX)


async def hear(database: Database, platform_id: str) -> None:
    """The same in a unit of its own."""
    await database.unit_of_work(lambda unit: note_answer(unit, platform_id, datetime.now(UTC)))
