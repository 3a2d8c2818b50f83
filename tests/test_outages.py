"""What happens when something goes away in the middle: the database, the client, the mail server."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest

from tramesa.models.domain.transitions import UserRole
from tramesa.models.migrating import migrate
from tramesa.models.tables import MailMessage
from tramesa.tests.conftest import SECRET, settings_for
from tramesa.tests.following import FOLLOW, deliver, next_event, told
from tramesa.tests.servers.inprocess import listening
from tramesa.tests.servers.ports import free_port
from tramesa.tests.servers.postgres import Postgres
from tramesa.tests.servers.process import ServerProcess
from tramesa.tests.servers.smtp import SmtpServer
from tramesa.tests.sockets import open_socket, until
from tramesa.tests.world import ISSUE, Person, World, costless, open_world

PAY = """mutation ($i: MarkInvoicePaidInput!) { markInvoicePaid(input: $i) {
  invoice { status } errors { code } } }"""
STATE = "query ($id: ID!) { invoice(id: $id) { status version history { to } } }"
LIST = "{ invoices(role: ISSUER, first: 1) { nodes { status } } }"


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A server that may be stopped: nobody else uses it."""
    with Postgres() as server:
        yield server


async def test_the_database_goes_and_comes_back(own_postgres: Postgres, tmp_path: Path) -> None:
    url = await own_postgres.create_database("tramesa")
    await migrate(url)
    async with open_world(settings_for(url, tmp_path)) as world:
        issuer, receiver = await world.person(), await world.person()
        before = await world.issue(issuer, receiver)
        wanted = world.invoice_input(receiver)
    environment = {"TRAMESA_DATABASE_URL": url, "TRAMESA_SECRET_KEY": SECRET}

    async with (
        ServerProcess(tmp_path / "log", environment) as server,
        httpx.AsyncClient(base_url=server.url) as client,
        open_socket(server.url, issuer.token) as socket,
    ):

        async def ask(query: str, **variables: Any) -> httpx.Response:
            async with asyncio.timeout(8):
                return await client.post(
                    "/graphql",
                    json={"query": query, "variables": variables},
                    headers={"authorization": f"Bearer {issuer.token}"},
                )

        async def ready() -> httpx.Response:
            async with asyncio.timeout(8):
                return await client.get("/readyz")

        await socket.subscribe("live", FOLLOW)
        await socket.subscribe("list", LIST)
        assert (await socket.receive())["payload"] == {"data": {"invoices": {"nodes": [{"status": "REGISTERED"}]}}}
        assert (await socket.receive())["type"] == "complete"

        await asyncio.to_thread(own_postgres.halt)
        unready, alive = await ready(), await client.get("/healthz")
        refused = [await ask(LIST), await ask(ISSUE, input=wanted)]
        await socket.subscribe("list", LIST)
        refused_there = await socket.receive()

        await asyncio.to_thread(own_postgres.resume)
        async with asyncio.timeout(15):
            while (await ready()).status_code != 200:
                pass
        answer = await ask(LIST)
        await socket.subscribe("list", LIST)
        answer_there = await socket.receive()
        await socket.receive()
        issued = (await ask(ISSUE, input=wanted)).json()["data"]["issueInvoice"]
        event = await next_event(socket)

    assert (unready.status_code, alive.status_code) == (503, 200)
    assert unready.json() == {"status": "unavailable", "reason": "the database cannot be reached"}
    assert [response.status_code for response in refused] == [503, 503]
    for error in [*(response.json()["errors"][0] for response in refused), refused_there["payload"][0]]:
        assert error["message"] == "The database cannot be reached at the moment; try again."
        assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
        assert error["extensions"]["errorId"] in server.output
    assert (refused_there["type"], refused_there["id"]) == ("error", "list")
    assert (
        costless(answer.json())
        == answer_there["payload"]
        == {"data": {"invoices": {"nodes": [{"status": "REGISTERED"}]}}}
    )
    assert (issued["errors"], told(event)) == ([], (issued["invoice"]["number"], "SENT"))
    assert issued["invoice"]["number"] != before["number"]
    assert "Traceback" not in server.output


