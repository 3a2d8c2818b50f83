"""Other people's GraphQL clients against `tramesa serve`: each signs in, pages, mutates, uploads, follows and resumes.

Their line to the server is cut while they follow, and others change invoices meanwhile. What they run is what
docs/clients.md shows (test_clients_page.py).
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from tramesa.models.domain.transitions import PartyKind, UserRole
from tramesa.models.people.passwords import hash_password
from tramesa.tests.clients.gql_client import Place, use
from tramesa.tests.conftest import SECRET, settings_for
from tramesa.tests.facturae_files import edited
from tramesa.tests.servers.line import open_line
from tramesa.tests.servers.node import CLIENTS, needs_clients, node, run_node
from tramesa.tests.servers.process import ServerProcess
from tramesa.tests.world import ISSUE, World, open_world

ROOT = Path(__file__).parents[1]
PASSWORD = "a password of the tests"
CLIENT_NAMES = ("graphql-ws", "graphql-sse", "apollo", "urql", "relay", "codegen", "gql")

PAGES = [["F-7", "F-6", "F-5"], ["F-4", "F-3", "F-2"], ["F-1"]]
DONE = {"mutated": "F-1 REGISTERED_IN_RCF", "uploaded": "F-1 REGISTERED"}
EVENTS = [
    "F-1 REGISTERED_IN_RCF",
    "F-2 DELIVERED",
    "F-3 DELIVERED",
    "F-4 DELIVERED",
    "F-8 SENT",
    "F-8 REGISTERED",
]
FOLLOWED = {**DONE, "cut": True, "events": EVENTS}
"""Each change once and in order: the second and the third happened while the line was cut."""

# The list that a page shows, always from the cache: after three pages, after the mutation, after all events.
REGISTERED = [f"F-{number} REGISTERED" for number in (7, 6, 5, 4, 3, 2, 1)]
MUTATED = [*REGISTERED[:-1], "F-1 REGISTERED_IN_RCF"]
ARRIVED = ["F-8 REGISTERED", *REGISTERED[:3], "F-4 DELIVERED", "F-3 DELIVERED", "F-2 DELIVERED", MUTATED[-1]]
SHOWN = {"lists": [REGISTERED, MUTATED, ARRIVED], **FOLLOWED}

DELIVER = "mutation ($input: ChangeStatusInput!) { markInvoiceDelivered(input: $input) { errors { code } } }"


async def scene_of(world: World, password_hash: str, folder: Path) -> dict[str, Any]:
    """A public body with seven invoices, its administrator, her colleague, a supplier, a file that she may send."""
    supplier = await world.person()
    anna = await world.person(UserRole.ADMIN, kind=PartyKind.PUBLIC_BODY, password_hash=password_hash)
    colleague = await world.person(UserRole.ACCOUNTANT, party=anna)
    issued = [await world.issue(supplier, anna, number=f"F-{number}") for number in range(1, 8)]
    document = folder / f"{anna.tax_id}.xml"
    parties = (("12345678Z", anna.tax_id), ("ESQ2826000H", supplier.tax_id))
    document.write_bytes(edited(*parties, ("2026-11-20", "2026-01-15")))
    return {
        "email": anna.email,
        "password": PASSWORD,
        "document": str(document),
        "colleague": colleague.token,
        "supplier": supplier.token,
        "invoices": {invoice["number"]: invoice["id"] for invoice in issued},
        "eighth": {**world.invoice_input(anna), "number": "F-8"},
    }


async def scenes(url: str, folder: Path) -> dict[str, dict[str, Any]]:
    async with open_world(settings_for(url, folder)) as world:
        password_hash = await hash_password(PASSWORD)
        return {name: await scene_of(world, password_hash, folder) for name in CLIENT_NAMES}


@dataclass(frozen=True)
class Stage:
    """A server, and for each client people and invoices of its own."""

    server: ServerProcess
    scenes: dict[str, dict[str, Any]]

    async def play(self, client: str, **environment: str) -> Any:
        """What a client of `tests/clients` tells."""
        scene = json.dumps({"url": self.server.url, **self.scenes[client]})
        return await run_node(f"{client}.mjs", SCENE=scene, **environment)


@pytest.fixture(scope="module")
def stage(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("clients")
    shutil.copy(sqlite_template, folder / "tramesa.sqlite3")
    url = f"sqlite://{folder / 'tramesa.sqlite3'}"
    with asyncio.Runner() as runner:
        prepared = runner.run(scenes(url, folder))
    settings = {"TRAMESA_DATABASE_URL": url, "TRAMESA_SECRET_KEY": SECRET}
    with ServerProcess(folder / "log", settings) as server:
        yield Stage(server, prepared)
        assert "Traceback" not in server.output


@needs_clients
async def test_graphql_ws_misses_and_repeats_nothing(stage: Stage) -> None:
    assert await stage.play("graphql-ws") == {"lists": PAGES, **FOLLOWED, "sent": ["SignIn", "Import"]}


@needs_clients
async def test_graphql_sse_goes_on_behind_the_last_event(stage: Stage) -> None:
    sent = ["SignIn", *["Invoices"] * 3, "Register", "Import", "Changes", "Changes"]
    assert await stage.play("graphql-sse") == {"lists": PAGES, **FOLLOWED, "sent": sent}


@needs_clients
async def test_apollo_shows_mutations_and_events_without_asking_again(stage: Stage) -> None:
    assert await stage.play("apollo") == {**SHOWN, "sent": ["SignIn", *["Invoices"] * 3, "Register", "Import"]}


@needs_clients
async def test_urql_shows_mutations_and_events_without_asking_again(stage: Stage) -> None:
    sent = ["SignIn", *["Invoices"] * 3, "Register", "Import"]
    over_sse = {"streamed": [*EVENTS, "F-5 DELIVERED"], "sent": [*sent, "Changes", "Changes"]}
    assert await stage.play("urql") == {**SHOWN, **over_sse}


@pytest.fixture
def workshop(tmp_path: Path) -> Path:
    """A folder for a compiler: our schema and operations, and what npm brought."""
    for name in ("schema.graphql", "tests/clients/operations.graphql"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "node_modules").symlink_to(CLIENTS / "node_modules")
    return tmp_path


@needs_clients
async def test_relay_compiles_and_keeps_its_connection(stage: Stage, workshop: Path) -> None:
    shutil.copytree(CLIENTS / "relay", workshop, dirs_exist_ok=True)
    (workshop / "artifacts").mkdir()
    await node("node_modules/relay-compiler/cli.js", "relay.config.json", folder=workshop)

    sent = ["InvoicesSignInMutation", "InvoicesQuery", "InvoicesPageQuery", "InvoicesPageQuery"]
    sent += ["InvoicesRegisterMutation", "InvoicesImportMutation", "InvoicesRowQuery"]
    refetched = {"number": "F-8", "status": "REGISTERED", "version": 2}
    told = await stage.play("relay", ARTIFACTS=str(workshop / "artifacts"))
    assert told == {**SHOWN, "sent": sent, "refetched": refetched}


@needs_clients
async def test_typescript_is_strict_about_what_codegen_writes(stage: Stage, workshop: Path) -> None:
    shutil.copytree(CLIENTS / "codegen", workshop, dirs_exist_ok=True)
    await node("node_modules/@graphql-codegen/cli/esm/bin.js", "--config", "codegen.json", folder=workshop)
    await node("node_modules/typescript/bin/tsc", "--project", ".", folder=workshop)

    sent = ["SignIn", *["Invoices"] * 3, "Register", "Import"]
    told = await stage.play("codegen", COMPILED=str(workshop / "compiled"))
    assert told == {"lists": PAGES, **FOLLOWED, "sent": sent}

    client = workshop / "client.ts"
    client.write_text(client.read_text().replace('rcfNumber: "2026/1"', "rcfNumber: 2026"))
    refusal = await node("node_modules/typescript/bin/tsc", "--project", ".", "--noEmit", folder=workshop, status=1)
    assert re.findall(r"error (TS\d+): (.*)", refusal) == [
        ("TS2322", "Type 'number' is not assignable to type 'string'.")
    ]


async def test_gql_misses_and_repeats_nothing(stage: Stage) -> None:
    scene = stage.scenes["gql"]
    async with (
        asyncio.timeout(30),
        open_line(stage.server.url) as (url, line),
        httpx.AsyncClient(base_url=stage.server.url) as client,
    ):

        async def ask(token: str, query: str, given: dict[str, Any]) -> None:
            headers = {"authorization": f"Bearer {token}"}
            answer = await client.post(
                "/graphql", json={"query": query, "variables": {"input": given}}, headers=headers
            )
            [payload] = answer.json()["data"].values()
            assert payload["errors"] == []

        async def deliver(number: str) -> None:
            await ask(scene["colleague"], DELIVER, {"invoiceId": scene["invoices"][number]})

        kept: dict[str, Any] = {}
        place = Place(f"{url}/graphql", scene["email"], PASSWORD, Path(scene["document"]), line.whole)
        events = use(place, kept)
        heard = [await anext(events)]
        broken = line.cut()
        await deliver("F-2")
        await deliver("F-3")
        line.mend()
        heard += [await anext(events), await anext(events)]
        await deliver("F-4")
        await ask(scene["supplier"], ISSUE, scene["eighth"])
        heard += [await anext(events) for _ in range(3)]
        await events.aclose()

    assert [f"{event['invoice']['number']} {event['change']['to']}" for event in heard] == EVENTS
    assert broken > 0
    edges = [page["invoices"]["edges"] for page in kept["pages"]]
    assert [[edge["node"]["number"] for edge in page] for page in edges] == PAGES
    invoices = {"mutated": kept["registerInvoiceInRcf"]["invoice"], "uploaded": kept["importInvoice"]["invoice"]}
    assert {name: f"{it['number']} {it['status']}" for name, it in invoices.items()} == DONE
