"""From lines to totals: the arithmetic of an invoice that is composed here.

Facturae 3.2.2 rounds half-up to hundredths; cost, discount and gross are rounded a line, each tax once for its type
and rate over the whole invoice (Orden HAP/1650/2015, annex II, rules 6a to 6f).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .invoice import Adjustment, Line, LineTax, TaxTotal, Totals
from .money import half_up, multiply, percentage

WITHHOLDING = "IRPF"
"""The tax that ``withholdingRate`` means: income tax kept back by the payer."""

_ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOrder:
    """A line as its issuer asks for it: what to bill, not yet what it comes to."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    tax_type: str = "IVA"
    discount_rate: Decimal | None = None
    withholding_rate: Decimal | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Computed:
    """Lines, taxes by type and rate, and totals."""

    lines: tuple[Line, ...]
    taxes: tuple[TaxTotal, ...]
    totals: Totals


def compute(orders: tuple[LineOrder, ...]) -> Computed:
    """The whole arithmetic of an invoice, exact and deterministic."""
    lines = tuple(_line(position, order) for position, order in enumerate(orders, start=1))
    taxes = _taxes(lines)
    gross = sum((line.gross for line in lines), _ZERO)
    charged = sum((tax.amount for tax in taxes if not tax.withheld), _ZERO)
    withheld = sum((tax.amount for tax in taxes if tax.withheld), _ZERO)
    total = gross + charged - withheld
    totals = Totals(
        gross=gross,
        discounts=_ZERO,
        charges=_ZERO,
        taxable=gross,
        taxes=charged,
        withheld=withheld,
        total=total,
        payable=total,
    )
    return Computed(lines, taxes, totals)


def _line(position: int, order: LineOrder) -> Line:
    cost = half_up(multiply(order.quantity, order.unit_price))
    discounts: tuple[Adjustment, ...] = ()
    if order.discount_rate:
        amount = percentage(cost, order.discount_rate)
        discounts = (Adjustment(reason="Descompte", amount=amount, rate=order.discount_rate),)
    gross = cost - sum((discount.amount for discount in discounts), _ZERO)
    taxes = [_line_tax(order.tax_type, order.tax_rate, gross, withheld=False)]
    if order.withholding_rate:
        taxes.append(_line_tax(WITHHOLDING, order.withholding_rate, gross, withheld=True))
    return Line(
        position=position,
        description=order.description,
        quantity=order.quantity,
        unit=order.unit,
        unit_price=order.unit_price,
        cost=cost,
        discounts=discounts,
        gross=gross,
        taxes=tuple(taxes),
    )


def _line_tax(type_: str, rate: Decimal, base: Decimal, *, withheld: bool) -> LineTax:
    return LineTax(type=type_, rate=rate, base=base, amount=percentage(base, rate), withheld=withheld)


def _taxes(lines: tuple[Line, ...]) -> tuple[TaxTotal, ...]:
    bases: dict[tuple[bool, str, Decimal], Decimal] = {}
    for line in lines:
        for tax in line.taxes:
            key = (tax.withheld, tax.type, tax.rate)
            bases[key] = bases.get(key, _ZERO) + tax.base
    return tuple(
        TaxTotal(type=type_, rate=rate, base=base, amount=percentage(base, rate), withheld=withheld)
        for (withheld, type_, rate), base in bases.items()
    )
