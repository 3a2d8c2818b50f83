"""How a Facturae is paid: instalments, accounts, and the assignment of the claim (factoring)."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from ...models.domain.invoice import Account, Factoring, FactoringDocument, Payment
from ..quick import maker_of
from ..records import Reading, Table, all_of, day, decimal, fill, record, text
from ..xml import Element
from .codes import PAYMENT_MEANS
from .reading_parties import FOREIGN_ADDRESS, PARTY, SPANISH_ADDRESS

_payment_of = maker_of(Payment)


def _number(element: Element, reading: Reading) -> str | None:  # noqa: ARG001
    """An account number, without the spaces that people put in."""
    return "".join((element.text or "").split()) or None


_ACCOUNT = record(
    Account,
    {
        "IBAN": ("iban", _number),
        "AccountNumber": ("number", _number),
        "BankCode": ("bank_code", text),
        "BranchCode": ("branch_code", text),
        "BranchInSpainAddress": ("branch_address", SPANISH_ADDRESS),
        "OverseasBranchAddress": ("branch_address", FOREIGN_ADDRESS),
        "BIC": ("bic", text),
    },
)


def _payment(*, means_code: str | None, **values: Any) -> Payment:
    shown = values.get("credited") or values.get("debited")
    return _payment_of(
        means=PAYMENT_MEANS.get(means_code or "", means_code or ""),
        means_code=means_code,
        iban=None if shown is None else shown.iban or shown.number,
        **values,
    )


PAYMENTS: Final = all_of(
    "Installment",
    record(
        _payment,
        {
            "InstallmentDueDate": ("due_date", day),
            "InstallmentAmount": ("amount", decimal),
            "PaymentMeans": ("means_code", text),
            "AccountToBeCredited": ("credited", _ACCOUNT),
            "PaymentReconciliationReference": ("reference", text),
            "AccountToBeDebited": ("debited", _ACCOUNT),
            "CollectionAdditionalInformation": ("information", text),
            "RegulatoryReportingData": ("regulatory", text),
            "DebitReconciliationReference": ("debit_reference", text),
        },
        numbers=("amount",),
        due_date=date.min,
        means_code=None,
    ),
)

_DOCUMENT: Table = {
    "DocumentCharacter": ("character", text),
    "RepresentationIdentity": ("representative", text),
    "DocumentType": ("type", text),
    "Repository": {"RepositoryName": ("repository", text), "URL": ("url", text), "Reference": ("reference", text)},
}

_FACTORING: Table = {
    "Assignee": ("assignee", PARTY),
    "PaymentDetails": ("payments", PAYMENTS),
    "FactoringAssignmentClauses": ("clauses", text),
}

_PAPERS = all_of("FactoringAssignmentDocument", record(FactoringDocument, _DOCUMENT, character="", type=""))


def factoring(element: Element, reading: Reading) -> Factoring | None:
    """To whom the claim was assigned; None where nobody is named."""
    values = fill(element, _FACTORING, reading, {})
    return Factoring(**values, documents=_PAPERS(element, reading)) if "assignee" in values else None
