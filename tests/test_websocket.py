"""graphql-transport-ws, frame by frame, against uvicorn as it serves."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs
from websockets.exceptions import InvalidStatus

from tramesa.models.domain.transitions import UserRole
from tramesa.models.people.authority import Authority
from tramesa.models.people.passwords import hash_password
from tramesa.models.tables import User
from tramesa.server import websocket
from tramesa.tests.servers.inprocess import listening
from tramesa.tests.sockets import open_socket, until
from tramesa.tests.world import World

FOLLOW = "subscription { invoiceStatusChanged { cursor } }"
ME = "{ viewer { name } }"
PASSWORD = "a long enough password"


@pytest.fixture
async def server(small_world: World) -> AsyncIterator[str]:
    """The address of a server whose services are the small world's."""
    async with listening(small_world.app) as url:
        yield url


async def session_of(world: World) -> str:
    """The access token of somebody who has just signed in."""
    someone = await world.person(password_hash=await hash_password(PASSWORD))
    tokens = await world.services.authority.sign_in(someone.email, PASSWORD, "127.0.0.1")
    return tokens.access


async def following(world: World, count: int) -> None:
    """Wait until so many follow a feed."""
    await until(lambda: world.services.database.signals.following == count)


@pytest.mark.parametrize("protocol", [None, "graphql-ws", "Graphql-Transport-WS"])
async def test_another_subprotocol_is_refused(server: str, protocol: str | None) -> None:
    async with open_socket(server, initialise=False, protocol=protocol) as socket:
        assert await socket.end() == (4406, "Subprotocol not acceptable")
        assert socket.connection.subprotocol is None


async def test_who_does_not_introduce_himself_is_sent_away(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "INIT_TIMEOUT", 0.1)

    async with open_socket(server, initialise=False) as socket:
        assert await socket.end() == (4408, "Connection initialisation timeout")


async def test_who_has_introduced_himself_may_stay(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "INIT_TIMEOUT", 0.1)

    async with open_socket(server) as socket:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await socket.receive()
        await socket.pong()


async def test_introducing_oneself_twice_ends_it(server: str) -> None:
    async with open_socket(server) as socket:
        await socket.send({"type": "connection_init"})
        assert await socket.end() == (4429, "Too many initialisation requests")


async def test_subscribing_before_the_acknowledgement_ends_it(server: str) -> None:
    async with open_socket(server, initialise=False) as socket:
        await socket.subscribe("1", ME)
        assert await socket.end() == (4401, "Unauthorized")


async def test_an_id_in_use_ends_it(small_world: World, server: str) -> None:
    someone = await small_world.person()
    id_ = "ç" * 200

    async with open_socket(server, someone.token) as socket:
        await socket.subscribe(id_, FOLLOW)
        await socket.subscribe(id_, ME)
        assert await socket.end() == (4409, f"Subscriber for {'ç' * 52}")
    await following(small_world, 0)


SUBSCRIBE = {"type": "subscribe", "id": "1"}
MALFORMED: dict[str, Any] = {
    "no JSON": "{",
    "empty": "",
    "list": [],
    "number": 5,
    "string": '"x"',
    "null": "null",
    "binary": b'{"type": "ping"}',
    "deep": "[" * 100_000,
    "no type": {},
    "type is null": {"type": None},
    "type is a list": {"type": ["ping"]},
    "unknown type": {"type": "start"},
    "a type of the server": {"type": "next", "id": "1", "payload": {}},
    "a type of Python": {"type": "__class__"},
    "ping with a list": {"type": "ping", "payload": []},
    "pong with a text": {"type": "pong", "payload": "x"},
    "type is empty": {"type": ""},
    "ping with what is too deep to give back": '{"type": "ping", "payload": ' + '{"a":' * 300 + "1" + "}" * 301,
    "lone surrogate": '{"type": "ping", "payload": {"a": "\\ud800"}}',
    "NaN": '{"type": "ping", "payload": {"a": NaN}}',
    "no id": {"type": "subscribe", "payload": {"query": ME}},
    "id is a number": {"type": "subscribe", "id": 1, "payload": {"query": ME}},
    "id is null": {"type": "subscribe", "id": None, "payload": {"query": ME}},
    "id is empty": {"type": "subscribe", "id": "", "payload": {"query": ME}},
    "complete without an id": {"type": "complete"},
    "complete with a list": {"type": "complete", "id": []},
    "no payload": SUBSCRIBE,
    "payload is null": {**SUBSCRIBE, "payload": None},
    "payload is a list": {**SUBSCRIBE, "payload": [ME]},
    "payload is a text": {**SUBSCRIBE, "payload": ME},
    "no query": {**SUBSCRIBE, "payload": {}},
    "query is a number": {**SUBSCRIBE, "payload": {"query": 5}},
    "query is null": {**SUBSCRIBE, "payload": {"query": None}},
    "variables are a list": {**SUBSCRIBE, "payload": {"query": ME, "variables": []}},
    "operation name is a number": {**SUBSCRIBE, "payload": {"query": ME, "operationName": 1}},
    "extensions are a text": {**SUBSCRIBE, "payload": {"query": ME, "extensions": "x"}},
}


