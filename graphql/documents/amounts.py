"""Amounts of a document beyond its totals. Attributes of ``models.domain.invoice``."""

from __future__ import annotations

import strawberry

from ..scalars import Date, Decimal


@strawberry.type(description="A discount, surcharge, subsidy or retention.")
class Adjustment:
    """Resolved from ``domain.invoice.Adjustment``."""

    reason: str = strawberry.field(description="Why, in words.")
    amount: Decimal = strawberry.field(description="How much, as a positive amount.")
    rate: Decimal | None = strawberry.field(description="The rate that it came from, per cent.")
    base: Decimal | None = strawberry.field(description="What the rate is of.")
    code: str | None = strawberry.field(description="The reason's code, UNTDID 5189 or 7161.")
    tax_category: str | None = strawberry.field(description="VAT category of the amount, UNTDID 5305.")
    tax_rate: Decimal | None = strawberry.field(description="VAT rate of the amount, per cent.")


@strawberry.type(description="A tax of one line.")
class LineTax:
    """Resolved from ``domain.invoice.LineTax``."""

    type: str = strawberry.field(description="IVA, IGIC, IPSI, IRPF, …; a code of the format where it has no name.")
    rate: Decimal = strawberry.field(description="Per cent.")
    base: Decimal = strawberry.field(description="What the tax is computed on.")
    amount: Decimal | None = strawberry.field(description="The tax itself, where the document states it.")
    withheld: bool = strawberry.field(description="Kept back by the payer rather than added.")
    surcharge_rate: Decimal | None = strawberry.field(description="Equivalence surcharge, per cent.")
    surcharge_amount: Decimal | None = strawberry.field(description="Equivalence surcharge.")
    special_base: Decimal | None = strawberry.field(description="SpecialTaxableBase, of groups of companies.")
    special_amount: Decimal | None = strawberry.field(description="SpecialTaxAmount.")
    base_in_euros: Decimal | None = strawberry.field(description="The base in euros, where that is not the currency.")
    amount_in_euros: Decimal | None = strawberry.field(description="The tax in euros, likewise.")
    special_base_in_euros: Decimal | None = strawberry.field(description="SpecialTaxableBase in euros.")
    special_amount_in_euros: Decimal | None = strawberry.field(description="SpecialTaxAmount in euros.")
    surcharge_in_euros: Decimal | None = strawberry.field(description="The equivalence surcharge in euros.")
    category: str | None = strawberry.field(description="VAT category, UNTDID 5305: S, Z, E, AE, K, G, O, L, M.")


@strawberry.type(description="What was paid before.")
class PaymentOnAccount:
    """Resolved from ``domain.invoice.PaymentOnAccount``."""

    amount: Decimal = strawberry.field(description="How much.")
    day: Date | None = strawberry.field(name="date", description="When, where the document says so.")


@strawberry.type(description="An expense paid for the receiver (suplidos).")
class ReimbursableExpense:
    """Resolved from ``domain.invoice.ReimbursableExpense``."""

    amount: Decimal = strawberry.field(description="How much.")
    issuer_tax_id: str | None = strawberry.field(description="Whom it was paid to.")
    issuer_person: bool | None = strawberry.field(
        description="Whether that is a natural person; null where the document does not say."
    )
    issuer_residence: str | None = strawberry.field(
        description="Where that one resides: R Spain, U another country of the EU, E elsewhere."
    )
    receiver_tax_id: str | None = strawberry.field(description="For whom.")
    receiver_person: bool | None = strawberry.field(
        description="Whether that is a natural person; null where the document does not say."
    )
    receiver_residence: str | None = strawberry.field(description="Where that one resides: R, U or E.")
    issue_date: Date | None = strawberry.field(description="Date of that invoice.")
    number: str | None = strawberry.field(description="Its number.")
    series: str | None = strawberry.field(description="Its series.")


@strawberry.type(description="The way from the total to what is to be paid. A sum that the document omits is null.")
class Settlement:
    """Resolved from ``domain.invoice.Settlement``."""

    outstanding: Decimal | None = strawberry.field(description="TotalOutstandingAmount.")
    subsidies: list[Adjustment] = strawberry.field(description="Subsidies deducted.")
    on_account: list[PaymentOnAccount] = strawberry.field(description="Payments made before.")
    on_account_total: Decimal | None = strawberry.field(description="Their sum (BT-113).")
    reimbursable: list[ReimbursableExpense] = strawberry.field(description="Expenses paid for the receiver.")
    reimbursable_total: Decimal | None = strawberry.field(description="Their sum.")
    financial_expenses: Decimal | None = strawberry.field(description="TotalFinancialExpenses.")
    retention: Adjustment | None = strawberry.field(
        description="What the receiver keeps as a guarantee (AmountsWithheld)."
    )
    in_kind: Adjustment | None = strawberry.field(description="Paid in kind (PaymentInKind).")
    rounding: Decimal | None = strawberry.field(description="Added to round what is to be paid (BT-114).")
    taxes_in_tax_currency: Decimal | None = strawberry.field(description="Sum of taxes in `taxCurrency` (BT-111).")
    total_in_euros: Decimal | None = strawberry.field(
        description="The total in euros, where the invoice is in another currency and says so."
    )
    outstanding_in_euros: Decimal | None = strawberry.field(description="What is outstanding in euros, likewise.")
    payable_in_euros: Decimal | None = strawberry.field(description="What is to be paid in euros, likewise.")


@strawberry.type(description="The exchange rate of an invoice in another currency than the euro.")
class Exchange:
    """Resolved from ``domain.invoice.Exchange``."""

    rate: Decimal = strawberry.field(description="As the document states it.")
    day: Date = strawberry.field(name="date", description="Of which day.")
