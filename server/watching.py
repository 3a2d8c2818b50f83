"""Looking again, for all who stay connected to this process at once, at whether they may still be here.

A request is decided when it comes. A socket or a stream stays for hours, and meanwhile its session may be closed, its
token revoked, its person removed or moved to less; whichever process, command or hand did it wrote it to the database.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import structlog
from tortoise.exceptions import BaseORMException

from ..models.database import UNREACHABLE, Database
from ..models.people.administration import STANDING
from ..models.people.authority import Credentials
from ..models.people.standing import Shown, Standing, read_standing

EVERY = 3.0
"""Seconds between two looks: whatever is withdrawn ends within five. What an administrator withdraws is heard of, and
looked at, at once; but for other processes on an embedded database, which hear of nothing.
"""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Guest:
    credentials: Credentials
    leave: asyncio.Event


class Watch:
    """Everybody of this process who came in with credentials and has stayed. ``clock`` gives aware instants."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._guests: dict[Shown, set[_Guest]] = {}

    @contextmanager
    def over(self, credentials: Credentials | None, leave: asyncio.Event) -> Iterator[None]:
        """Set ``leave`` once the credentials no longer give what they gave. Without credentials nothing is lost."""
        if credentials is None:
            yield
            return
        guest, guests = _Guest(credentials, leave), self._guests.setdefault(credentials.shown, set())
        guests.add(guest)
        try:
            yield
        finally:
            guests.discard(guest)
            if not guests:
                self._guests.pop(credentials.shown, None)

    async def run(self, stop: asyncio.Event) -> None:
        """Look again and again until ``stop``. While the database is away nobody is sent away."""
        due = self._database.due(STANDING)
        while not stop.is_set():
            due.clear()
            if self._guests:
                try:
                    await self.look()
                except (*UNREACHABLE, BaseORMException, asyncpg.PostgresError, sqlite3.Error) as error:
                    log.warning("watch_unreachable", error=type(error).__name__)
            await _first_of(stop, due)

    async def look(self) -> None:
        """Ask once what everybody's credentials are worth, and let go of those who have lost something."""
        now, guests = self._clock(), {shown: tuple(guests) for shown, guests in self._guests.items()}
        standing = await read_standing(self._database, guests, now)
        for shown, present in guests.items():
            for guest in present:
                if not _as_good(guest.credentials, standing.get(shown), now):
                    guest.leave.set()


async def _first_of(*events: asyncio.Event) -> None:
    """Until one of them is set, or for so long."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=EVERY, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


def _as_good(credentials: Credentials, standing: Standing | None, now: datetime) -> bool:
    if standing is None or (credentials.expires_at is not None and credentials.expires_at <= now):
        return False
    viewer = credentials.viewer
    # Other offices, fewer or more: what is followed and what was listed are no longer what this person sees.
    same_sight = standing.party_id == viewer.party_id and standing.offices == viewer.offices
    return same_sight and standing.roles >= viewer.roles
