"""The load: a few connections that are kept alive, each asking again as soon as it is answered."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, repeat

import orjson

Check = Callable[[bytes], None]


@dataclass(slots=True)
class Outcome:
    """What was answered within the time: seconds each answer took, bytes of the last one."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    size: int = 0

    def percentile(self, share: float) -> float:
        """Milliseconds within which this share was answered."""
        ranked = sorted(self.latencies)
        return ranked[min(len(ranked) - 1, int(len(ranked) * share))] * 1000


def post(port: int, token: str | None, query: str, variables: dict[str, object]) -> bytes:
    """A GraphQL request as it goes over the wire, with or without credentials."""
    body = orjson.dumps({"query": query, "variables": variables})
    credentials = "" if token is None else f"authorization: Bearer {token}\r\n"
    head = (
        f"POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n{credentials}"
        f"accept: application/json\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def get(port: int, path: str) -> bytes:
    """A plain request."""
    return f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n\r\n".encode()


async def drive(port: int, requests: Iterator[bytes], seconds: float, connections: int, check: Check) -> Outcome:
    """Send the requests, one after another on each connection, until the time or the requests run out."""
    outcome = Outcome()
    started = time.perf_counter()
    async with asyncio.timeout(seconds + 30):
        await asyncio.gather(
            *(_connection(port, requests, started + seconds, outcome, check) for _ in range(connections))
        )
    outcome.seconds = time.perf_counter() - started
    return outcome


async def _connection(port: int, requests: Iterator[bytes], until: float, outcome: Outcome, check: Check) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
    try:
        for request in requests:
            began = time.perf_counter()
            if began >= until:
                break
            writer.write(request)
            body = await read_body(reader)
            outcome.latencies.append(time.perf_counter() - began)
            outcome.size = len(body)
            check(body)
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def read_body(reader: asyncio.StreamReader) -> bytes:
    """The body of an answer that has a length."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    body = await reader.readexactly(length)
    if not head.startswith(b"http/1.1 200"):
        raise RuntimeError(f"{head.decode()}{body[:500].decode()}")
    return body


async def once(port: int, request: bytes) -> bytes:
    """The answer to one request."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
    try:
        writer.write(request)
        return await read_body(reader)
    finally:
        writer.close()


def again(request: bytes) -> Iterator[bytes]:
    """The same request for ever."""
    return repeat(request)


def cycle(requests: list[bytes]) -> Iterator[bytes]:
    """These requests in turn, for ever."""
    return chain.from_iterable(repeat(requests))
