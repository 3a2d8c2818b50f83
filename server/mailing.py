"""Mail delivery in a process of its own: ``tramesa mail``."""

from __future__ import annotations

import asyncio
import signal

from ..models.database import Database
from ..models.listening import listen
from .outboxes import outbox_workers
from .settings import Settings


async def deliver(database: Database, settings: Settings, *, once: bool) -> None:
    """Send what is due and, unless ``once``, go on until SIGTERM or SIGINT."""
    workers = outbox_workers(database, settings)
    if once:
        await asyncio.gather(*(worker.drain() for worker in workers))
        return
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    listening = asyncio.create_task(listen(database, stop))
    await asyncio.gather(*(worker.run(stop) for worker in workers))
    await listening
