"""Whether what was read of a plain document adds up by the rules of EN 16931: no places, no words, a yes or a no.

The rules themselves are in ``rules_sums`` and ``rules_categories``. It makes no difference here that the amounts of a
credit note were turned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from ...models.domain.invoice import Adjustment, InvoiceContent, TaxTotal
from .rules_categories import CATEGORIES
from .rules_sums import tax_of

_ZERO: Final = Decimal(0)
_PLAIN: Final = {code: category for code, category in CATEGORIES.items() if code not in {"K", "O"}}
"""Without those that have rules of their own besides."""

_Use = tuple[str | None, Decimal | None]
"""A category and a rate."""


def surely_adds_up(content: InvoiceContent) -> bool:
    """Whether the rules about sums (BR-CO-10 to BR-CO-17) and VAT categories are kept, as far as numbers go."""
    return _totals_fit(content) and _breakdown_fits(content.taxes, _uses(content))


def categories_of(content: InvoiceContent) -> set[str]:
    """The VAT categories of the breakdown."""
    return {tax.category for tax in content.taxes if tax.category}


def _totals_fit(content: InvoiceContent) -> bool:
    totals, details = content.totals, content.details
    on_account, rounding = details.settlement.on_account_total or _ZERO, details.settlement.rounding or _ZERO
    return (
        sum(line.gross for line in content.lines) == totals.gross
        and _is_sum_of(totals.discounts, details.discounts)
        and _is_sum_of(totals.charges, details.charges)
        and totals.taxable == totals.gross - totals.discounts + totals.charges
        and totals.taxes == sum(tax.amount for tax in content.taxes)
        and totals.total == totals.taxable + totals.taxes
        and totals.payable - rounding == totals.total - on_account
    )


def _is_sum_of(total: Decimal, changes: tuple[Adjustment, ...]) -> bool:
    """Where there are any, a total of zero may be one that is missing."""
    return total == sum(change.amount for change in changes) and (bool(total) or not changes)


def _uses(content: InvoiceContent) -> dict[_Use, Decimal]:
    uses: defaultdict[_Use, Decimal] = defaultdict(Decimal)
    for line in content.lines:
        tax = line.taxes[0]
        uses[tax.category, tax.rate] += line.gross
    for charge in content.details.charges:
        uses[charge.tax_category, charge.tax_rate] += charge.amount
    for discount in content.details.discounts:
        uses[discount.tax_category, discount.tax_rate] -= discount.amount
    return uses


def _breakdown_fits(taxes: tuple[TaxTotal, ...], uses: Mapping[_Use, Decimal]) -> bool:
    """One tax for each category and rate that is used, and none besides."""
    by_use: dict[_Use, TaxTotal] = {(tax.category, tax.rate): tax for tax in taxes}
    return (
        len(by_use) == len(taxes)
        and by_use.keys() == uses.keys()
        and all(_fits(tax, uses[use]) for use, tax in by_use.items())
    )


def _fits(tax: TaxTotal, amount: Decimal) -> bool:
    """Whether a tax of the breakdown is right of what is of its category and rate."""
    category = _PLAIN.get(tax.category or "")
    return (
        category is not None
        and category.rate_fits(tax.rate)
        and category.reason_wanted == bool(tax.exemption_reason or tax.exemption_code)
        and tax.base == amount
        and (_is_near(tax) if category.by_rate and tax.rate >= 1 else not tax.amount)
    )


def _is_near(tax: TaxTotal) -> bool:
    expected = tax_of(tax.base, tax.rate)
    return expected is not None and abs(abs(tax.amount) - expected) < 1
