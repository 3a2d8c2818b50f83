"""How the values of an invoice are written into the elements of a Facturae: texts, days and amounts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from lxml import etree

from ...models.domain.invoice import Period
from ..values import decimals
from ..xml import Element


def add(parent: Element, name: str) -> Element:
    """A new last child."""
    return etree.SubElement(parent, name)


def add_text(parent: Element, name: str, text: str) -> None:
    """A child with that text, without the white space around it."""
    etree.SubElement(parent, name).text = text.strip()


def add_optional(parent: Element, name: str, text: str | None) -> None:
    """The same, or nothing where there is no text to write."""
    if text and text.strip():
        add_text(parent, name, text)


def add_day(parent: Element, name: str, day: date | None) -> None:
    """A child with that day, or nothing."""
    if day is not None:
        add_text(parent, name, day.isoformat())


def add_period(parent: Element, name: str, period: Period | None) -> None:
    """A child with first and last day, or nothing where one of them is not known: the schema wants both."""
    if period is not None and period.start is not None and period.end is not None:
        block = add(parent, name)
        add_day(block, "StartDate", period.start)
        add_day(block, "EndDate", period.end)


def add_amount(parent: Element, name: str, value: Decimal | None) -> None:
    """Two decimals, or as many as the value needs: the schema takes up to eight, and exactly two in some places."""
    if value is not None:
        add_text(parent, name, format(value or abs(value), f".{max(2, decimals(value))}f"))


def add_nested_amount(parent: Element, name: str, value: Decimal | None, euros: Decimal | None = None) -> None:
    """An amount with what it is in euros, where that is known; nothing where there is no amount."""
    if value is not None:
        block = add(parent, name)
        add_amount(block, "TotalAmount", value)
        add_amount(block, "EquivalentInEuros", euros)
