"""uvicorn in the test's own event loop, for an application whose services the test holds in its hands."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette


@asynccontextmanager
async def listening(app: Starlette, *, ping_every: float = 20, patience: float = 20) -> AsyncIterator[str]:
    """Serves an application that has been started, as `tramesa serve` would; its address without a slash."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        lifespan="off",
        http="httptools",
        ws="websockets-sansio",
        log_config=None,
        access_log=False,
        ws_max_size=1024 * 1024,
        ws_ping_interval=ping_every,
        ws_ping_timeout=patience,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=5,
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        async with asyncio.timeout(10):
            await server.shutdown()
