"""What a document says in detail, as JSON texts and back. Decimals are strings, dates ISO: nothing is rounded.

A value that a type has by default is left out, so that a row holds what its document said and little else.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import orjson

from ..domain.findings import Finding
from ..domain.invoice import (
    Address,
    Correction,
    Details,
    DocumentParty,
    InvoiceContent,
    Line,
    Office,
    Payment,
    TaxTotal,
)
from ..domain.money import plain_text
from ..domain.signature import SignatureReport

T = TypeVar("T")

Converter = Callable[[Any], Any]

_PLAIN = frozenset({str, int, bool})


def dump(value: object) -> str:
    """A plain type, or a sequence of them, as JSON."""
    return orjson.dumps(value, default=_default, option=orjson.OPT_PASSTHROUGH_DATACLASS).decode()


def _default(value: object) -> object:
    if isinstance(value, Decimal):
        return plain_text(value)
    if is_dataclass(value):
        return {
            name: found
            for name, default in _defaults(_type_of(value))
            if (found := getattr(value, name)) is not default and found != default
        }
    raise TypeError(type(value).__name__)


def _type_of(value: object) -> Any:
    return type(value)


@cache
def _defaults(type_: Any) -> tuple[tuple[str, object], ...]:
    """The fields of a plain type with their defaults; ``MISSING`` where there is none."""
    return tuple((field.name, field.default) for field in fields(type_))


def content_columns(content: InvoiceContent, findings: Sequence[Finding] = ()) -> dict[str, str | None]:
    """The columns of ``invoice_content``."""
    return {
        "issuer": dump(content.issuer),
        "receiver": dump(content.receiver),
        "offices": dump(content.offices),
        "taxes": dump(content.taxes),
        "lines": dump(content.lines),
        "payments": dump(content.payments),
        "corrects": None if content.corrects is None else dump(content.corrects),
        "details": dump(content.details),
        "findings": dump(tuple(findings)),
    }


def load_party(text: str) -> DocumentParty:
    """Issuer or receiver as the document names it."""
    return load(DocumentParty, orjson.loads(text))


def load_offices(text: str) -> tuple[Office, ...]:
    """The receiver's offices."""
    return _load_all(Office, text)


def load_taxes(text: str) -> tuple[TaxTotal, ...]:
    """The taxes over the whole invoice."""
    return _load_all(TaxTotal, text)


def load_lines(text: str) -> tuple[Line, ...]:
    """The lines, in their order."""
    return _load_all(Line, text)


def load_payments(text: str) -> tuple[Payment, ...]:
    """The instalments, in their order."""
    return _load_all(Payment, text)


def load_correction(text: str) -> Correction:
    """What a corrective invoice corrects."""
    return load(Correction, orjson.loads(text))


def load_details(text: str) -> Details:
    """What the document says besides."""
    return load(Details, orjson.loads(text))


def load_findings(text: str) -> tuple[Finding, ...]:
    """The warnings that the invoice came in with."""
    return _load_all(Finding, text)


def load_signature(text: str) -> SignatureReport:
    """What was found out about the document's signature."""
    return load(SignatureReport, orjson.loads(text))


def load_address_row(row: dict[str, Any]) -> Address:
    """An address of a JSON object."""
    return load(Address, row)


def _load_all(type_: type[T], text: str) -> tuple[T, ...]:
    return tuple(load(type_, row) for row in orjson.loads(text))


def load(type_: type[T], row: dict[str, Any]) -> T:
    """A plain type out of a JSON object. Keys that the type does not know (any more) are passed over."""
    return cast("T", _loaded(type_, row))


def _loaded(type_: Any, row: dict[str, Any]) -> object:
    converters = _converters(type_)
    values = {}
    for name, value in row.items():
        if name in converters:
            convert = converters[name]
            values[name] = value if convert is None or value is None else convert(value)
    return type_(**values)


@cache
def _converters(type_: Any) -> dict[str, Converter | None]:
    hints = get_type_hints(type_)
    return {field.name: _converter(hints[field.name]) for field in fields(type_)}


def _converter(hint: Any) -> Converter | None:
    """How a JSON value becomes one of the hinted type; None where it is one already."""
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (part for part in get_args(hint) if part is not type(None))
    if hint in _PLAIN:
        return None
    if hint is Decimal:
        return Decimal
    if hint is date or hint is datetime:
        return hint.fromisoformat
    if get_origin(hint) is tuple:
        return _tuple_converter(_converter(get_args(hint)[0]))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    if is_dataclass(hint):
        return lambda row: _loaded(hint, row)
    raise TypeError(f"no JSON for {hint}")


def _tuple_converter(convert: Converter | None) -> Converter:
    if convert is None:
        return tuple
    return lambda rows: tuple(convert(row) for row in rows)
