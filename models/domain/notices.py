"""What a party may be mailed about, and when: the events as data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from enum import StrEnum

from .numbering import LEGAL_TIME
from .states import STATES, InvoiceStatus


class NoticeEvent(StrEnum):
    """Something that happens to a party's invoices, keys or programs."""

    NEW_INVOICE = "NEW_INVOICE"
    STATE_SENT = "STATE_SENT"
    STATE_REGISTERED = "STATE_REGISTERED"
    STATE_DELIVERED = "STATE_DELIVERED"
    STATE_REGISTERED_IN_RCF = "STATE_REGISTERED_IN_RCF"
    STATE_RECEIVED = "STATE_RECEIVED"
    STATE_CONFORMED = "STATE_CONFORMED"
    STATE_RECOGNISED = "STATE_RECOGNISED"
    STATE_PAID = "STATE_PAID"
    STATE_REJECTED = "STATE_REJECTED"
    STATE_CANCELLED = "STATE_CANCELLED"
    CANCELLATION_REQUESTED = "CANCELLATION_REQUESTED"
    CANCELLATION_REFUSED = "CANCELLATION_REFUSED"
    INVITATION_ACCEPTED = "INVITATION_ACCEPTED"
    DOCUMENT_REFUSED = "DOCUMENT_REFUSED"
    WEBHOOK_DISABLED = "WEBHOOK_DISABLED"


class MailKind(StrEnum):
    """The kinds of mail: each has its own words and its own facts."""

    STATUS = "STATUS"
    INCOMING = "INCOMING"
    INVITATION = "INVITATION"
    INVITATION_ACCEPTED = "INVITATION_ACCEPTED"
    CANCELLATION_REQUESTED = "CANCELLATION_REQUESTED"
    CANCELLATION_WITHDRAWN = "CANCELLATION_WITHDRAWN"
    CANCELLATION_REFUSED = "CANCELLATION_REFUSED"
    CANCELLATION_UNDELIVERED = "CANCELLATION_UNDELIVERED"
    DIGEST = "DIGEST"
    DOCUMENT_REFUSED = "DOCUMENT_REFUSED"
    WEBHOOK_DISABLED = "WEBHOOK_DISABLED"
    USER_INVITATION = "USER_INVITATION"
    PASSWORD_RESET = "PASSWORD_RESET"  # noqa: S105 - the name of a kind
    PASSWORD_CHANGED = "PASSWORD_CHANGED"  # noqa: S105


PERSONAL = frozenset({MailKind.PASSWORD_RESET, MailKind.PASSWORD_CHANGED})
"""What is between the service and one person: his or her party does not see it among what was sent."""


class NoticeTiming(StrEnum):
    """When an address is mailed."""

    AT_ONCE = "AT_ONCE"
    DAILY = "DAILY"


STATE_EVENTS: dict[InvoiceStatus, NoticeEvent] = {
    status: NoticeEvent(f"STATE_{status.value}") for status in InvoiceStatus
}
"""The event of each state, as the issuer is told of it."""

OPTIONAL_AT_FIRST = frozenset({NoticeEvent.DOCUMENT_REFUSED})
"""Whoever brings a document sees why it is refused; a mail as well is for those who let programs bring them."""

AT_FIRST: frozenset[NoticeEvent] = frozenset(
    {STATE_EVENTS[status] for status, state in STATES.items() if state.mails_issuer}
    | {event for event in NoticeEvent if event not in STATE_EVENTS.values()}
) - (OPTIONAL_AT_FIRST)
"""What a new party's own address is mailed about: the legal minimum, and what needs somebody to act."""

DIGEST_TIME = time(7, 0)
"""Legal time of the daily digest: read before the day's work begins."""
_MARGIN = timedelta(minutes=10)
"""What happens so shortly before a digest goes into the next one: a transaction in progress may commit after it."""


def next_digest(now: datetime) -> datetime:
    """When the digest that takes what happens at ``now`` goes out: the next day's or today's 7:00, legal time."""
    local = (now + _MARGIN).astimezone(LEGAL_TIME)
    day = local.date() if local.time() < DIGEST_TIME else local.date() + timedelta(days=1)
    return datetime.combine(day, DIGEST_TIME, LEGAL_TIME)


def events_text(events: Iterable[NoticeEvent]) -> str:
    """Events as a column keeps them: comma-joined, sorted."""
    return ",".join(sorted({event.value for event in events}))


def events_of(text: str) -> frozenset[NoticeEvent]:
    """The events of a column."""
    return frozenset(NoticeEvent(event) for event in text.split(",") if event)
