"""What two platforms tell each other, as GraphQL shows it."""

from __future__ import annotations

import strawberry

from ..describing import described
from ..enums import InvoiceStatus, PartyKind
from ..scalars import Date, DateTime, Upload

MAX_STATES = 100
MAX_ASKED = 100


@strawberry.type(description="A step of an invoice, as the platform tells it where it happened.")
class PlatformState:
    """Resolved from ``domain.exchange.ReportedStep``."""

    version: int = strawberry.field(description="The invoice's version there after the step; 1 is SENT.")
    to_status: InvoiceStatus = strawberry.field(name="to", description="The state that the step led to.")
    at: DateTime = strawberry.field(description="When it happened there.")
    registry_number: str | None = strawberry.field(description="Given with REGISTERED.")
    rcf_number: str | None = strawberry.field(description="Given with REGISTERED_IN_RCF.")
    reason: str | None = strawberry.field(description="Given with REJECTED.")
    reason_code: str | None = strawberry.field(description="The receiver's own code of the reason.")
    payment_date: Date | None = strawberry.field(description="Given with PAID.")


@strawberry.type(description="An entry of the feed that a platform reads of what became of its invoices here.")
class PlatformFeedEntry:
    """Resolved from ``models.outboxes.platforms.Told``."""

    remote_id: strawberry.ID = strawberry.field(name="invoiceId", description="The id that the invoice has there.")
    step: PlatformState = strawberry.field(name="state", description="What happened to it here.")
    cursor: str = strawberry.field(description="The place of this entry; go on behind it with `after`.")


@strawberry.type(description="A part of a platform's feed, oldest first.")
class PlatformFeed:
    """Of ``platformStates``."""

    nodes: list[PlatformFeedEntry] = strawberry.field(description="The entries after the cursor.")
    has_more: bool = strawberry.field(description="Whether there are more behind them now.")


@strawberry.type(description="A tax id that lives here.")
class PlatformDirectoryEntry:
    """Resolved from ``domain.exchange.KnownParty``."""

    tax_id: str = strawberry.field(description="In capitals, without spaces; Spanish ones without `ES`.")
    name: str = strawberry.field(description="The name that it is registered under.")
    kind: PartyKind = strawberry.field(description="What it is, which decides the life of invoices to it.")


@strawberry.input(description="An invoice that lives on the platform that sends it, for a receiver that lives here.")
class PlatformDeliverInvoiceInput:
    """Of ``platformDeliverInvoice``."""

    file: Upload = described("The document, byte for byte as it came in there; at most 10 MB with the attachments.")
    attachments: list[Upload] | None = described(
        "The files that came beside it, with their names; at most 5.", default=None
    )
    invoice_id: strawberry.ID = described(
        "The id that the invoice has there, 1 to 255 characters; the same again means the same delivery."
    )
    sha256: str = described("SHA-256 of the document, 64 hexadecimal digits in lower case.")
    issuer_tax_id: str = described("As the document says; refused where it says otherwise.")
    receiver_tax_id: str = described("The same for the receiver, which must be registered here.")
    number: str = described("The same for the number.")
    series: str | None = described("The same for the series; null where it has none.", default=None)
    issue_date: Date = described("The same for the date.")
    sent_at: DateTime = described("When the issuer sent it there.")


@strawberry.input(description="A step of an invoice that lives on the platform that reports it.")
class PlatformStateInput:
    """Of ``platformReportStates``."""

    version: int = described("The invoice's version there after the step; 1 is SENT, which is not reported.")
    to_status: InvoiceStatus = described("The state that the step led to.", name="to")
    at: DateTime = described("When it happened there.")
    registry_number: str | None = described("Given with REGISTERED; at most 64 characters.", default=None)
    rcf_number: str | None = described("Given with REGISTERED_IN_RCF; at most 64 characters.", default=None)
    reason: str | None = described("Given with REJECTED; at most 4,000 characters.", default=None)
    reason_code: str | None = described("The receiver's own code of it; at most 64 characters.", default=None)
    payment_date: Date | None = described("Given with PAID.", default=None)


@strawberry.input(description="What became of an invoice that was sent from here, on the platform that it went to.")
class PlatformReportStatesInput:
    """Of ``platformReportStates``."""

    invoice_id: strawberry.ID = described("The id that it was delivered with.")
    states: list[PlatformStateInput] = described(
        f"1 to {MAX_STATES} steps. Those that are known here, and those behind a gap, change nothing."
    )
