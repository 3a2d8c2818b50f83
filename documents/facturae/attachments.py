"""The files inside a Facturae: ``AdditionalData/RelatedDocuments/Attachment``. One that cannot be opened is left out
with a warning."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Final

from ...models.domain.invoice import AttachedFile
from ..archives import gunzip, unzip
from ..locating import place_of_element
from ..media import MAX_BYTES, MEDIA_TYPES, RULE, UNKNOWN_MEDIA_TYPE, extension_of, is_what_it_says
from ..records import Reading, Table, fill, text
from ..xml import Element

FORMATS: Final[Mapping[str, str]] = {
    "xml": MEDIA_TYPES["xml"],
    "doc": MEDIA_TYPES["doc"],
    "gif": "image/gif",
    "rtf": "application/rtf",
    "pdf": MEDIA_TYPES["pdf"],
    "xls": MEDIA_TYPES["xls"],
    "jpg": MEDIA_TYPES["jpg"],
    "bmp": "image/bmp",
    "tiff": "image/tiff",
    "html": "text/html",
}
"""``AttachmentFormat``, which is the extension too, and its media type."""

SAME_FORMAT: Final[Mapping[str, str]] = {"jpeg": "jpg", "tif": "tiff", "htm": "html"}
"""Other extensions of the same formats."""

_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
_LONGEST_NAME = 120

_ATTACHMENT: Table = {
    "AttachmentCompressionAlgorithm": ("algorithm", text),
    "AttachmentFormat": ("format", text),
    "AttachmentEncoding": ("encoding", text),
    "AttachmentDescription": ("description", text),
    "AttachmentData": ("data", text),
}


def attachments(documents: Element, reading: Reading) -> tuple[AttachedFile, ...]:
    """The embedded files, at most 10 MB of them in all once opened."""
    left = MAX_BYTES
    files: list[AttachedFile] = []
    above, several = place_of_element(documents), documents.find("Attachment[2]") is not None
    for position, element in enumerate(documents.iterchildren("Attachment"), start=1):
        # Asking for the place of each would count the ones before it.
        place = f"{above}/Attachment[{position}]" if several else f"{above}/Attachment"
        values = fill(element, _ATTACHMENT, reading, {})
        try:
            opened = _open(values, position, left)
        except ValueError as error:
            # What bombs let out counts too, or a document could hold hundreds of them.
            left = max(0, left - getattr(error, "opened", 0))
            message = f"The attachment cannot be opened and is left out: {error}."
            reading.notes.warning(RULE, place, message, found=values.get("description"))
            continue
        left -= sum(len(file.content) for file in opened)
        files.extend(opened)
        for file in opened:
            if not is_what_it_says(file.name, file.content):
                message = f"The content of the attachment {file.name!r} is not what its name says."
                reading.notes.warning(RULE, place, message, expected=file.media_type)
    return tuple(files)


def _open(values: dict[str, str], position: int, limit: int) -> tuple[AttachedFile, ...]:
    data = _decoded(values)
    plain = values.get("encoding", "").upper() == "NONE"
    description = values.get("description")
    format_ = values.get("format", "").lower()
    name = _name(description or f"annex-{position}", format_)
    algorithm = values.get("algorithm", "").upper()
    if algorithm == "ZIP":
        entries = unzip(data, limit)
        # An archive of several files is no longer what the one description names.
        return tuple(
            _file(name if len(entries) == 1 else _name(inner.rpartition("/")[2], ""), content, description, format_)
            for inner, content in entries
        )
    content = gunzip(data, limit) if algorithm == "GZIP" else data
    if plain and not is_what_it_says(name, content):
        content = _in_base64_after_all(name, content)
    if len(content) > limit:
        raise ValueError("the attachments are larger than 10 MB in all")
    return (_file(name, content, description, format_),)


def _decoded(values: dict[str, str]) -> bytes:
    data = values.pop("data", "")
    if not data:
        raise ValueError("it is empty")
    if values.get("encoding", "").upper() == "NONE":
        return data.encode()
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("its data are not BASE64") from None


def _in_base64_after_all(name: str, content: bytes) -> bytes:
    """What programs mean that say NONE of data that can only be written in BASE64."""
    try:
        decoded = base64.b64decode(b"".join(content.split()), validate=True)
    except (binascii.Error, ValueError):
        return content
    return decoded if decoded and is_what_it_says(name, decoded) else content


def _file(name: str, content: bytes, description: str | None, format_: str) -> AttachedFile:
    extension = extension_of(name)
    media_type = FORMATS.get(SAME_FORMAT.get(extension, extension)) or MEDIA_TYPES.get(extension)
    return AttachedFile(
        name=name,
        media_type=media_type or FORMATS.get(format_, UNKNOWN_MEDIA_TYPE),
        content=content,
        description=None if description == name else description,
    )


def _name(stem: str, format_: str) -> str:
    """A name that every file system takes: no separators, not long, and with the format's extension."""
    name = _UNSAFE.sub("_", stem).strip(" .") or "annex"
    extension = extension_of(name)
    ending = "" if not format_ or SAME_FORMAT.get(extension, extension) == format_ else f".{_UNSAFE.sub('_', format_)}"
    if not ending and extension:
        ending = f".{name.rpartition('.')[2]}"
        name = name[: -len(ending)]
    return name[:_LONGEST_NAME] + ending[:20]
