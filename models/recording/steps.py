"""Recording: the guarded update, the history row and the outbox rows of one step, in one unit.

Units take their locks in one order (idempotency key, exchange, issuer's feed, receiver's feed, registry counter,
invoice, platform), so they cannot wait for one another in a circle. Several of a kind are taken in the order of their
ids; who holds a receiver's feed has its counter to itself, and may take it later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from ..database import Unit
from ..domain.exchange import Direction
from ..domain.numbering import legal_date
from ..domain.states import InvoiceStatus
from ..domain.transitions import is_final
from ..facts import InvoiceFacts, RecordedStep, Step
from ..feeds.places import Places
from ..identifiers import new_id
from ..lists.search_text import extend_text, extend_texts, step_text
from ..outboxes.platforms import tell_origin
from ..outboxes.webhooks import Told, tell_webhooks
from ..sql import Statement
from ..writing import Columns, insert_rows, update_rows
from .cancellation_steps import awaiting_answers, overtake


class Taken(NamedTuple):
    """A step, the facts of its invoice before it, and its places in both parties' feeds."""

    facts: InvoiceFacts
    step: Step
    places: Places


async def move(unit: Unit, facts: InvoiceFacts, step: Step) -> bool:
    """The guarded update: false, and nothing changed, where the invoice is no longer as ``facts`` has it.

    The caller has taken places in both feeds. A request of cancellation that waits for its answer ends where the
    invoice does; one that travels ends where its answer comes from.
    """
    query = Statement(unit.dialect)
    assignments = ", ".join(f"{column} = {query.bind(value)}" for column, value in _changes(facts, step).items())
    changed = await unit.execute(
        f"UPDATE invoice SET {assignments} WHERE id = {query.bind(facts.invoice_id)}"
        f" AND status = {query.bind(facts.status.value)} AND version = {query.bind(facts.version)}",
        query.values,
    )
    if changed == 1:
        await extend_text(unit, facts.invoice_id, text_of_step(step))
        if _overtakes(facts, step):
            await overtake(unit, facts, at=step.at, actor=step.actor, user_id=step.user_id)
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


def _changes(facts: InvoiceFacts, step: Step) -> dict[str, object]:
    """What a step makes of the invoice's row."""
    columns: dict[str, object] = {
        "status": step.to_status.value,
        "status_changed_at": step.at,
        "version": facts.version + 1,
    }
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


async def move_all(unit: Unit, taken: Sequence[Taken]) -> None:
    """The same for many invoices, whose rows the caller has locked; an invoice's steps in their order.

    That nothing was overlooked is told by history, which has each version of an invoice once.
    """
    columns: dict[str, dict[str, object]] = {}
    first: dict[str, InvoiceFacts] = {}
    for facts, step, _ in taken:
        first.setdefault(facts.invoice_id, facts)
        columns.setdefault(facts.invoice_id, {}).update(_changes(facts, step))
    alike: defaultdict[tuple[str, ...], list[tuple[Columns, Columns]]] = defaultdict(list)
    for invoice_id, changes in columns.items():
        alike[tuple(changes)].append((changes, {"id": invoice_id, "version": first[invoice_id].version}))
    for rows in alike.values():
        await update_rows(unit, "invoice", rows)
    await extend_texts(unit, [(facts.invoice_id, text_of_step(step)) for facts, step, _ in taken])
    await _overtake_all(unit, [(facts, step) for facts, step, _ in taken if _overtakes(facts, step)])


async def _overtake_all(unit: Unit, ends: Sequence[tuple[InvoiceFacts, Step]]) -> None:
    asked = await awaiting_answers(unit, [facts.invoice_id for facts, _ in ends])
    for facts, step in ends:
        if facts.invoice_id in asked:
            await overtake(unit, facts, at=step.at, actor=step.actor, user_id=step.user_id)


def _overtakes(facts: InvoiceFacts, step: Step) -> bool:
    # Which came first where the invoice lives, a step there or the request, is for that platform to say.
    told = facts.direction is Direction.OUT and step.remote_version is not None
    return is_final(step.to_status) and step.to_status is not InvoiceStatus.CANCELLED and not told


async def write_history(
    unit: Unit, facts: InvoiceFacts, first_version: int, steps: list[Step], places: Places
) -> list[RecordedStep]:
    """History rows of consecutive steps, each with the next of the positions taken in both parties' feeds.

    Webhooks of both are told.
    """
    taken = []
    before = replace(facts, version=first_version - 1)
    for offset, step in enumerate(steps):
        here = Places(places.issuer + offset, places.receiver + offset, places.last)
        taken.append(Taken(replace(before, version=before.version + offset), step, here))
    return await write_histories(unit, taken)


async def write_histories(unit: Unit, taken: Sequence[Taken]) -> list[RecordedStep]:
    """The same for steps of many invoices."""
    recorded = [_recorded(step) for _, step, _ in taken]
    rows = [_history_row(one.facts, step, one.places) for one, step in zip(taken, recorded, strict=True)]
    await insert_rows(unit, "status_change", rows)
    told: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for facts, step in zip((one.facts for one in taken), recorded, strict=True):
        # The first step is the origin's own: it was sent from there.
        if facts.platform_id is not None and facts.direction is Direction.IN and step.from_status is not None:
            told[facts.platform_id].append((facts.invoice_id, step.change_id))
    for platform_id in sorted(told):
        await tell_origin(unit, platform_id, told[platform_id])
    await tell_webhooks(
        unit,
        [
            Told(one.facts, step, one.facts.version + 1, one.places.issuer, one.places.receiver)
            for one, step in zip(taken, recorded, strict=True)
        ],
    )
    return recorded


def _history_row(facts: InvoiceFacts, step: RecordedStep, places: Places) -> Columns:
    return {
        "id": step.change_id,
        "invoice_id": facts.invoice_id,
        "version": facts.version + 1,
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
        "issuer_position": places.issuer,
        "receiver_id": facts.receiver_id,
        "receiver_position": places.receiver,
    }


_STEP_FIELDS = tuple(Step.__dataclass_fields__)


def _recorded(step: Step) -> RecordedStep:
    return RecordedStep(change_id=str(new_id()), **{name: getattr(step, name) for name in _STEP_FIELDS})
