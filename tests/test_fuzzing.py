"""No request whatever is answered with a fault of ours, and none leaves a traceback in the log."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import httpx2 as httpx
import pytest
from graphql import parse, validate
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed

from tramesa.graphql.schema import build_schema
from tramesa.models.database import open_database
from tramesa.models.people.authority import Authority
from tramesa.server.demo.filling import fill
from tramesa.tests.conftest import SECRET
from tramesa.tests.fuzzing import LOG, OPERATIONS, cases, forms, frames, our_fault, requests
from tramesa.tests.servers.postgres import Postgres
from tramesa.tests.servers.process import ServerProcess
from tramesa.tests.sockets import open_socket

SCHEMA = build_schema()
WHO = "anna@riudeclara.example.org"
SEED = os.environ.get("TRAMESA_FUZZ_SEED")
"""Given by ``scripts/fuzz-api``, which hunts; without one the suite asks the same each time, and little."""
MORE = 1 if SEED is None else 10
quick = settings(deadline=None, derandomize=SEED is None, database=None, suppress_health_check=list(HealthCheck))


def sown(test: Callable[..., None]) -> Callable[..., None]:
    """With the seed of the hunt, where there is one."""
    return test if SEED is None else seed(int(SEED))(test)


class Target:
    """`tramesa serve` on the demo, a token of somebody there, and ids of invoices."""

    def __init__(self, server: ServerProcess, token: str, ids: list[str]) -> None:
        self.server, self.token, self.ids = server, token, ids
        self.headers = {"authorization": f"Bearer {token}"}

    @property
    def complaints(self) -> list[str]:
        """Lines of the log that somebody would have to look into."""
        return [line for line in self.server.output.splitlines() if any(word in line for word in LOG)]


async def prepare(url: str) -> str:
    """The demo in a database; a token of somebody in it."""
    database = await open_database(url)
    try:
        await fill(database)
        token = await Authority(database, SECRET).create_api_token(WHO, "fuzz")
    finally:
        await database.close()
    assert token is not None
    return token


def known_ids(url: str, headers: dict[str, str]) -> list[str]:
    query = "{ invoices(role: RECEIVER, first: 5) { nodes { id history { id } } } viewer { party { id } } }"
    data = httpx.post(f"{url}/graphql", json={"query": query}, headers=headers).json()["data"]
    rows = data["invoices"]["nodes"]
    return [data["viewer"]["party"]["id"], *(row["id"] for row in rows), *(row["history"][0]["id"] for row in rows)]


@pytest.fixture(scope="module")
def target(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with asyncio.Runner() as runner:
        url = runner.run(postgres.create_database("fuzzed", template="tramesa_template"))
        token = runner.run(prepare(url))
    environment = {"TRAMESA_DATABASE_URL": url, "TRAMESA_SECRET_KEY": SECRET, "TRAMESA_LOG_LEVEL": "WARNING"}
    with ServerProcess(tmp_path_factory.mktemp("fuzzed") / "log", environment) as server:
        made = Target(server, token, [])
        made.ids = known_ids(server.url, made.headers)
        yield made


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_is_filled_in_is_an_operation_of_the_schema(operation: str) -> None:
    assert validate(SCHEMA, parse(operation)) == []


def test_no_operation_of_the_schema_breaks_the_server(target: Target) -> None:
    asked = []
    for label, strategy in cases(target.server.url):

        @sown
        @settings(quick, max_examples=10 * MORE)
        @given(case=strategy)
        def ask(case: Any) -> None:
            response = case.call(headers=target.headers)
            assert our_fault(response.status_code, response.json()) is None, case.body

        ask()
        asked.append(label)

    assert target.complaints == []
    assert {"Query.invoices", "Mutation.issueInvoice", "Mutation.signIn"} <= set(asked)


def test_no_body_breaks_the_server(target: Target) -> None:
    bodies = requests(target.ids).map(lambda body: ("application/json", body)) | forms(target.ids).map(
        lambda body: ("multipart/form-data; boundary=x", body)
    )
    with httpx.Client(base_url=target.server.url) as client:

        @sown
        @settings(quick, max_examples=400 * MORE)
        @given(sent=bodies, signed_in=st.booleans())
        def ask(sent: tuple[str, bytes], *, signed_in: bool) -> None:
            content_type, body = sent
            headers = {"content-type": content_type, "x-requested-with": "x"} | (target.headers if signed_in else {})
            response = client.post("/graphql", content=body, headers=headers)
            assert our_fault(response.status_code, response.json()) is None

        ask()

    assert target.complaints == []


def test_no_frame_breaks_a_socket(target: Target) -> None:
    with asyncio.Runner() as runner:

        @sown
        @settings(quick, max_examples=150 * MORE)
        @given(sent=st.lists(frames(), min_size=1, max_size=4), initialised=st.booleans())
        def ask(sent: list[str | bytes], *, initialised: bool) -> None:
            code, said = runner.run(converse(target, sent, initialised=initialised))
            assert code in {1000, 4400, 4401, 4403, 4409, 4429}
            for message in said:
                errors = {"error": message.get("payload"), "next": (message.get("payload") or {}).get("errors")}
                assert our_fault(200, {"errors": errors.get(message["type"]) or []}) is None

        ask()

    assert target.complaints == []


async def converse(target: Target, sent: list[str | bytes], *, initialised: bool) -> tuple[int, list[Any]]:
    """What the server says to some frames, and the code that it ends with; 1000 where it would go on."""
    said: list[Any] = []
    async with open_socket(target.server.url, target.token, initialise=initialised) as socket:
        with suppress(ConnectionClosed):
            for frame in sent:
                await socket.send(frame)
            await socket.send({"type": "ping", "payload": {"last": True}})
            while {"type": "pong", "payload": {"last": True}} not in said:
                said.append(await socket.receive())
            return 1000, said
        closed = socket.connection.close_code
    assert closed is not None
    return closed, said
