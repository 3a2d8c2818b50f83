"""What a sheet is laid out from: finished texts in blocks, in their order. ``templates/sheet.typ`` sets them.

Nothing here is markup: the template takes every text as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_WIDTHS: Final = {
    **dict.fromkeys("0123456789€", 4.1),
    **dict.fromkeys(".,", 2.0),
    **dict.fromkeys(" \u00a0", 2.2),
    "-": 3.0,
    "%": 5.7,
    "m": 7.0,
    "w": 6.6,
    "M": 7.4,
    "W": 8.4,
}
_LETTER: Final = 4.8
_CAPITAL: Final = 6.5
"""Widths in points of the table's type, which is 8.8 points high: letters by the widest of their kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A short text on a coloured ground; colours as ``#rrggbb``."""

    text: str
    ink: str
    wash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A label, what it says, and a smaller text below. ``mono`` is for digests, ``wide`` takes a whole row."""

    label: str
    text: str
    note: str = ""
    mono: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Facts beside each other under a heading, which may be empty, and a sentence ``after`` them.

    An ``alarm`` is one that must not be missed; what is ``whole`` stays on one page, so it must be short.
    """

    items: tuple[Fact, ...]
    title: str = ""
    after: str = ""
    alarm: bool = False
    whole: bool = False
    kind: str = "facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Somebody: in what role, the name, and lines on how to find them."""

    title: str
    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Parties, two in a row."""

    items: tuple[Side, ...]
    kind: str = "sides"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: ``width`` in points, or None for what the others leave."""

    head: str
    width: float | None = None
    right: bool = False
    mono: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A text with smaller ones below."""

    text: str
    notes: tuple[str, ...] = ()


Row = tuple[str | Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under a heading that is repeated on each page, and a sentence below them where something is left out."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    after: str = ""
    kind: str = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """A row of the reckoning; ``weight`` 0 is an item, 1 a total, 2 what it all comes to."""

    label: str
    text: str
    notes: tuple[str, ...] = ()
    weight: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """The reckoning."""

    title: str
    rows: tuple[Sum, ...]
    kind: str = "sums"


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Paragraphs under a heading, which may be empty."""

    items: tuple[str, ...]
    title: str = ""
    quiet: bool = False
    kind: str = "texts"


Block = Facts | Sides | Table | Sums | Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A whole document: its heading, its blocks, and what stands at the foot of each page.

    ``page`` is filled with ``page`` and ``pages`` by the template. ``figure`` stands large at the right.
    """

    tag: str
    title: str
    kind: str
    number: str
    blocks: tuple[Block, ...]
    footer: str
    page: str
    badge: Badge | None = None
    figure: Fact | None = None


def fitted(head: str, rows: tuple[Row, ...], index: int, *, most: float) -> float:
    """The width in points that a column of figures needs, at most so much; beyond that its texts break."""
    texts = {part for row in rows for part in _text(row[index]).split("\n")}
    widest = max(map(_width, (*texts, *head.split())), default=0.0)
    return min(round(widest + 2, 1), most)


def _text(cell: str | Cell) -> str:
    return cell if isinstance(cell, str) else cell.text


def _width(text: str) -> float:
    return sum(map(_width_of, text))


def _width_of(char: str) -> float:
    return _WIDTHS.get(char) or (_CAPITAL if char.isupper() else _LETTER)
