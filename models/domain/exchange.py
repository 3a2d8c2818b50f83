"""What two platforms tell each other of an invoice, and what becomes of it here: plain data, pure decisions.

Each step of an invoice has a version, 1 for SENT, and steps are taken in the order of their versions: told twice or out
of order, they end up once and in order. What the rules here would refuse is kept all the same, since it has happened;
it is marked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from .cancellation import CancellationAct
from .states import InvoiceStatus
from .transitions import PartyKind, PartyRole, is_final, next_states


class Direction(StrEnum):
    """Which way an invoice goes."""

    OUT = "OUT"
    IN = "IN"


AWAY = {Direction.OUT: PartyRole.RECEIVER, Direction.IN: PartyRole.ISSUER}
"""The side of an invoice that lives on the other platform."""


class TravelState(StrEnum):
    """How far an invoice has come on its way to another platform."""

    TRAVELLING = "TRAVELLING"
    ARRIVED = "ARRIVED"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedStep:
    """A step as the platform where it happened tells it."""

    version: int
    to_status: InvoiceStatus
    at: datetime
    registry_number: str | None = None
    rcf_number: str | None = None
    reason: str | None = None
    reason_code: str | None = None
    payment_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the receiving platform says that it has taken over. ``signature`` is the whole as its JWS."""

    remote_id: str
    received_at: datetime
    sha256: str
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What a platform says of a document before it is read. ``invoice_id`` is the invoice's id over there."""

    invoice_id: str
    sha256: str
    issuer_tax_id: str
    receiver_tax_id: str
    number: str
    series: str | None
    issue_date: date
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedRequest:
    """All that an issuer's platform says of a request of cancellation; told again, it is the same request.

    ``request_id`` is what both platforms call it, ``invoice_id`` the invoice's id on the issuer's.
    """

    request_id: str
    invoice_id: str
    reason: str
    requested_at: datetime
    withdrawn_at: datetime | None = None
    """Since when the issuer wants it taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedAnswer:
    """How a request stands on the receiver's platform: ``act`` is what ended it there, None while it waits.

    ``version`` is the invoice's version there: whoever takes the answer must know the steps up to it.
    """

    request_id: str
    version: int
    act: CancellationAct | None = None
    at: datetime | None = None
    comment: str | None = None


ENDS = (CancellationAct.ACCEPT, CancellationAct.REFUSE, CancellationAct.WITHDRAW, CancellationAct.OVERTAKE)
"""What can end a request on the receiver's platform."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownParty:
    """A tax id that lives on a platform, as that platform tells it."""

    tax_id: str
    name: str | None
    kind: PartyKind | None


def continuation(steps: Iterable[ReportedStep], known: int) -> list[ReportedStep]:
    """The steps that go on from version ``known`` without a gap, in their order; of several of one version the first.

    What lies behind a gap is left: whoever told it tells it again from the gap on.
    """
    by_version: dict[int, ReportedStep] = {}
    for step in steps:
        by_version.setdefault(step.version, step)
    found: list[ReportedStep] = []
    while known + 1 in by_version:
        known += 1
        found.append(by_version[known])
    return found


def is_unexpected(
    kind: PartyKind, from_status: InvoiceStatus, step: ReportedStep, *, asked_to_cancel: bool = False
) -> bool:
    """Whether the rules here would have refused the step: no way there from that state, or without what it needs."""
    if step.to_status is InvoiceStatus.CANCELLED:
        return is_final(from_status) or not asked_to_cancel
    if step.to_status not in next_states(kind, from_status):
        return True
    needed = {
        InvoiceStatus.REGISTERED: step.registry_number,
        InvoiceStatus.REGISTERED_IN_RCF: step.rcf_number,
        InvoiceStatus.REJECTED: step.reason,
        InvoiceStatus.PAID: step.payment_date,
    }
    return step.to_status in needed and not needed[step.to_status]
