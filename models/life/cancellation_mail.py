"""Which mails a request of cancellation causes: the receiver is asked, the issuer is told that it was refused.

Where it is accepted the issuer is mailed the invoice's new state, as at any state of the legal minimum.
"""

from __future__ import annotations

from datetime import UTC

from ..database import Unit
from ..domain.cancellation import CancellationAct
from ..domain.notices import MailKind, NoticeEvent
from ..domain.transitions import PartyRole
from ..facts import InvoiceFacts
from ..notices.notifying import Mail, Notice, notify, post
from ..outboxes.mail import invoice_facts
from ..recording.cancellation_steps import Deed

_KINDS = {
    CancellationAct.REQUEST: MailKind.CANCELLATION_REQUESTED,
    CancellationAct.WITHDRAW: MailKind.CANCELLATION_WITHDRAWN,
}
_TO_ISSUER = {
    CancellationAct.REFUSE: MailKind.CANCELLATION_REFUSED,
    CancellationAct.RETURN: MailKind.CANCELLATION_UNDELIVERED,
}


async def write_cancellation_mail(unit: Unit, facts: InvoiceFacts, deed: Deed) -> None:
    """Queue what this deed must tell the other side, to whoever wants to be told."""
    told = {
        **invoice_facts(facts),
        "at": deed.at.astimezone(UTC).isoformat(),
        "actor": deed.actor,
        "reason": deed.text,
    }
    about = {"invoice_id": facts.invoice_id}
    if deed.act in _TO_ISSUER:
        await _tell_issuer(unit, facts, deed, told)
    elif deed.act in _KINDS and facts.away is not PartyRole.RECEIVER:
        event = NoticeEvent.CANCELLATION_REQUESTED
        await notify(unit, [Notice(facts.receiver_id, event, _KINDS[deed.act], told, **about)], deed.at)


async def _tell_issuer(unit: Unit, facts: InvoiceFacts, deed: Deed, told: dict[str, str | None]) -> None:
    """The address that the issuer gave with the invoice, which stands in for the party's own, and who else wants it."""
    kind, stood_in = _TO_ISSUER[deed.act], frozenset[str]()
    if facts.notify_email is not None:
        mail = Mail(kind, facts.issuer_id, facts.notify_email, facts.issuer_language, told, facts.invoice_id)
        await post(unit, mail, deed.at)
        stood_in = frozenset({facts.notify_email, facts.issuer_email or facts.notify_email})
    event = NoticeEvent.CANCELLATION_REFUSED
    notice = Notice(facts.issuer_id, event, kind, told, invoice_id=facts.invoice_id, not_to=stood_in)
    await notify(unit, [notice], deed.at)
