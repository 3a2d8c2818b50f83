"""What the money of an invoice becomes in EN 16931: every line, discount and charge in one VAT category.

EN 16931 knows VAT only (with IGIC and IPSI), wants a category for each discount and charge of the whole invoice, and
wants each category's base to be what its lines, discounts and charges add up to. Facturae has discounts without
category, bases that are not the lines', other taxes, and an equivalence surcharge beside VAT. What is decided for
each of them is in docs/decisions/0019.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final, NamedTuple

from ...models.domain.invoice import (
    Adjustment,
    InvoiceContent,
    Line,
    LineTax,
    SpecialTaxableEvent,
    TaxTotal,
)
from ...models.domain.money import half_up
from .codes import CATEGORY_OF_TYPE, VAT, tax_type_of

ZERO: Final = Decimal("0.00")
_ONE: Final = Decimal(1)
_CENT: Final = Decimal("0.01")

BY_RATE: Final = frozenset({"S", "L", "M"})
"""Categories that have a subtotal for each of their rates; the others have one, without tax."""

_VAT_TYPES: Final = {"REIVA": "IVA", "REIGIC": "IGIC", "REIPSI": "IPSI"}
"""Special schemes, which are the same tax in EN 16931."""

_NEEDS_REASON: Final = frozenset({"E", "AE", "K", "G", "O"})
_REASONS: Final = {
    "E": "Exento o no sujeto",
    "AE": "Inversión del sujeto pasivo",
    "K": "Entrega intracomunitaria",
    "G": "Exportación",
    "O": "No sujeto",
}
_OUTSIDE: Final = "No forma parte de la base imponible"
_DIFFERENCE: Final = "Diferencia entre las líneas y la base imponible"


class Category(NamedTuple):
    """A VAT category and its rate, an equivalence surcharge included; what is not subject has none."""

    code: str
    rate: Decimal | None
    scheme: str = VAT

    @property
    def percent(self) -> Decimal | None:
        """The rate that is written."""
        return None if self.code == "O" else self.rate or Decimal(0)


@dataclass(frozen=True, slots=True)
class Change:
    """A discount or charge of the whole invoice in its category. ``origin`` is None for one that was made up here."""

    charge: bool
    amount: Decimal
    reason: str
    category: Category
    origin: Adjustment | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A category's part of the VAT breakdown."""

    category: Category
    base: Decimal
    tax: Decimal
    surcharge_rate: Decimal | None = None
    surcharge: Decimal | None = None
    exemption_reason: str | None = None
    exemption_code: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The money of an invoice as UBL is to have it; amounts have two decimals."""

    categories: tuple[Category, ...]
    """Of the lines, in their order."""
    amounts: tuple[Decimal, ...]
    """Of the lines."""
    changes: tuple[Change, ...]
    shares: tuple[Share, ...]
    gross: Decimal
    taxes: Decimal
    prepaid: Decimal
    """What stands between the total with VAT and what is to be paid, rounding left out."""
    other_taxes: tuple[TaxTotal, ...]
    """Taxes that are not VAT, which are charges here."""

    @property
    def discounts(self) -> Decimal:
        """The sum of the discounts."""
        return sum((change.amount for change in self.changes if not change.charge), ZERO)

    @property
    def charges(self) -> Decimal:
        """The sum of the charges."""
        return sum((change.amount for change in self.changes if change.charge), ZERO)

    @property
    def taxable(self) -> Decimal:
        """The total without VAT."""
        return self.gross - self.discounts + self.charges

    @property
    def total(self) -> Decimal:
        """The total with VAT."""
        return self.taxable + self.taxes


@dataclass(slots=True)
class _Group:
    """A category while it is filled: what it is stated to be of, and what was put into it."""

    category: Category
    base: Decimal | None = None
    tax: Decimal = ZERO
    filled: Decimal = ZERO
    surcharge_rate: Decimal | None = None
    surcharge: Decimal | None = None
    reasons: dict[str, None] = field(default_factory=dict)
    code: str | None = None

    @property
    def need(self) -> Decimal:
        """What is still to be put in, as a charge where it is positive."""
        return ZERO if self.base is None else self.base - self.filled


def plan_of(content: InvoiceContent) -> Plan:
    """The money of an invoice in the words of EN 16931."""
    return _Planner(content).plan()


def spread(values: Iterable[Decimal]) -> tuple[Decimal, ...]:
    """Each value to hundredths, so that they add up to their rounded sum: the cents that rounding takes are carried on.

    >>> spread([Decimal("0.004"), Decimal("0.004"), Decimal("0.004")])
    (Decimal('0.00'), Decimal('0.01'), Decimal('0.00'))
    """
    exact, written, spread_out = ZERO, ZERO, []
    for value in values:
        exact += value
        cents = half_up(exact) - written
        written += cents
        spread_out.append(cents)
    return tuple(spread_out)


class _Planner:
    """Works out the plan of one invoice, step by step."""

    def __init__(self, content: InvoiceContent) -> None:
        self._content = content
        self._taxes = [tax for tax in content.taxes if not tax.withheld and _is_vat(tax, content)]
        self._others = tuple(tax for tax in content.taxes if not tax.withheld and not _is_vat(tax, content))
        self._groups: dict[Category, _Group] = {}
        self._changes: list[Change] = []
        self._surcharges = {(tax.type, tax.rate): tax.surcharge_rate for tax in self._taxes if tax.surcharge_rate}

    def plan(self) -> Plan:
        """All of it."""
        content = self._content
        amounts = spread(line.gross for line in content.lines)
        categories = tuple(self._category_of(line) for line in content.lines)
        for line, category, amount in zip(content.lines, categories, amounts, strict=True):
            self._put_line(line, category, amount)
        self._state_taxes()
        for tax in self._others:
            self._put(Change(True, half_up(tax.amount), _spoken(tax), self._outside(), None))
        self._put_changes()
        self._balance()
        shares = tuple(self._share(group) for group in self._groups.values())
        taxes = sum((share.tax for share in shares), ZERO)
        plan = Plan(categories, amounts, tuple(self._changes), shares, sum(amounts, ZERO), taxes, ZERO, self._others)
        rounding = content.details.settlement.rounding or ZERO
        return replace(plan, prepaid=plan.total + rounding - content.totals.payable)

    def _group(self, category: Category) -> _Group:
        return self._groups.setdefault(category, _Group(category))

    def _category_of(self, line: Line) -> Category:
        taxes = [tax for tax in line.taxes if not tax.withheld]
        tax = next((tax for tax in taxes if _is_vat(tax, self._content)), None)
        if tax is None and not taxes and len(self._taxes) == 1:
            return self._category(self._taxes[0], line.special_event)
        if tax is None:
            return Category("E", Decimal(0))
        return self._category(tax, line.special_event)

    def _category(self, tax: TaxTotal | LineTax, event: SpecialTaxableEvent | None) -> Category:
        surcharge = tax.surcharge_rate or self._surcharges.get((tax.type, tax.rate)) or ZERO
        rate: Decimal | None = tax.rate + surcharge
        code = tax.category or _code_of(tax.type, tax.rate + surcharge, event)
        if code not in BY_RATE:
            rate = None if code == "O" else rate or Decimal(0)
        return Category(code, rate, _scheme(tax, code))

    def _put_line(self, line: Line, category: Category, amount: Decimal) -> None:
        group = self._group(category)
        group.filled += amount
        if line.special_event_reason and category.code not in BY_RATE:
            group.reasons[line.special_event_reason.strip()] = None

    def _state_taxes(self) -> None:
        """Give the groups the bases and taxes that the invoice states for them."""
        amounts = spread(tax.amount for tax in self._taxes)
        for tax, amount in zip(self._taxes, amounts, strict=True):
            group = self._stated(tax)
            if group is None:
                continue
            group.base = (group.base or ZERO) + half_up(tax.base)
            group.tax += amount + half_up(tax.surcharge_amount or ZERO)
            group.surcharge_rate = tax.surcharge_rate or group.surcharge_rate
            if tax.surcharge_amount is not None:
                group.surcharge = (group.surcharge or ZERO) + half_up(tax.surcharge_amount)
            group.code = tax.exemption_code or group.code
            if tax.exemption_reason:
                group.reasons = {tax.exemption_reason.strip(): None}

    def _stated(self, tax: TaxTotal) -> _Group | None:
        """The group that a stated tax is of; None for a rate of zero whose lines are in several, or in other ones."""
        category = self._category(tax, None)
        if category in self._groups or tax.category or tax.amount or category.code in BY_RATE:
            return self._group(category)
        free = [group for group in self._groups.values() if group.category.code not in BY_RATE]
        return free[0] if len(free) == 1 else None

    def _outside(self) -> Category:
        """Where an amount goes that bears no tax: the category of what is exempt, or the one that there is already."""
        free = [category for category in self._groups if category.code not in BY_RATE]
        return free[0] if free else Category("E", Decimal(0))

    def _put(self, change: Change) -> None:
        group = self._group(change.category)
        group.filled += change.amount if change.charge else -change.amount
        if change.category.code in _NEEDS_REASON and not group.reasons and group.code is None:
            group.reasons[_OUTSIDE] = None
        self._changes.append(change)

    def _put_changes(self) -> None:
        details = self._content.details
        totals = self._content.totals
        discounts = _with_rest(details.discounts, totals.discounts, "Descuentos generales")
        charges = _with_rest(details.charges, totals.charges, "Cargos generales")
        changes = [(change, False) for change in discounts] + [(change, True) for change in charges]
        free = []
        for change, charge in changes:
            if change.tax_category:
                rate = None if change.tax_category == "O" else change.tax_rate or Decimal(0)
                category = Category(change.tax_category, rate)
                self._put(Change(charge, half_up(change.amount), change.reason, category, change))
            else:
                free.append((change, charge))
        for change, charge in free:
            self._apportion(change, charge)

    def _apportion(self, change: Adjustment, charge: bool) -> None:
        """Into the categories whose bases show that it was taken off them or added; the rest is outside of them all."""
        sign = 1 if charge else -1
        left = half_up(change.amount) * sign
        for group in [group for group in self._groups.values() if group.category.code in BY_RATE or group.base]:
            part = _within(left, group.need)
            if abs(left - part) < _CENT or part == left:
                part = left
            if part:
                self._put(Change(charge, part * sign, change.reason, group.category, change))
                left -= part
        if left or not change.amount:
            self._put(Change(charge, left * sign, change.reason, self._outside(), change))

    def _balance(self) -> None:
        """Where a stated base is still not that of the lines: what is missing, and the same out of what is free."""
        for group in list(self._groups.values()):
            need = group.need
            if group.category.code not in BY_RATE or (abs(need) < _ONE and group.filled):
                continue
            if need:
                self._put(Change(need > 0, abs(need), _DIFFERENCE, group.category))
                self._put(Change(need < 0, abs(need), _DIFFERENCE, self._outside()))

    def _share(self, group: _Group) -> Share:
        category = group.category
        base = group.filled
        if category.code in BY_RATE and group.base is not None and abs(group.base - base) < _ONE:
            base = group.base
        needed = category.code in _NEEDS_REASON and not group.code
        reason = "; ".join(group.reasons) or (_REASONS[category.code] if needed else None)
        return Share(
            category=category,
            base=base,
            tax=group.tax,
            surcharge_rate=group.surcharge_rate,
            surcharge=group.surcharge,
            exemption_reason=reason if category.code in _NEEDS_REASON else None,
            exemption_code=group.code if category.code in _NEEDS_REASON else None,
        )


def _is_vat(tax: TaxTotal | LineTax, content: InvoiceContent) -> bool:
    """Whether the tax has a category here. One that a UBL document stated in the breakdown has, whatever it is."""
    type_ = _VAT_TYPES.get(tax.type, tax.type)
    return type_ in {"IVA", *CATEGORY_OF_TYPE} or bool(tax.category) or not content.format.is_facturae


def _code_of(type_: str, rate: Decimal, event: SpecialTaxableEvent | None) -> str:
    category = CATEGORY_OF_TYPE.get(_VAT_TYPES.get(type_, type_))
    if category is not None:
        return category
    if rate:
        return "S"
    return "Z" if event is None else "E"


def _scheme(tax: TaxTotal | LineTax, code: str) -> str:
    type_ = _VAT_TYPES.get(tax.type, tax.type)
    known = type_ in {"IVA", *CATEGORY_OF_TYPE}
    return VAT if known or tax_type_of(code, VAT) == type_ else type_


def _with_rest(changes: tuple[Adjustment, ...], total: Decimal, reason: str) -> tuple[Adjustment, ...]:
    """The discounts or charges, and one more for what the total says beyond them: Facturae need not list them."""
    rest = half_up(total - sum((change.amount for change in changes), ZERO))
    return (*changes, Adjustment(reason=reason, amount=rest)) if rest else changes


def _within(left: Decimal, need: Decimal) -> Decimal:
    """As much of what is left as is needed, where both are of one sign."""
    if not left or not need or (left > 0) != (need > 0):
        return ZERO
    return min(left, need, key=abs)


def _spoken(tax: TaxTotal) -> str:
    return f"{tax.type} {tax.rate.normalize():f} %"
