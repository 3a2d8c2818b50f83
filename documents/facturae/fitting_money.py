"""Totals and payments of another format, fitted to Facturae's way from the total to what is to be paid."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Final

from ...models.domain.invoice import (
    Account,
    Adjustment,
    InvoiceContent,
    Payment,
    Settlement,
    Totals,
)
from ..ubl.codes import MEANS_CODES
from .codes import PAYMENT_MEANS, code_of
from .composing_payments import without_spaces
from .fitting_notes import Notes

ROUNDING: Final = "Arrodoniment"
"""The reason of an amount kept back that is only the rounding of what is to be paid."""

_ZERO: Final = Decimal("0.00")
_ONE: Final = Decimal(1)


def fit_totals(content: InvoiceContent, notes: Notes) -> tuple[Totals, Settlement]:
    """Facturae deducts what is withheld from the total; EN 16931 knows of none, and its total is before it.

    What is to be paid stands as it is where the document took the tax withheld off it, which it then counts as paid
    before; where it did not, it is less that tax, since nobody pays what is withheld.
    """
    totals, settlement = content.totals, content.details.settlement
    if content.format.is_facturae or not totals.withheld or totals.total != totals.taxable + totals.taxes:
        return totals, settlement
    message = "In Facturae the total is less the tax withheld, and so is what is to be paid."
    notes.changed("totals", message, totals.withheld)
    fitted = replace(totals, total=totals.total - totals.withheld)
    rest = (settlement.on_account_total or _ZERO) - totals.withheld
    if abs(rest) < min(_ONE, abs(totals.withheld) / 2):
        # Nothing else was paid before; cents apart, the document rounded on the way.
        rounding = (settlement.rounding or _ZERO) - rest
        return fitted, replace(settlement, on_account_total=None, rounding=rounding or None)
    if rest.is_signed() != totals.withheld.is_signed():
        return replace(fitted, payable=totals.payable - totals.withheld), settlement
    return fitted, replace(settlement, on_account_total=rest)


def fit_settlement(settlement: Settlement, totals: Totals, notes: Notes) -> Settlement:
    """What was paid before as one sum, what is outstanding, and a rounding as an amount kept back."""
    dated = tuple(payment for payment in settlement.on_account if payment.day is not None)
    whole = len(dated) == len(settlement.on_account)
    before = settlement.on_account_total
    if before is None and not whole:
        before = _on_account(settlement)
    outstanding = settlement.outstanding
    if outstanding is None:
        subsidies = sum((subsidy.amount for subsidy in settlement.subsidies), _ZERO)
        outstanding = totals.total - subsidies - (_on_account(settlement) if before is None else before)
    fitted = replace(
        settlement,
        on_account=dated if whole else (),
        on_account_total=before,
        outstanding=outstanding,
    )
    return _with_rounding(fitted, notes)


def _on_account(settlement: Settlement) -> Decimal:
    return sum((payment.amount for payment in settlement.on_account), _ZERO)


def _with_rounding(settlement: Settlement, notes: Notes) -> Settlement:
    if not settlement.rounding or settlement.retention is not None:
        return settlement
    message = "Facturae has no place for a rounding; it is written as an amount withheld, of the other sign."
    notes.changed("details.settlement.rounding", message, settlement.rounding)
    kept = Adjustment(reason=ROUNDING, amount=-settlement.rounding)
    return replace(settlement, retention=kept, rounding=None)


def fit_payments(content: InvoiceContent, notes: Notes) -> tuple[Payment, ...]:
    """The payments as Facturae can hold them; what is lost is noted."""
    return tuple(_payment(payment, f"payments[{at}]", notes) for at, payment in enumerate(content.payments, start=1))


def _payment(payment: Payment, field: str, notes: Notes) -> Payment:
    if not payment.due_date_stated:
        message = "The document names no day to pay on, and Facturae needs one: the date of issue is written."
        notes.changed(f"{field}.due_date", message, payment.due_date)
    credited = _account(payment.credited, f"{field}.credited", notes)
    debited = _account(payment.debited, f"{field}.debited", notes)
    # Of an account that could not be kept, the number must not come back as the payment's own.
    shown = credited or debited
    stated = payment.credited is not None or payment.debited is not None
    number = (
        (shown.iban or shown.number if shown else None) if stated else _number(payment.iban, f"{field}.iban", notes)
    )
    return replace(
        payment,
        means=_means(payment, field, notes),
        iban=number,
        credited=credited,
        debited=debited,
        reference=notes.fitting(f"{field}.reference", payment.reference, 60, "A reference of a payment"),
        debit_reference=notes.fitting(
            f"{field}.debit_reference", payment.debit_reference, 60, "A reference of a payment"
        ),
        information=payment.information
        if payment.information is None
        else notes.cut(f"{field}.information", payment.information, 2500, "Information of a payment"),
    )


def _means(payment: Payment, field: str, notes: Notes) -> str:
    known = code_of(PAYMENT_MEANS, payment.means) is not None
    means = payment.means if known else "SPECIAL"
    code = payment.means_code
    if not known:
        notes.changed(f"{field}.means", "Facturae does not know this means of payment; it is written as special.", code)
    elif code is not None and code not in (means, code_of(PAYMENT_MEANS, means), MEANS_CODES.get(means)):
        notes.changed(
            f"{field}.means", f"The means of payment {code} is written as the kind of means that it is.", code
        )
    return means


def _account(account: Account | None, field: str, notes: Notes) -> Account | None:
    if account is None:
        return None
    iban = _number(account.iban, field, notes)
    number = _number(account.number, field, notes)
    if not iban and not number:
        if account.bic or account.holder:
            message = "An account has no place in Facturae without its number; it is left out."
            notes.changed(field, message, account.holder or account.bic)
        return None
    return replace(
        account,
        iban=iban,
        number=None if iban else number,
        bic=_bic(account.bic, f"{field}.bic", notes),
        bank_code=notes.fitting(field, account.bank_code, 60, "The code of a bank"),
        branch_code=notes.fitting(field, account.branch_code, 60, "The code of a branch"),
    )


def _number(number: str | None, field: str, notes: Notes) -> str | None:
    text = without_spaces(number)
    if text and not 5 <= len(text) <= 34:
        notes.changed(field, "An account number has 5 to 34 characters in Facturae; it is left out.", text)
        return None
    return text or None


def _bic(bic: str | None, field: str, notes: Notes) -> str | None:
    text = without_spaces(bic)
    if len(text) == 8:
        notes.changed(field, "The code of the bank (BIC) is written with XXX, which stands for its head office.", text)
        return f"{text}XXX"
    if text and len(text) != 11:
        notes.changed(field, "The code of a bank (BIC) has eleven characters in Facturae; it is left out.", text)
        return None
    return text or None
