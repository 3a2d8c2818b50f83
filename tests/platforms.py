"""Several Tramesa servers as platforms to one another: real processes on databases of their own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2 as httpx

from tramesa.models.database import Database, open_database
from tramesa.models.domain.transitions import PartyKind, UserRole
from tramesa.models.people.authority import Authority
from tramesa.models.people.parties import NewParty, NewUser, add_party, add_user
from tramesa.models.platforms.keys import ensure_key, public_keys
from tramesa.models.platforms.known import NewPlatform, add_platform
from tramesa.tests.conftest import SECRET
from tramesa.tests.servers.process import ServerProcess

PATIENCE = 25.0


@dataclass
class Somebody:
    """A person with a token, on one of the servers."""

    url: str
    tax_id: str
    token: str

    async def ask(self, query: str, /, **variables: Any) -> Any:
        async with httpx.AsyncClient(timeout=20) as client:
            body = {"query": query, "variables": variables}
            answer = await client.post(
                f"{self.url}/graphql", json=body, headers={"authorization": f"Bearer {self.token}"}
            )
        read = answer.json()
        assert "errors" not in read, read["errors"]
        return read["data"]

    async def bring(self, document: bytes, *attachments: tuple[str, bytes]) -> dict[str, Any]:
        """The invoice of an import that must succeed."""
        files = {"0": ("factura.xml", document)} | {str(at): file for at, file in enumerate(attachments, start=1)}
        places = {"0": ["variables.input.file"]} | {
            str(at): [f"variables.input.attachments.{at - 1}"] for at in range(1, len(attachments) + 1)
        }
        query = """mutation ($input: ImportInvoiceInput!) { importInvoice(input: $input) {
          invoice { id status version document { sha256 } } errors { code message path } } }"""
        given = {"file": None, "attachments": [None for _ in attachments]}
        async with httpx.AsyncClient(timeout=20) as client:
            answer = await client.post(
                f"{self.url}/graphql",
                data={
                    "operations": json.dumps({"query": query, "variables": {"input": given}}),
                    "map": json.dumps(places),
                },
                files=files,
                headers={"authorization": f"Bearer {self.token}"},
            )
        payload = answer.json()["data"]["importInvoice"]
        assert payload["errors"] == []
        invoice: dict[str, Any] = payload["invoice"]
        return invoice


@dataclass
class Island:
    """A server process with a database of its own.

    This process opens it only for a moment: Tortoise has one kind of database at a time.
    """

    name: str
    database_url: str
    process: ServerProcess
    running: bool = False

    @property
    def url(self) -> str:
        return self.process.url

    async def start(self) -> None:
        await asyncio.to_thread(self.process.start)
        self.running = True

    async def cut_off(self) -> None:
        """As when the power fails."""
        await asyncio.to_thread(self.process.kill)
        self.running = False

    def freeze(self) -> None:
        """It hangs: its connections stay, and nobody answers."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on where it was."""
        os.kill(self.process.pid, signal.SIGCONT)

    async def close(self) -> None:
        if self.running:
            await asyncio.to_thread(self.process.stop)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Database]:
        database = await open_database(self.database_url)
        try:
            yield database
        finally:
            await database.close()

    async def somebody(
        self, tax_id: str, name: str, *, kind: PartyKind = PartyKind.COMPANY, email: str | None = None
    ) -> Somebody:
        """An administrator of a new party here."""
        address = f"{tax_id.lower()}@{self.name.lower()}.example.org"
        user = NewUser(
            email=address, name=f"{name}'s", party_tax_id=tax_id, roles=(UserRole.ADMIN,), password_hash=None
        )
        async with self.opened() as database:
            await add_party(database, NewParty(tax_id=tax_id, name=name, kind=kind, email=email))
            await add_user(database, user)
            token = await Authority(database, SECRET).create_api_token(address, "test")
        assert token is not None
        return Somebody(self.url, tax_id, token)


def make_island(name: str, database_url: str, folder: Path) -> Island:
    """A server that is not started yet; where it will listen is known already."""
    environment = {"TRAMESA_DATABASE_URL": database_url, "TRAMESA_SECRET_KEY": SECRET}
    return Island(name, database_url, ServerProcess(folder / f"{name}.log", environment))


async def introduce(*islands: Island) -> None:
    """Enter each on every other, with its key, as operators do."""
    keys = {}
    for island in islands:
        async with island.opened() as database:
            await ensure_key(database, SECRET)
            [(_, keys[island.name])] = await public_keys(database)
    for here in islands:
        async with here.opened() as database:
            for there in islands:
                if here is not there:
                    wanted = NewPlatform(name=there.name, address=there.url, keys=[keys[there.name]])
                    await add_platform(database, wanted)


async def until(work: Callable[[], Awaitable[Any]], wanted: Any, *, within: float = PATIENCE) -> Any:
    """Ask again until the answer is ``wanted``, or fail with the last one."""
    deadline = time.monotonic() + within
    while (answer := await work()) != wanted:
        assert time.monotonic() < deadline, answer
        await asyncio.sleep(0.05)
    return answer
