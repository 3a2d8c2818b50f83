"""How and to whom a document wants to be paid. Attributes of ``models.domain.invoice``."""

from __future__ import annotations

import strawberry

from ..scalars import Date, Decimal
from .parties import Address, DocumentParty


@strawberry.type(description="A bank account: an IBAN, or a number of another kind.")
class Account:
    """Resolved from ``domain.invoice.Account``."""

    iban: str | None = strawberry.field(description="Without spaces.")
    number: str | None = strawberry.field(description="A number that is not an IBAN.")
    bic: str | None = strawberry.field(description="The bank's BIC.")
    bank_code: str | None = strawberry.field(description="The bank's national code.")
    branch_code: str | None = strawberry.field(description="The branch's national code.")
    branch_address: Address | None = strawberry.field(description="Where the branch is.")
    holder: str | None = strawberry.field(description="Whose account it is.")


@strawberry.type(description="One payment that the issuer expects.")
class PaymentInstallment:
    """Resolved from ``domain.invoice.Payment``."""

    due_date: Date = strawberry.field(description="When it is due; the date of issue where the document names none.")
    due_date_stated: bool = strawberry.field(description="False where the document names no date.")
    amount: Decimal = strawberry.field(description="How much.")
    percent: Decimal | None = strawberry.field(
        description="The share of what is to be paid, per cent, where the document states one; UBL only."
    )
    means: str = strawberry.field(description="TRANSFER, DIRECT_DEBIT, CASH, CARD, …")
    means_code: str | None = strawberry.field(description="As the document codes it: Facturae 01 to 19, UNTDID 4461.")
    means_text: str | None = strawberry.field(description="The means in words.")
    iban: str | None = strawberry.field(description="The account, without spaces.")
    credited: Account | None = strawberry.field(description="The account that the money goes to.")
    debited: Account | None = strawberry.field(description="The account that it comes from, of a direct debit.")
    reference: str | None = strawberry.field(description="What to write on the transfer.")
    debit_reference: str | None = strawberry.field(description="Reference for the payer's own books.")
    information: str | None = strawberry.field(description="Further information on the collection.")
    regulatory: str | None = strawberry.field(description="Data that the central bank asks for.")
    mandate: str | None = strawberry.field(description="Reference of the direct debit's mandate.")
    creditor_id: str | None = strawberry.field(description="The creditor's identifier for direct debits.")
    card_number: str | None = strawberry.field(description="The last digits of the card.")
    card_holder: str | None = strawberry.field(description="Whose card.")
    card_network: str | None = strawberry.field(description="Of which network, such as VISA; UBL only.")


@strawberry.type(description="A paper of an assignment (FactoringAssignmentDocument, from Facturae 3.2.2 on).")
class FactoringDocument:
    """Resolved from ``domain.invoice.FactoringDocument``."""

    character: str = strawberry.field(description="What it is worth (DocumentCharacter).")
    type: str = strawberry.field(description="What it is (DocumentType).")
    representative: str | None = strawberry.field(description="Who signed for the assignee.")
    repository: str | None = strawberry.field(description="Where it is kept.")
    url: str | None = strawberry.field(description="Its address there, as the issuer says; never fetched here.")
    reference: str | None = strawberry.field(description="Its number there.")


@strawberry.type(description="To whom the claim was assigned.")
class Factoring:
    """Resolved from ``domain.invoice.Factoring``."""

    assignee: DocumentParty = strawberry.field(description="Who is to be paid.")
    payments: list[PaymentInstallment] = strawberry.field(description="How.")
    clauses: str | None = strawberry.field(description="The assignment's clauses.")
    documents: list[FactoringDocument] = strawberry.field(description="Its papers, in the document's order.")
