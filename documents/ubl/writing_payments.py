"""How the invoice wants to be paid, and what was paid before (BG-16 to BG-19, BT-113)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from ...models.domain.invoice import Account, InvoiceContent, Payment
from ..xml import Element
from .codes import CAC, DEBITS, MEANS_CODES, MEANS_KEYS, NO_NETWORK
from .instalments import are_instalments, instalments_text
from .prepaid import items_of
from .writing_money import Plan
from .writing_parties import add_address
from .writing_tree import amount, day, drop_if_empty, number, part, path, text

NOT_DEFINED: Final = "1"
"""UNTDID 4461: "instrument not defined"."""
NEEDS_ACCOUNT: Final = frozenset({"30", "58"})


def means_code(payment: Payment) -> str:
    """UNTDID 4461: as the document had it, else for our key; not defined for a transfer to no account."""
    stated = payment.means_code
    if stated is not None and MEANS_KEYS.get(stated, stated) == payment.means:
        code = stated
    else:
        code = MEANS_CODES.get(payment.means, "ZZZ")
    return NOT_DEFINED if code in NEEDS_ACCOUNT and not _is_to_account(payment) else code


def shared_code(payments: tuple[Payment, ...]) -> str:
    """The code for all of them, since EN 16931 has one: that of the first for which it is defined."""
    codes = [means_code(payment) for payment in payments]
    return next((code for code in codes if code != NOT_DEFINED), codes[0] if codes else "")


def _is_to_account(payment: Payment) -> bool:
    account = _credited(payment)
    return account is not None and bool(_number(account))


def add_payments(root: Element, content: InvoiceContent) -> None:
    """The means of payment. EN 16931 has one for the whole invoice, and one day; each account is one more element."""
    payments = content.payments
    credit = root.tag.endswith("CreditNote")
    stated = [payment.due_date for payment in payments if payment.due_date_stated]
    if stated and not credit:
        day(root, "DueDate", max(stated))
    code = shared_code(payments)
    if code in NEEDS_ACCOUNT:
        payments = tuple(payment for payment in payments if _is_to_account(payment))
    only_days = all(payment.means == NOT_DEFINED and payment.means_code is None for payment in payments)
    parted = are_instalments(content.payments, content.totals.payable)
    written = () if only_days else payments
    for position, payment in enumerate(written):
        element = part(root, "PaymentMeans")
        text(element, "ID", _own_number(payment, content) if parted else None)
        text(element, "PaymentMeansCode", code, name=payment.means_text if not position else None)
        if credit and stated and not position:
            day(element, "PaymentDueDate", max(stated))
        _add_means(element, payment, code, reference_of(content), first=not position)
    _add_terms(root, content)
    if parted:
        _add_instalments(root, content, written)


def reference_of(content: InvoiceContent) -> str | None:
    """The reference that the payer is to give (BT-83): the first one, since there is room for one."""
    return next((payment.reference for payment in content.payments if payment.reference), None)


def _add_means(element: Element, payment: Payment, code: str, reference: str | None, *, first: bool) -> None:
    text(element, "InstructionNote", payment.information)
    text(element, "PaymentID", payment.reference if payment.reference == reference else None)
    if payment.card_number and first:
        card = part(element, "CardAccount")
        text(card, "PrimaryAccountNumberID", payment.card_number)
        text(card, "NetworkID", payment.card_network or NO_NETWORK)
        text(card, "HolderName", payment.card_holder)
    debited = _debited(payment, code)
    credited = _credited(payment)
    if credited is not None:
        _add_account(part(element, "PayeeFinancialAccount"), credited)
    if first and code in DEBITS and (payment.mandate or debited is not None):
        mandate = part(element, "PaymentMandate")
        text(mandate, "ID", payment.mandate)
        if debited is not None:
            _add_account(part(mandate, "PayerFinancialAccount"), debited)


def _credited(payment: Payment) -> Account | None:
    if payment.credited is not None or payment.debited is not None:
        return payment.credited
    return Account(iban=payment.iban) if payment.iban and payment.means != "DIRECT_DEBIT" else None


def _debited(payment: Payment, code: str) -> Account | None:
    if payment.credited is not None or payment.debited is not None:
        return payment.debited
    return Account(iban=payment.iban) if payment.iban and code in DEBITS else None


def _number(account: Account) -> str | None:
    return account.iban or account.number


def _add_account(element: Element, account: Account) -> None:
    text(element, "ID", _number(account))
    text(element, "Name", account.holder)
    _add_branch(part(element, "FinancialInstitutionBranch"), account)
    drop_if_empty(element)


def _add_branch(branch: Element, account: Account) -> None:
    """The bank by its BIC, which is all that EN 16931 has; beside it, in UBL, the codes of bank and branch."""
    text(branch, "ID", account.bic)
    text(branch, "Name", account.branch_code)
    if account.bank_code:
        text(part(branch, "FinancialInstitution"), "Name", account.bank_code)
    if account.branch_address is not None:
        add_address(part(branch, "Address"), account.branch_address)
    drop_if_empty(branch)


def _add_terms(root: Element, content: InvoiceContent) -> None:
    note = content.details.payment_terms or instalments_text(content.payments, content.currency)
    if note:
        text(part(root, "PaymentTerms"), "Note", note)


def _add_instalments(root: Element, content: InvoiceContent, written: tuple[Payment, ...]) -> None:
    """Each by its day and amount, and by the means of payment that were written for it; the first with the words."""
    terms = root.find(f"{{{CAC}}}PaymentTerms")
    for payment in content.payments:
        element = part(root, "PaymentTerms") if terms is None else terms
        note, terms = (None, None) if terms is None else (element[0], None)
        text(element, "PaymentMeansID", _own_number(payment, content) if payment in written else None)
        if note is not None:
            element.append(note)
        number(element, "PaymentPercent", payment.percent)
        amount(element, "Amount", payment.amount, content.currency)
        day(element, "InstallmentDueDate", payment.due_date)


def _own_number(payment: Payment, content: InvoiceContent) -> str:
    return str(content.payments.index(payment) + 1)


def add_prepaid(root: Element, content: InvoiceContent, plan: Plan) -> None:
    """The parts of what is prepaid, each with its day, where the document is an invoice."""
    if root.tag.endswith("CreditNote"):
        return
    for item in items_of(content.details.settlement, content.totals.withheld, plan.prepaid):
        element = part(root, "PrepaidPayment")
        text(element, "ID", item.name)
        amount(element, "PaidAmount", item.amount, content.currency)
        day(element, "ReceivedDate", item.day)
        text(element, "InstructionID", item.reason)


def add_totals(root: Element, content: InvoiceContent, plan: Plan) -> None:
    """The totals of the whole invoice (BG-22)."""
    settlement, currency = content.details.settlement, content.currency
    element = path(root, "LegalMonetaryTotal")
    amount(element, "LineExtensionAmount", plan.gross, currency)
    amount(element, "TaxExclusiveAmount", plan.taxable, currency)
    amount(element, "TaxInclusiveAmount", plan.total, currency)
    changes = {change.charge for change in plan.changes}
    amount(element, "AllowanceTotalAmount", plan.discounts if False in changes else None, currency)
    amount(element, "ChargeTotalAmount", plan.charges if True in changes else None, currency)
    prepaid: Decimal | None = plan.prepaid
    if not plan.prepaid and settlement.on_account_total is None:
        prepaid = None
    amount(element, "PrepaidAmount", prepaid, currency)
    amount(element, "PayableRoundingAmount", settlement.rounding, currency)
    amount(element, "PayableAmount", content.totals.payable, currency)
