"""An invoice comes in from another platform, for a receiver that lives here: taken over once, for a receipt."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tortoise.exceptions import IntegrityError

from ..database import Database, Unit
from ..domain.errors import DuplicateInvoice, Invalid, ReceiverUnknown
from ..domain.exchange import Announcement, Direction, Receipt, ReportedStep
from ..domain.states import InvoiceStatus
from ..facts import Step, load_exchanged
from ..feeds.places import take_places
from ..feeds.positions import STATUS_FEED
from ..identifiers import new_id
from ..outboxes.mail import write_mail
from ..outboxes.platforms import steps_after
from ..platforms.exchange import insert_exchange
from ..platforms.known import PlatformRow
from ..reading.corrections import note_correction
from ..recording.steps import write_history
from ..sql import Statement
from ..tables import Party
from .addressees import find_receiver, kind_of, make_unregistered
from .doubles import find_duplicate
from .entry import registers_itself, registration
from .keeping import EntryRequest, index_invoice, insert_files, insert_invoice, introduce

ATTEMPTS = 5

Sign = Callable[[str, datetime], Receipt]
"""Makes the receipt of an invoice that is known here by this UUID since then."""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """An invoice that is here now: its receipt, and what has become of it so far."""

    receipt: str
    steps: list[ReportedStep]


async def earlier_delivery(database: Database, platform: PlatformRow, said: Announcement) -> TakenOver | None:
    """What was answered when this invoice came before; :class:`Invalid` where it was another document then."""
    query = Statement(database.dialect)
    found = await database.fetch(
        f"SELECT invoice_id, sha256, receipt FROM exchange WHERE platform_id = {query.bind(platform.id)}"
        f" AND direction = 'IN' AND remote_id = {query.bind(said.invoice_id)}",
        query.values,
    )
    if not found:
        return None
    invoice_id, sha256, receipt = str(found[0][0]), found[0][1], found[0][2]
    if sha256 != said.sha256:
        raise Invalid("Another document came with this id before.", path=("input", "invoiceId"))
    return TakenOver(receipt, await steps_after(database, platform.id, invoice_id, 1))


async def take_over(
    database: Database, platform: PlatformRow, said: Announcement, request: EntryRequest, sign: Sign
) -> TakenOver:
    """Keep an invoice of a platform as if its issuer had sent it here, and answer with the receipt.

    The same again has no further effect. :class:`ReceiverUnknown`, and :class:`DuplicateInvoice` where the invoice is
    here by another way; nothing is kept then.
    """
    for _ in range(ATTEMPTS):
        earlier = await earlier_delivery(database, platform, said)
        if earlier is not None:
            return earlier
        try:
            return await database.unit_of_work(lambda unit: _enter(unit, platform, said, request, sign))
        except IntegrityError:
            # It came twice at the same moment, or a registrar gave the next number by hand: look again.
            continue
        except DuplicateInvoice:
            # What is here already may be this very delivery, which was quicker by another request.
            earlier = await earlier_delivery(database, platform, said)
            if earlier is None:
                raise
            return earlier
    raise DuplicateInvoice(None, path=request.number_path)


async def _enter(unit: Unit, platform: PlatformRow, said: Announcement, request: EntryRequest, sign: Sign) -> TakenOver:
    receiver = await find_receiver(request.content)
    if receiver is None:
        raise ReceiverUnknown(path=request.receiver_path)
    issuer = await _issuer(unit, request, said.sent_at)
    places = await take_places(unit, STATUS_FEED, issuer, str(receiver.id), 2 if registers_itself(receiver) else 1)
    existing = await find_duplicate(unit, request.content)
    if existing is not None:
        raise DuplicateInvoice(existing, path=request.number_path)
    now = places.now()
    steps = [_sent(platform, said, now), *await registration(unit, receiver, now)]
    invoice_id = str(new_id())
    receipt = sign(invoice_id, now)
    await insert_invoice(unit, invoice_id, issuer, str(receiver.id), request, steps)
    await insert_files(invoice_id, request)
    await index_invoice(unit, invoice_id, issuer, str(receiver.id), request, steps)
    await note_correction(unit, invoice_id, issuer, request.content)
    await introduce(unit, issuer, str(receiver.id))
    await insert_exchange(
        unit,
        invoice_id,
        platform.id,
        Direction.IN,
        hashlib.sha256(request.document).hexdigest(),
        said.sent_at,
        remote_id=said.invoice_id,
        receipt=receipt,
    )
    facts = await load_exchanged(unit, platform.id, invoice_id)
    assert facts is not None
    recorded = await write_history(unit, facts, 1, steps, places)
    for step in recorded:
        await write_mail(unit, facts, step, incoming=step is recorded[-1], now=now)
    told = [
        ReportedStep(version=version, to_status=step.to_status, at=step.at, registry_number=step.registry_number)
        for version, step in enumerate(steps, start=1)
    ]
    return TakenOver(receipt.signature, told[1:])


async def _issuer(unit: Unit, request: EntryRequest, now: datetime) -> str:
    """The issuer's UUID; it lives over there, so here it is known from the document alone."""
    party = request.content.issuer
    await make_unregistered(unit, party, kind_of(party), now)
    found = await Party.filter(tax_id=party.tax_id).first()
    assert found is not None
    return str(found.id)


def _sent(platform: PlatformRow, said: Announcement, now: datetime) -> Step:
    return Step(
        from_status=None,
        to_status=InvoiceStatus.SENT,
        at=now,
        actor=platform.name,
        user_id=None,
        automated=False,
        reported_at=said.sent_at,
        remote_version=1,
    )
