"""What webhooks are told of a change: rows of their outbox, written in the change's own transaction.

Sending is ``mail.webhooks``'s work. What is told is small and no document: who needs more asks the API, and who must
not miss anything reads the feed from the cursor on.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from ..database import Unit
from ..domain.transitions import PartyRole
from ..domain.webhooks import KEPT, WebhookEvent, WebhookState, event_of, events_of
from ..facts import InvoiceFacts, RecordedStep
from ..feeds.positions import STATUS_FEED
from ..identifiers import global_id, new_id
from ..sql import Statement, as_instant, key_set
from ..writing import Columns, insert_rows

OUTBOX = "webhook_delivery"


@dataclass(frozen=True, slots=True)
class Told:
    """A step of an invoice's history, with its version and its places in both feeds."""

    facts: InvoiceFacts
    step: RecordedStep
    version: int
    issuer_position: int
    receiver_position: int


@dataclass(frozen=True, slots=True)
class Listener:
    """A webhook that is told, or will be once it is enabled again. ``events`` None: of everything."""

    webhook_id: str
    party_id: str
    events: tuple[WebhookEvent, ...] | None
    paused_until: datetime | None


async def tell_webhooks(unit: Unit, steps: Sequence[Told]) -> None:
    """Queue what both parties' webhooks are told of each step; whose issuer is its receiver hears as both."""
    parties = {party for told in steps for party in (told.facts.issuer_id, told.facts.receiver_id)}
    listeners = await listeners_of(unit, parties, steps[0].step.at)
    rows: list[Columns] = []
    for told in steps:
        event, facts = event_of(told.step.to_status), told.facts
        sides = (
            (PartyRole.ISSUER, facts.issuer_id, told.issuer_position),
            (PartyRole.RECEIVER, facts.receiver_id, told.receiver_position),
        )
        for listener in sorted(
            {listener for _, party_id, _ in sides for listener in listeners.get(party_id, ())},
            key=lambda listener: listener.webhook_id,
        ):
            if listener.events is not None and event not in listener.events:
                continue
            rows += [
                delivery_row(
                    unit, listener.webhook_id, event, _data(told, role, position), told.step.at, listener.paused_until
                )
                for role, party_id, position in sides
                if party_id == listener.party_id
            ]
    await queue_rows(unit, rows)


async def queue_delivery(unit: Unit, webhook_id: str, event: WebhookEvent, data: dict[str, Any], now: datetime) -> str:
    """Queue one event for one webhook, and return the delivery's UUID."""
    row = delivery_row(unit, webhook_id, event, data, now, None)
    await queue_rows(unit, [row])
    return str(row["id"])


async def listeners_of(unit: Unit, parties: Collection[str], now: datetime) -> dict[str, list[Listener]]:
    """Who hears of what happens now to these parties, by party."""
    query = Statement(unit.dialect)
    keys = key_set(query, sorted(parties))
    found = await unit.fetch(
        f"SELECT w.id, w.party_id, w.events, w.paused_until FROM webhook w WHERE w.party_id IN {keys}"
        f" AND w.state <> {query.bind(WebhookState.DELETED.value)}"
        f" AND (w.disabled_at IS NULL OR w.disabled_at > {query.bind(now - KEPT)})",
        query.values,
    )
    listeners: dict[str, list[Listener]] = {}
    for key, party, events, paused in found:
        until = None if paused is None else as_instant(paused)
        listeners.setdefault(str(party), []).append(Listener(str(key), str(party), events_of(events), until))
    return listeners


def _data(told: Told, role: PartyRole, position: int) -> dict[str, Any]:
    facts, step = told.facts, told.step
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


def delivery_row(
    unit: Unit,
    webhook_id: str,
    event: WebhookEvent,
    data: dict[str, Any],
    at: datetime,
    paused_until: datetime | None,
) -> Columns:
    """One event for one webhook, to be sent not before its pause is over."""
    body = {"type": event.value, "timestamp": at.astimezone(UTC).isoformat(), "data": data}
    return {
        "id": str(new_id()),
        "webhook_id": webhook_id,
        "event": event.value,
        "body": orjson.dumps(body).decode(),
        "state": "QUEUED",
        "attempts": 0,
        "next_attempt_at": at if paused_until is None else max(at, paused_until),
        "created_at": at,
        "request_id": unit.request_id,
    }


async def queue_rows(unit: Unit, rows: Sequence[Columns]) -> None:
    """Write rows of the outbox."""
    await insert_rows(unit, OUTBOX, rows)
    if rows:
        unit.queued.add(OUTBOX)
