"""A line to a server that can be cut."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

_PIECE = 1 << 16


class Line:
    """While it is cut everything on it is broken off, and whoever comes is sent away. Made by `open_line`."""

    def __init__(self, address: str) -> None:
        self._far = urlsplit(address)
        self._open: set[asyncio.StreamWriter] = set()
        self._whole = asyncio.Event()
        self._whole.set()

    def cut(self) -> int:
        """How many connections were broken."""
        self._whole.clear()
        broken = len(self._open) // 2
        for writer in self._open:
            writer.transport.abort()
        return broken

    def mend(self) -> None:
        self._whole.set()

    async def whole(self) -> None:
        """Wait until it is."""
        await self._whole.wait()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, both ways, until either side ends it."""
        if not self._whole.is_set():
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection(self._far.hostname, self._far.port)
        pair = {writer, far_writer}
        self._open |= pair
        with contextlib.suppress(OSError):
            await asyncio.gather(_pour(reader, far_writer), _pour(far_reader, writer))
        self._open -= pair


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(_PIECE):
            writer.write(piece)
            await writer.drain()
    finally:
        writer.close()


@asynccontextmanager
async def open_line(address: str) -> AsyncIterator[tuple[str, Line]]:
    """A line to the server at an address, and the address to reach it by."""
    line = Line(address)
    server = await asyncio.start_server(line.carry, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", line
        line.cut()
