"""How many invoices, how much, how long: counted, summed and averaged by the database, exactly, in whole hundredths.

Days are whole days of legal time. What waits is registered and not final; it waits from its registration to today. The
days to pay are the average payment period of operations paid (Royal Decree 635/2014, article 5): from registration to
payment, weighted by the amount.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from ..database import Database, Dialect, Row
from ..domain.errors import Invalid
from ..domain.invoice import OfficeRole
from ..domain.money import from_cents
from ..domain.numbering import legal_date
from ..domain.states import STATES, InvoiceStatus
from ..domain.transitions import PartyRole
from ..lists.filtering import Filter, conditions
from ..lists.offices import office_names
from ..lists.searching import other_side
from ..names import known_name
from ..rows import PartyRow
from ..sql import Statement, key_set
from ..viewer import Viewer
from ..visibility import visible
from .invoices import party_row

MAX_GROUPS = 5000
"""Rows of one answer; states and currencies alone never make as many."""


class SummaryGroup(StrEnum):
    """What sums can be told apart by; currencies always are."""

    STATUS = "STATUS"
    MONTH = "MONTH"
    OFFICE = "OFFICE"
    COUNTERPARTY = "COUNTERPARTY"


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRow:
    """The figures of one group. The keys that it was not grouped by are None, as are figures that nothing has."""

    currency: str
    count: int
    payable: Decimal
    status: InvoiceStatus | None = None
    month: str | None = None
    office: str | None = None
    office_name: str | None = None
    counterparty_key: str | None = None
    counterparty: PartyRow | None = field(default=None, compare=False)
    waiting: int = 0
    days_waiting: Decimal | None = None
    longest_waiting: int | None = None
    days_to_pay: Decimal | None = None


async def summarise(
    database: Database,
    viewer: Viewer,
    role: PartyRole,
    wanted: Filter,
    groups: Collection[SummaryGroup],
    *,
    with_days: bool = False,
    with_names: bool = False,
    today: date | None = None,
) -> list[SummaryRow]:
    """The figures of what the filter leaves, a row for each group and currency that has any, in the groups' order.

    Days, and the names of offices, are worked out only where they are asked for. :class:`Invalid` for more than
    ``MAX_GROUPS`` rows.
    """
    query, keys = Statement(database.dialect), [group for group in SummaryGroup if group in groups]
    where = [visible(query, viewer, role), *conditions(query, viewer, role, wanted)]
    columns = [*(_key(query.dialect, group, role) for group in keys), "i.currency", *_SUMS]
    if with_days:
        columns += _days(query, today or legal_date(datetime.now(UTC)))
    places = ", ".join(str(place + 1) for place in range(len(keys) + 1))
    found = await database.fetch(
        f"SELECT {', '.join(columns)} FROM invoice i WHERE {' AND '.join(where)} GROUP BY {places}"
        f" LIMIT {MAX_GROUPS + 1}",
        query.values,
    )
    if len(found) > MAX_GROUPS:
        raise Invalid(f"More than {MAX_GROUPS} groups: narrow the filter.", path=("groupBy",))
    parties = await _parties(database, viewer, found, keys)
    rows = [_row(row, keys, parties, with_days=with_days) for row in found]
    if with_names and SummaryGroup.OFFICE in keys:
        rows = await _named(database, viewer, role, rows)
    return sorted(rows, key=_order)


# SQLite's SUM overflows at 64 bits; millions and rest apart stay far below it, times days in three parts.
_SUMS = ("COUNT(*)", "SUM(i.payable / 1000000)", "SUM(i.payable % 1000000)")
_PARTS = ("i.payable / 1000000000000", "i.payable / 1000000 % 1000000", "i.payable % 1000000")


def _key(dialect: Dialect, group: SummaryGroup, role: PartyRole) -> str:
    if group is SummaryGroup.STATUS:
        return "i.status"
    if group is SummaryGroup.MONTH:
        return "to_char(i.issue_date, 'YYYY-MM')" if dialect == "postgres" else "substr(i.issue_date, 1, 7)"
    if group is SummaryGroup.COUNTERPARTY:
        return f"i.{other_side(role)}_id"
    # The least where a document names two: each invoice counts once.
    return (
        "(SELECT MIN(o.code) FROM invoice_office o"
        f" WHERE o.invoice_id = i.id AND o.role = '{OfficeRole.ACCOUNTING_OFFICE.value}')"
    )


def _days(query: Statement, today: date) -> list[str]:
    final = ", ".join(f"'{status.value}'" for status, state in STATES.items() if state.final)
    waits = f"i.status NOT IN ({final}) AND i.registered_on IS NOT NULL"
    paid = "i.status = 'PAID' AND i.payable > 0 AND i.registered_on IS NOT NULL AND i.payment_date IS NOT NULL"
    if query.dialect == "postgres":
        waited, took = f"({query.bind(today)}::date - i.registered_on)", "(i.payment_date - i.registered_on)"
    else:
        waited, took = (
            f"CAST(julianday({end}) - julianday(i.registered_on) AS INTEGER)"
            for end in (query.bind(today), "i.payment_date")
        )
    return [
        f"COUNT(CASE WHEN {waits} THEN 1 END)",
        f"SUM(CASE WHEN {waits} THEN {waited} END)",
        f"MAX(CASE WHEN {waits} THEN {waited} END)",
        *(f"SUM(CASE WHEN {paid} THEN ({part}) * {took} END)" for part in _PARTS),
        *(f"SUM(CASE WHEN {paid} THEN {part} END)" for part in _PARTS),
    ]


async def _named(database: Database, viewer: Viewer, role: PartyRole, rows: list[SummaryRow]) -> list[SummaryRow]:
    """With what documents call the offices: one statement, however many groups there are."""
    codes = sorted({row.office for row in rows if row.office is not None})
    names = await office_names(database, viewer, role, OfficeRole.ACCOUNTING_OFFICE, codes)
    return [row if row.office is None else replace(row, office_name=names.get(row.office)) for row in rows]


async def _parties(
    database: Database, viewer: Viewer, found: Sequence[Row], keys: list[SummaryGroup]
) -> dict[str, PartyRow]:
    if SummaryGroup.COUNTERPARTY not in keys:
        return {}
    query, place = Statement(database.dialect), keys.index(SummaryGroup.COUNTERPARTY)
    wanted = key_set(query, sorted({str(row[place]) for row in found}))
    rows = await database.fetch(
        f"SELECT p.id, p.tax_id, {known_name(query, viewer)}, p.kind, p.registered FROM party p WHERE p.id IN {wanted}",
        query.values,
    )
    return {party.key: party for party in map(party_row, rows)}


def _row(row: Row, keys: list[SummaryGroup], parties: dict[str, PartyRow], *, with_days: bool) -> SummaryRow:
    values = dict(zip(keys, row, strict=False))
    status, party = values.get(SummaryGroup.STATUS), values.get(SummaryGroup.COUNTERPARTY)
    currency, count, *sums = row[len(keys) :]
    figures: dict[str, Any] = _figures(sums[2:]) if with_days else {}
    return SummaryRow(
        status=None if status is None else InvoiceStatus(status),
        month=values.get(SummaryGroup.MONTH),
        office=values.get(SummaryGroup.OFFICE),
        counterparty_key=None if party is None else str(party),
        counterparty=None if party is None else parties[str(party)],
        currency=currency,
        count=int(count),
        payable=from_cents(int(sums[0]) * 1_000_000 + int(sums[1])),
        **figures,
    )


def _figures(sums: Sequence[Any]) -> dict[str, Any]:
    waiting, waited, longest = sums[:3]
    weighted, weight = _whole(sums[3:6]), _whole(sums[6:9])
    return {
        "waiting": int(waiting),
        "days_waiting": _average(int(waited or 0), int(waiting)),
        "longest_waiting": None if longest is None else int(longest),
        "days_to_pay": _average(weighted, weight),
    }


def _whole(parts: Sequence[Any]) -> int:
    trillions, millions, rest = (int(part or 0) for part in parts)
    return (trillions * 1_000_000 + millions) * 1_000_000 + rest


def _average(total: int, weight: int) -> Decimal | None:
    """With one decimal, half up; in whole numbers, so nothing is rounded before."""
    if weight == 0:
        return None
    tenths = (20 * abs(total) + weight) // (2 * weight)
    return Decimal(tenths if total >= 0 else -tenths).scaleb(-1)


_PLACES = {status: place for place, status in enumerate(InvoiceStatus)}


def _order(row: SummaryRow) -> tuple[Any, ...]:
    name = "" if row.counterparty is None else row.counterparty.name
    place = -1 if row.status is None else _PLACES[row.status]
    # What names no office comes last.
    return (
        place,
        row.month or "",
        row.office is None,
        row.office or "",
        name,
        row.counterparty_key or "",
        row.currency,
    )
