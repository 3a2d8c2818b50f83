"""Which mails a step of an invoice's history causes, written in its own transaction (domain.md, "Mail").

Sending is ``mail``'s work. What a template needs is kept as it was when the change happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from ..database import Unit
from ..domain.money import from_cents, plain_text
from ..domain.notices import STATE_EVENTS, MailKind, NoticeEvent
from ..domain.states import STATES
from ..facts import InvoiceFacts, RecordedStep
from ..identifiers import global_id
from ..notices.notifying import Mail, Notice, notify, post, post_all


async def write_mail(unit: Unit, facts: InvoiceFacts, step: RecordedStep, *, incoming: bool, now: datetime) -> None:
    """Queue what this step must tell the issuer and, where the invoice comes in with it, the receiver.

    A state of the legal minimum goes to the address that the issuer gave with the invoice, whatever the party has set
    up. That address stands in for the party's own.
    """
    notices = _notices(facts, step, incoming=incoming)
    await _write(unit, _mandatory(facts, step), notices, now)


async def write_mails(
    unit: Unit, steps: Sequence[tuple[InvoiceFacts, RecordedStep]], now: datetime, more: Sequence[Notice] = ()
) -> None:
    """The same for many steps of invoices that have come in before, and whatever else is told with them."""
    mails = [mail for facts, step in steps for mail in _mandatory(facts, step)]
    notices = [notice for facts, step in steps for notice in _notices(facts, step, incoming=False)]
    await _write(unit, mails, [*notices, *more], now)


async def _write(unit: Unit, mails: Sequence[Mail], notices: Sequence[Notice], now: datetime) -> None:
    await post_all(unit, mails, now)
    await notify(unit, notices, now)


def _mandatory(facts: InvoiceFacts, step: RecordedStep) -> list[Mail]:
    if facts.notify_email is None or not STATES[step.to_status].mails_issuer:
        return []
    told, about = mail_facts(facts, step), _about(facts, step)
    return [Mail(MailKind.STATUS, facts.issuer_id, facts.notify_email, facts.issuer_language, told, **about)]


def _notices(facts: InvoiceFacts, step: RecordedStep, *, incoming: bool) -> list[Notice]:
    told, about = mail_facts(facts, step), _about(facts, step)
    stood_in = frozenset[str]()
    if facts.notify_email is not None and STATES[step.to_status].mails_issuer:
        stood_in = frozenset({facts.notify_email, facts.issuer_email or facts.notify_email})
    notices = [Notice(facts.issuer_id, STATE_EVENTS[step.to_status], MailKind.STATUS, told, not_to=stood_in, **about)]
    if incoming:
        notices.append(Notice(facts.receiver_id, NoticeEvent.NEW_INVOICE, MailKind.INCOMING, told, **about))
    return notices


def _about(facts: InvoiceFacts, step: RecordedStep) -> dict[str, str]:
    return {"invoice_id": facts.invoice_id, "change_id": step.change_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What is mailed to a receiver that is not here yet."""

    id: str
    email: str
    language: str
    key_hash: str
    expires_at: datetime


async def write_invitation(unit: Unit, facts: InvoiceFacts, invitation: Invitation, now: datetime) -> None:
    """Queue the mail that tells a receiver who is not here yet what waits for it. Key one is not among its facts."""
    said = {
        **invoice_facts(facts),
        "invitationId": invitation.id,
        "keyHash": invitation.key_hash,
        "at": now.astimezone(UTC).isoformat(),
        "expiresAt": invitation.expires_at.astimezone(UTC).isoformat(),
    }
    mail = Mail(
        MailKind.INVITATION,
        facts.issuer_id,
        invitation.email,
        invitation.language,
        said,
        invoice_id=facts.invoice_id,
    )
    await post(unit, mail, now)


def accepted_notice(facts: InvoiceFacts, count: int, now: datetime) -> Notice:
    """What tells an issuer that a receiver is here now, and that ``count`` of its invoices had waited for it."""
    said = {**invoice_facts(facts), "at": now.astimezone(UTC).isoformat(), "count": str(count)}
    return Notice(facts.issuer_id, NoticeEvent.INVITATION_ACCEPTED, MailKind.INVITATION_ACCEPTED, said)


def invoice_facts(facts: InvoiceFacts) -> dict[str, str | None]:
    """What every mail about an invoice may say of it."""
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
        "registryNumber": facts.registry_number,
        "rcfNumber": facts.rcf_number,
        "dueDate": _iso(facts.due_date),
    }


def mail_facts(facts: InvoiceFacts, step: RecordedStep) -> dict[str, str | None]:
    """The same with what a step of its history adds."""
    return invoice_facts(facts) | {
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
