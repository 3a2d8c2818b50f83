"""Several changes of state in one unit: each decided by itself, in order, then all of them recorded together.

A refused one has done nothing, so it undoes none of the others; and what follows it is decided on what it left.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ..database import Unit
from ..domain.errors import Refusal
from ..domain.states import InvoiceStatus
from ..facts import InvoiceFacts, load_all_facts
from ..feeds.places import HeldFeeds, hold_feeds
from ..feeds.positions import STATUS_FEED
from ..idempotency import Outcome
from ..outboxes.mail import write_mails
from ..recording.registry import next_registry_number, registry_number_taken
from ..recording.steps import Taken, move_all, write_histories
from ..viewer import Viewer
from .moving import StatusRequest, decide, moves_here, no_registry_number, step_of

Result = Outcome | Refusal
"""What became of one change."""


async def change_several(unit: Unit, viewer: Viewer, requests: Sequence[StatusRequest]) -> list[Result]:
    """Take the steps that were asked for, as far as each may be taken; the result of each.

    From the look at the invoices to the commit nobody else moves them. An ``IntegrityError`` leaves the unit undone.
    """
    wanted = {request.invoice_id for request in requests if request.invoice_id is not None}
    known = await load_all_facts(unit, viewer, wanted)
    ours = {key: facts for key, facts in known.items() if moves_here(viewer, facts)}
    if not ours:
        return [_refusal(viewer, request, known) for request in requests]
    feeds = await hold_feeds(unit, STATUS_FEED, {facts.issuer_id for facts in ours.values()}, viewer.party_id)
    others = {key: facts for key, facts in known.items() if key not in ours}
    several = _Several(unit, viewer, feeds, others | await load_all_facts(unit, viewer, ours, lock=True))
    results = [await several.take(request) for request in requests]
    changes = await several.record()
    return [result if isinstance(result, Refusal) else changes[result] for result in results]


def _refusal(viewer: Viewer, request: StatusRequest, known: dict[str, InvoiceFacts]) -> Refusal:
    try:
        decide(viewer, request, known.get(request.invoice_id or ""))
    except Refusal as refusal:
        return refusal
    raise AssertionError("It is not for this viewer to move any of these.")


class _Several:
    """Invoices as the changes so far leave them, and the steps that were taken."""

    def __init__(self, unit: Unit, viewer: Viewer, feeds: HeldFeeds, known: dict[str, InvoiceFacts]) -> None:
        self._unit = unit
        self._viewer = viewer
        self._feeds = feeds
        self._known = known
        self._taken: list[Taken] = []
        self._numbers: set[str] = set()

    async def take(self, request: StatusRequest) -> int | Refusal:
        """The place among the steps of one that may be taken; else why not."""
        try:
            facts = decide(self._viewer, request, self._known.get(request.invoice_id or ""))
            now = self._feeds.now()
            step = step_of(self._viewer, request, facts, now, await self._number(request, facts, now))
        except Refusal as refusal:
            return refusal
        self._taken.append(Taken(facts, step, self._feeds.take(facts.issuer_id)))
        self._known[facts.invoice_id] = facts.after(step)
        return len(self._taken) - 1

    async def record(self) -> list[Outcome]:
        """Write down all that was taken: what each step came to."""
        if not self._taken:
            return []
        await move_all(self._unit, self._taken)
        recorded = await write_histories(self._unit, self._taken)
        await self._feeds.write(self._unit)
        told = [(taken.facts, step) for taken, step in zip(self._taken, recorded, strict=True)]
        await write_mails(self._unit, told, recorded[-1].at)
        return [Outcome(facts.invoice_id, step.change_id) for facts, step in told]

    async def _number(self, request: StatusRequest, facts: InvoiceFacts, now: datetime) -> str | None:
        """The registry number of a step that needs one; none that another step here has been given."""
        number = request.registry_number
        if request.to_status is InvoiceStatus.REGISTERED:
            if number is None:
                number = await self._next_number(facts.receiver_id, now)
            elif number in self._numbers or await registry_number_taken(
                self._unit, facts.receiver_id, number, facts.invoice_id
            ):
                raise no_registry_number()
            self._numbers.add(number)
        return number

    async def _next_number(self, receiver_id: str, now: datetime) -> str:
        while True:
            number = await next_registry_number(self._unit, receiver_id, now)
            if number not in self._numbers:
                return number
