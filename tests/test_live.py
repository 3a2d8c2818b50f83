"""What is pushed: over WebSocket and SSE, to issuer and receiver, resumed without a gap, between processes."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from tramesa.models.domain.transitions import PartyRole
from tramesa.models.feeds.positions import STATUS_FEED
from tramesa.models.people.authority import Authority
from tramesa.models.people.passwords import hash_password
from tramesa.server import events as server_events
from tramesa.tests.conftest import SECRET, settings_for
from tramesa.tests.following import BEGINNING, DELIVER, END, FOLLOW, deliver, next_event, open_events, told
from tramesa.tests.servers.inprocess import listening
from tramesa.tests.servers.process import ServerProcess
from tramesa.tests.sockets import open_socket, until
from tramesa.tests.world import World, costless, open_world

PASSWORD = "a long enough password"


@pytest.fixture
async def server(world: World) -> AsyncIterator[str]:
    async with listening(world.app) as url:
        yield url


@pytest.fixture
async def small_server(small_world: World) -> AsyncIterator[str]:
    async with listening(small_world.app) as url:
        yield url


async def following(world: World, count: int) -> None:
    await until(lambda: world.services.database.signals.following == count)


async def test_issuer_and_receiver_hear_of_what_happens_from_now_on(world: World, server: str) -> None:
    issuer, receiver = await world.person(), await world.person()
    await world.issue(issuer, receiver)

    async with open_socket(server, issuer.token) as one, open_socket(server, receiver.token) as other:
        await one.subscribe("1", FOLLOW)
        await other.subscribe("1", FOLLOW, role="RECEIVER")
        await following(world, 2)
        invoice = await world.issue(issuer, receiver)
        await deliver(receiver, invoice)
        heard = [[await next_event(socket) for _ in range(3)] for socket in (one, other)]

    steps = [(invoice["number"], status) for status in ("SENT", "REGISTERED", "DELIVERED")]
    assert [[told(event) for event in events] for events in heard] == [steps, steps]
    assert [event["cursor"] for event in heard[0]] == [
        STATUS_FEED.cursor(PartyRole.ISSUER, place) for place in (3, 4, 5)
    ]
    assert [event["cursor"] for event in heard[1]] == [
        STATUS_FEED.cursor(PartyRole.RECEIVER, place) for place in (3, 4, 5)
    ]
    assert heard[0][2]["invoice"] == heard[1][2]["invoice"]
    assert heard[0][2]["invoice"] == {key: invoice[key] for key in ("id", "number")} | {
        "status": "DELIVERED",
        "version": 3,
    }


async def test_nobody_hears_of_what_others_do(world: World, server: str) -> None:
    issuer, receiver, stranger = await world.person(), await world.person(), await world.person()

    async with open_socket(server, stranger.token) as socket, open_socket(server, issuer.token) as other_role:
        await socket.subscribe("1", FOLLOW)
        await other_role.subscribe("1", FOLLOW, role="RECEIVER")
        await following(world, 2)
        invoice = await world.issue(issuer, receiver)
        own = await world.issue(stranger, issuer)

        assert told(await next_event(socket)) == (own["number"], "SENT")
        assert told(await next_event(other_role)) == (own["number"], "SENT")
    assert invoice["number"] != own["number"]


@pytest.mark.parametrize("transport", ["socket", "events"])
async def test_what_happened_in_between_comes_first_once_and_in_order(
    world: World, server: str, transport: str
) -> None:
    issuer, receiver = await world.person(), await world.person()
    first = await world.issue(issuer, receiver)
    missed = [await world.issue(issuer, receiver) for _ in range(60)]
    expected = [(invoice["number"], status) for invoice in missed for status in ("SENT", "REGISTERED")]
    after = STATUS_FEED.cursor(PartyRole.ISSUER, 2)

    if transport == "socket":
        async with open_socket(server, issuer.token) as socket:
            await socket.subscribe("1", FOLLOW, after=after)
            heard = [told(await next_event(socket)) for _ in expected]
            await deliver(receiver, first)
            heard.append(told(await next_event(socket)))
    else:
        async with open_events(server, issuer.token, after=after) as events:
            heard = [told(await events.event()) for _ in expected]
            await deliver(receiver, first)
            heard.append(told(await events.event()))

    assert heard == [*expected, (first["number"], "DELIVERED")]


async def test_only_the_invoices_asked_for_are_told(world: World, server: str) -> None:
    issuer, receiver = await world.person(), await world.person()
    first, second = await world.issue(issuer, receiver), await world.issue(issuer, receiver)
    foreign = await world.issue(await world.person(), receiver)

    async with open_socket(server, issuer.token) as socket:
        await socket.subscribe("1", FOLLOW, ids=[second["id"], foreign["id"], "rubbish"])
        await following(world, 1)
        for invoice in (first, foreign, second):
            await deliver(receiver, invoice)
        assert told(await next_event(socket)) == (second["number"], "DELIVERED")
        await socket.pong()


RUBBISH = [
    "",
    "x",
    "é",
    "!!!!",
    "SVNTVUVSOg==",
    "SVNTVUVSOi0x",
    STATUS_FEED.cursor(PartyRole.RECEIVER, 1),
    "A" * 10_000,
]


@pytest.mark.parametrize("after", RUBBISH)
async def test_a_cursor_that_is_none_is_an_error(small_world: World, small_server: str, after: str) -> None:
    someone = await small_world.person()

    async with open_socket(small_server, someone.token) as socket:
        await socket.subscribe("1", FOLLOW, after=after)
        message = await socket.receive()
    async with open_events(small_server, someone.token, after=after) as events:
        response, end = await events.next(), await events.block()

    assert message["type"] == "error"
    assert message["payload"] == response["errors"]
    (error,) = response["errors"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argumentPath": ["after"]}
    assert end == END


async def test_a_stream_has_the_shape_of_server_sent_events(small_world: World, small_server: str) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()

    async with open_events(small_server, issuer.token) as events:
        await following(small_world, 1)
        opening = await events.block()
        await small_world.issue(issuer, receiver)
        block = await events.block()
        headers = events.response.headers

    assert (headers["content-type"], headers["cache-control"]) == ("text/event-stream; charset=utf-8", "no-store")
    start, cursor = (STATUS_FEED.cursor(PartyRole.ISSUER, place).encode() for place in (0, 1))
    assert opening == b":\nid: " + start
    assert block is not None
    assert b"\r" not in block
    assert block.startswith(b'event: next\ndata: {"data":{"invoiceStatusChanged":{"cursor":"' + cursor + b'"')
    assert block.endswith(b"\nid: " + cursor)
    assert block.count(b"\n") == 2


async def test_a_silent_stream_is_kept_alive(
    small_world: World, small_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_events, "HEARTBEAT", 0.02)
    someone = await small_world.person()

    async with open_events(small_server, someone.token) as events:
        assert [await events.block() for _ in range(5)] == [b":\nid: " + BEGINNING.encode(), *[b":"] * 4]


async def test_a_stream_breaks_off_where_the_server_stops(small_world: World, small_server: str) -> None:
    someone = await small_world.person()

    async with open_events(small_server, someone.token) as events:
        await following(small_world, 1)
        small_world.services.drain()
        assert [await events.block(), await events.block()] == [b":\nid: " + BEGINNING.encode(), None]
    await following(small_world, 0)


async def signed_in(world: World) -> str:
    someone = await world.person(password_hash=await hash_password(PASSWORD))
    return (await world.services.authority.sign_in(someone.email, PASSWORD, "127.0.0.1")).access


async def test_a_stream_ends_when_its_token_runs_out(small_world: World, small_server: str) -> None:
    services = small_world.services
    services.authority = Authority(services.database, SECRET, access_lifetime=timedelta(seconds=2))

    async with open_events(small_server, await signed_in(small_world)) as events:
        (error,) = (await events.next())["errors"]
        assert (error["extensions"], await events.block()) == ({"code": "UNAUTHENTICATED"}, END)
    await following(small_world, 0)


async def test_a_stream_ends_when_its_session_is_closed(small_world: World, small_server: str) -> None:
    token = await signed_in(small_world)

    async with open_events(small_server, token) as events:
        await following(small_world, 1)
        await small_world.execute("mutation { signOut { errors { code } } }", {}, token)
        await small_world.services.watch.look()
        (error,) = (await events.next())["errors"]
        assert (error["extensions"], await events.block()) == ({"code": "UNAUTHENTICATED"}, END)


async def test_who_was_cut_off_goes_on_by_the_last_event_id(world: World, server: str) -> None:
    issuer, receiver = await world.person(), await world.person()
    heard = []

    async with open_events(server, issuer.token) as events:
        await events.block()
        last = events.last_id
    for _ in range(3):
        invoice = await world.issue(issuer, receiver)
        async with open_events(server, issuer.token, last_id=last, after=BEGINNING) as events:
            heard += [told(await events.event()), told(await events.event())]
            last = events.last_id
        assert heard[-2:] == [(invoice["number"], status) for status in ("SENT", "REGISTERED")]

    assert last == STATUS_FEED.cursor(PartyRole.ISSUER, 6)


async def test_an_event_has_its_id_whether_the_cursor_is_asked_for_or_not(
    small_world: World, small_server: str
) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    await small_world.issue(issuer, receiver)
    query = "subscription ($after: String) { changed: invoiceStatusChanged(after: $after) { change { to } } }"

    async with open_events(small_server, issuer.token, query=query, after=BEGINNING) as events:
        heard = [((await events.next())["data"]["changed"]["change"]["to"], events.last_id) for _ in range(2)]

    assert heard == [
        ("SENT", STATUS_FEED.cursor(PartyRole.ISSUER, 1)),
        ("REGISTERED", STATUS_FEED.cursor(PartyRole.ISSUER, 2)),
    ]


async def test_what_a_stream_leaves_out_moves_its_id(
    small_world: World, small_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_events, "HEARTBEAT", 0.02)
    issuer, receiver = await small_world.person(), await small_world.person()
    await small_world.issue(issuer, receiver)

    async with open_events(small_server, issuer.token, after=BEGINNING, ids=["another"]) as events:
        while events.last_id != STATUS_FEED.cursor(PartyRole.ISSUER, 2):
            assert (await events.block() or b"").startswith(b":")


@pytest.mark.parametrize("last", [*RUBBISH[1:2], *RUBBISH[3:], STATUS_FEED.cursor(PartyRole.ISSUER, 9)])
async def test_a_last_event_id_that_is_no_cursor_is_an_error(small_world: World, small_server: str, last: str) -> None:
    someone = await small_world.person()

    async with open_events(small_server, someone.token, last_id=last) as events:
        (error,) = (await events.next())["errors"]
        assert (error["extensions"]["code"], await events.block()) == ("BAD_USER_INPUT", END)


async def test_a_mutation_runs_over_a_stream(small_world: World, small_server: str) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    invoice = await small_world.issue(issuer, receiver)

    async with open_events(small_server, receiver.token, query=DELIVER, i={"invoiceId": invoice["id"]}) as events:
        response, end = await events.next(), await events.block()

    assert costless(response) == {"data": {"markInvoiceDelivered": {"invoice": {"status": "DELIVERED"}, "errors": []}}}
    assert end == END


async def test_a_stream_more_than_there_is_room_for_is_refused(small_world: World, small_server: str) -> None:
    someone = await small_world.person()
    small_world.services.capacity.limit = 1

    async with open_events(small_server, someone.token) as events:
        await events.block()
        async with open_events(small_server, someone.token) as refused:
            body = json.loads(await refused.response.aread())
    await until(lambda: small_world.services.capacity.taken == 0)

    assert (refused.response.status_code, refused.response.headers["retry-after"]) == (503, "5")
    assert [error["extensions"] for error in body["errors"]] == [{"code": "OVERLOADED"}]


async def test_a_stream_needs_credentials(small_server: str) -> None:
    async with open_events(small_server, None) as events:
        (error,) = (await events.next())["errors"]
        assert (error["extensions"], await events.block()) == ({"code": "UNAUTHENTICATED"}, END)


async def test_nothing_is_left_of_streams_that_vanish(small_world: World, small_server: str) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    before = len(asyncio.all_tasks())

    async def come_and_go() -> None:
        async with open_events(small_server, issuer.token, after=BEGINNING) as events:
            await events.block()

    await small_world.issue(issuer, receiver)
    for _ in range(5):
        await asyncio.gather(*(come_and_go() for _ in range(20)))

    await following(small_world, 0)
    await until(lambda: len(asyncio.all_tasks()) <= before)
    assert small_world.services.database.signals.following == 0


@pytest.mark.parametrize("seed", [1, 2])
async def test_who_is_cut_off_at_random_misses_nothing(world: World, server: str, seed: int) -> None:
    chance = random.Random(seed)
    issuer, receiver = await world.person(), await world.person()
    steps: list[tuple[str, str]] = []
    heard: list[tuple[str, tuple[str, str]]] = []

    async def change() -> None:
        for _ in range(20):
            invoice = await world.issue(issuer, receiver)
            await deliver(receiver, invoice)
            steps.extend((invoice["number"], status) for status in ("SENT", "REGISTERED", "DELIVERED"))

    async def follow() -> None:
        while len(heard) < 60:
            after = heard[-1][0] if heard else BEGINNING
            async with open_socket(server, issuer.token) as socket:
                await socket.subscribe("1", FOLLOW, after=after)
                for _ in range(min(chance.randrange(7), 60 - len(heard))):
                    event = await next_event(socket)
                    heard.append((event["cursor"], told(event)))
                socket.connection.transport.abort()

    await asyncio.gather(change(), follow())

    assert heard == [(STATUS_FEED.cursor(PartyRole.ISSUER, place), step) for place, step in enumerate(steps, 1)]
    await following(world, 0)


def environment(url: str) -> dict[str, str]:
    return {"TRAMESA_DATABASE_URL": url, "TRAMESA_SECRET_KEY": SECRET}


async def test_a_change_in_one_process_reaches_the_followers_of_another(world: World, tmp_path: Path) -> None:
    issuer, receiver = await world.person(), await world.person()
    url = world.services.settings.database_url

    async with (
        ServerProcess(tmp_path / "log", environment(url)) as other,
        open_socket(other.url, issuer.token) as socket,
    ):
        await socket.subscribe("1", FOLLOW, after=BEGINNING)
        invoice = await world.issue(issuer, receiver)
        heard = [told(await next_event(socket)) for _ in range(2)]
        await deliver(receiver, invoice)
        heard.append(told(await next_event(socket)))

    assert heard == [(invoice["number"], status) for status in ("SENT", "REGISTERED", "DELIVERED")]


async def test_a_process_that_lost_its_ear_hears_again(postgres_url: str, tmp_path: Path) -> None:
    async with open_world(settings_for(postgres_url, tmp_path)) as world:
        issuer, receiver = await world.person(), await world.person()
        async with (
            ServerProcess(tmp_path / "log", environment(postgres_url)) as other,
            open_socket(other.url, issuer.token) as socket,
        ):
            await socket.subscribe("1", FOLLOW, after=BEGINNING)
            invoice = await world.issue(issuer, receiver)
            heard = [told(await next_event(socket)) for _ in range(2)]
            await _deafen(postgres_url)
            await deliver(receiver, invoice)
            heard.append(told(await next_event(socket)))
            await until(lambda: "listen_lost" in other.output)

    assert heard == [(invoice["number"], status) for status in ("SENT", "REGISTERED", "DELIVERED")]


async def _deafen(url: str) -> None:
    """Cut every connection that listens."""
    admin = await asyncpg.connect(url)
    try:
        cut = await admin.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'tramesa alone'"
        )
    finally:
        await admin.close()
    assert len(cut) == 2
