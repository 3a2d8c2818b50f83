"""How an invoice is paid, and to whom its claim was assigned, in Facturae 3.2.2."""

from __future__ import annotations

import re
from typing import Final

from ...models.domain.invoice import Account, Factoring, FactoringDocument, Payment
from ..xml import Element
from .codes import PAYMENT_MEANS, code_of
from .composing_parties import add_address, add_named_party
from .composing_values import add, add_amount, add_day, add_optional, add_text

DIRECT_DEBIT: Final = "02"

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}.+")


def add_payments(details: Element, payments: tuple[Payment, ...]) -> None:
    """Fill ``PaymentDetails``."""
    for payment in payments:
        _add_payment(add(details, "Installment"), payment)


def add_factoring(element: Element, factoring: Factoring) -> None:
    """Fill ``FactoringAssignmentData``."""
    add_named_party(add(element, "Assignee"), factoring.assignee)
    add_payments(add(element, "PaymentDetails"), factoring.payments)
    add_text(element, "FactoringAssignmentClauses", factoring.clauses or "")
    for document in factoring.documents:
        _add_document(add(element, "FactoringAssignmentDocument"), document)


def accounts_of(payment: Payment) -> tuple[Account | None, Account | None]:
    """Where the money goes to and where it comes from: as stated, else as the account's number and the means tell.

    A direct debit takes from the payer's account; every other means pays into the payee's.
    """
    number = without_spaces(payment.iban)
    if payment.credited is not None or payment.debited is not None or not number:
        return payment.credited, payment.debited
    account = Account(iban=number) if is_iban(number) else Account(number=number)
    return (None, account) if code_of(PAYMENT_MEANS, payment.means) == DIRECT_DEBIT else (account, None)


def is_iban(account: str) -> bool:
    """Whether an account number without spaces has the shape of an IBAN."""
    return _IBAN.fullmatch(account) is not None


def without_spaces(number: str | None) -> str:
    """The number of an account as Facturae holds it."""
    return "".join((number or "").split())


def _add_payment(element: Element, payment: Payment) -> None:
    credited, debited = accounts_of(payment)
    add_day(element, "InstallmentDueDate", payment.due_date)
    add_amount(element, "InstallmentAmount", payment.amount)
    add_text(element, "PaymentMeans", code_of(PAYMENT_MEANS, payment.means) or "")
    _add_account(element, "AccountToBeCredited", credited)
    add_optional(element, "PaymentReconciliationReference", payment.reference)
    _add_account(element, "AccountToBeDebited", debited)
    add_optional(element, "CollectionAdditionalInformation", payment.information)
    add_optional(element, "RegulatoryReportingData", payment.regulatory)
    add_optional(element, "DebitReconciliationReference", payment.debit_reference)


def _add_account(element: Element, name: str, account: Account | None) -> None:
    if account is None:
        return
    block = add(element, name)
    if account.iban:
        add_text(block, "IBAN", without_spaces(account.iban))
    else:
        add_text(block, "AccountNumber", without_spaces(account.number))
    add_optional(block, "BankCode", account.bank_code)
    add_optional(block, "BranchCode", account.branch_code)
    if account.branch_address is not None:
        add_address(block, account.branch_address, ("BranchInSpainAddress", "OverseasBranchAddress"))
    add_optional(block, "BIC", account.bic)


def _add_document(element: Element, document: FactoringDocument) -> None:
    add_text(element, "DocumentCharacter", document.character)
    add_optional(element, "RepresentationIdentity", document.representative)
    add_text(element, "DocumentType", document.type)
    if document.repository or document.url or document.reference:
        block = add(element, "Repository")
        add_text(block, "RepositoryName", document.repository or "")
        add_optional(block, "URL", document.url)
        add_text(block, "Reference", document.reference or "")
