"""What an operator watches of a database: the outbox by state, the pool."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .database import Database
from .sql import as_instant

MAIL_STATES = ("QUEUED", "SENT", "FAILED")


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
    due = found[0][0]
    return 0.0 if due is None else max(0.0, (now.astimezone(UTC) - as_instant(due)).total_seconds())


def pool_use(database: Database) -> PoolUse:
    """The connections of this process. SQLite has one, in use while a unit of work runs."""
    if database.dialect == "sqlite":
        return PoolUse(open=1, idle=0 if database.units else 1, most=1)
    pool: Any = getattr(database.client, "_pool", None)
    if pool is None:
        return PoolUse(open=0, idle=0, most=0)
    return PoolUse(open=pool.get_size(), idle=pool.get_idle_size(), most=pool.get_max_size())
