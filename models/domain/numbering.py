"""Numbers that invoices are found by: the registry number and the keys of series and number."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from zoneinfo import ZoneInfo

LEGAL_TIME = ZoneInfo("Europe/Madrid")
"""Registers keep the legal time of the receiver's country; a year begins there, not in Greenwich."""

NUMBER_LENGTH = 200
"""Characters of a number or series that are kept; documents of twenty are common, the formats have no one limit."""

KEY_LENGTH = 512
"""Folding can lengthen a text; keys are cut here so that they fit an index entry of every database."""

_SEPARATORS = re.compile(r"[^0-9a-z]+")


def legal_date(instant: datetime) -> date:
    """The calendar day of an aware instant in legal time."""
    return instant.astimezone(LEGAL_TIME).date()


def registry_number(year: int, position: int) -> str:
    """``E/<year>/<6 digits>``: what the service gives at entry, per receiver and year (domain.md, "Transitions").

    >>> registry_number(2026, 41)
    'E/2026/000041'
    """
    return f"E/{year}/{position:06d}"


def duplicate_key(issuer_tax_id: str, number: str, series: str | None, issue_date: date) -> str:
    """What two live invoices never share: issuer, number, series and issue date (rule RCF03002).

    The parts are joined by U+001F, which none of them may hold.
    """
    return "\x1f".join((issuer_tax_id, number.strip(), (series or "").strip(), issue_date.isoformat()))


def folded(text: str) -> str:
    """Lower case without accents: how people expect a search to compare.

    >>> folded("Construccions Àngel, S.L.")
    'construccions angel, s.l.'
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def number_key(number: str) -> str:
    """A number without case, accents and separators, so that ``A-2026/7`` and ``a2026 7`` are one."""
    text = folded(number)
    return (_SEPARATORS.sub("", text) or text)[:KEY_LENGTH]


def full_number_key(number: str, series: str | None) -> str:
    """The key of series and number together, in the order in which they are printed."""
    return number_key((series or "") + number)
