"""From the bytes of a file to the same text in UTF-8: byte order marks, declared encodings, what precedes the root.

Encodings are few on purpose: each byte of a file has one reading, here and in every other program.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from ..models.domain.findings import Finding, Severity

RULE: Final = "HF01"

_UTF8: Final = "UTF-8"
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    _UTF8: ("UTF8",),
    "UTF-16": ("UTF16", "UTF16LE", "UTF16BE"),
    "US-ASCII": ("USASCII", "ASCII"),
    "ISO-8859-1": ("ISO88591", "LATIN1", "ISOLATIN1"),
    "ISO-8859-15": ("ISO885915", "LATIN9"),
    "windows-1252": ("WINDOWS1252", "CP1252"),
}
"""The encodings that are read, and how a declaration may name each: letters and digits alone, in capitals."""

_ENCODINGS: Final = {name: encoding for encoding, names in _NAMES.items() for name in names}

_UTF8_MARK: Final = b"\xef\xbb\xbf"
_WIDE: Final[Mapping[bytes, str]] = {
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
    b"<\0": "utf-16-le",
    b"\0<": "utf-16-be",
}
"""How a file in UTF-16 begins, with a byte order mark and without."""

_REFUSED_STARTS: Final[Mapping[bytes, str]] = {
    b"\xff\xfe\0\0": "UTF-32",
    b"\0\0\xfe\xff": "UTF-32",
    b"<\0\0\0": "UTF-32",
    b"\0\0\0<": "UTF-32",
    b"\x4c\x6f\xa7\x94": "EBCDIC",
    b"+/v8": "UTF-7",
    b"+/v9": "UTF-7",
    b"+/v+": "UTF-7",
    b"+/v/": "UTF-7",
}
"""The first four bytes of files in encodings that no invoice comes in, and in which a parser could be led astray."""

_LONGEST_DECLARATION: Final = 1000

_DECLARED = re.compile(rb"""\sencoding\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_DECLARATION = re.compile(
    rb"""<\?xml\s+version\s*=\s*(["'])1\.[0-9]+\1(?:\s+encoding\s*=\s*(["'])[A-Za-z0-9._-]+\2)?"""
    rb"""(?:\s+standalone\s*=\s*(["'])(?:yes|no)\3)?\s*\?>"""
)
_UNPRINTABLE = re.compile(rb"[^ -~]")
_PROLOG = re.compile(rb"(?:[ \t\r\n]++|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
_NOT_A_LINE_END = re.compile(rb"[^\r\n]")
_SPACE: Final = b" \t\r\n"


def to_utf8(data: bytes) -> tuple[bytes | None, tuple[Finding, ...]]:
    """The document in UTF-8 and warnings, or None and the one error (HF01) that says why it cannot be read.

    Whatever the declaration inside still says, what comes back is UTF-8, has no byte order mark, no DTD, and each of
    its lines where it was.
    """
    refused = _REFUSED_STARTS.get(data[:4])
    if refused is not None:
        return None, (_unknown(refused),)
    codec = _WIDE.get(data[:2])
    return _wide(data, codec) if codec else _narrow(data)


def _wide(data: bytes, codec: str) -> tuple[bytes | None, tuple[Finding, ...]]:
    try:
        text = data.decode(codec).removeprefix("\ufeff").encode()
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(codec, "replace").count("\n") + 1
        return None, (_undecodable("UTF-16", line),)
    declared = _declared(text)
    if declared and _encoding(declared) is None:
        return None, (_unknown(declared),)
    return _without_doctype(text, [_note("UTF-16", declared)])


def _narrow(data: bytes) -> tuple[bytes | None, tuple[Finding, ...]]:
    marked = data.startswith(_UTF8_MARK)
    if marked:
        data = data[len(_UTF8_MARK) :]
    declared = _declared(data)
    encoding = _encoding(declared) if declared else _UTF8
    if encoding is None:
        return None, (_unknown(declared),)
    notes = []
    if marked:
        notes = [] if encoding == _UTF8 else [_note(_UTF8, declared)]
        encoding = _UTF8
    elif encoding == "UTF-16":
        message = "The document says that it is written in UTF-16, and it is not."
        return None, (_error(message, line=1, expected=_UTF8, found=declared),)
    elif encoding != _UTF8:
        notes = [_note(encoding, declared)]
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        return None, (_undecodable(encoding, data.count(b"\n", 0, error.start) + 1),)
    if encoding == _UTF8:
        return _without_doctype(data, notes)
    if _is_rather_utf8(data):
        message = f"The document says that it is written in {encoding}, and is read so; its bytes look like UTF-8."
        notes.append(_warning(message, expected=_UTF8, found=encoding))
    return _without_doctype(text.encode(), notes)


def _is_rather_utf8(data: bytes) -> bool:
    if data.isascii():
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _without_doctype(text: bytes, notes: list[Finding]) -> tuple[bytes | None, tuple[Finding, ...]]:
    doctype = _doctype(text)
    if doctype is not None:
        message = "The document has a document type declaration (DTD), which is not accepted."
        return None, (_error(message, line=text.count(b"\n", 0, doctype) + 1), *notes)
    if text and text[0] in _SPACE:
        text, blank = _without_leading_space(text)
        notes += blank
    return text, tuple(notes)


def _without_leading_space(text: bytes) -> tuple[bytes, list[Finding]]:
    """White space before the declaration is against XML, and common: the declaration, no longer needed, is blanked."""
    start = len(text) - len(text.lstrip(_SPACE))
    declaration = _DECLARATION.match(text, start)
    if declaration is None:
        return text, []
    message = "The document has white space before its XML declaration, which not every program reads."
    line = text.count(b"\n", 0, start) + 1
    blank = _NOT_A_LINE_END.sub(b" ", declaration.group())
    return text[:start] + blank + text[declaration.end() :], [_warning(message, line=line)]


def _doctype(text: bytes) -> int | None:
    """Where a DOCTYPE stands before the root element, the only place for it: no parser need even see it."""
    prolog = _PROLOG.match(text)
    at = prolog.end() if prolog else 0
    return at if text.startswith(b"<!DOCTYPE", at) else None


def _declared(text: bytes) -> str:
    """The encoding that the XML declaration names; empty where it names none."""
    start = 0 if text.startswith(b"<") else len(text) - len(text.lstrip(_SPACE))
    if not text.startswith(b"<?xml", start):
        return ""
    end = text.find(b"?>", start, start + _LONGEST_DECLARATION)
    match = _DECLARED.search(text, start, end) if end >= 0 else None
    return _UNPRINTABLE.sub(b"?", match[1] or match[2] or b"").decode() if match else ""


def _normal(name: str) -> str:
    return name.upper().replace("-", "").replace("_", "")


def _encoding(name: str) -> str | None:
    return _ENCODINGS.get(_normal(name))


def _note(encoding: str, declared: str) -> Finding:
    """That the document is not in UTF-8, or that it declares what it is not."""
    if declared and _encoding(declared) != encoding:
        message = f"The document says that it is written in {declared[:40]}, but its byte order says {encoding}."
        return _warning(message, expected=encoding, found=declared[:40])
    message = f"The document is written in {encoding}; entry points of the administration want UTF-8."
    return _warning(message, expected=_UTF8, found=encoding)


def _undecodable(encoding: str, line: int) -> Finding:
    return _error(f"The document has bytes that are not {encoding}.", line=line, expected=encoding)


def _unknown(encoding: str) -> Finding:
    message = f"The document is written in an encoding that is not accepted: {encoding[:40]}."
    return _error(message, line=1, expected=", ".join(_NAMES), found=encoding[:40])


def _error(message: str, *, line: int | None = None, expected: str | None = None, found: str | None = None) -> Finding:
    return Finding(rule=RULE, message=message, location="/", line=line, expected=expected, found=found)


def _warning(message: str, *, line: int = 1, expected: str | None = None, found: str | None = None) -> Finding:
    severity = Severity.WARNING
    return Finding(
        rule=RULE, message=message, severity=severity, location="/", line=line, expected=expected, found=found
    )
