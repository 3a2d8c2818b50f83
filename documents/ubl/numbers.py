"""Series and number, of which UBL has one text."""

from __future__ import annotations


def full_number(series: str | None, number: str) -> str:
    """The one number that EN 16931 has (BT-1). The series stands in ``schemeID`` too, to read both back."""
    series = (series or "").strip()
    return f"{series}/{number.strip()}" if series else number.strip()


def parts_of(full: str, series: str | None) -> tuple[str | None, str]:
    """Series and number of such a number, by its ``schemeID``; no series where the number does not begin with it."""
    if series and full.startswith(f"{series}/") and len(full) > len(series) + 1:
        return series, full[len(series) + 1 :]
    return None, full
