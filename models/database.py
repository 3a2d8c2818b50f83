"""The one way to the database: open it, read rows, change something as a unit.

A unit of work runs in a task of its own behind a shield. Cancelling a caller (a client that leaves) must neither stop
a transaction half-way in Tortoise's own machinery, which leaks the connection, nor undo what the caller was told.
This module is the only one that enters a transaction.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import TortoiseContext
from tortoise.exceptions import DBConnectionError
from tortoise.transactions import in_transaction

from .domain.errors import TramesaError
from .signals import FeedKey, Signals

Dialect = Literal["sqlite", "postgres"]
Row = Sequence[Any]
T = TypeVar("T")

UNREACHABLE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.exceptions.AdminShutdownError,
    asyncpg.exceptions.CrashShutdownError,
    asyncpg.exceptions.CannotConnectNowError,
    asyncpg.exceptions.InvalidAuthorizationSpecificationError,
    asyncpg.exceptions.InvalidCatalogNameError,
    asyncpg.exceptions.TooManyConnectionsError,
    DBConnectionError,
)
"""What is raised where the database is gone, rather than something wrong with what was asked of it."""

POOL_SIZE = 20
CONNECT_TIMEOUT = 5.0
COMMAND_TIMEOUT = 60.0


def _ssl_mode(text: str) -> str:
    if text not in {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}:
        raise ValueError(text)
    return text


def _pool_size(text: str) -> int:
    if not 1 <= int(text) <= 1000:
        raise ValueError(text)
    return int(text)


# What may stand behind the question mark of a PostgreSQL URL: whose argument it is, and what it is.
_OPTIONS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "sslmode": ("ssl", _ssl_mode),
    "maxsize": ("maxsize", _pool_size),
    "timeout": ("timeout", float),
    "command_timeout": ("command_timeout", float),
    "statement_cache_size": ("statement_cache_size", int),
    "application_name": ("application_name", str),
}


REQUEST_ID: ContextVar[str | None] = ContextVar("tramesa_request_id", default=None)
"""The request that is being answered, as the logs call it; a unit of work takes it with it."""


class BadDatabaseUrl(TramesaError):
    """The database URL must be sqlite://PATH or postgres://USER:PASSWORD@HOST:PORT/NAME, with known options."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


@dataclass(slots=True)
class Unit:
    """One transaction in progress. ``touched`` feeds are woken once it has been committed.

    So is who waits for the tables that it has ``queued`` something in: workers of outboxes, the watch over people.

    ``request_id`` is the request that caused it, as the logs call it.
    """

    client: BaseDBAsyncClient
    dialect: Dialect
    request_id: str | None = None
    touched: set[FeedKey] = field(default_factory=set)
    queued: set[str] = field(default_factory=set)

    async def fetch(self, sql: str, values: Sequence[object]) -> Sequence[Row]:
        """Run a statement that returns rows, inside the transaction."""
        if sql.lstrip().startswith(("UPDATE", "INSERT")):
            # Tortoise throws the rows of UPDATE … RETURNING away on PostgreSQL unless they are asked for as dicts.
            return [tuple(row.values()) for row in await self.client.execute_query_dict(sql, list(values))]
        return (await self.client.execute_query(sql, list(values)))[1]  # type: ignore[return-value]

    async def execute(self, sql: str, values: Sequence[object]) -> int:
        """Run a statement and return how many rows it changed."""
        return (await self.client.execute_query(sql, list(values)))[0]

    async def execute_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """Run a statement for each of these rows of values, in their order, in as few round trips as can be."""
        if len(rows) == 1:
            await self.execute(sql, rows[0])
        else:
            await self.client.execute_many(sql, [list(row) for row in rows])


