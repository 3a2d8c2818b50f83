"""What was sent to whom about which invoice, and what became of it; sending it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..database import Database, Row, Unit
from ..domain.errors import Invalid, NotFound
from ..domain.notices import PERSONAL, MailKind
from ..domain.transitions import UserRole
from ..identifiers import global_id, new_id
from ..lists.timeline import Place, older_than
from ..rows import InvoiceRow
from ..sql import Statement, as_instant, key_set
from ..viewer import Viewer
from ..visibility import visible

MOST_RESENT = 5
"""So often one mail may be sent again within an hour."""
DIGEST_ITEMS_KEPT = timedelta(days=90)
"""What a digest tells is known for so long."""

_COLUMNS = (
    "m.id, m.kind, m.recipient, m.language, m.invoice_id, m.state, m.attempts, m.last_code, m.last_error, m.created_at,"
    " m.sent_at, m.next_attempt_at, m.notice_address_id, m.resend_of_id"
)
# Not EXISTS: PostgreSQL would look through everybody's invoices first.
_MAILS = "mail_message m LEFT JOIN invoice i ON i.id = m.invoice_id"
_COPIED = "party_id, invoice_id, recipient, language, facts, notice_address_id, kind"


@dataclass(slots=True)
class MailRow:
    """One mail of the outbox as its party may see it; ``invoice`` is set where it was asked for."""

    key: str
    kind: str
    recipient: str
    language: str
    invoice_key: str | None
    state: str
    attempts: int
    last_code: int | None
    last_answer: str | None
    created_at: datetime
    sent_at: datetime | None
    next_attempt_at: datetime | None
    mandatory: bool
    resend_of: str | None
    invoice: InvoiceRow | None = None

    @property
    def id(self) -> str:
        """The id that clients see."""
        return global_id("Notification", self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFilter:
    """Each part narrows further; None does not."""

    invoice_id: str | None = None
    states: tuple[str, ...] | None = None


async def read_mails(
    database: Database, viewer: Viewer, wanted: MailFilter, after: Place | None, limit: int
) -> list[MailRow]:
    """Up to ``limit`` mails of the viewer's party, newest first, older than a place."""
    query = Statement(database.dialect)
    where = [_mine(query, viewer)]
    if wanted.invoice_id is not None:
        where.append(f"m.invoice_id = {query.bind(wanted.invoice_id)}")
    if wanted.states is not None:
        where.append(f"m.state IN {query.bind_all(list(dict.fromkeys(wanted.states)))}")
    if after is not None:
        where.append(older_than(query, "m", after))
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM {_MAILS} WHERE {' AND '.join(where)}"
        f" ORDER BY m.created_at DESC, m.id DESC LIMIT {int(limit)}",
        query.values,
    )
    return [_row(row) for row in rows]


async def read_mails_by_key(database: Database, viewer: Viewer, keys: Sequence[str]) -> dict[str, MailRow]:
    """The mails of these keys that are the viewer's to see, by key."""
    if not keys:
        return {}
    query = Statement(database.dialect)
    where = f"m.id IN {key_set(query, keys)} AND {_mine(query, viewer)}"
    rows = await database.fetch(f"SELECT {_COLUMNS} FROM {_MAILS} WHERE {where}", query.values)
    return {row.key: row for row in map(_row, rows)}


async def resend(database: Database, viewer: Viewer, key: str | None) -> str:
    """Send a mail again, as a new one with the same words, and return its key; one that still waits is tried now.

    :class:`NotFound` where it is not the viewer's; :class:`Invalid` for more than five within an hour, and for digests,
    which are told once.
    """
    now = datetime.now(UTC)

    async def work(unit: Unit) -> str:
        query = Statement(unit.dialect)
        # Those who ask at once for the same mail wait for one another, so that they are counted.
        lock = "FOR UPDATE OF m" if unit.dialect == "postgres" else ""
        rows = await unit.fetch(
            f"SELECT m.state, m.kind, m.created_at FROM {_MAILS} WHERE m.id = {query.bind(key)}"
            f" AND {_mine(query, viewer)} {lock}",
            query.values,
        )
        if key is None or not rows:
            raise NotFound("There is no such notification, or you may not see it.", path=("input", "id"))
        state, kind, created_at = rows[0]
        if kind == MailKind.DIGEST and state != "FAILED":
            raise Invalid("A digest is sent once.", path=("input", "id"))
        if kind == MailKind.DIGEST and as_instant(created_at) < now - DIGEST_ITEMS_KEPT:
            raise Invalid(f"What a digest tells is kept for {DIGEST_ITEMS_KEPT.days} days.", path=("input", "id"))
        if kind in {MailKind.INVITATION, MailKind.USER_INVITATION}:
            raise Invalid("Renew the invitation instead.", path=("input", "id"))
        unit.queued.add("mail_message")
        if state == "QUEUED":
            await _hurry(unit, key, now)
            return key
        return await _copy(unit, viewer, key, now)

    return await database.unit_of_work(work)


async def _hurry(unit: Unit, key: str, now: datetime) -> None:
    query = Statement(unit.dialect)
    await unit.execute(
        f"UPDATE mail_message SET next_attempt_at = {query.bind(now)} WHERE id = {query.bind(key)}"
        " AND state = 'QUEUED' AND claimed_until IS NULL",
        query.values,
    )


async def _copy(unit: Unit, viewer: Viewer, key: str, now: datetime) -> str:
    counted = Statement(unit.dialect)
    rows = await unit.fetch(
        f"SELECT count(*) FROM mail_message WHERE party_id = {counted.bind(viewer.party_id)}"
        f" AND created_at > {counted.bind(now - timedelta(hours=1))} AND resend_of_id = {counted.bind(key)}",
        counted.values,
    )
    if rows[0][0] >= MOST_RESENT:
        raise Invalid(f"At most {MOST_RESENT} times an hour.", path=("input", "id"))
    query, copy = Statement(unit.dialect), str(new_id())
    # Without the step: that one mail a step goes to an address is what keeps the first from being sent twice.
    await unit.execute(
        "INSERT INTO mail_message"
        f" (id, resend_of_id, next_attempt_at, created_at, request_id, state, attempts, {_COPIED})"
        f" SELECT {query.bind(copy)}, id, {query.bind(now)}, {query.bind(now)}, {query.bind(unit.request_id)},"
        f" 'QUEUED', 0, {_COPIED} FROM mail_message WHERE id = {query.bind(key)}",
        query.values,
    )
    return copy


def _mine(query: Statement, viewer: Viewer) -> str:
    """The party's own; about an invoice only where the viewer may see that, about a person only for administrators."""
    hidden = PERSONAL if UserRole.ADMIN in viewer.roles else {*PERSONAL, MailKind.USER_INVITATION}
    party, kinds = query.bind(viewer.party_id), ", ".join(f"'{kind}'" for kind in sorted(hidden))
    seen = f"(m.invoice_id IS NULL OR {visible(query, viewer)})"
    return f"m.party_id = {party} AND m.kind NOT IN ({kinds}) AND {seen}"


def _row(row: Row) -> MailRow:
    key, kind, recipient, language, invoice, state, attempts, code, error, created, sent, due, address, resent = row
    return MailRow(
        str(key),
        kind,
        recipient,
        language,
        None if invoice is None else str(invoice),
        state,
        attempts,
        code,
        error,
        as_instant(created),
        None if sent is None else as_instant(sent),
        as_instant(due) if state == "QUEUED" else None,
        address is None,
        None if resent is None else global_id("Notification", str(resent)),
    )
