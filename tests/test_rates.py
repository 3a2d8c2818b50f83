"""How much one caller may ask for in a minute."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tramesa.server.rates import REFUSED
from tramesa.tests.conftest import settings_for
from tramesa.tests.servers.inprocess import listening
from tramesa.tests.sockets import open_socket
from tramesa.tests.world import World, open_world

A_MINUTE = 10_000
EXPENSIVE = "{ invoices(role: ISSUER, first: 100) { nodes { id number status series issueDate } } }"
"""Costs 502."""


@pytest.fixture
async def bounded(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(replace(settings_for(sqlite_url, tmp_path), rate_limit=A_MINUTE)) as world:
        yield world


async def test_a_viewer_who_asks_for_too_much_is_told_when_to_come_again(bounded: World) -> None:
    person, other = await bounded.person(), await bounded.person()
    headers = {"authorization": f"Bearer {person.token}"}

    statuses = []
    for _ in range(A_MINUTE // 502):
        response = await bounded.client.post("/graphql", json={"query": EXPENSIVE}, headers=headers)
        statuses.append(response.status_code)
    refused = await bounded.client.post("/graphql", json={"query": EXPENSIVE}, headers=headers)

    assert set(statuses) == {200}
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    (error,) = refused.json()["errors"]
    assert error["extensions"] == {"code": "RATE_LIMITED", "retryAfter": int(refused.headers["retry-after"])}
    assert error["message"].startswith("Too much asked for in a minute: try again in ")
    assert (await other.ask(EXPENSIVE))["invoices"] == {"nodes": []}


async def test_who_does_not_wait_is_turned_away_unread(bounded: World) -> None:
    headers = {"authorization": f"Bearer {(await bounded.person()).token}"}
    for _ in range(A_MINUTE // 502 + 1):
        await bounded.client.post("/graphql", json={"query": EXPENSIVE}, headers=headers)

    at_once = await bounded.client.post("/graphql", content=b"this is never read", headers=headers)

    assert at_once.status_code == 429


async def test_strangers_have_less_and_pay_for_what_cannot_be_run(bounded: World) -> None:
    statuses = [
        (await bounded.client.post("/graphql", json={"query": "{ nothing }"})).status_code
        for _ in range(A_MINUTE // 10 // REFUSED + 1)
    ]

    assert statuses == [200, 200, 429]


async def test_sockets_are_bounded_too_and_stay_open(bounded: World) -> None:
    person = await bounded.person()
    messages = []

    async with listening(bounded.app) as url, open_socket(url, token=person.token) as socket:
        for number in range(A_MINUTE // 502 + 1):
            await socket.subscribe(str(number), EXPENSIVE)
            messages.append(await socket.receive())
            if messages[-1]["type"] == "next":
                await socket.receive()
        await socket.pong()

    assert [message["type"] for message in messages] == ["next"] * (A_MINUTE // 502) + ["error"]
    assert messages[-1]["payload"][0]["extensions"]["code"] == "RATE_LIMITED"


async def test_what_costs_more_than_a_minute_is_let_into_an_empty_one(sqlite_url: str, tmp_path: Path) -> None:
    async with open_world(replace(settings_for(sqlite_url, tmp_path), rate_limit=100)) as world:
        headers = {"authorization": f"Bearer {(await world.person()).token}"}
        first = await world.client.post("/graphql", json={"query": EXPENSIVE}, headers=headers)
        second = await world.client.post("/graphql", json={"query": EXPENSIVE}, headers=headers)

    assert [first.status_code, second.status_code] == [200, 429]
