"""Bringing a database to the schema of this version, by one process at a time."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from tortoise.context import TortoiseContext
from tortoise.exceptions import DBConnectionError
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from .database import Database, connect_alone, dialect_of, sqlite_path, tortoise_config

DEVELOPMENT = tortoise_config("sqlite://var/makemigrations.sqlite3")
"""For ``tortoise makemigrations``, which needs some database to talk to."""

_LOCK_KEY = 0x7472616D657361
"""The advisory lock that migrations hold: ``tramesa`` in ASCII."""


async def migrate(url: str) -> list[str]:
    """Apply what is missing and return its names; nothing to do is an empty list.

    Processes that start together wait for one another: PostgreSQL's advisory lock, a locked file beside SQLite's.
    """
    if dialect_of(url) == "sqlite":
        Path(sqlite_path(url)).parent.mkdir(parents=True, exist_ok=True)
        _look_at(sqlite_path(url))
    config = tortoise_config(url)
    async with _alone(url), TortoiseContext() as context:
        await context.init(config=config)
        executor = MigrationExecutor(context.db(), config["apps"])
        missing = [f"{step.migration.app_label}.{step.migration.name}" for step in await executor.plan(_LATEST)]
        await executor.migrate(_LATEST)
        return missing


async def missing_migrations(database: Database) -> list[str]:
    """The migrations that this version has and the database does not."""
    with database.bound():
        executor = MigrationExecutor(database.client, tortoise_config(database.url)["apps"])
        return [step.migration.name for step in await executor.plan(_LATEST)]


def _look_at(path: str) -> None:
    # Where the file cannot be opened, or is no database, aiosqlite's thread would never end.
    try:
        with closing(sqlite3.connect(path, timeout=15)) as connection:
            connection.execute("PRAGMA schema_version")
    except sqlite3.Error as error:
        raise DBConnectionError(f"{path}: {error}") from None


_LATEST = [MigrationTarget(app_label="models", name="__latest__")]


@asynccontextmanager
async def _alone(url: str) -> AsyncIterator[None]:
    if dialect_of(url) == "sqlite":
        with Path(sqlite_path(url) + ".migrating").open("w") as lock:  # noqa: ASYNC230 - opened before anything runs
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        return
    connection = await connect_alone(url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK_KEY)
        yield
    finally:
        await connection.close()
