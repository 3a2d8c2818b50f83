"""Invoices that go to another platform: handed over for a receipt, their states taken as that platform reports them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ..database import Database, Unit
from ..domain.cancellation import CancellationState
from ..domain.errors import NotFound
from ..domain.exchange import Announcement, Direction, Receipt, ReportedStep, TravelState, continuation, is_unexpected
from ..domain.invoice import AttachedFile
from ..domain.states import InvoiceStatus
from ..facts import InvoiceFacts, Step, load_exchanged
from ..feeds.places import Places, take_places
from ..feeds.positions import STATUS_FEED
from ..identifiers import global_id
from ..outboxes.mail import write_mail
from ..outboxes.platforms import queue_delivery
from ..recording.cancellation_steps import cancellation_state
from ..recording.registry import registry_number_taken
from ..recording.steps import move, write_history
from ..sql import Statement, as_date, as_instant
from ..viewer import SERVICE_ACTOR
from .known import PlatformRow

MAX_REASON = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """An invoice to hand over: the document byte for byte, the files that came beside it, what is said of them."""

    announcement: Announcement
    document: bytes
    attachments: tuple[AttachedFile, ...]


class _Moved(Exception):
    """The invoice has moved while its feeds were waited for: the unit begins anew."""


@dataclass(frozen=True, slots=True)
class _Travel:
    """An exchange row, locked."""

    state: TravelState
    version: int
    remote_id: str | None


async def send_out(unit: Unit, invoice_id: str, platform_id: str, sha256: str, now: datetime) -> None:
    """Set an invoice that has just come in on its way, in the unit that keeps it."""
    await insert_exchange(unit, invoice_id, platform_id, Direction.OUT, sha256, now)
    await queue_delivery(unit, "INVOICE", platform_id, invoice_id)


async def insert_exchange(
    unit: Unit,
    invoice_id: str,
    platform_id: str,
    direction: Direction,
    sha256: str,
    sent_at: datetime,
    *,
    remote_id: str | None = None,
    receipt: Receipt | None = None,
) -> None:
    """The row that says where an invoice goes or came from."""
    row: dict[str, object] = {
        "invoice_id": invoice_id,
        "platform_id": platform_id,
        "direction": direction.value,
        "state": (TravelState.TRAVELLING if direction is Direction.OUT else TravelState.ARRIVED).value,
        "remote_id": remote_id,
        "sha256": sha256,
        "version": 1,
        "receipt": None if receipt is None else receipt.signature,
        "sent_at": sent_at,
        "arrived_at": None if receipt is None else receipt.received_at,
    }
    query = Statement(unit.dialect)
    values = ", ".join(query.bind(value) for value in row.values())
    await unit.execute(f"INSERT INTO exchange ({', '.join(row)}) VALUES ({values})", query.values)


async def load_parcel(database: Database, platform_id: str, invoice_id: str) -> Parcel:
    """What is handed over of an invoice that goes to this platform."""
    query = Statement(database.dialect)
    found = await database.fetch(
        "SELECT i.number, i.series, i.issue_date, a.tax_id, b.tax_id, x.sent_at, x.sha256, d.bytes"
        " FROM exchange x JOIN invoice i ON i.id = x.invoice_id JOIN invoice_document d ON d.invoice_id = i.id"
        " JOIN party a ON a.id = i.issuer_id JOIN party b ON b.id = i.receiver_id"
        f" WHERE x.invoice_id = {query.bind(invoice_id)} AND x.platform_id = {query.bind(platform_id)}",
        query.values,
    )
    number, series, issue_date, issuer, receiver, sent_at, sha256, document = found[0]
    announcement = Announcement(
        invoice_id=global_id("Invoice", invoice_id),
        sha256=sha256,
        issuer_tax_id=issuer,
        receiver_tax_id=receiver,
        number=number,
        series=series,
        issue_date=as_date(issue_date),
        sent_at=as_instant(sent_at),
    )
    return Parcel(
        announcement=announcement,
        document=bytes(document),
        attachments=await _files_beside(database, invoice_id),
    )


async def _files_beside(database: Database, invoice_id: str) -> tuple[AttachedFile, ...]:
    query = Statement(database.dialect)
    found = await database.fetch(
        "SELECT t.name, t.media_type, t.description, t.bytes FROM attachment t"
        f" WHERE t.invoice_id = {query.bind(invoice_id)} AND t.beside = true ORDER BY t.position",
        query.values,
    )
    return tuple(
        AttachedFile(name=name, media_type=media_type, description=description, content=bytes(content))
        for name, media_type, description, content in found
    )


async def hand_over(database: Database, platform: PlatformRow, invoice_id: str, receipt: Receipt) -> None:
    """Keep the receipt of the platform that has taken an invoice over."""

    async def work(unit: Unit) -> None:
        travel = await _locked(unit, platform.id, invoice_id)
        if travel is None or travel.remote_id is not None:
            return
        query = Statement(unit.dialect)
        changes = {
            "state": TravelState.ARRIVED.value,
            "remote_id": receipt.remote_id,
            "receipt": receipt.signature,
            "arrived_at": receipt.received_at,
        }
        assignments = ", ".join(f"{column} = {query.bind(value)}" for column, value in changes.items())
        await unit.execute(
            f"UPDATE exchange SET {assignments} WHERE invoice_id = {query.bind(invoice_id)}", query.values
        )

    await database.unit_of_work(work)


async def refuse_over_there(database: Database, platform: PlatformRow, invoice_id: str, why: str) -> None:
    """A platform has said for good that it does not take an invoice: it is rejected here, and its issuer told why."""

    async def work(unit: Unit) -> None:
        travel = await _locked(unit, platform.id, invoice_id)
        if travel is None or travel.state is not TravelState.TRAVELLING:
            return
        await _set_state(unit, invoice_id, TravelState.REFUSED, travel.version)
        facts = await _facts(unit, platform, invoice_id)
        if facts.status is not InvoiceStatus.SENT:
            return
        places = await take_places(unit, STATUS_FEED, facts.issuer_id, facts.receiver_id, 1)
        if (await _facts(unit, platform, invoice_id)).version != facts.version:
            raise _Moved
        step = Step(
            from_status=facts.status,
            to_status=InvoiceStatus.REJECTED,
            at=places.now(),
            actor=SERVICE_ACTOR,
            user_id=None,
            automated=True,
            reason=f"{platform.name}: {why}"[:MAX_REASON],
        )
        await _record(unit, facts, step, step, places)

    try:
        await database.unit_of_work(work)
    except _Moved:
        await database.unit_of_work(work)  # Its issuer took it back meanwhile, so nothing is left to reject.


async def take_report(
    database: Database, platform: PlatformRow, invoice_id: str | None, steps: Iterable[ReportedStep]
) -> int:
    """Record what a platform reports of an invoice that went there; the last of its versions that is known here now.

    Steps that are known already, or lie behind a gap, change nothing. :class:`NotFound` for anything that did not go
    to this platform.
    """
    reported = list(steps)
    return await database.unit_of_work(lambda unit: take_steps(unit, platform, invoice_id, reported))


async def take_steps(
    unit: Unit, platform: PlatformRow, invoice_id: str | None, reported: Iterable[ReportedStep]
) -> int:
    """The same in a unit of the caller's, which nobody else who reports on this invoice disturbs until the commit."""
    travel = None if invoice_id is None else await _locked(unit, platform.id, invoice_id)
    if travel is None or invoice_id is None:
        raise NotFound(path=("input", "invoiceId"))
    new = continuation(reported, travel.version)
    if not new:
        return travel.version
    facts = await _facts(unit, platform, invoice_id)
    # Whoever moves an invoice holds its issuer's feed: from here on its facts stay as they are read.
    places = await take_places(unit, STATUS_FEED, facts.issuer_id, facts.receiver_id, len(new))
    for offset, step in enumerate(new):
        here = Places(places.issuer + offset, places.receiver + offset, places.last)
        await _relay(unit, platform, await _facts(unit, platform, invoice_id), step, here)
    await _set_state(unit, invoice_id, TravelState.ARRIVED, new[-1].version)
    return new[-1].version


