"""Amounts, dates and numbers as a reader of the language writes them."""

from __future__ import annotations

from datetime import date, datetime

from ..models.domain.money import plain_decimal
from ..models.domain.numbering import LEGAL_TIME
from .words import Words

_SEPARATORS = "-/._ "


def amount(words: Words, plain: str, currency: str) -> str:
    """A plain decimal string with its currency (ISO 4217): ``1.234,50 €``, ``€1,234.50``, ``1.234,50 USD``."""
    value = plain_decimal(plain)
    whole, _, decimals = f"{abs(value):,.2f}".partition(".")
    form = words.money.euro if currency == "EUR" else words.money.other
    return form.format(
        sign="-" if value < 0 else "",
        amount=whole.replace(",", words.money.thousands) + words.money.decimal + decimals,
        currency=currency,
    )


def day(words: Words, value: date) -> str:
    """A calendar day in full: ``1 d'abril de 2026``."""
    return words.date.format(day=value.day, month=words.months[value.month - 1], year=value.year)


def moment(words: Words, instant: datetime) -> str:
    """An aware instant in legal time, to the minute."""
    legal = instant.astimezone(LEGAL_TIME)
    return words.moment.format(date=day(words, legal.date()), time=f"{legal:%H:%M}")


def full_number(series: str | None, number: str) -> str:
    """Series and number as one: joined by a hyphen unless either brings a separator of its own.

    >>> full_number("A", "2026/7"), full_number("A-2026/", "7"), full_number(None, "7")
    ('A-2026/7', 'A-2026/7', '7')
    """
    if not series or not number:
        return series or number
    joined = series[-1] in _SEPARATORS or number[0] in _SEPARATORS
    return f"{series}{number}" if joined else f"{series}-{number}"
