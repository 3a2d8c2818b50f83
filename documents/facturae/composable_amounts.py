"""What Facturae 3.2.2 cannot carry of the money of an invoice: its taxes, totals, settlement and lines."""

from __future__ import annotations

import re

from ...models.domain.invoice import (
    Adjustment,
    InvoiceContent,
    Line,
    LineTax,
    Reference,
    ReferenceKind,
    ReimbursableExpense,
    Settlement,
    TaxTotal,
    Totals,
)
from ...models.domain.money import MAX_DIGITS, to_cents
from .checks import Checks, printable
from .codes import TAX_TYPES, UNITS, code_of
from .composable_parties import LONG_TEXT, check_tax_id
from .composing_lines import LINE_REFERENCES

INVOICE = "/Facturae/Invoices/Invoice"

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")


def check_amounts(checks: Checks, content: InvoiceContent) -> None:
    """Whether taxes, totals and lines can be written."""
    details = content.details
    _check_taxes(checks, content.taxes, INVOICE)
    _check_totals(checks, content.totals)
    totals = f"{INVOICE}/InvoiceTotals"
    _check_changes(checks, details.discounts, f"{totals}/GeneralDiscounts/Discount", "Discount")
    _check_changes(checks, details.charges, f"{totals}/GeneralSurcharges/Charge", "Charge")
    _check_settlement(checks, details.settlement, totals)
    _check_lines(checks, content.lines)


def _check_taxes(checks: Checks, taxes: tuple[TaxTotal | LineTax, ...], owner: str) -> None:
    if all(tax.withheld for tax in taxes):
        message = "Facturae needs at least one tax that is charged, if only at a rate of zero."
        checks.note("HF08", message, f"{owner}/TaxesOutputs")
    for tax in taxes:
        place = f"{owner}/{'TaxesWithheld' if tax.withheld else 'TaxesOutputs'}/Tax"
        if code_of(TAX_TYPES, tax.type) is None:
            message = "The kind of tax is not one that Facturae knows."
            checks.note("HF08", message, f"{place}/TaxTypeCode", found=printable(tax.type))
        _check_tax(checks, tax, place)


def _check_tax(checks: Checks, tax: TaxTotal | LineTax, place: str) -> None:
    checks.amount(tax.rate, f"{place}/TaxRate")
    checks.amount(tax.base, f"{place}/TaxableBase")
    checks.amount(tax.amount, f"{place}/TaxAmount")
    checks.amount(tax.surcharge_rate, f"{place}/EquivalenceSurcharge", 2)
    checks.amount(tax.surcharge_amount, f"{place}/EquivalenceSurchargeAmount")
    checks.amount(tax.special_base, f"{place}/SpecialTaxableBase")
    checks.amount(tax.special_amount, f"{place}/SpecialTaxAmount")
    euros = {
        "TaxableBase": tax.base_in_euros,
        "TaxAmount": tax.amount_in_euros,
        "SpecialTaxableBase": tax.special_base_in_euros,
        "SpecialTaxAmount": tax.special_amount_in_euros,
        "EquivalenceSurchargeAmount": tax.surcharge_in_euros,
    }
    for name, value in euros.items():
        checks.amount(value, f"{place}/{name}/EquivalentInEuros", 2)
    if tax.withheld and (tax.surcharge_rate is not None or tax.surcharge_amount is not None):
        checks.note("HF08", "A tax that is withheld has no equivalence surcharge.", f"{place}/EquivalenceSurcharge")
    if tax.withheld and (tax.special_base is not None or tax.special_amount is not None):
        checks.note("HF08", "A tax that is withheld has no special taxable base.", f"{place}/SpecialTaxableBase")


def _check_totals(checks: Checks, totals: Totals) -> None:
    amounts = {
        "TotalGrossAmount": totals.gross,
        "TotalGeneralDiscounts": totals.discounts,
        "TotalGeneralSurcharges": totals.charges,
        "TotalGrossAmountBeforeTaxes": totals.taxable,
        "TotalTaxOutputs": totals.taxes,
        "TotalTaxesWithheld": totals.withheld,
        "InvoiceTotal": totals.total,
        "TotalExecutableAmount": totals.payable,
    }
    for name, value in amounts.items():
        place = f"{INVOICE}/InvoiceTotals/{name}"
        if not value.is_finite():
            checks.note("RCF06001", f"{name} is not a number.", place, found=str(value))
            continue
        try:
            to_cents(value)
        except ValueError:
            message = f"{name} must have at most two decimals and {MAX_DIGITS} significant digits."
            checks.note("RCF06001", message, place, found=str(value))


