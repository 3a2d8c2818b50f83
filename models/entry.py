"""An invoice comes in: kept whole, registered where the receiver wants that done by itself, both sides told.

For a receiver that is not here yet it is kept as sent, and the receiver is invited.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from tortoise.exceptions import IntegrityError

from .addressees import Invitee, awaited_receiver, find_receiver
from .content import content_columns, dump
from .corrections import note_correction
from .database import Database, Unit
from .domain.corrections import COPIES
from .domain.errors import DuplicateInvoice, Forbidden, ReceiverUnknown
from .domain.findings import Finding
from .domain.invoice import AttachedFile, InvoiceContent, Totals
from .domain.money import to_cents
from .domain.numbering import duplicate_key, full_number_key, legal_date, number_key
from .domain.signature import UNSIGNED, SignatureReport
from .domain.states import InvoiceStatus
from .domain.transitions import PartyRole, UserRole
from .idempotency import Outcome, claim_for, earlier_outcome, remember
from .identifiers import new_id
from .invitations import invite
from .offices import write_offices
from .outbox import write_mail
from .registry import next_registry_number
from .search_text import document_text, write_text
from .sql import Statement
from .steps import Step, load_facts, take_places, text_of_step, write_history
from .tables import Attachment, InvoiceDocument, Party
from .tables import InvoiceContent as ContentRow
from .viewer import SERVICE_ACTOR, Viewer

SENDERS = frozenset({UserRole.ISSUER, UserRole.ADMIN})
"""Roles that may send invoices for their party."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRequest:
    """A document that passed its checks, with the files beside it. Paths say where errors of the input belong."""

    operation: str
    arguments: Mapping[str, object]
    content: InvoiceContent
    document: bytes
    attachments: tuple[AttachedFile, ...] = ()
    findings: tuple[Finding, ...] = ()
    """The warnings that are kept with the invoice."""
    signature: SignatureReport = UNSIGNED
    notify_email: str | None = None
    invitee: Invitee | None = None
    """Whom to invite where the receiver is not registered here; without one it is :class:`ReceiverUnknown` then."""
    idempotency_key: str | None = None
    receiver_path: tuple[str, ...] = ("input", "file")
    number_path: tuple[str, ...] = ("input", "file")


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


async def enter_as_of(unit: Unit, viewer: Viewer, request: EntryRequest, at: datetime) -> Outcome:
    """Record an invoice that came in at a past instant, in a unit of the caller's; nobody is mailed about it now.

    For history that is filled in. Keys mean nothing here, and the caller records in the order of the instants.
    """
    check_sender(viewer)
    return (await _enter(unit, viewer, request, as_of=at))[0]


async def find_duplicate(unit: Unit, content: InvoiceContent) -> str | None:
    """The live invoice with the same issuer, number, series and date (rule RCF03002), if there is one."""
    query = Statement(unit.dialect)
    rows = await unit.fetch(
        f"SELECT id FROM invoice WHERE duplicate_key = {query.bind(_duplicate_key(content))}", query.values
    )
    return str(rows[0][0]) if rows else None


async def find_duplicate_of(database: Database, content: InvoiceContent) -> str | None:
    """The same outside a unit of work, for a check that keeps nothing."""
    return await database.unit_of_work(lambda unit: find_duplicate(unit, content))


async def has_original_of(database: Database, copy: InvoiceContent) -> bool:
    """Whether the invoice that this one copies is here: same issuer, number, series and date (rule RCF04003)."""
    query = Statement(database.dialect)
    found = await database.fetch(
        f"SELECT 1 FROM invoice WHERE duplicate_key = {query.bind(_number_key(copy))}", query.values
    )
    return bool(found)


async def _enter(
    unit: Unit, viewer: Viewer, request: EntryRequest, *, as_of: datetime | None = None
) -> tuple[Outcome, datetime]:
    receiver = await _receiver(unit, request)
    places = await take_places(unit, viewer.party_id, str(receiver.id), 2 if _registers_itself(receiver) else 1)
    await _refuse_duplicate(unit, request)
    now = as_of or places.now()
    steps = await _steps(unit, viewer, receiver, now)
    invoice_id = str(new_id())
    await _insert_invoice(unit, invoice_id, viewer.party_id, str(receiver.id), request, steps)
    await _insert_files(invoice_id, request)
    await _index(unit, invoice_id, viewer.party_id, str(receiver.id), request, steps)
    await note_correction(unit, invoice_id, viewer.party_id, request.content)
    await _introduce(unit, viewer.party_id, str(receiver.id))
    facts = await load_facts(unit, viewer, invoice_id)
    assert facts is not None
    recorded = await write_history(unit, facts, 1, steps, places)
    if as_of is None:
        for step in recorded:
            await write_mail(unit, facts, step, incoming=step is recorded[-1], now=now)
        if not receiver.registered and request.invitee is not None:
            await invite(unit, facts, recorded[-1], request.invitee, now)
    return Outcome(invoice_id, recorded[-1].change_id), now