async def _relay(
    unit: Unit, platform: PlatformRow, facts: InvoiceFacts, reported: ReportedStep, places: Places
) -> None:
    number = reported.registry_number
    asked = reported.to_status is InvoiceStatus.CANCELLED and await _asked_to_cancel(unit, facts)
    taken = number is not None and await registry_number_taken(unit, facts.receiver_id, number, facts.invoice_id)
    step = Step(
        from_status=facts.status,
        to_status=reported.to_status,
        at=places.now(),
        actor=platform.name,
        user_id=None,
        automated=False,
        registry_number=number,
        rcf_number=reported.rcf_number,
        reason=reported.reason,
        reason_code=reported.reason_code,
        payment_date=reported.payment_date,
        reported_at=reported.at,
        remote_version=reported.version,
        unexpected=taken or is_unexpected(facts.receiver_kind, facts.status, reported, asked_to_cancel=asked),
    )
    # A registry number that another invoice has is kept in history alone: it would not find this one.
    await _record(unit, facts, replace(step, registry_number=None) if taken else step, step, places)


async def _asked_to_cancel(unit: Unit, facts: InvoiceFacts) -> bool:
    state = await cancellation_state(unit, facts.invoice_id)
    return state in {CancellationState.REQUESTED, CancellationState.ACCEPTED}


async def _record(unit: Unit, facts: InvoiceFacts, moved: Step, told: Step, places: Places) -> None:
    done = await move(unit, facts, moved)
    assert done
    recorded = await write_history(unit, facts, facts.version + 1, [told], places)
    await write_mail(unit, facts, recorded[0], incoming=False, now=told.at)


async def _facts(unit: Unit, platform: PlatformRow, invoice_id: str) -> InvoiceFacts:
    facts = await load_exchanged(unit, platform.id, invoice_id)
    assert facts is not None
    return facts


async def _locked(unit: Unit, platform_id: str, invoice_id: str) -> _Travel | None:
    """The exchange of an invoice that goes to this platform; nobody else reports on it until the commit."""
    query = Statement(unit.dialect)
    lock = " FOR UPDATE" if unit.dialect == "postgres" else ""
    rows = await unit.fetch(
        f"SELECT state, version, remote_id FROM exchange WHERE invoice_id = {query.bind(invoice_id)}"
        f" AND platform_id = {query.bind(platform_id)} AND direction = 'OUT'{lock}",
        query.values,
    )
    return _Travel(TravelState(rows[0][0]), rows[0][1], rows[0][2]) if rows else None


async def _set_state(unit: Unit, invoice_id: str, state: TravelState, version: int) -> None:
    query = Statement(unit.dialect)
    changes: dict[str, object] = {"state": state.value, "version": version}
    assignments = [f"{column} = {query.bind(value)}" for column, value in changes.items()]
    if state is TravelState.ARRIVED:
        assignments.append(f"arrived_at = COALESCE(arrived_at, {query.bind(datetime.now(UTC))})")
    await unit.execute(
        f"UPDATE exchange SET {', '.join(assignments)} WHERE invoice_id = {query.bind(invoice_id)}", query.values
    )
