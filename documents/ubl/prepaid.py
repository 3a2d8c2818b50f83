"""What stands between the total of an invoice and what is to be paid: one ``PrepaidPayment`` for each part of it.

EN 16931 has one sum for it (BT-113). What Facturae has a name for goes by that name, in ``ID``, so that reading gives
it back: ``reading_amounts`` asks ``settled`` for it. What adds to the sum to be paid is negative here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from ...models.domain.invoice import Adjustment, PaymentOnAccount, ReimbursableExpense, Settlement

WITHHELD: Final = "TotalTaxesWithheld"

_ZERO: Final = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Item:
    """One part. ``name`` is Facturae's element; None for what was paid on account, as everywhere in UBL."""

    amount: Decimal
    name: str | None = None
    reason: str | None = None
    day: date | None = None


def items_of(settlement: Settlement, withheld: Decimal, prepaid: Decimal) -> list[Item]:
    """The parts of what is prepaid. The taxes withheld are among them where the others leave just that much."""
    items = [Item(paid.amount, day=paid.day) for paid in settlement.on_account]
    if not items and settlement.on_account_total:
        items.append(Item(settlement.on_account_total, "TotalPaymentsOnAccount"))
    items += [Item(one.amount, "Subsidy", one.reason) for one in settlement.subsidies]
    for name, kept in (("AmountsWithheld", settlement.retention), ("PaymentInKind", settlement.in_kind)):
        if kept is not None:
            items.append(Item(kept.amount, name, kept.reason))
    items += [Item(-one.amount, "ReimbursableExpenses", one.number, one.issue_date) for one in settlement.reimbursable]
    if not settlement.reimbursable and settlement.reimbursable_total:
        items.append(Item(-settlement.reimbursable_total, "TotalReimbursableExpenses"))
    if settlement.financial_expenses:
        items.append(Item(-settlement.financial_expenses, "TotalFinancialExpenses"))
    if withheld and total_of(items) + withheld == prepaid:
        items.append(Item(withheld, WITHHELD))
    named = any(item.name not in {None, "TotalPaymentsOnAccount"} for item in items)
    return items if named else [item for item in items if item.name is None]


def total_of(items: Iterable[Item]) -> Decimal:
    """What they come to."""
    return sum((item.amount for item in items), _ZERO)


def is_name(name: str) -> bool:
    """Whether a part of that name is ours rather than a payment that goes by a number."""
    return name in _READERS or name == WITHHELD


def settled(settlement: Settlement, items: Iterable[Item]) -> Settlement:
    """The settlement with what these parts say, and without them in what was paid on account."""
    listed = list(items)
    if not listed:
        return settlement
    named = [item for item in listed if item.name is not None]
    left = (settlement.on_account_total or _ZERO) - total_of(item for item in named if item.name not in _ON_ACCOUNT)
    paid = tuple(PaymentOnAccount(amount=item.amount, day=item.day) for item in listed if item.name is None)
    total = None if named and not left and not paid else settlement.on_account_total if not named else left
    read = replace(settlement, on_account=paid, on_account_total=total)
    for item in named:
        read = _READERS.get(item.name or "", _as_it_is)(read, item)
    return read


def _subsidy(said: Settlement, item: Item) -> Settlement:
    return replace(said, subsidies=(*said.subsidies, Adjustment(reason=item.reason or "", amount=item.amount)))


def _retention(said: Settlement, item: Item) -> Settlement:
    return replace(said, retention=Adjustment(reason=item.reason or "", amount=item.amount))


def _in_kind(said: Settlement, item: Item) -> Settlement:
    return replace(said, in_kind=Adjustment(reason=item.reason or "", amount=item.amount))


def _expense(said: Settlement, item: Item) -> Settlement:
    expense = ReimbursableExpense(amount=-item.amount, number=item.reason, issue_date=item.day)
    total = (said.reimbursable_total or _ZERO) - item.amount
    return replace(said, reimbursable=(*said.reimbursable, expense), reimbursable_total=total)


def _expenses(said: Settlement, item: Item) -> Settlement:
    return replace(said, reimbursable_total=-item.amount)


def _financial(said: Settlement, item: Item) -> Settlement:
    return replace(said, financial_expenses=-item.amount)


def _as_it_is(said: Settlement, item: Item) -> Settlement:  # noqa: ARG001 - The sum has it already.
    return said


_ON_ACCOUNT: Final = frozenset({"TotalPaymentsOnAccount"})

_READERS: Final[Mapping[str, Callable[[Settlement, Item], Settlement]]] = {
    "TotalPaymentsOnAccount": _as_it_is,
    "Subsidy": _subsidy,
    "AmountsWithheld": _retention,
    "PaymentInKind": _in_kind,
    "ReimbursableExpenses": _expense,
    "TotalReimbursableExpenses": _expenses,
    "TotalFinancialExpenses": _financial,
}
