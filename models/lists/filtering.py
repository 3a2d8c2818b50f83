"""What a list is narrowed to and how it is ordered, as conditions that an index of the party's serves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from ..domain.cancellation import CancellationState
from ..domain.invoice import OfficeRole
from ..domain.money import to_cents
from ..domain.numbering import number_key
from ..domain.states import InvoiceStatus
from ..domain.transitions import PartyRole
from ..sql import Statement
from ..viewer import Viewer
from .offices import of_office
from .searching import found_by, other_side, parties_named
from .seeing import seen_by, unseen_by


class OrderField(StrEnum):
    """What lists can be ordered by; the id breaks ties."""

    CREATED_AT = "CREATED_AT"
    ISSUE_DATE = "ISSUE_DATE"
    STATUS_CHANGED_AT = "STATUS_CHANGED_AT"
    TOTAL = "TOTAL"

    @property
    def column(self) -> str:
        """The column of ``invoice``."""
        return self.value.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Each part narrows further; None does not. An empty tuple of statuses matches nothing."""

    status: tuple[InvoiceStatus, ...] | None = None
    counterparty: str | None = None
    number: str | None = None
    search: str | None = None
    issued_from: date | None = None
    issued_to: date | None = None
    changed_since: datetime | None = None
    total_from: Decimal | None = None
    total_to: Decimal | None = None
    unseen: bool | None = None
    office: str | None = None
    office_role: OfficeRole | None = None
    cancellation_pending: bool | None = None


def conditions(statement: Statement, viewer: Viewer, role: PartyRole, wanted: Filter) -> list[str]:
    """The filter as conditions on ``invoice i``; visibility is not among them."""
    found = []
    if wanted.status is not None:
        # Each once: a list may be longer than a statement takes values.
        statuses = [status.value for status in dict.fromkeys(wanted.status)]
        found.append(f"i.status IN {statement.bind_all(statuses)}")
    if wanted.counterparty is not None:
        found.append(f"i.{other_side(role)}_id IN ({parties_named(statement, viewer, role, wanted.counterparty)})")
    if wanted.number is not None and wanted.number.strip():
        found.append(_among(statement, _numbered(statement, viewer, role, wanted.number)))
    if wanted.search is not None and wanted.search.strip():
        found.append(_among(statement, found_by(statement, viewer, role, wanted.search)))
    if wanted.issued_from is not None:
        found.append(f"i.issue_date >= {statement.bind(wanted.issued_from)}")
    if wanted.issued_to is not None:
        found.append(f"i.issue_date <= {statement.bind(wanted.issued_to)}")
    if wanted.changed_since is not None:
        found.append(f"i.status_changed_at >= {statement.bind(wanted.changed_since)}")
    found += _totals(statement, wanted)
    if wanted.unseen is not None:
        found.append(unseen_by(statement, viewer, role) if wanted.unseen else seen_by(statement, viewer, role))
    if wanted.office is not None and wanted.office.strip():
        offices = of_office(statement, viewer, role, wanted.office, wanted.office_role)
        found.append(_among(statement, offices))
    return [*found, *_pending(statement, viewer, role, wanted)]


def _pending(statement: Statement, viewer: Viewer, role: PartyRole, wanted: Filter) -> list[str]:
    if wanted.cancellation_pending is None:
        return []
    # Few are pending at a time: their index answers both ways.
    party, state = statement.bind(viewer.party_id), statement.bind(CancellationState.REQUESTED.value)
    side = role.value.lower()
    found = f"SELECT r.invoice_id FROM cancellation_request r WHERE r.{side}_id = {party} AND r.state = {state}"
    return [_among(statement, found) if wanted.cancellation_pending else f"i.id NOT IN ({found})"]


def _among(statement: Statement, keys: str) -> str:
    # As an array PostgreSQL works the keys out once, even where it has no statistics that tell it to.
    return f"i.id = ANY (ARRAY({keys}))" if statement.dialect == "postgres" else f"i.id IN ({keys})"


def _numbered(statement: Statement, viewer: Viewer, role: PartyRole, number: str) -> str:
    # A lookup for each of the two keys; joined by OR, SQLite would look through all of the party's invoices.
    party, key = statement.bind(viewer.party_id), statement.bind(number_key(number))
    found = f"SELECT n.id FROM invoice n WHERE n.{role.value.lower()}_id = {party}"
    return f"{found} AND n.number_key = {key} UNION ALL {found} AND n.full_number_key = {key}"


def _totals(statement: Statement, wanted: Filter) -> list[str]:
    # Totals have two decimals: a bound with more lies between two of them. SQLite, which has no statistics, would take
    # the index of the totals before that of the states, which leaves less; the sign keeps it from that.
    column = "+i.total" if statement.dialect == "sqlite" and wanted.status is not None else "i.total"
    found = []
    if wanted.total_from is not None:
        found.append(f"{column} >= {statement.bind(_cents(wanted.total_from, up=True))}")
    if wanted.total_to is not None:
        found.append(f"{column} <= {statement.bind(_cents(wanted.total_to, up=False))}")
    return found


def _cents(bound: Decimal, *, up: bool) -> int:
    hundredths = bound * 100
    whole = int(hundredths.to_integral_value("ROUND_CEILING" if up else "ROUND_FLOOR"))
    # 18 digits always fit the column's 64 bits.
    limit = to_cents(Decimal("9999999999999999.99"))
    return max(-limit, min(limit, whole))
