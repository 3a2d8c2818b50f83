"""Reading the platforms' own feeds: what became of our invoices there, whatever became of the pushes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import structlog

from ...models.database import UNREACHABLE, Database
from ...models.domain.errors import NotFound
from ...models.identifiers import key_of
from ...models.life.cancellation_answers import take_answer
from ...models.outboxes.cancellation_travel import waiting_requests
from ...models.platforms.exchange import take_report
from ...models.platforms.known import PlatformRow, list_platforms
from ...models.platforms.relaying import claim_pull, hear, keep_cursor
from .adapter import Adapters, LostTrack, NotNow, NotOffered

_log = structlog.get_logger(__name__)

PAGE = 50
MOST_PAGES = 200
"""Pages of a feed in one round: what is left is read in the next, and no platform keeps a round from ending."""
GRACE = 2.0
"""Seconds that a feed in the middle of being read gets at the stop."""
LOOK_EVERY = 5.0
"""Seconds between looks at whose feed is due."""


async def pull(database: Database, platform: PlatformRow, adapters: Adapters) -> int:
    """Read a platform's feed to its end, from where it was left; how many entries. :class:`~.adapter.NotNow`."""
    cursor, read = platform.taken, 0
    for _ in range(MOST_PAGES):
        try:
            page = await adapters(platform).states_after(cursor, PAGE)
        except LostTrack:
            # Its database is another than the one that gave the cursor. Told twice is told once.
            if cursor is None:
                raise NotNow("It refuses to tell its feed from the beginning.") from None
            await keep_cursor(database, platform.id, cursor, None)
            cursor = None
            continue
        for remote_id, step in page.entries:
            try:
                await take_report(database, platform, key_of("Invoice", remote_id), [step])
            except NotFound:
                _log.warning("platforms.unknown_invoice", platform=platform.name, invoice=remote_id[:100])
        if page.cursor != cursor:
            await keep_cursor(database, platform.id, cursor, page.cursor)
        cursor, read = page.cursor, read + len(page.entries)
        if not page.more or not page.entries:
            break
    return read


async def pull_answers(database: Database, platform: PlatformRow, adapters: Adapters) -> int:
    """Ask how our requests of cancellation stand there that wait for an answer; how many have one."""
    after, answered = None, 0
    while waiting := await waiting_requests(database, platform.id, after, PAGE):
        invoices = {request_id: invoice_id for _, request_id, invoice_id in waiting}
        try:
            answers = await adapters(platform).cancellations(list(invoices))
        except NotOffered:
            return answered
        for answer in answers:
            await take_answer(database, platform, invoices[answer.request_id], answer)
            answered += answer.act is not None
        after = waiting[-1][0]
    return answered


class Puller:
    """Reads the feeds of all platforms, each at the start and every five minutes, by one process at a time."""

    def __init__(self, database: Database, adapters: Adapters) -> None:
        self._database = database
        self._adapters = adapters

    name = "platforms.feeds"

    async def run(self, stop: asyncio.Event) -> None:
        """Until ``stop`` is set. A platform that is slow to answer then is not waited for: it is asked again later."""
        following = asyncio.create_task(self._follow(stop))
        try:
            await stop.wait()
            await asyncio.wait([following], timeout=GRACE)
        finally:
            following.cancel()
            await asyncio.wait([following])
            await self._adapters.close()

    async def drain(self) -> int:
        """Read every feed once."""
        try:
            return await self.round(anew=True)
        finally:
            await self._adapters.close()

    async def _follow(self, stop: asyncio.Event) -> None:
        anew = True
        while not stop.is_set():
            try:
                await self.round(anew=anew)
                anew = False
            except Exception as error:  # noqa: BLE001 - whatever the database raises, feeds are read when it is back
                _log.warning("platforms.database_gone", error=type(error).__name__, reason=str(error)[:200])
            try:
                async with asyncio.timeout(LOOK_EVERY):
                    await stop.wait()
            except TimeoutError:
                continue

    async def round(self, *, anew: bool = False) -> int:
        """Read the feeds that are due; with ``anew`` all of them. How many entries there were."""
        platforms = await list_platforms(self._database)
        return sum(await asyncio.gather(*(self._read(platform, anew=anew) for platform in platforms)))

    async def _read(self, platform: PlatformRow, *, anew: bool) -> int:
        if not await claim_pull(self._database, platform.id, datetime.now(UTC), anew=anew):
            return 0
        try:
            read = await pull(self._database, platform, self._adapters)
            read += await pull_answers(self._database, platform, self._adapters)
            await hear(self._database, platform.id)
        except NotNow as error:
            _log.info("platforms.not_read", platform=platform.name, reason=error.text, code=error.code)
            return 0
        except UNREACHABLE:
            raise
        except Exception:  # noqa: BLE001 - a fault of ours with one feed must not keep the others from being read
            _log.exception("platforms.crashed", platform=platform.name)
            return 0
        if read:
            _log.info("platforms.read", platform=platform.name, entries=read)
        return read
