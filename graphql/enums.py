"""The domain's enums as GraphQL shows them: the same names, each value explained."""

from __future__ import annotations

from enum import Enum
from typing import Any

import strawberry

from ..models.domain.cancellation import CANCELLATIONS, CancellationAct, CancellationState
from ..models.domain.errors import CancellationRefusal, UserErrorCode
from ..models.domain.exchange import Direction as TravelDirection
from ..models.domain.exchange import TravelState
from ..models.domain.findings import Severity
from ..models.domain.invoice import (
    DocumentFormat,
    InvoiceClass,
    InvoiceDocumentType,
    IssuerType,
    OfficeRole,
    ReferenceKind,
    SignatureStatus,
    SpecialTaxableEvent,
)
from ..models.domain.keys import KeyState
from ..models.domain.scopes import MEANINGS, Scope
from ..models.domain.signature import SignerRelation
from ..models.domain.states import STATES, InvoiceStatus, Language
from ..models.domain.transitions import PartyKind, PartyRole, UserRole
from ..models.life.invitations import InvitationEventKind
from ..models.lists.filtering import OrderField as InvoiceOrderField
from ..models.people.user_log import UserEventKind
from ..models.reading.summaries import SummaryGroup

__all__ = [
    "CancellationAct",
    "CancellationRefusal",
    "CancellationState",
    "DocumentFormat",
    "InvitationEventKind",
    "InvoiceClass",
    "InvoiceDocumentType",
    "InvoiceOrderField",
    "InvoiceStatus",
    "IssuerType",
    "KeyState",
    "Language",
    "OfficeRole",
    "OrderDirection",
    "PartyKind",
    "PartyRole",
    "ReferenceKind",
    "Scope",
    "Severity",
    "SignatureStatus",
    "SignerRelation",
    "SpecialTaxableEvent",
    "SummaryGroup",
    "TravelDirection",
    "TravelState",
    "UserErrorCode",
    "UserEventKind",
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
    InvoiceDocumentType,
    "InvoiceDocumentType",
    "How complete the invoice is by law (Facturae InvoiceDocumentType).",
    {
        "COMPLETE": "A full invoice (FC).",
        "SIMPLIFIED": "A simplified invoice (FA).",
        "SELF_BILLED": "Issued by the receiver in the issuer's name (AF).",
    },
)

