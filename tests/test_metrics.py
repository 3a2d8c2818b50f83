"""What Prometheus reads, and the request's id from the request to the mail that it caused."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2 as httpx
from prometheus_client.parser import text_string_to_metric_families

from tramesa.models.platforms.known import remove_platform
from tramesa.server.metrics import MAX_NAMES, OTHER
from tramesa.server.outboxes import mail_worker
from tramesa.tests.conftest import SECRET, settings_for
from tramesa.tests.exchanging import two_sides
from tramesa.tests.servers.inprocess import listening
from tramesa.tests.servers.process import ServerProcess
from tramesa.tests.sockets import open_socket, until
from tramesa.tests.world import Person, World, open_world

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def parsed(text: str) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def scrape(client: httpx.AsyncClient, url: str = "/metrics") -> Samples:
    response = await client.get(url)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain")
    return parsed(response.text)


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples[name, frozenset(labels.items())]


async def test_operations_are_counted_by_name_and_result(world: World) -> None:
    await world.execute("query Who { viewer { name } }", {})
    await world.execute("query Who { viewer { name } }", {})
    await world.execute("query Bad { nothing }", {})

    found = await scrape(world.client)

    assert value(found, "tramesa_operations_total", transport="http", operation="Who", result="ok") == 2
    assert value(found, "tramesa_operations_total", transport="http", operation="-", result="failed") == 1
    assert value(found, "tramesa_operation_seconds_count", transport="http", kind="query") == 2


async def test_names_that_clients_make_up_do_not_grow_without_end(small_world: World) -> None:
    for number in range(MAX_NAMES + 20):
        small_world.services.metrics.operation("http", f"Q{number}", "query", 0.001, result="ok")

    found = await scrape(small_world.client)

    assert len([key for key in found if key[0] == "tramesa_operations_total"]) == MAX_NAMES + 1
    assert value(found, "tramesa_operations_total", transport="http", operation=OTHER, result="ok") == 20


async def test_sockets_subscriptions_and_lag_are_watched(small_world: World) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    follow = {"query": "subscription { invoiceStatusChanged { cursor } }"}

    async with listening(small_world.app) as url, open_socket(url, token=issuer.token) as socket:
        await socket.send({"type": "subscribe", "id": "1", "payload": follow})
        await until(lambda: small_world.services.database.signals.following == 1)
        during = await scrape(small_world.client)
        await small_world.issue(issuer, receiver)
        for _ in ("SENT", "REGISTERED"):
            assert (await socket.receive())["type"] == "next"
    await until(lambda: small_world.services.database.signals.following == 0)
    after = await scrape(small_world.client)

    assert value(during, "tramesa_sockets") == 1
    assert value(during, "tramesa_subscriptions") == 1
    assert value(during, "tramesa_feed_lag_seconds_count") == 0
    assert value(after, "tramesa_feed_lag_seconds_count") == 2
    assert value(after, "tramesa_sockets") == 0
    assert value(after, "tramesa_subscriptions") == 0


async def test_mail_and_connections_are_watched(world: World) -> None:
    issuer = await world.person(party_email="issuer@example.org")
    await world.issue(issuer, await world.person())

    before = await scrape(world.client)
    await mail_worker(world.services.database, world.services.settings).drain()
    after = await scrape(world.client)

    assert value(before, "tramesa_mail", state="QUEUED") == 1
    assert value(after, "tramesa_mail", state="QUEUED") == 0
    assert value(after, "tramesa_mail", state="SENT") == 1
    assert value(after, "tramesa_webhook_deliveries", state="QUEUED") == 0
    assert value(after, "tramesa_mail_overdue_seconds") == 0
    assert value(after, "tramesa_units_of_work") == 0
    assert value(after, "tramesa_pool_idle") == value(after, "tramesa_pool_open")


async def test_what_waits_for_other_platforms_and_webhooks_is_watched(sqlite_template: Path, tmp_path: Path) -> None:
    paths = [shutil.copy(sqlite_template, tmp_path / f"{name}.sqlite3") for name in ("nord", "sud")]
    async with two_sides((f"sqlite://{paths[0]}", f"sqlite://{paths[1]}"), tmp_path) as (nord, sud):
        world, database = nord.world, nord.world.services.database
        next(sud.world._serial)  # Or both would have the same tax id.
        issuer, receiver = await world.person(), await sud.world.person()
        assert value(await scrape(world.client), "tramesa_platform_deliveries", platform="Sud", state="QUEUED") == 0
        await hook(issuer)
        await world.issue(issuer, receiver)
        nord.line.fate = lambda: "LOSE"
        await nord.work()
        for table in ("platform_delivery", "webhook_delivery"):
            created = datetime.now(UTC) - timedelta(hours=2)
            update = f"UPDATE {table} SET created_at = ?"
            await database.unit_of_work(lambda unit, update=update, created=created: unit.execute(update, [created]))

        waiting = await scrape(world.client)
        nord.line.fate = lambda: "DELIVER"
        await nord.work()
        done = await scrape(world.client)
        await remove_platform(database, "Sud")
        removed = await scrape(world.client)

    assert value(waiting, "tramesa_platform_deliveries", platform="Sud", state="QUEUED") == 1
    assert value(waiting, "tramesa_webhook_deliveries", state="QUEUED") == 1
    for name, labels in (("platform", {"platform": "Sud"}), ("webhook", {})):
        assert 7200 <= value(waiting, f"tramesa_{name}_oldest_seconds", **labels) < 7300
    assert value(done, "tramesa_platform_deliveries", platform="Sud", state="SENT") == 1
    assert value(done, "tramesa_platform_oldest_seconds", platform="Sud") == 0
    assert value(removed, "tramesa_platform_deliveries", platform="Sud", state="SENT") == 0


async def hook(person: Person) -> None:
    """A webhook that is told when an invoice is sent; nobody sends it here."""
    query = "mutation ($i: CreateWebhookInput!) { createWebhook(input: $i) { errors { message } } }"
    made = await person.ask(query, i={"url": "https://programs.example.com/hook", "events": ["INVOICE_SENT"]})
    assert made["createWebhook"]["errors"] == []


async def test_the_mail_knows_which_request_caused_it(world: World, tmp_path: Path) -> None:
    issuer, receiver = await world.person(party_email="issuer@example.org"), await world.person()
    world.client.headers["x-request-id"] = "edge-42"

    await world.issue(issuer, receiver)
    await mail_worker(world.services.database, world.services.settings).drain()

    (mail,) = (tmp_path / "mail").glob("*.eml")
    assert b"X-Request-ID: edge-42\r\n" in mail.read_bytes()
    stored = await world.services.database.fetch("SELECT request_id FROM mail_message")
    assert [tuple(row) for row in stored] == [("edge-42",)]


async def test_a_token_shuts_them(sqlite_url: str, tmp_path: Path) -> None:
    chosen = replace(settings_for(sqlite_url, tmp_path), metrics_token="a token for prometheus")
    async with open_world(chosen) as world:
        without = await world.client.get("/metrics")
        wrong = await world.client.get("/metrics", headers={"authorization": "Bearer a token for somebody"})
        right = await world.client.get("/metrics", headers={"authorization": "Bearer a token for prometheus"})

    assert [without.status_code, wrong.status_code, right.status_code] == [401, 401, 200]


async def test_elsewhere_they_are_not_there_unasked(sqlite_url: str, tmp_path: Path) -> None:
    async with open_world(replace(settings_for(sqlite_url, tmp_path), metrics=False)) as world:
        response = await world.client.get("/metrics")

    assert response.status_code == 404


async def test_workers_that_share_a_port_add_up(sqlite_url: str, tmp_path: Path) -> None:
    async with open_world(settings_for(sqlite_url, tmp_path)):
        pass  # The database is there.
    environment = {"TRAMESA_DATABASE_URL": sqlite_url, "TRAMESA_SECRET_KEY": SECRET}
    query: dict[str, Any] = {"query": "query Who { viewer { name } }"}

    async with ServerProcess(tmp_path / "log", environment, "--workers", "2") as server:
        for _ in range(8):
            async with httpx.AsyncClient(base_url=server.url) as client:  # A connection each, so both are asked.
                await client.post("/graphql", json=query)
        async with httpx.AsyncClient(base_url=server.url) as client:
            found = await asyncio.gather(*(scrape(client) for _ in range(4)))

    counted = [value(one, "tramesa_operations_total", transport="http", operation="Who", result="ok") for one in found]
    assert counted == [8, 8, 8, 8]
