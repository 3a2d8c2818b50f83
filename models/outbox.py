"""Which mails a change causes: rows of the outbox, written in the change's own transaction (domain.md, "Mail").

Sending is ``mail``'s work. What a template needs is kept as it was when the change happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

import orjson

from .database import Unit
from .domain.money import from_cents, plain_text
from .domain.states import STATES
from .identifiers import global_id, new_id
from .sql import Statement
from .steps import InvoiceFacts, RecordedStep

Kind = Literal[
    "STATUS",
    "INCOMING",
    "INVITATION",
    "CANCELLATION_REQUESTED",
    "CANCELLATION_WITHDRAWN",
    "CANCELLATION_REFUSED",
]


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail about an invoice: what kind, to whom, in which language."""

    kind: Kind
    party_id: str
    recipient: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What is mailed to a receiver that is not here yet."""

    id: str
    email: str
    language: str
    key_hash: str
    expires_at: datetime


async def write_mail(unit: Unit, facts: InvoiceFacts, step: RecordedStep, *, incoming: bool, now: datetime) -> None:
    """Queue what this step must tell the issuer and, where the invoice comes in with it, the receiver."""
    for letter in _letters(facts, step, incoming=incoming):
        await queue_letter(unit, letter, facts, step.change_id, _facts(facts, step), now)


async def write_invitation(
    unit: Unit,
    facts: InvoiceFacts,
    invitation: Invitation,
    now: datetime,
) -> None:
    """Queue the mail that tells a receiver who is not here yet what waits for it. Key one is not among its facts."""
    said = {
        **invoice_facts(facts),
        "invitationId": invitation.id,
        "keyHash": invitation.key_hash,
        "at": now.astimezone(UTC).isoformat(),
        "expiresAt": invitation.expires_at.astimezone(UTC).isoformat(),
    }
    letter = Letter("INVITATION", facts.issuer_id, invitation.email, invitation.language)
    await queue_letter(unit, letter, facts, None, said, now)


async def queue_letter(
    unit: Unit, letter: Letter, facts: InvoiceFacts, change_id: str | None, said: dict[str, str | None], now: datetime
) -> None:
    """Queue a mail with the facts that its template needs; without a change it is about something else."""
    query = Statement(unit.dialect)
    values = [
        str(new_id()),
        letter.kind,
        letter.party_id,
        facts.invoice_id,
        change_id,
        letter.recipient,
        letter.language,
        orjson.dumps(said).decode(),
        now,
        now,
        unit.request_id,
    ]
    places = ", ".join(query.bind(value) for value in values)
    await unit.execute(
        "INSERT INTO mail_message (id, kind, party_id, invoice_id, change_id, recipient, language, facts,"
        f" next_attempt_at, created_at, request_id, state, attempts) VALUES ({places}, 'QUEUED', 0)",
        query.values,
    )
    unit.queued.add("mail_message")


def _letters(facts: InvoiceFacts, step: RecordedStep, *, incoming: bool) -> list[Letter]:
    letters = []
    issuer_address = facts.notify_email or facts.issuer_email
    if STATES[step.to_status].mails_issuer and issuer_address:
        letters.append(Letter("STATUS", facts.issuer_id, issuer_address, facts.issuer_language))
    if incoming and facts.receiver_wants_mail and facts.receiver_email:
        letters.append(Letter("INCOMING", facts.receiver_id, facts.receiver_email, facts.receiver_language))
    return letters


def invoice_facts(facts: InvoiceFacts) -> dict[str, str | None]:
    """What every mail about an invoice tells of it."""
    return {
        "invoiceId": global_id("Invoice", facts.invoice_id),
        "number": facts.number,
        "series": facts.series,
        "issueDate": facts.issue_date.isoformat(),
        "currency": facts.currency,
        "payable": plain_text(from_cents(facts.payable)),
        "issuerName": facts.issuer_name,
        "issuerTaxId": facts.issuer_tax_id,
        "receiverName": facts.receiver_name,
        "receiverTaxId": facts.receiver_tax_id,
        "dueDate": _iso(facts.due_date),
    }


def _facts(facts: InvoiceFacts, step: RecordedStep) -> dict[str, str | None]:
    return {
        **invoice_facts(facts),
        "status": step.to_status.value,
        "at": step.at.astimezone(UTC).isoformat(),
        "registryNumber": step.registry_number or facts.registry_number,
        "rcfNumber": step.rcf_number or facts.rcf_number,
        "reason": step.reason,
        "reasonCode": step.reason_code,
        "paymentDate": _iso(step.payment_date),
    }


def _iso(value: date | None) -> str | None:
    return None if value is None else value.isoformat()
