"""The money of a Facturae: totals, taxes and lines, as the document gives them. Sums are checked elsewhere."""

from __future__ import annotations

from decimal import Decimal

from ...models.domain.invoice import Adjustment, Line, LineTax, TaxTotal, Totals
from ...models.domain.money import from_cents, percentage, to_cents
from ..nodes import Node
from .codes import TAX_TYPES, UNITS, key_of

_TAX_BLOCKS = (("TaxesOutputs", False), ("TaxesWithheld", True))
"""Taxes charged come first in our types, whatever the order in the document."""


def read_totals(totals: Node) -> Totals:
    """The sums, always with two decimals. What the schema lets out, and the withheld sum, are zero where absent."""
    return Totals(
        gross=_total(totals, "TotalGrossAmount"),
        discounts=_total(totals, "TotalGeneralDiscounts", needed=False),
        charges=_total(totals, "TotalGeneralSurcharges", needed=False),
        taxable=_total(totals, "TotalGrossAmountBeforeTaxes"),
        taxes=_total(totals, "TotalTaxOutputs"),
        withheld=_total(totals, "TotalTaxesWithheld", needed=False),
        total=_total(totals, "InvoiceTotal"),
        payable=_total(totals, "TotalExecutableAmount"),
    )


def read_taxes(invoice: Node) -> tuple[TaxTotal, ...]:
    """The taxes of the whole invoice, charged ones first."""
    return tuple(
        _tax_total(tax, withheld) for block, withheld in _TAX_BLOCKS for tax in invoice.child(block).children("Tax")
    )


def read_lines(items: Node) -> tuple[Line, ...]:
    """The lines in the document's order, numbered from 1."""
    return tuple(_line(node, position) for position, node in enumerate(items.children("InvoiceLine"), start=1))


def _total(totals: Node, name: str, *, needed: bool = True) -> Decimal:
    if not needed and not totals.text(name):
        return from_cents(0)
    value = totals.decimal(name)
    try:
        return from_cents(to_cents(value))
    except ValueError as error:
        message = f"The total {name} has {error}." if "more" in str(error) else f"The total {name} is {error}."
        totals.complain("RCF06001", message, child=name, expected="two decimals", found=totals.text(name))
        return from_cents(0)


def _tax_total(tax: Node, withheld: bool) -> TaxTotal:
    rate = tax.decimal("TaxRate")
    base = tax.child("TaxableBase").decimal("TotalAmount")
    amount = _amount_in(tax, "TaxAmount")
    return TaxTotal(
        type=key_of(TAX_TYPES, tax.text("TaxTypeCode")),
        rate=rate,
        base=base,
        # 3.2.2 lets the amount out; then it is what the rate makes of the base.
        amount=percentage(base, rate) if amount is None else amount,
        withheld=withheld,
        surcharge_rate=tax.optional_decimal("EquivalenceSurcharge"),
        surcharge_amount=_amount_in(tax, "EquivalenceSurchargeAmount"),
    )


def _amount_in(tax: Node, name: str) -> Decimal | None:
    block = tax.child(name)
    return block.decimal("TotalAmount") if block.exists else None


def _line(node: Node, position: int) -> Line:
    description = node.text("ItemDescription")
    if not description:
        node.complain("RCF09001", "The description of the line is missing.", child="ItemDescription")
    unit = node.text("UnitOfMeasure")
    return Line(
        position=position,
        description=description,
        quantity=node.double("Quantity"),
        unit=key_of(UNITS, unit) if unit else None,
        unit_price=node.decimal("UnitPriceWithoutTax"),
        cost=node.optional_decimal("TotalCost"),
        discounts=tuple(
            Adjustment(
                reason=discount.text("DiscountReason"),
                amount=discount.decimal("DiscountAmount"),
                rate=discount.optional_decimal("DiscountRate"),
            )
            for discount in node.child("DiscountsAndRebates").children("Discount")
        ),
        charges=tuple(
            Adjustment(
                reason=charge.text("ChargeReason"),
                amount=charge.decimal("ChargeAmount"),
                rate=charge.optional_decimal("ChargeRate"),
            )
            for charge in node.child("Charges").children("Charge")
        ),
        gross=node.decimal("GrossAmount"),
        taxes=tuple(
            _line_tax(tax, withheld) for block, withheld in _TAX_BLOCKS for tax in node.child(block).children("Tax")
        ),
    )


def _line_tax(tax: Node, withheld: bool) -> LineTax:
    return LineTax(
        type=key_of(TAX_TYPES, tax.text("TaxTypeCode")),
        rate=tax.decimal("TaxRate"),
        base=tax.child("TaxableBase").decimal("TotalAmount"),
        amount=_amount_in(tax, "TaxAmount"),
        withheld=withheld,
    )