async def _receiver(unit: Unit, request: EntryRequest) -> Party:
    """Where the invoice goes: to a party that is registered here, else to one that is invited."""
    receiver = await find_receiver(request.content)
    if receiver is not None:
        return receiver
    if request.invitee is None:
        raise ReceiverUnknown(path=request.receiver_path)
    return await awaited_receiver(unit, request.content, datetime.now(UTC))


def _registers_itself(receiver: Party) -> bool:
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
    if not _registers_itself(receiver):
        return [sent]
    registered = Step(
        from_status=InvoiceStatus.SENT,
        to_status=InvoiceStatus.REGISTERED,
        at=now,
        actor=SERVICE_ACTOR,
        user_id=None,
        automated=True,
        registry_number=await next_registry_number(unit, str(receiver.id), now),
    )
    return [sent, registered]


async def _insert_invoice(
    unit: Unit, invoice_id: str, issuer_id: str, receiver_id: str, request: EntryRequest, steps: list[Step]
) -> None:
    content, last = request.content, steps[-1]
    row: dict[str, object] = {
        "id": invoice_id,
        "issuer_id": issuer_id,
        "receiver_id": receiver_id,
        "number": content.number,
        "series": content.series,
        "document_type": content.document_type.value,
        "invoice_class": content.invoice_class.value,
        "issue_date": content.issue_date,
        "currency": content.currency,
        **totals_columns(content.totals),
        "due_date": _due_date(content),
        "status": last.to_status.value,
        "status_changed_at": last.at,
        "version": len(steps),
        "registry_number": last.registry_number,
        "registered_at": last.at if last.registry_number else None,
        "registered_on": legal_date(last.at) if last.registry_number else None,
        "seen": False,
        "seen_by_all": False,
        "notify_email": request.notify_email,
        "duplicate_key": _duplicate_key(content),
        "number_key": number_key(content.number),
        "full_number_key": full_number_key(content.number, content.series),
        "created_at": last.at,
    }
    query = Statement(unit.dialect)
    places = ", ".join(query.bind(value) for value in row.values())
    await unit.execute(f"INSERT INTO invoice ({', '.join(row)}) VALUES ({places})", query.values)


async def _index(
    unit: Unit, invoice_id: str, issuer_id: str, receiver_id: str, request: EntryRequest, steps: list[Step]
) -> None:
    """What it is found by: its offices and its text."""
    await write_offices(unit, invoice_id, issuer_id, receiver_id, request.content.offices)
    document = document_text(request.content, (file.name for file in request.attachments))
    life = "".join(map(text_of_step, steps))
    await write_text(unit, invoice_id, issuer_id, receiver_id, document, life)


def _due_date(content: InvoiceContent) -> date | None:
    return next((payment.due_date for payment in content.payments if payment.due_date_stated), None)


def totals_columns(totals: Totals) -> dict[str, int]:
    """The totals in hundredths, by column."""
    return {name: to_cents(getattr(totals, name)) for name in Totals.__dataclass_fields__}


def _duplicate_key(content: InvoiceContent) -> str:
    key = _number_key(content)
    # A copy bears the number of what it copies; two copies of one kind are doubles of each other.
    return f"{key}\x1f{content.invoice_class.value}" if content.invoice_class in COPIES else key


def _number_key(content: InvoiceContent) -> str:
    return duplicate_key(content.issuer.tax_id, content.number, content.series, content.issue_date)


async def _insert_files(invoice_id: str, request: EntryRequest) -> None:
    columns: dict[str, Any] = {"invoice_id": invoice_id, **content_columns(request.content, request.findings)}
    await ContentRow.create(**columns)
    await InvoiceDocument.create(
        invoice_id=invoice_id,
        format=request.content.format.value,
        size=len(request.document),
        sha256=hashlib.sha256(request.document).hexdigest(),
        signature=request.signature.status.value,
        signature_report=dump(request.signature),
        bytes=request.document,
    )
    for position, file in enumerate((*request.content.attachments, *request.attachments), start=1):
        await Attachment.create(
            invoice_id=invoice_id,
            position=position,
            name=file.name,
            media_type=file.media_type,
            description=file.description,
            reference=file.reference,
            size=len(file.content),
            sha256=hashlib.sha256(file.content).hexdigest(),
            bytes=file.content,
        )


async def _introduce(unit: Unit, issuer_id: str, receiver_id: str) -> None:
    for owner, role, party in (
        (issuer_id, PartyRole.ISSUER, receiver_id),
        (receiver_id, PartyRole.RECEIVER, issuer_id),
    ):
        query = Statement(unit.dialect)
        places = f"{query.bind(owner)}, {query.bind(role.value)}, {query.bind(party)}"
        await unit.execute(
            f"INSERT INTO counterparty (owner_id, role, party_id) VALUES ({places})"
            " ON CONFLICT (owner_id, role, party_id) DO NOTHING",
            query.values,
        )
