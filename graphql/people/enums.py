"""The enums of a party's people and of the keys that people come in with, each value explained."""

from __future__ import annotations

from ...models.domain.keys import KeyState
from ...models.life.invitations import InvitationEventKind
from ...models.people.user_log import UserEventKind
from ..enums import explain

__all__ = [
    "InvitationEventKind",
    "KeyState",
    "UserEventKind",
]

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
