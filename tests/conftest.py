"""What tests share: a migrated database of each kind, and a world of parties and people on it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tramesa.models.database import Database, open_database
from tramesa.models.migrating import migrate
from tramesa.server.settings import Settings
from tramesa.tests.servers.postgres import Postgres
from tramesa.tests.world import World, open_world

SECRET = "a secret of the tests that is long enough"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of this worker's own, with the migrated database ``tramesa_template``."""
    with Postgres() as server:
        with asyncio.Runner() as runner:
            runner.run(migrate(runner.run(server.create_database("tramesa_template"))))
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    with asyncio.Runner() as runner:
        runner.run(migrate(f"sqlite://{path}"))
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated SQLite database of the test's own."""
    path = tmp_path / "tramesa.sqlite3"
    shutil.copy(sqlite_template, path)
    return f"sqlite://{path}"


@pytest.fixture
async def postgres_url(postgres: Postgres) -> AsyncIterator[str]:
    """A migrated PostgreSQL database of the test's own."""
    name = f"test_{uuid4().hex}"
    yield await postgres.create_database(name, template="tramesa_template")
    await postgres.drop_database(name)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database, of each kind in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The same, opened."""
    opened = await open_database(database_url)
    yield opened
    await opened.close()


def settings_for(url: str, folder: Path) -> Settings:
    """Settings of a test: mails go to a folder."""
    return Settings(
        database_url=url,
        smtp_url=None,
        mail_from="Tramesa <tramesa@example.org>",
        mail_folder=folder / "mail",
        secret_key=SECRET,
        public_url="http://tramesa.test",
        allowed_origins=(),
    )


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """The application in this process on a database of each kind, asked over HTTP without a network."""
    async with open_world(settings_for(database_url, tmp_path)) as opened:
        yield opened


@pytest.fixture
async def small_world(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """The same on SQLite alone, for what does not depend on the database."""
    async with open_world(settings_for(sqlite_url, tmp_path)) as opened:
        yield opened
