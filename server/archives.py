"""``GET /archives/{key}``: many documents as one ZIP, streamed; with credentials or by a signed link."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, aclosing
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from ..models.database import UNREACHABLE
from ..models.reading.archives import Contents, members, read_archive
from .capacity import Capacity
from .downloads import answered, disposition, uuid_of, viewer_of_download
from .services import Services
from .zipping import zipped

log = structlog.get_logger(__name__)

PATIENCE = 60.0
"""Seconds that a client may take for a piece of 64 KB."""


class ArchiveResponse(StreamingResponse):
    """Streams an archive in its place, and lets go of everything once the client has it, or has gone or stopped."""

    def __init__(self, services: Services, place: Capacity, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._services = services
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def patiently(message: Message) -> None:
            async with asyncio.timeout(PATIENCE):
                await send(message)

        async with AsyncExitStack() as held:
            held.enter_context(self._place.place())
            held.enter_context(self._services.metrics.open("streams"))
            await held.enter_async_context(aclosing(self.body_iterator))  # type: ignore[type-var]
            try:
                await super().__call__(scope, receive, patiently)
            except UNREACHABLE as error:
                # What was sent cannot be taken back: the connection is cut, so the client sees that it is not whole.
                log.warning("archive_cut", error=type(error).__name__)


async def download_archive(request: Request) -> Response:
    """The response, or why there is none: 401, 403, 404, or 503 where too many are packed already."""
    return await answered(_found(request))


async def _found(request: Request) -> Response:
    services: Services = request.app.state.services
    viewer = await viewer_of_download(request, services)
    key = uuid_of(request.path_params["key"])
    now = services.authority.clock()
    archive = None if key is None else await read_archive(services.database, viewer, key, now)
    if archive is None:
        return PlainTextResponse("There is no such archive, or no longer: choose the documents again.", 404)
    headers = {
        "content-type": "application/zip",
        "content-disposition": disposition(f"tramesa-{archive.created_at:%Y%m%d-%H%M%S}.zip"),
        "cache-control": "private, no-store",
        "x-content-type-options": "nosniff",
    }
    if request.method == "HEAD":
        return Response(headers=headers)
    if services.archives.full:
        return PlainTextResponse("Too many archives are being packed; come again.", 503, {"retry-after": "5"})
    files = members(services.database, viewer, archive, Contents())
    return ArchiveResponse(services, services.archives, zipped(files), headers=headers)