@pytest.mark.parametrize("frame", MALFORMED.values(), ids=MALFORMED.keys())
async def test_a_malformed_frame_ends_it_without_a_traceback(
    server: str, frame: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with capture_logs() as logs, caplog.at_level(logging.WARNING):
        async with open_socket(server) as socket:
            await socket.send(frame)
            code, _ = await socket.end()

    assert (code, logs, caplog.records) == (4400, [], [])


async def test_a_frame_is_judged_by_its_form_before_anything_else(server: str) -> None:
    async with open_socket(server, initialise=False) as socket:
        await socket.send({**SUBSCRIBE, "payload": {"query": 5}})
        assert await socket.end() == (4400, "`query` must be a string.")


@pytest.mark.parametrize("payload", ["x", [], 5])
async def test_an_introduction_that_is_no_object_ends_it(server: str, payload: Any) -> None:
    async with open_socket(server, initialise=False) as socket:
        await socket.send({"type": "connection_init", "payload": payload})
        assert await socket.end() == (4400, "The payload must be an object")


async def test_a_frame_over_a_megabyte_ends_it(server: str) -> None:
    async with open_socket(server) as socket:
        await socket.send(" " * (1024 * 1024 + 1))
        code, _ = await socket.end()
        assert code == 1009


BROKEN = {
    "syntax": ("{", "GRAPHQL_VALIDATION_FAILED"),
    "nothing": ("", "GRAPHQL_VALIDATION_FAILED"),
    "blank": (" \n", "GRAPHQL_VALIDATION_FAILED"),
    "validation": ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
    "variables": ("query ($id: ID!) { node(id: $id) { id } }", "BAD_USER_INPUT"),
    "cursor": ('subscription { invoiceStatusChanged(after: "x") { cursor } }', "BAD_USER_INPUT"),
}


@pytest.mark.parametrize(("query", "code"), BROKEN.values(), ids=BROKEN.keys())
async def test_an_operation_that_cannot_run_is_an_error_while_others_go_on(
    small_world: World, server: str, query: str, code: str
) -> None:
    issuer = await small_world.person(name="Anna")

    async with open_socket(server, issuer.token) as socket:
        await socket.subscribe("live", FOLLOW)
        await following(small_world, 1)
        await socket.subscribe("broken", query)
        error = await socket.receive()
        await small_world.issue(issuer, await small_world.person())
        event = await socket.receive()

    assert (error["type"], error["id"], error["payload"][0]["extensions"]["code"]) == ("error", "broken", code)
    assert (event["type"], event["id"]) == ("next", "live")


@pytest.mark.parametrize("extensions", [None, {}, {"a": {"b": [1]}}])
async def test_extensions_are_taken(server: str, extensions: Any) -> None:
    async with open_socket(server) as socket:
        await socket.send({**SUBSCRIBE, "payload": {"query": ME, "extensions": extensions}})
        assert (await socket.receive())["payload"] == {"data": {"viewer": None}}


async def test_the_server_pings(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "PING_EVERY", 0.02)

    async with open_socket(server, initialise=False) as socket:
        assert [await socket.receive() for _ in range(2)] == [{"type": "ping"}, {"type": "ping"}]
        await socket.send({"type": "pong"})
        assert await socket.receive() == {"type": "ping"}


async def test_a_peer_that_is_dead_is_found(small_world: World) -> None:
    someone = await small_world.person()

    async with (
        listening(small_world.app, ping_every=0.05, patience=0.05) as url,
        open_socket(url, someone.token) as alive,
        open_socket(url, someone.token) as dead,
    ):
        await alive.subscribe("1", FOLLOW)
        await dead.subscribe("1", FOLLOW)
        await following(small_world, 2)
        dead.connection.transport.pause_reading()
        await following(small_world, 1)
        await alive.pong()
        assert small_world.services.capacity.taken == 1


async def test_ping_is_answered_with_its_payload(server: str) -> None:
    async with open_socket(server, initialise=False) as socket:
        await socket.send({"type": "ping", "payload": {"at": [1, "é"]}})
        await socket.send({"type": "pong", "payload": {"x": 1}})
        await socket.send({"type": "ping"})

        assert await socket.receive() == {"type": "pong", "payload": {"at": [1, "é"]}}
        assert await socket.receive() == {"type": "pong"}


async def test_complete_stops_an_operation_and_its_id_is_free(small_world: World, server: str) -> None:
    issuer = await small_world.person(name="Anna")

    async with open_socket(server, issuer.token) as socket:
        await socket.subscribe("1", FOLLOW)
        await following(small_world, 1)
        await socket.send({"type": "complete", "id": "1"})
        await socket.send({"type": "complete", "id": "never begun"})
        await following(small_world, 0)
        await small_world.issue(issuer, await small_world.person())
        await socket.subscribe("1", ME)

        assert await socket.receive() == {"type": "next", "id": "1", "payload": {"data": {"viewer": {"name": "Anna"}}}}
        assert await socket.receive() == {"type": "complete", "id": "1"}


async def test_an_id_is_free_once_its_operation_has_completed(small_world: World, server: str) -> None:
    someone = await small_world.person(name="Anna")
    answer = {"type": "next", "id": "1", "payload": {"data": {"viewer": {"name": "Anna"}}}}

    async with open_socket(server, someone.token) as socket:
        for _ in range(20):
            await socket.subscribe("1", ME)
            assert [await socket.receive(), await socket.receive()] == [answer, {"type": "complete", "id": "1"}]
        await socket.subscribe("1", "{")
        assert (await socket.receive())["type"] == "error"
        await socket.subscribe("1", ME)
        assert await socket.receive() == answer


async def test_a_mutation_runs_over_a_socket(small_world: World, server: str) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    invoice = await small_world.issue(issuer, receiver)
    query = "mutation ($i: ChangeStatusInput!) { markInvoiceDelivered(input: $i) { invoice { status } } }"

    async with open_socket(server, receiver.token) as socket:
        await socket.subscribe("m", query, i={"invoiceId": invoice["id"]})
        answer = await socket.receive()
        assert await socket.receive() == {"type": "complete", "id": "m"}

    assert answer["payload"] == {"data": {"markInvoiceDelivered": {"invoice": {"status": "DELIVERED"}}}}


async def test_without_credentials_each_operation_says_so(server: str) -> None:
    async with open_socket(server) as socket:
        await socket.subscribe("1", FOLLOW)
        error = await socket.receive()

    assert (error["type"], error["payload"][0]["extensions"]) == ("error", {"code": "UNAUTHENTICATED"})


@pytest.mark.parametrize("shown", ["Bearer x", "Bearer tra_x", "Basic dTpw", "x", 5, ["Bearer x"], {"a": 1}, True])
async def test_credentials_that_are_not_good_close_with_4403(server: str, shown: Any) -> None:
    async with open_socket(server, initialise=False) as socket:
        await socket.send({"type": "connection_init", "payload": {"authorization": shown}})
        assert await socket.end() == (4403, "Forbidden")


@pytest.mark.parametrize("name", ["authorization", "Authorization"])
async def test_the_introduction_may_show_credentials(small_world: World, server: str, name: str) -> None:
    someone = await small_world.person(name="Anna")

    async with open_socket(server, initialise=False) as socket:
        await socket.send({"type": "connection_init", "payload": {name: f"Bearer {someone.token}"}})
        assert await socket.receive() == {"type": "connection_ack"}
        await socket.subscribe("1", ME)
        assert (await socket.receive())["payload"] == {"data": {"viewer": {"name": "Anna"}}}


async def test_a_header_may_show_credentials(small_world: World, server: str) -> None:
    someone = await small_world.person(name="Anna")

    async with open_socket(server, headers={"authorization": f"Bearer {someone.token}"}) as socket:
        await socket.subscribe("1", ME)
        assert (await socket.receive())["payload"] == {"data": {"viewer": {"name": "Anna"}}}


async def test_a_token_that_runs_out_closes_with_4403(small_world: World, server: str) -> None:
    services = small_world.services
    services.authority = Authority(
        services.database, services.settings.secret_key, access_lifetime=timedelta(seconds=2)
    )
    token = await session_of(small_world)

    async with open_socket(server, token) as socket:
        await socket.subscribe("1", FOLLOW)
        assert await socket.end() == (4403, "Forbidden")
    await following(small_world, 0)


async def test_an_expired_token_closes_with_4403(small_world: World, server: str) -> None:
    token = await session_of(small_world)
    small_world.services.authority.clock = lambda: datetime.now(UTC) + timedelta(minutes=15)

    async with open_socket(server, initialise=False) as socket:
        await socket.send({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}})
        assert await socket.end() == (4403, "Forbidden")


