"""Which mails a request of cancellation causes: the receiver is asked, the issuer is told that it was refused.

Where it is accepted the issuer is mailed the invoice's new state, as at any state of the legal minimum.
"""

from __future__ import annotations

from datetime import UTC

from .cancellation_steps import Deed
from .database import Unit
from .domain.cancellation import CancellationAct
from .outbox import Letter, invoice_facts, queue_letter
from .steps import InvoiceFacts


async def write_cancellation_mail(unit: Unit, facts: InvoiceFacts, deed: Deed) -> None:
    """Queue what this deed must tell the other side, if that has an address."""
    letter = _letter(facts, deed.act)
    if letter is None:
        return
    told = {
        **invoice_facts(facts),
        "at": deed.at.astimezone(UTC).isoformat(),
        "registryNumber": facts.registry_number,
        "rcfNumber": facts.rcf_number,
        "actor": deed.actor,
        "reason": deed.text,
    }
    await queue_letter(unit, letter, facts, None, told, deed.at)


def _letter(facts: InvoiceFacts, act: CancellationAct) -> Letter | None:
    if act is CancellationAct.REFUSE:
        address = facts.notify_email or facts.issuer_email
        return Letter("CANCELLATION_REFUSED", facts.issuer_id, address, facts.issuer_language) if address else None
    if not (facts.receiver_wants_mail and facts.receiver_email):
        return None
    receiver = (facts.receiver_id, facts.receiver_email, facts.receiver_language)
    if act is CancellationAct.REQUEST:
        return Letter("CANCELLATION_REQUESTED", *receiver)
    return Letter("CANCELLATION_WITHDRAWN", *receiver) if act is CancellationAct.WITHDRAW else None
