"""Webhooks as administrators manage them, and what becomes of deliveries: on both databases, to real servers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from tramesa.mail.webhooks.sending import WebhookSender
from tramesa.mail.webhooks.settling import WEBHOOKS, judge_webhook, recorder
from tramesa.mail.worker import Worker
from tramesa.models.domain.states import InvoiceStatus
from tramesa.models.domain.targets import EVERYWHERE
from tramesa.models.domain.transitions import PartyRole, UserRole
from tramesa.models.domain.webhooks import MAX_WEBHOOKS
from tramesa.models.feeds.positions import STATUS_FEED
from tramesa.tests.cancelling import act, ask_for_it
from tramesa.tests.conftest import SECRET, settings_for
from tramesa.tests.operations import bring, user_error
from tramesa.tests.servers.target import TargetServer, target_server
from tramesa.tests.sockets import PATIENCE
from tramesa.tests.world import Person, World, open_world

_ERRORS = "errors { __typename code message path }"
_HOOK = "id url events state disabledWhy disabledAt failingSince pausedUntil lastCode lastError formerSecretUntil"
CREATE = f"""mutation ($i: CreateWebhookInput!) {{
  createWebhook(input: $i) {{ secret webhook {{ {_HOOK} }} {_ERRORS} }} }}"""
UPDATE = f"mutation ($i: UpdateWebhookInput!) {{ updateWebhook(input: $i) {{ webhook {{ {_HOOK} }} {_ERRORS} }} }}"
ROTATE = f"""mutation ($i: WebhookInput!) {{
  rotateWebhookSecret(input: $i) {{ secret webhook {{ {_HOOK} }} {_ERRORS} }} }}"""
DELETE = f"mutation ($i: WebhookInput!) {{ deleteWebhook(input: $i) {{ webhook {{ id }} {_ERRORS} }} }}"
TEST = (
    f"mutation ($i: WebhookInput!) {{ testWebhook(input: $i) {{ delivery {{ id state event messageId }} {_ERRORS} }} }}"
)
AGAIN = f"mutation ($i: RedeliverInput!) {{ redeliver(input: $i) {{ delivery {{ id state attempts }} {_ERRORS} }} }}"
LIST = f"""query ($first: Int! = 20, $after: String) {{ webhooks {{ {_HOOK} deliveries(first: $first, after: $after) {{
  nodes {{ id messageId event state attempts lastCode lastError sentAt nextAttemptAt body }}
  pageInfo {{ hasNextPage endCursor }} }} }} }}"""


class Clock:
    """Time that passes when told; it begins after all that the test does."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC) + timedelta(minutes=1)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **duration: float) -> None:
        self.now += timedelta(**duration)


class Office:
    """A world whose webhooks may go to this machine, with a worker that is driven by hand."""

    def __init__(self, world: World) -> None:
        self.world, self.clock = world, Clock()
        world.services.authority.clock = self.clock

    def worker(self, *, connections: int = 4, total: float = 15.0) -> Worker:
        database = self.world.services.database
        return Worker(
            database,
            WEBHOOKS,
            lambda: WebhookSender(database, SECRET, inside=EVERYWHERE, clock=self.clock, total=total),
            judge_by=judge_webhook,
            record=recorder(self.clock),
            connections=connections,
            batch=1,
            slowest=total,
            clock=self.clock,
            chance=lambda: 0.0,
        )

    async def send(self, **options: Any) -> int:
        return await self.worker(**options).drain()


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    settings = replace(settings_for(database_url, tmp_path), webhook_networks=EVERYWHERE)
    async with open_world(settings) as world:
        yield Office(world)


async def do(person: Person, operation: str, **given: Any) -> Any:
    [payload] = (await person.ask(operation, i=given)).values()
    return payload


async def hook(person: Person, target: TargetServer | int, **given: Any) -> Any:
    port = target if isinstance(target, int) else target.port
    made = await do(person, CREATE, url=f"http://127.0.0.1:{port}/hook", **given)
    assert made["errors"] == []
    return made


async def webhooks(person: Person, **page: Any) -> list[Any]:
    return list((await person.ask(LIST, **page))["webhooks"])


