"""Events and states of notices, each explained."""

from __future__ import annotations

from enum import StrEnum

from ...models.domain.notices import STATE_EVENTS, MailKind, NoticeEvent, NoticeTiming
from ..enums import explain

__all__ = ["MailKind", "NoticeEvent", "NoticeTiming", "NotificationState"]


class NotificationState(StrEnum):
    """The states of an outbox row."""

    QUEUED = "QUEUED"
    SENT = "SENT"
    FAILED = "FAILED"


explain(
    NoticeEvent,
    "NoticeEvent",
    "Something that an address can be mailed about.",
    {event.value: f"As issuer: an invoice has become {status.value}." for status, event in STATE_EVENTS.items()}
    | {
        "NEW_INVOICE": "As receiver: an invoice has come in.",
        "CANCELLATION_REQUESTED": "As receiver: an issuer asks for the cancellation of an invoice.",
        "CANCELLATION_REFUSED": "As issuer: a receiver refuses to cancel an invoice, or its platform took no request.",
        "INVITATION_ACCEPTED": "As issuer: a receiver that you invited has signed up.",
        "DOCUMENT_REFUSED": "As issuer: a document that you or a program of yours brought was refused.",
        "WEBHOOK_DISABLED": "A webhook of yours was switched off, because its target failed for a day.",
    },
)

explain(
    NoticeTiming,
    "NoticeTiming",
    "When an address is mailed.",
    {"AT_ONCE": "A mail for each event.", "DAILY": "One mail a day, at 7:00 Madrid time, if anything happened."},
)

explain(
    MailKind,
    "NotificationKind",
    "What a notification is about.",
    {
        "STATUS": "To the issuer: an invoice has reached a state.",
        "INCOMING": "To the receiver: an invoice has come in.",
        "INVITATION": "To a receiver that is not here yet: what waits for it, with the first key.",
        "INVITATION_ACCEPTED": "A receiver that you invited has signed up.",
        "CANCELLATION_REQUESTED": "To the receiver: the issuer asks that an invoice be cancelled.",
        "CANCELLATION_WITHDRAWN": "To the receiver: the issuer no longer asks.",
        "CANCELLATION_REFUSED": "To the issuer: the receiver does not cancel an invoice.",
        "CANCELLATION_UNDELIVERED": "To the issuer: the receiver's platform took no request to cancel an invoice.",
        "DIGEST": "What happened within a day, in one mail.",
        "DOCUMENT_REFUSED": "To the issuer: a document was refused, with the findings.",
        "WEBHOOK_DISABLED": "To a party's administrators: a webhook of theirs was switched off.",
        "USER_INVITATION": "To a person who was invited to the party. Only administrators see it.",
        "PASSWORD_RESET": "To a person who forgot the password. Nobody else is shown it.",
        "PASSWORD_CHANGED": "To a person whose password is another now. Nobody else is shown it.",
    },
)

explain(
    NotificationState,
    "NotificationState",
    "Whether a mail has gone out.",
    {
        "QUEUED": "It waits for its next attempt.",
        "SENT": "The mail server has taken it over.",
        "FAILED": "It was refused for good, or tried for three days.",
    },
)
