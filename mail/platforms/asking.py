"""Asking the platforms who lives there, while somebody waits: all at once, briefly, and remembered."""

from __future__ import annotations

import asyncio
import time

import structlog

from ...models.database import Database
from ...models.platforms.directory import Home, asked_lately, home_of, remember_answer
from ...models.platforms.known import PlatformRow, list_platforms
from .adapter import Adapters, NotNow

_log = structlog.get_logger(__name__)

REST = 60.0
"""Seconds for which a platform that gave no answer is not asked again by this process: nobody waits for it twice."""


class Asker:
    """Finds the platform that a tax id lives on. What is known is not asked; what is asked is remembered."""

    def __init__(self, database: Database, adapters: Adapters) -> None:
        self._database = database
        self._adapters = adapters
        self._resting: dict[str, float] = {}

    async def home_of(self, tax_id: str) -> Home | None:
        """Where a tax id lives; None where no platform that answers within two seconds knows it."""
        known = await home_of(self._database, tax_id)
        if known is not None:
            return known
        asked = await asked_lately(self._database, tax_id)
        now = time.monotonic()
        unasked = [
            platform
            for platform in await list_platforms(self._database)
            if platform.id not in asked and self._resting.get(platform.id, 0.0) <= now
        ]
        # Also where all have been asked: somebody else may have done so since the directory was looked into.
        await asyncio.gather(*(self._ask(platform, tax_id) for platform in unasked))
        return await home_of(self._database, tax_id)

    async def _ask(self, platform: PlatformRow, tax_id: str) -> None:
        try:
            found = await self._adapters(platform).knows([tax_id])
        except NotNow as error:
            self._resting[platform.id] = time.monotonic() + REST
            _log.info("platforms.not_asked", platform=platform.name, reason=error.text, code=error.code)
            return
        await remember_answer(self._database, platform.id, [tax_id], found)
