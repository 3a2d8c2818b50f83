"""Amounts, rates, dates and sizes as a reader of the language writes them. Exact: no figure is rounded."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from ...models.domain.invoice import Period
from ...models.domain.money import plain_text
from ...models.domain.numbering import LEGAL_TIME
from .words import Words

_SEPARATORS = "-/._ "


def number(words: Words, value: Decimal, *, decimals: int = 0) -> str:
    """A decimal with at least so many decimals and all that it has beyond: ``-1.234,5``, ``0,105``."""
    whole, _, fraction = plain_text(abs(value)).partition(".")
    fraction = fraction.rstrip("0").ljust(decimals, "0")
    grouped = f"{int(whole):,}".replace(",", words.figures.thousands)
    return ("-" if value < 0 else "") + grouped + (words.figures.decimal + fraction if fraction else "")


def amount(words: Words, value: Decimal, currency: str) -> str:
    """An amount with its currency (ISO 4217): ``1.234,50 €``, ``-€1,234.50``, ``1.234,50 USD``."""
    form = words.figures.euro if currency == "EUR" else words.figures.other
    sign = "-" if value < 0 else ""
    return form.format(sign=sign, amount=number(words, abs(value), decimals=2), currency=currency)


def rate(words: Words, value: Decimal) -> str:
    """A percentage: ``21 %``, ``5,2 %``."""
    return words.rate.format(rate=number(words, value))


def day(words: Words, value: date) -> str:
    """A calendar day: ``24/11/2026``; in English, where that reads two ways, ``24 Nov 2026``."""
    name = words.months[value.month - 1] if words.months else ""
    return words.date.format(day=value.day, month=value.month, name=name, year=value.year)


def moment(words: Words, instant: datetime) -> str:
    """An aware instant in legal time (Europe/Madrid) to the second; ``zone`` says that it is."""
    legal = instant.astimezone(LEGAL_TIME)
    return words.moment.format(date=day(words, legal.date()), time=f"{legal:%H:%M:%S}")


def zone(words: Words, instant: datetime) -> str:
    """What legal time was then: ``hora peninsular (UTC+01:00)``."""
    offset = f"{instant.astimezone(LEGAL_TIME):%z}"
    return words.zone.format(offset=f"{offset[:3]}:{offset[3:5]}")


def period(words: Words, value: Period) -> str:
    """From a day to a day; one of them alone where the other is not known."""
    start = day(words, value.start) if value.start else ""
    end = day(words, value.end) if value.end else ""
    if start and end:
        return words.period.format(start=start, end=end)
    return words.since.format(start=start) if start else words.until.format(end=end) if end else ""


def size(words: Words, octets: int) -> str:
    """A size in bytes, in decimal kilobytes from 1,000 and megabytes from 1,000,000 on, to one decimal."""
    for unit, scale in (("megabytes", 1_000_000), ("kilobytes", 1_000)):
        if octets >= scale:
            tenths = Decimal(octets * 10 // scale) / 10
            return words.sizes[unit].format(n=number(words, tenths))
    return words.sizes["bytes"].format(n=octets)


def iban(value: str) -> str:
    """An IBAN in groups of four: ``ES91 2100 0418 4502 0005 1332``."""
    bare = "".join(value.split())
    return " ".join(bare[start : start + 4] for start in range(0, len(bare), 4))


def full_number(series: str | None, number_: str) -> str:
    """Series and number as one: joined by a hyphen unless either brings a separator of its own.

    >>> full_number("A", "2026/7"), full_number("A-2026/", "7"), full_number(None, "7")
    ('A-2026/7', 'A-2026/7', '7')
    """
    if not series or not number_:
        return series or number_
    joined = series[-1] in _SEPARATORS or number_[0] in _SEPARATORS
    return f"{series}{number_}" if joined else f"{series}-{number_}"
