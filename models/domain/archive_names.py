"""Names of files inside an archive: safe on every system, whatever documents call themselves, and each its own."""

from __future__ import annotations

import re
import unicodedata

MAX_PART = 80
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
"""What Windows takes for a device, with whatever ending."""


def safe_part(text: str) -> str:
    """One part of a path: letters, digits, dashes, underscores and inner dots; never empty, special or too long.

    >>> safe_part("../../F/2026 nº 7"), safe_part("con.xml"), safe_part("..")
    ('_.._F_2026_nº_7', '_con.xml', '_')
    """
    kept = "".join(char if char.isalnum() or char in "-_." else "_" for char in unicodedata.normalize("NFC", text))
    kept = kept.lstrip(".").rstrip(". ")
    if len(kept) > MAX_PART:
        stem, dot, ending = kept.rpartition(".")
        keep_ending = dot and stem and len(ending) <= 10
        kept = stem[: MAX_PART - len(ending) - 1] + dot + ending if keep_ending else kept[:MAX_PART]
    if not kept or _DEVICES.fullmatch(kept):
        kept = f"_{kept}"
    return kept


class Names:
    """The paths that one archive has given so far. Systems that fold letters take two spellings for one file."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, *parts: str) -> str:
        """A path of these parts, made safe; numbered where another file has it."""
        *folders, name = (safe_part(part) for part in parts)
        stem, dot, ending = name.rpartition(".")
        stem, ending = (stem, dot + ending) if stem else (name, "")
        number = 1
        while True:
            path = "/".join((*folders, f"{stem}{'' if number == 1 else f'~{number}'}{ending}"))
            if path.casefold() not in self._taken:
                self._taken.add(path.casefold())
                return path
            number += 1
