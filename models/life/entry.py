"""An invoice comes in: kept whole, registered where the receiver wants that done by itself, both sides told.

For a receiver that lives on another platform it is set on its way there; one that is nowhere yet is invited. Either way
it is kept as sent.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from tortoise.exceptions import IntegrityError

from ..database import Database, Unit
from ..domain.errors import DuplicateInvoice, Forbidden, ReceiverUnknown
from ..domain.states import InvoiceStatus
from ..domain.transitions import UserRole
from ..facts import Step, load_facts
from ..feeds.places import take_places
from ..feeds.positions import STATUS_FEED
from ..idempotency import Outcome, claim_for, earlier_outcome, remember
from ..identifiers import new_id
from ..outboxes.mail import write_mail
from ..platforms.directory import Home, home_in
from ..platforms.exchange import send_out
from ..reading.corrections import note_correction
from ..recording.registry import next_registry_number
from ..recording.steps import write_history
from ..tables import Party
from ..viewer import SERVICE_ACTOR, Viewer
from .addressees import awaited_receiver, find_receiver
from .doubles import find_duplicate
from .invitations import invite
from .keeping import EntryRequest, index_invoice, insert_files, insert_invoice, introduce

SENDERS = frozenset({UserRole.ISSUER, UserRole.ADMIN})
"""Roles that may send invoices for their party."""


def check_sender(viewer: Viewer) -> None:
    """Raise :class:`Forbidden` unless the viewer may send invoices."""
    if viewer.roles.isdisjoint(SENDERS):
        raise Forbidden(path=("input",))


async def enter_invoice(database: Database, viewer: Viewer, request: EntryRequest) -> Outcome:
    """Enter the viewer's invoice and record SENT and, by the service itself, REGISTERED; all in one transaction.

    Where the receiver is not here yet, or registers by hand, it stays SENT.

    Raises :class:`ReceiverUnknown` and :class:`DuplicateInvoice`; nothing is kept then.
    """
    check_sender(viewer)
    claim = claim_for(viewer, request.operation, request.idempotency_key, request.arguments)

    async def work(unit: Unit) -> Outcome:
        earlier = await earlier_outcome(unit, claim)
        if earlier is not None:
            return earlier
        outcome, now = await _enter(unit, viewer, request)
        await remember(unit, claim, outcome, now)
        return outcome

    try:
        return await database.unit_of_work(work)
    except IntegrityError:
        # Another unit entered the same invoice between our look and our insert.
        await database.unit_of_work(lambda unit: _refuse_duplicate(unit, request))
        # Or a registrar gave by hand the number that the service was about to give: it passes over it now.
        return await database.unit_of_work(work)


async def enter_as_of(
    unit: Unit, viewer: Viewer, request: EntryRequest, at: datetime, *, mailed: bool = False
) -> Outcome:
    """Record an invoice that came in at a past instant, in a unit of the caller's; nobody is mailed about it now.

    Where it was ``mailed``, the mails are written too, as they were then: the caller says what became of them.

    For history that is filled in. Keys mean nothing here, and the caller records in the order of the instants.
    """
    check_sender(viewer)
    return (await _enter(unit, viewer, request, as_of=at, mailed=mailed))[0]


async def _enter(
    unit: Unit, viewer: Viewer, request: EntryRequest, *, as_of: datetime | None = None, mailed: bool = False
) -> tuple[Outcome, datetime]:
    receiver, home = await _receiver(unit, request)
    steps_to_come = 2 if registers_itself(receiver) else 1
    places = await take_places(unit, STATUS_FEED, viewer.party_id, str(receiver.id), steps_to_come)
    await _refuse_duplicate(unit, request)
    now = as_of or places.now()
    steps = await _steps(unit, viewer, receiver, now)
    invoice_id = str(new_id())
    await insert_invoice(unit, invoice_id, viewer.party_id, str(receiver.id), request, steps)
    await insert_files(invoice_id, request)
    await index_invoice(unit, invoice_id, viewer.party_id, str(receiver.id), request, steps)
    await note_correction(unit, invoice_id, viewer.party_id, request.content)
    await introduce(unit, viewer.party_id, str(receiver.id))
    if home is not None:
        await send_out(unit, invoice_id, home.platform_id, hashlib.sha256(request.document).hexdigest(), now)
    facts = await load_facts(unit, viewer, invoice_id)
    assert facts is not None
    recorded = await write_history(unit, facts, 1, steps, places)
    if as_of is None or mailed:
        for step in recorded:
            await write_mail(unit, facts, step, incoming=step is recorded[-1], now=now)
        if not receiver.registered and home is None and request.invitee is not None:
            await invite(unit, facts, recorded[-1], request.invitee, now)
    return Outcome(invoice_id, recorded[-1].change_id), now


async def _receiver(unit: Unit, request: EntryRequest) -> tuple[Party, Home | None]:
    """Where the invoice goes: to a party that is registered here, to one on another platform, or to an invited one."""
    receiver = await find_receiver(request.content)
    if receiver is not None:
        return receiver, None
    home = await home_in(unit, request.content.receiver.tax_id)
    if home is None and request.invitee is None:
        raise ReceiverUnknown(path=request.receiver_path)
    receiver = await awaited_receiver(
        unit, request.content, datetime.now(UTC), kind=None if home is None else home.kind
    )
    return receiver, None if receiver.registered else home


def registers_itself(receiver: Party) -> bool:
    """Whether the service gives the registry number as soon as an invoice is there."""
    return receiver.registered and not receiver.manual_registration


async def _refuse_duplicate(unit: Unit, request: EntryRequest) -> None:
    existing = await find_duplicate(unit, request.content)
    if existing is not None:
        raise DuplicateInvoice(existing, path=request.number_path)


async def _steps(unit: Unit, viewer: Viewer, receiver: Party, now: datetime) -> list[Step]:
    sent = Step(
        from_status=None,
        to_status=InvoiceStatus.SENT,
        at=now,
        actor=viewer.name,
        user_id=viewer.user_id,
        automated=False,
    )
    return [sent, *await registration(unit, receiver, now)]


async def registration(unit: Unit, receiver: Party, now: datetime) -> list[Step]:
    """The service's own step, where the receiver wants that: it registers what was sent."""
    if not registers_itself(receiver):
        return []
    registered = Step(
        from_status=InvoiceStatus.SENT,
        to_status=InvoiceStatus.REGISTERED,
        at=now,
        actor=SERVICE_ACTOR,
        user_id=None,
        automated=True,
        registry_number=await next_registry_number(unit, str(receiver.id), now),
    )
    return [registered]
