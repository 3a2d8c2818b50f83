"""Hearing of changes that other processes made. Losing the connection loses nothing: everybody is woken then."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import asyncpg
import structlog

from .database import UNREACHABLE, Database, sqlite_path
from .signals import FeedKey

log = structlog.get_logger(__name__)

SQLITE_POLL = 0.25
"""Seconds between looks at whether another process has written to an embedded database."""
CHECK_EVERY = 10.0
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0


async def listen(database: Database, stop: asyncio.Event) -> None:
    """Wake this process's followers for other processes' changes, until ``stop``."""
    if database.dialect == "sqlite":
        await _watch_file(database, stop)
    else:
        await _listen(database, stop)


async def _watch_file(database: Database, stop: asyncio.Event) -> None:
    # data_version changes when, and only when, another connection has committed. It is asked only where it matters.
    seen = None
    while not await _pause(stop, SQLITE_POLL):
        if not database.signals.following or not sqlite_path(database.url):
            seen = None
            continue
        version = (await database.fetch("PRAGMA data_version"))[0][0]
        if version != seen:
            database.signals.wake_all()
        seen = version


async def _listen(database: Database, stop: asyncio.Event) -> None:
    pause = FIRST_PAUSE
    while not stop.is_set():
        try:
            await _hear(database, stop)
            pause = FIRST_PAUSE
        except UNREACHABLE as error:
            log.warning("listen_lost", error=type(error).__name__, retry_in=pause)
            await _pause(stop, pause)
            pause = min(pause * 2, LONGEST_PAUSE)


async def _hear(database: Database, stop: asyncio.Event) -> None:
    connection = await asyncpg.connect(database.url.partition("?")[0], timeout=5)
    lost = asyncio.Event()
    try:
        connection.add_termination_listener(lambda _: lost.set())
        await connection.add_listener("tramesa_feed", lambda *heard: _wake(database, heard))
        await connection.add_listener("tramesa_mail", lambda *_: database.mail_due.set())
        # What happened while nobody listened was not heard: let everybody look.
        database.signals.wake_all()
        while not stop.is_set() and not lost.is_set():
            await _pause(stop, CHECK_EVERY, lost)
            await connection.execute("SELECT 1", timeout=5)
    finally:
        with contextlib.suppress(Exception):
            await connection.close(timeout=2)


def _wake(database: Database, heard: tuple[Any, ...]) -> None:
    with contextlib.suppress(ValueError):
        database.signals.wake([FeedKey.parse(heard[3])])


async def _pause(stop: asyncio.Event, seconds: float, *others: asyncio.Event) -> bool:
    """Wait so long or until an event; whether ``stop`` is set."""
    waits = [asyncio.ensure_future(event.wait()) for event in (stop, *others)]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    return stop.is_set()