def events(target: TargetServer) -> list[str]:
    return [json.loads(request.body)["type"] for request in target.received]


async def test_both_sides_are_told_of_a_change_signed_and_small(office: Office) -> None:
    world = office.world
    issuer, receiver = await world.person(), await world.person()
    async with target_server() as theirs, target_server() as ours:
        secret = (await hook(issuer, theirs))["secret"]
        await hook(receiver, ours, events=["INVOICE_DELIVERED"])

        invoice = await world.issue(issuer, receiver, series="A")
        await bring(receiver, InvoiceStatus.DELIVERED, invoice["id"])
        assert await office.send() == 4

    assert events(theirs) == ["invoice.sent", "invoice.registered", "invoice.delivered"]
    assert events(ours) == ["invoice.delivered"]
    [_, _, request] = theirs.received
    told = Webhook(secret).verify(request.body, request.headers)
    changes = (await issuer.ask("{ statusChanges { edges { cursor node { id at } } } }"))["statusChanges"]["edges"]
    assert told == {
        "type": "invoice.delivered",
        "timestamp": changes[2]["node"]["at"],
        "data": {
            "invoiceId": invoice["id"],
            "changeId": changes[2]["node"]["id"],
            "role": "ISSUER",
            "series": "A",
            "number": invoice["number"],
            "issueDate": "2026-01-15",
            "issuerTaxId": issuer.tax_id,
            "receiverTaxId": receiver.tax_id,
            "from": "REGISTERED",
            "status": "DELIVERED",
            "version": 3,
            "registryNumber": invoice["registryNumber"],
            "cursor": changes[2]["cursor"],
        },
    }
    assert json.loads(ours.received[0].body)["data"]["cursor"] == STATUS_FEED.cursor(PartyRole.RECEIVER, 3)
    assert len(request.body) < 1000


async def test_both_sides_are_told_of_a_request_of_cancellation_and_its_end(office: Office) -> None:
    world = office.world
    issuer, receiver = await world.person(), await world.person()
    async with target_server() as theirs, target_server() as ours:
        secret = (await hook(issuer, theirs, events=["INVOICE_CANCELLATION_CHANGED"]))["secret"]
        await hook(receiver, ours, events=["INVOICE_CANCELLATION_CHANGED", "INVOICE_CANCELLED"])
        await hook(receiver, ours, events=["INVOICE_PAID"])

        invoice = await world.issue(issuer, receiver, series="A")
        await ask_for_it(issuer, invoice["id"])
        await act(issuer, "withdrawCancellation", invoice["id"])
        await ask_for_it(issuer, invoice["id"])
        await act(receiver, "acceptCancellation", invoice["id"])
        assert await office.send() == 9

    name = "invoice.cancellation_changed"
    assert events(theirs) == [name] * 4
    assert sorted(events(ours)) == [*[name] * 4, "invoice.cancelled"]
    told = [Webhook(secret).verify(request.body, request.headers) for request in theirs.received]
    assert [(one["data"]["act"], one["data"]["cancellation"]) for one in told] == [
        ("REQUEST", "REQUESTED"),
        ("WITHDRAW", "WITHDRAWN"),
        ("REQUEST", "REQUESTED"),
        ("ACCEPT", "ACCEPTED"),
    ]
    feed = "{ cancellationChanges { edges { cursor node { at } } } }"
    changes = (await issuer.ask(feed))["cancellationChanges"]["edges"]
    assert told[0] == {
        "type": name,
        "timestamp": changes[0]["node"]["at"],
        "data": {
            "invoiceId": invoice["id"],
            "role": "ISSUER",
            "series": "A",
            "number": invoice["number"],
            "issueDate": "2026-01-15",
            "issuerTaxId": issuer.tax_id,
            "receiverTaxId": receiver.tax_id,
            "act": "REQUEST",
            "cancellation": "REQUESTED",
            "status": "REGISTERED",
            "version": 2,
            "cursor": changes[0]["cursor"],
        },
    }
    assert [one["data"]["cursor"] for one in told] == [edge["cursor"] for edge in changes]


