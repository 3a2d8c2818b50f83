"""What was told to a webhook, and how that went; and telling it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..database import Database, Row, Unit
from ..domain.errors import NotFound
from ..domain.webhooks import WebhookState
from ..identifiers import global_id
from ..outboxes.webhooks import OUTBOX
from ..sql import Statement, as_instant
from ..viewer import Viewer
from .managing import check_manager


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """One event for one webhook. ``body`` is what is sent."""

    key: str
    event: str
    state: str
    attempts: int
    body: str
    created_at: datetime
    next_attempt_at: datetime | None
    sent_at: datetime | None
    last_code: int | None
    last_error: str | None

    @property
    def id(self) -> str:
        """The id that clients see."""
        return global_id("WebhookDelivery", self.key)

    @property
    def message_id(self) -> str:
        """The ``webhook-id`` that it is sent with, at every attempt."""
        return f"msg_{self.key}"


_COLUMNS = (
    "d.id, d.event, d.state, d.attempts, d.body, d.created_at, d.next_attempt_at, d.sent_at, d.last_code, d.last_error"
)


async def read_deliveries(database: Database, webhook_key: str, *, before: str | None, limit: int) -> list[DeliveryRow]:
    """Deliveries of a webhook that was let through, the newest first; ``before`` is a key to go on from."""
    query = Statement(database.dialect)
    where = f"d.webhook_id = {query.bind(webhook_key)}"
    if before is not None:
        where += f" AND d.id < {query.bind(before)}"
    found = await database.fetch(
        f"SELECT {_COLUMNS} FROM {OUTBOX} d WHERE {where} ORDER BY d.id DESC LIMIT {int(limit)}", query.values
    )
    return [_row(row) for row in found]


async def read_delivery(database: Database, viewer: Viewer, key: str) -> DeliveryRow | None:
    """One of the viewer's party's."""
    query = Statement(database.dialect)
    found = await database.fetch(
        f"SELECT {_COLUMNS} FROM {OUTBOX} d JOIN webhook w ON w.id = d.webhook_id"
        f" WHERE d.id = {query.bind(key)} AND {_of(query, viewer)}",
        query.values,
    )
    return _row(found[0]) if found else None


async def redeliver(database: Database, viewer: Viewer, key: str | None, now: datetime) -> None:
    """Send a delivery again, or now, under the same id; one that is being sent at this moment is left alone."""
    check_manager(viewer)

    async def work(unit: Unit) -> None:
        query = Statement(unit.dialect)
        found = key and await unit.fetch(
            f"SELECT d.id, w.paused_until FROM {OUTBOX} d JOIN webhook w ON w.id = d.webhook_id"
            f" WHERE d.id = {query.bind(key)} AND {_of(query, viewer)}",
            query.values,
        )
        if not found:
            raise NotFound("There is no such delivery, or you may not manage it.", path=("input", "deliveryId"))
        paused = found[0][1]
        due = now if paused is None else max(now, as_instant(paused))
        query = Statement(unit.dialect)
        await unit.execute(
            f"UPDATE {OUTBOX} SET state = 'QUEUED', attempts = 0, sent_at = NULL, next_attempt_at = {query.bind(due)}"
            f" WHERE id = {query.bind(key)} AND claimed_by IS NULL",
            query.values,
        )
        unit.queued.add(OUTBOX)

    await database.unit_of_work(work)


def _of(query: Statement, viewer: Viewer) -> str:
    return f"w.party_id = {query.bind(viewer.party_id)} AND w.state <> {query.bind(WebhookState.DELETED.value)}"


def _row(row: Row) -> DeliveryRow:
    key, event, state, attempts, body, created, due, sent, code, error = row
    return DeliveryRow(
        key=str(key),
        event=event,
        state=state,
        attempts=attempts,
        body=body,
        created_at=as_instant(created),
        next_attempt_at=as_instant(due) if state == "QUEUED" else None,
        sent_at=None if sent is None else as_instant(sent),
        last_code=code,
        last_error=error,
    )
