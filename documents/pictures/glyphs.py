"""Which characters the fonts inside typst can show: Libertinus Serif, and DejaVu Sans Mono where it has none.

PDF/A allows no character without a glyph, so what is not listed here is replaced before it is set. The list leaves out
combining marks that do not compose, joiners, direction marks and private characters on purpose; a test sets them all.
"""

from __future__ import annotations

from typing import Final

_RANGES: Final = """
0020-007E 00A0-00AC 00AE-02FF 0370-0377 037A-037F 0384-038A 038C 038E-03A1 03A3-0482 048A-04FF 05D0-05EA 05F0-05F4
060C 061B 061F 0621-063A 0640-064A 0660-066D 0674 0679-067B 067E-0680 0686-0687 0691 0698 06A4 06A9 06AF 06BE 06CC
06F0-06F9 0E3F 1E00-1F15 1F18-1F1D 1F20-1F45 1F48-1F4D 1F50-1F57 1F59 1F5B 1F5D 1F5F-1F7D 1F80-1FB4 1FB6-1FC4
1FC6-1FD3 1FD6-1FDB 1FDD-1FEF 1FF2-1FF4 1FF6-1FFE 2010-2027 2030-2040 2042 2044-2052 2054-205E 2070-2071 2074-208E
2090-209C 20A0-20C0 2100-211E 2120 2122 2124 2126-2151 2153-2184 2190-2328 232B-23FF 2460-25FF FB00-FB06
"""


def _listed(ranges: str) -> frozenset[str]:
    bounds = [pair.partition("-") for pair in ranges.split()]
    return frozenset(
        chr(code) for first, _, last in bounds for code in range(int(first, 16), int(last or first, 16) + 1)
    )


SHOWN: Final = _listed(_RANGES)
"""Every character that a picture can show."""

PLAIN: Final = _listed("0020-007E 00A0-00AC 00AE-017F 2013-2014 2018-201A 201C-201E 2022 2026 20AC 25A1")
"""Characters of one glyph each, which no neighbour changes."""

INSTEAD: Final = "□"
"""Stands for a character that cannot be shown."""
