"""Writing down, once a minute, when API tokens were last shown to this process."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog

from ..models.authority import Authority
from ..models.database import Database
from ..models.tokens import USE_EVERY

log = structlog.get_logger(__name__)


async def write_uses(authority: Authority, database: Database, stop: asyncio.Event) -> None:
    """Until ``stop``, and once more then. While the database is away what was noted is kept for later."""
    while not stop.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), USE_EVERY.total_seconds())
        try:
            await authority.uses.write(database)
        except Exception as error:  # noqa: BLE001 - whatever the database raises, a token's use may be known later
            log.warning("uses_unwritten", error=type(error).__name__)
