"""Clients that vanish at any moment leave nothing behind: no task, no connection taken, no object, no complaint."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from structlog.testing import capture_logs
from websockets.exceptions import ConnectionClosed

from tramesa.graphql.context import Context
from tramesa.server.websocket import Connection
from tramesa.tests.following import BEGINNING, FOLLOW
from tramesa.tests.servers.inprocess import listening
from tramesa.tests.sockets import PATIENCE, open_socket, until
from tramesa.tests.world import ISSUE, Person, World

SLOW = "{ invoices(role: ISSUER) { nodes { id number history { to at } receiver { name } document { sha256 } } } }"


@pytest.fixture
async def server(world: World) -> AsyncIterator[str]:
    async with listening(world.app) as url:
        yield url


def remaining() -> int:
    """How many operations and sockets are in memory."""
    gc.collect()
    return sum(isinstance(thing, Connection | Context) for thing in gc.get_objects())


def all_at_home(world: World) -> bool:
    """Whether every connection of the pool is idle; SQLite has one, which waits for nobody."""
    pool = getattr(world.services.database.client, "_pool", None)
    return pool is None or pool.get_idle_size() == pool.get_size()


async def vanish_from_a_socket(url: str, person: Person, receiver: Person, chance: random.Random) -> None:
    async with open_socket(url, person.token, initialise=chance.random() < 0.9) as socket:
        await socket.subscribe("1", FOLLOW, **chance.choice(({}, {"after": BEGINNING})))
        await socket.subscribe("2", ISSUE, input=person.world.invoice_input(receiver))
        await socket.subscribe("3", SLOW)
        if chance.random() < 0.5:
            with suppress(ConnectionClosed):  # Who has not introduced himself is sent away.
                await socket.receive()  # In the middle of being answered.
        for _ in range(chance.randrange(3)):
            await asyncio.sleep(0)
        socket.connection.transport.abort()


async def vanish_from_http(url: str, person: Person, receiver: Person, chance: random.Random) -> None:
    """A query, a mutation or a stream, of which a part is sent or all; before or while it is answered."""
    query, variables, more = chance.choice(
        (
            (SLOW, {}, ""),
            (ISSUE, {"input": person.world.invoice_input(receiver)}, ""),
            (FOLLOW, {"after": BEGINNING}, "accept: text/event-stream\r\n"),
            (FOLLOW, {}, "accept: text/event-stream\r\n"),
        )
    )
    body = json.dumps({"query": query, "variables": variables}).encode()
    head = (
        f"POST /graphql HTTP/1.1\r\nhost: {urlsplit(url).netloc}\r\nauthorization: Bearer {person.token}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n{more}\r\n"
    )
    sent = head.encode() + body
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
    length = chance.choice((len(sent), len(sent), len(sent) // 2, len(head), 10))
    writer.write(sent[:length])
    await writer.drain()
    if length == len(sent) and chance.random() < 0.5:
        async with asyncio.timeout(PATIENCE):
            assert await reader.readuntil(b"\r\n\r\n")  # The answer has begun, a stream's first event is on its way.
            await reader.read(1)
    for _ in range(chance.randrange(4)):
        await asyncio.sleep(0)
    writer.transport.abort()


@pytest.mark.parametrize("vanish", [vanish_from_a_socket, vanish_from_http])
async def test_clients_that_vanish_leave_nothing_behind(
    world: World, server: str, caplog: pytest.LogCaptureFixture, vanish: Callable[..., Awaitable[None]]
) -> None:
    chance = random.Random(4)
    issuer, receiver = await world.person(), await world.person()
    await world.issue(issuer, receiver)
    tasks, things = len(asyncio.all_tasks()), remaining()

    with caplog.at_level(logging.WARNING), capture_logs() as logs:
        for _ in range(4):
            await asyncio.gather(*(vanish(server, issuer, receiver, chance) for _ in range(25)))
        await until(lambda: len(asyncio.all_tasks()) <= tasks and all_at_home(world))

    assert (world.services.database.signals.following, world.services.capacity.taken) == (0, 0)
    assert remaining() <= things
    assert [log for log in logs if log["event"] != "operation"] == []
    warnings = [record for record in caplog.records if record.levelno >= logging.WARNING]
    # asyncio says this of itself, where several messages were under way at once to somebody who has just gone.
    assert [record for record in warnings if record.getMessage() != "socket.send() raised exception."] == []
    # Nobody is left who holds the database: the next one is served.
    assert (await issuer.ask(SLOW))["invoices"]["nodes"] != []