class Database:
    """An open database. Use :func:`open_database`."""

    def __init__(self, url: str, context: TortoiseContext, client: BaseDBAsyncClient, dialect: Dialect) -> None:
        self.url = url
        self.dialect: Dialect = dialect
        self.client = client
        self.signals = Signals()
        self._due: dict[str, asyncio.Event] = {}
        self._context = context
        with context:
            self._base = contextvars.copy_context()
        self._units: set[asyncio.Task[Any]] = set()

    @contextmanager
    def bound(self) -> Iterator[None]:
        """Make this the database of the Tortoise models used inside."""
        from tortoise.context import _current_context  # noqa: PLC0415 - its __enter__ keeps one token for all tasks

        token = _current_context.set(self._context)
        try:
            yield
        finally:
            _current_context.reset(token)

    async def fetch(self, sql: str, values: Sequence[object] = ()) -> Sequence[Row]:
        """Rows of a reading statement, outside any transaction."""
        return (await self.client.execute_query(sql, list(values)))[1]  # type: ignore[return-value]

    async def unit_of_work(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        """Run ``work`` in one transaction: all of it or, where it raises, nothing.

        It goes on to its end even if the caller is cancelled. Units do not nest.
        """
        running = self._run(work, REQUEST_ID.get())
        task = asyncio.get_running_loop().create_task(running, context=self._base.copy())
        self._units.add(task)
        task.add_done_callback(self._finished)
        return await asyncio.shield(task)

    def due(self, table: str) -> asyncio.Event:
        """Set after a unit of work that queued something here: who waits for it need not wait for its next look."""
        return self._due.setdefault(table, asyncio.Event())

    @property
    def units(self) -> int:
        """How many units of work run at the moment, those too that wait for a connection."""
        return len(self._units)

    async def _run(self, work: Callable[[Unit], Awaitable[T]], request_id: str | None) -> T:
        async with in_transaction() as client:
            unit = Unit(client, self.dialect, request_id)
            result = await work(unit)
            if self.dialect == "postgres":
                for channel, names in (("feed", [key.text for key in unit.touched]), ("outbox", list(unit.queued))):
                    if names:
                        notify = f"SELECT pg_notify('tramesa_{channel}', name) FROM unnest($1::text[]) AS name"
                        await client.execute_query(notify, [sorted(names)])
        self.signals.wake(unit.touched)
        for table in unit.queued:
            self.due(table).set()
        return result

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._units.discard(task)
        if not task.cancelled():
            task.exception()  # Where the caller has gone, nobody else asks, and asyncio would complain.

    async def close(self) -> None:
        """Let running units end, then close every connection."""
        while self._units:
            await asyncio.wait(set(self._units))
        with self._context:
            await self._context.close_connections()


def tortoise_config(url: str) -> dict[str, Any]:
    """Tortoise's configuration for a database URL; :class:`BadDatabaseUrl` where it is none."""
    # Tortoise caches the SQL of a model by the connection's name, for the whole process: one name a dialect.
    name = dialect_of(url)
    app = {"models": ["tramesa.models.tables"], "migrations": "tramesa.models.migrations", "default_connection": name}
    return {
        "connections": {name: _connection(url)},
        "apps": {"models": app},
        "use_tz": True,
        "timezone": "UTC",
    }


def dialect_of(url: str) -> Dialect:
    """Which kind of database a URL names."""
    if url.startswith("sqlite://"):
        return "sqlite"
    if url.startswith(("postgres://", "postgresql://")):
        return "postgres"
    raise BadDatabaseUrl


def sqlite_path(url: str) -> str:
    """The file of a ``sqlite://`` URL: ``sqlite:///abs/olute`` or ``sqlite://relative``."""
    return url.removeprefix("sqlite://").partition("?")[0]


async def _leave_as_it_is(_: asyncpg.Connection) -> None:
    """Nothing here changes a session, so its connection needs no round trip before it is used again.

    asyncpg still ends a transaction that was left open.
    """


def _connection(url: str) -> dict[str, Any]:
    if dialect_of(url) == "sqlite":
        path = sqlite_path(url)
        if not path:
            raise BadDatabaseUrl
        pragmas = {"busy_timeout": 15_000, "synchronous": "FULL", "cache_size": -65_536}
        return {"engine": "tramesa.models.sqlite", "credentials": {"file_path": path, **pragmas}}
    try:
        parts = urlsplit(url)
        port = parts.port or 5432
    except ValueError:
        raise BadDatabaseUrl from None
    database = unquote(parts.path.lstrip("/"))
    if not parts.hostname or not database:
        raise BadDatabaseUrl
    credentials: dict[str, Any] = {
        "host": parts.hostname,
        "port": port,
        "user": unquote(parts.username or "postgres"),
        "password": unquote(parts.password or ""),
        "database": database,
        "minsize": 1,
        "maxsize": POOL_SIZE,
        "timeout": CONNECT_TIMEOUT,
        "command_timeout": COMMAND_TIMEOUT,
        "application_name": "tramesa",
        "reset": _leave_as_it_is,
        **_options(parts.query),
    }
    return {"engine": "tortoise.backends.asyncpg", "credentials": credentials}


def _options(query: str) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for name, values in parse_qs(query, keep_blank_values=True).items():
        if name not in _OPTIONS:
            raise BadDatabaseUrl
        key, kind = _OPTIONS[name]
        try:
            options[key] = kind(values[-1])
        except ValueError:
            raise BadDatabaseUrl from None
    return options


async def connect_alone(url: str) -> asyncpg.Connection:
    """A connection to PostgreSQL outside the pool, by the same URL."""
    credentials = _connection(url)["credentials"]
    names = ("host", "port", "user", "password", "database", "timeout", "ssl", "statement_cache_size")
    return await asyncpg.connect(
        **{name: credentials[name] for name in names if name in credentials},
        server_settings={"application_name": f"{credentials['application_name']} alone"},
    )


async def open_database(url: str) -> Database:
    """Open the database of a URL. A PostgreSQL pool connects when it is first used."""
    context = TortoiseContext()
    with context:
        await context.init(config=tortoise_config(url))
        client = context.db()
    return Database(url, context, client, dialect_of(url))
