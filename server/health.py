"""Is the process alive, and can it do its work?"""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..models.database import UNREACHABLE
from ..models.migrating import missing_migrations
from .services import Services

PATIENCE = 4.0


async def healthz(_: Request) -> Response:
    """``GET /healthz``: 200 as long as the process answers."""
    return JSONResponse({"status": "alive"})


async def readyz(request: Request) -> Response:
    """``GET /readyz``: 200 where the database answers and its schema is this version's, else 503 and why."""
    services: Services = request.app.state.services
    try:
        async with asyncio.timeout(PATIENCE):
            await services.database.fetch("SELECT 1")
            missing = await missing_migrations(services.database)
    except UNREACHABLE:
        return JSONResponse({"status": "unavailable", "reason": "the database cannot be reached"}, 503)
    if missing:
        return JSONResponse({"status": "unavailable", "reason": "migrations are missing", "missing": missing}, 503)
    return JSONResponse({"status": "ready"})
