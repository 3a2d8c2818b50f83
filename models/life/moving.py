"""Moving an invoice: the one function that changes a status, in one transaction (domain.md, "Transitions")."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from tortoise.exceptions import IntegrityError

from ..database import Database, Unit
from ..domain.errors import Invalid, NotFound, VersionConflict
from ..domain.exchange import Direction
from ..domain.states import InvoiceStatus
from ..domain.transitions import UserRole, check_role, check_transition
from ..facts import InvoiceFacts, Step, load_facts
from ..feeds.places import take_places
from ..feeds.positions import STATUS_FEED
from ..idempotency import Outcome, claim_for, earlier_outcome, remember
from ..outboxes.mail import write_mail
from ..recording.registry import next_registry_number, registry_number_taken
from ..recording.steps import move, write_history
from ..viewer import Viewer

T = TypeVar("T")

ATTEMPTS = 5
"""How often a registry number is looked for while registrars give the same ones by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRequest:
    """What somebody asks for. ``operation`` and ``arguments`` are what an idempotency key stands for."""

    operation: str
    arguments: Mapping[str, object]
    invoice_id: str | None
    to_status: InvoiceStatus
    expected_version: int | None = None
    idempotency_key: str | None = None
    registry_number: str | None = None
    rcf_number: str | None = None
    reason: str | None = None
    reason_code: str | None = None
    payment_date: date | None = None


async def change_status(database: Database, viewer: Viewer, request: StatusRequest) -> Outcome:
    """Bring an invoice into another state and record it, or raise a :class:`~.domain.errors.Refusal`.

    Of several who ask at once one wins; the others are refused by what the invoice has become. With an idempotency
    key, the same request again answers with what it did the first time.
    """
    claim = claim_for(viewer, request.operation, request.idempotency_key, request.arguments)

    async def work(unit: Unit) -> Outcome:
        earlier = await earlier_outcome(unit, claim)
        if earlier is not None:
            return earlier
        outcome, now = await change_in(unit, viewer, request)
        await remember(unit, claim, outcome, now)
        return outcome

    return await taking_numbers(database, request, work)


async def taking_numbers(database: Database, request: StatusRequest, work: Callable[[Unit], Awaitable[T]]) -> T:
    """Run a unit of work that takes the step that was asked for, again where others took its registry number."""
    for _ in range(ATTEMPTS - 1):
        try:
            return await database.unit_of_work(work)
        except IntegrityError as error:
            if request.registry_number is not None:
                raise no_registry_number() from error
            # The number that the service was about to give was given by hand meanwhile: it passes over it now.
    return await database.unit_of_work(work)


async def change_as_of(
    unit: Unit, viewer: Viewer, request: StatusRequest, at: datetime, *, mailed: bool = False
) -> Outcome:
    """Record a step that was taken at a past instant, in a unit of the caller's; nobody is mailed about it now.

    Where it was ``mailed``, the mails are written too, as they were then: the caller says what became of them.

    For history that is filled in. Keys mean nothing here, and the caller records in the order of the instants.
    """
    return (await change_in(unit, viewer, request, as_of=at, mailed=mailed))[0]


async def change_in(
    unit: Unit, viewer: Viewer, request: StatusRequest, *, as_of: datetime | None = None, mailed: bool = False
) -> tuple[Outcome, datetime]:
    """Take a step in a unit of the caller's, and tell its instant; keys mean nothing here."""
    places = None
    while True:
        known = None if request.invoice_id is None else await load_facts(unit, viewer, request.invoice_id)
        facts = decide(viewer, request, known)
        if places is None:
            places = await take_places(unit, STATUS_FEED, facts.issuer_id, facts.receiver_id, 1)
        now = as_of or places.now()
        step = await _step(unit, viewer, request, facts, now)
        if not await move(unit, facts, step):
            continue  # Somebody else was quicker: decide again on what the invoice has become.
        recorded = await write_history(unit, facts, facts.version + 1, [step], places)
        if as_of is None or mailed:
            await write_mail(unit, facts, recorded[0], incoming=False, now=now)
        return Outcome(facts.invoice_id, recorded[0].change_id), now


def decide(viewer: Viewer, request: StatusRequest, facts: InvoiceFacts | None) -> InvoiceFacts:
    """The facts of an invoice that the viewer may bring into that state, as it is; else a refusal."""
    if facts is None:
        raise NotFound(path=("input", "invoiceId"))
    check_role(request.to_status, viewer.roles if moves_here(viewer, facts) else frozenset[UserRole]())
    if request.expected_version is not None and request.expected_version != facts.version:
        raise VersionConflict(facts.version)
    check_transition(facts.receiver_kind, facts.status, request.to_status, viewer.roles)
    return facts


def moves_here(viewer: Viewer, facts: InvoiceFacts) -> bool:
    """Whether it is for the viewer's people to move an invoice, by their roles.

    One that went to another platform is moved there, even if its receiver has since signed up here as well.
    """
    return facts.receiver_id == viewer.party_id and facts.direction is not Direction.OUT


async def _step(unit: Unit, viewer: Viewer, request: StatusRequest, facts: InvoiceFacts, now: datetime) -> Step:
    registry_number = request.registry_number
    if request.to_status is InvoiceStatus.REGISTERED:
        if registry_number is None:
            registry_number = await next_registry_number(unit, facts.receiver_id, now)
        elif await registry_number_taken(unit, facts.receiver_id, registry_number, facts.invoice_id):
            raise no_registry_number()
    return step_of(viewer, request, facts, now, registry_number)


def step_of(
    viewer: Viewer, request: StatusRequest, facts: InvoiceFacts, now: datetime, registry_number: str | None
) -> Step:
    """The step that was asked for and decided."""
    return Step(
        from_status=facts.status,
        to_status=request.to_status,
        at=now,
        actor=viewer.name,
        user_id=viewer.user_id,
        automated=False,
        registry_number=registry_number,
        rcf_number=request.rcf_number,
        reason=request.reason,
        reason_code=request.reason_code,
        payment_date=request.payment_date,
    )


def no_registry_number() -> Invalid:
    """The refusal of a number that is given by hand."""
    return Invalid("Another invoice has this registry number.", path=("input", "registryNumber"))
