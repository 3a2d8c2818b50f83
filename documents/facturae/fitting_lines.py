"""Lines and taxes of another format, fitted to what Facturae can hold of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from ...models.domain.invoice import (
    Adjustment,
    InvoiceContent,
    Line,
    LineTax,
    Reference,
    ReferenceKind,
    SpecialTaxableEvent,
    TaxTotal,
)
from ...models.domain.money import half_up, multiply, percentage
from ..ubl.codes import UNIT_CODES, UNIT_KEYS
from ..values import decimals
from .codes import TAX_TYPES, UNITS, code_of
from .composing_lines import LINE_REFERENCES
from .fitting_notes import Notes

EVENTS: Final[Mapping[str, SpecialTaxableEvent]] = {
    "E": SpecialTaxableEvent.EXEMPT,
    "K": SpecialTaxableEvent.EXEMPT,
    "G": SpecialTaxableEvent.EXEMPT,
    "O": SpecialTaxableEvent.NOT_SUBJECT,
}
"""Why no tax is charged, by the category of UNTDID 5305: Spain exempts exports and deliveries within the Union."""

REVERSE_CHARGE: Final = "AE"
PLAIN_CATEGORIES: Final = frozenset({"S", "Z", "E", "O", "L", "M"})
"""The categories that tax, rate and special event tell."""

_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
_EIGHTH = Decimal("1e-8")
_ORDER_LINE = re.compile(r"[0-9]{1,18}(?:\.[0-9]+)?")


def fit_lines(content: InvoiceContent, notes: Notes) -> tuple[Line, ...]:
    """The lines as Facturae can hold them; what is lost is noted."""
    reasons: dict[tuple[str | None, Decimal], str | None] = {
        (tax.category, tax.rate): tax.exemption_reason or tax.exemption_code for tax in content.taxes if tax.category
    }
    return tuple(_line(line, content, reasons, notes) for line in content.lines)


def fit_taxes(content: InvoiceContent, notes: Notes) -> tuple[TaxTotal, ...]:
    """The taxes of the whole invoice; the reason of an exemption is in the lines then, or a literal of the invoice."""
    return tuple(_tax(tax, f"taxes[{at}]", notes) for at, tax in enumerate(content.taxes, start=1))


def fit_adjustments(adjustments: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
    """Discounts or charges with a reason each: its code, where there is no text."""
    return tuple(replace(found, reason=found.reason or found.code or "") for found in adjustments)


def _tax(tax: TaxTotal, field: str, notes: Notes) -> TaxTotal:
    if tax.category is not None and tax.category not in PLAIN_CATEGORIES:
        message = f"Facturae has no place for the tax category {tax.category}; only what follows of it is written."
        notes.changed(f"{field}.category", message, tax.category)
    type_ = _type(tax.type, field, notes)
    return replace(tax, type=type_, category=None, exemption_reason=None)


def _type(type_: str, field: str, notes: Notes) -> str:
    if code_of(TAX_TYPES, type_) is not None:
        return type_
    notes.changed(f"{field}.type", "Facturae does not know this kind of tax; it is written as another.", type_)
    return "OTHER"


def _line(
    line: Line, content: InvoiceContent, reasons: Mapping[tuple[str | None, Decimal], str | None], notes: Notes
) -> Line:
    field = f"lines[{line.position}]"
    fitted = replace(
        line,
        description=notes.cut(f"{field}.description", line.description, 2500, "A description"),
        unit=_unit(line, field, notes),
        cost=_cost(line) if line.cost is None else line.cost,
        article_code=notes.fitting(f"{field}.article_code", line.article_code, 20, "The code of an article"),
        references=_references(line.references, f"{field}.references", notes) if line.references else (),
        discounts=fit_adjustments(line.discounts),
        charges=fit_adjustments(line.charges),
        taxes=_line_taxes(line, content, field, notes),
    )
    priced = _with_price(fitted, field, notes)
    if not content.format.is_facturae:
        priced = _with_sign(priced, field, notes)
    return _with_event(_with_item(priced, field, notes), reasons)


def _cost(line: Line) -> Decimal:
    """What the sum of the line implies."""
    discounts = sum((found.amount for found in line.discounts), Decimal(0))
    return line.gross + discounts - sum((found.amount for found in line.charges), Decimal(0))


def _unit(line: Line, field: str, notes: Notes) -> str | None:
    if line.unit is None and line.unit_code is None:
        return None
    unit, code = line.unit or line.unit_code or "", line.unit_code or line.unit or ""
    if code_of(UNITS, unit) is None:
        unit = UNIT_KEYS.get(code, "OTHER")
    if not _is_plain_code(unit, code):
        notes.changed(f"{field}.unit_code", f"The unit {code} is written as the kind of unit that it is.", code)
    return unit


def _is_plain_code(unit: str, code: str) -> bool:
    """Whether the code of a unit is the one that is known by the unit alone."""
    return code in (unit, UNIT_CODES.get(unit)) or code_of(UNITS, code) == code_of(UNITS, unit)


def _line_taxes(line: Line, content: InvoiceContent, field: str, notes: Notes) -> tuple[LineTax, ...]:
    taxes = tuple(replace(tax, type=_type(tax.type, field, notes)) for tax in line.taxes)
    if not content.format.is_facturae:
        # UBL has no amount of tax in a line; who reads a Facturae looks for one.
        taxes = tuple(replace(tax, amount=_tax_amount(tax)) for tax in taxes)
    charged = [tax for tax in content.taxes if not tax.withheld]
    if any(not tax.withheld for tax in taxes) or len(charged) != 1:
        return taxes
    # The one tax of the invoice is that of a line which names none.
    only = charged[0]
    tax = LineTax(type=only.type, rate=only.rate, base=line.gross, category=only.category)
    return (replace(tax, amount=_tax_amount(tax)), *taxes)


def _tax_amount(tax: LineTax) -> Decimal | None:
    if tax.amount is not None or not (tax.base.is_finite() and tax.rate.is_finite()):
        return tax.amount
    return percentage(tax.base, tax.rate)


def _with_price(line: Line, field: str, notes: Notes) -> Line:
    item, price = line.item, line.unit_price
    if item is not None and item.base_quantity not in (None, Decimal(0), Decimal(1)):
        assert item.base_quantity is not None
        price = _EXACT.divide(price, item.base_quantity)
        message = "The price is written for one unit."
        notes.changed(f"{field}.item.base_quantity", message, item.base_quantity)
        item = replace(item, base_quantity=None, base_unit=None)
    elif item is not None and item.base_quantity == 1 and item.base_unit in (None, line.unit_code):
        item = replace(item, base_quantity=None, base_unit=None)
    if price.is_finite() and decimals(price) > 8:
        rounded = price.quantize(_EIGHTH, context=_EXACT)
        notes.changed(f"{field}.unit_price", "A price has at most eight decimals; it is rounded.", line.unit_price)
        price = rounded
    return replace(line, unit_price=price.normalize(_EXACT) if price is not line.unit_price else price, item=item)


def _with_sign(line: Line, field: str, notes: Notes) -> Line:
    """Goods that come back: UBL leaves the sign to the sum, in Facturae the cost is quantity times price."""
    if not (line.cost and line.quantity.is_finite() and line.unit_price.is_finite()):
        return line
    if half_up(multiply(line.quantity, line.unit_price)) != -line.cost:
        return line
    notes.changed(f"{field}.quantity", "The quantity gets the sign of the line's sum.", line.quantity)
    return replace(line, quantity=-line.quantity)


def _with_item(line: Line, field: str, notes: Notes) -> Line:
    """The description of the thing beside its name goes to the line's information."""
    information = line.information
    if line.item is not None and line.item.detail:
        message = "The description beside the name is written as further information of the line."
        notes.changed(f"{field}.item.detail", message, line.item.detail)
        information = "\n".join(text for text in (line.item.detail, information) if text)
        line = replace(line, item=replace(line.item, detail=None))
    if information is None:
        return line
    return replace(line, information=notes.cut(f"{field}.information", information, 2500, "Information of a line"))


