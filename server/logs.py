"""Structured logs, one JSON object a line, on standard error. No token, password or document is ever put in."""

from __future__ import annotations

import logging
import sys
from typing import Any

import orjson
import structlog


def configure_logs(level: str = "INFO") -> None:
    """Send structlog's and the standard library's logs through one renderer."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_dump),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("tortoise", "aiosqlite", "uvicorn.access", "websockets", "asyncio"):
        logging.getLogger(noisy).setLevel("WARNING")
    # Its pool warns with a traceback of each connection that it cannot make; `database_unreachable` says as much.
    logging.getLogger("asyncpg").setLevel("ERROR")


def _dump(entry: Any, **_: Any) -> str:
    return orjson.dumps(entry, default=str).decode()
