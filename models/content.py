"""What a document says in detail, as JSON texts and back. Decimals are strings, dates ISO: nothing is rounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import orjson

from .domain.invoice import (
    Address,
    Charge,
    Correction,
    Discount,
    InvoiceContent,
    Line,
    LineTax,
    Office,
    OfficeRole,
    Payment,
    TaxTotal,
)
from .domain.money import plain_text

T = TypeVar("T")


def dump(value: object) -> str:
    """A plain type, or a sequence of them, as JSON."""
    return orjson.dumps(value, default=_default).decode()


def _default(value: object) -> object:
    if isinstance(value, Decimal):
        return plain_text(value)
    raise TypeError(type(value).__name__)


def content_columns(content: InvoiceContent) -> dict[str, str | None]:
    """The columns of ``invoice_content``."""
    return {
        "issuer": dump(content.issuer),
        "receiver": dump(content.receiver),
        "offices": dump(content.offices),
        "taxes": dump(content.taxes),
        "lines": dump(content.lines),
        "payments": dump(content.payments),
        "corrects": None if content.corrects is None else dump(content.corrects),
    }


def load_offices(text: str) -> tuple[Office, ...]:
    """The receiver's offices."""
    return tuple(_build(Office, row, role=OfficeRole) for row in orjson.loads(text))


def load_taxes(text: str) -> tuple[TaxTotal, ...]:
    """The taxes over the whole invoice."""
    return tuple(
        _build(
            TaxTotal, row, rate=Decimal, base=Decimal, amount=Decimal, surcharge_rate=Decimal, surcharge_amount=Decimal
        )
        for row in orjson.loads(text)
    )


def load_lines(text: str) -> tuple[Line, ...]:
    """The lines, in their order."""
    return tuple(
        _build(
            Line,
            row,
            quantity=Decimal,
            unit_price=Decimal,
            gross=Decimal,
            cost=Decimal,
            discounts=_discounts,
            charges=_charges,
            taxes=_line_taxes,
        )
        for row in orjson.loads(text)
    )


def _discounts(rows: Sequence[dict[str, Any]]) -> tuple[Discount, ...]:
    return tuple(_build(Discount, row, amount=Decimal, rate=Decimal) for row in rows)


def _charges(rows: Sequence[dict[str, Any]]) -> tuple[Charge, ...]:
    return tuple(_build(Charge, row, amount=Decimal, rate=Decimal) for row in rows)


def _line_taxes(rows: Sequence[dict[str, Any]]) -> tuple[LineTax, ...]:
    return tuple(_build(LineTax, row, rate=Decimal, base=Decimal, amount=Decimal) for row in rows)


def load_payments(text: str) -> tuple[Payment, ...]:
    """The instalments, in their order."""
    return tuple(_build(Payment, row, due_date=date.fromisoformat, amount=Decimal) for row in orjson.loads(text))


def load_correction(text: str) -> Correction:
    """What a corrective invoice corrects."""
    return _build(Correction, orjson.loads(text), issue_date=date.fromisoformat)


def load_address_row(row: dict[str, Any]) -> Address:
    """An address of a JSON object."""
    return _build(Address, row)


def _build(type_: type[T], row: dict[str, Any], **readers: Any) -> T:
    names = {field.name for field in fields(type_)}  # type: ignore[arg-type]
    values = {
        name: readers[name](value) if name in readers and value is not None else value
        for name, value in row.items()
        if name in names
    }
    return type_(**values)
