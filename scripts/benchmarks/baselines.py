"""The page without a framework: the same rows by the bare driver, turned into the same JSON by orjson."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import asyncpg
import orjson

from tramesa.models.database import dialect_of, sqlite_path

_PAGE = """SELECT i.id, i.number, i.issue_date, i.status, i.status_changed_at, i.version, i.total,
 a.id, a.tax_id, a.name, b.id, b.tax_id, b.name FROM invoice i JOIN party a ON a.id = i.issuer_id
 JOIN party b ON b.id = i.receiver_id WHERE i.receiver_id = {party} ORDER BY i.created_at DESC, i.id DESC LIMIT 51"""
_HISTORY = """SELECT c.invoice_id, c.id, c.from_status, c.to_status, c.at, c.actor, c.automated, c.registry_number
 FROM status_change c WHERE c.invoice_id IN {keys} ORDER BY c.invoice_id, c.version"""
_BUSIEST = "SELECT receiver_id FROM invoice GROUP BY receiver_id ORDER BY COUNT(*) DESC LIMIT 1"
_PARTY = ("id", "taxId", "name")
_STEP = ("id", "from", "to", "at", "actor", "automated", "info")


def _json(page: Sequence[Sequence[Any]], history: Sequence[Sequence[Any]]) -> bytes:
    steps: dict[Any, list[dict[str, Any]]] = {}
    for row in history:
        steps.setdefault(row[0], []).append(dict(zip(_STEP, row[1:], strict=True)))
    nodes = [
        {
            "id": row[0],
            "number": row[1],
            "issueDate": row[2],
            "status": row[3],
            "statusChangedAt": row[4],
            "version": row[5],
            "totals": {"total": f"{row[6] // 100}.{row[6] % 100:02d}"},
            "issuer": dict(zip(_PARTY, row[7:10], strict=True)),
            "receiver": dict(zip(_PARTY, row[10:13], strict=True)),
            "history": steps[row[0]],
        }
        for row in page[:50]
    ]
    return orjson.dumps({"data": {"invoices": {"nodes": nodes}}}, default=str)


def bare_page(url: str, seconds: float) -> tuple[float, float]:
    """Pages a second, and CPU milliseconds of this process for each, one page at a time."""
    return _sqlite(url, seconds) if dialect_of(url) == "sqlite" else asyncio.run(_postgres(url, seconds))


def _sqlite(url: str, seconds: float) -> tuple[float, float]:
    keys = "(SELECT value FROM json_each(?))"
    with closing(sqlite3.connect(sqlite_path(url))) as connection:
        party = connection.execute(_BUSIEST).fetchone()[0]
        watch = _Watch(seconds)
        while watch.goes_on():
            page = connection.execute(_PAGE.format(party="?"), [party]).fetchall()
            listed = orjson.dumps([row[0] for row in page[:50]]).decode()
            _json(page, connection.execute(_HISTORY.format(keys=keys), [listed]).fetchall())
        return watch.result()


async def _postgres(url: str, seconds: float) -> tuple[float, float]:
    connection = await asyncpg.connect(url)
    try:
        party = await connection.fetchval(_BUSIEST)
        page_of = await connection.prepare(_PAGE.format(party="$1"))
        history_of = await connection.prepare(_HISTORY.format(keys="(SELECT unnest($1::uuid[]))"))
        watch = _Watch(seconds)
        while watch.goes_on():
            page = await page_of.fetch(party)
            _json(page, await history_of.fetch([row[0] for row in page[:50]]))
        return watch.result()
    finally:
        await connection.close()


class _Watch:
    def __init__(self, seconds: float) -> None:
        self._began, self._cpu = time.perf_counter(), time.process_time()
        self._until = self._began + seconds
        self._rounds = -1

    def goes_on(self) -> bool:
        self._rounds += 1
        return time.perf_counter() < self._until

    def result(self) -> tuple[float, float]:
        elapsed, cpu = time.perf_counter() - self._began, time.process_time() - self._cpu
        return self._rounds / elapsed, cpu / self._rounds * 1000
