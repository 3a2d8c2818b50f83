"""Recording what happens to a request of cancellation: where it stands, one row of its history, both feeds.

Whoever calls works in a unit; the first thing done here locks both parties' feeds, under which every change of an
invoice's state is made too. So what is read afterwards stays true until the commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ..database import Unit
from ..domain.cancellation import RULES, CancellationAct, CancellationState
from ..facts import InvoiceFacts
from ..feeds.places import Places, take_places
from ..feeds.positions import CANCELLATION_FEED
from ..identifiers import new_id
from ..outboxes.cancellation_travel import end_travel
from ..outboxes.webhooks_of_cancellations import ToldDeed, tell_webhooks_of_deed
from ..sql import Statement, key_set


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something that somebody did to a request. ``text`` is the issuer's reason or the receiver's comment."""

    act: CancellationAct
    at: datetime
    actor: str
    user_id: str | None
    automated: bool
    text: str | None = None
    reported_at: datetime | None = None
    """When it happened on another platform, as that says; None for what happens here."""
    unexpected: bool = False
    """Kept as another platform reports it, although it does not fit what is known here."""


async def take_cancellation_places(unit: Unit, facts: InvoiceFacts) -> Places:
    """Lock both parties' feeds, and take the next position in each."""
    return await take_places(unit, CANCELLATION_FEED, facts.issuer_id, facts.receiver_id, 1)


async def lock_cancellation_feeds(unit: Unit, facts: InvoiceFacts) -> None:
    """Lock both parties' feeds, for whoever does not know yet whether there is something to record."""
    await take_places(unit, CANCELLATION_FEED, facts.issuer_id, facts.receiver_id, 0)


async def cancellation_state(unit: Unit, invoice_id: str) -> CancellationState:
    """Where the request stands."""
    query = Statement(unit.dialect)
    rows = await unit.fetch(
        f"SELECT r.state FROM cancellation_request r WHERE r.invoice_id = {query.bind(invoice_id)}", query.values
    )
    return CancellationState(rows[0][0]) if rows else CancellationState.NONE


async def awaiting_answers(unit: Unit, invoice_ids: Sequence[str]) -> set[str]:
    """Those of these invoices that have a request which waits for its answer."""
    if not invoice_ids:
        return set()
    query = Statement(unit.dialect)
    rows = await unit.fetch(
        f"SELECT r.invoice_id FROM cancellation_request r WHERE r.invoice_id IN {key_set(query, invoice_ids)}"
        f" AND r.state = {query.bind(CancellationState.REQUESTED.value)}",
        query.values,
    )
    return {str(row[0]) for row in rows}


async def record_deed(unit: Unit, facts: InvoiceFacts, deed: Deed, places: Places, offset: int = 0) -> str:
    """Bring the request where the deed leads, and write its row of history; the row's UUID.

    What may be done is decided before (``domain.cancellation``), after the places were taken.
    """
    acts = await _stand(unit, facts, deed)
    query = Statement(unit.dialect)
    event_id = str(new_id())
    row: dict[str, object] = {
        "id": event_id,
        "invoice_id": facts.invoice_id,
        "place": acts,
        "act": deed.act.value,
        "state": RULES[deed.act].to.value,
        "at": deed.at,
        "actor": deed.actor,
        "user_id": deed.user_id,
        "automated": deed.automated,
        "text": deed.text,
        "reported_at": deed.reported_at,
        "unexpected": deed.unexpected,
        "issuer_id": facts.issuer_id,
        "issuer_position": places.issuer + offset,
        "receiver_id": facts.receiver_id,
        "receiver_position": places.receiver + offset,
    }
    values = ", ".join(query.bind(value) for value in row.values())
    await unit.execute(f"INSERT INTO cancellation_event ({', '.join(row)}) VALUES ({values})", query.values)
    if deed.act is not CancellationAct.REQUEST:
        await end_travel(unit, facts, event_id)
    state = RULES[deed.act].to
    told = ToldDeed(facts, deed.act, state, deed.at, places.issuer + offset, places.receiver + offset)
    await tell_webhooks_of_deed(unit, told)
    return event_id


async def _stand(unit: Unit, facts: InvoiceFacts, deed: Deed) -> int:
    """Where the request stands from now on; how many rows of history it has with this one."""
    query = Statement(unit.dialect)
    changes: dict[str, object] = {"state": RULES[deed.act].to.value}
    if deed.act is CancellationAct.REQUEST:
        changes |= {"reason": deed.text, "comment": None, "requested_at": deed.at, "answered_at": None}
        row = {**changes, "issuer_id": facts.issuer_id, "receiver_id": facts.receiver_id}
        names, values = ", ".join(row), ", ".join(query.bind(value) for value in row.values())
        updates = ", ".join(f"{name} = excluded.{name}" for name in changes)
        sql = (
            f"INSERT INTO cancellation_request (invoice_id, acts, {names})"
            f" VALUES ({query.bind(facts.invoice_id)}, 1, {values})"
            f" ON CONFLICT (invoice_id) DO UPDATE SET acts = cancellation_request.acts + 1, {updates} RETURNING acts"
        )
    else:
        changes |= {"comment": deed.text, "answered_at": deed.at}
        updates = ", ".join(f"{name} = {query.bind(value)}" for name, value in changes.items())
        sql = (
            f"UPDATE cancellation_request SET acts = acts + 1, {updates}"
            f" WHERE invoice_id = {query.bind(facts.invoice_id)} RETURNING acts"
        )
    return int((await unit.fetch(sql, query.values))[0][0])


async def overtake(unit: Unit, facts: InvoiceFacts, *, at: datetime, actor: str, user_id: str | None) -> None:
    """End a request that waits for its answer: its receiver has paid or rejected the invoice meanwhile.

    The caller has locked both feeds.
    """
    if await cancellation_state(unit, facts.invoice_id) is not CancellationState.REQUESTED:
        return
    places = await take_cancellation_places(unit, facts)
    deed = Deed(
        act=CancellationAct.OVERTAKE,
        at=places.no_earlier(at.astimezone(UTC)),
        actor=actor,
        user_id=user_id,
        automated=user_id is None,
    )
    await record_deed(unit, facts, deed, places)
