"""Elements with more attributes or namespaces than invoices have: what parsers and schemas take quadratic time for."""

from __future__ import annotations

import re
from typing import Final
from xml.parsers import expat

from ..models.domain.findings import Finding
from .encodings import RULE

MAX_ATTRIBUTES: Final = 256
"""Of one element, its namespaces among them; invoices and signatures need fewer than ten."""

MAX_NAMESPACES: Final = 512
"""That hold in one place, however many are declared one after the other."""

_AT_ONCE: Final = 1 << 20
"""Bytes that are searched without a pause: some three milliseconds."""

_STRIDE: Final = 2 * MAX_ATTRIBUTES
"""Bytes: as many attributes as are too many, of four bytes each at least (``a=""``), are longer than two strides."""

_MANY_ATTRIBUTES = re.compile(rb"<(?:[^<=]*+=){%d}" % (MAX_ATTRIBUTES + 1))


def crowd(text: bytes) -> Finding | None:
    """What there is too much of in a document in UTF-8 without a DTD (rule HF01); None where it is as usual.

    Linear, and little more than a search for a few bytes where the document is as usual.
    """
    many = text.count(b"=") > MAX_ATTRIBUTES and _has_long_tags(text) and _has_many_attributes(text)
    if not many and text.count(b"xmlns") <= MAX_NAMESPACES:
        return None
    try:
        _Census().take(text)
    except _CrowdError as error:
        message = "The document has too many attributes or namespaces."
        return Finding(rule=RULE, message=message, location="/", line=error.line, found=str(error))
    except expat.ExpatError as error:
        message = "The document is not well-formed XML."
        return Finding(rule=RULE, message=message, location="/", line=error.lineno, found=str(error))
    return None


def _has_long_tags(text: bytes) -> bool:
    """Whether there is a stride without a tag's start in it; a long text will do. Looks at few bytes of most files."""
    starts = range(0, len(text) - _STRIDE, _STRIDE)
    return any(text.find(b"<", start, start + _STRIDE) < 0 for start in starts)


def _has_many_attributes(text: bytes) -> bool:
    """Looked for a piece at a time: a search keeps every other thread waiting, the event loop's too, until it ends."""
    start, size = 0, _AT_ONCE
    while start < len(text):
        end = start + size
        if _MANY_ATTRIBUTES.search(text, start, end):
            return True
        # A tag that the piece cuts off is looked at again, in a piece that is large enough for it.
        cut = text.rfind(b"<", start, end) if end < len(text) else -1
        start, size = (start, 2 * size) if cut == start else (cut if cut > start else end, _AT_ONCE)
    return False


class _CrowdError(Exception):
    """There is too much of something."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.line = line


class _Census:
    """Counts by a parser that takes attributes and namespaces in linear time."""

    def __init__(self) -> None:
        self._namespaces = 0
        # Names are never looked at; a separator that a namespace could hold itself would be an error there.
        self._parser = expat.ParserCreate("UTF-8", "")
        self._parser.ordered_attributes = True
        self._parser.StartElementHandler = self._opens
        self._parser.StartNamespaceDeclHandler = self._declares
        self._parser.EndNamespaceDeclHandler = self._forgets

    def take(self, text: bytes) -> None:
        """Count; ``_CrowdError`` where a number is too high."""
        self._parser.Parse(text, True)

    def _opens(self, _: str, attributes: list[str]) -> None:
        if len(attributes) > 2 * MAX_ATTRIBUTES:
            raise self._too_much(f"more than {MAX_ATTRIBUTES} attributes in one element")

    def _declares(self, *_: str | None) -> None:
        self._namespaces += 1
        if self._namespaces > MAX_NAMESPACES:
            raise self._too_much(f"more than {MAX_NAMESPACES} namespaces in one place")

    def _forgets(self, _: str | None) -> None:
        self._namespaces -= 1

    def _too_much(self, what: str) -> _CrowdError:
        return _CrowdError(what, self._parser.CurrentLineNumber)
