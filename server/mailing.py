"""Mail delivery in a process of its own: ``tramesa mail``."""

from __future__ import annotations

import asyncio
import signal

from ..mail.transport import transport_factory
from ..mail.worker import MailWorker
from ..models.database import Database
from ..models.listening import listen
from .settings import Settings


async def deliver(database: Database, settings: Settings, *, once: bool) -> None:
    """Send what is due and, unless ``once``, go on until SIGTERM or SIGINT."""
    worker = MailWorker(
        database,
        transport_factory(settings.smtp_url, settings.mail_folder),
        mail_from=settings.mail_from,
        public_url=settings.public_url,
    )
    if once:
        await worker.drain()
        return
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    listening = asyncio.create_task(listen(database, stop))
    await worker.run(stop)
    await listening
