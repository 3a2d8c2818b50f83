"""Hearing of changes that other processes made. Losing the connection loses nothing: everybody is woken then."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from typing import Any

import asyncpg
import structlog
from tortoise.exceptions import BaseORMException

from .database import UNREACHABLE, Database, connect_alone, sqlite_path
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
        try:
            version = (await database.fetch("PRAGMA data_version"))[0][0]
        except (OSError, BaseORMException, sqlite3.Error) as error:
            log.warning("watch_failed", error=type(error).__name__)
            continue
        if version != seen:
            database.signals.wake_all()
        seen = version


async def _listen(database: Database, stop: asyncio.Event) -> None:
    pause = FIRST_PAUSE
    while not stop.is_set():
        heard = asyncio.Event()
        try:
            await _hear(database, stop, heard)
        except (*UNREACHABLE, asyncpg.PostgresError) as error:
            pause = FIRST_PAUSE if heard.is_set() else pause
            log.warning("listen_lost", error=type(error).__name__, retry_in=pause)
            await _pause(stop, pause)
            pause = min(pause * 2, LONGEST_PAUSE)


async def _hear(database: Database, stop: asyncio.Event, heard: asyncio.Event) -> None:
    connection = await connect_alone(database.url)
    lost = asyncio.Event()
    try:
        connection.add_termination_listener(lambda _: lost.set())
        await connection.add_listener("tramesa_feed", lambda *said: _wake(database, said))
        await connection.add_listener("tramesa_outbox", lambda *said: database.due(said[3]).set())
        heard.set()
        # What happened while nobody listened was not heard: let everybody look.
        database.signals.wake_all()
        while not stop.is_set() and not lost.is_set():
            await _pause(stop, CHECK_EVERY, lost)
            await connection.execute("SELECT 1", timeout=5)
    finally:
        with contextlib.suppress(Exception):
            await connection.close(timeout=2)


def _wake(database: Database, said: tuple[Any, ...]) -> None:
    with contextlib.suppress(ValueError):
        database.signals.wake([FeedKey.parse(said[3])])


async def _pause(stop: asyncio.Event, seconds: float, *others: asyncio.Event) -> bool:
    """Wait so long or until an event; whether ``stop`` is set."""
    waits = [asyncio.ensure_future(event.wait()) for event in (stop, *others)]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    return stop.is_set()
