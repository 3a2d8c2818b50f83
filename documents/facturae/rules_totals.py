"""The entry rules about sums: RCF06001 and RCF06005 to RCF06007 (Orden HAP/1650/2015, annex II, rules 6b and 6d to 6f).

+----------+------+------------------------------------------------------------------------------------------+
| RCF06001 | 6b   | every amount of InvoiceTotals has at most two decimals by value                          |
| RCF06005 | 6b   | TotalGrossAmount = Σ GrossAmount of the lines                                            |
| RCF06006 | 6e   | TotalGrossAmountBeforeTaxes = TotalGrossAmount − general discounts + general surcharges  |
| RCF06006 | 6f   | InvoiceTotal = TotalGrossAmountBeforeTaxes + TotalTaxOutputs − TotalTaxesWithheld        |
| RCF06006 | none | the other sums that the format defines: told, not refused                                |
| RCF06007 | 6d   | TotalTaxesWithheld ≥ 0, and not −0.00, where TotalGrossAmountBeforeTaxes > 0             |
+----------+------+------------------------------------------------------------------------------------------+

The order has no codes; those of registers of invoices that are published give 6f as RCF06006 and have none for 6e.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from ...models.domain.findings import Severity
from ...models.domain.invoice import InvoiceContent, Settlement
from ...models.domain.money import CENT, MAX_DIGITS, plain_text, to_cents
from ..notes import Notes
from .rules_lines import check_cents, check_changes, differ, total

_ZERO: Final = Decimal(0)
_SURELY_KEPT: Final = Decimal(10) ** (MAX_DIGITS - 3)

_SUMS: Final = {
    "gross": "TotalGrossAmount",
    "discounts": "TotalGeneralDiscounts",
    "charges": "TotalGeneralSurcharges",
    "taxable": "TotalGrossAmountBeforeTaxes",
    "taxes": "TotalTaxOutputs",
    "withheld": "TotalTaxesWithheld",
    "total": "InvoiceTotal",
    "payable": "TotalExecutableAmount",
}
_OTHER_SUMS: Final = {
    "financial_expenses": "TotalFinancialExpenses",
    "outstanding": "TotalOutstandingAmount",
    "on_account_total": "TotalPaymentsOnAccount",
    "reimbursable_total": "TotalReimbursableExpenses",
}


class Sum(NamedTuple):
    """One formula: the amount that is stated and what it should be."""

    rule: str
    element: str
    stated: Decimal | None
    expected: Decimal
    formula: str
    binding: bool
    """Whether the order refuses an invoice whose sum is wrong."""
    parts: int = 0
    """Of how many amounts it is the sum, each of which may have been rounded after summing rather than before."""

    @property
    def is_wrong(self) -> bool:
        """Whether what is stated is not what it should be."""
        if self.stated is None or not differ(self.stated, self.expected):
            return False
        return abs(self.stated - self.expected) > CENT * self.parts


def check_totals(
    content: InvoiceContent, invoice: str, notes: Notes, severity: Severity, unsure: frozenset[str] = frozenset()
) -> None:
    """All rules about the sums of one invoice; ``severity`` is what a wrong one is, ``unsure`` the elements of those
    that cannot be judged."""
    place = f"{invoice}/InvoiceTotals"
    _check_decimals(content, place, notes, severity)
    for sum_ in sums_of(content):
        if sum_.stated is not None and sum_.element not in unsure and sum_.is_wrong:
            notes.note(
                severity if sum_.binding else Severity.WARNING,
                sum_.rule,
                f"{place}/{sum_.element}",
                f"{sum_.element} is not {sum_.formula}.",
                expected=plain_text(sum_.expected),
                found=plain_text(sum_.stated),
            )


def check_withheld(content: InvoiceContent, written: str, invoice: str, notes: Notes, severity: Severity) -> None:
    """RCF06007; ``written`` is the text of ``TotalTaxesWithheld``, since −0.00 is refused too."""
    base, withheld = content.totals.taxable, content.totals.withheld
    if base.is_nan() or withheld.is_nan() or base <= 0:
        return
    if withheld < 0 or (not withheld and written.strip().startswith("-")):
        message = "The taxes withheld must not be negative where the amount before taxes is positive."
        place = f"{invoice}/InvoiceTotals/TotalTaxesWithheld"
        notes.note(severity, "RCF06007", place, message, expected="0.00 or more", found=written)


def sums_of(content: InvoiceContent) -> Iterator[Sum]:
    """Every formula over an invoice."""
    totals = content.totals
    gross = sum((line.gross for line in content.lines), _ZERO)
    yield Sum("RCF06005", "TotalGrossAmount", totals.gross, gross, "the sum of the lines' gross amounts", True)
    taxable = totals.gross - totals.discounts + totals.charges
    formula = "the gross amount less general discounts plus general surcharges"
    yield Sum("RCF06006", "TotalGrossAmountBeforeTaxes", totals.taxable, taxable, formula, True)
    formula = "the amount before taxes plus taxes less taxes withheld"
    due = totals.taxable + totals.taxes - totals.withheld
    yield Sum("RCF06006", "InvoiceTotal", totals.total, due, formula, True)
    yield from _parts_sums(content)
    if not differ(totals.total, due):
        yield from _settlement_sums(content)


def _parts_sums(content: InvoiceContent) -> Iterator[Sum]:
    totals, details = content.totals, content.details
    if details.discounts:
        formula = "the sum of the general discounts"
        yield Sum("RCF06006", "TotalGeneralDiscounts", totals.discounts, total(details.discounts), formula, False)
    if details.charges:
        formula = "the sum of the general surcharges"
        yield Sum("RCF06006", "TotalGeneralSurcharges", totals.charges, total(details.charges), formula, False)
    charged = [
        amount
        for tax in content.taxes
        if not tax.withheld
        for amount in (tax.amount, tax.special_amount, tax.surcharge_amount)
        if amount is not None
    ]
    formula = "the sum of the taxes with their equivalence surcharges"
    yield Sum("RCF06006", "TotalTaxOutputs", totals.taxes, sum(charged, _ZERO), formula, False, len(charged))
    withheld = [tax.amount for tax in content.taxes if tax.withheld]
    formula = "the sum of the taxes withheld"
    yield Sum("RCF06006", "TotalTaxesWithheld", totals.withheld, sum(withheld, _ZERO), formula, False, len(withheld))


def _settlement_sums(content: InvoiceContent) -> Iterator[Sum]:
    settlement = content.details.settlement
    paid = _paid(settlement)
    outstanding = content.totals.total - total(settlement.subsidies) - paid
    formula = "the total less subsidies and payments on account"
    yield Sum("RCF06006", "TotalOutstandingAmount", settlement.outstanding, outstanding, formula, False)
    kept = total(change for change in (settlement.retention, settlement.in_kind) if change is not None)
    added = _spent(settlement) + (settlement.financial_expenses or _ZERO)
    payable = (outstanding if settlement.outstanding is None else settlement.outstanding) - kept + added
    formula = "what is outstanding less amounts withheld and payments in kind plus expenses"
    yield Sum("RCF06006", "TotalExecutableAmount", content.totals.payable, payable, formula, False)


def _paid(settlement: Settlement) -> Decimal:
    if settlement.on_account_total is not None:
        return settlement.on_account_total
    return sum((payment.amount for payment in settlement.on_account), _ZERO)


def _spent(settlement: Settlement) -> Decimal:
    if settlement.reimbursable_total is not None:
        return settlement.reimbursable_total
    return sum((expense.amount for expense in settlement.reimbursable), _ZERO)


def _check_decimals(content: InvoiceContent, place: str, notes: Notes, severity: Severity) -> None:
    for name, element in _SUMS.items():
        value: Decimal = getattr(content.totals, name)
        if not value.is_nan() and not (value.same_quantum(CENT) and -_SURELY_KEPT < value < _SURELY_KEPT):
            _check_kept(value, f"{place}/{element}", notes)
    settlement, details = content.details.settlement, content.details
    for name, element in _OTHER_SUMS.items():
        found: Decimal | None = getattr(settlement, name)
        if found is not None:
            check_cents(found, f"{place}/{element}", notes, severity)
    if details.discounts:
        check_changes(details.discounts, f"{place}/GeneralDiscounts/Discount", notes, severity)
    if details.charges:
        check_changes(details.charges, f"{place}/GeneralSurcharges/Charge", notes, severity)


def _check_kept(value: Decimal, place: str, notes: Notes) -> None:
    """In any currency: the sums are kept as a whole number of hundredths."""
    try:
        to_cents(value)
    except ValueError as error:
        name = place.rpartition("/")[2]
        message = f"The total {name} has {error}." if "more" in str(error) else f"The total {name} is {error}."
        notes.error("RCF06001", place, message, expected="two decimals", found=plain_text(value))
