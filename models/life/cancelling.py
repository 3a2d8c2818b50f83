"""Asking that an invoice be cancelled, and answering: one transaction with the invoice's own step where it is accepted.

Which act is possible when, and whose it is, says ``domain.cancellation``. Of several who act at once one wins; the
others are refused by what has become of the request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ..database import Database, Unit
from ..domain.cancellation import CancellationAct, accepts_itself, check_doer, decide, done_here
from ..domain.errors import CancellationRefusal, CancellationRefused, NotFound, VersionConflict
from ..domain.states import InvoiceStatus
from ..domain.transitions import PartyRole
from ..facts import InvoiceFacts, Step, load_facts
from ..feeds.places import Places, take_places
from ..feeds.positions import STATUS_FEED
from ..idempotency import Outcome, claim_for, earlier_outcome, remember
from ..outboxes.cancellation_travel import send_request, send_withdrawal
from ..outboxes.mail import write_mail
from ..recording.cancellation_steps import (
    Deed,
    cancellation_state,
    lock_cancellation_feeds,
    record_deed,
    take_cancellation_places,
)
from ..recording.steps import move, write_history
from ..sql import Statement
from ..viewer import SERVICE_ACTOR, Viewer
from .cancellation_mail import write_cancellation_mail


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationWish:
    """What somebody asks for. ``operation`` and ``arguments`` are what an idempotency key stands for.

    ``text`` is the issuer's reason or the receiver's comment.
    """

    operation: str
    arguments: Mapping[str, object]
    act: CancellationAct
    invoice_id: str | None
    text: str | None = None
    expected_version: int | None = None
    idempotency_key: str | None = None


async def act_on_cancellation(database: Database, viewer: Viewer, wish: CancellationWish) -> Outcome:
    """Do it and record it, or raise a :class:`~.domain.errors.Refusal`.

    The outcome's change is the row of the request's history. With an idempotency key, the same wish again answers with
    what it did the first time.
    """
    claim = claim_for(viewer, wish.operation, wish.idempotency_key, wish.arguments)

    async def work(unit: Unit) -> Outcome:
        earlier = await earlier_outcome(unit, claim)
        if earlier is not None:
            return earlier
        outcome, now = await _act(unit, viewer, wish)
        await remember(unit, claim, outcome, now)
        return outcome

    return await database.unit_of_work(work)


async def act_on_cancellation_as_of(unit: Unit, viewer: Viewer, wish: CancellationWish, at: datetime) -> Outcome:
    """Record an act of a past instant, in a unit of the caller's; nobody is mailed about it now.

    For history that is filled in. Keys mean nothing here, and the caller records in the order of the instants.
    """
    return (await _act(unit, viewer, wish, as_of=at))[0]


async def _act(
    unit: Unit, viewer: Viewer, wish: CancellationWish, *, as_of: datetime | None = None
) -> tuple[Outcome, datetime]:
    facts = await _facts(unit, viewer, wish)
    await lock_cancellation_feeds(unit, facts)
    facts = await _facts(unit, viewer, wish)  # As it stands under the locks.
    if wish.expected_version is not None and wish.expected_version != facts.version:
        raise VersionConflict(facts.version)
    if not done_here(wish.act, facts.away):
        raise CancellationRefused(CancellationRefusal.ELSEWHERE)
    decide(wish.act, facts.status, await cancellation_state(unit, facts.invoice_id))
    if wish.act is CancellationAct.WITHDRAW and facts.away is not None:
        return await _ask_back(unit, viewer, facts)
    places = await take_cancellation_places(unit, facts)
    at_once = wish.act is CancellationAct.REQUEST and await _waits_for_nobody(unit, facts)
    cancels = at_once or wish.act is CancellationAct.ACCEPT
    steps = await take_places(unit, STATUS_FEED, facts.issuer_id, facts.receiver_id, 1) if cancels else None
    now = as_of or places.no_earlier(datetime.now(UTC) if steps is None else steps.now())
    deed = Deed(act=wish.act, at=now, actor=viewer.name, user_id=viewer.user_id, automated=False, text=wish.text)
    event_id = await record_deed(unit, facts, deed, places)
    if wish.act is CancellationAct.REQUEST and facts.away is not None:
        await send_request(unit, facts, event_id, now)
    if at_once:
        deed = Deed(act=CancellationAct.ACCEPT, at=now, actor=SERVICE_ACTOR, user_id=None, automated=True)
        await record_deed(unit, facts, deed, await take_cancellation_places(unit, facts))
    if steps is not None:
        await _cancel(unit, facts, deed, steps, tell=as_of is None)
    elif as_of is None:
        await write_cancellation_mail(unit, facts, deed)
    return Outcome(facts.invoice_id, event_id), now


async def _ask_back(unit: Unit, viewer: Viewer, facts: InvoiceFacts) -> tuple[Outcome, datetime]:
    """Whether it was taken back before it was answered is decided over there; nothing is recorded here yet."""
    now = datetime.now(UTC)
    await send_withdrawal(unit, facts, actor=viewer.name, user_id=viewer.user_id, now=now)
    return Outcome(facts.invoice_id, None), now


async def _facts(unit: Unit, viewer: Viewer, wish: CancellationWish) -> InvoiceFacts:
    """The invoice, where the viewer may do this sort of thing to it at all."""
    facts = None if wish.invoice_id is None else await load_facts(unit, viewer, wish.invoice_id)
    if facts is None:
        raise NotFound(path=("input", "invoiceId"))
    check_doer(wish.act, sides_of(viewer, facts.issuer_id, facts.receiver_id), viewer.roles)
    return facts


def sides_of(viewer: Viewer, issuer_id: str, receiver_id: str) -> frozenset[PartyRole]:
    """From which sides the viewer looks at an invoice: both, where a party bills itself."""
    sides = {PartyRole.ISSUER: issuer_id, PartyRole.RECEIVER: receiver_id}
    return frozenset(role for role, party_id in sides.items() if party_id == viewer.party_id)


async def _waits_for_nobody(unit: Unit, facts: InvoiceFacts) -> bool:
    query = Statement(unit.dialect)
    rows = await unit.fetch(f"SELECT registered FROM party WHERE id = {query.bind(facts.receiver_id)}", query.values)
    return facts.away is None and accepts_itself(facts.status, receiver_registered=bool(rows[0][0]))


async def _cancel(unit: Unit, facts: InvoiceFacts, accepted: Deed, places: Places, *, tell: bool) -> None:
    """The invoice's own step: its actor is who accepted, its reason the issuer's."""
    step = Step(
        from_status=facts.status,
        to_status=InvoiceStatus.CANCELLED,
        at=accepted.at,
        actor=accepted.actor,
        user_id=accepted.user_id,
        automated=accepted.automated,
        reason=await _reason(unit, facts.invoice_id),
    )
    if not await move(unit, facts, step):
        raise VersionConflict(facts.version + 1)
    [recorded] = await write_history(unit, facts, facts.version + 1, [step], places)
    if tell:
        await write_mail(unit, facts, recorded, incoming=False, now=accepted.at)


async def _reason(unit: Unit, invoice_id: str) -> str:
    query = Statement(unit.dialect)
    rows = await unit.fetch(
        f"SELECT r.reason FROM cancellation_request r WHERE r.invoice_id = {query.bind(invoice_id)}", query.values
    )
    return str(rows[0][0])
