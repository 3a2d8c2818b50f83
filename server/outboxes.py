"""The workers that send what waits in the outbox tables, and what else is done besides answering."""

from __future__ import annotations

from ..mail.letters import MAIL, letter_senders
from ..mail.platforms.adapters import adapters_of
from ..mail.platforms.pulling import Puller
from ..mail.platforms.sending import DELIVERIES, SLOWEST, DeliverySender, judge_delivery, record
from ..mail.transport import transport_factory
from ..mail.webhooks.sending import TOTAL, WebhookSender
from ..mail.webhooks.settling import WEBHOOKS, judge_webhook, recorder
from ..mail.worker import Worker
from ..models.database import Database
from .settings import Settings
from .stopping import StopLinks


def outbox_workers(database: Database, settings: Settings) -> list[Worker | Puller]:
    """One for each outbox, all of which a process that delivers runs; and what reads other platforms' feeds."""
    return [
        mail_worker(database, settings),
        webhook_worker(database, settings),
        platform_worker(database, settings),
        platform_reader(database, settings),
    ]


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


PLATFORM_CONNECTIONS = 8
"""Rows that are sent to platforms at once, three of them at most to the same one."""


def platform_worker(database: Database, settings: Settings) -> Worker:
    """The worker that hands invoices over to other platforms, and tells them what became of theirs."""

    def sender() -> DeliverySender:
        adapters = adapters_of(database, address=settings.public_url, secret=settings.secret_key)
        return DeliverySender(database, adapters)

    return Worker(
        database,
        DELIVERIES,
        sender,
        judge_by=judge_delivery,
        record=record,
        connections=PLATFORM_CONNECTIONS,
        batch=1,
        slowest=SLOWEST,
    )


def platform_reader(database: Database, settings: Settings) -> Puller:
    """What reads other platforms' feeds."""
    return Puller(database, adapters_of(database, address=settings.public_url, secret=settings.secret_key))


WEBHOOK_CONNECTIONS = 16
"""Webhooks that are sent to at once. One that hangs holds one of them for 15 seconds, then is left alone for longer."""


def webhook_worker(database: Database, settings: Settings) -> Worker:
    """The worker that sends to webhooks, one delivery at a time to each."""
    return Worker(
        database,
        WEBHOOKS,
        lambda: WebhookSender(database, settings.secret_key, inside=settings.webhook_networks),
        judge_by=judge_webhook,
        record=recorder(),
        connections=WEBHOOK_CONNECTIONS,
        batch=1,
        slowest=TOTAL,
    )
