"""A receiver is here at last: what waited for it is registered, in the order in which it came, and the issuers told."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from .database import Unit
from .domain.states import InvoiceStatus
from .facts import InvoiceFacts, Step, load_waiting
from .outbox import write_accepted, write_mail
from .places import Places, take_many_places
from .registry import next_registry_number
from .sql import Statement
from .steps import move, write_history
from .viewer import SERVICE_ACTOR, Viewer


class StillComing(Exception):
    """An invoice came or went between two looks; the unit is to be done again."""


async def register_waiting(unit: Unit, receiver: Viewer) -> list[InvoiceFacts]:
    """Register all that waited for the party of ``receiver``, whose row the unit holds alone; what that was.

    One transaction with the rest of the unit, whatever their number. :class:`StillComing` where it must begin again.
    """
    counted = await load_waiting(unit, receiver)
    issuers = Counter(facts.issuer_id for facts in counted)
    if not issuers:
        return []
    places = await take_many_places(unit, issuers, receiver.party_id)
    waiting = await load_waiting(unit, receiver)
    if Counter(facts.issuer_id for facts in waiting) != issuers:
        raise StillComing
    for position, facts in enumerate(waiting):
        own = places[facts.issuer_id]
        await _register(unit, facts, replace(own, receiver=own.receiver + position))
        places[facts.issuer_id] = replace(own, issuer=own.issuer + 1)
    await _tell(unit, waiting, places)
    return waiting


async def _register(unit: Unit, facts: InvoiceFacts, places: Places) -> None:
    now = places.now()
    step = Step(
        from_status=InvoiceStatus.SENT,
        to_status=InvoiceStatus.REGISTERED,
        at=now,
        actor=SERVICE_ACTOR,
        user_id=None,
        automated=True,
        registry_number=await next_registry_number(unit, facts.receiver_id, now),
    )
    if not await move(unit, facts, step):
        raise StillComing
    [recorded] = await write_history(unit, facts, facts.version + 1, [step], places)
    await write_mail(unit, facts, recorded, incoming=False, now=now)


async def _tell(unit: Unit, waiting: list[InvoiceFacts], places: dict[str, Places]) -> None:
    """One mail to each issuer, however many of its invoices waited."""
    counts = Counter(facts.issuer_id for facts in waiting)
    last = {facts.issuer_id: facts for facts in waiting}
    for issuer_id, facts in last.items():
        await write_accepted(unit, facts, counts[issuer_id], places[issuer_id].now())


async def name_receiver(unit: Unit, receiver_id: str, changes: dict[str, object]) -> None:
    """Make an awaited party a registered one, with what it says of itself."""
    query = Statement(unit.dialect)
    columns = {"registered": True, **changes}
    assignments = ", ".join(f"{column} = {query.bind(value)}" for column, value in columns.items())
    await unit.execute(f"UPDATE party SET {assignments} WHERE id = {query.bind(receiver_id)}", query.values)
