"""graphql-transport-ws, to the letter of its PROTOCOL: every message, every close code.

One task an operation; the socket ends when the client, the credentials or the process does. ``graphql-ws`` clients
come back after 4403, 4408 and 1012; after 4400, 4401, 4409 and 4429 they do not.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from math import inf
from typing import Any

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from ..graphql.context import Context
from ..graphql.execution import Ready
from ..graphql.responses import masked
from ..models.database import UNREACHABLE
from ..models.domain.faults import Unauthenticated
from .credentials import RECHECK, bearer_credentials, client_address, still_good
from .http import log_operation
from .origins import allowed
from .requests import BadRequest, graphql_request
from .services import Services

PROTOCOL = "graphql-transport-ws"
INIT_TIMEOUT = 10.0
MAX_OPERATIONS = 100
"""Operations under way on one socket; one more ends it as too many requests."""


class Closing(Exception):
    """The socket is to be closed with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


async def graphql_over_websocket(socket: WebSocket) -> None:
    """The endpoint ``/graphql`` for sockets."""
    services: Services = socket.app.state.services
    if not allowed(socket.headers.get("origin"), socket.headers.get("host"), services.settings):
        await socket.close(1008)  # Before the handshake is accepted, this is HTTP 403.
        return
    protocols = socket.scope.get("subprotocols", [])
    await socket.accept(PROTOCOL if PROTOCOL in protocols else None)
    if PROTOCOL not in protocols:
        await socket.close(4406, "Subprotocol not acceptable")
        return
    with services.metrics.open("sockets"):
        await Connection(socket, services).serve()


