"""Tortoise's SQLite backend with transactions that take the write lock at once.

``BEGIN`` is deferred in SQLite: two processes that read and then write both fail with "database is locked", whatever
the timeout. ``BEGIN IMMEDIATE`` makes the second wait for the first.
"""

from __future__ import annotations

import sqlite3

from tortoise.backends.base.client import TransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper
from tortoise.exceptions import TransactionManagementError


class ImmediateTransaction(SqliteTransactionWrapper):
    """A transaction that holds the write lock from its first statement."""

    async def begin(self) -> None:
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise TransactionManagementError(error) from error


class ImmediateSqliteClient(SqliteClient):
    """The client that ``models.database`` opens for ``sqlite://`` addresses."""

    def _in_transaction(self) -> TransactionContext:
        return SqliteTransactionContext(ImmediateTransaction(self), self._lock)


client_class = ImmediateSqliteClient
