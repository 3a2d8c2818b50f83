"""One attempt at a webhook: what is sent, where it may go, and what a rude target costs."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import trustme
from standardwebhooks.webhooks import Webhook

from tramesa.mail.outcome import Later, Outcome, Refused, Sent
from tramesa.mail.queue import Claim
from tramesa.mail.webhooks.sending import WebhookSender
from tramesa.models.database import Database, open_database
from tramesa.models.domain.targets import EVERYWHERE, Network, networks_of
from tramesa.models.domain.transitions import PartyKind
from tramesa.models.domain.webhooks import new_secret
from tramesa.models.identifiers import new_id
from tramesa.models.people.parties import NewParty, add_party
from tramesa.models.tables import Webhook as WebhookTable
from tramesa.models.webhooks.secrets import sealed
from tramesa.tests.conftest import SECRET
from tramesa.tests.servers.target import target_server
from tramesa.tests.sockets import until
from tramesa.tests.world import company_tax_id

BODY = '{"type":"webhook.test","data":{"text":"Àngel"}}'
BRIEF = 0.4
"""Seconds that an attempt may take here."""


class Sending:
    """A webhook in a database, to make attempts at."""

    def __init__(self, database: Database) -> None:
        self.database, self.secret, self.key = database, new_secret(), str(new_id())

    async def make(self, url: str) -> None:
        party = NewParty(tax_id=company_tax_id(1), name="A", kind=PartyKind.COMPANY)
        party_id = await add_party(self.database, party)
        with self.database.bound():
            await WebhookTable.create(
                id=self.key,
                party_id=party_id,
                url=url,
                sealed_secret=sealed(self.secret, SECRET, self.key),
                state="ACTIVE",
                created_at=datetime.now(UTC),
            )

    async def change(self, **columns: Any) -> None:
        with self.database.bound():
            await WebhookTable.filter(id=self.key).update(**columns)

    async def attempt(self, inside: tuple[Network, ...] = EVERYWHERE, **options: Any) -> Outcome:
        now = datetime.now(UTC)
        columns = {"webhook_id": self.key, "event": "webhook.test", "body": BODY}
        taken = Claim("0190a0b4-0000-7000-8000-000000000000", columns, 1, now, None, "w", now + timedelta(minutes=10))
        sender = WebhookSender(self.database, SECRET, inside=inside, **{"total": BRIEF, **options})
        return await sender.send(taken)


@pytest.fixture
async def sending(sqlite_url: str) -> AsyncIterator[Sending]:
    database = await open_database(sqlite_url)
    yield Sending(database)
    await database.close()


async def test_a_request_is_signed_whole_and_small(sending: Sending) -> None:
    async with target_server() as target:
        await sending.make(f"http://127.0.0.1:{target.port}/hooks?a=1")

        assert await sending.attempt(total=15.0) == Sent()

    [request] = target.received
    assert (request.target, request.body.decode()) == ("/hooks?a=1", BODY)
    assert request.headers["host"] == f"127.0.0.1:{target.port}"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["webhook-id"] == "msg_0190a0b4-0000-7000-8000-000000000000"
    assert Webhook(sending.secret).verify(request.body, request.headers) == json.loads(BODY)
    assert set(request.headers) == {
        "host", "content-type", "content-length", "user-agent", "webhook-id", "webhook-timestamp", "webhook-signature"
    }  # fmt: skip


async def test_while_a_secret_rotates_both_are_good_and_then_one(sending: Sending) -> None:
    former = new_secret()
    async with target_server() as target:
        await sending.make(f"http://127.0.0.1:{target.port}/")
        until = datetime.now(UTC) + timedelta(hours=1)
        await sending.change(sealed_former=sealed(former, SECRET, sending.key), former_until=until)

        await sending.attempt(total=15.0)
        await sending.attempt(total=15.0, clock=lambda: until)

    signatures = [request.headers["webhook-signature"].split(" ") for request in target.received]
    assert [len(one) for one in signatures] == [2, 1]
    for secret in (sending.secret, former):
        assert Webhook(secret).verify(target.received[0].body, target.received[0].headers) is not None


ANSWERS: list[tuple[dict[str, Any], Outcome]] = [
    ({"status": 200}, Sent()),
    ({"status": 299}, Sent()),
    ({"status": 404}, Later(404, "HTTP 404")),
    ({"status": 410}, Refused(410, "HTTP 410")),
    ({"status": 500}, Later(500, "HTTP 500")),
    (
        {"status": 302, "manner": "redirect", "location": "http://127.0.0.1:1/"},
        Later(302, "HTTP 302, and redirects are not followed"),
    ),
    ({"manner": "hang"}, Later(None, "no answer within 0.4 seconds")),
    ({"status": 200, "manner": "drip"}, Later(None, "no answer within 0.4 seconds")),
]


@pytest.mark.parametrize(("told", "outcome"), ANSWERS)
async def test_what_an_answer_means(sending: Sending, told: dict[str, Any], outcome: Outcome) -> None:
    async with target_server(**told) as target:
        await sending.make(f"http://127.0.0.1:{target.port}/")
        quick = outcome == Later(None, "no answer within 0.4 seconds")

        assert await sending.attempt(total=BRIEF if quick else 15.0) == outcome

    assert len(target.received) == 1


@pytest.mark.parametrize("manner", ["close", "garbage"])
async def test_what_is_no_answer_is_tried_again(sending: Sending, manner: str) -> None:
    async with target_server(manner=manner) as target:
        await sending.make(f"http://127.0.0.1:{target.port}/")

        outcome = await sending.attempt(total=15.0)

    assert isinstance(outcome, Later)
    assert (outcome.code, outcome.server) == (None, False)
    assert outcome.text.startswith(("RemoteProtocolError", "ReadError"))


async def test_an_answer_that_never_ends_is_cut_and_counts_by_its_status(sending: Sending) -> None:
    async with target_server(status=200, manner="flood") as target:
        await sending.make(f"http://127.0.0.1:{target.port}/")

        assert await sending.attempt(total=15.0) == Sent()

    # What filled the buffers of the connection, far from what it had to give.
    assert target.sent < 20_000_000


async def test_nobody_listening_is_tried_again(sending: Sending) -> None:
    await sending.make("http://127.0.0.1:1/")

    outcome = await sending.attempt(total=15.0)

    assert isinstance(outcome, Later)
    assert outcome.text.startswith("ConnectError")


async def resolve_inside(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1", "::1", "10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"]


@pytest.mark.parametrize("url", ["https://erp.example.org/", "https://localhost:8443/"])
async def test_a_name_that_leads_inside_is_not_connected_to(sending: Sending, url: str) -> None:
    await sending.make(url)

    outcome = await sending.attempt((), total=15.0, resolve=resolve_inside)

    assert outcome == Later(None, "Unreachable: The name leads to no address that is sent to.")


async def test_of_a_name_s_addresses_only_those_allowed_are_connected_to(sending: Sending) -> None:
    asked = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append((host, port))
        return ["10.9.9.9", "192.168.1.1", "127.0.0.1"]

    async with target_server() as target:
        await sending.make(f"http://erp.example.org:{target.port}/")

        assert await sending.attempt(networks_of("127.0.0.0/8"), total=15.0, resolve=resolve) == Sent()

    # Looked up once: what was judged is what was connected to.
    assert asked == [("erp.example.org", target.port)]
    assert target.received[0].headers["host"] == f"erp.example.org:{target.port}"


async def test_a_name_that_nobody_knows_is_tried_again(sending: Sending) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        raise OSError(-2, "Name or service not known")

    await sending.make("https://nowhere.example/")

    assert await sending.attempt((), resolve=resolve) == Later(
        None, "ConnectError: The name cannot be resolved (OSError)."
    )


async def test_a_webhook_from_before_a_stricter_setting_is_not_sent_to(sending: Sending) -> None:
    await sending.make("http://erp.example.org/")

    assert await sending.attempt(()) == Later(None, "Only https:// is sent to.")


async def test_a_deleted_webhook_gets_nothing(sending: Sending) -> None:
    await sending.make("https://erp.example.org/")
    await sending.change(state="DELETED")

    assert await sending.attempt() == Refused(None, "the webhook has been deleted")


class Tls:
    """A server's certificate for a name, and the context of a client that trusts its authority."""

    def __init__(self, name: str) -> None:
        authority = trustme.CA()
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(self.server)
        self.client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        authority.configure_trust(self.client)


