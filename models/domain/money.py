"""Exact amounts: decimals that are read strictly, rounded half-up where the law rounds, never a float.

The totals of an invoice have two decimals by value (Orden HAP/1650/2015, annex II, rule 6b), so they are kept as a
whole number of hundredths: it sorts, sums and compares exactly in every database.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

CENT = Decimal("0.01")
MAX_DIGITS = 18
"""Significant digits of any amount that goes in or out (contract, ``scalar Decimal``)."""

_TOO_LARGE = Decimal(10) ** (MAX_DIGITS - 2)
"""What has more than 18 digits as hundredths."""

_PLAIN = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?", re.ASCII)
# Wide enough that no product of two 18-digit amounts is ever rounded by the context.
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


def plain_decimal(text: str) -> Decimal:
    """Read ``-?digits[.digits]`` of at most 18 significant digits; ``ValueError`` says what else it was.

    Negative zero becomes zero: ``-0.00`` withheld is what rule RCF06007 trips over in the field.
    """
    if not _PLAIN.fullmatch(text):
        raise ValueError("not a plain decimal such as -1234.56")
    value = Decimal(text)
    if significant_digits(value) > MAX_DIGITS:
        raise ValueError(f"more than {MAX_DIGITS} significant digits")
    return value or abs(value)


def significant_digits(value: Decimal) -> int:
    """How many digits the value itself needs: 100.000000 needs three, 0.050 needs one."""
    if not value:
        return 1
    digits = value.normalize(_EXACT)
    _, figures, exponent = digits.as_tuple()
    assert isinstance(exponent, int)
    return len(figures) + max(exponent, 0)


def plain_text(value: Decimal) -> str:
    """The value as a plain decimal string: no exponent, no negative zero; its decimals are kept as they are."""
    return format(value or abs(value), "f")


def half_up(value: Decimal) -> Decimal:
    """Rounded to hundredths, halves away from zero: the rounding of Facturae amounts."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP, context=_EXACT)


def multiply(left: Decimal, right: Decimal) -> Decimal:
    """The exact product of two amounts, whatever the thread's decimal context."""
    return _EXACT.multiply(left, right)


def percentage(base: Decimal, rate: Decimal) -> Decimal:
    """``rate`` per cent of ``base``, rounded half-up to hundredths."""
    return half_up(_EXACT.divide(_EXACT.multiply(base, rate), Decimal(100)))


def to_cents(value: Decimal) -> int:
    """The amount as hundredths; ``ValueError`` where it has more than two decimals by value or does not fit."""
    try:
        cents = value.quantize(CENT, context=_EXACT)
    except InvalidOperation:
        raise ValueError("too large") from None
    if cents != value:
        raise ValueError("more than two decimals")
    if abs(cents) >= _TOO_LARGE:
        raise ValueError(f"more than {MAX_DIGITS} significant digits")
    return int(cents.scaleb(2, _EXACT))


def from_cents(cents: int) -> Decimal:
    """The amount of so many hundredths, always with two decimals."""
    return Decimal(cents).scaleb(-2, _EXACT)


def with_cents(value: Decimal) -> Decimal:
    """The amount with two decimals; ``ValueError`` as ``to_cents`` has it."""
    if value.same_quantum(CENT) and abs(value) < _TOO_LARGE:
        return value
    return from_cents(to_cents(value))
