"""Files of a multipart request, read within the limits of what is accepted."""

from __future__ import annotations

from typing import Any, Protocol

from ...documents.media import MAX_BYTES, media_type_of
from ...models.domain.errors import Invalid
from ...models.domain.invoice import AttachedFile


class UploadedFile(Protocol):
    """What the server puts in the place of an ``Upload`` variable."""

    filename: str | None

    async def read(self, size: int = -1) -> bytes:
        """Up to so many bytes."""

    async def seek(self, offset: int) -> None:
        """Read on from there."""


async def read_upload(upload: Any, *path: str) -> tuple[str, bytes]:
    """Name and bytes of an upload; :class:`Invalid` where the variable is no file. Reads one byte past the limit."""
    if not hasattr(upload, "read") or not hasattr(upload, "filename"):
        raise Invalid("A file of a multipart request is expected.", path=("input", *path))
    file: UploadedFile = upload
    await file.seek(0)  # One file may stand in two places of the variables.
    return file_name(file.filename), await file.read(MAX_BYTES + 1)


async def read_attachments(uploads: list[Any] | None) -> tuple[AttachedFile, ...]:
    """The files beside a document."""
    files = []
    for position, upload in enumerate(uploads or ()):
        name, content = await read_upload(upload, "attachments", str(position))
        media_type = media_type_of(name) or "application/octet-stream"
        files.append(AttachedFile(name=name, media_type=media_type, content=content))
    return tuple(files)


def file_name(name: str | None) -> str:
    """A file's own name: no folder of the sender's, no control characters, at most 255 characters, never empty."""
    base = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    cleaned = "".join(char for char in base if char.isprintable()).strip()
    return cleaned[-255:] or "file"