class Connection:
    """One socket from its opening handshake to its end."""

    def __init__(self, socket: WebSocket, services: Services) -> None:
        self._socket = socket
        self._services = services
        self._initialised = False
        self._acknowledged = False
        self._authorization: object = None
        self._expires_at: datetime | None = None
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._operations: dict[str, asyncio.Task[None]] = {}

    async def serve(self) -> None:
        """Answer the client until one side ends it."""
        reading = asyncio.ensure_future(self._read())
        watching = asyncio.ensure_future(self._watch())
        ends: set[asyncio.Future[None]] = {reading, watching, self._ended}
        try:
            done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            done.pop().result()
        except Closing as closing:
            await self._close(closing.code, closing.reason)
        except (WebSocketDisconnect, RuntimeError):
            pass  # The client has gone.
        except Exception as error:  # noqa: BLE001 - logged; the client comes back for both of these codes
            masked(error)
            await self._close(*((1013, "Try again later") if isinstance(error, UNREACHABLE) else (1011, "")))
        finally:
            await _end([*ends, *self._operations.values()])

    async def _watch(self) -> None:
        """Raise :class:`Closing` when nobody introduces himself, the credentials run out or the process stops."""
        draining = asyncio.ensure_future(self._services.draining.wait())
        started = looked = time.monotonic()
        try:
            while True:
                await asyncio.wait({draining}, timeout=self._until_next_look(started))
                if draining.done():
                    raise Closing(1012, "Service restart")
                now = time.monotonic()
                if not self._initialised and now - started >= INIT_TIMEOUT:
                    raise Closing(4408, "Connection initialisation timeout")
                if self._seconds_left() <= 0:
                    raise Closing(4403, "Forbidden")
                if now - looked >= RECHECK:
                    looked = now
                    if not await still_good(self._services.authority, self._authorization):
                        raise Closing(4403, "Forbidden")
        finally:
            draining.cancel()

    def _until_next_look(self, started: float) -> float:
        if not self._initialised:
            return max(0.01, min(0.5, started + INIT_TIMEOUT - time.monotonic()))
        return max(0.01, min(RECHECK, self._seconds_left()))

    def _seconds_left(self) -> float:
        if self._expires_at is None:
            return inf
        return (self._expires_at - self._services.authority.clock()).total_seconds()

    async def _read(self) -> None:
        while True:
            message = await self._receive()
            handler = _HANDLERS.get(message["type"])
            if handler is None:
                raise Closing(4400, "Unknown message type")
            await handler(self, message)

    async def _receive(self) -> dict[str, Any]:
        frame = await self._socket.receive()
        if frame["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(frame.get("code", 1005))
        text = frame.get("text")
        if text is None:
            raise Closing(4400, "Only text frames")
        try:
            message = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise Closing(4400, "Invalid JSON") from None
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise Closing(4400, "A message is an object with a type")
        return message

    async def _initialise(self, message: dict[str, Any]) -> None:
        if self._initialised:
            raise Closing(4429, "Too many initialisation requests")
        payload = message.get("payload")
        if not isinstance(payload, dict | None):
            raise Closing(4400, "The payload must be an object")
        self._initialised = True
        shown = payload or {}
        given = shown.get("authorization", shown.get("Authorization"))
        self._authorization = given or self._socket.headers.get("authorization")
        try:
            self._expires_at = (await self._fresh_context()).expires_at
        except Unauthenticated:
            raise Closing(4403, "Forbidden") from None
        await self._send({"type": "connection_ack"})
        self._acknowledged = True

    async def _fresh_context(self) -> Context:
        """Of one operation: the viewer as he or she stands now, who may have lost a role or the session since."""
        credentials = await bearer_credentials(self._services.authority, self._authorization)
        return self._services.context(credentials, client_address(self._socket.client))

    async def _ping(self, message: dict[str, Any]) -> None:
        payload = _payload(message)
        await self._send({"type": "pong"} if payload is None else {"type": "pong", "payload": payload})

    async def _pong(self, message: dict[str, Any]) -> None:
        _payload(message)

    async def _subscribe(self, message: dict[str, Any]) -> None:
        if not self._acknowledged:
            raise Closing(4401, "Unauthorized")
        id_ = _id(message)
        if id_ in self._operations:
            raise Closing(4409, f"Subscriber for {id_} already exists")
        try:
            request = graphql_request(message.get("payload"))
        except BadRequest as error:
            raise Closing(4400, str(error)) from None
        if len(self._operations) >= MAX_OPERATIONS:
            raise Closing(4429, "Too many operations")
        ready = self._services.engine.ready(request)
        if not isinstance(ready, Ready):
            await self._send({"type": "error", "id": id_, "payload": ready["errors"]})
            return
        self._operations[id_] = asyncio.ensure_future(self._operate(id_, ready))

    async def _complete(self, message: dict[str, Any]) -> None:
        task = self._operations.pop(_id(message), None)
        if task is not None:
            await _end([task])

    async def _operate(self, id_: str, ready: Ready) -> None:
        with self._services.telemetry.operation("websocket", self._socket.headers) as span:
            failed = await self._operated(id_, ready)
            span.describe(ready.name, ready.kind, failed=failed)

    async def _operated(self, id_: str, ready: Ready) -> bool:
        """Whether it failed."""
        started, failed = time.perf_counter(), True
        context: Context | None = None
        try:
            context = await self._fresh_context()
            failed = not await (self._follow if ready.is_subscription else self._run)(id_, ready, context)
        except Unauthenticated:
            self._end_with(Closing(4403, "Forbidden"))
        except (WebSocketDisconnect, RuntimeError):
            pass  # The client has gone.
        except asyncio.CancelledError:
            failed = False  # So the client wished.
            raise
        except Exception as error:  # noqa: BLE001 - logged; one operation's end and not the socket's
            await self._finish(id_, {"type": "error", "id": id_, "payload": [masked(error)]})
        finally:
            self._forget(id_)
            log_operation(self._services, "websocket", ready.name, ready.kind, context, started, failed=failed)
        return failed

    async def _follow(self, id_: str, ready: Ready, context: Context) -> bool:
        source = await self._services.engine.follow(ready, context)
        if isinstance(source, dict):
            await self._finish(id_, {"type": "error", "id": id_, "payload": source["errors"]})
            return False
        try:
            async for response in source:
                await self._send({"type": "next", "id": id_, "payload": response})
        finally:
            await source.aclose()  # type: ignore[attr-defined]
        await self._finish(id_, {"type": "complete", "id": id_})
        return True

    async def _run(self, id_: str, ready: Ready, context: Context) -> bool:
        response = await self._services.engine.run(ready, context)
        if "data" not in response:
            await self._finish(id_, {"type": "error", "id": id_, "payload": response["errors"]})
            return False
        await self._send({"type": "next", "id": id_, "payload": response})
        await self._finish(id_, {"type": "complete", "id": id_})
        return "errors" not in response

    async def _finish(self, id_: str, message: dict[str, Any]) -> None:
        """Send an operation's last message. From then on its id is free, so it is given back before."""
        self._forget(id_)
        await self._send(message)

    def _forget(self, id_: str) -> None:
        if self._operations.get(id_) is asyncio.current_task():
            del self._operations[id_]

    def _end_with(self, closing: Closing) -> None:
        if not self._ended.done():
            self._ended.set_exception(closing)

    async def _send(self, message: dict[str, Any]) -> None:
        await self._socket.send_text(orjson.dumps(message).decode())

    async def _close(self, code: int, reason: str) -> None:
        if self._socket.application_state is WebSocketState.CONNECTED:
            with suppress(WebSocketDisconnect, RuntimeError):  # It was the client that closed.
                # A close frame has room for 123 bytes.
                await self._socket.close(code, reason.encode()[:120].decode(errors="ignore"))


_HANDLERS = {
    "connection_init": Connection._initialise,  # noqa: SLF001
    "ping": Connection._ping,  # noqa: SLF001
    "pong": Connection._pong,  # noqa: SLF001
    "subscribe": Connection._subscribe,  # noqa: SLF001
    "complete": Connection._complete,  # noqa: SLF001
}


def _id(message: dict[str, Any]) -> str:
    id_ = message.get("id")
    if not isinstance(id_, str) or not id_:
        raise Closing(4400, "The id must be a string that is not empty")
    return id_


def _payload(message: dict[str, Any]) -> dict[str, Any] | None:
    payload = message.get("payload")
    if not isinstance(payload, dict | None):
        raise Closing(4400, "The payload must be an object")
    return payload


async def _end(tasks: Iterable[asyncio.Future[None]]) -> None:
    """Cancel and see to the end, so that nothing of an operation outlives it."""
    ending = list(tasks)
    for task in ending:
        task.cancel()
    await asyncio.gather(*ending, return_exceptions=True)
