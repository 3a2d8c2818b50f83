"""The entry rules about lines: RCF06001 to RCF06003 and RCF09001 (Orden HAP/1650/2015, annex II, rules 6a and 9).

The order speaks of invoices in euros: in another currency what it refuses is a warning. An amount that could not be
read is NaN here, and no rule says anything of it. docs/decisions/0015 has what is refused and what is only told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from ...models.domain.findings import Severity
from ...models.domain.invoice import Adjustment, Line
from ...models.domain.money import CENT, half_up, multiply, plain_text
from ..notes import Notes

TOO_FINE: Final = "The amount has more than two decimals."

_ZERO: Final = Decimal(0)


def check_description(line: Line, place: str, notes: Notes) -> None:
    """RCF09001: the line says what it is for."""
    if not line.description:
        notes.error("RCF09001", f"{place}/ItemDescription", "The description of the line is missing.")


def check_line(line: Line, place: str, notes: Notes, severity: Severity) -> None:
    """All rules about the amounts of one line; ``severity`` is what a wrong one is."""
    cost = line.cost
    if cost is not None:
        check_cents(cost, f"{place}/TotalCost", notes, severity)
        _check_cost(line, cost, place, notes, severity)
    if cost is None or line.gross is not cost or line.discounts or line.charges:
        _check_gross(line, place, notes, severity)
    for tax in line.taxes:
        if not (has_cents(tax.base) and (tax.amount is None or has_cents(tax.amount))):
            _note_fine_tax(line, place, notes)
            break


def has_cents(value: Decimal) -> bool:
    """Whether an amount has at most two decimals by value."""
    return value.same_quantum(CENT) or value == value.quantize(CENT) or value.is_nan()


def differ(left: Decimal, right: Decimal) -> bool:
    """Whether two amounts are a cent or more apart; never where one of them could not be read."""
    gap = left - right
    return bool(gap) and not gap.is_nan() and abs(gap) >= CENT


def total(changes: Iterable[Adjustment]) -> Decimal:
    """The sum of discounts, of charges and the like."""
    return sum((change.amount for change in changes), _ZERO)


def numbered(at: int, among: Sequence[object]) -> str:
    """``[2]``, or nothing for an element that is the only one of its name."""
    return f"[{at}]" if len(among) > 1 else ""


def check_cents(value: Decimal, place: str, notes: Notes, severity: Severity) -> None:
    """RCF06001: at most two decimals by value; 100.000000 has none."""
    if not has_cents(value):
        notes.note(severity, "RCF06001", place, TOO_FINE, expected="two decimals", found=plain_text(value))


def check_changes(changes: Sequence[Adjustment], place: str, notes: Notes, severity: Severity) -> None:
    """RCF06001 of discounts or charges, whose amount is called after them: ``Discount/DiscountAmount``."""
    name = place.rpartition("/")[2]
    for at, change in enumerate(changes, start=1):
        check_cents(change.amount, f"{place}{numbered(at, changes)}/{name}Amount", notes, severity)


def _check_cost(line: Line, cost: Decimal, place: str, notes: Notes, severity: Severity) -> None:
    """RCF06002: TotalCost is quantity × unit price, rounded half-up. Another way of rounding is told, not refused."""
    exact = multiply(line.quantity, line.unit_price)
    if cost == exact or exact.is_nan() or cost.is_nan():
        return
    expected = half_up(exact)
    if cost == expected:
        return
    shown = {"expected": plain_text(expected), "found": plain_text(cost)}
    if abs(cost - exact) < CENT:
        message = "The cost of the line is not rounded half-up to two decimals."
        notes.warning("RCF06002", f"{place}/TotalCost", message, **shown)
    else:
        message = "The cost of the line is not its quantity times its unit price."
        notes.note(severity, "RCF06002", f"{place}/TotalCost", message, **shown)


def _check_gross(line: Line, place: str, notes: Notes, severity: Severity) -> None:
    """RCF06003: GrossAmount is TotalCost less discounts plus charges; and their decimals."""
    check_cents(line.gross, f"{place}/GrossAmount", notes, severity)
    check_changes(line.discounts, f"{place}/DiscountsAndRebates/Discount", notes, severity)
    check_changes(line.charges, f"{place}/Charges/Charge", notes, severity)
    if line.cost is None:
        return
    expected = line.cost - total(line.discounts) + total(line.charges)
    if differ(line.gross, expected):
        message = "The gross amount of the line is not its cost less discounts plus charges."
        found = plain_text(line.gross)
        notes.note(severity, "RCF06003", f"{place}/GrossAmount", message, expected=plain_text(expected), found=found)


def _note_fine_tax(line: Line, place: str, notes: Notes) -> None:
    for block, withheld in (("TaxesOutputs", False), ("TaxesWithheld", True)):
        taxes = [tax for tax in line.taxes if tax.withheld is withheld]
        for at, tax in enumerate(taxes, start=1):
            where = f"{place}/{block}/Tax{numbered(at, taxes)}"
            check_cents(tax.base, f"{where}/TaxableBase/TotalAmount", notes, Severity.WARNING)
            check_cents(tax.amount or _ZERO, f"{where}/TaxAmount/TotalAmount", notes, Severity.WARNING)
