"""GraphQL over HTTP: POST with JSON or multipart, GET for queries; answered with JSON, or a stream of events.

What signs in is a header and never a cookie, so a foreign page's GET or form acts for nobody.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from ..graphql.context import Context
from ..graphql.engine.execution import Ready
from ..graphql.engine.responses import masked
from ..models.database import UNREACHABLE
from ..models.domain.faults import FaultCode, RateLimited, Unauthenticated
from ..models.people.authority import Credentials
from .accepting import EVENT_STREAM, GRAPHQL_RESPONSE, negotiate
from .credentials import bearer_credentials, client_address, platform_caller
from .events import event_stream, last_event_id
from .rates import REFUSED
from .requests import BadRequest, Unasked, close_files, deliberate, hash_body, read_request
from .services import Services

log = structlog.get_logger("tramesa.request")

_GET_NEEDS = (
    "A query by GET needs a header that no link or form sends, such as GraphQL-Require-Preflight: true"
    " or Accept: application/json."
)


_OVERLOADED = {"code": FaultCode.OVERLOADED.value}


@dataclass(slots=True)
class _Line:
    """What the log will say of an operation."""

    name: str = "-"
    kind: str = "none"
    context: Context | None = None
    failed: bool = True


async def graphql_over_http(request: HttpRequest) -> Response:
    """The endpoint ``/graphql``."""
    services: Services = request.app.state.services
    with services.telemetry.operation("http", request.headers) as span:
        line = _Line()
        response = await _answered(request, services, line)
        span.describe(line.name, line.kind, failed=line.failed)
        return response


async def _answered(request: HttpRequest, services: Services, line: _Line) -> Response:
    started = time.perf_counter()
    try:
        return await _answer(request, services, line)
    except BadRequest as error:
        return _errors([error.error], error.status, error.headers)
    except Unauthenticated as fault:
        challenge = {"www-authenticate": 'Bearer error="invalid_token"'}
        return _errors([fault.formatted], 401, challenge)
    except RateLimited as fault:
        return _errors([fault.formatted], 429, {"retry-after": str(fault.retry_after)})
    except ClientDisconnect:
        return Response(status_code=400)
    except Exception as error:  # noqa: BLE001 - logged with its id, which is all that the client is told
        return _errors([masked(error)], 503 if isinstance(error, UNREACHABLE) else 500)
    finally:
        await close_files(request)
        log_operation(services, "http", line.name, line.kind, line.context, started, failed=line.failed)


async def _answer(request: HttpRequest, services: Services, line: _Line) -> Response:
    if request.method not in {"GET", "POST"}:
        raise BadRequest("GraphQL is served over POST, queries over GET too.", 405, {"allow": "GET, POST"})
    accepted = negotiate(request.headers.get("accept", ""))
    if not accepted:
        raise BadRequest("Accept application/json, application/graphql-response+json or text/event-stream.", 406)
    caller = await platform_caller(services.gate, request.headers.get("authorization"))
    credentials = None
    if caller is None:
        credentials = await bearer_credentials(services.authority, request.headers.get("authorization"))
    context = line.context = services.context(credentials, client_address(request.client), caller)
    services.rates.gate(context)
    digest = None if caller is None else hash_body(request)
    ready = services.engine.ready(await read_request(request))
    if caller is not None and digest is not None:
        caller.check_body(digest.hexdigest())
    await services.rates.admit(context, ready.cost if isinstance(ready, Ready) else REFUSED)
    if not isinstance(ready, Ready):
        return _respond(ready, accepted, ran=False)
    line.name, line.kind = ready.name, ready.kind
    if request.method == "GET" and ready.is_mutation:
        raise BadRequest("Mutations need POST.", 405, {"allow": "POST"})
    streams = _streams(ready, accepted)
    if ready.is_subscription and not streams:
        raise BadRequest("Follow a subscription over WebSocket, or accept text/event-stream.")
    if request.method == "GET" and not deliberate(request.headers):
        return _respond({"errors": [Unasked(_GET_NEEDS).error]}, accepted, ran=False)
    if streams:
        return _stream(request, services, ready, context, credentials, line)
    response = await services.engine.run(ready, context)
    line.failed = "errors" in response
    return _respond(response, accepted, ran="data" in response)


def log_operation(
    services: Services, transport: str, name: str, kind: str, context: Context | None, started: float, *, failed: bool
) -> None:
    """One line an operation: its name, how long it took, for whose party. Never what it said. Metrics count it too."""
    party = None if context is None else _party(context)
    seconds = time.perf_counter() - started
    milliseconds = round(seconds * 1000, 1)
    log.info("operation", transport=transport, operation=name[:100], party=party, ms=milliseconds, failed=failed)
    services.metrics.operation(transport, name[:100], kind, seconds, result="failed" if failed else "ok")


def _party(context: Context) -> str | None:
    """Who asks, for the log: a party by its tax id, another platform by its name."""
    if context.caller is not None:
        return context.caller.platform.name
    return None if context.viewer is None else context.viewer.party_tax_id


def _streams(ready: Ready, accepted: list[str]) -> bool:
    # Clients such as urql name text/event-stream first for everything: a query is a stream where nothing else will do.
    return EVENT_STREAM in accepted and (ready.is_subscription or accepted == [EVENT_STREAM])


def _stream(
    request: HttpRequest,
    services: Services,
    ready: Ready,
    context: Context,
    credentials: Credentials | None,
    line: _Line,
) -> Response:
    if services.capacity.full:
        error = {"message": "Too many streams are open here; come again later.", "extensions": _OVERLOADED}
        return _errors([error], 503, {"retry-after": "5"})
    context.resume_after = last_event_id(request.headers)
    line.failed = False
    return event_stream(services, ready, context, credentials)


def _respond(body: dict[str, Any], accepted: list[str], *, ran: bool) -> Response:
    media_type = next((kind for kind in accepted if kind != EVENT_STREAM), GRAPHQL_RESPONSE)
    status = 400 if media_type == GRAPHQL_RESPONSE and not ran else 200
    return Response(
        orjson.dumps(body), status, {"content-type": f"{media_type}; charset=utf-8", "cache-control": "no-store"}
    )


def _errors(errors: list[dict[str, Any]], status: int, headers: Mapping[str, str] | None = None) -> Response:
    content = {"content-type": "application/json; charset=utf-8", "cache-control": "no-store"}
    return Response(orjson.dumps({"errors": errors}), status, {**content, **(headers or {})})
