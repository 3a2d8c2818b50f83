"""What is done now and then: writing down when API tokens were last shown, forgetting what nobody asks for again."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog

from ..models.database import Database
from ..models.people.authority import Authority
from ..models.people.tokens import USE_EVERY
from ..models.purging import PURGE_EVERY, purge

log = structlog.get_logger(__name__)


async def keep_house(authority: Authority, database: Database, stop: asyncio.Event) -> None:
    """Once a minute until ``stop``, and once more then. While the database is away everything is kept for later."""
    purged = authority.clock()
    while not stop.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), USE_EVERY.total_seconds())
        try:
            await authority.uses.write(database)
            if authority.clock() - purged >= PURGE_EVERY:
                purged = authority.clock()
                await purge(database, purged)
        except Exception as error:  # noqa: BLE001 - whatever the database raises, this may be done later
            log.warning("house_not_kept", error=type(error).__name__)
