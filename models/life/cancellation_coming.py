"""A request of cancellation comes from the platform of the issuer: shown to the receiver here as if asked here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from ..database import Database, Row, Unit
from ..domain.cancellation import REFUSED_ON_ARRIVAL, CancellationAct, CancellationState, why_not
from ..domain.errors import CancellationRefusal, NotFound
from ..domain.exchange import CarriedAnswer, CarriedRequest, Direction
from ..domain.states import Language
from ..facts import InvoiceFacts, load_exchanged
from ..outboxes.cancellation_travel import carried_by, insert_travel
from ..platforms.known import PlatformRow
from ..recording.cancellation_steps import (
    Deed,
    cancellation_state,
    lock_cancellation_feeds,
    record_deed,
    take_cancellation_places,
)
from ..sql import Statement, as_instant
from ..viewer import SERVICE_ACTOR
from .cancellation_mail import write_cancellation_mail

_ANSWER = (
    "SELECT t.key, i.version, e.act, COALESCE(e.reported_at, e.at), e.text FROM cancellation_travel t"
    " JOIN invoice i ON i.id = t.invoice_id LEFT JOIN cancellation_event e ON e.id = t.answer_id"
)


async def take_request(database: Database, platform: PlatformRow, request: CarriedRequest) -> CarriedAnswer:
    """Record what a platform asks of an invoice that came from it, and say how that stands.

    The same again has no further effect. What cannot be cancelled any more is asked for and refused in one.
    :class:`NotFound` for anything that did not come from this platform.
    """

    async def work(unit: Unit) -> CarriedAnswer:
        facts = await _held(unit, platform, request.invoice_id)
        known = await carried_by(unit, platform.id, Direction.IN, request.request_id)
        if known is None:
            await lock_cancellation_feeds(unit, facts)
            await _enter(unit, platform, await _held(unit, platform, request.invoice_id), request)
        elif request.withdrawn_at is not None and not known.ended:
            await lock_cancellation_feeds(unit, facts)
            await _withdraw(unit, platform, facts, request)
        [answer] = await _read(unit, "t.key", [request.request_id], platform.id)
        return answer

    return await database.unit_of_work(work)


async def _held(unit: Unit, platform: PlatformRow, remote_id: str) -> InvoiceFacts:
    """The facts of an invoice that came from there; no other request about it comes in until the commit."""
    query = Statement(unit.dialect)
    lock = " FOR UPDATE" if unit.dialect == "postgres" else ""
    rows = await unit.fetch(
        f"SELECT invoice_id FROM exchange WHERE platform_id = {query.bind(platform.id)} AND direction = 'IN'"
        f" AND remote_id = {query.bind(remote_id)}{lock}",
        query.values,
    )
    facts = await load_exchanged(unit, platform.id, str(rows[0][0])) if rows else None
    if facts is None:
        raise NotFound(path=("input", "invoiceId"))
    return facts


async def _enter(unit: Unit, platform: PlatformRow, facts: InvoiceFacts, request: CarriedRequest) -> None:
    state = await cancellation_state(unit, facts.invoice_id)
    now = datetime.now(UTC)
    if state is CancellationState.REQUESTED:
        # Its platform has forgotten that it asked before: the one that waits is answered under both names.
        await insert_travel(unit, facts, Direction.IN, request.request_id, now)
        return
    why = why_not(CancellationAct.REQUEST, facts.status, state)
    asked = await _record(unit, platform, facts, CancellationAct.REQUEST, request.requested_at, request.reason)
    await insert_travel(unit, facts, Direction.IN, request.request_id, now)
    if why is not None:
        await _refuse(unit, facts, why)
    elif request.withdrawn_at is not None:
        await _record(unit, platform, facts, CancellationAct.WITHDRAW, request.withdrawn_at)
    else:
        await write_cancellation_mail(unit, facts, asked)


async def _withdraw(unit: Unit, platform: PlatformRow, facts: InvoiceFacts, request: CarriedRequest) -> None:
    if await cancellation_state(unit, facts.invoice_id) is CancellationState.REQUESTED:
        deed = await _record(unit, platform, facts, CancellationAct.WITHDRAW, request.withdrawn_at)
        await write_cancellation_mail(unit, facts, deed)


async def _record(
    unit: Unit,
    platform: PlatformRow,
    facts: InvoiceFacts,
    act: CancellationAct,
    reported_at: datetime | None,
    text: str | None = None,
) -> Deed:
    places = await take_cancellation_places(unit, facts)
    at = places.now()
    deed = Deed(act=act, at=at, actor=platform.name, user_id=None, automated=False, text=text, reported_at=reported_at)
    await record_deed(unit, facts, deed, places)
    return deed


async def _refuse(unit: Unit, facts: InvoiceFacts, why: CancellationRefusal) -> None:
    """It came too late: refused in the receiver's place, and in its language."""
    places = await take_cancellation_places(unit, facts)
    deed = Deed(
        act=CancellationAct.REFUSE,
        at=places.now(),
        actor=SERVICE_ACTOR,
        user_id=None,
        automated=True,
        text=REFUSED_ON_ARRIVAL[why][Language(facts.receiver_language)],
    )
    await record_deed(unit, facts, deed, places)


async def load_answer(database: Database, travel_id: str) -> CarriedAnswer:
    """How a request that came in has ended, and how the invoice stands now."""
    [answer] = await _read(database, "t.id", [travel_id], None)
    return answer


async def read_answers(database: Database, platform_id: str, request_ids: Sequence[str]) -> list[CarriedAnswer]:
    """How those of a platform's requests stand that are known here."""
    return await _read(database, "t.key", request_ids, platform_id)


async def _read(
    source: Database | Unit, column: str, keys: Sequence[str], platform_id: str | None
) -> list[CarriedAnswer]:
    query = Statement(source.dialect)
    where = f"t.direction = 'IN' AND {column} IN {query.bind_all(list(keys))}"
    if platform_id is not None:
        where += f" AND t.platform_id = {query.bind(platform_id)}"
    return [_answer(row) for row in await source.fetch(f"{_ANSWER} WHERE {where}", query.values)]


def _answer(row: Row) -> CarriedAnswer:
    key, version, act, at, comment = row
    return CarriedAnswer(
        request_id=key,
        version=version,
        act=None if act is None else CancellationAct(act),
        at=None if at is None else as_instant(at),
        comment=comment,
    )
