"""The files that may travel with an invoice: what kinds, how many, how large (domain.md, rule TR0002)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from ..models.domain.findings import Finding
from ..models.domain.invoice import AttachedFile
from .archives import zip_entry, zip_names

RULE: Final = "TR0002"
MAX_BYTES: Final = 10 * 1024 * 1024
"""The document and its attachments together."""
MAX_ATTACHMENTS: Final = 5
UNKNOWN_MEDIA_TYPE: Final = "application/octet-stream"

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ODT = "application/vnd.oasis.opendocument.text"
_ODS = "application/vnd.oasis.opendocument.spreadsheet"

MEDIA_TYPES: Final[Mapping[str, str]] = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": _WORD,
    "xls": "application/vnd.ms-excel",
    "xlsx": _SHEET,
    "odt": _ODT,
    "ods": _ODS,
    "txt": "text/plain",
    "xml": "application/xml",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
}
"""Every extension that is allowed, in lower case, and its media type."""

_OLE2 = bytes.fromhex("D0CF11E0A1B11AE1")
_PNG = b"\x89PNG\r\n\x1a\n"
_XML_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[?!A-Za-z_:\x80-\xff]|\xff\xfe<\0|\xfe\xff\0<|<\0\?\0|\0<\0\?")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")


def extension_of(name: str) -> str:
    """The part after the last dot, in lower case; empty where there is none."""
    stem, dot, extension = name.rpartition(".")
    return extension.strip().lower() if dot and stem.strip() else ""


def media_type_of(name: str) -> str:
    """The media type that a file's name says; ``application/octet-stream`` for a kind that is not allowed."""
    return MEDIA_TYPES.get(extension_of(name), UNKNOWN_MEDIA_TYPE)


def is_what_it_says(name: str, content: bytes) -> bool:
    """Whether a file looks like what its extension says; True for an extension that nothing is known of."""
    looks = _LOOKS.get(extension_of(name))
    return looks is None or looks(content)


def check_attachment(name: str, content: bytes, *, also: frozenset[str] = frozenset()) -> tuple[Finding, ...]:
    """Whether one file is of an allowed kind (or one of those ``also`` allowed), is not empty, and is what its name
    says."""
    extension = extension_of(name)
    if extension not in MEDIA_TYPES and extension not in also:
        allowed = ", ".join(MEDIA_TYPES)
        return (_finding(f"Files of the kind of {name!r} are not accepted.", expected=allowed, found=extension),)
    if not content:
        return (_finding(f"The file {name!r} is empty."),)
    if not _LOOKS[extension](content):
        expected = MEDIA_TYPES.get(extension, extension)
        return (_finding(f"The content of {name!r} is not what its name says.", expected=expected),)
    return ()


def check_attachments(files: Sequence[AttachedFile], document_size: int) -> tuple[Finding, ...]:
    """Every file by itself, at most five of them, and at most 10 MB together with ``document_size`` bytes."""
    findings = [finding for file in files for finding in check_attachment(file.name, file.content)]
    if len(files) > MAX_ATTACHMENTS:
        message = f"There are more than {MAX_ATTACHMENTS} attachments."
        findings.append(_finding(message, expected=str(MAX_ATTACHMENTS), found=str(len(files))))
    size = document_size + sum(len(file.content) for file in files)
    if size > MAX_BYTES:
        message = "The document and its attachments are larger than 10 MB together."
        findings.append(_finding(message, expected=f"{MAX_BYTES} bytes", found=f"{size} bytes"))
    return tuple(findings)


def _finding(message: str, *, expected: str | None = None, found: str | None = None) -> Finding:
    return Finding(rule=RULE, message=message, expected=expected, found=found)


def _starts(*magic: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(magic)


def _is_office(folder: str) -> Callable[[bytes], bool]:
    def looks(content: bytes) -> bool:
        names = zip_names(content)
        return "[Content_Types].xml" in names and any(name.startswith(folder) for name in names)

    return looks


def _is_open_document(media_type: str) -> Callable[[bytes], bool]:
    return lambda content: zip_entry(content, "mimetype", 100).strip() == media_type.encode()


def _is_text(content: bytes) -> bool:
    if _CONTROL.search(content):
        return False
    for encoding in ("utf-8", "cp1252"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _is_xml(content: bytes) -> bool:
    return _XML_START.match(content) is not None


_LOOKS: Final[Mapping[str, Callable[[bytes], bool]]] = {
    "pdf": _starts(b"%PDF-"),
    "doc": _starts(_OLE2),
    "xls": _starts(_OLE2),
    "docx": _is_office("word/"),
    "xlsx": _is_office("xl/"),
    "odt": _is_open_document(_ODT),
    "ods": _is_open_document(_ODS),
    "txt": _is_text,
    "csv": _is_text,
    "xml": _is_xml,
    "jpg": _starts(b"\xff\xd8\xff"),
    "jpeg": _starts(b"\xff\xd8\xff"),
    "png": _starts(_PNG),
    "gif": _starts(b"GIF87a", b"GIF89a"),
    "bmp": _starts(b"BM"),
    "tif": _starts(b"II*\0", b"MM\0*"),
    "tiff": _starts(b"II*\0", b"MM\0*"),
    "rtf": _starts(b"{\\rtf"),
    "htm": _is_text,
    "html": _is_text,
}
"""By extension; more of them than are allowed beside a document, since Facturae allows them inside."""
