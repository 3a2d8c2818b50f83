"""Instalments: several ``PaymentTerms`` of a UBL document, each with its day and its amount or share of the whole.

EN 16931 has one day to pay on and one sum, and leaves ``PaymentTerms`` nothing but its words.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ...models.domain.invoice import Payment
from ...models.domain.money import half_up, percentage, plain_text
from .nodes import Part


class Instalment(NamedTuple):
    """What one ``PaymentTerms`` asks for, and the ``PaymentMeans`` that it is to be paid by, by its ``ID``."""

    day: date
    amount: Decimal
    percent: Decimal | None
    means: str | None


def read_instalments(root: Part, payable: Decimal) -> tuple[Instalment, ...]:
    """The instalments in the document's order; none where it is not sure that there are several.

    Terms that together ask for another sum than what is to be paid are something else, such as a sum by one day or a
    higher one by another.
    """
    said = [found for found in map(_terms, root.children("PaymentTerms")) if found is not None]
    if len(said) < 2:
        return ()
    amounts = _amounts([(amount, percent) for _, amount, percent, _ in said], payable)
    if amounts is None:
        return ()
    return tuple(
        Instalment(day, amount, percent, means) for (day, _, percent, means), amount in zip(said, amounts, strict=True)
    )


def are_instalments(payments: tuple[Payment, ...], payable: Decimal) -> bool:
    """Whether each is a part of the sum by a day of its own, so that ``read_instalments`` reads them again."""
    asked = [payment for payment in payments if payment.amount]
    whole = sum((half_up(payment.amount) for payment in payments), Decimal(0)) == payable
    return len(asked) > 1 and whole and all(payment.due_date_stated for payment in payments)


def instalments_text(payments: tuple[Payment, ...], currency: str) -> str | None:
    """Several instalments in words (BT-20), since EN 16931 has one day only."""
    asked = [payment for payment in payments if payment.amount]
    if len({payment.due_date for payment in asked}) < 2:
        return None
    return "; ".join(f"{payment.due_date}: {plain_text(payment.amount)} {currency}" for payment in asked)


def _terms(node: Part) -> tuple[date, Decimal | None, Decimal | None, str | None] | None:
    day = node.optional_day("InstallmentDueDate") or node.optional_day("PaymentDueDate")
    amount, percent = node.optional_decimal("Amount"), node.optional_decimal("PaymentPercent")
    if day is None or (amount is None and percent is None):
        return None
    return day, amount, percent, node.text("PaymentMeansID") or None


def _amounts(said: list[tuple[Decimal | None, Decimal | None]], payable: Decimal) -> list[Decimal] | None:
    """What each comes to, the cents of shares to the last of them; None where they are not the whole."""
    amounts = [
        percentage(payable, percent or Decimal(0)) if amount is None else half_up(amount) for amount, percent in said
    ]
    rest = payable - sum(amounts)
    if not rest:
        return amounts
    shares = [at for at, (amount, _) in enumerate(said) if amount is None]
    if not shares or abs(rest) > Decimal("0.01") * len(shares):
        return None
    amounts[shares[-1]] += rest
    return amounts
