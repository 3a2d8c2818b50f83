"""Reading XML by tables: what each child of an element is called here, and how its text is read.

A table is gone through once per element, in the order of the document, so that what is absent costs nothing. What
cannot be read is noted and left out, as is an empty text: whether it may be empty is the business of the grammar.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias, TypeVar

from .notes import Notes
from .quick import maker_of
from .values import read_date, read_decimal, read_double
from .xml import Element

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading:
    """What all readers of one document share."""

    notes: Notes
    nothing: Decimal
    """Stands for a number that is missing: NaN, which no rule compares, or zero where the content is wanted anyhow."""


Convert: TypeAlias = Callable[[Element, Reading], Any]


class Amount(NamedTuple):
    """The row of an element that holds an amount and, where the invoice is in another currency, the same in euros."""

    name: str
    euros: str


Table: TypeAlias = "dict[str, Any]"
"""By the name of the child: our name and how it is read (``tuple[str, Convert]``), two names (``Amount``), or the table
of an element that is no record here."""


def fill(element: Element, table: Table, reading: Reading, values: dict[str, Any]) -> dict[str, Any]:
    """``values`` with all that the children of an element say by this table."""
    for child in element:
        row = table.get(child.tag)
        if row is None:
            continue
        kind = type(row)
        if kind is tuple:
            name, convert = row
            # Most of what there is, without another call.
            if convert is text:
                found = child.text
                if found and (found := found.strip()):
                    values[name] = found
            else:
                value = convert(child, reading)
                if value is not None:
                    values[name] = value
        elif kind is dict:
            fill(child, row, reading, values)
        else:
            _fill_amount(child, row, reading, values)
    return values


def _fill_amount(element: Element, row: Amount, reading: Reading, values: dict[str, Any]) -> None:
    for child in element:
        name = row.name if child.tag == "TotalAmount" else row.euros if child.tag == "EquivalentInEuros" else None
        value = decimal(child, reading) if name else None
        if name and value is not None:
            values[name] = value


def text(element: Element, reading: Reading) -> str | None:  # noqa: ARG001
    """The text without surrounding white space, or None where there is none."""
    found = element.text
    return (found.strip() or None) if found else None


def decimal(element: Element, reading: Reading) -> Decimal | None:
    """An exact amount (rule RCF06001)."""
    try:
        return read_decimal(element.text)
    except (TypeError, ValueError):
        return _read(element, reading, "RCF06001", "amount", read_decimal)


def double(element: Element, reading: Reading) -> Decimal | None:
    """A number that may have an exponent (rule RCF06001)."""
    return _read(element, reading, "RCF06001", "number", read_double)


def day(element: Element, reading: Reading) -> date | None:
    """A date (rule HF08)."""
    return _read(element, reading, "HF08", "date", read_date)


def issue_day(element: Element, reading: Reading) -> date | None:
    """The date of issue (rule RCF07001)."""
    return _read(element, reading, "RCF07001", "date", read_date)


def code(table: Mapping[str, T]) -> Convert:
    """What a code stands for; an unknown one is left out."""

    def convert(element: Element, reading: Reading) -> T | None:
        return table.get(text(element, reading) or "")

    return convert


def record(build: Callable[..., T], table: Table, *, numbers: tuple[str, ...] = (), **blank: object) -> Convert:
    """A plain type made of what the children say; None where they say nothing.

    ``blank`` are the values of what must be there and is not; ``numbers`` are such amounts.
    """

    make = maker_of(build) if isinstance(build, type) else build

    def convert(element: Element, reading: Reading) -> T | None:
        values = fill(element, table, reading, blank.copy())
        for name in numbers:
            if name not in values:
                values[name] = reading.nothing
        return make(**values) if len(element) else None

    return convert


def all_of(name: str, convert: Convert) -> Convert:
    """The children of that name, in their order."""

    def convert_all(element: Element, reading: Reading) -> tuple[Any, ...]:
        return tuple(
            [value for child in element if child.tag == name and (value := convert(child, reading)) is not None]
        )

    return convert_all


def _read(element: Element, reading: Reading, rule: str, kind: str, read: Callable[[str], T]) -> T | None:
    found = element.text
    if not found:
        return None
    try:
        return read(found.strip())
    except ValueError as error:
        if found.strip():
            reading.notes.unreadable(rule, element, kind, error)
        return None
