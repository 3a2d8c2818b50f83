"""Strangers' texts made fit for a picture: nothing invisible, nothing endless, nothing without a glyph."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final, TypeVar

from .glyphs import INSTEAD, SHOWN

T = TypeVar("T")

ELLIPSIS: Final = "…"

MAX_TEXT: Final = 3_000
"""Characters of one text; the longest that Facturae allows has 2,500."""

MAX_CHARACTERS: Final = 500_000
"""Characters of all texts of one picture together: some 150 pages."""

MAX_ITEMS: Final = 200
"""Entries of one list other than the invoice's lines."""

_LINE_ENDS = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\s*\n\s*")
_WORD = re.compile(r"[^\s\u200b]+")
_INVISIBLE = frozenset({"Cc", "Cf"})
_ZERO_WIDTH_SPACE = "\u200b"


class Desk:
    """Takes in the texts of one picture, and remembers what could not be shown of them."""

    def __init__(self, *, shown: frozenset[str] = SHOWN, characters: int = MAX_CHARACTERS) -> None:
        self.missing = False
        """Some character has no glyph."""
        self.cut = False
        """Some text was shortened."""
        self._shown = shown
        self._left = characters

    @property
    def full(self) -> bool:
        """Whether no more texts fit."""
        return self._left <= 0

    def line(self, text: str | None, limit: int = MAX_TEXT) -> str:
        """The text on one line."""
        return self.text(text, limit).replace("\n", " ")

    def text(self, text: str | None, limit: int = MAX_TEXT) -> str:
        """The text with its own line ends, cut with an ellipsis; words too long for a column may break.

        Runs of spaces become one and empty lines go, and so do control characters and direction marks, which could
        turn the reading order round.
        """
        if not text:
            return ""
        limit = max(min(limit, self._left), 1)
        # What is cut anyway need not be looked at; four times the limit leaves room for what falls away.
        head = unicodedata.normalize("NFC", text[: limit * 4])
        spaced = _EMPTY_LINES.sub("\n", _SPACES.sub(" ", _LINE_ENDS.sub("\n", head)))
        kept = "".join(map(self._visible, spaced)).strip()
        if len(kept) > limit or len(text) > limit * 4:
            self.cut = True
            kept = kept[: limit - 1].rstrip() + ELLIPSIS
        self._left -= len(kept)
        return breakable(kept)

    def some(self, items: tuple[T, ...], most: int = MAX_ITEMS) -> Iterable[T]:
        """The first items of a list, as long as there is room for their texts."""
        for position, item in enumerate(items):
            if position == most or self.full:
                self.cut = True
                return
            yield item

    def _visible(self, char: str) -> str:
        if char in self._shown or char == "\n":
            return char
        if unicodedata.category(char) in _INVISIBLE:
            return ""
        self.missing = True
        return INSTEAD


def breakable(text: str, most: int = 28) -> str:
    """The text with places inside its words of more than ``most`` characters where a line may end.

    Who copies such a word gets those places too, so shorter ones are left alone: registry numbers, accounts.
    """
    if len(text) <= most:
        return text
    return _WORD.sub(lambda word: _in_pieces(word[0], most), text)


def _in_pieces(word: str, most: int) -> str:
    if len(word) <= most:
        return word
    piece = max(most // 2, 6)
    return _ZERO_WIDTH_SPACE.join(word[start : start + piece] for start in range(0, len(word), piece))
