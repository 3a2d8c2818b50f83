"""What an invoice comes to, in Facturae 3.2.2: its taxes, its totals and the way from them to what is to be paid."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from ...models.domain.invoice import (
    Adjustment,
    InvoiceContent,
    LineTax,
    PaymentOnAccount,
    ReimbursableExpense,
    Settlement,
    TaxTotal,
)
from ...models.domain.tax_ids import has_wrong_check_character, is_valid_spanish, looks_like_a_person
from ..xml import Element
from .codes import TAX_TYPES, code_of
from .composing_parties import add_tax_id
from .composing_values import add, add_amount, add_day, add_nested_amount, add_optional, add_text

_VAT_PREFIX: Final = re.compile("AT|BE|BG|CY|CZ|DE|DK|EE|EL|FI|FR|GR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK")
"""Of the countries of the European Union other than Spain."""


def add_taxes(parent: Element, name: str, taxes: Iterable[TaxTotal | LineTax]) -> None:
    """``TaxesOutputs`` or ``TaxesWithheld`` with these taxes; nothing where there are none."""
    block = None
    for tax in taxes:
        block = add(parent, name) if block is None else block
        _add_tax(add(block, "Tax"), tax)


def add_totals(element: Element, content: InvoiceContent) -> None:
    """Fill ``InvoiceTotals``."""
    totals, details, settlement = content.totals, content.details, content.details.settlement
    add_amount(element, "TotalGrossAmount", totals.gross)
    add_adjustments(element, "GeneralDiscounts", "Discount", details.discounts)
    add_adjustments(element, "GeneralSurcharges", "Charge", details.charges)
    add_amount(element, "TotalGeneralDiscounts", totals.discounts)
    add_amount(element, "TotalGeneralSurcharges", totals.charges)
    add_amount(element, "TotalGrossAmountBeforeTaxes", totals.taxable)
    add_amount(element, "TotalTaxOutputs", totals.taxes)
    add_amount(element, "TotalTaxesWithheld", totals.withheld)
    add_amount(element, "InvoiceTotal", totals.total)
    _add_subsidies(element, settlement.subsidies)
    _add_payments_on_account(element, settlement.on_account)
    _add_expenses(element, settlement.reimbursable)
    add_amount(element, "TotalFinancialExpenses", settlement.financial_expenses)
    add_amount(
        element, "TotalOutstandingAmount", totals.payable if settlement.outstanding is None else settlement.outstanding
    )
    add_amount(element, "TotalPaymentsOnAccount", settlement.on_account_total)
    _add_retention(element, settlement.retention)
    add_amount(element, "TotalExecutableAmount", totals.payable)
    add_amount(element, "TotalReimbursableExpenses", settlement.reimbursable_total)
    _add_in_kind(element, settlement)


def add_adjustments(parent: Element, block_name: str, name: str, adjustments: Iterable[Adjustment]) -> None:
    """A block of discounts or of charges, each with its reason; nothing where there are none."""
    block = None
    for adjustment in adjustments:
        block = add(parent, block_name) if block is None else block
        element = add(block, name)
        add_text(element, f"{name}Reason", adjustment.reason)
        add_amount(element, f"{name}Rate", adjustment.rate)
        add_amount(element, f"{name}Amount", adjustment.amount)


def _add_tax(element: Element, tax: TaxTotal | LineTax) -> None:
    add_text(element, "TaxTypeCode", code_of(TAX_TYPES, tax.type) or "")
    add_amount(element, "TaxRate", tax.rate)
    add_nested_amount(element, "TaxableBase", tax.base, tax.base_in_euros)
    add_nested_amount(element, "TaxAmount", tax.amount, tax.amount_in_euros)
    add_nested_amount(element, "SpecialTaxableBase", tax.special_base, tax.special_base_in_euros)
    add_nested_amount(element, "SpecialTaxAmount", tax.special_amount, tax.special_amount_in_euros)
    add_amount(element, "EquivalenceSurcharge", tax.surcharge_rate)
    add_nested_amount(element, "EquivalenceSurchargeAmount", tax.surcharge_amount, tax.surcharge_in_euros)


def _add_subsidies(element: Element, subsidies: tuple[Adjustment, ...]) -> None:
    if subsidies:
        block = add(element, "Subsidies")
        for subsidy in subsidies:
            part = add(block, "Subsidy")
            add_text(part, "SubsidyDescription", subsidy.reason)
            add_amount(part, "SubsidyRate", subsidy.rate)
            add_amount(part, "SubsidyAmount", subsidy.amount)


def _add_payments_on_account(element: Element, payments: tuple[PaymentOnAccount, ...]) -> None:
    dated = [payment for payment in payments if payment.day is not None]
    if dated:
        block = add(element, "PaymentsOnAccount")
        for payment in dated:
            part = add(block, "PaymentOnAccount")
            add_day(part, "PaymentOnAccountDate", payment.day)
            add_amount(part, "PaymentOnAccountAmount", payment.amount)


def _add_expenses(element: Element, expenses: tuple[ReimbursableExpense, ...]) -> None:
    if expenses:
        block = add(element, "ReimbursableExpenses")
        for expense in expenses:
            _add_expense(add(block, "ReimbursableExpenses"), expense)


def _add_expense(element: Element, expense: ReimbursableExpense) -> None:
    for name, tax_id, person, residence in (
        ("Seller", expense.issuer_tax_id, expense.issuer_person, expense.issuer_residence),
        ("Buyer", expense.receiver_tax_id, expense.receiver_person, expense.receiver_residence),
    ):
        if tax_id:
            party = add(element, f"ReimbursableExpenses{name}Party")
            _add_expense_party(party, tax_id, person, residence)
    add_day(element, "IssueDate", expense.issue_date)
    add_optional(element, "InvoiceNumber", expense.number)
    add_optional(element, "InvoiceSeriesCode", expense.series)
    add_amount(element, "ReimbursableExpensesAmount", expense.amount)


def _add_expense_party(element: Element, tax_id: str, person: bool | None, residence: str | None) -> None:
    """Where person and residence are not known, they are what the number looks like."""
    is_person = looks_like_a_person(tax_id) if person is None else person
    add_tax_id(element, tax_id, residence or _residence(tax_id), person=is_person)


def _residence(tax_id: str) -> str:
    if is_valid_spanish(tax_id) or has_wrong_check_character(tax_id):
        return "R"
    return "U" if _VAT_PREFIX.match(tax_id) else "E"


def _add_retention(element: Element, retention: Adjustment | None) -> None:
    if retention is not None:
        block = add(element, "AmountsWithheld")
        add_text(block, "WithholdingReason", retention.reason)
        add_amount(block, "WithholdingRate", retention.rate)
        add_amount(block, "WithholdingAmount", retention.amount)


def _add_in_kind(element: Element, settlement: Settlement) -> None:
    if settlement.in_kind is not None:
        block = add(element, "PaymentInKind")
        add_text(block, "PaymentInKindReason", settlement.in_kind.reason)
        add_amount(block, "PaymentInKindAmount", settlement.in_kind.amount)
