"""What is kept for a while and then removed, in portions, by as many processes as there are."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tramesa.models import purging
from tramesa.models.database import Database, open_database
from tramesa.models.identifiers import new_id
from tramesa.models.purging import RULES, purge
from tramesa.models.sql import Statement
from tramesa.models.writing import insert_rows
from tramesa.tests.conftest import settings_for
from tramesa.tests.world import Person, World, open_world

NOW = datetime(2030, 1, 1, tzinfo=UTC)
ISSUE_AGAIN = """mutation ($input: IssueInvoiceInput!) { issueInvoice(input: $input) {
  invoice { id } errors { code } } }"""


async def count(database: Database, table: str) -> int:
    return int((await database.fetch(f"SELECT COUNT(*) FROM {table}"))[0][0])


async def grow_old(database: Database, table: str, column: str, at: datetime) -> None:
    async def work(unit: object) -> None:
        query = Statement(database.dialect)
        await unit.execute(f"UPDATE {table} SET {column} = {query.bind(at)}", query.values)  # type: ignore[attr-defined]

    await database.unit_of_work(work)


async def test_each_rule_removes_what_is_too_old_and_leaves_the_rest(world: World) -> None:
    database = world.services.database
    await one_of_each(world)
    tables = {rule.table: 1 for rule in RULES}
    assert {table: await count(database, table) for table in tables} == tables
    for rule in RULES:
        await grow_old(database, rule.table, rule.column, NOW - rule.kept + timedelta(minutes=1))

    await purge(database, NOW)
    assert {table: await count(database, table) for table in tables} == tables

    for rule in RULES:
        await grow_old(database, rule.table, rule.column, NOW - rule.kept - timedelta(minutes=1))
        await purge(database, NOW)
        tables[rule.table] = 0
        assert {table: await count(database, table) for table in tables} == tables


async def one_of_each(world: World) -> Person:
    """A row in each of the tables that are purged."""
    person = await world.person()
    database = world.services.database
    tokens = await world.services.authority.open_session(person.user_id)
    assert tokens.refresh

    async def work(unit: object) -> None:
        user, later = {"user_id": person.user_id}, NOW + timedelta(days=400)
        queued = {"state": "SENT", "attempts": 1, "next_attempt_at": NOW, "created_at": NOW}
        platform = {"id": str(new_id()), "name": "P", "address": "https://p.example", "keys": "[]", "source": "FILE"}
        rows: dict[str, dict[str, object]] = {
            "idempotency_key": {
                **user, "operation": "o", "key": "k", "input_hash": "h", "invoice_id": str(new_id()), "created_at": NOW
            },
            "batch_result": {
                **user, "key": "k", "position": 0, "input_hash": "h", "outcome": "{}", "created_at": NOW
            },
            "password_link": {
                "id": str(new_id()), **user, "key_hash": "0" * 64, "created_at": NOW, "expires_at": later
            },
            "sign_in_attempt": {"subject": "0" * 64, "at": NOW},
            "digest_item": {
                "id": str(new_id()), "notice_address_id": str(new_id()), "due_at": later, "kind": "STATUS",
                "facts": "{}", "created_at": NOW,
            },
            "document_archive": {
                "id": str(new_id()), **user, "invoices": "[]", "attachments": False, "created_at": NOW
            },
            "webhook_delivery": {
                "id": str(new_id()), "webhook_id": str(new_id()), "event": "e", "body": "{}", **queued
            },
            "platform": {
                **platform, "kind": "TRAMESA", "active": True, "told": 0, "next_pull_at": NOW, "created_at": NOW
            },
            "used_token": {"platform_id": platform["id"], "jti": "j", "expires_at": later},
        }  # fmt: skip
        for table, row in rows.items():
            await insert_rows(unit, table, [row])  # type: ignore[arg-type]

    await database.unit_of_work(work)
    await grow_old(database, "session", "expires_at", NOW + timedelta(days=1))
    return person


async def test_a_session_takes_its_refresh_tokens_with_it(world: World) -> None:
    database = world.services.database
    await one_of_each(world)
    assert await count(database, "refresh_token") == 1

    await purge(database, NOW + timedelta(days=3))

    assert (await count(database, "session"), await count(database, "refresh_token")) == (0, 0)


async def test_a_key_stands_for_what_it_did_for_thirty_days(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    wanted = world.invoice_input(receiver) | {"idempotencyKey": "k"}
    first = (await issuer.ask(ISSUE_AGAIN, input=wanted))["issueInvoice"]
    database, now = world.services.database, datetime.now(UTC)

    await purge(database, now + timedelta(days=29))
    again = (await issuer.ask(ISSUE_AGAIN, input=wanted))["issueInvoice"]
    await purge(database, now + timedelta(days=31))
    anew = (await issuer.ask(ISSUE_AGAIN, input=wanted))["issueInvoice"]

    assert again == first
    # It is a new request now, and refused as any that brings the same invoice twice.
    assert [error["code"] for error in anew["errors"]] == ["DUPLICATE_INVOICE"]


async def test_several_processes_remove_many_in_portions(
    database_url: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "AT_ONCE", 20)
    async with open_world(settings_for(database_url, tmp_path)) as world:  # type: ignore[arg-type]
        database, person = world.services.database, await world.person()
        other = await open_database(database_url)
        keys = [
            {
                "user_id": person.user_id, "operation": "o", "key": str(number), "input_hash": "h",
                "invoice_id": str(new_id()), "created_at": NOW,
            }
            for number in range(110)
        ]  # fmt: skip
        await database.unit_of_work(lambda unit: insert_rows(unit, "idempotency_key", keys))
        later = NOW + timedelta(days=31)

        async with asyncio.timeout(30):
            await asyncio.gather(*(purge(one, later) for one in (database, other, database, other)))
        await purge(database, later)

        assert await count(database, "idempotency_key") == 0
        await other.close()
