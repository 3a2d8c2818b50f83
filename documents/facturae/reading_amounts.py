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
from ..records import Convert, Reading, Table, all_of, day, decimal, fill, record, text
from ..xml import Element
from .codes import TAX_TYPES

_ZERO: Final = Decimal("0.00")


def _tax_type(element: Element, reading: Reading) -> str:
    found = text(element, reading) or ""
    return TAX_TYPES.get(found, found)


def amount_and_euros(name: str, euros: str) -> Table:
    """An amount in the invoice's currency and, where that is another, in euros."""
    return {"TotalAmount": (name, decimal), "EquivalentInEuros": (euros, decimal)}


_TAX: Table = {
    "TaxTypeCode": ("type", _tax_type),
    "TaxRate": ("rate", decimal),
    "TaxableBase": amount_and_euros("base", "base_in_euros"),
    "TaxAmount": amount_and_euros("amount", "amount_in_euros"),
    "SpecialTaxableBase": amount_and_euros("special_base", "special_base_in_euros"),
    "SpecialTaxAmount": amount_and_euros("special_amount", "special_amount_in_euros"),
    "EquivalenceSurcharge": ("surcharge_rate", decimal),
    "EquivalenceSurchargeAmount": amount_and_euros("surcharge_amount", "surcharge_in_euros"),
}


def _line_tax(withheld: bool) -> Convert:
    def convert(element: Element, reading: Reading) -> LineTax:
        nothing = reading.nothing
        blank = {"type": "", "rate": nothing, "base": nothing, "withheld": withheld}
        return LineTax(**fill(element, _TAX, reading, blank))

    return convert


def _tax_total(withheld: bool) -> Convert:
    def convert(element: Element, reading: Reading) -> TaxTotal:
        nothing = reading.nothing
        values = fill(element, _TAX, reading, {"type": "", "rate": nothing, "base": nothing, "withheld": withheld})
        if "amount" not in values:
            # 3.2.1 and later let the amount out; then it is what the rate makes of the base.
            values["amount"] = percentage(values["base"], values["rate"])
        return TaxTotal(**values)

    return convert


LINE_TAXES: Final = all_of("Tax", _line_tax(withheld=False))
LINE_TAXES_WITHHELD: Final = all_of("Tax", _line_tax(withheld=True))
TAXES: Final = all_of("Tax", _tax_total(withheld=False))
TAXES_WITHHELD: Final = all_of("Tax", _tax_total(withheld=True))


def adjustment(name: str, *, reason: str = "Reason") -> Convert:
    """A discount, a charge and the like, whose children begin with its own name."""
    return record(
        Adjustment,
        {f"{name}{reason}": ("reason", text), f"{name}Rate": ("rate", decimal), f"{name}Amount": ("amount", decimal)},
        numbers=("amount",),
        reason="",
    )


DISCOUNTS: Final = all_of("Discount", adjustment("Discount"))
CHARGES: Final = all_of("Charge", adjustment("Charge"))


def _expense(**values: Any) -> ReimbursableExpense:
    for side in ("issuer_tax_id", "receiver_tax_id"):
        if side in values:
            values[side] = normalise(values[side])
    return ReimbursableExpense(**values)


_EXPENSE = record(
    _expense,
    {
        "ReimbursableExpensesSellerParty": {"TaxIdentificationNumber": ("issuer_tax_id", text)},
        "ReimbursableExpensesBuyerParty": {"TaxIdentificationNumber": ("receiver_tax_id", text)},
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
    return Totals(
        **{name: _with_cents(values.get(name, _ZERO if name in _OPTIONAL else reading.nothing)) for name in _SUMS}
    )


def settlement_of(values: dict[str, Any], euros: dict[str, Any]) -> Settlement:
    """The way from the total to what is to be paid; ``euros`` are the sums in euros, which stand in the file header."""
    return Settlement(**{name: values[name] for name in _SETTLEMENT if name in values}, **euros)


def _with_cents(value: Decimal) -> Decimal:
    if value.same_quantum(_ZERO):
        return value
    try:
        return from_cents(to_cents(value))
    except ValueError:
        return value
