"""Recording: the guarded update, the history row, both feed positions and the outbox rows of one step, in one unit.

Units take their locks in one order (idempotency key, exchange, issuer's feed, receiver's feed, registry counter,
invoice, platform), so they cannot wait for one another in a circle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from .cancellation_steps import Subject, overtake
from .database import Dialect, Row, Unit
from .domain.exchange import Direction
from .domain.numbering import legal_date
from .domain.states import InvoiceStatus
from .domain.transitions import PartyKind, PartyRole, is_final
from .identifiers import new_id
from .names import shown_name
from .search_text import extend_text, step_text
from .signals import FeedKey
from .sql import Statement, as_date, as_instant
from .telling import tell_origin
from .viewer import Viewer
from .visibility import visible
from .webhook_outbox import Told, tell_webhooks


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFacts:
    """What recording a step needs to know of its invoice. Money in hundredths, ids as text."""

    invoice_id: str
    number: str
    series: str | None
    issue_date: date
    currency: str
    payable: int
    due_date: date | None
    notify_email: str | None
    issuer_id: str
    issuer_tax_id: str
    issuer_name: str
    issuer_email: str | None
    issuer_language: str
    receiver_id: str
    receiver_tax_id: str
    receiver_name: str
    receiver_kind: PartyKind
    receiver_email: str | None
    receiver_language: str
    status: InvoiceStatus
    version: int
    registry_number: str | None = None
    rcf_number: str | None = None
    platform_id: str | None = None
    """The other platform that the invoice goes to or came from."""
    direction: Direction | None = None

    @property
    def subject(self) -> Subject:
        """What a request of its cancellation is about."""
        return Subject(invoice_id=self.invoice_id, issuer_id=self.issuer_id, receiver_id=self.receiver_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A change that has been decided: where to, by whom, with what."""

    from_status: InvoiceStatus | None
    to_status: InvoiceStatus
    at: datetime
    actor: str
    user_id: str | None
    automated: bool
    registry_number: str | None = None
    rcf_number: str | None = None
    reason: str | None = None
    reason_code: str | None = None
    payment_date: date | None = None
    reported_at: datetime | None = None
    """When it happened on another platform, as that says; None for what happens here."""
    remote_version: int | None = None
    unexpected: bool = False
    """Kept as another platform reports it, although the rules here would have refused it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedStep(Step):
    """A step with its row in history."""

    change_id: str


def _all_facts(dialect: Dialect) -> str:
    return f"""
SELECT i.id, i.number, i.series, i.issue_date, i.currency, i.payable, i.due_date, i.notify_email,
  a.id, a.tax_id, {shown_name(dialect, "a", "issuer")}, a.email, a.language,
  b.id, b.tax_id, {shown_name(dialect, "b", "receiver")}, b.kind, b.email, b.language,
  i.status, i.version, i.registry_number, i.rcf_number, x.platform_id, x.direction
FROM invoice i JOIN party a ON a.id = i.issuer_id JOIN party b ON b.id = i.receiver_id
  LEFT JOIN exchange x ON x.invoice_id = i.id
