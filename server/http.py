"""GraphQL over HTTP: POST with JSON or multipart, answered with JSON or, for subscriptions, as a stream of events."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import orjson
import structlog
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response, StreamingResponse

from ..graphql.context import Context
from ..graphql.execution import Ready
from ..models.database import UNREACHABLE
from ..models.domain.faults import Fault, FaultCode, Unauthenticated
from .accepting import EVENT_STREAM, GRAPHQL_RESPONSE, negotiate
from .credentials import bearer_credentials, client_address
from .requests import BadRequest, read_request
from .services import Services

log = structlog.get_logger("tramesa.request")

HEARTBEAT = 12.0
"""Seconds of silence after which a stream sends a comment, so that proxies and clients know it is alive."""


async def graphql_over_http(request: HttpRequest) -> Response:
    """The endpoint ``/graphql``."""
    services: Services = request.app.state.services
    started = time.perf_counter()
    if request.method != "POST":
        return _refused("GraphQL is served over POST here.", 405, {"allow": "POST"})
    accepted = negotiate(request.headers.get("accept", ""))
    if not accepted:
        return _refused("Accept application/json, application/graphql-response+json or text/event-stream.", 406)
    context: Context | None = None
    name, failed = "-", False
    try:
        context = await _context(services, request)
        asked = await read_request(request)
        ready = services.engine.ready(asked)
        if not isinstance(ready, Ready):
            failed = True
            return _respond(ready, accepted, ran=False)
        name = ready.name
        if _streams(ready, accepted):
            return _stream(services, ready, context)
        if ready.is_subscription:
            failed = True
            return _refused("Follow a subscription over WebSocket, or accept text/event-stream.", 400)
        response = await services.engine.run(ready, context)
        failed = "errors" in response
        return _respond(response, accepted, ran="data" in response)
    except BadRequest as error:
        failed = True
        return _refused(str(error), error.status)
    except Unauthenticated as fault:
        failed = True
        return _fault(fault, 401, {"www-authenticate": 'Bearer error="invalid_token"'})
    except UNREACHABLE as error:
        failed = True
        log.error("database_unreachable", error=type(error).__name__)
        return _refused("The database cannot be reached at the moment; try again.", 503)
    except ClientDisconnect:
        failed = True
        return Response(status_code=400)
    finally:
        log_operation("http", name, context, started, failed=failed)


def log_operation(transport: str, name: str, context: Context | None, started: float, *, failed: bool) -> None:
    """One line an operation: its name, how long it took, for whose party. Never what it said."""
    party = context.viewer.party_tax_id if context is not None and context.viewer is not None else None
    milliseconds = round((time.perf_counter() - started) * 1000, 1)
    log.info("operation", transport=transport, operation=name[:100], party=party, ms=milliseconds, failed=failed)


async def _context(services: Services, request: HttpRequest) -> Context:
    credentials = await bearer_credentials(services.authority, request.headers.get("authorization"))
    return services.context(credentials, client_address(request.client))


def _streams(ready: Ready, accepted: list[str]) -> bool:
    # Clients such as urql name text/event-stream first for everything: a query is a stream only where nothing else will do.
    return EVENT_STREAM in accepted and (ready.is_subscription or accepted == [EVENT_STREAM])


def _respond(body: dict[str, Any], accepted: list[str], *, ran: bool) -> Response:
    media_type = next((kind for kind in accepted if kind != EVENT_STREAM), GRAPHQL_RESPONSE)
    status = 400 if media_type == GRAPHQL_RESPONSE and not ran else 200
    return Response(
        orjson.dumps(body), status, {"content-type": f"{media_type}; charset=utf-8", "cache-control": "no-store"}
    )


def _refused(message: str, status: int, headers: dict[str, str] | None = None) -> Response:
    code = FaultCode.INTERNAL_SERVER_ERROR if status >= 500 else FaultCode.BAD_USER_INPUT
    return _errors([{"message": message, "extensions": {"code": code.value}}], status, headers)


def _fault(fault: Fault, status: int, headers: dict[str, str]) -> Response:
    return _errors([{"message": str(fault), "extensions": fault.extensions}], status, headers)


def _errors(errors: list[dict[str, Any]], status: int, headers: dict[str, str] | None) -> Response:
    content = {"content-type": "application/json; charset=utf-8", "cache-control": "no-store"}
    return Response(orjson.dumps({"errors": errors}), status, {**content, **(headers or {})})


def _stream(services: Services, ready: Ready, context: Context) -> Response:
    headers = {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
    }
    return StreamingResponse(_events(services, ready, context), headers=headers)


async def _events(services: Services, ready: Ready, context: Context) -> AsyncIterator[bytes]:
    """GraphQL over SSE, distinct connections: ``next`` for each response, then ``complete``."""
    if not ready.is_subscription:
        yield _event(await services.engine.run(ready, context))
        yield b"event: complete\ndata:\n\n"
        return
    source = await services.engine.follow(ready, context)
    if isinstance(source, dict):
        yield _event(source)
        yield b"event: complete\ndata:\n\n"
        return
    yield b":\n\n"
    async for response in _until(services, source, context):
        yield b":\n\n" if response is None else _event(response)
    yield b"event: complete\ndata:\n\n"


def _event(response: dict[str, Any]) -> bytes:
    return b"event: next\ndata: " + orjson.dumps(response) + b"\n\n"


async def _until(services: Services, source: Any, context: Context) -> AsyncIterator[dict[str, Any] | None]:
    """The responses of a source until it ends, the process drains or the credentials run out; None for silence."""
    ends = asyncio.ensure_future(services.draining.wait())
    pending: asyncio.Future[Any] | None = None
    try:
        while True:
            pending = pending or asyncio.ensure_future(anext(source, None))
            left = _seconds_left(services, context)
            if left is not None and left <= 0:
                yield {"errors": [{"message": str(Unauthenticated()), "extensions": {"code": "UNAUTHENTICATED"}}]}
                return
            timeout = HEARTBEAT if left is None else min(HEARTBEAT, left)
            await asyncio.wait({pending, ends}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            if ends.done():
                return
            if not pending.done():
                yield None
                continue
            response, pending = pending.result(), None
            if response is None:
                return
            yield response
    finally:
        ends.cancel()
        if pending is not None:
            pending.cancel()
            await asyncio.wait({pending}, timeout=1)
        await source.aclose()


def _seconds_left(services: Services, context: Context) -> float | None:
    if context.expires_at is None:
        return None
    return (context.expires_at - services.authority.clock()).total_seconds()
