"""The addresses that a party has mailed: set up by its administrator, stopped by whoever reads them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from ..database import Database, Row, Unit
from ..domain.errors import Forbidden, Invalid, NotFound
from ..domain.notices import NoticeEvent, NoticeTiming, events_of
from ..domain.states import Language
from ..domain.transitions import UserRole
from ..sql import Statement, as_instant
from ..viewer import Viewer
from .notifying import set_up_address

MOST_ADDRESSES = 50
"""Of one party: every change of every invoice looks at them."""

_COLUMNS = "id, address, language, timing, events, unsubscribed_at, created_at"


@dataclass(frozen=True, slots=True)
class AddressRow:
    """An address with what it is mailed about. ``key`` is its UUID as text."""

    key: str
    address: str
    language: Language
    timing: NoticeTiming
    events: list[NoticeEvent]
    unsubscribed_at: datetime | None
    created_at: datetime


async def read_addresses(database: Database, viewer: Viewer) -> list[AddressRow]:
    """The addresses of the viewer's party, in the order of their letters."""
    query = Statement(database.dialect)
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM notice_address WHERE party_id = {query.bind(viewer.party_id)} ORDER BY address, id",
        query.values,
    )
    return [_row(row) for row in rows]


async def save_address(
    database: Database,
    viewer: Viewer,
    address: str,
    language: Language,
    timing: NoticeTiming,
    events: Collection[NoticeEvent],
) -> AddressRow:
    """Set an address up, or anew; an administrator's right. :class:`Invalid` where there would be too many."""
    _check(viewer)
    now = datetime.now(UTC)

    async def work(unit: Unit) -> AddressRow:
        if unit.dialect == "postgres":
            # Those of one party that are set up at once are counted one after the other.
            await unit.fetch("SELECT id FROM party WHERE id = $1 FOR NO KEY UPDATE", [viewer.party_id])
        others = Statement(unit.dialect)
        counted = await unit.fetch(
            f"SELECT count(*) FROM notice_address WHERE party_id = {others.bind(viewer.party_id)}"
            f" AND address <> {others.bind(address)}",
            others.values,
        )
        if counted[0][0] >= MOST_ADDRESSES:
            raise Invalid(f"A party has at most {MOST_ADDRESSES} addresses.", path=("input", "address"))
        await set_up_address(unit, viewer.party_id, address, language.value, now, events=events, timing=timing)
        query = Statement(unit.dialect)
        rows = await unit.fetch(
            f"SELECT {_COLUMNS} FROM notice_address WHERE party_id = {query.bind(viewer.party_id)}"
            f" AND address = {query.bind(address)}",
            query.values,
        )
        return _row(rows[0])

    return await database.unit_of_work(work)


async def remove_address(database: Database, viewer: Viewer, key: str | None) -> None:
    """Have an address mailed no more, and forget it; :class:`NotFound` where the party has none such."""
    _check(viewer)

    async def work(unit: Unit) -> None:
        query = Statement(unit.dialect)
        removed = 0
        if key is not None:
            removed = await unit.execute(
                f"DELETE FROM notice_address WHERE id = {query.bind(key)} AND party_id = {query.bind(viewer.party_id)}",
                query.values,
            )
        if removed == 0:
            raise NotFound("There is no such address.", path=("input", "id"))
        await _drop_digests(unit, str(key))

    await database.unit_of_work(work)


async def stop_mails(database: Database, key: str) -> None:
    """What a reader asks for: nothing more to this address, digests that wait included. Twice is as good as once."""

    async def work(unit: Unit) -> None:
        query = Statement(unit.dialect)
        await unit.execute(
            f"UPDATE notice_address SET unsubscribed_at = {query.bind(datetime.now(UTC))}"
            f" WHERE id = {query.bind(key)} AND unsubscribed_at IS NULL",
            query.values,
        )
        await _drop_digests(unit, key)

    await database.unit_of_work(work)


async def language_of_address(database: Database, key: str) -> Language:
    """The language of whoever reads it; Catalan where the address has been removed."""
    query = Statement(database.dialect)
    rows = await database.fetch(f"SELECT language FROM notice_address WHERE id = {query.bind(key)}", query.values)
    return Language(rows[0][0]) if rows else Language.CA


async def _drop_digests(unit: Unit, key: str) -> None:
    query = Statement(unit.dialect)
    await unit.execute(
        f"DELETE FROM mail_message WHERE notice_address_id = {query.bind(key)} AND kind = 'DIGEST'"
        " AND state = 'QUEUED' AND claimed_until IS NULL",
        query.values,
    )


def _check(viewer: Viewer) -> None:
    if UserRole.ADMIN not in viewer.roles:
        raise Forbidden(path=("input",))


def _row(row: Row) -> AddressRow:
    key, address, language, timing, events, unsubscribed_at, created_at = row
    return AddressRow(
        str(key),
        address,
        Language(language),
        NoticeTiming(timing),
        sorted(events_of(events), key=list(NoticeEvent).index),
        None if unsubscribed_at is None else as_instant(unsubscribed_at),
        as_instant(created_at),
    )
