"""What webhooks are told of a change: rows of their outbox, written in the change's own transaction.

Sending is ``mail.webhooks``'s work. What is told is small and no document: who needs more asks the API, and who must
not miss anything reads the feed from the cursor on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from .database import Unit
from .domain.transitions import PartyRole
from .domain.webhooks import KEPT, WebhookEvent, WebhookState, event_of, events_of
from .facts import InvoiceFacts, RecordedStep
from .identifiers import global_id, new_id
from .positions import STATUS_FEED
from .sql import Statement, as_instant

OUTBOX = "webhook_delivery"


@dataclass(frozen=True, slots=True)
class Told:
    """A step of an invoice's history, with its version and its places in both feeds."""

    step: RecordedStep
    version: int
    issuer_position: int
    receiver_position: int


@dataclass(frozen=True, slots=True)
class _Listener:
    webhook_id: str
    party_id: str
    events: tuple[WebhookEvent, ...] | None
    paused_until: datetime | None


async def tell_webhooks(unit: Unit, facts: InvoiceFacts, steps: Sequence[Told]) -> None:
    """Queue what both parties' webhooks are told of these steps; whose issuer is its receiver hears as both."""
    listeners = await _listeners(unit, facts, steps[0].step.at)
    for told in steps:
        event = event_of(told.step.to_status)
        for listener in listeners:
            if listener.events is not None and event not in listener.events:
                continue
            for role, party_id, position in (
                (PartyRole.ISSUER, facts.issuer_id, told.issuer_position),
                (PartyRole.RECEIVER, facts.receiver_id, told.receiver_position),
            ):
                if party_id == listener.party_id:
                    data = _data(facts, told, role, position)
                    await _queue(unit, listener.webhook_id, event, data, told.step.at, listener.paused_until)


async def queue_delivery(unit: Unit, webhook_id: str, event: WebhookEvent, data: dict[str, Any], now: datetime) -> str:
    """Queue one event for one webhook, and return the delivery's UUID."""
    return await _queue(unit, webhook_id, event, data, now, None)


async def _listeners(unit: Unit, facts: InvoiceFacts, now: datetime) -> list[_Listener]:
    query = Statement(unit.dialect)
    parties = query.bind_all([facts.issuer_id, facts.receiver_id])
    found = await unit.fetch(
        f"SELECT w.id, w.party_id, w.events, w.paused_until FROM webhook w WHERE w.party_id IN {parties}"
        f" AND w.state <> {query.bind(WebhookState.DELETED.value)}"
        f" AND (w.disabled_at IS NULL OR w.disabled_at > {query.bind(now - KEPT)}) ORDER BY w.id",
        query.values,
    )
    return [
        _Listener(str(key), str(party), events_of(events), None if paused is None else as_instant(paused))
        for key, party, events, paused in found
    ]


def _data(facts: InvoiceFacts, told: Told, role: PartyRole, position: int) -> dict[str, Any]:
    step = told.step
    return {
        "invoiceId": global_id("Invoice", facts.invoice_id),
        "changeId": global_id("StatusChange", step.change_id),
        "role": role.value,
        "series": facts.series,
        "number": facts.number,
        "issueDate": facts.issue_date.isoformat(),
        "issuerTaxId": facts.issuer_tax_id,
        "receiverTaxId": facts.receiver_tax_id,
        "from": None if step.from_status is None else step.from_status.value,
        "status": step.to_status.value,
        "version": told.version,
        "registryNumber": step.registry_number or facts.registry_number,
        "cursor": STATUS_FEED.cursor(role, position),
    }


async def _queue(
    unit: Unit,
    webhook_id: str,
    event: WebhookEvent,
    data: dict[str, Any],
    at: datetime,
    paused_until: datetime | None,
) -> str:
    body = {"type": event.value, "timestamp": at.astimezone(UTC).isoformat(), "data": data}
    key = str(new_id())
    row = {
        "id": key,
        "webhook_id": webhook_id,
        "event": event.value,
        "body": orjson.dumps(body).decode(),
        "state": "QUEUED",
        "attempts": 0,
        "next_attempt_at": at if paused_until is None else max(at, paused_until),
        "created_at": at,
        "request_id": unit.request_id,
    }
    query = Statement(unit.dialect)
    places = ", ".join(query.bind(value) for value in row.values())
    await unit.execute(f"INSERT INTO {OUTBOX} ({', '.join(row)}) VALUES ({places})", query.values)
    unit.queued.add(OUTBOX)
    return key
