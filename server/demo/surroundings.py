"""What stands around the demo's invoices: a receiver who is not here yet, programs, kept filters, notices, mails.

Nothing of it is sent: what is told as mailed is past, and the webhook is switched off.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from ...models.database import Unit
from ...models.domain.notices import AT_FIRST, NoticeEvent, NoticeTiming
from ...models.domain.scopes import Scope
from ...models.domain.states import InvoiceStatus
from ...models.domain.transitions import PartyRole
from ...models.domain.webhooks import DisabledWhy, WebhookEvent
from ...models.lists.filtering import Filter
from ...models.lists.saved_filters import Definition, save_filter_in
from ...models.notices.notifying import set_up_address
from ...models.onboarding.receiver_keys import create_receiver_key_in
from ...models.people.tokens import NewToken, create_token_in
from ...models.sql import Statement
from ...models.viewer import Viewer
from ...models.webhooks.health import switch_off
from ...models.webhooks.managing import create_webhook_in
from .people import MONTCLAR, NEWCOMER, RIUDECLARA

MAILED_SINCE = timedelta(days=12)
"""Mails of the demo's last days are told, those that a digest of this morning had still to bring left out."""
MAILED_UNTIL = timedelta(hours=30)
HOOKED_SINCE = timedelta(days=10)
HOOKED_UNTIL = timedelta(days=3)
"""The webhook was there from the one to the other, counted back from now."""

WEBHOOK_URL = "https://comptabilitat.altmontclar.example.org/tramesa"
_S = InvoiceStatus

_TOKENS = (
    ("laura@ferrer.example.org", "Facturaplus, ordenador de la oficina", (Scope.INVOICES_READ, Scope.INVOICES_SEND)),
    ("carme@altmontclar.example.org", "Sicalwin, servidor", (Scope.INVOICES_READ, Scope.STATUS_CHANGE)),
)
_FILTERS = (
    ("jordi@riudeclara.example.org", "Per registrar", (_S.SENT,), False),
    ("carme@altmontclar.example.org", "Per conformar", (_S.REGISTERED_IN_RCF, _S.RECEIVED), True),
    ("carme@altmontclar.example.org", "Per pagar", (_S.CONFORMED, _S.RECOGNISED), True),
)


async def set_up_notices(unit: Unit, viewers: Mapping[str, Viewer], at: datetime) -> None:
    """An intervention that is told at once of what comes in, a manager who has one summary a day."""
    jordi, lluis = viewers["jordi@riudeclara.example.org"], viewers["lluis@altmontclar.example.org"]
    only_new = {NoticeEvent.NEW_INVOICE, NoticeEvent.CANCELLATION_REQUESTED}
    await set_up_address(
        unit, jordi.party_id, "intervencio@riudeclara.example.org", RIUDECLARA.language, at, events=only_new
    )
    await set_up_address(
        unit,
        lluis.party_id,
        "gerencia@altmontclar.example.org",
        MONTCLAR.language,
        at,
        events=AT_FIRST,
        timing=NoticeTiming.DAILY,
    )


async def hook_up(unit: Unit, viewers: Mapping[str, Viewer], secret: str, at: datetime) -> None:
    """A webhook to nowhere; what happens from now on is queued for it."""
    events = (WebhookEvent.INVOICE_REGISTERED, WebhookEvent.INVOICE_CONFORMED, WebhookEvent.INVOICE_REJECTED)
    await create_webhook_in(unit, viewers["lluis@altmontclar.example.org"], WEBHOOK_URL, events, secret, at)


async def surround(unit: Unit, viewers: Mapping[str, Viewer], now: datetime) -> None:
    """All that needs the invoices to be there."""
    laura = viewers["laura@ferrer.example.org"]
    await create_receiver_key_in(unit, laura, NEWCOMER.tax_id, None, now - timedelta(minutes=20))
    for email, name, scopes in _TOKENS:
        wanted = NewToken(name=name, scopes=frozenset(scopes))
        made = await create_token_in(unit, viewers[email].user_id, wanted, now - timedelta(days=40))
        await _set(unit, "api_token", made.key, "last_used_at", now - timedelta(hours=3))
    for email, name, status, shared in _FILTERS:
        definition = Definition(role=PartyRole.RECEIVER, filter=Filter(status=status))
        await save_filter_in(unit, viewers[email], name, definition, now, shared=shared)
    await _tell_mails_sent(unit)
    await _tell_webhook_off(unit, now)


async def _tell_mails_sent(unit: Unit) -> None:
    """All were taken by the mail server but the oldest, whose mailbox is not there any more."""
    taken = "attempts = 1, sent_at = next_attempt_at, last_code = 250, last_error = '2.0.0 Ok: queued'"
    refused = "attempts = 1, last_code = 550, last_error = '5.1.1 Mailbox unavailable'"
    await unit.execute(f"UPDATE mail_message SET state = 'SENT', {taken}", [])
    first = "SELECT id FROM mail_message WHERE kind = 'STATUS' ORDER BY created_at, id LIMIT 1"
    await unit.execute(f"UPDATE mail_message SET state = 'FAILED', sent_at = NULL, {refused} WHERE id = ({first})", [])


async def _tell_webhook_off(unit: Unit, now: datetime) -> None:
    """What came until it was switched off was taken; the rest waits until somebody switches it on."""
    query = Statement(unit.dialect)
    off = now - HOOKED_UNTIL
    await unit.execute(
        "UPDATE webhook_delivery SET state = 'SENT', attempts = 1, last_code = 204, sent_at = created_at"
        f" WHERE created_at < {query.bind(off)}",
        query.values,
    )
    [[webhook_id]] = await unit.fetch("SELECT id FROM webhook", [])
    await switch_off(unit, str(webhook_id), DisabledWhy.BY_HAND, off)


async def _set(unit: Unit, table: str, key: str, column: str, value: datetime) -> None:
    query = Statement(unit.dialect)
    await unit.execute(f"UPDATE {table} SET {column} = {query.bind(value)} WHERE id = {query.bind(key)}", query.values)
