"""Running uvicorn: HTTP by httptools, sockets by websockets-sansio, one or several processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

import uvicorn
from starlette.applications import Starlette

from .app import create_app
from .logs import configure_logs
from .metrics import SHARED
from .settings import read_settings

GRACE = 20
"""Seconds that running requests are given when the server is told to stop."""

PATIENCE = 60
"""Seconds of silence after which a worker process is replaced. Several that start at once on a busy machine need more
than the five that uvicorn would give them, and the next ones would be no quicker."""


def application() -> Starlette:
    """The application of a worker process: its settings are the environment's."""
    settings = read_settings()
    configure_logs(settings.log_level)
    return create_app(settings, settle_memory=True)


def serve(host: str, port: int, workers: int, log_level: str) -> None:
    """Serve until SIGTERM or SIGINT."""
    configure_logs(log_level)
    with _shared_metrics(workers):
        _run(host, port, workers)


@contextmanager
def _shared_metrics(workers: int) -> Iterator[None]:
    """Several workers share a port, so whichever is asked for metrics must know the others' too: in a folder."""
    if workers == 1 or SHARED in os.environ:
        yield
        return
    with TemporaryDirectory(prefix="tramesa-metrics-") as folder:
        os.environ[SHARED] = folder
        yield


def _run(host: str, port: int, workers: int) -> None:
    uvicorn.run(
        "tramesa.server.serving:application",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        http="httptools",
        ws="websockets-sansio",
        loop="auto",
        log_config=None,
        access_log=False,
        server_header=False,
        ws_max_size=1024 * 1024,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=GRACE,
        timeout_worker_healthcheck=PATIENCE,
    )