def _check_settlement(checks: Checks, settlement: Settlement, place: str) -> None:
    checks.amount(settlement.outstanding, f"{place}/TotalOutstandingAmount")
    checks.amount(settlement.on_account_total, f"{place}/TotalPaymentsOnAccount")
    checks.amount(settlement.reimbursable_total, f"{place}/TotalReimbursableExpenses")
    checks.amount(settlement.financial_expenses, f"{place}/TotalFinancialExpenses", 2)
    for subsidy in settlement.subsidies:
        _check_reasoned(checks, subsidy, f"{place}/Subsidies/Subsidy", ("SubsidyDescription", "Subsidy"))
    for payment in settlement.on_account:
        checks.amount(payment.amount, f"{place}/PaymentsOnAccount/PaymentOnAccount/PaymentOnAccountAmount")
    for position, expense in enumerate(settlement.reimbursable, start=1):
        _check_expense(checks, expense, f"{place}/ReimbursableExpenses/ReimbursableExpenses[{position}]")
    if settlement.retention is not None:
        names = ("WithholdingReason", "Withholding")
        _check_reasoned(checks, settlement.retention, f"{place}/AmountsWithheld", names)
    if settlement.in_kind is not None:
        names = ("PaymentInKindReason", "PaymentInKind")
        _check_reasoned(checks, settlement.in_kind, f"{place}/PaymentInKind", names)
    euros = {
        "TotalInvoicesAmount": settlement.total_in_euros,
        "TotalOutstandingAmount": settlement.outstanding_in_euros,
        "TotalExecutableAmount": settlement.payable_in_euros,
    }
    for name, value in euros.items():
        checks.amount(value, f"/Facturae/FileHeader/Batch/{name}/EquivalentInEuros", 2)


def _check_expense(checks: Checks, expense: ReimbursableExpense, place: str) -> None:
    parties = {
        "ReimbursableExpensesSellerParty": expense.issuer_tax_id,
        "ReimbursableExpensesBuyerParty": expense.receiver_tax_id,
    }
    for name, tax_id in parties.items():
        if tax_id:
            check_tax_id(checks, tax_id, f"{place}/{name}/TaxIdentificationNumber")
    checks.texts(place, {"InvoiceNumber": (expense.number, 20), "InvoiceSeriesCode": (expense.series, 20)})
    checks.amount(expense.amount, f"{place}/ReimbursableExpensesAmount")


def _check_lines(checks: Checks, lines: tuple[Line, ...]) -> None:
    items = f"{INVOICE}/Items"
    if not lines:
        checks.note("HF08", "An invoice must have at least one line.", f"{items}/InvoiceLine")
    for position, line in enumerate(lines, start=1):
        _check_line(checks, line, f"{items}/InvoiceLine[{position}]")


def _check_line(checks: Checks, line: Line, place: str) -> None:
    if line.references:
        _check_references(checks, line.references, place)
    checks.text("RCF09001", line.description, f"{place}/ItemDescription", LONG_TEXT, needed=True)
    checks.amount(line.quantity, f"{place}/Quantity", MAX_DIGITS)
    checks.amount(line.unit_price, f"{place}/UnitPriceWithoutTax")
    checks.amount(line.cost, f"{place}/TotalCost")
    checks.amount(line.gross, f"{place}/GrossAmount")
    if line.unit is not None and code_of(UNITS, line.unit) is None:
        message = "The unit is not one that Facturae knows."
        checks.note("HF08", message, f"{place}/UnitOfMeasure", found=printable(line.unit))
    _check_changes(checks, line.discounts, f"{place}/DiscountsAndRebates/Discount", "Discount")
    _check_changes(checks, line.charges, f"{place}/Charges/Charge", "Charge")
    _check_taxes(checks, line.taxes, place)
    checks.text("HF08", line.information or "", f"{place}/AdditionalLineItemInformation", LONG_TEXT)
    if line.special_event is not None:
        reason = f"{place}/SpecialTaxableEvent/SpecialTaxableEventReason"
        checks.text("HF08", line.special_event_reason or "", reason, LONG_TEXT)
    checks.text("HF08", line.article_code or "", f"{place}/ArticleCode", 20)


def _check_references(checks: Checks, references: tuple[Reference, ...], place: str) -> None:
    for reference in references:
        if reference.kind in LINE_REFERENCES:
            checks.text("HF08", reference.value, f"{place}/{LINE_REFERENCES[reference.kind][0]}", 20)
        elif reference.kind is ReferenceKind.DELIVERY_NOTE:
            checks.text("HF08", reference.value, f"{place}/DeliveryNotesReferences/DeliveryNote/DeliveryNoteNumber", 30)
        elif reference.kind is ReferenceKind.ORDER_LINE and not _NUMBER.fullmatch(reference.value.strip()):
            message = "SequenceNumber must be a number."
            checks.note("HF08", message, f"{place}/SequenceNumber", found=printable(reference.value))


def _check_changes(checks: Checks, changes: tuple[Adjustment, ...], place: str, name: str) -> None:
    for change in changes:
        _check_reasoned(checks, change, place, (f"{name}Reason", name))


def _check_reasoned(checks: Checks, change: Adjustment, place: str, names: tuple[str, str]) -> None:
    """An amount with its reason and rate, by the element of the reason and what those of the others begin with."""
    checks.text("HF08", change.reason, f"{place}/{names[0]}", LONG_TEXT)
    checks.amount(change.rate, f"{place}/{names[1]}Rate")
    checks.amount(change.amount, f"{place}/{names[1]}Amount")
