"""What the platform that an invoice came from is told of it: rows of the outbox, which are a feed at the same time.

The rows are written in the transaction of the change. Positions run 1, 2, 3 … for each platform, given under its row
lock, so a platform that reads the feed by itself misses nothing, whatever became of the pushes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ..database import Database, Row, Unit
from ..domain.exchange import ReportedStep
from ..domain.states import InvoiceStatus
from ..feeds.positions import cursor_at, no_cursor, position_at
from ..identifiers import new_id
from ..sql import Statement, as_date, as_instant
from ..writing import Columns, insert_rows

OUTBOX = "platform_delivery"
_FEED = "PLATFORM"
_STEP = (
    "c.version, c.to_status, COALESCE(c.reported_at, c.at), c.registry_number, c.rcf_number, c.reason, c.reason_code,"
    " c.payment_date"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An entry of a platform's feed: what happened to which of its invoices, by the id that it has over there."""

    remote_id: str
    step: ReportedStep
    cursor: str


async def tell_origin(unit: Unit, platform_id: str, changes: Sequence[tuple[str, str]]) -> None:
    """Queue these changes, invoice and change, in their order, for the platform that the invoices came from."""
    first = await _take_positions(unit, platform_id, len(changes))
    await _queue(
        unit,
        [
            _row(unit, "STATUS", platform_id, invoice_id, change_id=change_id, position=position)
            for position, (invoice_id, change_id) in enumerate(changes, start=first)
        ],
    )


async def queue_delivery(
    unit: Unit, kind: str, platform_id: str, invoice_id: str, *, cancellation_id: str | None = None
) -> None:
    """A row of the outbox to other platforms, due now."""
    await _queue(unit, [_row(unit, kind, platform_id, invoice_id, cancellation_id=cancellation_id)])


def _row(
    unit: Unit,
    kind: str,
    platform_id: str,
    invoice_id: str,
    *,
    change_id: str | None = None,
    cancellation_id: str | None = None,
    position: int | None = None,
) -> Columns:
    now = datetime.now(UTC)
    return {
        "id": str(new_id()),
        "kind": kind,
        "platform_id": platform_id,
        "invoice_id": invoice_id,
        "change_id": change_id,
        "cancellation_id": cancellation_id,
        "position": position,
        "state": "QUEUED",
        "attempts": 0,
        "next_attempt_at": now,
        "created_at": now,
        "request_id": unit.request_id,
    }


async def _queue(unit: Unit, rows: Sequence[Columns]) -> None:
    await insert_rows(unit, OUTBOX, rows)
    unit.queued.add(OUTBOX)


async def _take_positions(unit: Unit, platform_id: str, count: int) -> int:
    query = Statement(unit.dialect)
    rows = await unit.fetch(
        f"UPDATE platform SET told = told + {query.bind(count)} WHERE id = {query.bind(platform_id)} RETURNING told",
        query.values,
    )
    return int(rows[0][0]) - count + 1


async def steps_after(database: Database, platform_id: str, invoice_id: str, version: int) -> list[ReportedStep]:
    """An invoice's steps after a version, in their order, if it came from this platform."""
    query = Statement(database.dialect)
    found = await database.fetch(
        f"SELECT {_STEP} FROM status_change c JOIN exchange x ON x.invoice_id = c.invoice_id"
        f" WHERE x.platform_id = {query.bind(platform_id)} AND x.direction = 'IN'"
        f" AND c.invoice_id = {query.bind(invoice_id)} AND c.version > {query.bind(version)} ORDER BY c.version",
        query.values,
    )
    return [_step(row) for row in found]


async def read_told(database: Database, platform_id: str, after: str | None, limit: int) -> list[Told]:
    """Up to ``limit`` entries of a platform's feed after a cursor, oldest first.

    :class:`Invalid` for a cursor that this feed cannot have given: of a lost backup's, for one.
    """
    position = 0 if after is None else position_at(_FEED, after)
    query = Statement(database.dialect)
    ends = await database.fetch(f"SELECT told FROM platform WHERE id = {query.bind(platform_id)}", query.values)
    if position > int(ends[0][0]):
        raise no_cursor()
    query = Statement(database.dialect)
    found = await database.fetch(
        f"SELECT {_STEP}, x.remote_id, o.position FROM {OUTBOX} o JOIN exchange x ON x.invoice_id = o.invoice_id"
        f" JOIN status_change c ON c.id = o.change_id WHERE o.platform_id = {query.bind(platform_id)}"
        f" AND o.position > {query.bind(position)} ORDER BY o.position LIMIT {int(limit)}",
        query.values,
    )
    return [Told(remote_id=row[8], step=_step(row), cursor=cursor_at(_FEED, row[9])) for row in found]


def _step(row: Row) -> ReportedStep:
    return ReportedStep(
        version=row[0],
        to_status=InvoiceStatus(row[1]),
        at=as_instant(row[2]),
        registry_number=row[3],
        rcf_number=row[4],
        reason=row[5],
        reason_code=row[6],
        payment_date=None if row[7] is None else as_date(row[7]),
    )


async def known_over_there(database: Database, platform_id: str, invoice_id: str) -> tuple[str, int]:
    """An incoming invoice's id on the platform that it came from, and the last version that is known there."""
    query = Statement(database.dialect)
    found = await database.fetch(
        f"SELECT remote_id, version FROM exchange WHERE platform_id = {query.bind(platform_id)}"
        f" AND invoice_id = {query.bind(invoice_id)} AND direction = 'IN'",
        query.values,
    )
    return str(found[0][0]), int(found[0][1])


async def acknowledge(database: Database, invoice_id: str, version: int) -> None:
    """Remember up to which version the origin has been told."""

    async def work(unit: Unit) -> None:
        query = Statement(unit.dialect)
        upto = query.bind(version)
        await unit.execute(
            f"UPDATE exchange SET version = {upto}"
            f" WHERE invoice_id = {query.bind(invoice_id)} AND direction = 'IN' AND version < {upto}",
            query.values,
        )

    await database.unit_of_work(work)
