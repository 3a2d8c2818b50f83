"""A client of graphql-transport-ws that sends what it is told, well-formed or not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

PATIENCE = 15.0
"""Seconds within which whatever is awaited must come."""


class Socket:
    """One connection."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, message: Any) -> None:
        """A message; text and bytes go as they are."""
        await self.connection.send(message if isinstance(message, str | bytes) else json.dumps(message))

    async def receive(self) -> Any:
        """The next message; a response without ``extensions``, in which every answer has its cost."""
        async with asyncio.timeout(PATIENCE):
            message = json.loads(await self.connection.recv())
        if message.get("type") == "next":
            message["payload"].pop("extensions", None)
        return message

    async def end(self) -> tuple[int, str]:
        """Code and reason with which the server closes, whatever it says before."""
        try:
            while True:
                await self.receive()
        except ConnectionClosed as closed:
            return (1006, "") if closed.rcvd is None else (closed.rcvd.code, closed.rcvd.reason)

    async def initialise(self, token: str | None = None) -> None:
        """The handshake of the protocol, up to the acknowledgement."""
        payload = {} if token is None else {"payload": {"authorization": f"Bearer {token}"}}
        await self.send({"type": "connection_init", **payload})
        assert await self.receive() == {"type": "connection_ack"}

    async def subscribe(self, id_: str, query: str, /, **variables: Any) -> None:
        """Begin an operation."""
        payload = {"query": query, "variables": variables}
        await self.send({"type": "subscribe", "id": id_, "payload": payload})

    async def pong(self) -> None:
        """Wait until everything sent so far has been read."""
        await self.send({"type": "ping"})
        assert await self.receive() == {"type": "pong"}


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what nobody announces."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


@asynccontextmanager
async def open_socket(
    url: str,
    token: str | None = None,
    *,
    initialise: bool = True,
    protocol: str | None = "graphql-transport-ws",
    headers: Mapping[str, str] | None = None,
    origin: str | None = None,
) -> AsyncIterator[Socket]:
    """A socket to ``/graphql`` of a server, initialised unless told not to be."""
    async with connect(
        url.replace("http", "ws", 1) + "/graphql",
        subprotocols=None if protocol is None else [Subprotocol(protocol)],
        additional_headers=headers,
        origin=None if origin is None else Origin(origin),
        proxy=None,
        compression=None,
    ) as connection:
        socket = Socket(connection)
        if initialise:
            await socket.initialise(token)
        yield socket
