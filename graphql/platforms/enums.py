"""The enums of what travels between platforms, each value explained."""

from __future__ import annotations

from ...models.domain.exchange import Direction as TravelDirection
from ...models.domain.exchange import TravelState
from ..enums import explain

__all__ = [
    "TravelDirection",
    "TravelState",
]

explain(
    TravelDirection,
    "TravelDirection",
    "Which way an invoice goes between this platform and another.",
    {
        "OUT": "Sent here, to a receiver that lives on the other platform.",
        "IN": "Sent there, to a receiver that lives here.",
    },
)

explain(
    TravelState,
    "TravelState",
    "How far an invoice is on its way to another platform.",
    {
        "TRAVELLING": "Not taken over yet; it is tried again until it is.",
        "ARRIVED": "Taken over: its states come from there.",
        "REFUSED": "Not taken, for good; the invoice is rejected, and the reason says why.",
    },
)