"""


async def load_facts(unit: Unit, viewer: Viewer, invoice_id: str) -> InvoiceFacts | None:
    """The facts of an invoice that the viewer may see, as they are now; else None."""
    query = Statement(unit.dialect)
    where = f"WHERE i.id = {query.bind(invoice_id)} AND {visible(query, viewer)}"
    rows = await unit.fetch(_all_facts(unit.dialect) + where, query.values)
    return _facts(rows[0]) if rows else None


async def load_exchanged(unit: Unit, platform_id: str, invoice_id: str) -> InvoiceFacts | None:
    """The facts of an invoice that goes to a platform or came from it, as they are now; else None."""
    query = Statement(unit.dialect)
    where = f"WHERE i.id = {query.bind(invoice_id)} AND x.platform_id = {query.bind(platform_id)}"
    rows = await unit.fetch(_all_facts(unit.dialect) + where, query.values)
    return _facts(rows[0]) if rows else None


async def load_waiting(unit: Unit, viewer: Viewer) -> list[InvoiceFacts]:
    """The facts of every invoice that waits to be registered by the viewer's party, in the order in which they came.

    Not of those that travel to another platform.
    """
    query = Statement(unit.dialect)
    where = f"WHERE {visible(query, viewer, PartyRole.RECEIVER)} AND i.status = {query.bind(InvoiceStatus.SENT.value)}"
    rows = await unit.fetch(
        f"{_all_facts(unit.dialect)}{where} AND x.platform_id IS NULL ORDER BY i.created_at, i.id", query.values
    )
    return [_facts(row) for row in rows]


def _facts(row: Row) -> InvoiceFacts:
    return InvoiceFacts(
        invoice_id=str(row[0]),
        number=row[1],
        series=row[2],
        issue_date=as_date(row[3]),
        currency=row[4],
        payable=row[5],
        due_date=None if row[6] is None else as_date(row[6]),
        notify_email=row[7],
        issuer_id=str(row[8]),
        issuer_tax_id=row[9],
        issuer_name=row[10],
        issuer_email=row[11],
        issuer_language=row[12],
        receiver_id=str(row[13]),
        receiver_tax_id=row[14],
        receiver_name=row[15],
        receiver_kind=PartyKind(row[16]),
        receiver_email=row[17],
        receiver_language=row[18],
        status=InvoiceStatus(row[19]),
        version=row[20],
        registry_number=row[21],
        rcf_number=row[22],
        platform_id=None if row[23] is None else str(row[23]),
        direction=None if row[24] is None else Direction(row[24]),
    )


async def move(unit: Unit, facts: InvoiceFacts, step: Step) -> bool:
    """The guarded update: false, and nothing changed, where the invoice is no longer as ``facts`` has it.

    The caller has taken places in both feeds. A request of cancellation that waits for its answer ends where the
    invoice does.
    """
    query = Statement(unit.dialect)
    changes = {
        "status": step.to_status.value,
        "status_changed_at": step.at,
        "version": facts.version + 1,
        **_step_columns(step),
    }
    assignments = ", ".join(f"{column} = {query.bind(value)}" for column, value in changes.items())
    changed = await unit.execute(
        f"UPDATE invoice SET {assignments} WHERE id = {query.bind(facts.invoice_id)}"
        f" AND status = {query.bind(facts.status.value)} AND version = {query.bind(facts.version)}",
        query.values,
    )
    if changed == 1:
        await extend_text(unit, facts.invoice_id, text_of_step(step))
        if is_final(step.to_status) and step.to_status is not InvoiceStatus.CANCELLED:
            await overtake(unit, facts.subject, at=step.at, actor=step.actor, user_id=step.user_id)
    return changed == 1


def text_of_step(step: Step) -> str:
    """What a search finds a step by."""
    return step_text(
        registry_number=step.registry_number,
        registered_at=(step.reported_at or step.at) if step.to_status is InvoiceStatus.REGISTERED else None,
        rcf_number=step.rcf_number,
        reason=step.reason,
        payment_date=step.payment_date,
    )


def _step_columns(step: Step) -> dict[str, object]:
    columns: dict[str, object] = {}
    if step.to_status is InvoiceStatus.REGISTERED:
        entered = step.reported_at or step.at
        columns |= {
            "registry_number": step.registry_number,
            "registered_at": entered,
            "registered_on": legal_date(entered),
        }
    if step.to_status is InvoiceStatus.REGISTERED_IN_RCF:
        columns["rcf_number"] = step.rcf_number
    if step.to_status is InvoiceStatus.PAID:
        columns["payment_date"] = step.payment_date
    if step.to_status is InvoiceStatus.REJECTED:
        columns["rejection_reason"] = step.reason
    if step.to_status in {InvoiceStatus.REJECTED, InvoiceStatus.CANCELLED}:
        columns["duplicate_key"] = None  # It no longer blocks its number (rule RCF03002).
    return columns


@dataclass(frozen=True, slots=True)
class Places:
    """The first new positions in both feeds, whose rows are locked from here on; ``last`` is what happened before."""

    issuer: int
    receiver: int
    last: datetime | None

    def now(self) -> datetime:
        """The instant of what is recorded here: later than everything in both feeds, whatever the clocks say.

        Positions and instants then run the same way, so whoever walks by time misses no more than who walks the feed.
        """
        clock = datetime.now(UTC)
        return clock if self.last is None or clock > self.last else self.last + timedelta(microseconds=1)


async def take_places(unit: Unit, issuer_id: str, receiver_id: str, count: int) -> Places:
    """Lock both feeds, the issuer's first, and take ``count`` positions in each."""
    issuer = await _take_positions(unit, FeedKey(issuer_id, PartyRole.ISSUER), count)
    receiver = await _take_positions(unit, FeedKey(receiver_id, PartyRole.RECEIVER), count)
    return Places(issuer, receiver, await _last(unit, issuer_id, issuer, receiver_id, receiver))


