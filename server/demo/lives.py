"""Which lives the demo's invoices have led: how many of each kind, through which states, how long ago."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random

from ...models.domain.states import InvoiceStatus
from .calendar import working_instant
from .people import FERRER, MONTCLAR, NEWCOMER, RIUDECLARA, WINSLOW, DemoParty

_S = InvoiceStatus
Path = tuple[InvoiceStatus, ...]


@dataclass(frozen=True, slots=True)
class Life:
    """One invoice's states after SENT, each with its instant. ``sent_at`` is when it came in."""

    issuer: DemoParty
    receiver: DemoParty
    sent_at: datetime
    steps: tuple[tuple[InvoiceStatus, datetime], ...]

    @property
    def status(self) -> InvoiceStatus:
        """Where it stands now."""
        return self.steps[-1][0] if self.steps else _S.SENT


def _paths(*texts: str) -> tuple[Path, ...]:
    return tuple(tuple(_S(name) for name in text.split()) for text in texts)


_BODY_PATHS = {
    _S.SENT: _paths(""),
    _S.REGISTERED: _paths("REGISTERED"),
    _S.DELIVERED: _paths("REGISTERED DELIVERED"),
    _S.REGISTERED_IN_RCF: _paths("REGISTERED REGISTERED_IN_RCF", "REGISTERED DELIVERED REGISTERED_IN_RCF"),
    _S.RECEIVED: _paths(
        "REGISTERED REGISTERED_IN_RCF RECEIVED",
        "REGISTERED DELIVERED REGISTERED_IN_RCF RECEIVED",
    ),
    _S.CONFORMED: _paths(
        "REGISTERED REGISTERED_IN_RCF CONFORMED",
        "REGISTERED REGISTERED_IN_RCF RECEIVED CONFORMED",
    ),
    _S.RECOGNISED: _paths(
        "REGISTERED REGISTERED_IN_RCF CONFORMED RECOGNISED",
        "REGISTERED DELIVERED REGISTERED_IN_RCF RECOGNISED",
    ),
    _S.PAID: _paths(
        "REGISTERED REGISTERED_IN_RCF RECOGNISED PAID",
        "REGISTERED REGISTERED_IN_RCF CONFORMED RECOGNISED PAID",
        "REGISTERED DELIVERED REGISTERED_IN_RCF RECEIVED CONFORMED RECOGNISED PAID",
        "REGISTERED REGISTERED_IN_RCF CONFORMED PAID",
    ),
    _S.REJECTED: _paths(
        "REGISTERED REJECTED",
        "REGISTERED REGISTERED_IN_RCF REJECTED",
        "REGISTERED DELIVERED REJECTED",
    ),
    _S.CANCELLED: _paths("REGISTERED CANCELLED", "REGISTERED REGISTERED_IN_RCF CANCELLED"),
}

_COMPANY_PATHS = {
    _S.REGISTERED: _paths("REGISTERED"),
    _S.DELIVERED: _paths("REGISTERED DELIVERED"),
    _S.CONFORMED: _paths("REGISTERED CONFORMED", "REGISTERED DELIVERED CONFORMED"),
    _S.PAID: _paths("REGISTERED CONFORMED PAID", "REGISTERED DELIVERED CONFORMED PAID", "REGISTERED PAID"),
    _S.REJECTED: _paths("REGISTERED REJECTED", "REGISTERED DELIVERED REJECTED"),
    _S.CANCELLED: _paths("REGISTERED CANCELLED"),
}

_BODY = {
    _S.REGISTERED: 5,
    _S.DELIVERED: 4,
    _S.REGISTERED_IN_RCF: 6,
    _S.RECEIVED: 5,
    _S.CONFORMED: 5,
    _S.RECOGNISED: 7,
    _S.PAID: 34,
    _S.CANCELLED: 3,
}
_COMPANY = {_S.REGISTERED: 5, _S.DELIVERED: 4, _S.CONFORMED: 6, _S.PAID: 22, _S.REJECTED: 3, _S.CANCELLED: 2}

_PLANS = (
    (RIUDECLARA, _BODY | {_S.SENT: 8, _S.REJECTED: 5}, _BODY_PATHS, (FERRER, WINSLOW, FERRER)),
    (MONTCLAR, _BODY | {_S.REJECTED: 6}, _BODY_PATHS, (FERRER, WINSLOW)),
    (WINSLOW, _COMPANY, _COMPANY_PATHS, (FERRER,)),
)
"""For each receiver: how many of its invoices stand where, by which paths they came there, and who sends them."""

_LAST_STEP_AGE = {
    _S.SENT: (0, 3),
    _S.REGISTERED: (0, 5),
    _S.DELIVERED: (0, 6),
    _S.REGISTERED_IN_RCF: (0, 8),
    _S.RECEIVED: (0, 9),
    _S.CONFORMED: (1, 12),
    _S.RECOGNISED: (1, 15),
    _S.PAID: (1, 215),
    _S.REJECTED: (2, 220),
    _S.CANCELLED: (4, 230),
}
"""How many days ago an invoice came to where it stands now."""

_DELAY = {
    _S.REGISTERED: (0, 2),
    _S.DELIVERED: (0, 2),
    _S.REGISTERED_IN_RCF: (1, 4),
    _S.RECEIVED: (1, 3),
    _S.CONFORMED: (2, 8),
    _S.RECOGNISED: (2, 9),
    _S.PAID: (10, 33),
    _S.REJECTED: (1, 6),
    _S.CANCELLED: (1, 5),
}
"""How many days a step comes after the one before it."""


def tell_lives(dice: Random, now: datetime) -> list[Life]:
    """Two hundred lives up to ``now``, in the order in which they began."""
    lives = [_live(dice, now, issuer, receiver, path) for issuer, receiver, path in _parts()]
    return sorted(lives, key=lambda life: life.sent_at)


def _parts() -> Iterator[tuple[DemoParty, DemoParty, Path]]:
    # The one that never got in: refused by the service before anybody could register it.
    yield WINSLOW, RIUDECLARA, (_S.REJECTED,)
    # The one that waits for a receiver who has been invited.
    yield FERRER, NEWCOMER, ()
    for receiver, counts, paths, issuers in _PLANS:
        for status, count in counts.items():
            for serial in range(count):
                to = FERRER if receiver is WINSLOW and serial % 3 == 2 else receiver
                issuer = WINSLOW if to is FERRER else issuers[serial % len(issuers)]
                yield issuer, to, paths[status][serial % len(paths[status])]


def _live(dice: Random, now: datetime, issuer: DemoParty, receiver: DemoParty, path: Path) -> Life:
    """Told from its end backwards, so that it ends in the past whatever the delays come to."""
    last = path[-1] if path else _S.SENT
    at = working_instant(dice, now, dice.randint(*_LAST_STEP_AGE[last]))
    steps: list[tuple[InvoiceStatus, datetime]] = []
    for status in reversed(path):
        steps.insert(0, (status, at))
        if status is _S.REGISTERED and not receiver.manual_registration:
            break  # The service registers as the invoice comes in.
        at = working_instant(dice, at, dice.randint(*_DELAY[status]))
    return Life(issuer, receiver, at, tuple(steps))
