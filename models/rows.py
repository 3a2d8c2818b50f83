"""What lists are made of: light objects with just the columns that were asked for, not ORM instances."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from .domain.exchange import Direction, TravelState
from .domain.findings import Finding
from .domain.invoice import Correction, Details, DocumentParty, Line, Office, Payment, Period, TaxTotal, Totals
from .domain.signature import SignatureReport
from .domain.states import InvoiceStatus
from .domain.transitions import PartyKind
from .identifiers import global_id

if TYPE_CHECKING:
    from .cancellation_rows import CancellationRow


class PartyRow:
    """A party. ``key`` is its UUID as text."""

    __slots__ = ("key", "kind", "name", "registered", "tax_id")

    key: str
    tax_id: str
    name: str
    kind: PartyKind
    registered: bool

    @property
    def id(self) -> str:
        """The id that clients see."""
        return global_id("Party", self.key)


class DocumentRow:
    """The document of an invoice, without its bytes. ``query`` says in an address which format it was made in."""

    __slots__ = ("findings", "format", "invoice_key", "query", "sha256", "signature", "size")

    invoice_key: str
    format: str
    size: int
    sha256: str
    signature: SignatureReport
    findings: tuple[Finding, ...]
    query: str


class ReceiptRow:
    """The receipt of an invoice's entry, which is drawn when it is asked for."""

    __slots__ = ("invoice_key", "query")

    def __init__(self, invoice_key: str, query: str) -> None:
        self.invoice_key = invoice_key
        self.query = query


class AttachmentRow:
    """A file of an invoice, without its bytes."""

    __slots__ = ("description", "key", "media_type", "name", "reference", "sha256", "size")

    key: str
    name: str
    media_type: str
    description: str | None
    reference: str | None
    size: int
    sha256: str

    @property
    def id(self) -> str:
        """The id that clients see."""
        return global_id("Attachment", self.key)


class TravelRow:
    """Where an invoice goes, or came from, and how far it is. Without a receipt the last three are null."""

    __slots__ = (
        "arrived_at",
        "attempts",
        "direction",
        "last_error",
        "next_attempt_at",
        "platform",
        "remote_id",
        "sent_at",
        "sha256",
        "signature",
        "state",
    )

    platform: str
    direction: Direction
    state: TravelState
    sent_at: datetime
    arrived_at: datetime | None
    attempts: int
    next_attempt_at: datetime | None
    last_error: str | None
    sha256: str
    remote_id: str | None
    signature: str | None

    @property
    def receipt(self) -> TravelRow | None:
        """Itself, where there is a receipt."""
        return None if self.signature is None else self


class CorrectionRow:
    """What a corrective invoice says of the one that it corrects, and that one, if it is here."""

    __slots__ = ("detail", "invoice", "issue_date", "method", "number", "period", "reason", "reason_code", "series")

    number: str | None
    series: str | None
    issue_date: date | None
    reason_code: str
    reason: str
    method: str
    detail: str | None
    period: Period | None

    def __init__(self, correction: Correction, invoice: InvoiceRow | None) -> None:
        for name in Correction.__dataclass_fields__:
            setattr(self, name, getattr(correction, name))
        self.invoice = invoice


class InvoiceRow:
    """An invoice. Only what the selection asked for is set; money is exact, ids are text."""

    __slots__ = (
        "attachments",
        "away",
        "cancellation",
        "corrected_by",
        "corrects",
        "created_at",
        "currency",
        "details",
        "document",
        "document_issuer",
        "document_receiver",
        "document_type",
        "findings",
        "history",
        "invoice_class",
        "issue_date",
        "issuer",
        "issuer_key",
        "key",
        "lines",
        "number",
        "offices",
        "payment_date",
        "payments",
        "rcf_number",
        "receiver",
        "receiver_key",
        "receiver_kind",
        "registered_at",
        "registry_number",
        "rejection_reason",
        "seen",
        "series",
        "status",
        "status_changed_at",
        "taxes",
        "totals",
        "travel",
        "version",
    )

    key: str
    issuer_key: str
    receiver_key: str
    number: str
    series: str | None
    document_type: str
    invoice_class: str
    issue_date: date
    currency: str
    totals: Totals
    status: InvoiceStatus
    status_changed_at: datetime
    registry_number: str | None
    registered_at: datetime | None
    rcf_number: str | None
    rejection_reason: str | None
    payment_date: date | None
    seen: bool
    version: int
    created_at: datetime
    receiver_kind: PartyKind
    away: bool
    """It went to another platform, where it is moved."""
    issuer: PartyRow
    receiver: PartyRow
    history: list[ChangeRow]
    document: DocumentRow
    travel: TravelRow | None
    attachments: list[AttachmentRow]
    offices: tuple[Office, ...]
    taxes: tuple[TaxTotal, ...]
    lines: tuple[Line, ...]
    payments: tuple[Payment, ...]
    corrects: Correction | CorrectionRow | None
    """With the invoice that it names where that was asked for."""
    corrected_by: list[InvoiceRow]
    cancellation: CancellationRow
    details: Details
    document_issuer: DocumentParty
    document_receiver: DocumentParty
    findings: tuple[Finding, ...]

    @property
    def id(self) -> str:
        """The id that clients see."""
        return global_id("Invoice", self.key)


class ChangeRow:
    """A step of an invoice's history. ``invoice`` is set where it was asked for."""

    __slots__ = (
        "actor",
        "at",
        "automated",
        "from_status",
        "invoice",
        "invoice_key",
        "key",
        "payment_date",
        "position",
        "rcf_number",
        "reason",
        "reason_code",
        "registry_number",
        "reported_at",
        "to_status",
        "unexpected",
    )

    key: str
    invoice_key: str
    from_status: InvoiceStatus | None
    to_status: InvoiceStatus
    at: datetime
    actor: str
    automated: bool
    registry_number: str | None
    rcf_number: str | None
    reason: str | None
    reason_code: str | None
    payment_date: date | None
    reported_at: datetime | None
    unexpected: bool
    position: int
    invoice: InvoiceRow

    @property
    def id(self) -> str:
        """The id that clients see."""
        return global_id("StatusChange", self.key)

    @property
    def additional_information(self) -> str | None:
        """*Informació addicional*: what the state carries, as a person reads it."""
        if self.registry_number:
            return self.registry_number
        if self.rcf_number:
            return self.rcf_number
        if self.reason:
            return f"{self.reason} ({self.reason_code})" if self.reason_code else self.reason
        return None if self.payment_date is None else self.payment_date.isoformat()
