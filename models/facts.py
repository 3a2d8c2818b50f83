"""What is known of an invoice when something is done to it, and the steps that are taken: plain records."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from .database import Dialect, Row, Unit
from .domain.exchange import AWAY, Direction
from .domain.states import InvoiceStatus
from .domain.transitions import PartyKind, PartyRole
from .names import shown_name
from .sql import Statement, as_date, key_set
from .viewer import Viewer
from .visibility import visible


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
    def away(self) -> PartyRole | None:
        """The side of the invoice that lives on another platform."""
        return None if self.direction is None else AWAY[self.direction]

    def after(self, step: Step) -> InvoiceFacts:
        """The same once a step has been taken."""
        return replace(
            self,
            status=step.to_status,
            version=self.version + 1,
            registry_number=step.registry_number or self.registry_number,
            rcf_number=step.rcf_number or self.rcf_number,
        )


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


async def load_all_facts(
    unit: Unit, viewer: Viewer, invoice_ids: Collection[str], *, lock: bool = False
) -> dict[str, InvoiceFacts]:
    """The facts of those of these invoices that the viewer may see, by id; ``lock`` keeps others from moving them."""
    query = Statement(unit.dialect)
    where = f"WHERE i.id IN {key_set(query, sorted(invoice_ids))} AND {visible(query, viewer)} ORDER BY i.id"
    suffix = " FOR NO KEY UPDATE OF i" if lock and unit.dialect == "postgres" else ""
    rows = await unit.fetch(_all_facts(unit.dialect) + where + suffix, query.values)
    return {facts.invoice_id: facts for facts in map(_facts, rows)}


async def load_exchanged(unit: Unit, platform_id: str, invoice_id: str) -> InvoiceFacts | None:
    """The facts of an invoice that goes to a platform or came from it, as they are now; else None."""
    query = Statement(unit.dialect)
    where = f"WHERE i.id = {query.bind(invoice_id)} AND x.platform_id = {query.bind(platform_id)}"
    rows = await unit.fetch(_all_facts(unit.dialect) + where, query.values)
    return _facts(rows[0]) if rows else None


async def load_waiting(unit: Unit, viewer: Viewer) -> list[InvoiceFacts]:
    """The facts of every invoice that waits to be registered by the viewer's party, in the order in which they came."""
    query = Statement(unit.dialect)
    rows = await unit.fetch(
        f"{_all_facts(unit.dialect)} WHERE {_waiting(query, viewer)} ORDER BY i.created_at, i.id", query.values
    )
    return [_facts(row) for row in rows]


async def issuers_waiting(unit: Unit, viewer: Viewer) -> list[str]:
    """Whose invoices these are."""
    query = Statement(unit.dialect)
    rows = await unit.fetch(
        "SELECT DISTINCT i.issuer_id FROM invoice i LEFT JOIN exchange x ON x.invoice_id = i.id"
        f" WHERE {_waiting(query, viewer)}",
        query.values,
    )
    return [str(row[0]) for row in rows]


def _waiting(query: Statement, viewer: Viewer) -> str:
    """Those that travel to another platform do not wait here."""
    received = visible(query, viewer, PartyRole.RECEIVER)
    return f"{received} AND i.status = {query.bind(InvoiceStatus.SENT.value)} AND x.platform_id IS NULL"


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
