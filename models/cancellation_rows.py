"""A request of cancellation and its history, as lists hold them."""

from __future__ import annotations

from datetime import datetime

from .database import Row
from .domain.cancellation import CANCELLATIONS, CancellationAct, CancellationState
from .domain.states import Language
from .rows import InvoiceRow
from .sql import as_instant


class CancellationRow:
    """Where the wish to cancel an invoice stands. ``history`` is set where it was asked for."""

    __slots__ = ("answered_at", "comment", "history", "reason", "requested_at", "state", "travel")

    state: CancellationState
    reason: str | None
    comment: str | None
    requested_at: datetime | None
    answered_at: datetime | None
    history: list[CancellationEventRow]
    travel: CancellationTravelRow | None

    def __init__(self) -> None:
        self.state = CancellationState.NONE
        self.reason = self.comment = None
        self.requested_at = self.answered_at = None
        self.history = []
        self.travel = None

    @property
    def state_code(self) -> int:
        """FACe's number of the state."""
        return CANCELLATIONS[self.state].code

    def name(self, language: Language) -> str:
        """What the state is called."""
        return CANCELLATIONS[self.state].names[language]


class CancellationTravelRow:
    """The way of a request to the platform of the invoice's receiver, or from that of its issuer."""

    __slots__ = ("arrived_at", "attempts", "last_error", "next_attempt_at", "platform", "sent_at", "withdrawn_at")

    platform: str
    sent_at: datetime
    arrived_at: datetime | None
    withdrawn_at: datetime | None
    attempts: int
    next_attempt_at: datetime | None
    last_error: str | None


class CancellationEventRow:
    """Something that happened to a request. ``invoice`` is set where it was asked for."""

    __slots__ = (
        "act",
        "actor",
        "at",
        "automated",
        "info",
        "invoice",
        "invoice_key",
        "position",
        "reported_at",
        "state",
        "unexpected",
    )

    invoice_key: str
    act: CancellationAct
    state: CancellationState
    at: datetime
    actor: str
    automated: bool
    info: str | None
    reported_at: datetime | None
    unexpected: bool
    position: int
    invoice: InvoiceRow


TRAVEL_COLUMNS = (
    "t.invoice_id, p.name, t.sent_at, t.arrived_at, t.withdrawn_at, o.attempts, o.next_attempt_at, o.last_error, "
    "o.state"
)
CANCELLATION_COLUMNS = "r.invoice_id, r.state, r.reason, r.comment, r.requested_at, r.answered_at"
EVENT_COLUMNS = "e.invoice_id, e.act, e.state, e.at, e.actor, e.automated, e.text, e.reported_at, e.unexpected"


def cancellation_row(row: Row) -> CancellationRow:
    """A request of the columns ``CANCELLATION_COLUMNS``."""
    found = CancellationRow()
    found.state = CancellationState(row[1])
    found.reason, found.comment = row[2], row[3]
    found.requested_at = as_instant(row[4])
    found.answered_at = None if row[5] is None else as_instant(row[5])
    return found


def event_row(row: Row) -> CancellationEventRow:
    """A row of history of the columns ``EVENT_COLUMNS``; further columns are left alone."""
    event = CancellationEventRow()
    event.invoice_key = str(row[0])
    event.act, event.state = CancellationAct(row[1]), CancellationState(row[2])
    event.at = as_instant(row[3])
    event.actor, event.automated, event.info = row[4], bool(row[5]), row[6]
    event.reported_at = None if row[7] is None else as_instant(row[7])
    event.unexpected = bool(row[8])
    return event


def cancellation_travel_row(row: Row) -> CancellationTravelRow:
    """A request's way, of the columns ``TRAVEL_COLUMNS``: those of its latest delivery are null where it came in."""
    travel = CancellationTravelRow()
    _, travel.platform, sent_at, arrived_at, withdrawn_at, attempts, due, error, queued = row
    travel.sent_at = as_instant(sent_at)
    travel.arrived_at = None if arrived_at is None else as_instant(arrived_at)
    travel.withdrawn_at = None if withdrawn_at is None else as_instant(withdrawn_at)
    travel.attempts = attempts or 0
    travel.next_attempt_at = as_instant(due) if queued == "QUEUED" else None
    travel.last_error = error
    return travel
