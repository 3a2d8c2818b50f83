"""What webhooks are told of a request of cancellation: rows of their outbox, written in its own transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..database import Unit
from ..domain.cancellation import CancellationAct, CancellationState
from ..domain.transitions import PartyRole
from ..domain.webhooks import WebhookEvent
from ..facts import InvoiceFacts
from ..feeds.positions import CANCELLATION_FEED
from ..identifiers import global_id
from .webhooks import delivery_row, listeners_of, queue_rows

EVENT = WebhookEvent.INVOICE_CANCELLATION_CHANGED


@dataclass(frozen=True, slots=True)
class ToldDeed:
    """What was done to a request, where that has brought it, and its places in both feeds of cancellations."""

    facts: InvoiceFacts
    act: CancellationAct
    state: CancellationState
    at: datetime
    issuer_position: int
    receiver_position: int


async def tell_webhooks_of_deed(unit: Unit, told: ToldDeed) -> None:
    """Queue what both parties' webhooks are told of it; whose issuer is its receiver hears as both."""
    facts = told.facts
    listeners = await listeners_of(unit, {facts.issuer_id, facts.receiver_id}, told.at)
    rows = []
    for role, party_id, position in (
        (PartyRole.ISSUER, facts.issuer_id, told.issuer_position),
        (PartyRole.RECEIVER, facts.receiver_id, told.receiver_position),
    ):
        data = _data(told, role, position)
        rows += [
            delivery_row(unit, listener.webhook_id, EVENT, data, told.at, listener.paused_until)
            for listener in listeners.get(party_id, ())
            if listener.events is None or EVENT in listener.events
        ]
    await queue_rows(unit, rows)


def _data(told: ToldDeed, role: PartyRole, position: int) -> dict[str, Any]:
    facts = told.facts
    return {
        "invoiceId": global_id("Invoice", facts.invoice_id),
        "role": role.value,
        "series": facts.series,
        "number": facts.number,
        "issueDate": facts.issue_date.isoformat(),
        "issuerTaxId": facts.issuer_tax_id,
        "receiverTaxId": facts.receiver_tax_id,
        "act": told.act.value,
        "cancellation": told.state.value,
        "status": facts.status.value,
        "version": facts.version,
        "cursor": CANCELLATION_FEED.cursor(role, position),
    }
