"""How documents write numbers and dates, read strictly: XML Schema's lexical forms and nothing looser."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

from ..models.domain.money import MAX_DIGITS, plain_text, significant_digits

_SHORT = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,8})?")
"""What nearly all amounts look like; none of these can have too many digits."""
_PLAIN = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})")
_EXPONENT = re.compile(r"[eE]([+-]?[0-9]{1,4})\Z")
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?")


@lru_cache(maxsize=4096)
def read_decimal(text: str) -> Decimal:
    """The exact number that ``xs:decimal`` text says; ``ValueError`` says why not. ``-0.00`` is zero, NaN refused.

    At most 18 significant digits, and not more than 18 decimals by value.
    """
    if _SHORT.fullmatch(text):
        value = Decimal(text)
        return value or abs(value)
    if not _PLAIN.fullmatch(text):
        raise ValueError("it is not a decimal number")
    return _bounded(Decimal(text))


def read_double(text: str) -> Decimal:
    """The exact number that ``xs:double`` text says: as ``read_decimal``, and with an exponent if it likes (1E2)."""
    exponent = _EXPONENT.search(text)
    if exponent is None:
        return read_decimal(text)
    if not _PLAIN.fullmatch(text[: exponent.start()]):
        raise ValueError("it is not a number")
    value = Decimal(text)
    return Decimal(plain_text(_bounded(value))) if value else Decimal(0)


@lru_cache(maxsize=4096)
def read_date(text: str) -> date:
    """The day that ``xs:date`` text says, its time zone left out; ``ValueError`` where it is none."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError("it is not a date such as 2026-11-21")
    return date.fromisoformat(match.group(1))


def decimals(value: Decimal) -> int:
    """How many decimals the value itself needs: 100.0000 needs none."""
    figures = plain_text(value)
    return len(figures.partition(".")[2].rstrip("0"))


def _bounded(value: Decimal) -> Decimal:
    if significant_digits(value) > MAX_DIGITS:
        raise ValueError(f"it has more than {MAX_DIGITS} significant digits")
    if decimals(value) > MAX_DIGITS:
        raise ValueError(f"it has more than {MAX_DIGITS} decimals")
    return value or abs(value)
