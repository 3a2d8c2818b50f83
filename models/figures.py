"""What an operator watches of a database: the outboxes by state, the pool."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .database import Database
from .sql import as_instant

MAIL_STATES = ("QUEUED", "SENT", "FAILED")


@dataclass(frozen=True, slots=True)
class PlatformQueue:
    """What there is for one platform: rows by state, and since when the oldest that it has not taken waits."""

    by_state: Mapping[str, int]
    oldest_seconds: float


NO_DELIVERIES = PlatformQueue(dict.fromkeys(MAIL_STATES, 0), 0.0)


@dataclass(frozen=True, slots=True)
class PoolUse:
    """Connections of this process: open, of these idle, and the most there may be."""

    open: int
    idle: int
    most: int


async def mail_by_state(database: Database) -> dict[str, int]:
    """How many mails the outbox holds in each state."""
    found = await database.fetch("SELECT state, count(*) FROM mail_message GROUP BY state")
    return dict.fromkeys(MAIL_STATES, 0) | {str(state): int(count) for state, count in found}


async def deliveries_by_state(database: Database) -> dict[str, int]:
    """How many deliveries of webhooks are kept in each state."""
    found = await database.fetch("SELECT state, count(*) FROM webhook_delivery GROUP BY state")
    return dict.fromkeys(MAIL_STATES, 0) | {str(state): int(count) for state, count in found}


async def oldest_mail_seconds(database: Database, now: datetime) -> float:
    """For how long the longest due mail has been waiting to be sent; 0 where none is due."""
    found = await database.fetch("SELECT min(next_attempt_at) FROM mail_message WHERE state = 'QUEUED'")
    return _seconds_since(found[0][0], now)


async def oldest_webhook_seconds(database: Database, now: datetime) -> float:
    """Since when the oldest delivery of a webhook that is on has been waiting; 0 where none waits."""
    found = await database.fetch(
        "SELECT min(d.created_at) FROM webhook_delivery d JOIN webhook w ON w.id = d.webhook_id"
        " WHERE d.state = 'QUEUED' AND w.state = 'ACTIVE'"
    )
    return _seconds_since(found[0][0], now)


async def platform_queues(database: Database, now: datetime) -> dict[str, PlatformQueue]:
    """What there is for each platform that has not been removed, by its name."""
    found = await database.fetch(
        "SELECT p.name, d.state, count(d.id), min(d.created_at) FROM platform p"
        " LEFT JOIN platform_delivery d ON d.platform_id = p.id WHERE p.active = true GROUP BY p.name, d.state"
    )
    states: defaultdict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(MAIL_STATES, 0))
    oldest: dict[str, float] = {}
    for name, state, count, first in found:
        if state is not None:
            states[name][state] = int(count)
        if state == "QUEUED":
            oldest[name] = _seconds_since(first, now)
    names = {row[0] for row in found}
    return {name: PlatformQueue(states[name], oldest.get(name, 0.0)) for name in names}


def _seconds_since(instant: datetime | str | None, now: datetime) -> float:
    return 0.0 if instant is None else max(0.0, (now.astimezone(UTC) - as_instant(instant)).total_seconds())


def pool_use(database: Database) -> PoolUse:
    """The connections of this process. SQLite has one, in use while a unit of work runs."""
    if database.dialect == "sqlite":
        return PoolUse(open=1, idle=0 if database.units else 1, most=1)
    pool: Any = getattr(database.client, "_pool", None)
    if pool is None:
        return PoolUse(open=0, idle=0, most=0)
    return PoolUse(open=pool.get_size(), idle=pool.get_idle_size(), most=pool.get_max_size())