async def test_nobody_else_is_told(office: Office) -> None:
    world = office.world
    issuer, receiver, stranger = await world.person(), await world.person(), await world.person()
    async with target_server() as target:
        await hook(stranger, target)
        await world.issue(issuer, receiver)

        assert (await office.send(), target.received) == (0, [])


async def test_a_party_that_sends_to_itself_hears_as_both(office: Office) -> None:
    issuer = await office.world.person()
    async with target_server() as target:
        await hook(issuer, target, events=["INVOICE_REGISTERED"])
        await office.world.issue(issuer, issuer)
        await office.send()

    assert [json.loads(request.body)["data"]["role"] for request in target.received] == ["ISSUER", "RECEIVER"]


async def test_a_failed_delivery_comes_again_the_same_after_growing_pauses(office: Office) -> None:
    issuer, receiver = await office.world.person(), await office.world.person()
    async with target_server(status=503) as target:
        await hook(issuer, target, events=["INVOICE_SENT"])
        await office.world.issue(issuer, receiver)

        assert await office.send() == 0
        [[waiting]] = [one["deliveries"]["nodes"] for one in await webhooks(issuer)]
        office.clock.pass_by(seconds=4)
        assert (await office.send(), len(target.received)) == (0, 1)
        office.clock.pass_by(seconds=1)
        assert (await office.send(), len(target.received)) == (0, 2)
        target.status = 200
        office.clock.pass_by(minutes=5)
        assert (await office.send(), len(target.received)) == (1, 3)
        [shown] = await webhooks(issuer)

    assert (waiting["state"], waiting["attempts"], waiting["lastCode"]) == ("QUEUED", 1, 503)
    assert {(request.headers["webhook-id"], request.body) for request in target.received} == {
        (waiting["messageId"], waiting["body"].encode())
    }
    assert len({request.headers["webhook-timestamp"] for request in target.received}) == 3
    [sent] = shown["deliveries"]["nodes"]
    assert (sent["state"], sent["attempts"], sent["lastError"], sent["nextAttemptAt"]) == ("SENT", 3, None, None)
    assert (shown["failingSince"], shown["pausedUntil"], shown["lastError"]) == (None, None, None)


async def test_what_waited_behind_a_failure_comes_in_order_once_it_is_over(office: Office) -> None:
    issuer, receiver = await office.world.person(), await office.world.person()
    async with target_server(status=500) as target:
        await hook(issuer, target, events=["INVOICE_SENT"])
        numbers = [(await office.world.issue(issuer, receiver))["number"] for _ in range(4)]
        await office.send()
        assert len(target.received) == 1
        target.status = 200
        office.clock.pass_by(seconds=30)
        assert await office.send() == 4

    assert [json.loads(request.body)["data"]["number"] for request in target.received] == [numbers[0], *numbers]


async def test_after_a_day_of_failures_it_is_off_and_its_administrators_are_told(office: Office) -> None:
    world = office.world
    admin = await world.person(UserRole.ADMIN)
    second = await world.person(UserRole.ADMIN, UserRole.ISSUER, party=admin)
    await world.person(UserRole.ACCOUNTANT, party=admin)
    receiver = await world.person()
    async with target_server(status=500) as target:
        made = await hook(admin, target, events=["INVOICE_SENT"])
        await world.issue(admin, receiver)
        begun = office.clock.now
        for _ in range(16):
            await office.send(connections=1)
            office.clock.pass_by(hours=2)
        await world.issue(admin, receiver)
        [shown] = await webhooks(admin)

    assert (shown["state"], shown["disabledWhy"], shown["lastError"]) == ("DISABLED", "FAILING", "HTTP 500")
    assert datetime.fromisoformat(shown["disabledAt"]) - begun >= timedelta(hours=24)
    assert [node["state"] for node in shown["deliveries"]["nodes"]] == ["QUEUED", "QUEUED"]
    assert shown["deliveries"]["nodes"][0]["nextAttemptAt"] == "9999-01-01T00:00:00+00:00"
    mails = await world.services.database.fetch(
        "SELECT recipient, facts FROM mail_message WHERE kind = 'WEBHOOK_DISABLED' ORDER BY recipient"
    )
    assert sorted(row[0] for row in mails) == sorted([admin.email, second.email])
    assert json.loads(mails[0][1])["url"] == made["webhook"]["url"]


