"""How and when a UBL document wants to be paid (BG-16 to BG-19)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from ...models.domain.invoice import Account, Payment
from ..facturae.codes import key_of
from .codes import DEBITS, MEANS_KEYS, NO_NETWORK, SEPA
from .instalments import Instalment, read_instalments
from .nodes import Part
from .reading_parties import read_address

_NOT_DEFINED: Final = "1"
"""UNTDID 4461: "instrument not defined", for a document that says when and not how."""

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}")


class _Due(NamedTuple):
    day: date
    stated: bool


def read_payments(root: Part, issued: date, payable: Decimal) -> tuple[Payment, ...]:
    """One payment for each instalment or, where there are none, for each ``PaymentMeans``, in the document's order.

    Several means are ways, or accounts, to choose from for one sum, so the first has the whole amount and the others
    none. A document that names the day alone has one payment of means that are not defined. The identifier that the
    seller collects by is with the payments that are collected; where none is, with the first.
    """
    payments, creditor = _payments(root, _due(root, issued), payable), _creditor(root)
    if not payments or creditor is None or any(payment.creditor_id for payment in payments):
        return payments
    return (replace(payments[0], creditor_id=creditor), *payments[1:])


def _payments(root: Part, due: _Due, payable: Decimal) -> tuple[Payment, ...]:
    means = root.children("PaymentMeans")
    creditor = _creditor(root)
    instalments = read_instalments(root, payable)
    if instalments:
        return tuple(_instalment(one, means, creditor) for one in instalments)
    if not means and due.stated:
        return (Payment(due_date=due.day, amount=payable, means=_NOT_DEFINED),)
    amounts = (payable, *(Decimal("0.00") for _ in means[1:]))
    return tuple(_payment(node, due, amount, creditor) for node, amount in zip(means, amounts, strict=False))


def _instalment(said: Instalment, means: list[Part], creditor: str | None) -> Payment:
    """By the means that it names; else by the first, which are those of the whole invoice."""
    named = (node for node in means if said.means is not None and node.text("ID") == said.means)
    node = next(named, means[0] if means else None)
    if node is None:
        return Payment(due_date=said.day, amount=said.amount, percent=said.percent, means=_NOT_DEFINED)
    payment = _payment(node, _Due(said.day, True), said.amount, creditor)
    return replace(payment, due_date=said.day, percent=said.percent)


def _due(root: Part, issued: date) -> _Due:
    day = root.optional_day("DueDate")
    if day is None:
        terms = (term.optional_day("PaymentDueDate") for term in root.children("PaymentTerms"))
        day = next((stated for stated in terms if stated), None)
    return _Due(issued, False) if day is None else _Due(day, True)


def _creditor(root: Part) -> str | None:
    """The identifier by which the seller, or the payee, collects direct debits (BT-90)."""
    for party in (root.child("PayeeParty"), root.child("AccountingSupplierParty").child("Party")):
        for identification in party.children("PartyIdentification"):
            if identification.attribute("schemeID", "ID") == SEPA and identification.text("ID"):
                return identification.text("ID")
    return None


def _payment(node: Part, due: _Due, amount: Decimal, creditor: str | None) -> Payment:
    code = node.text("PaymentMeansCode")
    own_day = node.optional_day("PaymentDueDate")
    card, mandate = node.child("CardAccount"), node.child("PaymentMandate")
    credited = _account(node.child("PayeeFinancialAccount"))
    debited = _account(mandate.child("PayerFinancialAccount")) or _account(node.child("PayerFinancialAccount"))
    collected = mandate.exists or code in DEBITS
    return Payment(
        due_date=own_day or due.day,
        due_date_stated=own_day is not None or due.stated,
        amount=amount,
        means=key_of(MEANS_KEYS, code),
        means_code=code or None,
        means_text=node.attribute("name", "PaymentMeansCode"),
        iban=_number(credited) or _number(debited),
        credited=credited,
        debited=debited,
        reference=" ".join(node.texts("PaymentID")) or None,
        information="\n".join(node.texts("InstructionNote")) or None,
        mandate=mandate.text("ID") or None,
        creditor_id=creditor if collected else None,
        card_number=card.text("PrimaryAccountNumberID") or None,
        card_holder=card.text("HolderName") or None,
        card_network=_network(card.text("NetworkID")),
    )


def _network(text: str) -> str | None:
    return None if text in {"", NO_NETWORK} else text


def _account(node: Part) -> Account | None:
    if not node.exists:
        return None
    number = node.text("ID")
    compact = "".join(number.split()).upper()
    is_iban = _IBAN.fullmatch(compact) is not None
    branch = node.child("FinancialInstitutionBranch")
    read = Account(
        iban=compact if is_iban else None,
        number=None if is_iban else number or None,
        bic=branch.text("ID") or branch.text_in("FinancialInstitution", "ID") or None,
        bank_code=branch.text_in("FinancialInstitution", "Name") or None,
        branch_code=branch.text("Name") or None,
        branch_address=read_address(branch.child("Address")),
        holder=node.text("Name") or None,
    )
    return None if read == Account() else read


def _number(account: Account | None) -> str | None:
    if account is None:
        return None
    return account.iban or ("".join(account.number.split()) if account.number else None)


def payment_terms(root: Part) -> Iterator[str]:
    """The terms in words (BT-20)."""
    for terms in root.children("PaymentTerms"):
        yield from terms.texts("Note")
