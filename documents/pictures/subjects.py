"""What can be drawn: an invoice with where it stands, and the entry of one with what came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from ...models.domain.findings import Finding
from ...models.domain.invoice import DocumentFormat, InvoiceContent, SignatureStatus
from ...models.domain.states import InvoiceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedFile:
    """A file that came with an invoice, without its bytes. ``size`` is in bytes, ``sha256`` in hexadecimal digits."""

    name: str
    size: int
    sha256: str
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicePicture:
    """An invoice and where it stands. Instants are aware; ``state_since`` also dates the picture itself.

    ``sha256`` and ``size`` are the original document's. The files are all that came with the invoice, inside its XML or
    beside it; where none are given, those of ``content`` are named.
    """

    content: InvoiceContent
    state: InvoiceStatus
    state_since: datetime
    sha256: str
    size: int | None = None
    registry_number: str | None = None
    registered_at: datetime | None = None
    rcf_number: str | None = None
    rejection_reason: str | None = None
    rejection_code: str | None = None
    payment_date: date | None = None
    signature: SignatureStatus = SignatureStatus.ABSENT
    signer: str | None = None
    attachments: tuple[ReceivedFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryReceipt:
    """The entry of an invoice: what was received, from whom, when, and its registry number once it has one.

    Instants are aware. ``sha256`` and ``size`` (bytes) are those of the document as it came; ``total`` is what is to be
    paid, in ``currency``.
    """

    number: str
    issue_date: date
    issuer_name: str
    issuer_tax_id: str
    receiver_name: str
    receiver_tax_id: str
    total: Decimal
    currency: str
    format: DocumentFormat
    size: int
    sha256: str
    received_at: datetime
    series: str | None = None
    file_name: str | None = None
    registry_number: str | None = None
    registered_at: datetime | None = None
    signature: SignatureStatus = SignatureStatus.ABSENT
    signer: str | None = None
    attachments: tuple[ReceivedFile, ...] = ()
    warnings: tuple[Finding, ...] = ()