async def test_enabled_again_it_gets_what_it_missed_of_seven_days(office: Office) -> None:
    issuer, receiver = await office.world.person(), await office.world.person()
    async with target_server(status=410) as target:
        made = await hook(issuer, target, events=["INVOICE_SENT"])
        await office.world.issue(issuer, receiver)
        await office.send()
        [gone] = await webhooks(issuer)
        missed = (await office.world.issue(issuer, receiver))["number"]
        target.status = 200
        assert await office.send() == 0

        enabled = await do(issuer, UPDATE, webhookId=made["webhook"]["id"], enabled=True)
        assert await office.send() == 2
        again = await do(issuer, AGAIN, deliveryId=gone["deliveries"]["nodes"][0]["id"])
        assert await office.send() == 1

    assert (gone["state"], gone["disabledWhy"], gone["deliveries"]["nodes"][0]["state"]) == (
        "DISABLED",
        "GONE",
        "FAILED",
    )
    assert (enabled["webhook"]["state"], enabled["webhook"]["disabledWhy"]) == ("ACTIVE", None)
    assert (again["delivery"]["state"], again["delivery"]["attempts"]) == ("QUEUED", 0)
    assert json.loads(target.received[2].body)["data"]["number"] == missed
    first = target.received[0].headers["webhook-id"]
    assert [request.headers["webhook-id"] == first for request in target.received] == [True, True, False, True]


async def test_what_is_older_than_seven_days_is_given_up_when_it_is_enabled(office: Office) -> None:
    issuer, receiver = await office.world.person(), await office.world.person()
    async with target_server() as target:
        made = await hook(issuer, target, events=["INVOICE_SENT"])
        webhook_id = made["webhook"]["id"]
        await do(issuer, UPDATE, webhookId=webhook_id, enabled=False)
        await office.world.issue(issuer, receiver)
        office.clock.pass_by(days=8)
        await do(issuer, UPDATE, webhookId=webhook_id, enabled=True)

        assert await office.send() == 0
        [shown] = await webhooks(issuer)

    [old] = shown["deliveries"]["nodes"]
    assert (old["state"], old["lastError"]) == ("FAILED", "older than seven days when the webhook was enabled again")
    assert target.received == []


async def test_a_target_that_hangs_holds_up_nobody_else_and_is_asked_once(office: Office) -> None:
    world = office.world
    issuer, receiver = await world.person(), await world.person()
    async with target_server(manner="hang") as slow, target_server() as good:
        await hook(issuer, slow)
        await hook(receiver, good)
        for _ in range(5):
            await world.issue(issuer, receiver)
        sending = asyncio.ensure_future(office.send(connections=2, total=1.0))
        async with asyncio.timeout(10):
            await slow.came.wait()
            await good.came.wait()
        assert await sending == 10

    assert (len(good.received), len(slow.received), slow.most_open) == (10, 1, 1)


async def test_several_workers_send_each_delivery_once_and_one_at_a_time(office: Office) -> None:
    world = office.world
    issuer, receiver = await world.person(), await world.person()
    async with target_server() as target:
        await hook(issuer, target)
        for _ in range(8):
            await world.issue(issuer, receiver)

        sent = await asyncio.gather(*(office.send(connections=3) for _ in range(3)))

    assert sum(sent) == 16
    assert len({request.headers["webhook-id"] for request in target.received}) == len(target.received) == 16


async def test_a_worker_that_died_leaves_its_delivery_to_others(office: Office) -> None:
    issuer, receiver = await office.world.person(), await office.world.person()
    async with target_server() as target:
        await hook(issuer, target, events=["INVOICE_SENT"])
        await office.world.issue(issuer, receiver)
        await WEBHOOKS.claim(office.world.services.database, "dead", office.clock(), 5)

        assert await office.send() == 0
        office.clock.pass_by(minutes=11)
        assert await office.send() == 1

    assert len(target.received) == 1


