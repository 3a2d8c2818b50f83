"""The taxes and the totals of a Facturae, as the document gives them. Sums are checked elsewhere."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from ...models.domain.invoice import (
    Adjustment,
    LineTax,
    PaymentOnAccount,
    ReimbursableExpense,
    Settlement,
    TaxTotal,
    Totals,
)
from ...models.domain.money import from_cents, percentage, to_cents
from ...models.domain.tax_ids import normalise
from ..quick import maker_of
from ..records import Convert, Reading, Table, all_of, code, day, decimal, record, text
from ..xml import Element
from .codes import TAX_TYPES

_ZERO: Final = Decimal("0.00")

_settlement_of = maker_of(Settlement)
_tax_total_of = maker_of(TaxTotal)
_totals_of = maker_of(Totals)
_line_tax_of = maker_of(LineTax)
_adjustment_of = maker_of(Adjustment)


_TAX: Final[dict[str, tuple[str, str]]] = {
    "TaxableBase": ("base", "base_in_euros"),
    "TaxAmount": ("amount", "amount_in_euros"),
    "SpecialTaxableBase": ("special_base", "special_base_in_euros"),
    "SpecialTaxAmount": ("special_amount", "special_amount_in_euros"),
    "EquivalenceSurchargeAmount": ("surcharge_amount", "surcharge_in_euros"),
}
"""Amounts of a tax, and the same in euros where the invoice is in another currency."""


def _tax(element: Element, reading: Reading, values: dict[str, Any]) -> dict[str, Any]:
    """What a tax says: the records that invoices have most of, so read without a table."""
    amount, euros = "", ""
    for part in element.iterdescendants():
        tag = part.tag
        if tag == "TotalAmount":
            name = amount
        elif tag == "TaxRate":
            name = "rate"
        elif tag == "EquivalentInEuros":
            name = euros
        elif tag == "EquivalenceSurcharge":
            name = "surcharge_rate"
        elif tag in _TAX:
            amount, euros = _TAX[tag]
            continue
        else:
            if tag == "TaxTypeCode":
                found = (part.text or "").strip()
                values["type"] = TAX_TYPES.get(found, found)
            continue
        value = decimal(part, reading)
        if value is not None:
            values[name] = value
    values.pop("", None)
    return values


def _line_tax(withheld: bool) -> Convert:
    def convert(element: Element, reading: Reading) -> LineTax:
        nothing = reading.nothing
        return _line_tax_of(
            **_tax(element, reading, {"type": "", "rate": nothing, "base": nothing, "withheld": withheld})
        )

    return convert


def _tax_total(withheld: bool) -> Convert:
    def convert(element: Element, reading: Reading) -> TaxTotal:
        nothing = reading.nothing
        values = _tax(element, reading, {"type": "", "rate": nothing, "base": nothing, "withheld": withheld})
        if "amount" not in values:
            # 3.2.1 and later let the amount out; then it is what the rate makes of the base.
            values["amount"] = percentage(values["base"], values["rate"])
        return _tax_total_of(**values)

    return convert


LINE_TAXES: Final = all_of("Tax", _line_tax(withheld=False))
LINE_TAXES_WITHHELD: Final = all_of("Tax", _line_tax(withheld=True))
TAXES: Final = all_of("Tax", _tax_total(withheld=False))
TAXES_WITHHELD: Final = all_of("Tax", _tax_total(withheld=True))


def adjustment(name: str, *, reason: str = "Reason") -> Convert:
    """A discount, a charge and the like, whose children begin with its own name."""
    reason, rate, amount = f"{name}{reason}", f"{name}Rate", f"{name}Amount"

    def convert(element: Element, reading: Reading) -> Adjustment:
        why, of_what, found = "", None, None
        for part in element:
            tag = part.tag
            if tag == amount:
                found = decimal(part, reading)
            elif tag == reason:
                why = text(part, reading) or ""
            elif tag == rate:
                of_what = decimal(part, reading)
        return _adjustment_of(reason=why, amount=reading.nothing if found is None else found, rate=of_what)

    return convert


DISCOUNTS: Final = all_of("Discount", adjustment("Discount"))
CHARGES: Final = all_of("Charge", adjustment("Charge"))


_PERSONS: Final = {"F": True, "J": False}


def _expense(**values: Any) -> ReimbursableExpense:
    for side in ("issuer_tax_id", "receiver_tax_id"):
        if side in values:
            values[side] = normalise(values[side])
    return ReimbursableExpense(**values)


def _expense_party(side: str) -> Table:
    return {
        "PersonTypeCode": (f"{side}_person", code(_PERSONS)),
        "ResidenceTypeCode": (f"{side}_residence", text),
        "TaxIdentificationNumber": (f"{side}_tax_id", text),
    }


_EXPENSE = record(
    _expense,
    {
        "ReimbursableExpensesSellerParty": _expense_party("issuer"),
        "ReimbursableExpensesBuyerParty": _expense_party("receiver"),
        "IssueDate": ("issue_date", day),
        "InvoiceNumber": ("number", text),
        "InvoiceSeriesCode": ("series", text),
        "ReimbursableExpensesAmount": ("amount", decimal),
    },
    numbers=("amount",),
)

_ON_ACCOUNT = record(
    PaymentOnAccount,
    {"PaymentOnAccountDate": ("day", day), "PaymentOnAccountAmount": ("amount", decimal)},
    numbers=("amount",),
)

TOTALS: Final[Table] = {
    "TotalGrossAmount": ("gross", decimal),
    "GeneralDiscounts": ("general_discounts", DISCOUNTS),
    "GeneralSurcharges": ("general_charges", CHARGES),
    "TotalGeneralDiscounts": ("discounts", decimal),
    "TotalGeneralSurcharges": ("charges", decimal),
    "TotalGrossAmountBeforeTaxes": ("taxable", decimal),
    "TotalTaxOutputs": ("taxes", decimal),
    "TotalTaxesWithheld": ("withheld", decimal),
    "InvoiceTotal": ("total", decimal),
    "Subsidies": ("subsidies", all_of("Subsidy", adjustment("Subsidy", reason="Description"))),
    "PaymentsOnAccount": ("on_account", all_of("PaymentOnAccount", _ON_ACCOUNT)),
    "ReimbursableExpenses": ("reimbursable", all_of("ReimbursableExpenses", _EXPENSE)),
    "TotalFinancialExpenses": ("financial_expenses", decimal),
    "TotalOutstandingAmount": ("outstanding", decimal),
    "TotalPaymentsOnAccount": ("on_account_total", decimal),
    "AmountsWithheld": ("retention", adjustment("Withholding")),
    "TotalExecutableAmount": ("payable", decimal),
    "TotalReimbursableExpenses": ("reimbursable_total", decimal),
    "PaymentInKind": ("in_kind", adjustment("PaymentInKind")),
}

_SUMS = ("gross", "discounts", "charges", "taxable", "taxes", "withheld", "total", "payable")
_OPTIONAL = frozenset({"discounts", "charges"})
_SETTLEMENT = (
    "subsidies",
    "on_account",
    "reimbursable",
    "financial_expenses",
    "outstanding",
    "on_account_total",
    "retention",
    "reimbursable_total",
    "in_kind",
)


def totals_of(values: dict[str, Any], reading: Reading) -> Totals:
    """The sums out of what ``TOTALS`` read, with two decimals where the value has no more."""
    return _totals_of(
        **{name: _with_cents(values.get(name, _ZERO if name in _OPTIONAL else reading.nothing)) for name in _SUMS}
    )


def settlement_of(values: dict[str, Any], euros: dict[str, Any]) -> Settlement:
    """The way from the total to what is to be paid; ``euros`` are the sums in euros, which stand in the file header."""
    return _settlement_of(**{name: values[name] for name in _SETTLEMENT if name in values}, **euros)


def _with_cents(value: Decimal) -> Decimal:
    if value.same_quantum(_ZERO):
        return value
    try:
        return from_cents(to_cents(value))
    except ValueError:
        return value
