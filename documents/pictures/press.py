"""Sets a sheet as PDF with typst: PDF/A-2a and PDF/UA-1, the same bytes for the same sheet and instant.

The template is ours and reads nothing but the sheet, which goes in as data. Fonts are those inside typst. typst lets
go of the interpreter lock while it works, so a thread keeps the event loop free.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Final

import orjson
import typst

from .blocks import Sheet
from .words import TEMPLATES

STANDARDS: Final[list[typst.PDFStandard]] = ["a-2a", "ua-1"]
"""Archival with structure and text that can be read aloud and copied (ISO 19005-2, level A; ISO 14289-1)."""


_BIG: Final = 50_000
"""Characters of a sheet whose workings are not kept in memory."""

_MEMORY: Final = 12


class PressError(Exception):
    """The picture could not be set."""


@cache
def _template() -> bytes:
    return (TEMPLATES / "sheet.typ").read_bytes()


@cache
def _fonts() -> typst.Fonts:
    """The same fonts on every machine, whatever it has installed."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def printed(sheet: Sheet, *, at: datetime) -> bytes:
    """The sheet as PDF, dated ``at`` (aware); ``PressError`` where a text has no glyph after all."""
    data = orjson.dumps(sheet).decode()
    compiler = _compiler(_template(), {"sheet": data})
    try:
        made = compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=int(at.timestamp()))
    except typst.TypstError as error:
        raise PressError(error.message) from error
    finally:
        if len(data) > _BIG:
            _forget()
    if not isinstance(made, bytes):
        raise PressError("typst made no PDF")
    return made


def _compiler(source: bytes, inputs: dict[str, str]) -> typst.Compiler:
    """A compiler for one call: none works in two threads at once, nor twice on a source that is no file."""
    return typst.Compiler(
        input=source, root=str(TEMPLATES), font_paths=_fonts(), ignore_system_fonts=True, sys_inputs=inputs
    )


def _forget() -> None:
    """Let go of what typst remembers of this sheet, up to some hundred megabytes: it does so ten compilations later."""
    for _ in range(_MEMORY):
        _compiler(b" ", {}).compile(format="svg")