async def test_a_test_is_sent_whatever_the_events_and_shown_with_its_answer(office: Office) -> None:
    issuer = await office.world.person()
    async with target_server(status=418) as target:
        made = await hook(issuer, target, events=["INVOICE_PAID"])
        tested = await do(issuer, TEST, webhookId=made["webhook"]["id"])
        await office.send()
        [shown] = await webhooks(issuer)
        off = await do(issuer, UPDATE, webhookId=made["webhook"]["id"], enabled=False)
        refused = await do(issuer, TEST, webhookId=made["webhook"]["id"])

    assert (tested["delivery"]["state"], tested["delivery"]["event"]) == ("QUEUED", "webhook.test")
    assert json.loads(target.received[0].body)["data"] == {
        "webhookId": made["webhook"]["id"],
        "partyTaxId": issuer.tax_id,
    }
    assert shown["deliveries"]["nodes"][0]["lastError"] == "HTTP 418"
    assert off["webhook"]["disabledWhy"] == "BY_HAND"
    assert refused["errors"] == [user_error("INVALID", "This webhook is disabled: enable it first.", "webhookId")]


async def test_a_secret_is_shown_once_kept_sealed_and_rotates_in_a_day(office: Office) -> None:
    issuer = await office.world.person()
    async with target_server() as target:
        made = await hook(issuer, target)
        rotated = await do(issuer, ROTATE, webhookId=made["webhook"]["id"])
        await do(issuer, TEST, webhookId=made["webhook"]["id"])
        await office.send()

    [request] = target.received
    for secret in (made["secret"], rotated["secret"]):
        assert Webhook(secret).verify(request.body, request.headers) is not None
    until = office.clock.now + timedelta(hours=24)
    assert datetime.fromisoformat(rotated["webhook"]["formerSecretUntil"]) == until
    rows = await office.world.services.database.fetch("SELECT * FROM webhook")
    assert made["secret"][6:30].encode() not in repr([tuple(row) for row in rows]).encode()


async def test_a_deleted_webhook_is_gone_and_what_waited_is_not_sent(office: Office) -> None:
    issuer, receiver = await office.world.person(), await office.world.person()
    async with target_server() as target:
        made = await hook(issuer, target)
        await office.world.issue(issuer, receiver)
        assert await do(issuer, DELETE, webhookId=made["webhook"]["id"]) == {"webhook": None, "errors": []}
        await office.world.issue(issuer, receiver)

        assert (await office.send(), target.received) == (0, [])

    assert await webhooks(issuer) == []
    again = await do(issuer, DELETE, webhookId=made["webhook"]["id"])
    assert [error["code"] for error in again["errors"]] == ["NOT_FOUND"]


async def test_where_and_of_what_it_is_told_can_change(office: Office) -> None:
    issuer, receiver = await office.world.person(), await office.world.person()
    async with target_server(status=500) as old, target_server() as new:
        made = await hook(issuer, old, events=["INVOICE_PAID"])
        webhook_id, url = made["webhook"]["id"], f"http://127.0.0.1:{new.port}/"
        every = await do(issuer, UPDATE, webhookId=webhook_id, everyEvent=True)
        await office.world.issue(issuer, receiver)
        await office.send()
        moved = await do(issuer, UPDATE, webhookId=webhook_id, url=url)
        await office.send()
        none = await do(issuer, UPDATE, webhookId=webhook_id, events=[])

    assert (every["webhook"]["events"], moved["webhook"]["url"]) == (None, url)
    assert (len(old.received), events(new)) == (1, ["invoice.sent", "invoice.registered"])
    error = user_error("REQUIRED", "A webhook without events would hear nothing.", "events")
    assert none == {"webhook": None, "errors": [error]}


