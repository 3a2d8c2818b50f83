"""The money of an invoice: sums, taxes, discounts, and what stands between its total and what is to be paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The sums of an invoice, each with at most two decimals by value."""

    gross: Decimal
    """Sum of the lines (``TotalGrossAmount``)."""
    discounts: Decimal
    """General discounts (``TotalGeneralDiscounts``)."""
    charges: Decimal
    """General surcharges (``TotalGeneralSurcharges``)."""
    taxable: Decimal
    """Gross less discounts plus charges (``TotalGrossAmountBeforeTaxes``)."""
    taxes: Decimal
    """``TotalTaxOutputs``, equivalence surcharge included."""
    withheld: Decimal
    """``TotalTaxesWithheld``."""
    total: Decimal
    """``InvoiceTotal``."""
    payable: Decimal
    """``TotalExecutableAmount``: what is to be paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A discount, a surcharge, a subsidy, a retention: an amount, why, and the rate that it came from if one did."""

    reason: str
    amount: Decimal
    rate: Decimal | None = None
    base: Decimal | None = None
    """What the rate is of (BT-93, BT-100, BT-137, BT-142)."""
    code: str | None = None
    """UNTDID 5189 or 7161 (BT-98, BT-105, BT-140, BT-145)."""
    tax_category: str | None = None
    """UNTDID 5305, of a discount or surcharge of the whole invoice (BT-95, BT-102)."""
    tax_rate: Decimal | None = None
    """Per cent (BT-96, BT-103)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentOnAccount:
    """What was paid before: Facturae ``PaymentOnAccount``; UBL has the sum only, and no date."""

    amount: Decimal
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReimbursableExpense:
    """An expense paid for the receiver: Facturae ``ReimbursableExpenses`` (suplidos)."""

    amount: Decimal
    issuer_tax_id: str | None = None
    issuer_person: bool | None = None
    """Whether it was a natural person (``PersonTypeCode`` F); None where the document does not say."""
    issuer_residence: str | None = None
    """``ResidenceTypeCode``: R, U or E, as in ``DocumentParty.residence``."""
    receiver_tax_id: str | None = None
    receiver_person: bool | None = None
    receiver_residence: str | None = None
    issue_date: date | None = None
    number: str | None = None
    series: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The way from the invoice's total to what is to be paid; a sum that the document does not state is None."""

    outstanding: Decimal | None = None
    """``TotalOutstandingAmount``."""
    subsidies: tuple[Adjustment, ...] = ()
    on_account: tuple[PaymentOnAccount, ...] = ()
    on_account_total: Decimal | None = None
    """``TotalPaymentsOnAccount``; BT-113."""
    reimbursable: tuple[ReimbursableExpense, ...] = ()
    reimbursable_total: Decimal | None = None
    """``TotalReimbursableExpenses``."""
    financial_expenses: Decimal | None = None
    """``TotalFinancialExpenses``."""
    retention: Adjustment | None = None
    """``AmountsWithheld``, a guarantee that the receiver keeps."""
    in_kind: Adjustment | None = None
    """``PaymentInKind``, from 3.2.2 on."""
    rounding: Decimal | None = None
    """BT-114."""
    taxes_in_tax_currency: Decimal | None = None
    """BT-111."""
    total_in_euros: Decimal | None = None
    """``EquivalentInEuros`` of the invoice's total, where it is in another currency."""
    outstanding_in_euros: Decimal | None = None
    payable_in_euros: Decimal | None = None


NOT_SETTLED = Settlement()
"""Of an invoice that says nothing between its total and what is to be paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxTotal:
    """One tax of one rate over the whole invoice. ``type`` is a key of ``documents.facturae.codes.TAX_TYPES``."""

    type: str
    rate: Decimal
    base: Decimal
    amount: Decimal
    withheld: bool = False
    surcharge_rate: Decimal | None = None
    surcharge_amount: Decimal | None = None
    special_base: Decimal | None = None
    """``SpecialTaxableBase``."""
    special_amount: Decimal | None = None
    """``SpecialTaxAmount``."""
    base_in_euros: Decimal | None = None
    """``EquivalentInEuros`` of the base, where the invoice is in another currency."""
    amount_in_euros: Decimal | None = None
    special_base_in_euros: Decimal | None = None
    special_amount_in_euros: Decimal | None = None
    surcharge_in_euros: Decimal | None = None
    category: str | None = None
    """UNTDID 5305 (BT-118): S, Z, E, AE, K, G, O, L, M."""
    exemption_reason: str | None = None
    """BT-120."""
    exemption_code: str | None = None
    """BT-121."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTax:
    """A tax of one line. ``base`` and ``amount`` are as the document gives them."""

    type: str
    rate: Decimal
    base: Decimal
    amount: Decimal | None = None
    withheld: bool = False
    surcharge_rate: Decimal | None = None
    surcharge_amount: Decimal | None = None
    special_base: Decimal | None = None
    special_amount: Decimal | None = None
    base_in_euros: Decimal | None = None
    amount_in_euros: Decimal | None = None
    special_base_in_euros: Decimal | None = None
    special_amount_in_euros: Decimal | None = None
    surcharge_in_euros: Decimal | None = None
    category: str | None = None
    """UNTDID 5305 (BT-151)."""
