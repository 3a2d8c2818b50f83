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

    __slots__ = ("answered_at", "comment", "history", "reason", "requested_at", "state")

    state: CancellationState
    reason: str | None
    comment: str | None
    requested_at: datetime | None
    answered_at: datetime | None
    history: list[CancellationEventRow]

    def __init__(self) -> None:
        self.state = CancellationState.NONE
        self.reason = self.comment = None
        self.requested_at = self.answered_at = None
        self.history = []

    @property
    def state_code(self) -> int:
        """FACe's number of the state."""
        return CANCELLATIONS[self.state].code

    def name(self, language: Language) -> str:
        """What the state is called."""
        return CANCELLATIONS[self.state].names[language]


class CancellationEventRow:
    """Something that happened to a request. ``invoice`` is set where it was asked for."""

    __slots__ = ("act", "actor", "at", "automated", "info", "invoice", "invoice_key", "position", "state")

    invoice_key: str
    act: CancellationAct
    state: CancellationState
    at: datetime
    actor: str
    automated: bool
    info: str | None
    position: int
    invoice: InvoiceRow


CANCELLATION_COLUMNS = "r.invoice_id, r.state, r.reason, r.comment, r.requested_at, r.answered_at"
EVENT_COLUMNS = "e.invoice_id, e.act, e.state, e.at, e.actor, e.automated, e.text"


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
    return event