async def test_only_administrators_of_the_party_manage_them(office: Office) -> None:
    world = office.world
    admin = await world.person(UserRole.ADMIN)
    clerk = await world.person(UserRole.ISSUER, UserRole.ACCOUNTANT, party=admin)
    stranger = await world.person(UserRole.ADMIN)
    made = await hook(admin, 1)
    webhook_id = made["webhook"]["id"]
    delivery = (await do(admin, TEST, webhookId=webhook_id))["delivery"]["id"]

    for operation in (UPDATE, ROTATE, DELETE, TEST):
        for person, code in ((clerk, "FORBIDDEN"), (stranger, "NOT_FOUND")):
            refused = await do(person, operation, webhookId=webhook_id)
            assert [error["code"] for error in refused["errors"]] == [code]
    for person, code in ((clerk, "FORBIDDEN"), (stranger, "NOT_FOUND")):
        refused = await do(person, AGAIN, deliveryId=delivery)
        assert [error["code"] for error in refused["errors"]] == [code]
    assert [error["code"] for error in (await do(clerk, CREATE, url="https://a.example"))["errors"]] == ["FORBIDDEN"]
    assert (await webhooks(clerk), await webhooks(stranger)) == ([], [])
    assert len(await webhooks(admin)) == 1


async def test_of_many_made_at_once_no_more_than_the_most_are_kept(office: Office) -> None:
    admin = await office.world.person()
    for _ in range(MAX_WEBHOOKS - 2):
        await hook(admin, 1)

    made = await asyncio.gather(*(do(admin, CREATE, url="https://a.example/") for _ in range(5)))

    assert sorted(len(one["errors"]) for one in made) == [0, 0, 1, 1, 1]
    assert len(await webhooks(admin)) == MAX_WEBHOOKS


async def test_deliveries_are_listed_by_page(office: Office) -> None:
    admin = await office.world.person()
    made = await hook(admin, 1)
    ids = [(await do(admin, TEST, webhookId=made["webhook"]["id"]))["delivery"]["id"] for _ in range(3)]

    [first] = await webhooks(admin, first=2)
    [second] = await webhooks(admin, first=2, after=first["deliveries"]["pageInfo"]["endCursor"])

    assert [node["id"] for node in first["deliveries"]["nodes"]] == ids[:0:-1]
    assert [node["id"] for node in second["deliveries"]["nodes"]] == ids[:1]
    assert (first["deliveries"]["pageInfo"]["hasNextPage"], second["deliveries"]["pageInfo"]["hasNextPage"]) == (
        True,
        False,
    )


async def test_without_the_setting_only_public_https_is_taken(small_world: World) -> None:
    admin = await small_world.person()

    for url, message in (
        ("http://erp.example.org/", "Only https:// is sent to."),
        ("https://127.0.0.1/", "This address is not sent to."),
        ("https://[::ffff:10.0.0.1]/", "This address is not sent to."),
    ):
        refused = await do(admin, CREATE, url=url)
        assert refused == {"secret": None, "webhook": None, "errors": [user_error("INVALID", message, "url")]}
    assert (await do(admin, CREATE, url="https://erp.example.org/"))["errors"] == []


async def test_a_change_is_never_undone_by_a_webhook_that_is_deleted_meanwhile(office: Office) -> None:
    world = office.world
    issuer, receiver = await world.person(), await world.person()
    made = [await hook(issuer, 1) for _ in range(5)]

    issued = await asyncio.gather(
        *(world.issue(issuer, receiver) for _ in range(5)),
        *(do(issuer, DELETE, webhookId=one["webhook"]["id"]) for one in made),
    )

    assert [one["status"] for one in issued[:5]] == ["REGISTERED"] * 5
    assert await office.send() == 0


async def test_a_server_process_tells_by_itself_as_soon_as_something_has_happened(
    database_url: str, tmp_path: Path
) -> None:
    settings = replace(settings_for(database_url, tmp_path), webhook_networks=EVERYWHERE)
    async with open_world(settings, deliver_mail=True) as world, target_server() as target:
        issuer, receiver = await world.person(), await world.person()
        secret = (await hook(issuer, target, events=["INVOICE_SENT"]))["secret"]

        await world.issue(issuer, receiver)
        async with asyncio.timeout(PATIENCE):
            await target.came.wait()

    [request] = target.received
    assert Webhook(secret).verify(request.body, request.headers)["type"] == "invoice.sent"
