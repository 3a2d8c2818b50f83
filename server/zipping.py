"""A ZIP file written as it is sent: nothing is held but the file that is being packed."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import datetime

from ..models.reading.archives import Member

PIECE = 64 * 1024
SMALL = 32 * 1024
"""Files up to this size are packed in a millisecond; larger ones in a thread, so that others have their turn."""


class _Sink:
    """Keeps what is written until it is taken; it cannot be sought in, so sizes come after the data.

    It cannot be closed either: an archive that is forgotten ends itself, whenever the collector comes to it.
    """

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        part = bytes(data)
        self._parts.append(part)
        return len(part)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is held."""

    def take(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


async def zipped(members: AsyncIterator[Member]) -> AsyncIterator[bytes]:
    """The pieces of a ZIP of these files."""
    sink = _Sink()
    # Left in the middle, the archive is ended all the same, into nothing: it would complain otherwise.
    async with aclosing(members):  # type: ignore[type-var]
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
            async for member in members:
                await _packed(archive, member)
                taken = sink.take()
                for start in range(0, len(taken), PIECE):
                    yield taken[start : start + PIECE]
    yield sink.take()


async def _packed(archive: zipfile.ZipFile, member: Member) -> None:
    if len(member.content) <= SMALL:
        _pack(archive, member)
        return
    packing = asyncio.ensure_future(asyncio.to_thread(_pack, archive, member))
    try:
        await asyncio.shield(packing)
    except asyncio.CancelledError:
        await asyncio.wait({packing})  # The thread cannot be stopped, and nobody else may touch what it writes to.
        raise


def _pack(archive: zipfile.ZipFile, member: Member) -> None:
    info = zipfile.ZipInfo(member.path, _clock(member.at))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    archive.writestr(info, member.content)


def _clock(at: datetime) -> tuple[int, int, int, int, int, int]:
    return at.year, at.month, at.day, at.hour, at.minute, at.second
