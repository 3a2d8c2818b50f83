"""A receiver is here at last: what waited for it is registered, in the order in which it came, and the issuers told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from ..database import Unit
from ..domain.states import InvoiceStatus
from ..facts import InvoiceFacts, RecordedStep, Step, issuers_waiting, load_waiting
from ..feeds.places import hold_feeds
from ..feeds.positions import STATUS_FEED
from ..outboxes.mail import accepted_notice, write_mails
from ..recording.registry import next_registry_numbers
from ..recording.steps import Taken, move_all, write_histories
from ..sql import Statement
from ..viewer import SERVICE_ACTOR, Viewer

T = TypeVar("T")

AT_ONCE = 500
"""Invoices that are written together: a few milliseconds of work each time, between which others have their turn."""


class StillComing(Exception):
    """An invoice came or went between two looks; the unit is to be done again."""


async def register_waiting(unit: Unit, receiver: Viewer) -> int:
    """Register all that waited for the party of ``receiver``, whose row the unit holds alone; how many that were.

    One transaction with the rest of the unit, whatever their number, in which they have one instant and the next
    numbers of the register, in the order in which they came. :class:`StillComing` where it must begin again.
    """
    issuers = await issuers_waiting(unit, receiver)
    if not issuers:
        return 0
    feeds = await hold_feeds(unit, STATUS_FEED, issuers, receiver.party_id)
    waiting = await load_waiting(unit, receiver)
    if not all(feeds.holds(facts.issuer_id) for facts in waiting):
        raise StillComing
    now = feeds.now()
    numbers = await next_registry_numbers(unit, receiver.party_id, now, len(waiting))
    told: list[tuple[InvoiceFacts, RecordedStep]] = []
    for part in _parts(list(zip(waiting, numbers, strict=True))):
        taken = [Taken(facts, _registered(number, now), feeds.take(facts.issuer_id)) for facts, number in part]
        await move_all(unit, taken)
        told += zip((facts for facts, _ in part), await write_histories(unit, taken), strict=True)
    await feeds.write(unit)
    await _tell(unit, told, now)
    return len(waiting)


def _registered(number: str, now: datetime) -> Step:
    return Step(
        from_status=InvoiceStatus.SENT,
        to_status=InvoiceStatus.REGISTERED,
        at=now,
        actor=SERVICE_ACTOR,
        user_id=None,
        automated=True,
        registry_number=number,
    )


async def _tell(unit: Unit, told: list[tuple[InvoiceFacts, RecordedStep]], now: datetime) -> None:
    """One mail more to each issuer, however many of its invoices waited."""
    counts = Counter(facts.issuer_id for facts, _ in told)
    last = {facts.issuer_id: facts for facts, _ in told}
    # By issuer, since digests are locked in that order.
    for part in _parts(sorted(told, key=lambda one: one[0].issuer_id)):
        here = dict.fromkeys(facts.issuer_id for facts, _ in part)
        accepted = [accepted_notice(last.pop(issuer), counts[issuer], now) for issuer in here if issuer in last]
        await write_mails(unit, part, now, accepted)


def _parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))


async def name_receiver(unit: Unit, receiver_id: str, changes: dict[str, object]) -> None:
    """Make an awaited party a registered one, with what it says of itself."""
    query = Statement(unit.dialect)
    columns = {"registered": True, **changes}
    assignments = ", ".join(f"{column} = {query.bind(value)}" for column, value in columns.items())
    await unit.execute(f"UPDATE party SET {assignments} WHERE id = {query.bind(receiver_id)}", query.values)