async def test_a_session_that_is_closed_ends_its_next_operation(small_world: World, server: str) -> None:
    token = await session_of(small_world)

    async with open_socket(server, token) as socket:
        await small_world.execute("mutation { signOut { errors { code } } }", {}, token)
        await socket.subscribe("1", ME)
        assert await socket.end() == (4403, "Forbidden")


async def test_a_session_that_is_closed_ends_what_goes_on(small_world: World, server: str) -> None:
    token = await session_of(small_world)

    async with open_socket(server, token) as socket:
        await socket.subscribe("1", FOLLOW)
        await following(small_world, 1)
        await small_world.execute("mutation { signOut { errors { code } } }", {}, token)
        await small_world.services.watch.look()
        assert await socket.end() == (4403, "Forbidden")
    await following(small_world, 0)


async def test_a_role_withdrawn_counts_from_the_next_operation(small_world: World, server: str) -> None:
    someone = await small_world.person(UserRole.ADMIN, UserRole.ISSUER)

    async with open_socket(server, someone.token) as socket:
        with small_world.services.database.bound():
            await User.filter(id=someone.user_id).update(roles="ISSUER")
        await socket.subscribe("1", "{ viewer { roles } }")
        assert (await socket.receive())["payload"] == {"data": {"viewer": {"roles": ["ISSUER"]}}}


