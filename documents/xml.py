"""The one way in which XML of strangers is parsed here: no DTD, no entities, no network, bounded in size and depth."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from ..models.domain.findings import Finding, errors_among
from .crowding import crowd
from .encodings import RULE, to_utf8
from .envelopes import is_envelope, unwrap
from .media import MAX_BYTES

Element = Any
"""An lxml element; lxml has no types of its own."""

MAX_DEPTH: Final = 256
"""Elements inside one another; Facturae with every extension needs fewer than thirty."""

MAX_PARTS: Final = 1_000_000
"""Tags and attributes: what bounds memory, since 10 MB can hold 2.6 million elements of 120 bytes and more each."""

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TOO_DEEP = etree.XPath("boolean(" + "/*" * (MAX_DEPTH + 1) + ")")


@dataclass(frozen=True, slots=True)
class Opened:
    """The business document of a file. ``root`` is None iff a finding is an error; it is the root of its own tree."""

    root: Element | None
    findings: tuple[Finding, ...]
    text: bytes = b""
    """What ``root`` was parsed from, in UTF-8."""


def open_document(data: bytes, *, whole: bool = False) -> Opened:
    """The root element of the business document in a file, and findings on how the file is written (HF01, TR0002).

    Encodings other than UTF-8 are a warning; an envelope (SBDH) is taken off; lines stay those of the file. Comments
    and processing instructions are left out, so that they cannot split a text, unless the ``whole`` is asked for, as
    signatures are made over it. Never raises.
    """
    refusal = _refusal(data)
    if refusal is not None:
        return Opened(None, (refusal,))
    text, findings = to_utf8(data)
    if text is None:
        return Opened(None, findings)
    root = _parsed(text, whole=whole)
    if not isinstance(root, Finding) and is_envelope(root):
        inner, root = unwrap(text, root), None  # Two trees of a big document need not be there at once.
        if isinstance(inner, Finding):
            return Opened(None, (inner, *findings))
        text, root = inner, _parsed(inner, whole=whole)
    if isinstance(root, Finding):
        return Opened(None, (root, *findings))
    return Opened(root, findings, text)


def parse_xml(data: bytes) -> Element | Finding:
    """The root element as ``open_document`` gives it, or the first error."""
    opened = open_document(data)
    return errors_among(opened.findings)[0] if opened.root is None else opened.root


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
    if not data or data.isspace():
        return _malformed("The document is empty.")
    return None


def _parser(*, whole: bool, huge: bool = False) -> Any:
    """A parser for one document: it keeps every name that it ever meets, and strangers can think of many."""
    return etree.XMLParser(
        # What the bytes are is settled before, whatever the declaration says.
        encoding="UTF-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=huge,
        remove_comments=not whole,
        remove_pis=not whole,
        strip_cdata=True,
        # White space between elements says nothing, and would be half of the tree.
        remove_blank_text=not whole,
    )


def _parsed(text: bytes, *, whole: bool) -> Element | Finding:
    parts = text.count(b"<") + text.count(b"=") if len(text) > MAX_PARTS else 0
    if parts > MAX_PARTS:
        message = "The document has too many elements and attributes."
        return _malformed(message, expected=f"at most {MAX_PARTS}", found=str(parts))
    crowded = crowd(text)
    if crowded is not None:
        return crowded
    try:
        root = etree.fromstring(text, _parser(whole=whole))
    except (etree.LxmlError, ValueError, LookupError) as error:
        if _is_long_token(error):
            return _parsed_huge(text, whole=whole)
        return _problem(error)
    return _checked(root)


def _is_long_token(error: Exception) -> bool:
    """Whether the parser gave up at a text of ten million characters, such as a large file inside in BASE64."""
    return getattr(error, "code", None) == etree.ErrorTypes.ERR_RESOURCE_LIMIT and "depth" not in str(error)


def _parsed_huge(text: bytes, *, whole: bool) -> Element | Finding:
    """Again without the parser's limits, of which depth is the one that we need: the rest follows from the size."""
    try:
        root = etree.fromstring(text, _parser(whole=whole, huge=True))
    except (etree.LxmlError, ValueError, LookupError) as error:
        return _problem(error)
    return _too_deep() if _TOO_DEEP(root) else _checked(root)


def _checked(root: Element | None) -> Element | Finding:
    if root is None:
        return _malformed("The document is not well-formed XML.")
    if root.getroottree().docinfo.internalDTD is not None:
        return _malformed("The document has a document type declaration (DTD), which is not accepted.")
    return root


def _problem(error: Exception) -> Finding:
    line = getattr(error, "lineno", None) or None
    if getattr(error, "code", None) == etree.ErrorTypes.ERR_RESOURCE_LIMIT and "depth" in str(error):
        return _too_deep(line)
    return _malformed("The document is not well-formed XML.", line=line, found=_short(str(error)))


def _too_deep(line: int | None = None) -> Finding:
    message = "The document's elements are nested too deeply."
    return _malformed(message, line=line, expected=f"at most {MAX_DEPTH} levels")


def _short(text: str) -> str:
    return text if len(text) <= 200 else text[:199] + "…"


def _malformed(
    message: str, *, line: int | None = None, expected: str | None = None, found: str | None = None
) -> Finding:
    return Finding(rule=RULE, message=message, location="/", line=line, expected=expected, found=found)
