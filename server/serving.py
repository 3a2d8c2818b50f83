"""Running uvicorn: HTTP by httptools, sockets by websockets-sansio, one or several processes."""

from __future__ import annotations

import uvicorn
from starlette.applications import Starlette

from .app import create_app
from .logs import configure_logs
from .settings import read_settings

GRACE = 20
"""Seconds that running requests are given when the server is told to stop."""


def application() -> Starlette:
    """The application of a worker process: its settings are the environment's."""
    settings = read_settings()
    configure_logs(settings.log_level)
    return create_app(settings, settle_memory=True)


def serve(host: str, port: int, workers: int, log_level: str) -> None:
    """Serve until SIGTERM or SIGINT."""
    configure_logs(log_level)
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
    )
