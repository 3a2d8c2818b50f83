"""What Prometheus reads at ``/metrics``: operations, sockets, streams, subscriptions, feed lag, outboxes, the pool.

With several worker processes, which share a port, ``PROMETHEUS_MULTIPROC_DIR`` is set by ``tramesa serve``: each keeps
its numbers in files there, and whichever is asked adds them all up.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.process_collector import ProcessCollector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from ..models.database import UNREACHABLE, Database
from ..models.figures import pool_use
from .queue_metrics import QueueMetrics

SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
MAX_NAMES: Final = 200
"""Operations told apart by name; clients choose names, and each is a series of its own."""
OTHER: Final = "(other)"

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """One process's numbers."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._names: set[str] = set()
        self._registry = registry = CollectorRegistry(auto_describe=True)
        self._operations = Counter(
            "tramesa_operations",
            "GraphQL operations answered.",
            ("transport", "operation", "result"),
            registry=registry,
        )
        self._durations = Histogram(
            "tramesa_operation_seconds",
            "How long operations took; of subscriptions, how long they were followed.",
            ("transport", "kind"),
            buckets=(*_SECONDS, 60.0, 600.0),
            registry=registry,
        )
        self._feed_lag = Histogram(
            "tramesa_feed_lag_seconds",
            "From a status change to its push to a subscriber.",
            buckets=_SECONDS,
            registry=registry,
        )
        self._open = {
            what: Gauge(f"tramesa_{what}", text, registry=registry, multiprocess_mode="livesum")
            for what, text in (
                ("sockets", "WebSockets that are open."),
                ("streams", "Streams of server-sent events that are open."),
                ("subscriptions", "Feeds that are followed, over sockets and streams."),
                ("pool_open", "Database connections that are open."),
                ("pool_idle", "Database connections that are open and free."),
                ("pool_max", "Database connections that may be opened."),
                ("units_of_work", "Transactions that run or wait for a connection."),
            )
        }
        self._queues = QueueMetrics(registry)
        if SHARED not in os.environ:
            ProcessCollector(registry=registry)

    def operation(self, transport: str, name: str, kind: str, seconds: float, *, result: str) -> None:
        """Count an operation. ``kind`` is query, mutation, subscription or none (it did not get so far)."""
        self._operations.labels(transport, self._known(name), result).inc()
        self._durations.labels(transport, kind).observe(seconds)

    def pushed(self, at: datetime) -> None:
        """Count a status change that is on its way to a subscriber."""
        self._feed_lag.observe(max(0.0, (datetime.now(UTC) - at).total_seconds()))

    @contextmanager
    def open(self, what: str) -> Iterator[None]:
        """Count one more socket or stream while it is open."""
        gauge = self._open[what]
        gauge.inc()
        try:
            yield
        finally:
            gauge.dec()

    async def text(self) -> bytes:
        """All numbers in Prometheus's text format."""
        self._look()
        await self._look_at_queues()
        if SHARED not in os.environ:
            return generate_latest(self._registry)
        _bury_the_dead(Path(os.environ[SHARED]))
        together = CollectorRegistry()
        MultiProcessCollector(together)
        return generate_latest(together)

    def _look(self) -> None:
        use = pool_use(self._database)
        now = {
            "subscriptions": self._database.signals.following,
            "pool_open": use.open,
            "pool_idle": use.idle,
            "pool_max": use.most,
            "units_of_work": self._database.units,
        }
        for what, count in now.items():
            self._open[what].set(count)

    async def _look_at_queues(self) -> None:
        try:
            await self._queues.look(self._database)
        except UNREACHABLE:
            return  # The numbers of the last look stay, and /readyz says what is wrong.

    def _known(self, name: str) -> str:
        if name in self._names:
            return name
        if len(self._names) >= MAX_NAMES:
            return OTHER
        self._names.add(name)
        return name


def _bury_the_dead(folder: Path) -> None:
    """A worker that was killed has no sockets any more; its counters stay."""
    for path in folder.glob("gauge_live*_*.db"):
        pid = int(path.stem.rpartition("_")[2])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            mark_process_dead(pid, str(folder))


async def metrics(request: Request) -> Response:
    """``GET /metrics``: open on a machine of one's own, by a token elsewhere, else as if it were not there."""
    services = request.app.state.services
    settings = services.settings
    if not settings.metrics:
        return PlainTextResponse("Not Found", 404)
    if settings.metrics_token is not None and not _shows(request, settings.metrics_token):
        return PlainTextResponse("Unauthorized", 401, {"www-authenticate": "Bearer"})
    return Response(await services.metrics.text(), media_type=CONTENT_TYPE_LATEST)


def _shows(request: Request, token: str) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())
