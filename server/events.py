"""GraphQL over server-sent events, distinct connections: one operation a stream.

An event's id is the cursor of the feed, so a client that lost its connection goes on by ``Last-Event-ID``, as
``EventSource`` and its like do by themselves. The first thing sent is the place where the stream begins: who is cut
off before the first event misses nothing either.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack
from typing import Any

import orjson
from starlette.responses import Response, StreamingResponse

from ..graphql.context import Context
from ..graphql.engine.execution import Ready
from ..graphql.engine.responses import masked
from ..models.domain.faults import Unauthenticated
from ..models.people.authority import Credentials
from .credentials import seconds_left
from .services import Services

HEARTBEAT = 12.0
"""Seconds of silence after which a stream sends a comment, so that proxies and clients know it is alive."""

MAX_EVENT_ID = 200
_HEADERS = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
}
_COMPLETE = b"event: complete\ndata:\n\n"


def last_event_id(headers: Mapping[str, str]) -> str | None:
    """Where the client says that it left off; None where it says nothing."""
    return headers.get("last-event-id", "")[:MAX_EVENT_ID] or None


def event_stream(services: Services, ready: Ready, context: Context, credentials: Credentials | None) -> Response:
    """The response that runs an operation and streams what comes of it."""
    return StreamingResponse(_events(services, ready, context, credentials), headers=_HEADERS)


async def _events(
    services: Services, ready: Ready, context: Context, credentials: Credentials | None
) -> AsyncIterator[bytes]:
    """``next`` for each response, then ``complete``.

    Where the process stops there is no ``complete``: the stream breaks off, so clients come back.
    """
    source = await _begin(services, ready, context)
    if isinstance(source, dict):
        yield _event(source)
    else:
        leave = asyncio.Event()
        with ExitStack() as held:
            held.enter_context(services.capacity.place())
            held.enter_context(services.metrics.open("streams"))
            held.enter_context(services.watch.over(credentials, leave))
            yield _silence(context.cursor)
            told = context.cursor
            async for response in _until(services, source, context, leave):
                if response is None:
                    moved = context.settled and context.cursor != told
                    told = context.cursor if moved else told
                    yield _silence(told if moved else None)
                elif "data" in response:
                    told = context.cursor
                    yield _event(response, told)
                else:
                    yield _event(response)
            if services.draining.is_set():
                return
    yield _COMPLETE


async def _begin(services: Services, ready: Ready, context: Context) -> AsyncIterator[Any] | dict[str, Any]:
    try:
        if ready.is_subscription:
            return await services.engine.follow(ready, context)
        return await services.engine.run(ready, context)
    except Exception as error:  # noqa: BLE001 - the response has begun: what broke is told in it
        return {"errors": [masked(error)]}


def _event(response: dict[str, Any], cursor: str | None = None) -> bytes:
    place = b"" if cursor is None else b"id: " + cursor.encode() + b"\n"
    return b"event: next\ndata: " + orjson.dumps(response) + b"\n" + place + b"\n"


def _silence(cursor: str | None) -> bytes:
    """A comment, and the place in the feed where that has moved: no event, but browsers keep its id."""
    return b":\n\n" if cursor is None else b":\nid: " + cursor.encode() + b"\n\n"


async def _until(
    services: Services, source: AsyncIterator[Any], context: Context, leave: asyncio.Event
) -> AsyncIterator[dict[str, Any] | None]:
    """The responses of a source until it ends, the process drains or the credentials end; None for silence."""
    ends = [asyncio.ensure_future(event.wait()) for event in (services.draining, leave)]
    pending: asyncio.Future[Any] | None = None
    try:
        while True:
            pending = pending or asyncio.ensure_future(anext(source, None))
            left = seconds_left(context.expires_at, services.authority.clock())
            await asyncio.wait({pending, *ends}, timeout=min(HEARTBEAT, left), return_when=asyncio.FIRST_COMPLETED)
            if services.draining.is_set():
                return
            if leave.is_set() or seconds_left(context.expires_at, services.authority.clock()) <= 0:
                yield {"errors": [{"message": str(Unauthenticated()), "extensions": Unauthenticated().extensions}]}
                return
            if not pending.done():
                yield None
                continue
            response, pending = pending.result(), None
            if response is None:
                return
            yield response
    finally:
        for end in ends:
            end.cancel()
        if pending is not None:
            pending.cancel()
            await asyncio.wait({pending}, timeout=1)
        await source.aclose()  # type: ignore[attr-defined]
