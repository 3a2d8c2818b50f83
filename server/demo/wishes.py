"""Which of the demo's invoices their issuers wanted back, and what became of that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ...models.domain.cancellation import CancellationAct
from ...models.domain.states import InvoiceStatus
from .goods import CANCELLATIONS
from .lives import Life
from .people import MONTCLAR, RIUDECLARA

REFUSAL = "El servei ja s'ha conformat i comptabilitzat; si cal, emeteu una factura rectificativa."
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Wish:
    """Something that was said about cancelling an invoice; ``serial`` is its place among the lives."""

    at: datetime
    serial: int
    act: CancellationAct
    text: str | None


def tell_wishes(lives: Sequence[Life]) -> Iterator[Wish]:
    """Each invoice that was cancelled was asked for before; two requests wait for their answer, one was refused.

    These three are of invoices that have stood where they are for a day at least.
    """
    for serial, life in enumerate(lives):
        if life.status is InvoiceStatus.CANCELLED:
            yield from _granted(serial, life)
    for receiver in (RIUDECLARA, MONTCLAR):
        serial = _last(lives, receiver.tax_id, InvoiceStatus.CONFORMED)
        yield _asked(lives[serial].steps[-1][1] + _HOUR, serial)
    serial = _last(lives, MONTCLAR.tax_id, InvoiceStatus.RECOGNISED)
    asked = lives[serial].steps[-1][1] + _HOUR
    yield _asked(asked, serial)
    yield Wish(asked + 2 * _HOUR, serial, CancellationAct.REFUSE, REFUSAL)


def _granted(serial: int, life: Life) -> Iterator[Wish]:
    before, at = ([life.sent_at, *(at for _, at in life.steps)])[-2:]
    yield _asked(before + (at - before) / 2, serial)
    yield Wish(at, serial, CancellationAct.ACCEPT, None)


def _asked(at: datetime, serial: int) -> Wish:
    return Wish(at, serial, CancellationAct.REQUEST, CANCELLATIONS[serial % len(CANCELLATIONS)])


def _last(lives: Sequence[Life], tax_id: str, status: InvoiceStatus) -> int:
    """The invoice of this receiver that stands there for the shortest."""
    standing = [serial for serial, life in enumerate(lives) if life.receiver.tax_id == tax_id and life.status is status]
    return max(standing, key=lambda serial: lives[serial].steps[-1][1])
