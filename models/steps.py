"""Recording: the guarded update, the history row and the outbox rows of one step, in one unit.

Units take their locks in one order (idempotency key, exchange, issuer's feed, receiver's feed, registry counter,
invoice, platform), so they cannot wait for one another in a circle.
"""

from __future__ import annotations

from .cancellation_steps import overtake
from .database import Unit
from .domain.exchange import Direction
from .domain.numbering import legal_date
from .domain.states import InvoiceStatus
from .domain.transitions import is_final
from .facts import InvoiceFacts, RecordedStep, Step
from .identifiers import new_id
from .places import Places
from .search_text import extend_text, step_text
from .sql import Statement
from .telling import tell_origin
from .webhook_outbox import Told, tell_webhooks


async def move(unit: Unit, facts: InvoiceFacts, step: Step) -> bool:
    """The guarded update: false, and nothing changed, where the invoice is no longer as ``facts`` has it.

    The caller has taken places in both feeds. A request of cancellation that waits for its answer ends where the
    invoice does.
    """
    query = Statement(unit.dialect)
    changes = {
        "status": step.to_status.value,
        "status_changed_at": step.at,
        "version": facts.version + 1,
        **_step_columns(step),
    }
    assignments = ", ".join(f"{column} = {query.bind(value)}" for column, value in changes.items())
    changed = await unit.execute(
        f"UPDATE invoice SET {assignments} WHERE id = {query.bind(facts.invoice_id)}"
        f" AND status = {query.bind(facts.status.value)} AND version = {query.bind(facts.version)}",
        query.values,
    )
    if changed == 1:
        await extend_text(unit, facts.invoice_id, text_of_step(step))
        if is_final(step.to_status) and step.to_status is not InvoiceStatus.CANCELLED:
            await overtake(unit, facts.subject, at=step.at, actor=step.actor, user_id=step.user_id)
    return changed == 1


def text_of_step(step: Step) -> str:
    """What a search finds a step by."""
    return step_text(
        registry_number=step.registry_number,
        registered_at=(step.reported_at or step.at) if step.to_status is InvoiceStatus.REGISTERED else None,
        rcf_number=step.rcf_number,
        reason=step.reason,
        payment_date=step.payment_date,
    )


def _step_columns(step: Step) -> dict[str, object]:
    columns: dict[str, object] = {}
    if step.to_status is InvoiceStatus.REGISTERED:
        entered = step.reported_at or step.at
        columns |= {
            "registry_number": step.registry_number,
            "registered_at": entered,
            "registered_on": legal_date(entered),
        }
    if step.to_status is InvoiceStatus.REGISTERED_IN_RCF:
        columns["rcf_number"] = step.rcf_number
    if step.to_status is InvoiceStatus.PAID:
        columns["payment_date"] = step.payment_date
    if step.to_status is InvoiceStatus.REJECTED:
        columns["rejection_reason"] = step.reason
    if step.to_status in {InvoiceStatus.REJECTED, InvoiceStatus.CANCELLED}:
        columns["duplicate_key"] = None  # It no longer blocks its number (rule RCF03002).
    return columns


async def write_history(
    unit: Unit, facts: InvoiceFacts, first_version: int, steps: list[Step], places: Places
) -> list[RecordedStep]:
    """History rows of consecutive steps, each with the next of the positions taken in both parties' feeds.

    Webhooks of both are told.
    """
    recorded = []
    for offset, step in enumerate(steps):
        query = Statement(unit.dialect)
        change_id = str(new_id())
        row: dict[str, object] = {
            "id": change_id,
            "invoice_id": facts.invoice_id,
            "version": first_version + offset,
            "from_status": None if step.from_status is None else step.from_status.value,
            "to_status": step.to_status.value,
            "at": step.at,
            "actor": step.actor,
            "user_id": step.user_id,
            "automated": step.automated,
            "registry_number": step.registry_number,
            "rcf_number": step.rcf_number,
            "reason": step.reason,
            "reason_code": step.reason_code,
            "payment_date": step.payment_date,
            "reported_at": step.reported_at,
            "remote_version": step.remote_version,
            "unexpected": step.unexpected,
            "issuer_id": facts.issuer_id,
            "issuer_position": places.issuer + offset,
            "receiver_id": facts.receiver_id,
            "receiver_position": places.receiver + offset,
        }
        values = ", ".join(query.bind(value) for value in row.values())
        await unit.execute(f"INSERT INTO status_change ({', '.join(row)}) VALUES ({values})", query.values)
        recorded.append(_recorded(step, change_id))
    if facts.platform_id is not None and facts.direction is Direction.IN:
        # The first step is the origin's own: it was sent from there.
        told = [step.change_id for step in recorded if step.from_status is not None]
        await tell_origin(unit, facts.platform_id, facts.invoice_id, told)
    placed = [
        Told(step, first_version + offset, places.issuer + offset, places.receiver + offset)
        for offset, step in enumerate(recorded)
    ]
    await tell_webhooks(unit, facts, placed)
    return recorded


def _recorded(step: Step, change_id: str) -> RecordedStep:
    return RecordedStep(change_id=change_id, **{name: getattr(step, name) for name in Step.__dataclass_fields__})