async def _last(unit: Unit, issuer_id: str, issuer: int, receiver_id: str, receiver: int) -> datetime | None:
    """The instant of what lies before these positions."""
    query = Statement(unit.dialect)
    rows = await unit.fetch(
        "SELECT MAX(c.at) FROM status_change c"
        f" WHERE (c.issuer_id = {query.bind(issuer_id)} AND c.issuer_position = {query.bind(issuer - 1)})"
        f" OR (c.receiver_id = {query.bind(receiver_id)} AND c.receiver_position = {query.bind(receiver - 1)})",
        query.values,
    )
    return None if rows[0][0] is None else as_instant(rows[0][0])


async def take_many_places(unit: Unit, issuers: Mapping[str, int], receiver_id: str) -> dict[str, Places]:
    """The same for one receiver and several issuers, with the number of positions that each needs.

    Feeds are locked in the order of the issuers' ids, the receiver's last. Every ``Places`` begins at the place of its
    own issuer's feed and, in the receiver's, at the first of all.
    """
    starts = {
        issuer: await _take_positions(unit, FeedKey(issuer, PartyRole.ISSUER), issuers[issuer])
        for issuer in sorted(issuers)
    }
    receiver = await _take_positions(unit, FeedKey(receiver_id, PartyRole.RECEIVER), sum(issuers.values()))
    lasts = [await _last(unit, issuer, start, receiver_id, receiver) for issuer, start in starts.items()]
    last = max((one for one in lasts if one is not None), default=None)
    return {issuer: Places(start, receiver, last) for issuer, start in starts.items()}


async def write_history(
    unit: Unit, facts: InvoiceFacts, first_version: int, steps: list[Step], places: Places
) -> list[RecordedStep]:
    """History rows of consecutive steps, each with the next of the positions taken in both parties' feeds.

    Webhooks of both are told.
    """
    recorded = []
    for offset, step in enumerate(steps):
        query = Statement(unit.dialect)
        change_id = str(new_id())
        row: dict[str, object] = {
            "id": change_id,
            "invoice_id": facts.invoice_id,
            "version": first_version + offset,
            "from_status": None if step.from_status is None else step.from_status.value,
            "to_status": step.to_status.value,
            "at": step.at,
            "actor": step.actor,
            "user_id": step.user_id,
            "automated": step.automated,
            "registry_number": step.registry_number,
            "rcf_number": step.rcf_number,
            "reason": step.reason,
            "reason_code": step.reason_code,
            "payment_date": step.payment_date,
            "reported_at": step.reported_at,
            "remote_version": step.remote_version,
            "unexpected": step.unexpected,
            "issuer_id": facts.issuer_id,
            "issuer_position": places.issuer + offset,
            "receiver_id": facts.receiver_id,
            "receiver_position": places.receiver + offset,
        }
        values = ", ".join(query.bind(value) for value in row.values())
        await unit.execute(f"INSERT INTO status_change ({', '.join(row)}) VALUES ({values})", query.values)
        recorded.append(_recorded(step, change_id))
    if facts.platform_id is not None and facts.direction is Direction.IN:
        # The first step is the origin's own: it was sent from there.
        told = [step.change_id for step in recorded if step.from_status is not None]
        await tell_origin(unit, facts.platform_id, facts.invoice_id, told)
    placed = [
        Told(step, first_version + offset, places.issuer + offset, places.receiver + offset)
        for offset, step in enumerate(recorded)
    ]
    await tell_webhooks(unit, facts, placed)
    return recorded


def _recorded(step: Step, change_id: str) -> RecordedStep:
    return RecordedStep(change_id=change_id, **{name: getattr(step, name) for name in Step.__dataclass_fields__})


async def _take_positions(unit: Unit, key: FeedKey, count: int) -> int:
    """The first of ``count`` new positions. The row stays locked until the commit, so lower ones commit first."""
    query = Statement(unit.dialect)
    party, role, more = query.bind(key.party_id), query.bind(key.role.value), query.bind(count)
    rows = await unit.fetch(
        f"INSERT INTO feed (party_id, role, position) VALUES ({party}, {role}, {more})"
        f" ON CONFLICT (party_id, role) DO UPDATE SET position = feed.position + {more} RETURNING position",
        query.values,
    )
    unit.touched.add(key)
    return int(rows[0][0]) - count + 1
