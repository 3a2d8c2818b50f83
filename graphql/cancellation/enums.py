"""The enums of requests of cancellation, each value explained."""

from __future__ import annotations

from ...models.domain.cancellation import CANCELLATIONS, CancellationAct, CancellationState
from ...models.domain.errors import CancellationRefusal
from ...models.domain.states import Language
from ..enums import explain

__all__ = [
    "CancellationAct",
    "CancellationRefusal",
    "CancellationState",
]

explain(
    CancellationState,
    "CancellationState",
    "Where the issuer's wish to cancel an invoice stands, beside the invoice's own state.",
    {
        state.value: f"{definition.names[Language.EN]} ({definition.names[Language.CA]}), FACe {definition.code}."
        for state, definition in CANCELLATIONS.items()
    },
)

explain(
    CancellationAct,
    "CancellationAct",
    "What can happen to a request of cancellation.",
    {
        "REQUEST": "The issuer asks, with a reason.",
        "ACCEPT": "The receiver accepts; the invoice is cancelled in the same moment.",
        "REFUSE": "The receiver refuses, with a comment; it cannot be asked again.",
        "WITHDRAW": "The issuer takes the request back; it may ask again.",
        "OVERTAKE": "The receiver has paid or rejected the invoice while the request waited, which ends it.",
        "RETURN": "The receiver's platform took no request; `info` says why. The issuer may ask again.",
    },
)

explain(
    CancellationRefusal,
    "CancellationRefusal",
    "Why a cancellation cannot be asked for or answered.",
    {
        reason.value: reason.words + (f" FACe {reason.face_code}." if reason.face_code else "")
        for reason in CancellationRefusal
    },
)
