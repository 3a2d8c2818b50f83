"""A real HTTP server in the test's own loop that behaves as it is told: answers, hangs, floods, drips, redirects."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

Manner = Literal["answer", "hang", "flood", "drip", "garbage", "close", "redirect"]


@dataclass
class Received:
    """A request as it came."""

    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class TargetServer:
    """What it does with the next requests, and what it has got. ``sent`` counts the bytes that it could get rid of."""

    status: int = 204
    manner: Manner = "answer"
    location: str = ""
    received: list[Received] = field(default_factory=list)
    sent: int = 0
    open: int = 0
    most_open: int = 0
    port: int = 0
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                self.received.append(await self._request(reader))
                self.came.set()
                await self._behave(reader, writer)
        finally:
            self.open -= 1
            writer.close()

    async def _request(self, reader: asyncio.StreamReader) -> Received:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): text.strip() for name, _, text in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        return Received(head[0].split(" ")[1], headers, body)

    async def _behave(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.manner == "close":
            return
        if self.manner == "hang":
            await reader.read()
            return
        if self.manner == "garbage":
            writer.write(b"220 mail.example.org ESMTP\r\n")
            await writer.drain()
            return
        more = f"location: {self.location}\r\n" if self.manner == "redirect" else ""
        length = "content-length: 0\r\n" if self.manner in {"answer", "redirect"} else "content-length: 99999999\r\n"
        writer.write(f"HTTP/1.1 {self.status} X\r\n{more}{length}\r\n".encode())
        await writer.drain()
        while self.manner in {"flood", "drip"}:
            part = b"x" * (65536 if self.manner == "flood" else 1)
            writer.write(part)
            await writer.drain()
            self.sent += len(part)
            await asyncio.sleep(0 if self.manner == "flood" else 0.02)


@asynccontextmanager
async def target_server(tls: ssl.SSLContext | None = None, **told: object) -> AsyncIterator[TargetServer]:
    """One that listens on this machine, by TLS where it is given a context."""
    target = TargetServer(**told)  # type: ignore[arg-type]
    tasks: set[asyncio.Task[None]] = set()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(target.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(begin, "127.0.0.1", 0, ssl=tls)
    target.port = server.sockets[0].getsockname()[1]
    try:
        yield target
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        if tasks:
            await asyncio.wait(list(tasks), timeout=5)
