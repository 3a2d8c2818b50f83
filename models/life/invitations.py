"""Inviting a receiver that is not here yet: key one, the mail that carries it, and the record of both."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from enum import StrEnum

from ..database import Unit
from ..domain.keys import KeyKind, derived_key, hash_of
from ..facts import InvoiceFacts, RecordedStep
from ..identifiers import new_id
from ..outboxes.mail import Invitation, write_invitation
from ..sql import Statement
from ..writing import insert_row
from .addressees import Invitee

KEY_LIFETIME = timedelta(days=30)
PAUSE = timedelta(days=1)
"""An issuer's further invoices for the same address within it bring no further mail."""


RENEWALS = 5
"""Mails that an issuer may send to one receiver within a day."""


class InvitationEventKind(StrEnum):
    """The steps on a receiver's way in."""

    INVITED = "INVITED"
    WAITING = "WAITING"
    INVITATION_RENEWED = "INVITATION_RENEWED"
    KEY_CREATED = "KEY_CREATED"
    KEY_RENEWED = "KEY_RENEWED"
    KEY_REVOKED = "KEY_REVOKED"
    ATTEMPT_FAILED = "ATTEMPT_FAILED"
    ACCEPTED = "ACCEPTED"


async def invite(unit: Unit, facts: InvoiceFacts, step: RecordedStep, invitee: Invitee, now: datetime) -> None:
    """Mail the receiver of an invoice that waits for it, unless this issuer's last mail there is less than a day old.

    The feed of the receiver is locked, so two invoices of one moment do not both bring a mail.
    """
    waiting = await _invited_since(unit, facts, invitee.email, now - PAUSE)
    await record(
        unit,
        facts.issuer_id,
        facts.receiver_id,
        InvitationEventKind.WAITING if waiting else InvitationEventKind.INVITED,
        step.actor,
        now,
        email=invitee.email,
        invoice_id=facts.invoice_id,
    )
    if not waiting:
        await send_invitation(unit, facts, invitee, now)


async def send_invitation(unit: Unit, facts: InvoiceFacts, invitee: Invitee, now: datetime) -> str:
    """A new key one, which revokes this issuer's earlier ones for the address, and the mail; the invitation's UUID."""
    invitation_id = str(new_id())
    key = derived_key(invitee.secret, invitation_id)
    invitation = Invitation(
        id=invitation_id,
        email=invitee.email,
        language=str(invitee.language or facts.issuer_language),
        key_hash=hash_of(KeyKind.ONE, facts.receiver_tax_id, key),
        expires_at=now + KEY_LIFETIME,
    )
    query = Statement(unit.dialect)
    await unit.execute(
        f"UPDATE invitation SET revoked_at = {query.bind(now)} WHERE issuer_id = {query.bind(facts.issuer_id)}"
        f" AND receiver_id = {query.bind(facts.receiver_id)} AND email = {query.bind(invitee.email)}"
        " AND revoked_at IS NULL AND used_at IS NULL",
        query.values,
    )
    row: dict[str, object] = {
        **asdict(invitation),
        "issuer_id": facts.issuer_id,
        "receiver_id": facts.receiver_id,
        "invoice_id": facts.invoice_id,
        "created_at": now,
    }
    await insert_row(unit, "invitation", row)
    await write_invitation(unit, facts, invitation, now)
    return invitation_id


async def record(
    unit: Unit,
    issuer_id: str,
    receiver_id: str,
    kind: InvitationEventKind,
    actor: str | None,
    now: datetime,
    *,
    email: str | None = None,
    invoice_id: str | None = None,
) -> None:
    """A line in the log that the issuer sees."""
    row: dict[str, object] = {
        "issuer_id": issuer_id,
        "receiver_id": receiver_id,
        "kind": kind.value,
        "at": now,
        "actor": actor,
        "email": email,
        "invoice_id": invoice_id,
    }
    await insert_row(unit, "invitation_event", row)


async def record_for_all(unit: Unit, tax_id: str, kind: InvitationEventKind, actor: str | None, now: datetime) -> None:
    """A line for every issuer that has invited this receiver, while it is not here."""
    query = Statement(unit.dialect)
    columns = f"{query.bind(kind.value)}, {query.bind(now)}, {query.bind(actor)}"
    if unit.dialect == "postgres":
        columns = "$1::varchar, $2::timestamptz, $3::varchar"
    await unit.execute(
        "INSERT INTO invitation_event (issuer_id, receiver_id, kind, at, actor)"
        f" SELECT DISTINCT v.issuer_id, v.receiver_id, {columns} FROM invitation v"
        f" JOIN party p ON p.id = v.receiver_id WHERE p.tax_id = {query.bind(tax_id)} AND p.registered = false",
        query.values,
    )


async def _invited_since(unit: Unit, facts: InvoiceFacts, email: str, since: datetime) -> bool:
    query = Statement(unit.dialect)
    rows = await unit.fetch(
        f"SELECT 1 FROM invitation WHERE issuer_id = {query.bind(facts.issuer_id)}"
        f" AND receiver_id = {query.bind(facts.receiver_id)} AND email = {query.bind(email)}"
        f" AND created_at > {query.bind(since)} AND revoked_at IS NULL LIMIT 1",
        query.values,
    )
    return bool(rows)
