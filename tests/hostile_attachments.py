"""Documents that mean harm by the files inside them: archives that hold more than they weigh, or lie."""

from __future__ import annotations

import base64
import gzip
import io
import struct
import zipfile
import zlib

from tramesa.tests.hostile import instead, of

MEGABYTE = b"\0" * (1 << 20)

LEFT_OUT = None
"""An attachment that cannot be opened is a warning."""


def attached(algorithm: bytes, data: bytes, size: int = 0) -> bytes:
    """The valid document with one file, or as many of it as fit into ``size`` bytes."""
    one = b"<Attachment><AttachmentCompressionAlgorithm>%s</AttachmentCompressionAlgorithm>" % algorithm
    one += b"<AttachmentFormat>pdf</AttachmentFormat><AttachmentEncoding>BASE64</AttachmentEncoding>"
    one += b"<AttachmentData>%s</AttachmentData></Attachment>" % base64.b64encode(data)
    block = b"<AdditionalData><RelatedDocuments>%s</RelatedDocuments></AdditionalData>" % (
        one * max(1, size // len(one))
    )
    return instead(b"</PaymentDetails>", b"</PaymentDetails>" + block)


def gzipped(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([packer.compress(MEGABYTE) for _ in range(megabytes)]) + packer.flush()


def zipped(files: int, megabytes: int, name: str = "a") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for at in range(files):
            archive.writestr(f"{name}{at}", MEGABYTE * megabytes)
    return packed.getvalue()


def entry(length: int, size: int, offset: int = 0, crc: int = 0, method: int = 8) -> bytes:
    """A line of a ZIP's directory."""
    return (
        struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, method, 0, 0, crc, length, size, 1, 0, 0, 0, 0, 0, offset)
        + b"a"
    )


def directory(entries: int, data: bytes, one: bytes) -> bytes:
    """A ZIP of so many times the same entry."""
    size = len(one) * entries
    return (
        data
        + one * entries
        + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, entries % 65536, entries % 65536, size, len(data), 0)
    )


def overlapping(entries: int, *, said: int = 9 << 20) -> bytes:
    """Many entries that are all the same 9 MB of zeros; ``said`` is the size that the directory claims."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = b"".join([packer.compress(MEGABYTE) for _ in range(9)]) + packer.flush()
    crc = zlib.crc32(MEGABYTE * 9)
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0, crc, len(data), said, 1, 0) + b"a" + data
    return directory(entries, local, entry(len(data), said, crc=crc))


of("GZIP of a gigabyte", LEFT_OUT, lambda _: attached(b"GZIP", gzipped(1000)))
of("GZIP bombs", LEFT_OUT, lambda size: attached(b"GZIP", gzipped(11), size))
of("GZIP bombs of a wrong sum", LEFT_OUT, lambda size: attached(b"GZIP", gzipped(9)[:-8] + b"xxxxxxxx", size))
of("GZIP within GZIP", LEFT_OUT, lambda _: attached(b"GZIP", gzip.compress(gzipped(500))))
of("ZIP bombs", LEFT_OUT, lambda size: attached(b"ZIP", zipped(1, 11), size))
of("ZIP of many files", LEFT_OUT, lambda _: attached(b"ZIP", zipped(30, 1)))
of("ZIP within ZIP", LEFT_OUT, lambda _: attached(b"ZIP", zipped(2, 4) + zipped(2, 4)))
of("ZIP of overlapping files", LEFT_OUT, lambda size: attached(b"ZIP", overlapping(20), size))
of("ZIP of a lying size", LEFT_OUT, lambda _: attached(b"ZIP", overlapping(1, said=10)))
of("ZIP of a larger size", LEFT_OUT, lambda _: attached(b"ZIP", overlapping(1, said=0xFFFFFFF0)))
of(
    "ZIP of a long directory",
    LEFT_OUT,
    lambda size: attached(b"ZIP", directory(size // 64, b"", entry(0, 0, method=0))),
)
of("ZIP that leads upwards", LEFT_OUT, lambda _: attached(b"ZIP", zipped(1, 1, "../../../tmp/a")))
of("nothing attached many times", LEFT_OUT, lambda size: attached(b"NONE", b"", size))
of("large attachment", LEFT_OUT, lambda size: attached(b"NONE", b"%PDF-" + b"\0" * (size * 3 // 4)))
