"""How an invoice is to be paid, and to whom its claim was assigned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .parties import Address, DocumentParty


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A bank account: an IBAN, or a number of another kind."""

    iban: str | None = None
    number: str | None = None
    bic: str | None = None
    bank_code: str | None = None
    branch_code: str | None = None
    branch_address: Address | None = None
    holder: str | None = None
    """BT-85."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One instalment. ``means`` is a key of ``documents.facturae.codes.PAYMENT_MEANS``."""

    due_date: date
    amount: Decimal
    means: str
    iban: str | None = None
    """The account that the money goes to or, for a direct debit, comes from; without spaces."""
    due_date_stated: bool = True
    """False where the document names no date: then ``due_date`` is the date of issue."""
    percent: Decimal | None = None
    """The share of what is to be paid, where the document states one (UBL ``PaymentPercent``)."""
    means_code: str | None = None
    """As the document codes it: Facturae 01 to 19, or UNTDID 4461 (BT-81)."""
    means_text: str | None = None
    """BT-82."""
    credited: Account | None = None
    debited: Account | None = None
    reference: str | None = None
    """``PaymentReconciliationReference``; BT-83."""
    debit_reference: str | None = None
    """``DebitReconciliationReference``."""
    information: str | None = None
    """``CollectionAdditionalInformation``."""
    regulatory: str | None = None
    """``RegulatoryReportingData``."""
    mandate: str | None = None
    """BT-89."""
    creditor_id: str | None = None
    """BT-90."""
    card_number: str | None = None
    """BT-87, the last digits."""
    card_holder: str | None = None
    """BT-88."""
    card_network: str | None = None
    """Whose card it is, as UBL's ``NetworkID`` says, such as VISA."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactoringDocument:
    """A paper of the assignment: Facturae ``FactoringAssignmentDocument``, from 3.2.2 on."""

    character: str
    """``DocumentCharacter``."""
    type: str
    """``DocumentType``."""
    representative: str | None = None
    """``RepresentationIdentity``."""
    repository: str | None = None
    """``RepositoryName``, where the document is kept."""
    url: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Factoring:
    """To whom the claim was assigned: Facturae ``FactoringAssignmentData``."""

    assignee: DocumentParty
    payments: tuple[Payment, ...] = ()
    clauses: str | None = None
    documents: tuple[FactoringDocument, ...] = ()
