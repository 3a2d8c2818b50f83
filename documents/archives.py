"""Opening compressed bytes that strangers sent: never more than a given size comes out."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from typing import IO, Final

MAX_ENTRIES: Final = 20
"""More files than this in one archive is not an attachment."""

MAX_DIRECTORY: Final = 5000
"""Entries of a ZIP's directory, those of archives inside it among them."""

_DIRECTORY_ENTRY: Final = b"PK\x01\x02"
_PIECE: Final = 1 << 16

# What gzip and zipfile have been seen to raise on broken data; an entry without a name is an IndexError.
_BROKEN: Final = (
    OSError,
    EOFError,
    ValueError,
    LookupError,
    RuntimeError,
    ArithmeticError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
)
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


class NotOpenedError(ValueError):
    """An archive is broken or holds too much. ``opened``: how many bytes came out of it before that was seen."""

    def __init__(self, message: str, opened: int) -> None:
        super().__init__(message)
        self.opened = opened


def gunzip(data: bytes, limit: int) -> bytes:
    """What the gzip data holds; ``NotOpenedError`` where it is broken or holds more than ``limit`` bytes."""
    content = bytearray()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            _pour(stream, content, limit)
    except _BROKEN as error:
        raise NotOpenedError("the GZIP data are broken", len(content)) from error
    return _within(content, limit)


def unzip(data: bytes, limit: int) -> tuple[tuple[str, bytes], ...]:
    """The files of a ZIP by name; ``NotOpenedError`` where it is broken, too full, or larger than ``limit`` in all."""
    opened: list[tuple[str, bytearray]] = []
    try:
        with _archive(data) as archive:
            for info in _files(archive):
                content = bytearray()
                opened.append((info.filename, content))
                with archive.open(info) as stream:
                    _pour(stream, content, limit - _size(opened))
    except _BROKEN as error:
        raise NotOpenedError("the ZIP data are broken, locked or too large", _size(opened)) from error
    if _size(opened) > limit:
        raise NotOpenedError(f"more than {limit} bytes come out of it", _size(opened))
    return tuple((name, bytes(content)) for name, content in opened)


def zip_names(data: bytes) -> frozenset[str]:
    """The names inside a ZIP; none where it is not one."""
    try:
        with _archive(data) as archive:
            return frozenset(archive.namelist())
    except _BROKEN:
        return frozenset()


def zip_entry(data: bytes, name: str, limit: int) -> bytes:
    """The first ``limit`` bytes of one file in a ZIP; empty where it cannot be read."""
    try:
        with _archive(data) as archive, archive.open(name) as stream:
            return stream.read(limit)
    except _BROKEN:
        return b""


def _archive(data: bytes) -> zipfile.ZipFile:
    """The ZIP, unless its directory is so long that reading it alone would take seconds."""
    if data.count(_DIRECTORY_ENTRY) > MAX_DIRECTORY:
        raise ValueError("too many files")
    return zipfile.ZipFile(io.BytesIO(data))


def _files(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    files = [info for info in archive.infolist() if not info.filename or not info.is_dir()]
    if len(files) > MAX_ENTRIES:
        raise ValueError("too many files")
    if not all(info.filename for info in files):
        raise ValueError("a file without a name")
    if any(info.compress_type not in _METHODS for info in files):
        raise ValueError("unknown compression")
    return files


def _pour(stream: gzip.GzipFile | IO[bytes], content: bytearray, limit: int) -> None:
    """Read a stream to its end, or to the first byte beyond the limit."""
    while len(content) <= limit:
        piece = stream.read(min(_PIECE, limit + 1 - len(content)))
        if not piece:
            return
        content += piece


def _size(opened: list[tuple[str, bytearray]]) -> int:
    return sum(len(content) for _, content in opened)


def _within(content: bytearray, limit: int) -> bytes:
    if len(content) > limit:
        raise NotOpenedError(f"more than {limit} bytes come out of it", len(content))
    return bytes(content)
