"""That docs/programs.md is true: its examples are valid and run on the demo."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from graphql import parse, validate

from tramesa.graphql.schema import build_schema
from tramesa.server.demo.filling import fill
from tramesa.tests.test_docs import blocks
from tramesa.tests.test_house import ROOT
from tramesa.tests.world import World

PAGE = (ROOT / "docs" / "programs.md").read_text()
EXAMPLES = blocks(PAGE, "graphql")
SCHEMA = build_schema()
DEMO = datetime(2026, 11, 19, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_are_valid(example: str) -> None:
    assert validate(SCHEMA, parse(example)) == []


class Program:
    """Somebody's token, to run the page's examples with, by their names."""

    def __init__(self, world: World, token: str) -> None:
        self.world, self.token = world, token

    async def run(self, name: str, **variables: Any) -> Any:
        """The data of an example; it must have no GraphQL errors."""
        [example] = [text for text in EXAMPLES if f" {name}" in text.partition("{")[0]]
        answer = await self.world.execute(example, variables, self.token)
        assert "errors" not in answer, answer
        [payload] = answer["data"].values()
        return payload


async def test_a_program_gets_its_token(small_world: World) -> None:
    await fill(small_world.services.database, DEMO)
    token = await small_world.services.authority.create_api_token("anna@riudeclara.example.org", "first")
    assert token is not None

    made = await Program(small_world, token).run("NewToken")

    assert (made["errors"], made["apiToken"]["scopes"]) == ([], ["INVOICES_READ", "STATUS_CHANGE"])


async def test_a_program_fetches_confirms_and_tells(small_world: World) -> None:
    await fill(small_world.services.database, DEMO)
    token = await small_world.services.authority.create_api_token("montse@riudeclara.example.org", "erp")
    assert token is not None
    program = Program(small_world, token)

    pending = await program.run("Pending")
    ids = [invoice["id"] for invoice in pending["invoices"]]
    confirmed = await program.run("Confirm", ids=ids)
    changes = [{"invoiceId": one, "to": "REGISTERED_IN_RCF", "rcfNumber": f"RCF/{one[-6:]}"} for one in ids]
    told = [await program.run("Tell", changes=changes, key="2026-11-19/1") for _ in range(2)]

    assert (bool(ids), pending["hasMore"]) == (True, False)
    assert [result["invoice"]["status"] for result in confirmed["results"]] == ["DELIVERED"] * len(ids)
    assert [result["invoice"]["status"] for result in told[0]["results"]] == ["REGISTERED_IN_RCF"] * len(ids)
    assert told[0] == told[1]
    assert (await program.run("Pending"))["invoices"] == []


async def test_a_program_is_told_by_webhook(small_world: World) -> None:
    await fill(small_world.services.database, DEMO)
    token = await small_world.services.authority.create_api_token("anna@riudeclara.example.org", "erp")
    assert token is not None
    program = Program(small_world, token)

    made = await program.run("NewWebhook", url="https://erp.example.org/tramesa")
    shown = await program.run("Deliveries")

    assert (made["errors"], made["secret"][:6]) == ([], "whsec_")
    assert [(one["url"], one["deliveries"]["nodes"]) for one in shown] == [("https://erp.example.org/tramesa", [])]


async def test_a_program_takes_many_documents_at_once(small_world: World) -> None:
    await fill(small_world.services.database, DEMO)
    token = await small_world.services.authority.create_api_token("montse@riudeclara.example.org", "erp")
    assert token is not None
    program = Program(small_world, token)
    ids = [invoice["id"] for invoice in (await program.run("Pending"))["invoices"]]

    made = await program.run("Pack", ids=ids)
    response = await small_world.client.get(made["archive"]["signedUrl"])

    manifest = json.loads(zipfile.ZipFile(io.BytesIO(response.content)).read("manifest.json"))
    assert [invoice["id"] for invoice in manifest["invoices"]] == ids
