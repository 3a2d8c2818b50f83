"""Requests of cancellation on their way: from the issuer's platform to the receiver's, which answers them.

A request that waits for its answer has one row here that is not ENDED, on either side.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from ..database import Database, Unit
from ..domain.exchange import CarriedRequest, Direction
from ..facts import InvoiceFacts
from ..identifiers import global_id, new_id
from ..sql import Statement, as_instant
from .platforms import queue_delivery

ASKS, ANSWERS = "CANCELLATION", "ANSWER"
"""The outbox's kinds: a request goes there, its answer comes back."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A row of ``cancellation_travel``. ``withdrawn_by`` and ``withdrawn_user_id`` say who wants it taken back."""

    id: str
    ended: bool
    withdrawn_by: str | None
    withdrawn_user_id: str | None


async def send_request(unit: Unit, facts: InvoiceFacts, event_id: str, now: datetime) -> None:
    """Set a request that has just been recorded on its way to the receiver's platform."""
    travel_id = await insert_travel(unit, facts, Direction.OUT, event_id, now)
    await _queue(unit, facts, ASKS, travel_id)


async def insert_travel(unit: Unit, facts: InvoiceFacts, direction: Direction, key: str, now: datetime) -> str:
    """The row of a request that goes to another platform or came from it; its UUID."""
    travel_id = str(new_id())
    row: dict[str, object] = {
        "id": travel_id,
        "platform_id": facts.platform_id,
        "invoice_id": facts.invoice_id,
        "direction": direction.value,
        "key": key,
        "state": "TRAVELLING" if direction is Direction.OUT else "ARRIVED",
        "sent_at": now,
        "arrived_at": None if direction is Direction.OUT else now,
    }
    query = Statement(unit.dialect)
    values = ", ".join(query.bind(value) for value in row.values())
    await unit.execute(f"INSERT INTO cancellation_travel ({', '.join(row)}) VALUES ({values})", query.values)
    return travel_id


async def send_withdrawal(unit: Unit, facts: InvoiceFacts, *, actor: str, user_id: str, now: datetime) -> None:
    """Have the receiver's platform take back the request that waits; it has been, once that says so.

    Wished twice, it is wished once.
    """
    query = Statement(unit.dialect)
    changes: dict[str, object] = {"withdrawn_at": now, "withdrawn_by": actor, "withdrawn_user_id": user_id}
    assignments = ", ".join(f"{name} = {query.bind(value)}" for name, value in changes.items())
    found = await unit.fetch(
        f"UPDATE cancellation_travel SET {assignments} WHERE invoice_id = {query.bind(facts.invoice_id)}"
        " AND direction = 'OUT' AND state <> 'ENDED' AND withdrawn_at IS NULL RETURNING id",
        query.values,
    )
    for row in found:
        await _queue(unit, facts, ASKS, str(row[0]))


async def end_travel(unit: Unit, facts: InvoiceFacts, event_id: str) -> None:
    """A request has ended by this event: where it came from another platform, that is told."""
    if facts.platform_id is None:
        return
    query = Statement(unit.dialect)
    ended = await unit.fetch(
        f"UPDATE cancellation_travel SET state = 'ENDED', answer_id = {query.bind(event_id)}"
        f" WHERE invoice_id = {query.bind(facts.invoice_id)} AND state <> 'ENDED' RETURNING id, direction",
        query.values,
    )
    for travel_id, direction in ended:
        if direction == Direction.IN:
            await _queue(unit, facts, ANSWERS, str(travel_id))


async def carried_by(unit: Unit, platform_id: str, direction: Direction, key: str) -> Carried | None:
    """The request that both platforms call so."""
    query = Statement(unit.dialect)
    rows = await unit.fetch(
        "SELECT id, state, withdrawn_by, withdrawn_user_id FROM cancellation_travel"
        f" WHERE platform_id = {query.bind(platform_id)} AND direction = {query.bind(direction.value)}"
        f" AND key = {query.bind(key)}",
        query.values,
    )
    if not rows:
        return None
    travel_id, state, by, user_id = rows[0]
    return Carried(str(travel_id), state == "ENDED", by, None if user_id is None else str(user_id))


async def load_request(database: Database, travel_id: str) -> CarriedRequest | None:
    """What the receiver's platform is to be told of a request; None where it has ended."""
    query = Statement(database.dialect)
    found = await database.fetch(
        "SELECT t.key, t.invoice_id, e.text, e.at, t.withdrawn_at FROM cancellation_travel t"
        f" JOIN cancellation_event e ON e.id = {_as_uuid(database, 't.key')}"
        f" WHERE t.id = {query.bind(travel_id)} AND t.state <> 'ENDED'",
        query.values,
    )
    if not found:
        return None
    key, invoice_id, reason, requested_at, withdrawn_at = found[0]
    return CarriedRequest(
        request_id=key,
        invoice_id=global_id("Invoice", str(invoice_id)),
        reason=reason,
        requested_at=as_instant(requested_at),
        withdrawn_at=None if withdrawn_at is None else as_instant(withdrawn_at),
    )


def _as_uuid(database: Database, column: str) -> str:
    return f"{column}::uuid" if database.dialect == "postgres" else column


async def note_arrival(database: Database, travel_id: str) -> None:
    """The receiver's platform has the request."""

    async def work(unit: Unit) -> None:
        query = Statement(unit.dialect)
        await unit.execute(
            f"UPDATE cancellation_travel SET state = 'ARRIVED', arrived_at = {query.bind(datetime.now(UTC))}"
            f" WHERE id = {query.bind(travel_id)} AND state = 'TRAVELLING'",
            query.values,
        )

    await database.unit_of_work(work)


async def waiting_requests(
    database: Database, platform_id: str, after: str | None, limit: int
) -> list[tuple[str, ...]]:
    """Requests that wait for their answer on a platform: row, name on both, invoice; in the order of their rows."""
    query = Statement(database.dialect)
    onwards = "" if after is None else f" AND t.id > {query.bind(after)}"
    found = await database.fetch(
        "SELECT t.id, t.key, t.invoice_id FROM cancellation_travel t"
        f" WHERE t.platform_id = {query.bind(platform_id)} AND t.direction = 'OUT' AND t.state = 'ARRIVED'{onwards}"
        f" ORDER BY t.id LIMIT {int(limit)}",
        query.values,
    )
    return [tuple(map(str, row)) for row in found]


async def _queue(unit: Unit, facts: InvoiceFacts, kind: str, travel_id: str) -> None:
    assert facts.platform_id is not None
    await queue_delivery(unit, kind, facts.platform_id, facts.invoice_id, cancellation_id=travel_id)
