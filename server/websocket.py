"""graphql-transport-ws, to the letter of its PROTOCOL: every message, every close code.

One task an operation; the socket ends when the client, the credentials or the process does. ``graphql-ws`` clients
come back after 1012, 1013, 4403 and 4408; after other codes of 1xxx, and 4400, 4401, 4409 and 4429, they do not.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from ..graphql.context import Context
from ..graphql.engine.execution import Ready
from ..graphql.engine.responses import masked
from ..models.domain.faults import RateLimited, Unauthenticated
from ..models.people.authority import Credentials
from .credentials import bearer_credentials, client_address, seconds_left
from .http import log_operation
from .messages import PROTOCOL, Closing, Message, read_message, written
from .origins import allowed
from .rates import REFUSED
from .services import Services

INIT_TIMEOUT = 10.0
PING_EVERY = 25.0
"""Seconds between pings, for clients that do not see those of WebSocket itself and proxies that end what is idle."""
MAX_OPERATIONS = 100
"""Operations under way on one socket; one more ends it as too many requests."""


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
    elif services.capacity.full:
        await socket.close(1013, "Try again later")
    else:
        with services.capacity.place(), services.metrics.open("sockets"):
            await Connection(socket, services).serve()


class Connection:
    """One socket from its opening handshake to its end."""

    def __init__(self, socket: WebSocket, services: Services) -> None:
        self._socket = socket
        self._services = services
        self._initialised = False
        self._acknowledged = False
        self._authorization: object = None
        self._credentials: Credentials | None = None
        self._introduced = asyncio.Event()
        self._leave = asyncio.Event()
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._held = ExitStack()

    async def serve(self) -> None:
        """Answer the client until one side ends it."""
        ends: set[asyncio.Future[None]] = {self._ended}
        ends |= {asyncio.ensure_future(side()) for side in (self._read, self._watch, self._ping)}
        try:
            done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            done.pop().result()
        except Closing as closing:
            await self._close(closing.code, closing.reason)
        except (WebSocketDisconnect, RuntimeError):
            pass  # The client has gone.
        except Exception as error:  # noqa: BLE001 - logged; what is our fault or the database's may be over soon
            masked(error)
            await self._close(1013, "Try again later")
        finally:
            await _end([*ends, *self._operations.values()])
            self._held.close()

    async def _watch(self) -> None:
        """Raise :class:`Closing` when nobody introduces himself, the credentials run out or the process stops."""
        if not await self._happens(self._introduced, INIT_TIMEOUT):
            raise Closing(4408, "Connection initialisation timeout")
        expires_at = None if self._credentials is None else self._credentials.expires_at
        await self._happens(self._leave, seconds_left(expires_at, self._services.authority.clock()))
        raise Closing(4403, "Forbidden")

    async def _happens(self, event: asyncio.Event, within: float) -> bool:
        """Whether it does, within so many seconds."""
        draining, happening = (asyncio.ensure_future(one.wait()) for one in (self._services.draining, event))
        try:
            await asyncio.wait({draining, happening}, timeout=max(0.0, within), return_when=asyncio.FIRST_COMPLETED)
            if draining.done():
                raise Closing(1012, "Service restart")
            return happening.done()
        finally:
            draining.cancel()
            happening.cancel()

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(PING_EVERY)
            await self._send({"type": "ping"})

    async def _read(self) -> None:
        while True:
            message = read_message(await self._socket.receive())
            await _HANDLERS[message.type](self, message)

    async def _initialise(self, message: Message) -> None:
        if self._initialised:
            raise Closing(4429, "Too many initialisation requests")
        self._initialised = True
        shown = message.payload or {}
        given = shown.get("authorization", shown.get("Authorization"))
        self._authorization = given or self._socket.headers.get("authorization")
        try:
            self._credentials = await bearer_credentials(self._services.authority, self._authorization)
        except Unauthenticated:
            raise Closing(4403, "Forbidden") from None
        self._held.enter_context(self._services.watch.over(self._credentials, self._leave))
        self._introduced.set()
        await self._send({"type": "connection_ack"})
        self._acknowledged = True

    async def _answer_ping(self, message: Message) -> None:
        await self._send({"type": "pong"} if message.payload is None else {"type": "pong", "payload": message.payload})

    async def _pong(self, message: Message) -> None:
        """A heartbeat; whether the peer lives is asked by the pings of WebSocket itself, which every client answers."""

    async def _subscribe(self, message: Message) -> None:
        if not self._acknowledged:
            raise Closing(4401, "Unauthorized")
        if message.id in self._operations:
            raise Closing(4409, f"Subscriber for {message.id} already exists")
        if len(self._operations) >= MAX_OPERATIONS:
            raise Closing(4429, "Too many operations")
        assert message.request is not None
        stranger = self._services.context(None, client_address(self._socket.client))
        try:
            self._services.rates.gate(stranger)
            ready = self._services.engine.ready(message.request)
            if not isinstance(ready, Ready):
                await self._services.rates.admit(stranger, REFUSED)
                await self._send({"type": "error", "id": message.id, "payload": ready["errors"]})
                return
        except RateLimited as fault:
            await self._send({"type": "error", "id": message.id, "payload": [fault.formatted]})
            return
        self._operations[message.id] = asyncio.ensure_future(self._operate(message.id, ready))

    async def _complete(self, message: Message) -> None:
        task = self._operations.pop(message.id, None)
        if task is not None:
            await _end([task])

    async def _fresh_context(self) -> Context:
        """Of one operation: the viewer as he or she stands now, who may have lost a role or the session since."""
        credentials = await bearer_credentials(self._services.authority, self._authorization)
        return self._services.context(credentials, client_address(self._socket.client))

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
            await self._services.rates.admit(context, ready.cost)
            failed = not await (self._follow if ready.is_subscription else self._run)(id_, ready, context)
        except Unauthenticated:
            self._end_with(Closing(4403, "Forbidden"))
        except RateLimited as fault:
            await self._finish(id_, {"type": "error", "id": id_, "payload": [fault.formatted]})
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
        await self._socket.send_text(written(message))

    async def _close(self, code: int, reason: str) -> None:
        if self._socket.application_state is WebSocketState.CONNECTED:
            with suppress(WebSocketDisconnect, RuntimeError):  # It was the client that closed.
                # A close frame has room for 123 bytes.
                await self._socket.close(code, reason.encode()[:120].decode(errors="ignore"))


_HANDLERS = {
    "connection_init": Connection._initialise,  # noqa: SLF001
    "ping": Connection._answer_ping,  # noqa: SLF001
    "pong": Connection._pong,  # noqa: SLF001
    "subscribe": Connection._subscribe,  # noqa: SLF001
    "complete": Connection._complete,  # noqa: SLF001
}


async def _end(tasks: Iterable[asyncio.Future[None]]) -> None:
    """Cancel and see to the end, so that nothing of an operation outlives it."""
    ending = list(tasks)
    for task in ending:
        task.cancel()
    await asyncio.gather(*ending, return_exceptions=True)
