"""Everything that one server process is made of, opened and closed together."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog

from ..graphql.context import Context
from ..graphql.engine.execution import Engine
from ..graphql.schema import build_schema
from ..mail.platforms.adapters import AdapterRack, adapters_of
from ..mail.platforms.asking import Asker
from ..models.database import Database, open_database
from ..models.domain.scopes import ALL_SCOPES
from ..models.listening import listen
from ..models.people.authority import Authority, Credentials
from ..models.platforms.file import configure_platforms
from ..models.platforms.tokens import PlatformCaller, PlatformGate
from .capacity import ARCHIVES_AT_ONCE, Capacity, capacity_of_this_process
from .housekeeping import keep_house
from .links import SignedLinks
from .metrics import Metrics
from .outboxes import outbox_workers
from .rates import Rates
from .settings import Settings
from .telemetry import Telemetry
from .watching import Watch

log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Services:
    """One process's parts. ``draining`` is set when the process is asked to stop: streams end then."""

    settings: Settings
    database: Database
    authority: Authority
    links: SignedLinks
    engine: Engine
    metrics: Metrics
    telemetry: Telemetry
    rates: Rates
    gate: PlatformGate
    adapters: AdapterRack
    asker: Asker
    watch: Watch = field(init=False)
    archives: Capacity = field(default_factory=lambda: Capacity(ARCHIVES_AT_ONCE))
    capacity: Capacity = field(default_factory=capacity_of_this_process)
    draining: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Let the watch tell the time as the authority does."""
        self.watch = Watch(self.database, lambda: self.authority.clock())  # noqa: PLW0108 - tests change the authority

    def context(self, credentials: Credentials | None, address: str, caller: PlatformCaller | None = None) -> Context:
        """The surroundings of one operation."""
        return Context(
            database=self.database,
            authority=self.authority,
            links=self.links,
            address=address,
            anchors=self.settings.anchors,
            secret=self.settings.secret_key,
            webhook_networks=self.settings.webhook_networks,
            viewer=None if credentials is None else credentials.viewer,
            expires_at=None if credentials is None else credentials.expires_at,
            scopes=ALL_SCOPES if credentials is None else credentials.scopes,
            caller=caller,
            directory=self.asker,
            public_url=self.settings.public_url,
            pushed=self.metrics.pushed,
        )

    def drain(self) -> None:
        """End what would otherwise go on: the process is stopping."""
        self.draining.set()


@asynccontextmanager
async def open_services(settings: Settings, *, deliver_mail: bool = True) -> AsyncIterator[Services]:
    """Open the database, follow its signals and, unless told not to, deliver mail."""
    database = await open_database(settings.database_url)
    adapters = adapters_of(database, address=settings.public_url, secret=settings.secret_key)
    services = Services(
        settings=settings,
        database=database,
        authority=Authority(database, settings.secret_key),
        links=SignedLinks(settings.public_url, settings.secret_key),
        engine=Engine(build_schema(), introspection=settings.introspection, documents=settings.documents),
        metrics=Metrics(database),
        telemetry=Telemetry(),
        rates=Rates(settings.rate_limit),
        gate=PlatformGate(database, settings.public_url),
        adapters=adapters,
        asker=Asker(database, adapters),
    )
    if settings.platforms is not None:
        await configure_platforms(database, settings.platforms)
    stop = asyncio.Event()
    tasks = [
        asyncio.create_task(listen(database, stop), name="listen"),
        asyncio.create_task(services.watch.run(stop), name="watch"),
    ]
    tasks.append(asyncio.create_task(keep_house(services.authority, database, stop), name="house"))
    if deliver_mail:
        tasks += [
            asyncio.create_task(worker.run(stop), name=worker.name) for worker in outbox_workers(database, settings)
        ]
    try:
        yield services
    finally:
        services.drain()
        stop.set()
        _, late = await asyncio.wait(tasks, timeout=25)
        for task in late:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await adapters.close()
        await database.close()
        await asyncio.to_thread(services.telemetry.close)
