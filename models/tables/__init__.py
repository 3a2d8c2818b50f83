"""The tables, as Tortoise models. Only ``models`` writes them; lists are read as plain rows by ``models.reading``.

Money is kept as hundredths (``models.domain.money``), what a document says in detail as JSON text, written once.
Every order that invoices can be listed in has an index for each side that looks at them, led by the party: a reader
never pays for, nor learns from, what others have.

No semicolon in the docstrings of tables: Tortoise puts them into ``CREATE TABLE`` as comments and splits there.
"""

from __future__ import annotations

from .admission import PasswordLink, UserEvent, UserInvitation
from .cancellations import CancellationEvent, CancellationRequest, Correction
from .desk import InvoiceOffice, InvoiceSeen, InvoiceText, SavedFilter
from .invoices import Attachment, Invoice, InvoiceContent, InvoiceDocument, StatusChange
from .notices import DigestItem, NoticeAddress
from .onboarding import Invitation, InvitationEvent, ReceiverKey
from .outbox import MailMessage
from .parties import Certificate, Counterparty, Feed, Party, RegistryCounter
from .people import ApiToken, IdempotencyKey, RefreshToken, Session, SignInAttempt, User
from .platforms import CancellationTravel, DirectoryEntry, Exchange, Platform, PlatformDelivery, PlatformKey, UsedToken
from .programs import BatchResult, DocumentArchive
from .webhooks import Webhook, WebhookDelivery

__all__ = [
    "ApiToken",
    "Attachment",
    "BatchResult",
    "CancellationEvent",
    "CancellationRequest",
    "CancellationTravel",
    "Certificate",
    "Correction",
    "Counterparty",
    "DigestItem",
    "DirectoryEntry",
    "DocumentArchive",
    "Exchange",
    "Feed",
    "IdempotencyKey",
    "Invitation",
    "InvitationEvent",
    "Invoice",
    "InvoiceContent",
    "InvoiceDocument",
    "InvoiceOffice",
    "InvoiceSeen",
    "InvoiceText",
    "MailMessage",
    "NoticeAddress",
    "Party",
    "PasswordLink",
    "Platform",
    "PlatformDelivery",
    "PlatformKey",
    "ReceiverKey",
    "RefreshToken",
    "RegistryCounter",
    "SavedFilter",
    "Session",
    "SignInAttempt",
    "StatusChange",
    "UsedToken",
    "User",
    "UserEvent",
    "UserInvitation",
    "Webhook",
    "WebhookDelivery",
]