def _with_event(line: Line, reasons: Mapping[tuple[str | None, Decimal], str | None]) -> Line:
    taxes = tuple(replace(tax, category=None) for tax in line.taxes)
    if line.special_event is None:
        for tax in line.taxes:
            event = None if tax.withheld else EVENTS.get(tax.category or "")
            if event is not None:
                reason = (reasons.get((tax.category, tax.rate)) or "")[:2500] or None
                return replace(line, taxes=taxes, special_event=event, special_event_reason=reason)
    return replace(line, taxes=taxes)


def _references(references: tuple[Reference, ...], field: str, notes: Notes) -> tuple[Reference, ...]:
    return tuple(
        reference
        for at, reference in enumerate(references, start=1)
        if _has_room(reference, f"{field}[{at}].{reference.kind}", notes)
    )


def _has_room(reference: Reference, field: str, notes: Notes) -> bool:
    if reference.kind is ReferenceKind.ORDER_LINE:
        if _ORDER_LINE.fullmatch(reference.value.strip()):
            return True
        notes.changed(
            field, "The number of an order's line must be a number in Facturae; it is left out.", reference.value
        )
        return False
    limit = 30 if reference.kind is ReferenceKind.DELIVERY_NOTE else 20
    if reference.kind not in LINE_REFERENCES and reference.kind is not ReferenceKind.DELIVERY_NOTE:
        return True
    return notes.fitting(field, reference.value, limit, "A reference of a line") is not None
