"""Reading invoices: the one place where a selection becomes SQL.

An invoice list is one statement, parties joined; each relation that was selected is one more for the whole list,
however long it is. Every statement that finds invoices goes through ``visibility.visible``; the relations are read
for ids that it let through.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..database import Database, Dialect, Row
from ..domain.transitions import PartyKind, PartyRole
from ..lists.filtering import Filter, conditions
from ..lists.paging import Page, Position, beyond
from ..names import Side, shown_name
from ..rows import InvoiceRow, PartyRow
from ..sql import Statement, as_date, as_instant, key_set
from ..viewer import Viewer
from ..visibility import visible
from . import relations
from .cancellations import attach_cancellations
from .corrections import attach_corrected, attach_correctives
from .selection import COLUMNS, TOTALS, Reader, Selection, column_readers, read_totals


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """One page, in the order asked for, with the place of each row."""

    rows: list[InvoiceRow]
    positions: list[Position]
    has_next: bool
    has_previous: bool


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a selection is read from ``invoice``: SQL columns and joins, and where each attribute is in a row."""

    columns: str
    joins: str
    plain: tuple[tuple[str, int], ...]
    converted: tuple[tuple[str, int, Reader], ...]
    totals_at: int | None
    issuer_at: int | None
    receiver_at: int | None
    width: int

    def columns_for(self, query: Statement, viewer: Viewer) -> str:
        """The columns with the reader's places."""
        if "{user}" not in self.columns:
            return self.columns
        return self.columns.format(party=query.bind(viewer.party_id), user=query.bind(viewer.user_id))


_PARTY_COLUMNS = ("id", "tax_id", "name", "kind", "registered")
_NAME = _PARTY_COLUMNS.index("name")


@lru_cache(maxsize=1024)
def _plan(selection: Selection, dialect: Dialect) -> _Plan:
    readers = column_readers(dialect)
    columns, plain, converted = ["i.id"], [], []
    for name in sorted(selection.columns - {"totals"}):
        if name in readers:
            converted.append((name, len(columns), readers[name]))
        else:
            plain.append((name, len(columns)))
        columns.append(COLUMNS[name])
    places: dict[str, int | None] = {"totals": None, "issuer": None, "receiver": None}
    if "totals" in selection.columns:
        places["totals"] = len(columns)
        columns += [f"i.{name}" for name in TOTALS]
    sides: tuple[tuple[Side, str, bool], ...] = (
        ("issuer", "a", selection.issuer),
        ("receiver", "b", selection.receiver),
    )
    for relation, alias, wanted in sides:
        if wanted:
            places[relation] = at = len(columns)
            columns += [f"{alias}.{name}" for name in _PARTY_COLUMNS]
            columns[at + _NAME] = shown_name(dialect, alias, relation)
    joins = " JOIN party a ON a.id = i.issuer_id" if selection.issuer else ""
    if selection.receiver or "receiver_kind" in selection.columns:
        joins += " JOIN party b ON b.id = i.receiver_id"
    return _Plan(
        ", ".join(columns),
        joins,
        tuple(plain),
        tuple(converted),
        places["totals"],
        places["issuer"],
        places["receiver"],
        len(columns),
    )


def _rows(plan: _Plan, found: Iterable[Row]) -> list[InvoiceRow]:
    parties: dict[Any, PartyRow] = {}
    rows = []
    for row in found:
        invoice = InvoiceRow()
        invoice.key = str(row[0])
        for name, at in plan.plain:
            setattr(invoice, name, row[at])
        for name, at, reader in plan.converted:
            setattr(invoice, name, reader(row[at]))
        if plan.totals_at is not None:
            invoice.totals = read_totals(tuple(row[plan.totals_at : plan.totals_at + len(TOTALS)]))
        if plan.issuer_at is not None:
            invoice.issuer = _party(parties, row, plan.issuer_at)
        if plan.receiver_at is not None:
            invoice.receiver = _party(parties, row, plan.receiver_at)
        rows.append(invoice)
    return rows


def _party(known: dict[Any, PartyRow], row: Row, at: int) -> PartyRow:
    # One that has not signed up may be called otherwise on each invoice.
    key = (row[at], row[at + _NAME])
    party = known.get(key)
    if party is None:
        party = known[key] = party_row(row[at : at + len(_PARTY_COLUMNS)])
    return party


def party_row(row: Row) -> PartyRow:
    """A party of its columns: id, tax id, name, kind, registered."""
    party = PartyRow()
    key, party.tax_id, party.name, kind, registered = row
    party.key, party.kind, party.registered = str(key), PartyKind(kind), bool(registered)
    return party


