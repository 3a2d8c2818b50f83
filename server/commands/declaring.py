"""What every command of ``tramesa`` stands on: the settings, and a database to work on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from ...models.database import UNREACHABLE, Database, open_database
from ...models.domain.errors import Refusal, TramesaError
from ...models.migrating import migrate as migrate_database
from ..settings import Settings, read_settings

T = TypeVar("T")


def current_settings() -> Settings:
    """The settings of the environment; a wrong one ends the command with one line."""
    try:
        return read_settings()
    except TramesaError as error:
        raise click.ClickException(str(error)) from None


def run_on_database(work: Callable[[Database], Awaitable[T]]) -> T:
    """Run something on the migrated database of the settings; refusals end the command with one line."""
    settings = current_settings()

    async def run() -> T:
        await migrate_database(settings.database_url)
        database = await open_database(settings.database_url)
        try:
            return await work(database)
        finally:
            await database.close()

    try:
        return asyncio.run(run())
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from None
    except UNREACHABLE as error:
        raise click.ClickException(f"The database cannot be reached: {error}") from None
