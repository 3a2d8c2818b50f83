"""Opening compressed bytes that strangers sent: never more than a given size comes out."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib

MAX_ENTRIES = 20
"""More files than this in one archive is not an attachment."""

# What gzip and zipfile have been seen to raise on broken data; an entry without a name is an IndexError.
_BROKEN = (
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
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


def gunzip(data: bytes, limit: int) -> bytes:
    """What the gzip data holds; ``ValueError`` where it is broken or holds more than ``limit`` bytes."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            content = stream.read(limit + 1)
    except _BROKEN as error:
        raise ValueError("the GZIP data are broken") from error
    return _within(content, limit)


def unzip(data: bytes, limit: int) -> tuple[tuple[str, bytes], ...]:
    """The files of a ZIP by name; ``ValueError`` where it is broken, too full, or larger than ``limit`` in all."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _entries(archive, limit)
    except _BROKEN as error:
        raise ValueError("the ZIP data are broken, locked or too large") from error


def zip_names(data: bytes) -> frozenset[str]:
    """The names inside a ZIP; none where it is not one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return frozenset(archive.namelist())
    except _BROKEN:
        return frozenset()


def zip_entry(data: bytes, name: str, limit: int) -> bytes:
    """The first ``limit`` bytes of one file in a ZIP; empty where it cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(name) as stream:
            return stream.read(limit)
    except _BROKEN:
        return b""


def _entries(archive: zipfile.ZipFile, limit: int) -> tuple[tuple[str, bytes], ...]:
    files = [info for info in archive.infolist() if not info.filename or not info.is_dir()]
    if len(files) > MAX_ENTRIES:
        raise ValueError("too many files")
    entries = []
    for info in files:
        if not info.filename:
            raise ValueError("a file without a name")
        if info.compress_type not in _METHODS:
            raise ValueError("unknown compression")
        with archive.open(info) as stream:
            content = _within(stream.read(limit + 1), limit)
        limit -= len(content)
        entries.append((info.filename, content))
    return tuple(entries)


def _within(content: bytes, limit: int) -> bytes:
    if len(content) > limit:
        raise ValueError(f"more than {limit} bytes come out of it")
    return content
