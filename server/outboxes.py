"""The workers that send what waits in the outbox tables."""

from __future__ import annotations

from ..mail.letters import MAIL, letter_senders
from ..mail.transport import transport_factory
from ..mail.worker import Worker
from ..models.database import Database
from .settings import Settings
from .stopping import StopLinks


def outbox_workers(database: Database, settings: Settings) -> list[Worker]:
    """One for each outbox, all of which a process that delivers runs."""
    return [mail_worker(database, settings)]


def mail_worker(database: Database, settings: Settings) -> Worker:
    """The worker that sends mail."""
    transports = transport_factory(settings.smtp_url, settings.mail_folder)
    senders = letter_senders(
        database,
        transports,
        mail_from=settings.mail_from,
        public_url=settings.public_url,
        stop_link=StopLinks(settings.public_url, settings.secret_key),
        secret=settings.secret_key,
    )
    return Worker(database, MAIL, senders)
