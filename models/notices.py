"""Telling a party's addresses of what happens: mails at once, or items of a daily digest, in the change's own unit."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from .database import Database, Row, Unit
from .domain.notices import AT_FIRST, MailKind, NoticeEvent, NoticeTiming, events_of, events_text, next_digest
from .identifiers import new_id
from .sql import Statement

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
    """Write the mails and digest items that these notices mean."""
    wishes = await _wishes(unit, notices)
    for notice in notices:
        passed_over = {address.casefold() for address in notice.not_to}
        for wish in wishes[notice.party_id, notice.event]:
            if wish.address.casefold() not in passed_over:
                await _tell(unit, notice, wish, now)


async def post(
    unit: Unit, mail: Mail, now: datetime, *, due: datetime | None = None, mail_id: str | None = None
) -> None:
    """Queue one mail, due now unless told otherwise. One that is there already, by its id, stays as it is."""
    query = Statement(unit.dialect)
    row: dict[str, object] = {
        "id": mail_id or str(new_id()),
        "kind": mail.kind,
        "party_id": mail.party_id,
        "invoice_id": mail.invoice_id,
        "change_id": mail.change_id,
        "recipient": mail.recipient,
        "language": mail.language,
        "facts": orjson.dumps(mail.facts).decode(),
        "notice_address_id": mail.notice_address_id,
        "next_attempt_at": (due or now).astimezone(UTC),
        "created_at": now,
        "request_id": unit.request_id,
        "state": "QUEUED",
        "attempts": 0,
    }
    places = ", ".join(query.bind(value) for value in row.values())
    await unit.execute(
        f"INSERT INTO mail_message ({', '.join(row)}) VALUES ({places}) ON CONFLICT (id) DO NOTHING", query.values
    )
    unit.queued.add("mail_message")


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
    parties = query.bind_all(sorted({notice.party_id for notice in notices}))
    # In the order of their ids: units that write to the same digests take these in one order.
    rows = await unit.fetch(
        "SELECT id, party_id, address, language, timing, events FROM notice_address"
        f" WHERE party_id IN {parties} AND unsubscribed_at IS NULL ORDER BY id",
        query.values,
    )
    found: dict[tuple[str, NoticeEvent], list[_Wish]] = defaultdict(list)
    for row in rows:
        for event in events_of(row[5]):
            found[str(row[1]), event].append(_wish(row))
    return found


def _wish(row: Row) -> _Wish:
    return _Wish(str(row[0]), row[2], row[3], NoticeTiming(row[4]))


async def _tell(unit: Unit, notice: Notice, wish: _Wish, now: datetime) -> None:
    mail = Mail(
        notice.kind,
        notice.party_id,
        wish.address,
        wish.language,
        notice.facts,
        invoice_id=notice.invoice_id,
        change_id=notice.change_id,
        notice_address_id=wish.id,
    )
    if wish.timing is NoticeTiming.AT_ONCE:
        await post(unit, mail, now)
    else:
        await _collect(unit, mail, wish, now)


async def _collect(unit: Unit, mail: Mail, wish: _Wish, now: datetime) -> None:
    """An item of the address's next digest, and the digest itself where this is its first."""
    due = next_digest(now).astimezone(UTC)
    digest_id = str(uuid.uuid5(_DIGESTS, f"{wish.id} {due.isoformat()}"))
    facts: Facts = {"noticeAddressId": wish.id, "dueAt": due.isoformat()}
    digest = Mail(MailKind.DIGEST, mail.party_id, wish.address, wish.language, facts, notice_address_id=wish.id)
    await post(unit, digest, now, due=due, mail_id=digest_id)
    query = Statement(unit.dialect)
    values = [str(new_id()), wish.id, due, mail.kind, mail.invoice_id, orjson.dumps(mail.facts).decode(), now]
    places = ", ".join(query.bind(value) for value in values)
    await unit.execute(
        "INSERT INTO digest_item (id, notice_address_id, due_at, kind, invoice_id, facts, created_at)"
        f" VALUES ({places})",
        query.values,
    )
