"""Writes the texts of one picture: the domain's values in, what a reader sees out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from string import hexdigits
from typing import Final

from ...models.domain.invoice import Period
from . import figures
from .blocks import Fact, Texts
from .texts import ELLIPSIS, Desk, breakable
from .words import Words

MAX_LABEL: Final = 120
"""Characters of a code, a name or a number that stands in a narrow place."""

MAX_BRIEF: Final = 44

_LONG_FIGURE: Final = 18

UNTDID_4461: Final[Mapping[str, str]] = {
    "10": "CASH",
    "20": "CHEQUE",
    "30": "TRANSFER",
    "42": "TRANSFER",
    "48": "CARD",
    "49": "DIRECT_DEBIT",
    "54": "CARD",
    "55": "CARD",
    "58": "TRANSFER",
    "59": "DIRECT_DEBIT",
    "97": "OFFSETTING",
}
"""The payment means of UBL that have a name of ours."""

RECOMMENDATION_20: Final[Mapping[str, str]] = {
    "ANN": "YEAR",
    "C62": "UNIT",
    "CLT": "CENTILITRE",
    "CMT": "CENTIMETRE",
    "DAY": "DAY",
    "DZN": "DOZEN",
    "EA": "UNIT",
    "GRM": "GRAM",
    "H87": "UNIT",
    "HUR": "HOUR",
    "KGM": "KILOGRAM",
    "KMT": "KILOMETRE",
    "KWH": "KILOWATT_HOUR",
    "LS": "LUMP_SUM",
    "LTR": "LITRE",
    "MIN": "MINUTE",
    "MMT": "MILLIMETRE",
    "MON": "MONTH",
    "MTK": "SQUARE_METRE",
    "MTQ": "CUBIC_METRE",
    "MTR": "METRE",
    "SEC": "SECOND",
    "TNE": "TONNE",
    "WEE": "WEEK",
    "WTT": "WATT",
    "XBX": "BOX",
    "XPK": "PACKAGE",
}
"""The units of UBL that have a name of ours."""


@dataclass(frozen=True, slots=True)
class Scribe:
    """Words of the language, the desk that strangers' texts go over, and the currency of amounts."""

    words: Words
    desk: Desk
    currency: str
    facturae: bool = True
    """The document's codes are those of Facturae, not of UBL."""

    def label(self, key: str) -> str:
        """What something is called."""
        return self.words.labels[key]

    def amount(self, value: Decimal, currency: str | None = None) -> str:
        """An amount in the invoice's currency, or in another."""
        return breakable(figures.amount(self.words, value, currency or self.currency), _LONG_FIGURE)

    def number(self, value: Decimal) -> str:
        """A number with all its decimals."""
        return breakable(figures.number(self.words, value), _LONG_FIGURE)

    def price(self, value: Decimal) -> str:
        """A price, with two decimals at least."""
        return breakable(figures.number(self.words, value, decimals=2), _LONG_FIGURE)

    def rate(self, value: Decimal) -> str:
        """A percentage."""
        return breakable(figures.rate(self.words, value), _LONG_FIGURE)

    def day(self, value: date | None) -> str:
        """A calendar day, or nothing."""
        return figures.day(self.words, value) if value else ""

    def period(self, value: Period | None) -> str:
        """A period, or nothing."""
        return figures.period(self.words, value) if value else ""

    def whole(self, value: int) -> str:
        """A count."""
        return figures.number(self.words, Decimal(value))

    def line(self, text: str | None) -> str:
        """A stranger's text on one line."""
        return self.desk.line(text)

    def text(self, text: str | None) -> str:
        """A stranger's text with its own line ends."""
        return self.desk.text(text)

    def code(self, text: str | None) -> str:
        """A stranger's short text on one line."""
        return self.desk.line(text, MAX_LABEL)

    def digest(self, text: str) -> str:
        """A digest in hexadecimal, whole however full the desk is: who copies it must get nothing else."""
        return "".join(char for char in text[:MAX_LABEL] if char in hexdigits)

    def country(self, code: str) -> str:
        """The name of a country (ISO 3166-1 alpha-3)."""
        return self.words.countries.get(code) or self.code(code)

    def moments(self, *known: tuple[str, datetime | None]) -> tuple[Fact, ...]:
        """Instants by the keys of their labels, without those that are not known."""
        return tuple(
            Fact(label=self.label(key), text=figures.moment(self.words, at), note=figures.zone(self.words, at))
            for key, at in known
            if at
        )

    def brief(self, text: str) -> str:
        """A number that was written in full elsewhere, where there is little room."""
        return text if len(text) <= MAX_BRIEF else text[: MAX_BRIEF - 1] + ELLIPSIS

    def narrow(self, text: str | None, most: int = 8) -> str:
        """A stranger's short text in a column of so many characters."""
        return breakable(self.code(text), most)

    def facts(self, *known: tuple[str, str], mono: bool = False) -> tuple[Fact, ...]:
        """Facts by the keys of their labels, without those that say nothing."""
        return tuple(Fact(label=self.label(key), text=text, mono=mono) for key, text in known if text)

    def labelled(self, key: str, text: str) -> str:
        """``Label: text``, or nothing where there is no text."""
        return f"{self.label(key)}: {text}" if text else ""

    def joined(self, *texts: str) -> str:
        """What there is of them, a dot between."""
        return " · ".join(filter(None, texts))

    def means(self, key: str) -> str:
        """A means of payment."""
        known = key if self.facturae else UNTDID_4461.get(key, key)
        return self.words.means.get(known) or self.code(key)

    def unit(self, key: str | None, quantity: Decimal) -> str:
        """A unit of measure, in the number of the quantity."""
        if not key:
            return ""
        known = key if key in self.words.units else RECOMMENDATION_20.get(key, "")
        if known not in self.words.units:
            return self.narrow(key, 14)
        one, _, other = self.words.units[known].partition("|")
        return one if abs(quantity) == 1 else other or one

    def tax(self, key: str) -> str:
        """The name of a tax; most are called by the same letters everywhere."""
        return self.words.taxes.get(key) or self.narrow(key, 14)

    def caveats(self, *, extended: bool = False) -> tuple[Texts, ...]:
        """What the picture does not show of what it was given."""
        told = (("cut", self.desk.cut), ("missing", self.desk.missing), ("extensions", extended))
        said = [key for key, happened in told if happened]
        return (Texts(items=tuple(self.words.sentences[key] for key in said), quiet=True),) if said else ()
