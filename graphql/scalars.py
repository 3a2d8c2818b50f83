"""The strict scalars of the contract. What they refuse never reaches a resolver, a column or a calculation."""

from __future__ import annotations

import datetime as dt
import decimal
import re
from typing import Any, NewType

import strawberry
from strawberry.file_uploads import Upload
from strawberry.types.scalar import ScalarDefinition

from ..models.domain.money import plain_decimal, plain_text

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])",
    re.ASCII,
)
_FRACTION = re.compile(r"(\.[0-9]{6})[0-9]+")

MIN_YEAR, MAX_YEAR = 1900, 2999
"""No invoice is dated outside these; it also keeps instants away from the ends of what databases hold."""


def _year(year: int) -> None:
    if not MIN_YEAR <= year <= MAX_YEAR:
        raise ValueError(f"a year from {MIN_YEAR} to {MAX_YEAR} is expected")


def parse_date(value: Any) -> dt.date:
    """``YYYY-MM-DD`` and nothing else."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise ValueError("a date such as 2026-11-21 is expected")
    parsed = dt.date.fromisoformat(value)
    _year(parsed.year)
    return parsed


def parse_instant(value: Any) -> dt.datetime:
    """RFC 3339 with an offset; kept in UTC, to the microsecond."""
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise ValueError("an instant with its offset, such as 2026-11-21T10:30:00+01:00, is expected")
    parsed = dt.datetime.fromisoformat(_FRACTION.sub(r"\1", value.upper()))
    _year(parsed.year)
    return parsed.astimezone(dt.UTC)


def parse_decimal(value: Any) -> decimal.Decimal:
    """A plain decimal string; numbers are refused, since JSON's are binary fractions by the time they are read."""
    if not isinstance(value, str):
        raise ValueError('a decimal as a string, such as "1234.50", is expected')  # noqa: TRY004 - graphql-core's way
    return plain_decimal(value)


def serialize_instant(value: dt.datetime) -> str:
    """RFC 3339 in UTC."""
    return value.astimezone(dt.UTC).isoformat()


Date = NewType("Date", dt.date)
DateTime = NewType("DateTime", dt.datetime)
Decimal = NewType("Decimal", decimal.Decimal)

SCALARS: dict[object, ScalarDefinition] = {
    Date: strawberry.scalar(
        name="Date",
        description="ISO 8601 calendar date, 2026-11-21.",
        serialize=dt.date.isoformat,
        parse_value=parse_date,
    ),
    DateTime: strawberry.scalar(
        name="DateTime",
        description="RFC 3339 instant with an offset; a naive value is refused. Answers are in UTC.",
        serialize=serialize_instant,
        parse_value=parse_instant,
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description=(
            "Plain decimal string (-?digits[.digits]), at most 18 significant digits;"
            " never a float, NaN, exponent or '_'."
        ),
        serialize=plain_text,
        parse_value=parse_decimal,
    ),
    Upload: strawberry.scalar(
        name="Upload",
        description="A file of a multipart request (graphql-multipart-request-spec).",
        parse_value=lambda value: value,
        serialize=lambda value: value,
    ),
}

__all__ = ["SCALARS", "Date", "DateTime", "Decimal", "Upload"]