async def test_a_server_that_stops_closes_with_1012(small_world: World, server: str) -> None:
    someone = await small_world.person()

    async with open_socket(server, someone.token) as socket, open_socket(server, initialise=False) as silent:
        await socket.subscribe("1", FOLLOW)
        await following(small_world, 1)
        small_world.services.drain()
        assert [await socket.end(), await silent.end()] == [(1012, "Service restart")] * 2
    await following(small_world, 0)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://[", "http://127.0.0.1:1"])
async def test_a_page_of_elsewhere_gets_no_socket(server: str, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with open_socket(server, origin=origin):
            pass

    assert refused.value.response.status_code == 403


async def test_pages_of_ours_get_a_socket(server: str) -> None:
    for origin in (server, "http://tramesa.test"):
        async with open_socket(server, origin=origin) as socket:
            await socket.pong()
            assert socket.connection.subprotocol == "graphql-transport-ws"


async def test_too_many_operations_end_it(small_world: World, server: str) -> None:
    someone = await small_world.person()

    async with open_socket(server, someone.token) as socket:
        for number in range(websocket.MAX_OPERATIONS + 1):
            await socket.subscribe(str(number), FOLLOW)
        assert await socket.end() == (4429, "Too many operations")


async def test_a_socket_more_than_there_is_room_for_is_asked_to_come_later(small_world: World, server: str) -> None:
    small_world.services.capacity.limit = 1

    async with open_socket(server) as socket:
        async with open_socket(server, initialise=False) as refused:
            assert await refused.end() == (1013, "Try again later")
        await socket.pong()
    await until(lambda: small_world.services.capacity.taken == 0)
    async with open_socket(server) as another:
        await another.pong()


async def test_what_breaks_here_closes_with_1013_and_is_logged(small_world: World, server: str) -> None:
    someone = await small_world.person()
    await small_world.services.database.client.execute_script("ALTER TABLE api_token RENAME TO gone")

    with capture_logs() as logs:
        async with open_socket(server, initialise=False) as socket:
            await socket.send({"type": "connection_init", "payload": {"authorization": f"Bearer {someone.token}"}})
            assert await socket.end() == (1013, "Try again later")

    assert [log["event"] for log in logs] == ["internal_error"]


async def test_nothing_is_left_of_sockets_that_vanish(small_world: World, server: str) -> None:
    someone = await small_world.person()
    before = len(asyncio.all_tasks())

    async def come_and_go(number: int) -> None:
        async with open_socket(server, someone.token) as socket:
            await socket.subscribe("1", FOLLOW)
            if number % 2:
                await socket.subscribe("2", ME)
                await socket.receive()
            socket.connection.transport.abort()

    for start in range(0, 200, 50):
        await asyncio.gather(*(come_and_go(number) for number in range(start, start + 50)))

    await following(small_world, 0)
    await until(lambda: len(asyncio.all_tasks()) <= before)
    assert small_world.services.database.signals.following == 0