explain(
    InvoiceClass,
    "InvoiceClass",
    "What the invoice is to others (Facturae InvoiceClass).",
    {
        "ORIGINAL": "An invoice of its own (OO).",
        "CORRECTIVE": "Corrects another; `corrects` says which and why (OR).",
        "SUMMARY": "Sums up others (OC).",
        "COPY_OF_ORIGINAL": "A duplicate of an original (CO).",
        "COPY_OF_CORRECTIVE": "A duplicate of a corrective (CR).",
        "COPY_OF_SUMMARY": "A duplicate of a summary (CC).",
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
    DocumentFormat,
    "DocumentFormat",
    "The format in which an invoice came or, as PDF and UBL_2_1 too, is asked for.",
    {
        "FACTURAE_3_2": "Facturae 3.2.",
        "FACTURAE_3_2_1": "Facturae 3.2.1.",
        "FACTURAE_3_2_2": "Facturae 3.2.2; what `issueInvoice` writes.",
        "UBL_2_1_INVOICE": "UBL 2.1 Invoice.",
        "UBL_2_1_CREDIT_NOTE": "UBL 2.1 CreditNote.",
        "UBL_2_1": "UBL 2.1, Invoice or CreditNote as fits: only to ask for, never an answer.",
        "PDF": "A picture of the invoice to read and print (PDF/A): only to ask for.",
    },
)

explain(
    OfficeRole,
    "OfficeRole",
    "What a centre of a party does with the invoice; 01 to 04 are DIR3 offices.",
    {
        "ACCOUNTING_OFFICE": "Oficina comptable (01).",
        "MANAGING_BODY": "Òrgan gestor (02).",
        "PROCESSING_UNIT": "Unitat tramitadora (03).",
        "PROPOSING_BODY": "Òrgan proponent (04).",
        "COLLECTOR": "Collects the money (05).",
        "SELLER": "Sells (06).",
        "PAYEE": "Is paid (07).",
        "COLLECTION": "Receives what was collected (08).",
        "ISSUER": "Issues the invoice (09).",
    },
)

explain(
    IssuerType,
    "IssuerType",
    "Who wrote the document (Facturae InvoiceIssuerType).",
    {
        "ISSUER": "The issuer itself (EM).",
        "RECEIVER": "The receiver, in the issuer's name (RE).",
        "THIRD_PARTY": "A third party, in the issuer's name (TE).",
    },
)

explain(
    ReferenceKind,
    "ReferenceKind",
    "What a reference of an invoice or of a line points to.",
    {
        "FILE": "The administration's file (expedient).",
        "RECEIVER_CONTRACT": "The receiver's contract (BT-12).",
        "RECEIVER_ORDER": "The receiver's order (BT-13).",
        "ISSUER_CONTRACT": "The issuer's contract.",
        "ISSUER_ORDER": "The issuer's order (BT-14).",
        "ORDER_LINE": "A line of the order (BT-132).",
        "DELIVERY_NOTE": "A delivery note (BT-16).",
        "RECEIVING_ADVICE": "A receiving advice (BT-15).",
        "BUYER_REFERENCE": "What the receiver asked to be quoted (BT-10).",
        "PROJECT": "A project (BT-11).",
        "TENDER": "A tender or lot (BT-17).",
        "INVOICED_OBJECT": "An object such as a meter or a telephone line (BT-18, BT-128).",
        "BUYER_ACCOUNTING": "Where the receiver is to book it (BT-19, BT-133).",
        "RELATED_INVOICE": "A related invoice.",
        "PRECEDING_INVOICE": "A further invoice that this one corrects; the first is `corrects`.",
    },
)

explain(
    SpecialTaxableEvent,
    "SpecialTaxableEvent",
    "Why no tax is charged on a line.",
    {"EXEMPT": "Subject to the tax and exempt (01).", "NOT_SUBJECT": "Not subject to the tax (02)."},
)

explain(
    CancellationState,
    "CancellationState",
    "Where the issuer's wish to cancel an invoice stands, beside the invoice's own state.",
    {
        state.value: f"{definition.names[Language.EN]} ({definition.names[Language.CA]}), FACe {definition.code}."
        for state, definition in CANCELLATIONS.items()
    },
)

explain(
    CancellationAct,
    "CancellationAct",
    "What can happen to a request of cancellation.",
    {
        "REQUEST": "The issuer asks, with a reason.",
        "ACCEPT": "The receiver accepts; the invoice is cancelled in the same moment.",
        "REFUSE": "The receiver refuses, with a comment; it cannot be asked again.",
        "WITHDRAW": "The issuer takes the request back; it may ask again.",
        "OVERTAKE": "The receiver has paid or rejected the invoice while the request waited, which ends it.",
        "RETURN": "The receiver's platform took no request; `info` says why. The issuer may ask again.",
    },
)

explain(
    CancellationRefusal,
    "CancellationRefusal",
    "Why a cancellation cannot be asked for or answered.",
    {
        reason.value: reason.words + (f" FACe {reason.face_code}." if reason.face_code else "")
        for reason in CancellationRefusal
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
    SignatureStatus,
    "SignatureStatus",
    "What is known of a document's signature.",
    {
        "VALID": "Intact, and signed by somebody trusted.",
        "UNTRUSTED": "Signed, but trust in the signature has not been established.",
        "INVALID": "The signature is broken: the document was altered or the signature is malformed.",
        "ABSENT": "Not signed.",
    },
)

explain(
    SignerRelation,
    "SignerRelation",
    "Who signed a document, by the tax ids in the certificate.",
    {
        "ISSUER": "The issuer of the invoice, or somebody whose certificate says that they act for it.",
        "RECEIVER": "The receiver, as in self-billing.",
        "THIRD_PARTY": "Somebody else.",
    },
)

explain(
    KeyState,
    "KeyState",
    "Where a key stands: one of the two that a receiver signs up with, or that in an invitation to a person.",
    {
        "ACTIVE": "It is good.",
        "USED": "The receiver has signed up with it, or the person joined; it opens nothing any more.",
        "EXPIRED": "Its time is over.",
        "REVOKED": "It was revoked, another took its place, or the receiver signed up with another.",
    },
)

explain(
    InvitationEventKind,
    "InvitationEventKind",
    "A step on the way in of a receiver that is not here yet.",
    {
        "INVITED": "An invoice came in for it, and a mail with the first key was written.",
        "WAITING": "Another invoice came in for it; the last mail is less than a day old.",
        "INVITATION_RENEWED": "You had it mailed again, with a new first key.",
        "KEY_CREATED": "You made a second key.",
        "KEY_RENEWED": "You made another second key in the place of the last.",
        "KEY_REVOKED": "You revoked a second key.",
        "ATTEMPT_FAILED": "Somebody tried to sign up with its tax id and keys that do not fit.",
        "ACCEPTED": "It signed up.",
    },
)

explain(
    Severity,
    "Severity",
    "Whether a finding stops a document at the door.",
    {"ERROR": "The document is refused.", "WARNING": "The document is taken; somebody should know."},
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

explain(
    UserEventKind,
    "PartyUserEventKind",
    "What was done to a person of a party.",
    {
        "INVITED": "He or she was invited, perhaps again.",
        "INVITATION_REVOKED": "The invitation opens nothing any more.",
        "JOINED": "He or she joined by an invitation.",
        "ADDED": "The operator of the service added him or her.",
        "ROLES_CHANGED": "He or she has other roles.",
        "OFFICES_CHANGED": "He or she is limited to other offices, or no longer.",
        "SHUT_OUT": "He or she may not come in any more; sessions and API tokens ended.",
        "LET_IN": "He or she may come in again.",
        "PASSWORD_CHANGED": "He or she, or the operator of the service, chose another password.",
    },
)

explain(
    TravelDirection,
    "TravelDirection",
    "Which way an invoice goes between this platform and another.",
    {
        "OUT": "Sent here, to a receiver that lives on the other platform.",
        "IN": "Sent there, to a receiver that lives here.",
    },
)

explain(
    TravelState,
    "TravelState",
    "How far an invoice is on its way to another platform.",
    {
        "TRAVELLING": "Not taken over yet; it is tried again until it is.",
        "ARRIVED": "Taken over: its states come from there.",
        "REFUSED": "Not taken, for good; the invoice is rejected, and the reason says why.",
    },
)