async def read_page(
    database: Database,
    viewer: Viewer,
    role: PartyRole,
    wanted: Filter,
    page: Page,
    selection: Selection,
    *,
    with_previous: bool = True,
    with_next: bool = True,
) -> InvoicePage:
    """One page of the viewer's invoices in a role.

    What is beyond the cursor that the page begins at takes a statement more, so only where it is asked for.
    """
    # The end that a page is counted from is the first in the statement's order; the page is turned round afterwards.
    plan = _plan(selection, database.dialect)
    query, where = _list(database, viewer, role, wanted)
    if page.after is not None:
        where.append(beyond(query, page.after, above=not page.descending))
    if page.before is not None:
        where.append(beyond(query, page.before, above=page.descending))
    column = page.field.column
    direction = "DESC" if page.descending != page.backward else "ASC"
    found = await database.fetch(
        f"SELECT {plan.columns_for(query, viewer)}, i.{column} FROM invoice i{plan.joins} WHERE {' AND '.join(where)}"
        f" ORDER BY i.{column} {direction}, i.id {direction} LIMIT {page.size + 1}",
        query.values,
    )
    more, found = len(found) > page.size, list(found[: page.size])
    if page.backward:
        found.reverse()
    rows = _rows(plan, found)
    await _attach(database, viewer, rows, selection)
    positions = [
        Position(page.field, _sort_value(page, row[plan.width]), invoice.key)
        for row, invoice in zip(found, rows, strict=True)
    ]
    after = page.after if with_previous else None
    before = page.before if with_next else None
    has_previous = after is not None and await _any_from(database, viewer, role, wanted, page, after)
    has_next = before is not None and await _any_from(database, viewer, role, wanted, page, before)
    if page.backward:
        return InvoicePage(rows, positions, has_next, more or has_previous)
    return InvoicePage(rows, positions, more or has_next, has_previous)


def _list(database: Database, viewer: Viewer, role: PartyRole, wanted: Filter) -> tuple[Statement, list[str]]:
    query = Statement(database.dialect)
    return query, [visible(query, viewer, role), *conditions(query, viewer, role, wanted)]


def _sort_value(page: Page, value: Any) -> Any:
    if page.field.column == "total":
        return int(value)
    return as_date(value) if page.field.column == "issue_date" else as_instant(value)


async def _any_from(
    database: Database, viewer: Viewer, role: PartyRole, wanted: Filter, page: Page, edge: Position
) -> bool:
    """Whether the list has more on the far side of the cursor that the page was asked from, its own row included."""
    query, where = _list(database, viewer, role, wanted)
    above = page.descending if edge is page.after else not page.descending
    value, key = query.bind(edge.value), query.bind(edge.key)
    where.append(f"(i.{page.field.column}, i.id) {'>=' if above else '<='} ({value}, {key})")
    found = await database.fetch(f"SELECT 1 FROM invoice i WHERE {' AND '.join(where)} LIMIT 1", query.values)
    return bool(found)


async def read_invoices(
    database: Database, viewer: Viewer, keys: Sequence[str], selection: Selection
) -> dict[str, InvoiceRow]:
    """The invoices of these keys that the viewer may see, by key."""
    if not keys:
        return {}
    plan = _plan(selection, database.dialect)
    query = Statement(database.dialect)
    where = f"i.id IN {key_set(query, keys)} AND {visible(query, viewer)}"
    columns = plan.columns_for(query, viewer)
    found = await database.fetch(f"SELECT {columns} FROM invoice i{plan.joins} WHERE {where}", query.values)
    rows = _rows(plan, found)
    await _attach(database, viewer, rows, selection)
    return {row.key: row for row in rows}


async def _attach(database: Database, viewer: Viewer, rows: list[InvoiceRow], selection: Selection) -> None:
    """Set all that was selected beyond the columns; other invoices are read as these are."""
    await relations.attach(database, rows, selection)
    if rows and selection.cancellation:
        await attach_cancellations(database, rows, history=selection.cancellation_history)

    async def read(keys: Sequence[str], wanted: Selection) -> dict[str, InvoiceRow]:
        return await read_invoices(database, viewer, keys, wanted)

    if selection.corrected is not None and any(row.corrects for row in rows):
        await attach_corrected(database, viewer, rows, selection.corrected, read)
    if selection.corrected_by is not None and rows:
        await attach_correctives(database, viewer, rows, selection.corrected_by, read)


async def read_invoice(database: Database, viewer: Viewer, key: str | None, selection: Selection) -> InvoiceRow | None:
    """One invoice, or None where there is none that the viewer may see."""
    return None if key is None else (await read_invoices(database, viewer, [key], selection)).get(key)


async def count_invoices(database: Database, viewer: Viewer, role: PartyRole, wanted: Filter) -> int:
    """How many invoices the filter leaves."""
    query, where = _list(database, viewer, role, wanted)
    found = await database.fetch(f"SELECT COUNT(*) FROM invoice i WHERE {' AND '.join(where)}", query.values)
    return int(found[0][0])
