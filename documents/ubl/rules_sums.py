"""The arithmetic of EN 16931: the totals of the whole invoice."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from ...models.domain.money import multiply
from ..xml import Element
from .rules_tree import ALLOWANCE, CHARGE, IS_VAT, LINE, Subject, cents, number, round_up

_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)


def check_sums(subject: Subject) -> None:
    """Note every total that is not what it should be (BR-CO-10 to BR-CO-17)."""
    for totals in subject.select("cac:LegalMonetaryTotal"):
        _check_lines(subject, totals)
        _check_changes(subject, totals, "BR-CO-11", "AllowanceTotalAmount", ALLOWANCE)
        _check_changes(subject, totals, "BR-CO-12", "ChargeTotalAmount", CHARGE)
        _check_taxable(subject, totals)
        _check_payable(subject, totals)
    _check_inclusive(subject)
    for total in subject.select("cac:TaxTotal[cac:TaxSubtotal]"):
        _check_tax(subject, total)
    for subtotal in subject.select("//cac:TaxTotal/cac:TaxSubtotal"):
        _check_subtotal(subject, subtotal)


def _compare(subject: Subject, rule: str, place: Element, message: str, *, expected: Decimal | None, name: str) -> None:
    """The amount of that name in a place must be the expected one; None where what it is made of is missing."""
    found = subject.number(name, place)
    if expected is None or found != expected:
        amount = subject.first(name, place)
        subject.fail(rule, place if amount is None else amount, message, expected=expected, found=found)


def _check_lines(subject: Subject, totals: Element) -> None:
    expected = cents(subject.total(f"{LINE}/cbc:LineExtensionAmount"))
    message = "The sum of the lines (BT-106) is not what the lines add up to."
    _compare(subject, "BR-CO-10", totals, message, expected=expected, name="LineExtensionAmount")


def _check_changes(subject: Subject, totals: Element, rule: str, name: str, changes: str) -> None:
    if subject.first(name, totals) is None and not subject.select(changes):
        return
    message = "The sum of the discounts or charges (BT-107, BT-108) is not what they add up to."
    _compare(subject, rule, totals, message, expected=cents(subject.total(f"{changes}/cbc:Amount")), name=name)


def _check_taxable(subject: Subject, totals: Element) -> None:
    lines = subject.number("LineExtensionAmount", totals)
    charges = subject.number("ChargeTotalAmount", totals)
    discounts = subject.number("AllowanceTotalAmount", totals)
    changed = None if lines is None else cents(lines + (charges or _ZERO) - (discounts or _ZERO))
    expected = lines if charges is None and discounts is None else changed
    message = "The total without VAT (BT-109) is not the lines less the discounts plus the charges."
    _compare(subject, "BR-CO-13", totals, message, expected=expected, name="TaxExclusiveAmount")


def _check_payable(subject: Subject, totals: Element) -> None:
    total = subject.number("TaxInclusiveAmount", totals)
    payable = subject.number("PayableAmount", totals)
    prepaid = subject.number("PrepaidAmount", totals)
    rounding = subject.number("PayableRoundingAmount", totals)
    due = None if payable is None or rounding is None else cents(payable - rounding)
    left = payable if rounding is None else due
    right = total if prepaid is None or total is None else cents(total - prepaid)
    if left is None or left != right:
        message = "The amount due (BT-115) is not the total with VAT less what was paid, rounded."
        expected = None if right is None else right + (rounding or _ZERO)
        subject.fail("BR-CO-16", totals, message, expected=expected, found=payable)


def _check_inclusive(subject: Subject) -> None:
    """Of the VAT totals, one is in the invoice's currency, and that one is in the total with VAT."""
    taxes = subject.select("cac:TaxTotal/cbc:TaxAmount[@currencyID = /*/cbc:DocumentCurrencyCode]")
    if not subject.select("cbc:DocumentCurrencyCode"):
        return
    if len(taxes) != 1:
        message = "There must be one VAT total (BT-110) in the currency of the invoice."
        subject.fail("BR-CO-15", subject.root, message, expected="1", found=str(len(taxes)))
        return
    for totals in subject.select("cac:LegalMonetaryTotal"):
        taxable, tax = subject.number("TaxExclusiveAmount", totals), number(taxes[0].text)
        expected = cents((taxable or _ZERO) + (tax or _ZERO))
        message = "The total with VAT (BT-112) is not the total without it plus the VAT."
        _compare(subject, "BR-CO-15", totals, message, expected=expected, name="TaxInclusiveAmount")


def _check_tax(subject: Subject, total: Element) -> None:
    amounts = (subject.number("TaxAmount", part) for part in subject.select("cac:TaxSubtotal", total))
    expected = cents(sum((amount for amount in amounts if amount is not None), _ZERO))
    message = "The VAT total (BT-110) is not what the categories add up to."
    _compare(subject, "BR-CO-14", total, message, expected=expected, name="TaxAmount")


def _check_subtotal(subject: Subject, subtotal: Element) -> None:
    rates = subject.select(f"cac:TaxCategory{IS_VAT}/cbc:Percent", subtotal)
    rate = number(rates[0].text) if rates else None
    base = subject.number("TaxableAmount", subtotal)
    tax = subject.number("TaxAmount", subtotal)
    if tax is None or is_tax_of(tax, base, rate):
        return
    message = "The category's tax (BT-117) is not its base times its rate."
    subject.fail("BR-CO-17", subject.first("TaxAmount", subtotal), message, expected=tax_of(base, rate), found=tax)


def is_tax_of(tax: Decimal, base: Decimal | None, rate: Decimal | None) -> bool:
    """Whether the tax is near enough: within one unit of currency, as the official rule has it."""
    if rate is None or round_up(rate) == 0:
        return round_up(tax) == 0
    expected = tax_of(base, rate)
    return expected is not None and abs(tax) - _ONE < expected < abs(tax) + _ONE


def tax_of(base: Decimal | None, rate: Decimal | None) -> Decimal | None:
    """The rate's share of the base, without its sign."""
    return None if base is None or rate is None else cents(multiply(abs(base), rate).scaleb(-2))