async def resolve_here(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


async def test_tls_is_verified_by_name_whatever_the_address(sending: Sending) -> None:
    tls = Tls("erp.example.org")
    async with target_server(tls.server) as target:
        await sending.make(f"https://erp.example.org:{target.port}/")
        good = await sending.attempt(total=15.0, tls=tls.client, resolve=resolve_here)
        untrusted = await sending.attempt(total=15.0, resolve=resolve_here)
        await sending.change(url=f"https://other.example.org:{target.port}/")
        misnamed = await sending.attempt(total=15.0, tls=tls.client, resolve=resolve_here)

    assert good == Sent()
    assert isinstance(untrusted, Later)
    assert isinstance(misnamed, Later)
    assert "CERTIFICATE_VERIFY_FAILED" in untrusted.text
    assert "CERTIFICATE_VERIFY_FAILED" in misnamed.text
    assert len(target.received) == 1


async def test_proxies_of_the_environment_are_not_asked(sending: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    async with target_server() as proxy, target_server() as target:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        await sending.make(f"http://127.0.0.1:{target.port}/")

        assert await sending.attempt(total=15.0) == Sent()

    assert (len(proxy.received), len(target.received)) == (0, 1)


async def test_an_attempt_that_is_cut_off_leaves_no_connection(sending: Sending) -> None:
    async with target_server(manner="hang") as target:
        await sending.make(f"http://127.0.0.1:{target.port}/")
        attempt = asyncio.ensure_future(sending.attempt(total=15.0))
        await target.came.wait()
        attempt.cancel()
        with pytest.raises(asyncio.CancelledError):
            await attempt
        await until(lambda: target.open == 0)