async def test_connections_that_were_cut_are_replaced(postgres_url: str, tmp_path: Path) -> None:
    async with open_world(settings_for(postgres_url, tmp_path)) as world, listening(world.app) as url:
        issuer, receiver = await world.person(), await world.person()
        async with open_socket(url, issuer.token) as socket:
            await socket.subscribe("1", FOLLOW)
            await until(lambda: world.services.database.signals.following == 1)
            await asyncio.gather(*(issuer.ask(LIST) for _ in range(30)))
            await world.services.database.fetch(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            invoice = await world.issue(issuer, receiver)
            heard = [told(await next_event(socket)) for _ in range(2)]
            await deliver(receiver, invoice)
            heard.append(told(await next_event(socket)))

    assert heard == [(invoice["number"], status) for status in ("SENT", "REGISTERED", "DELIVERED")]


async def leave_http(url: str, person: Person, query: str, variables: dict[str, Any], after: float) -> None:
    """Ask by POST and be gone before the answer."""
    body = json.dumps({"query": query, "variables": variables})
    head = {
        "Host": "tramesa.test",
        "Authorization": f"Bearer {person.token}",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
    }
    text = "POST /graphql HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in head.items())
    _, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
    writer.write(f"{text}\r\n{body}".encode())
    await asyncio.sleep(after)
    writer.transport.abort()


async def leave_socket(url: str, person: Person, query: str, variables: dict[str, Any], after: float) -> None:
    """The same over a socket, where the operation is cancelled."""
    async with open_socket(url, person.token) as socket:
        await socket.subscribe("1", query, **variables)
        await asyncio.sleep(after)
        socket.connection.transport.abort()


@pytest.mark.parametrize("leave", [leave_http, leave_socket])
async def test_a_client_that_leaves_changes_all_or_nothing(world: World, leave: Any) -> None:
    chance = random.Random(7)
    issuer = await world.person(party_email="issuer@example.org")
    receiver = await world.person(UserRole.ACCOUNTANT)
    database = world.services.database

    async with listening(world.app) as url:
        invoices = [await world.issue(issuer, receiver) for _ in range(30)]
        for invoice in invoices:
            given = {"i": {"invoiceId": invoice["id"], "paymentDate": "2026-01-20"}}
            await leave(url, receiver, PAY, given, chance.random() * 0.02)
    await until(lambda: not database._units)

    untouched = {"status": "REGISTERED", "version": 2, "history": [{"to": "SENT"}, {"to": "REGISTERED"}]}
    paid = {"status": "PAID", "version": 3, "history": [*untouched["history"], {"to": "PAID"}]}  # type: ignore[misc]
    states = [(await issuer.ask(STATE, id=invoice["id"]))["invoice"] for invoice in invoices]
    assert [state for state in states if state not in (untouched, paid)] == []
    changed = states.count(paid)
    feeds = await database.fetch("SELECT position FROM feed WHERE position > 0")
    with database.bound():
        mails = await MailMessage.filter(recipient="issuer@example.org").count()
    assert ([row[0] for row in feeds], mails) == ([60 + changed] * 2, 30 + changed)
    # As many at once as the pool has connections, and as many again.
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*(issuer.ask(LIST) for _ in range(40)))
        left = [invoice for invoice, state in zip(invoices, states, strict=True) if state == untouched]
        given = [{"invoiceId": invoice["id"], "paymentDate": "2026-01-20"} for invoice in left]
        payloads = await asyncio.gather(*(receiver.ask(PAY, i=one) for one in given))
    assert len(answers) == 40
    assert [payload["markInvoicePaid"]["errors"] for payload in payloads] == [[]] * len(left)


async def test_mail_waits_for_a_server_that_is_down(database_url: str, tmp_path: Path) -> None:
    port = free_port()
    settings = replace(settings_for(database_url, tmp_path), smtp_url=f"smtp://127.0.0.1:{port}")

    async with open_world(settings, deliver_mail=True) as world:
        database = world.services.database
        issuer = await world.person(party_email="issuer@example.org")
        invoice = await world.issue(issuer, await world.person())
        waiting = await mail_that(world, lambda mail: mail.attempts == 1)
        state = (await issuer.ask(STATE, id=invoice["id"]))["invoice"]["status"]

        async with SmtpServer(port=port) as smtp:
            # Its time has come.
            await database.client.execute_script("UPDATE mail_message SET next_attempt_at = created_at")
            database.due("mail_message").set()
            received = await smtp.received(1)
            sent = await mail_that(world, lambda mail: mail.state == "SENT")

    assert (invoice["status"], state) == ("REGISTERED", "REGISTERED")
    assert (waiting.state, waiting.sent_at) == ("QUEUED", None)
    assert (sent.id, sent.recipient) == (waiting.id, "issuer@example.org")
    assert [message.recipients for message in received] == [("issuer@example.org",)]


async def mail_that(world: World, wanted: Callable[[MailMessage], bool]) -> MailMessage:
    """The one mail there is, once it is as wanted."""
    async with asyncio.timeout(10):
        while True:
            with world.services.database.bound():
                mail = await MailMessage.get()
            if wanted(mail):
                return mail
