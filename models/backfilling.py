"""Offices, search texts and legal days of invoices that came in before these were kept: for a migration, or a load."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from .database import Dialect, Row
from .domain.invoice import Details, DocumentFormat, InvoiceContent, Totals
from .domain.money import from_cents
from .domain.numbering import legal_date
from .lists.offices import named_offices
from .lists.search_text import document_text, step_text
from .reading import content
from .reading.selection import TOTALS
from .sql import Statement, as_date, as_instant

BATCH = 500

_COLUMNS = (
    "i.id, i.issuer_id, i.receiver_id, i.number, i.series, i.issue_date, i.currency, i.registry_number,"
    " i.registered_at, i.rcf_number, i.rejection_reason, i.payment_date, d.issuer, d.receiver, d.offices, d.lines,"
    " d.payments, d.corrects, d.details, f.format, " + ", ".join(f"i.{name}" for name in TOTALS)
)
_TOTALS_AT = 20


async def backfill(client: BaseDBAsyncClient, dialect: Dialect) -> int:
    """Fill in what every invoice without a search text lacks, and count them. Nothing else may write meanwhile."""
    done, last = 0, None
    while rows := await _next(client, dialect, last):
        await _fill(client, dialect, rows, await _files(client, dialect, [str(row[0]) for row in rows]))
        done, last = done + len(rows), str(rows[-1][0])
    return done


async def _next(client: BaseDBAsyncClient, dialect: Dialect, last: str | None) -> Sequence[Row]:
    query = Statement(dialect)
    after = "" if last is None else f" AND i.id > {query.bind(last)}"
    return await _rows(
        client,
        f"SELECT {_COLUMNS} FROM invoice i JOIN invoice_content d ON d.invoice_id = i.id"
        " JOIN invoice_document f ON f.invoice_id = i.id LEFT JOIN invoice_text t ON t.invoice_id = i.id"
        f" WHERE t.invoice_id IS NULL{after} ORDER BY i.id LIMIT {BATCH}",
        query.values,
    )


async def _files(client: BaseDBAsyncClient, dialect: Dialect, keys: list[str]) -> dict[str, list[str]]:
    query = Statement(dialect)
    found: dict[str, list[str]] = {}
    for key, name, description in await _rows(
        client,
        f"SELECT invoice_id, name, description FROM attachment WHERE invoice_id IN {query.bind_all(keys)}",
        query.values,
    ):
        found.setdefault(str(key), []).extend(text for text in (name, description) if text)
    return found


async def _rows(client: BaseDBAsyncClient, sql: str, values: list[object]) -> Sequence[Row]:
    return (await client.execute_query(sql, values))[1]  # type: ignore[return-value]


async def _fill(client: BaseDBAsyncClient, dialect: Dialect, rows: Sequence[Row], files: dict[str, list[str]]) -> None:
    offices: list[tuple[object, ...]] = []
    texts: list[tuple[object, ...]] = []
    days: list[tuple[object, ...]] = []
    for row in rows:
        key, issuer, receiver = (str(value) for value in row[:3])
        named = content.load_offices(row[14])
        offices += [(key, issuer, receiver, role.value, code) for role, code in named_offices(named)]
        texts.append((key, issuer, receiver, document_text(_content(row), files.get(key, ())), _life(row)))
        days.append((None if row[8] is None else legal_date(as_instant(row[8])), key))
    for statement, values in (
        (
            "INSERT INTO invoice_office (invoice_id, issuer_id, receiver_id, role, code) VALUES ({}, {}, {}, {}, {})",
            offices,
        ),
        (
            "INSERT INTO invoice_text (invoice_id, issuer_id, receiver_id, document, life) VALUES ({}, {}, {}, {}, {})",
            texts,
        ),
        ("UPDATE invoice SET registered_on = {}, seen_by_all = seen WHERE id = {}", days),
    ):
        if values:
            query = Statement(dialect)
            await client.execute_many(statement.format(*map(query.bind, values[0])), [list(row) for row in values])


def _life(row: Row) -> str:
    return step_text(
        registry_number=row[7],
        registered_at=None if row[8] is None else as_instant(row[8]),
        rcf_number=row[9],
        reason=row[10],
        payment_date=None if row[11] is None else as_date(row[11]),
    )


def _content(row: Row) -> InvoiceContent:
    totals: Any = dict(zip(TOTALS, map(from_cents, row[_TOTALS_AT:]), strict=True))
    return InvoiceContent(
        format=DocumentFormat(row[19]),
        number=row[3],
        series=row[4],
        issue_date=as_date(row[5]),
        currency=row[6],
        issuer=content.load_party(row[12]),
        receiver=content.load_party(row[13]),
        offices=content.load_offices(row[14]),
        lines=content.load_lines(row[15]),
        payments=content.load_payments(row[16]),
        corrects=None if row[17] is None else content.load_correction(row[17]),
        details=Details() if row[18] is None else content.load_details(row[18]),
        totals=Totals(**totals),
    )
