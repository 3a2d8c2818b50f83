"""Making a stranger's text fit to stand in a mail: nothing invisible, nothing endless, nothing that breaks a line."""

from __future__ import annotations

import re
import unicodedata

ELLIPSIS = "…"

# ZERO WIDTH NON-JOINER and JOINER: without them words of several scripts, and emoji, fall apart.
_JOINERS = frozenset("\u200c\u200d")
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_LINE_ENDS = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile(r"\s+")


def one_line(text: str, limit: int) -> str:
    """The text as one line of at most ``limit`` characters, cut with an ellipsis.

    Line ends, tabs and runs of spaces become one space. Control characters, direction marks and lone surrogates go:
    they could break a header, turn the reading order round or make the mail impossible to encode.

    >>> one_line("A\\r\\nBcc: x@example.com", 80)
    'A Bcc: x@example.com'
    """
    # What is cut anyway need not be looked at; four times the limit leaves room for what falls away.
    spaced = _SPACES.sub(" ", _LINE_ENDS.sub(" ", text[: limit * 4]))
    kept = "".join(char for char in spaced if char in _JOINERS or unicodedata.category(char) not in _DROPPED).strip()
    if len(kept) <= limit and len(text) <= limit * 4:
        return kept
    return kept[: limit - 1].rstrip() + ELLIPSIS


def lines(text: str, *, limit: int, most: int) -> list[str]:
    """The text's own lines, cleaned, without empty ones: at most ``most`` lines and ``limit`` characters in all."""
    kept: list[str] = []
    for line in _LINE_ENDS.split(text[: limit * 4]):
        clean = one_line(line, limit)
        if not clean:
            continue
        if len(kept) == most or limit <= 1:
            kept[-1] = kept[-1].removesuffix(ELLIPSIS) + ELLIPSIS
            break
        kept.append(clean)
        limit -= len(clean)
    return kept
