"""A server that keeps its schema to itself: no introspection, no names suggested, no explorer; by one setting."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from graphql import get_introspection_query

from tramesa.graphql.schema import schema_text
from tramesa.tests.conftest import settings_for
from tramesa.tests.servers.inprocess import listening
from tramesa.tests.sockets import open_socket
from tramesa.tests.world import World, open_world

ASKED = {
    "all": get_introspection_query(),
    "the schema": "{ __schema { queryType { name } } }",
    "a type": '{ __type(name: "Invoice") { name } }',
    "in a fragment": "query Q { ...F } fragment F on Query { s: __schema { types { name } } }",
    "in an inline fragment": '{ ... on Query { ... @include(if: true) { __type(name: "Query") { name } } } }',
    "in a mutation": "mutation { __schema { types { name } } }",
    "what it has not": "{ __schema { directive } }",
}
# Each one letter away from a name that there is.
MISSPELT = {
    "field": ("{ viewr { id } }", {}),
    "field of a type": ("{ viewer { nam } }", {}),
    "argument": ('{ node(id: "x", idd: "x") { id } }', {}),
    "type": ("{ ... on Qery { viewer { id } } }", {}),
    "variable's type": ("query ($r: PartyRol) { feedCursor(role: $r) }", {}),
    "input field": ("{ invoices(role: ISSUER, filter: { numbr: null }) { totalCount } }", {}),
    "enum value": ("{ feedCursor(role: ISUER) }", {}),
    "enum value in a variable": ("query ($r: PartyRole!) { feedCursor(role: $r) }", {"r": "ISUER"}),
    "input field in a variable": (
        "query ($f: InvoiceFilter) { invoices(role: ISSUER, filter: $f) { totalCount } }",
        {"f": {"numbr": "1"}},
    ),
    "directive": ("{ viewer @skp(if: true) { id } }", {}),
}


@pytest.fixture
async def closed_world(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(replace(settings_for(sqlite_url, tmp_path), introspection=False)) as opened:
        yield opened


@pytest.mark.parametrize("query", ASKED.values(), ids=ASKED.keys())
async def test_introspection_is_refused_where_it_is_off(closed_world: World, query: str) -> None:
    response = await closed_world.execute(query, {})

    assert set(response) == {"errors"}
    assert {(error["message"], error["extensions"]["code"]) for error in response["errors"]} == {
        ("Introspection is off here: the schema comes with the documentation.", "INTROSPECTION_DISABLED")
    }


async def test_introspection_is_refused_over_a_socket_too(closed_world: World) -> None:
    async with listening(closed_world.app) as url, open_socket(url) as socket:
        await socket.subscribe("1", ASKED["the schema"])
        error = await socket.receive()

    assert (error["type"], error["payload"][0]["extensions"]) == ("error", {"code": "INTROSPECTION_DISABLED"})


async def test_the_name_of_a_type_is_told(closed_world: World) -> None:
    assert await closed_world.execute("{ __typename }", {}) == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize(("query", "variables"), MISSPELT.values(), ids=MISSPELT.keys())
async def test_no_name_is_suggested_where_it_is_off(
    closed_world: World, small_world: World, query: str, variables: dict[str, Any]
) -> None:
    (closed,) = (await closed_world.execute(query, variables))["errors"]
    (open_,) = (await small_world.execute(query, variables))["errors"]

    assert "id you mean" not in closed["message"]
    assert ("id you mean" in open_["message"]) == (query != MISSPELT["directive"][0])
    assert closed["extensions"] == open_["extensions"]


async def test_explorer_and_schema_are_off_with_it(closed_world: World) -> None:
    home = await closed_world.client.get("/")
    others = [await closed_world.client.get(path) for path in ("/schema.graphql", "/explorer/explorer.js")]

    assert (home.status_code, home.headers["location"]) == (307, "/live")
    assert [(page.status_code, page.text) for page in others] == [
        (404, "This is off here (TRAMESA_INTROSPECTION).")
    ] * 2


async def test_the_schema_is_served_where_it_is_on(small_world: World) -> None:
    assert (await small_world.client.get("/schema.graphql")).text == schema_text()
