"""What is wrong with variables before anybody knows what they are for."""

from __future__ import annotations

from typing import Any, Final

MAX_DEPTH: Final = 16
"""Objects and lists within one another; the deepest input of the schema is four."""
MAX_VALUES: Final = 100_000
"""All values together: an invoice may have 5,000 lines of nine."""

NUL: Final = "U+0000 is no text: databases cannot hold it."


def unfit_variables(variables: dict[str, Any]) -> str | None:
    """Why these variables cannot be used, in words; None where they can. No recursion: they may be nested deeply."""
    level: list[Any] = [variables]
    seen = 0
    for _ in range(MAX_DEPTH + 1):
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below += value.keys()
                below += value.values()
            elif isinstance(value, list):
                below += value
            elif isinstance(value, str) and "\x00" in value:
                return NUL
        seen += len(below)
        if seen > MAX_VALUES:
            return f"The variables hold more than {MAX_VALUES} values."
        if not below:
            return None
        level = below
    return f"The variables are nested more than {MAX_DEPTH} levels deep."
