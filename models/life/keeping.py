"""Keeping an invoice that comes in: its row, what its document says, every file byte for byte."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..database import Unit
from ..domain.findings import Finding
from ..domain.invoice import AttachedFile, InvoiceContent, Totals
from ..domain.money import to_cents
from ..domain.numbering import full_number_key, legal_date, number_key
from ..domain.signature import UNSIGNED, SignatureReport
from ..domain.transitions import PartyRole
from ..facts import Step
from ..lists.offices import write_offices
from ..lists.search_text import document_text, write_text
from ..reading.content import content_columns, dump
from ..recording.steps import text_of_step
from ..sql import Statement
from ..tables import Attachment, InvoiceDocument
from ..tables import InvoiceContent as ContentRow
from .addressees import Invitee
from .doubles import duplicate_key_of


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


async def insert_invoice(
    unit: Unit, invoice_id: str, issuer_id: str, receiver_id: str, request: EntryRequest, steps: list[Step]
) -> None:
    """The invoice itself, as it stands after its first steps."""
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
        "duplicate_key": duplicate_key_of(content),
        "number_key": number_key(content.number),
        "full_number_key": full_number_key(content.number, content.series),
        "created_at": last.at,
    }
    query = Statement(unit.dialect)
    places = ", ".join(query.bind(value) for value in row.values())
    await unit.execute(f"INSERT INTO invoice ({', '.join(row)}) VALUES ({places})", query.values)


async def index_invoice(
    unit: Unit, invoice_id: str, issuer_id: str, receiver_id: str, request: EntryRequest, steps: list[Step]
) -> None:
    """What it is found by: its offices and its text."""
    await write_offices(unit, invoice_id, issuer_id, receiver_id, request.content.offices)
    names = await _names_of_strangers(unit, issuer_id, receiver_id, request.content)
    document = document_text(request.content, (*names, *(file.name for file in request.attachments)))
    life = "".join(map(text_of_step, steps))
    await write_text(unit, invoice_id, issuer_id, receiver_id, document, life)


async def _names_of_strangers(unit: Unit, issuer_id: str, receiver_id: str, content: InvoiceContent) -> list[str]:
    """What the document calls those of its parties that have not signed up."""
    query = Statement(unit.dialect)
    rows = await unit.fetch(
        f"SELECT id FROM party WHERE id IN {query.bind_all([issuer_id, receiver_id])} AND registered = false",
        query.values,
    )
    strangers = {str(row[0]) for row in rows}
    sides = ((issuer_id, content.issuer), (receiver_id, content.receiver))
    return [party.name for key, party in sides if key in strangers]


def _due_date(content: InvoiceContent) -> date | None:
    return next((payment.due_date for payment in content.payments if payment.due_date_stated), None)


def totals_columns(totals: Totals) -> dict[str, int]:
    """The totals in hundredths, by column."""
    return {name: to_cents(getattr(totals, name)) for name in Totals.__dataclass_fields__}


async def insert_files(invoice_id: str, request: EntryRequest) -> None:
    """What the document says, its bytes, and the files in it and beside it."""
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
    inside = len(request.content.attachments)
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
            beside=position > inside,
        )


async def introduce(unit: Unit, issuer_id: str, receiver_id: str) -> None:
    """Remember of both parties that they trade with each other."""
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
