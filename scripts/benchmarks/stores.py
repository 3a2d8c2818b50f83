"""The loaded databases: kept in an ignored folder, copied for each run so that every run begins with the same rows."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import asyncpg

from tramesa.models.backfilling import backfill
from tramesa.models.database import Unit, open_database
from tramesa.models.migrating import migrate
from tramesa.tests.servers.postgres import Postgres

from .dataset import Rows

DURABLE = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    "shared_buffers": "1GB",
    "max_wal_size": "4GB",
    "max_connections": "60",
}
"""What a small installation would set."""

VERSION = 3
"""Raise it with the data set or with how it is loaded, so that kept databases are made anew."""

Data = Callable[[], Rows]
Say = Callable[[str], None]


class KeptPostgres(Postgres):
    """A server whose data outlives it: only its sockets and log are in the folder that goes with it."""

    def __init__(self, kept: Path) -> None:
        super().__init__(settings=DURABLE, parent=kept)
        self._kept = kept / "data"

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)  # an orderly end, so that the next start need not recover
        self._process.wait()
        super().stop()

    def _initialise(self) -> None:
        if not self._kept.exists():
            super()._initialise()
            (self._folder / "data").rename(self._kept)
        (self._folder / "data").symlink_to(self._kept)

    @property
    def pid(self) -> int:
        """The postmaster, whose children are the backends."""
        return self._process.pid


def _name(count: int) -> str:
    folder = Path(__file__).resolve().parents[2] / "models" / "migrations"
    return f"v{VERSION}_{len(list(folder.glob('[0-9]*.py')))}_{count}"


@contextmanager
def sqlite_store(folder: Path, count: int, data: Data, say: Say) -> Iterator[str]:
    """The URL of a fresh copy of the loaded SQLite database."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{_name(count)}.sqlite3"
    if not kept.exists():
        partial = kept.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        started = time.monotonic()
        asyncio.run(migrate(f"sqlite://{partial}"))
        _fill_sqlite(partial, data())
        asyncio.run(_complete(f"sqlite://{partial}"))
        partial.rename(kept)
        say(f"SQLite loaded in {time.monotonic() - started:.0f} s, {kept.stat().st_size >> 20} MB")
    run = folder / f"run-{os.getpid()}.sqlite3"
    shutil.copyfile(kept, run)
    try:
        yield f"sqlite://{run}"
    finally:
        for left in folder.glob(f"{run.name}*"):
            left.unlink()


def _fill_sqlite(path: Path, rows: Rows) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144;")
        indexes = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        ).fetchall()
        for name, _ in indexes:
            connection.execute(f'DROP INDEX "{name}"')
        for table, (columns, values) in rows.items():
            places = ", ".join("?" * len(columns))
            statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"
            connection.executemany(statement, (tuple(map(_as_text, row)) for row in values))
        for _, sql in indexes:
            connection.execute(sql)
        connection.commit()


async def _complete(url: str) -> None:
    """What is derived: search texts, offices, days; and what the people have seen, each for himself or herself."""
    database = await open_database(url)

    async def work(unit: Unit) -> None:
        await backfill(unit.client, unit.dialect)
        for statement in (
            (
                "INSERT INTO invoice_seen (user_id, invoice_id, at) SELECT u.id, i.id, i.created_at FROM person u"
                " JOIN invoice i ON i.receiver_id = u.party_id WHERE i.seen = true"
            ),
            "UPDATE invoice SET seen_by_all = false WHERE receiver_id IN (SELECT party_id FROM person)",
        ):
            await unit.execute(statement, [])

    await database.unit_of_work(work)
    if database.dialect == "postgres":
        await database.fetch("VACUUM ANALYZE")
    await database.close()


def _as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else value


@contextmanager
def postgres_store(folder: Path, count: int, data: Data, say: Say) -> Iterator[tuple[str, KeptPostgres]]:
    """The URL of a fresh copy of the loaded PostgreSQL database, and its server."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    if os.getuid() == 0:
        shutil.chown(folder, "nobody")
    with KeptPostgres(folder) as server:
        run = f"run_{os.getpid()}"
        url = asyncio.run(_prepare_postgres(server, _name(count), run, data, say))
        try:
            yield url, server
        finally:
            asyncio.run(server.drop_database(run))


async def _prepare_postgres(server: KeptPostgres, kept: str, run: str, data: Data, say: Say) -> str:
    connection = await asyncpg.connect(server.url())
    try:
        names = {row[0] for row in await connection.fetch("SELECT datname FROM pg_database")}
    finally:
        await connection.close()
    for left in (name for name in names if name.startswith(("run_", "partial"))):
        await server.drop_database(left)
    if kept not in names:
        started = time.monotonic()
        url = await server.create_database("partial")
        await migrate(url)
        megabytes = await _fill_postgres(url, data())
        await _complete(url)
        await _administer(server, f'ALTER DATABASE partial RENAME TO "{kept}"')
        say(f"PostgreSQL loaded in {time.monotonic() - started:.0f} s, {megabytes} MB")
    url = await server.create_database(run, template=kept)
    await _administer(server, "CHECKPOINT")
    return url


async def _administer(server: KeptPostgres, statement: str) -> None:
    connection = await asyncpg.connect(server.url())
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _fill_postgres(url: str, rows: Rows) -> int:
    connection = await asyncpg.connect(url)
    try:
        # Foreign keys are checked by triggers, one row at a time; the rows are known to be right.
        await connection.execute("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'")
        indexes = await connection.fetch(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT IN"
            " (SELECT conname FROM pg_constraint)"
        )
        for index in indexes:
            await connection.execute(f'DROP INDEX "{index["indexname"]}"')
        for table, (columns, values) in rows.items():
            await connection.copy_records_to_table(table, records=values, columns=columns)
        for index in indexes:
            await connection.execute(index["indexdef"])
        await connection.execute("VACUUM ANALYZE")
        return int(await connection.fetchval("SELECT pg_database_size(current_database()) >> 20"))
    finally:
        await connection.close()
