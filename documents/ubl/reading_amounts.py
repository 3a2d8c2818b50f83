"""The money of a whole UBL document: totals, taxes and withholdings, discounts and charges, as it gives them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final, NamedTuple

from ...models.domain.invoice import Adjustment, Settlement, TaxTotal, Totals
from ...models.domain.money import from_cents, with_cents
from ..facturae.codes import key_of
from .codes import tax_type_of
from .nodes import Part
from .prepaid import WITHHELD, Item, is_name, settled

_WITHHOLDING: Final = "IRPF"
"""What a withholding is of where its scheme does not say."""

_TRUE: Final = frozenset({"true", "1"})


class Money(NamedTuple):
    """What the whole document comes to."""

    totals: Totals
    taxes: tuple[TaxTotal, ...]
    settlement: Settlement


def read_money(root: Part, currency: str, lines: Decimal) -> Money:
    """Totals, with two decimals, and taxes. A sum that the schema lets out is made from ``lines``, the lines' sum."""
    sums = root.child("LegalMonetaryTotal")
    charged = _charged(root, currency)
    withheld = root.children("WithholdingTaxTotal")
    gross = _sum(sums, "LineExtensionAmount", lines)
    discounts = _sum(sums, "AllowanceTotalAmount")
    charges = _sum(sums, "ChargeTotalAmount")
    taxable = _sum(sums, "TaxExclusiveAmount", gross - discounts + charges)
    taxes = sum((_sum(total, "TaxAmount") for total in charged), from_cents(0))
    totals = Totals(
        gross=gross,
        discounts=discounts,
        charges=charges,
        taxable=taxable,
        taxes=taxes,
        withheld=sum((_sum(total, "TaxAmount") for total in withheld), from_cents(0)),
        total=_sum(sums, "TaxInclusiveAmount", taxable + taxes),
        payable=_sum(sums, "PayableAmount"),
    )
    shares = [(share, False) for total in charged for share in total.children("TaxSubtotal")]
    shares += [(share, True) for total in withheld for share in total.children("TaxSubtotal")]
    items = list(_prepaid(root))
    if any(item.name == WITHHELD for item in items):
        # Facturae's total is without what is withheld, and a document that was made from one says that it was.
        totals = replace(totals, total=totals.total - totals.withheld)
    settlement = settled(_settlement(root, sums, currency), items)
    return Money(totals, tuple(_tax(share, held) for share, held in shares), settlement)


def read_adjustments(parent: Part) -> tuple[tuple[Adjustment, ...], tuple[Adjustment, ...]]:
    """The discounts and the charges of the document or of a line (BG-20, BG-21, BG-27, BG-28)."""
    discounts: list[Adjustment] = []
    charges: list[Adjustment] = []
    for node in parent.children("AllowanceCharge"):
        (charges if node.text("ChargeIndicator") in _TRUE else discounts).append(_adjustment(node))
    return tuple(discounts), tuple(charges)


def _adjustment(node: Part) -> Adjustment:
    category = node.child("TaxCategory")
    return Adjustment(
        reason=" ".join(node.texts("AllowanceChargeReason")),
        amount=node.decimal("Amount"),
        rate=node.optional_decimal("MultiplierFactorNumeric"),
        base=node.optional_decimal("BaseAmount"),
        code=node.text("AllowanceChargeReasonCode") or None,
        tax_category=category.text("ID") or None,
        tax_rate=category.optional_decimal("Percent"),
    )


def _charged(root: Part, currency: str) -> list[Part]:
    """The totals of taxes in the document's currency; another, of BT-111, is for the tax authority."""
    totals = root.children("TaxTotal")
    stated = [one for one in totals if one.attribute("currencyID", "TaxAmount") in {None, currency}]
    return stated or [one for one in totals if one.has("TaxSubtotal")]


def _sum(parent: Part, name: str, otherwise: Decimal | None = None) -> Decimal:
    if not parent.text(name):
        return from_cents(0) if otherwise is None else otherwise
    value = parent.decimal(name)
    try:
        return with_cents(value)
    except ValueError as error:
        message = f"The total {name} has {error}." if "more" in str(error) else f"The total {name} is {error}."
        parent.complain("RCF06001", message, child=name, expected="two decimals", found=parent.text(name))
        return from_cents(0)


def _tax(share: Part, withheld: bool) -> TaxTotal:
    category = share.child("TaxCategory")
    code = category.text("ID")
    rate = category.optional_decimal("Percent")
    if rate is None:
        # A category that is not subject to the tax has no rate; UBL before EN 16931 put it one step higher.
        rate = share.optional_decimal("Percent")
    return TaxTotal(
        type=read_tax_type(category, withheld=withheld),
        rate=Decimal(0) if rate is None else rate,
        base=share.optional_decimal("TaxableAmount") or Decimal(0),
        amount=share.decimal("TaxAmount"),
        withheld=withheld,
        category=code or None,
        exemption_reason=" ".join(category.texts("TaxExemptionReason")) or None,
        exemption_code=category.text("TaxExemptionReasonCode") or None,
    )


def read_tax_type(category: Part, *, withheld: bool) -> str:
    """The domain's type of the tax that a category belongs to."""
    type_ = tax_type_of(category.text("ID"), category.text_in("TaxScheme", "ID"))
    return key_of({"IVA": _WITHHOLDING}, type_) if withheld else type_


def _settlement(root: Part, sums: Part, currency: str) -> Settlement:
    tax_currency = root.text("TaxCurrencyCode")
    return Settlement(
        on_account_total=sums.optional_decimal("PrepaidAmount"),
        rounding=sums.optional_decimal("PayableRoundingAmount"),
        taxes_in_tax_currency=_in_tax_currency(root, tax_currency) if tax_currency != currency else None,
    )


def _prepaid(root: Part) -> Iterator[Item]:
    for payment in root.children("PrepaidPayment"):
        amount = payment.optional_decimal("PaidAmount")
        name = payment.text("ID")
        if amount is not None:
            day = payment.optional_day("ReceivedDate")
            yield Item(amount, name if is_name(name) else None, payment.text("InstructionID") or None, day)


def _in_tax_currency(root: Part, tax_currency: str) -> Decimal | None:
    for total in root.children("TaxTotal"):
        if tax_currency and total.attribute("currencyID", "TaxAmount") == tax_currency:
            return total.optional_decimal("TaxAmount")
    return None
