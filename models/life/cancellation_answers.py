"""What the receiver's platform answers to a request of cancellation that went there, recorded here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ..database import Database, Unit
from ..domain.cancellation import CancellationAct, CancellationState, is_odd
from ..domain.errors import NotFound
from ..domain.exchange import CarriedAnswer, Direction, ReportedStep
from ..facts import InvoiceFacts, load_exchanged
from ..outboxes.cancellation_travel import Carried, carried_by
from ..platforms.exchange import MAX_REASON, take_steps
from ..platforms.known import PlatformRow
from ..recording.cancellation_steps import (
    Deed,
    cancellation_state,
    lock_cancellation_feeds,
    record_deed,
    take_cancellation_places,
)
from ..viewer import SERVICE_ACTOR
from .cancellation_mail import write_cancellation_mail


async def take_answer(
    database: Database,
    platform: PlatformRow,
    invoice_id: str | None,
    answer: CarriedAnswer,
    steps: Sequence[ReportedStep] = (),
) -> int:
    """Record how a request ended on the platform that the invoice went to, after the steps that come with it.

    The last version of the invoice that is known here now: below the answer's own, the answer was not taken, since
    what happened before it is missing. :class:`NotFound` for anything that did not go to this platform.
    """

    async def work(unit: Unit) -> int:
        version = await take_steps(unit, platform, invoice_id, steps)
        carried = await carried_by(unit, platform.id, Direction.OUT, answer.request_id)
        if carried is None:
            raise NotFound("There is no such request.", path=("input", "requestId"))
        if version >= answer.version and answer.act is not None and not carried.ended:
            assert invoice_id is not None
            await _record(unit, platform, await _facts(unit, platform, invoice_id), carried, answer)
        return version

    return await database.unit_of_work(work)


async def _record(
    unit: Unit, platform: PlatformRow, facts: InvoiceFacts, carried: Carried, answer: CarriedAnswer
) -> None:
    await lock_cancellation_feeds(unit, facts)
    if await cancellation_state(unit, facts.invoice_id) is not CancellationState.REQUESTED:
        return
    places = await take_cancellation_places(unit, facts)
    deed = _deed(platform, facts, carried, answer, places.now())
    await record_deed(unit, facts, deed, places)
    await write_cancellation_mail(unit, facts, deed)


def _deed(platform: PlatformRow, facts: InvoiceFacts, carried: Carried, answer: CarriedAnswer, now: datetime) -> Deed:
    assert answer.act is not None
    withdrawn = answer.act is CancellationAct.WITHDRAW and carried.withdrawn_by is not None
    return Deed(
        act=answer.act,
        at=now,
        actor=str(carried.withdrawn_by) if withdrawn else platform.name,
        user_id=carried.withdrawn_user_id if withdrawn else None,
        automated=False,
        text=answer.comment,
        reported_at=answer.at,
        unexpected=is_odd(answer.act, facts.status, answer.comment, withdrawn=withdrawn),
    )


async def give_back(database: Database, platform: PlatformRow, invoice_id: str, request_id: str, why: str) -> None:
    """A platform has said for good that it does not take a request: it ends here, and its issuer is told why."""

    async def work(unit: Unit) -> None:
        facts = await _facts(unit, platform, invoice_id)
        await lock_cancellation_feeds(unit, facts)
        carried = await carried_by(unit, platform.id, Direction.OUT, request_id)
        if carried is None or carried.ended:
            return
        places = await take_cancellation_places(unit, facts)
        deed = Deed(
            act=CancellationAct.RETURN,
            at=places.now(),
            actor=SERVICE_ACTOR,
            user_id=None,
            automated=True,
            text=f"{platform.name}: {why}"[:MAX_REASON],
        )
        await record_deed(unit, facts, deed, places)
        await write_cancellation_mail(unit, facts, deed)

    await database.unit_of_work(work)


async def _facts(unit: Unit, platform: PlatformRow, invoice_id: str) -> InvoiceFacts:
    facts = await load_exchanged(unit, platform.id, invoice_id)
    assert facts is not None
    return facts
