"""Which invoices correct which, where both are here and the viewer may see both.

What a corrective invoice names is kept when it comes in (``correction``), and looked for when it is read: so it does
not matter which of the two came first. Rejected and cancelled ones are shown as well, with their status.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence

from ..database import Database, Row, Unit
from ..domain.corrections import COPIES, Named, is_named
from ..domain.invoice import Correction, InvoiceContent
from ..domain.numbering import full_number_key
from ..rows import CorrectionRow, InvoiceRow
from ..sql import Statement, as_date, key_set
from ..viewer import Viewer
from ..visibility import visible
from .selection import Selection

MOST = 20
"""How many correctives of an invoice are told, the newest."""
_LOOKED_AT = 50

Read = Callable[[Sequence[str], Selection], Awaitable[dict[str, InvoiceRow]]]


async def note_correction(unit: Unit, invoice_id: str, issuer_id: str, content: InvoiceContent) -> None:
    """Keep what an invoice that comes in says that it corrects, if it does."""
    corrects = content.corrects
    if corrects is None or not corrects.number:
        return
    query = Statement(unit.dialect)
    row = {
        "invoice_id": invoice_id,
        "issuer_id": issuer_id,
        "full_number_key": full_number_key(corrects.number, corrects.series),
        "number": corrects.number,
        "series": corrects.series,
        "issue_date": corrects.issue_date,
    }
    places = ", ".join(query.bind(value) for value in row.values())
    await unit.execute(f"INSERT INTO correction ({', '.join(row)}) VALUES ({places})", query.values)


_COLUMNS = "i.number, i.series, i.issue_date, c.number, c.series, c.issue_date"
_SAME = "c.issuer_id = {0}.issuer_id AND c.full_number_key = {0}.full_number_key AND c.invoice_id <> {0}.id"


async def attach_corrected(
    database: Database, viewer: Viewer, invoices: list[InvoiceRow], selection: Selection, read: Read
) -> None:
    """Set ``corrects`` of each with the invoice that it names: the live one before rejected and cancelled ones."""
    query = Statement(database.dialect)
    keys = key_set(query, [invoice.key for invoice in invoices if invoice.corrects is not None])
    copies = query.bind_all([copy.value for copy in sorted(COPIES)])
    found = await database.fetch(
        f"SELECT k, i, {_NAMED} FROM (SELECT c.invoice_id AS k, i.id AS i, {_aliased(_COLUMNS)}, ROW_NUMBER() OVER"
        f" (PARTITION BY c.invoice_id ORDER BY i.invoice_class IN {copies}, i.duplicate_key IS NULL,"
        " i.created_at DESC, i.id DESC) AS place"
        f" FROM correction c JOIN invoice i ON {_SAME.format('i')}"
        f" WHERE c.invoice_id IN {keys} AND {visible(query, viewer)}) found"
        f" WHERE place <= {_LOOKED_AT} ORDER BY k, place",
        query.values,
    )
    matches = _matches(found)
    rows = await read(list({keys[0] for keys in matches.values()}), selection)
    for invoice in invoices:
        if isinstance(invoice.corrects, Correction):
            target = next((rows[key] for key in matches.get(invoice.key, ())[:1] if key in rows), None)
            invoice.corrects = CorrectionRow(invoice.corrects, target)


async def attach_correctives(
    database: Database, viewer: Viewer, invoices: list[InvoiceRow], selection: Selection, read: Read
) -> None:
    """Set ``corrected_by`` of each: the invoices that name it, the newest first, at most ``MOST``."""
    query = Statement(database.dialect)
    keys = key_set(query, [invoice.key for invoice in invoices])
    named = _aliased(_COLUMNS.replace("i.", "k."))
    found = await database.fetch(
        f"SELECT k, i, {_NAMED} FROM (SELECT k.id AS k, i.id AS i, {named}, ROW_NUMBER() OVER"
        " (PARTITION BY k.id ORDER BY i.created_at DESC, i.id DESC) AS place"
        f" FROM invoice k JOIN correction c ON {_SAME.format('k')} JOIN invoice i ON i.id = c.invoice_id"
        f" WHERE k.id IN {keys} AND {visible(query, viewer)}) found"
        f" WHERE place <= {_LOOKED_AT} ORDER BY k, place",
        query.values,
    )
    matches = _matches(found)
    rows = await read(list({key for keys in matches.values() for key in keys[:MOST]}), selection)
    for invoice in invoices:
        invoice.corrected_by = [rows[key] for key in matches.get(invoice.key, ())[:MOST] if key in rows]


_NAMED = "number, series, issue_date, c_number, c_series, c_issue_date"


def _aliased(columns: str) -> str:
    """Each column under its name; those of ``c`` with a ``c_`` before it."""
    return ", ".join(
        f"{column} AS c_{column[2:]}" if column.startswith("c.") else f"{column} AS {column[2:]}"
        for column in columns.split(", ")
    )


def _matches(found: Iterable[Row]) -> dict[str, list[str]]:
    """The other invoices of each, in their order, where the names are the same to the letter."""
    matches: dict[str, list[str]] = defaultdict(list)
    for key, other, number, series, issue_date, c_number, c_series, c_issue_date in found:
        reference = Named(c_number, c_series, None if c_issue_date is None else as_date(c_issue_date))
        if is_named(reference, Named(number, series, as_date(issue_date))):
            matches[str(key)].append(str(other))
    return matches
