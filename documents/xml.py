"""The one way in which XML of strangers is parsed here: no DTD, no entities, no network, bounded in size and depth."""

from __future__ import annotations

import re
from typing import Any, Final

from lxml import etree

from ..models.domain.findings import Finding
from .media import MAX_BYTES

Element = Any
"""An lxml element; lxml has no types of its own."""

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENCODINGS: Final = frozenset({"UTF-8", "UTF8", "US-ASCII", "ASCII"})
_BOM = b"\xef\xbb\xbf"


def parse_xml(data: bytes) -> Element | Finding:
    """The root element of a document, or the one finding (HF01, TR0002) that says why there is none.

    Comments and processing instructions are left out, so that they cannot split a text. Never raises.
    """
    return _refusal(data) or _parsed(data)


def forbidden_character(text: str) -> str | None:
    """The first character that no XML 1.0 document can hold: control characters, lone surrogates, U+FFFE."""
    match = _FORBIDDEN.search(text)
    return match.group() if match else None


def _refusal(data: bytes) -> Finding | None:
    if len(data) > MAX_BYTES:
        found = f"{len(data)} bytes"
        return Finding(
            rule="TR0002", message="The document is larger than 10 MB.", expected=f"{MAX_BYTES} bytes", found=found
        )
    if not data.strip():
        return _malformed("The document is empty.")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return _malformed("The document is not written in UTF-8.", line=line, expected="UTF-8")
    if _has_doctype(data):
        return _malformed("The document has a document type declaration (DTD), which is not accepted.")
    return None


def _has_doctype(data: bytes) -> bool:
    """Whether a DOCTYPE stands before the root element, the only place for it: libxml2 need not even see it."""
    at = len(_BOM) if data.startswith(_BOM) else 0
    while at < len(data):
        if data[at : at + 1] in (b" ", b"\t", b"\r", b"\n"):
            at += 1
        elif data.startswith(b"<?", at):
            at = _after(data, b"?>", at)
        elif data.startswith(b"<!--", at):
            at = _after(data, b"-->", at)
        else:
            return data.startswith(b"<!", at)
    return False


def _after(data: bytes, end: bytes, start: int) -> int:
    found = data.find(end, start)
    return len(data) if found < 0 else found + len(end)


def _parsed(data: bytes) -> Element | Finding:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", None)
        return _malformed("The document is not well-formed XML.", line=line or None, found=_short(str(error)))
    if root is None:
        return _malformed("The document is not well-formed XML.")
    about = root.getroottree().docinfo
    if about.internalDTD is not None:
        return _malformed("The document has a document type declaration (DTD), which is not accepted.")
    if about.encoding and about.encoding.upper() not in _ENCODINGS:
        return _malformed("The document is not written in UTF-8.", line=1, expected="UTF-8", found=about.encoding)
    return root


def _short(text: str) -> str:
    return text if len(text) <= 200 else text[:199] + "…"


def _malformed(
    message: str, *, line: int | None = None, expected: str | None = None, found: str | None = None
) -> Finding:
    return Finding(rule="HF01", message=message, location="/", line=line, expected=expected, found=found)
