"""Telling a party's addresses of what happens: mails at once, or items of a daily digest, in the change's own unit."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from ..database import Database, Unit
from ..domain.notices import AT_FIRST, MailKind, NoticeEvent, NoticeTiming, events_of, events_text, next_digest
from ..identifiers import new_id
from ..sql import Statement, key_set
from ..writing import Columns, insert_rows

Facts = Mapping[str, str | None]

_DIGESTS = uuid.UUID("6f6c1ee4-5f8e-4b5c-9a0e-0d6b1d5f7a11")
"""Digests have the same id whoever begins them: made from their address and hour."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to be sent. ``kind`` chooses its words, ``notice_address_id`` is who can stop more of them."""

    kind: str
    party_id: str
    recipient: str
    language: str
    facts: Facts
    invoice_id: str | None = None
    change_id: str | None = None
    notice_address_id: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell whoever of a party's addresses wants it, as a mail of ``kind``; not those in ``not_to``."""

    party_id: str
    event: NoticeEvent
    kind: str
    facts: Facts
    invoice_id: str | None = None
    change_id: str | None = None
    not_to: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class _Wish:
    """An address that wants to be told."""

    id: str
    address: str
    language: str
    timing: NoticeTiming


async def notify(unit: Unit, notices: Sequence[Notice], now: datetime) -> None:
    """Write the mails and digest items that these notices mean.

    Units that write to the same digests take these in one order, by party and address.
    """
    wishes = await _wishes(unit, notices)
    at_once: list[Mail] = []
    collected: list[tuple[_Wish, Mail]] = []
    for notice in notices:
        passed_over = {address.casefold() for address in notice.not_to}
        for wish in wishes[notice.party_id, notice.event]:
            if wish.address.casefold() in passed_over:
                continue
            if wish.timing is NoticeTiming.AT_ONCE:
                at_once.append(_mail(notice, wish))
            else:
                collected.append((wish, _mail(notice, wish)))
    await post_all(unit, at_once, now)
    await _collect(unit, collected, now)


async def post(unit: Unit, mail: Mail, now: datetime) -> None:
    """Queue one mail, due now."""
    await post_all(unit, [mail], now)


async def post_all(unit: Unit, mails: Sequence[Mail], now: datetime) -> None:
    """Queue mails, due now."""
    await _queue(unit, [_row(unit, mail, str(new_id()), due=now, now=now) for mail in mails])


async def _queue(unit: Unit, rows: Sequence[Columns]) -> None:
    await insert_rows(unit, "mail_message", rows, unless="id")
    if rows:
        unit.queued.add("mail_message")


def _row(unit: Unit, mail: Mail, mail_id: str, *, due: datetime, now: datetime) -> Columns:
    return {
        "id": mail_id,
        "kind": mail.kind,
        "party_id": mail.party_id,
        "invoice_id": mail.invoice_id,
        "change_id": mail.change_id,
        "recipient": mail.recipient,
        "language": mail.language,
        "facts": orjson.dumps(mail.facts).decode(),
        "notice_address_id": mail.notice_address_id,
        "next_attempt_at": due.astimezone(UTC),
        "created_at": now,
        "request_id": unit.request_id,
        "state": "QUEUED",
        "attempts": 0,
    }


async def set_up_address(
    unit: Unit,
    party_id: str,
    address: str,
    language: str,
    now: datetime,
    *,
    events: Collection[NoticeEvent] = AT_FIRST,
    timing: NoticeTiming = NoticeTiming.AT_ONCE,
) -> None:
    """Have an address mailed, from now on and as told; whatever was set up for it before, and a stop, is undone."""
    query = Statement(unit.dialect)
    values = [str(new_id()), party_id, address, language, timing.value, events_text(events), now]
    places = ", ".join(query.bind(value) for value in values)
    await unit.execute(
        "INSERT INTO notice_address (id, party_id, address, language, timing, events, created_at)"
        f" VALUES ({places}) ON CONFLICT (party_id, address) DO UPDATE SET language = excluded.language,"
        " timing = excluded.timing, events = excluded.events, unsubscribed_at = NULL",
        query.values,
    )


async def digest_items(database: Database, notice_address_id: str, due_at: datetime) -> list[tuple[str, Facts]]:
    """What the digest of an address and hour tells, oldest first: the kind of each item's own mail, and its facts."""
    query = Statement(database.dialect)
    rows = await database.fetch(
        f"SELECT kind, facts FROM digest_item WHERE notice_address_id = {query.bind(notice_address_id)}"
        f" AND due_at = {query.bind(due_at.astimezone(UTC))} ORDER BY created_at, id",
        query.values,
    )
    return [(kind, orjson.loads(facts)) for kind, facts in rows]


async def _wishes(unit: Unit, notices: Sequence[Notice]) -> dict[tuple[str, NoticeEvent], list[_Wish]]:
    query = Statement(unit.dialect)
    parties = key_set(query, sorted({notice.party_id for notice in notices}))
    rows = await unit.fetch(
        "SELECT id, party_id, address, language, timing, events FROM notice_address"
        f" WHERE party_id IN {parties} AND unsubscribed_at IS NULL ORDER BY party_id, id",
        query.values,
    )
    found: dict[tuple[str, NoticeEvent], list[_Wish]] = defaultdict(list)
    for row in rows:
        wish = _Wish(str(row[0]), row[2], row[3], NoticeTiming(row[4]))
        for event in events_of(row[5]):
            found[str(row[1]), event].append(wish)
    return found


def _mail(notice: Notice, wish: _Wish) -> Mail:
    return Mail(
        notice.kind,
        notice.party_id,
        wish.address,
        wish.language,
        notice.facts,
        invoice_id=notice.invoice_id,
        change_id=notice.change_id,
        notice_address_id=wish.id,
    )


async def _collect(unit: Unit, mails: Sequence[tuple[_Wish, Mail]], now: datetime) -> None:
    """Items of the next digests of their addresses, and the digests themselves where these are their first."""
    due = next_digest(now).astimezone(UTC)
    digests = {(mail.party_id, wish.id): (wish, mail) for wish, mail in mails}
    await _queue(unit, [_digest(unit, *digests[place], due=due, now=now) for place in sorted(digests)])
    items: list[Columns] = [
        {
            "id": str(new_id()),
            "notice_address_id": wish.id,
            "due_at": due,
            "kind": mail.kind,
            "invoice_id": mail.invoice_id,
            "facts": orjson.dumps(mail.facts).decode(),
            "created_at": now,
        }
        for wish, mail in mails
    ]
    await insert_rows(unit, "digest_item", items)


def _digest(unit: Unit, wish: _Wish, mail: Mail, *, due: datetime, now: datetime) -> Columns:
    facts: Facts = {"noticeAddressId": wish.id, "dueAt": due.isoformat()}
    digest = Mail(MailKind.DIGEST, mail.party_id, wish.address, wish.language, facts, notice_address_id=wish.id)
    return _row(unit, digest, str(uuid.uuid5(_DIGESTS, f"{wish.id} {due.isoformat()}")), due=due, now=now)
