"""The sign of a credit note: UBL writes what is given back as positive amounts, the domain as negative ones.

So that amounts of invoices can be summed, listed and compared, an amount of the domain is always what the receiver
owes more for it (docs/decisions/0016). ``turned`` goes from one to the other, and back: quantities, sums of lines,
taxes, totals and payments change their sign; prices and rates, which are never negative in UBL, do not.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from ...models.domain.invoice import (
    Adjustment,
    Details,
    DocumentFormat,
    InvoiceContent,
    Line,
    LineTax,
    Payment,
    PaymentOnAccount,
    ReimbursableExpense,
    Settlement,
    TaxTotal,
    Totals,
)
from ..facturae.codes import CORRECTIVE_CLASSES

Taxed = TypeVar("Taxed", TaxTotal, LineTax)


def is_credit_note(content: InvoiceContent) -> bool:
    """Whether UBL says it as a credit note: what came as one, and a Facturae correction that takes back money.

    Such a correction stays an invoice (384) where it says what UBL has room for in invoices only: taxes withheld, and
    the parts of what was paid before.
    """
    if not content.format.is_facturae:
        return content.format is DocumentFormat.UBL_2_1_CREDIT_NOTE
    takes_back = content.invoice_class in CORRECTIVE_CLASSES and content.totals.total.is_signed()
    return takes_back and bool(content.totals.total) and not _needs_an_invoice(content)


def _needs_an_invoice(content: InvoiceContent) -> bool:
    totals, settlement = content.totals, content.details.settlement
    return bool(totals.withheld or settlement.on_account) or totals.total != totals.payable


def turned(content: InvoiceContent) -> InvoiceContent:
    """The same with every amount of money, and every quantity, of the other sign. Twice is as it was."""
    return replace(
        content,
        totals=_totals(content.totals),
        taxes=tuple(replace(_tax(tax), amount=_minus(tax.amount)) for tax in content.taxes),
        lines=tuple(_line(line) for line in content.lines),
        payments=tuple(_payment(payment) for payment in content.payments),
        details=_details(content.details),
    )


def _minus(value: Decimal) -> Decimal:
    # Exact whatever the context, and no negative zero.
    return value.copy_negate() if value else value.copy_abs()


def _minus_or_none(value: Decimal | None) -> Decimal | None:
    return None if value is None else _minus(value)


def _totals(totals: Totals) -> Totals:
    return Totals(
        gross=_minus(totals.gross),
        discounts=_minus(totals.discounts),
        charges=_minus(totals.charges),
        taxable=_minus(totals.taxable),
        taxes=_minus(totals.taxes),
        withheld=_minus(totals.withheld),
        total=_minus(totals.total),
        payable=_minus(totals.payable),
    )


def _line(line: Line) -> Line:
    return replace(
        line,
        quantity=_minus(line.quantity),
        gross=_minus(line.gross),
        cost=_minus_or_none(line.cost),
        discounts=_adjustments(line.discounts),
        charges=_adjustments(line.charges),
        sub_lines=tuple(_line(part) for part in line.sub_lines),
        taxes=tuple(replace(_tax(tax), amount=_minus_or_none(tax.amount)) for tax in line.taxes),
    )


def _tax(tax: Taxed) -> Taxed:
    """All but its own amount, which only a line's may leave out."""
    return replace(
        tax,
        base=_minus(tax.base),
        surcharge_amount=_minus_or_none(tax.surcharge_amount),
        special_base=_minus_or_none(tax.special_base),
        special_amount=_minus_or_none(tax.special_amount),
        base_in_euros=_minus_or_none(tax.base_in_euros),
        amount_in_euros=_minus_or_none(tax.amount_in_euros),
        special_base_in_euros=_minus_or_none(tax.special_base_in_euros),
        special_amount_in_euros=_minus_or_none(tax.special_amount_in_euros),
        surcharge_in_euros=_minus_or_none(tax.surcharge_in_euros),
    )


def _payment(payment: Payment) -> Payment:
    return replace(payment, amount=_minus(payment.amount))


def _details(details: Details) -> Details:
    return replace(
        details,
        discounts=_adjustments(details.discounts),
        charges=_adjustments(details.charges),
        settlement=_settlement(details.settlement),
    )


def _adjustments(adjustments: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
    return tuple(_adjustment(adjustment) for adjustment in adjustments)


def _adjustment(adjustment: Adjustment) -> Adjustment:
    return replace(adjustment, amount=_minus(adjustment.amount), base=_minus_or_none(adjustment.base))


def _settlement(settlement: Settlement) -> Settlement:
    return Settlement(
        outstanding=_minus_or_none(settlement.outstanding),
        subsidies=_adjustments(settlement.subsidies),
        on_account=tuple(_on_account(payment) for payment in settlement.on_account),
        on_account_total=_minus_or_none(settlement.on_account_total),
        reimbursable=tuple(_expense(expense) for expense in settlement.reimbursable),
        reimbursable_total=_minus_or_none(settlement.reimbursable_total),
        financial_expenses=_minus_or_none(settlement.financial_expenses),
        retention=None if settlement.retention is None else _adjustment(settlement.retention),
        in_kind=None if settlement.in_kind is None else _adjustment(settlement.in_kind),
        rounding=_minus_or_none(settlement.rounding),
        taxes_in_tax_currency=_minus_or_none(settlement.taxes_in_tax_currency),
        total_in_euros=_minus_or_none(settlement.total_in_euros),
        outstanding_in_euros=_minus_or_none(settlement.outstanding_in_euros),
        payable_in_euros=_minus_or_none(settlement.payable_in_euros),
    )


def _on_account(payment: PaymentOnAccount) -> PaymentOnAccount:
    return replace(payment, amount=_minus(payment.amount))


def _expense(expense: ReimbursableExpense) -> ReimbursableExpense:
    return replace(expense, amount=_minus(expense.amount))
