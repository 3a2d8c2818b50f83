"""The domain's enums as GraphQL shows them: the same names, each value explained."""

from __future__ import annotations

from enum import Enum
from typing import Any

import strawberry

from ..models.domain.errors import UserErrorCode
from ..models.domain.scopes import MEANINGS, Scope
from ..models.domain.states import STATES, InvoiceStatus, Language
from ..models.domain.transitions import PartyKind, PartyRole, UserRole
from ..models.lists.filtering import OrderField as InvoiceOrderField
from ..models.reading.summaries import SummaryGroup

__all__ = [
    "InvoiceOrderField",
    "InvoiceStatus",
    "Language",
    "OrderDirection",
    "PartyKind",
    "PartyRole",
    "Scope",
    "SummaryGroup",
    "UserErrorCode",
    "UserRole",
]


def explain(enum: type[Enum], name: str, description: str, values: dict[str, str]) -> None:
    """Register a domain enum with a description for itself and for every value; a missing one fails at import."""
    definition: Any = strawberry.enum(enum, name=name, description=description)
    for value in definition.__strawberry_definition__.values:
        value.description = values[value.name]


explain(
    InvoiceStatus,
    "InvoiceStatus",
    "Where an invoice stands. The query `statuses` has names, codes and what may follow each.",
    {
        status.value: f"{state.names[Language.EN]} ({state.names[Language.CA]}), FACe {state.public_code}."
        + (" Final." if state.final else "")
        for status, state in STATES.items()
    },
)


explain(
    PartyKind,
    "PartyKind",
    "What a party is; it decides the life of the invoices addressed to it.",
    {
        "PUBLIC_BODY": "A public body, with an accounting register of invoices (RCF).",
        "COMPANY": "A company or another legal entity.",
        "PERSON": "A natural person.",
    },
)


explain(
    PartyRole,
    "PartyRole",
    "The side from which your party looks at an invoice.",
    {"ISSUER": "Factures emeses: what you sent.", "RECEIVER": "Factures a pagar: what is addressed to you."},
)

explain(
    SummaryGroup,
    "SummaryGroup",
    "What sums are told apart by; currencies always are.",
    {
        "STATUS": "The state that invoices are in.",
        "MONTH": "The month of the date of issue, so that `issuedFrom` and `issuedTo` list what was summed.",
        "OFFICE": "The accounting office (DIR3) that they name.",
        "COUNTERPARTY": "The other party: as issuer the receiver, as receiver the issuer.",
    },
)

explain(
    UserRole,
    "UserRole",
    "What a person may do for his or her party.",
    {
        "ISSUER": "Issue and import invoices.",
        "REGISTRAR": "Give registry numbers and mark invoices delivered.",
        "ACCOUNTANT": "Everything from the RCF number on: conform, recognise, pay, reject.",
        "ADMIN": "All of it.",
    },
)

explain(
    InvoiceOrderField,
    "InvoiceOrderField",
    "What a list of invoices is ordered by; ties are broken by id.",
    {
        "CREATED_AT": "When the invoice came in here.",
        "ISSUE_DATE": "The date on the invoice.",
        "STATUS_CHANGED_AT": "When its state last changed.",
        "TOTAL": "Its total, as a number, whatever the currency.",
    },
)


explain(
    Scope,
    "Scope",
    "What an API token may do, of what its user may.",
    {scope.value: meaning for scope, meaning in MEANINGS.items()},
)


class OrderDirection(Enum):
    """Which end of a list comes first."""

    ASC = "ASC"
    DESC = "DESC"


explain(
    OrderDirection,
    "OrderDirection",
    "Which end of a list comes first.",
    {"ASC": "Smallest or oldest first.", "DESC": "Largest or newest first."},
)

explain(
    Language,
    "Language",
    "A language that people are addressed in.",
    {"CA": "Català.", "ES": "Español.", "EN": "English."},
)


explain(
    UserErrorCode,
    "UserErrorCode",
    "What a person's input ran into, for a program to act on.",
    {
        "NOT_FOUND": "There is no such thing, or you may not see it: the two look alike.",
        "FORBIDDEN": "You see it, but your role does not allow this.",
        "INVALID": "The value at `path` cannot be accepted; `message` says why.",
        "REQUIRED": "A value is needed at `path`.",
        "TRANSITION_NOT_ALLOWED": "The invoice's state does not lead there; see TransitionRefused.",
        "VERSION_CONFLICT": "The invoice has moved on since you read it; see VersionConflict.",
        "DUPLICATE_INVOICE": "The invoice is here already; see DuplicateInvoice.",
        "DOCUMENT_REFUSED": "The document has errors; see DocumentRefused.",
        "RECEIVER_UNKNOWN": "The receiver is not registered here, and no e-mail address is known to invite it at.",
        "IDEMPOTENCY_KEY_REUSED": "The key was used before with another input.",
        "BAD_CREDENTIALS": "Address and password, the refresh token, tax id and keys, or a link's key are wrong.",
        "CANCELLATION_REFUSED": "A cancellation cannot be asked for or answered now; `reason` says why.",
        "LAST_ADMINISTRATOR": "The party would have no administrator left.",
    },
)
