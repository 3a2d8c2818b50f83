"""The database as migrations make it: tables, what is unique, indexes, and that every list is served by one."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tortoise.context import TortoiseContext
from tortoise.exceptions import IntegrityError
from tortoise.migrations import operations
from tortoise.migrations.autodetector import MigrationAutodetector

from tramesa.models import migrations
from tramesa.models.database import Database, Unit, open_database, tortoise_config
from tramesa.models.domain.states import InvoiceStatus
from tramesa.models.migrating import missing_migrations
from tramesa.models.sql import Statement
from tramesa.tests.facturae_files import edited
from tramesa.tests.operations import bring, bring_file
from tramesa.tests.servers.postgres import Postgres
from tramesa.tests.world import World

MIGRATIONS = sorted(path.stem for path in Path(migrations.__file__ or "").parent.glob("[0-9]*.py"))

UNIQUE = {
    "api_token": {"hash", "id"},
    "attachment": {"id", "invoice_id,position"},
    "cancellation_event": {
        "id",
        "invoice_id,place",
        "issuer_id,issuer_position",
        "receiver_id,receiver_position",
    },
    "cancellation_request": {"invoice_id"},
    "cancellation_travel": {"id", "platform_id,direction,key"},
    "certificate": {"id", "party_id"},
    "correction": {"invoice_id"},
    "batch_result": {"id", "user_id,key,position"},
    "counterparty": {"id", "owner_id,role,party_id"},
    "document_archive": {"id"},
    "digest_item": {"id"},
    "directory_entry": {"id", "tax_id,platform_id"},
    "exchange": {"invoice_id", "platform_id,direction,remote_id"},
    "feed": {"id", "party_id,role"},
    "idempotency_key": {"id", "user_id,operation,key"},
    "invitation": {"id", "key_hash"},
    "invitation_event": {"id"},
    "invoice": {"duplicate_key", "id", "receiver_id,registry_number"},
    "invoice_content": {"invoice_id"},
    "invoice_document": {"invoice_id"},
    "invoice_office": {"id", "invoice_id,code,role"},
    "invoice_seen": {"id", "user_id,invoice_id"},
    "invoice_text": {"invoice_id"},
    "mail_message": {"change_id,kind,recipient", "id"},
    "notice_address": {"id", "party_id,address"},
    "party": {"id", "tax_id"},
    "password_link": {"id", "key_hash"},
    "person": {"email", "id"},
    "platform": {"address", "id", "name"},
    "platform_delivery": {"change_id,platform_id", "id", "platform_id,position"},
    "platform_key": {"id", "kid", "place"},
    "receiver_key": {"id", "key_hash"},
    "refresh_token": {"hash"},
    "registry_counter": {"id", "party_id,year"},
    "saved_filter": {"id", "party_id,user_id,name_key"},
    "session": {"id"},
    "sign_in_attempt": {"id"},
    "status_change": {"id", "invoice_id,version", "issuer_id,issuer_position", "receiver_id,receiver_position"},
    "user_event": {"id"},
    "user_invitation": {"id", "key_hash"},
    "webhook": {"id"},
    "webhook_delivery": {"id"},
    "tortoise_migrations": {"app,name", "id"},
    "used_token": {"id", "platform_id,jti"},
}

INDEXES = {
    "cancellation_request_issuer": "issuer_id,state",
    "cancellation_request_receiver": "receiver_id,state",
    "cancellation_travel_invoice": "invoice_id,id",
    "cancellation_travel_open": "platform_id,direction,state,id",
    "correction_corrected": "issuer_id,full_number_key",
    "webhook_delivery_due": "state,next_attempt_at",
    "webhook_delivery_listed": "webhook_id,id",
    "webhook_delivery_webhook": "webhook_id,state,next_attempt_at,id",
    "webhook_party": "party_id,state",
    "batch_result_age": "created_at",
    "document_archive_user": "user_id,created_at",
    "idempotency_key_age": "created_at",
    "session_end": "expires_at",
    "digest_item_age": "due_at",
    "digest_item_due": "notice_address_id,due_at,created_at",
    "idx_api_token_user_id_2531e3": "user_id",
    "idx_password_li_user_id_4eb64f": "user_id",
    "idx_refresh_tok_session_e0eedc": "session_id",
    "idx_session_user_id_23ddbc": "user_id",
    "invitation_event_issuer": "issuer_id,id",
    "invitation_event_receiver": "issuer_id,receiver_id,id",
    "invitation_issuer": "issuer_id,id",
    "invitation_receiver": "receiver_id,id",
    "invoice_issuer_changed": "issuer_id,status_changed_at,id",
    "invoice_issuer_created": "issuer_id,created_at,id",
    "invoice_issuer_full": "issuer_id,full_number_key",
    "invoice_issuer_issued": "issuer_id,issue_date,id",
    "invoice_issuer_number": "issuer_id,number_key",
    "invoice_issuer_party": "issuer_id,receiver_id,created_at,id",
    "invoice_issuer_summed": (
        "issuer_id,status,created_at,id,currency,payable,registered_on,payment_date,issue_date,receiver_id"
    ),
    "invoice_issuer_total": "issuer_id,total,id",
    "invoice_issuer_unseen": "issuer_id,seen,created_at,id",
    "invoice_receiver_changed": "receiver_id,status_changed_at,id",
    "invoice_receiver_created": "receiver_id,created_at,id",
    "invoice_receiver_full": "receiver_id,full_number_key",
    "invoice_receiver_issued": "receiver_id,issue_date,id",
    "invoice_receiver_number": "receiver_id,number_key",
    "invoice_receiver_party": "receiver_id,issuer_id,created_at,id",
    "invoice_receiver_registered": "receiver_id,status,registered_at,id",
    "invoice_receiver_summed": (
        "receiver_id,status,created_at,id,currency,payable,registered_on,payment_date,issue_date,issuer_id"
    ),
    "invoice_receiver_total": "receiver_id,total,id",
    "invoice_receiver_unseen": "receiver_id,seen_by_all,created_at,id",
    "invoice_office_issuer": "issuer_id,code,invoice_id",
    "invoice_office_receiver": "receiver_id,code,invoice_id",
    "invoice_text_issuer": "issuer_id,invoice_id",
    "invoice_text_receiver": "receiver_id,invoice_id",
    "mail_message_due": "state,next_attempt_at",
    "mail_message_invoice": "invoice_id",
    "mail_message_party": "party_id,created_at",
    "platform_delivery_due": "state,next_attempt_at",
    "platform_delivery_invoice": "invoice_id,created_at",
    "platform_delivery_platform": "platform_id,state,next_attempt_at,id",
    "receiver_key_issuer": "issuer_id,id",
    "receiver_key_receiver": "receiver_id,id",
    "sign_in_attempt_subject": "subject,at",
    "used_token_expiry": "expires_at",
    "user_event_party": "party_id,id",
    "user_invitation_party": "party_id,id",
}

_SQLITE_CATALOGUE = """
SELECT m.name, l.name, l."unique", (SELECT group_concat(i.name) FROM pragma_index_info(l.name) i)
FROM sqlite_master m, pragma_index_list(m.name) l WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'
UNION ALL SELECT m.name, NULL, 1, p.name FROM sqlite_master m, pragma_table_info(m.name) p
WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND p.pk > 0
"""
_POSTGRES_CATALOGUE = """
SELECT t.relname, c.relname, x.indisunique, (SELECT string_agg(a.attname, ',' ORDER BY k.place)
  FROM unnest(x.indkey) WITH ORDINALITY k (column_number, place)
  JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.column_number)
FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
WHERE t.relnamespace = 'public'::regnamespace
"""


async def test_a_fresh_database_has_the_tables_constraints_and_indexes(database: Database) -> None:
    sqlite = database.dialect == "sqlite"

    rows = await database.fetch(_SQLITE_CATALOGUE if sqlite else _POSTGRES_CATALOGUE)

    unique: dict[str, set[str]] = {}
    for table, _, _, columns in (row for row in rows if row[2]):
        unique.setdefault(table, set()).add(columns)
    assert unique == UNIQUE
    assert {name: columns for _, name, is_unique, columns in rows if not is_unique} == INDEXES
    tables = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        if sqlite
        else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    )
    assert {row[0] for row in await database.fetch(tables)} == set(UNIQUE)


async def test_a_fresh_database_refuses_to_alter_history(database: Database) -> None:
    rows = await database.fetch(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if database.dialect == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )

    guarded = ("status_change", "invoice_document", "invitation_event", "cancellation_event", "user_event")
    altered = {f"{table}_never_altered" for table in guarded}
    removed = {f"{table}_never_removed" for table in guarded}
    assert {row[0] for row in rows} == (altered | removed if database.dialect == "sqlite" else altered)


# Table, columns that must not repeat, what is changed so that nothing else repeats.
REPEATS: list[tuple[str, str, dict[str, Any]]] = [
    ("party", "tax_id", {}),
    ("person", "email", {}),
    ("api_token", "hash", {}),
    ("counterparty", "owner_id, role, party_id", {}),
    ("feed", "party_id, role", {}),
    ("registry_counter", "party_id, year", {}),
    ("idempotency_key", "user_id, operation, key", {}),
    ("invoice", "duplicate_key", {"registry_number": None}),
    ("invoice", "receiver_id, registry_number", {"duplicate_key": None}),
    ("attachment", "invoice_id, position", {}),
    ("status_change", "invoice_id, version", {"issuer_position": 99, "receiver_position": 99}),
    ("status_change", "issuer_id, issuer_position", {"version": 99, "receiver_position": 99}),
    ("status_change", "receiver_id, receiver_position", {"version": 99, "issuer_position": 99}),
    ("mail_message", "change_id, kind, recipient", {}),
]


@pytest.mark.parametrize(("table", "columns", "changes"), REPEATS, ids=[f"{row[0]}: {row[1]}" for row in REPEATS])
async def test_what_is_unique_cannot_be_kept_twice(
    world: World, table: str, columns: str, changes: dict[str, Any]
) -> None:
    issuer, receiver = await world.person(party_email="issuer@example.org"), await world.person()
    document = edited(("12345678Z", issuer.tax_id), ("ESQ2826000H", receiver.tax_id), ("2026-11-20", "2026-01-15"))
    invoice = (await bring_file(issuer, document, ("a.txt", b"text"), idempotencyKey="k"))["invoice"]
    await bring(receiver, InvoiceStatus.DELIVERED, invoice["id"])
    database = world.services.database
    row = dict((await database.fetch(f"SELECT * FROM {table}"))[0])
    row |= changes | {"id": str(uuid4())} if len(str(row["id"])) == 36 else {}
    if len(str(row["id"])) < 36:
        del row["id"]
    count = f"SELECT COUNT(*) FROM {table}"
    before = (await database.fetch(count))[0][0]

    async def work(unit: Unit) -> None:
        query = Statement(unit.dialect)
        places = ", ".join(query.bind(value) for value in row.values())
        await unit.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", query.values)

    with pytest.raises(IntegrityError) as caught:
        await database.unit_of_work(work)

    named = ", ".join(f"{table}.{column}" for column in columns.split(", "))
    expected = f"UNIQUE constraint failed: {named}" if database.dialect == "sqlite" else f"Key ({columns})="
    assert expected in str(caught.value).replace('"', "")
    assert (await database.fetch(count))[0][0] == before


async def test_models_and_migrations_agree(database_url: str) -> None:
    config = tortoise_config(database_url)

    async with TortoiseContext() as context:
        await context.init(config=config)
        assert context.apps is not None
        changes = await MigrationAutodetector(context.apps, config["apps"]).changes()

    # Tortoise 1.1.9 loses the _id of a primary key that is a relation, and sets the options anew that were set first.
    created = {
        operation.name: operation.options
        for name in MIGRATIONS
        for operation in import_module(f"tramesa.models.migrations.{name}").Migration.operations
        if isinstance(operation, operations.CreateModel)
    }
    assert [
        (type(operation).__name__, vars(operation))
        for change in changes
        for operation in change.operations
        if not isinstance(operation, operations.AlterModelOptions) or operation.options != created[operation.name]
    ] == []


MIGRATE = """
import asyncio, json, sys
from tramesa.models.migrating import migrate
print(json.dumps(asyncio.run(migrate(sys.argv[1]))))
"""


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
async def test_processes_that_migrate_at_once_wait_for_one_another(
    dialect: str, tmp_path: Any, postgres: Postgres
) -> None:
    name = f"test_{uuid4().hex}"
    url = f"sqlite://{tmp_path}/new/a.sqlite3" if dialect == "sqlite" else await postgres.create_database(name)

    async def migrate() -> list[str]:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", MIGRATE, url, stdout=pipe, stderr=pipe)
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        applied: list[str] = json.loads(out)
        return applied

    applied = await asyncio.gather(migrate(), migrate())

    assert sorted(applied) == [[], [f"models.{name}" for name in MIGRATIONS]]
    database = await open_database(url)
    assert await missing_migrations(database) == []
    await database.close()
    if dialect == "postgres":
        await postgres.drop_database(name)


async def test_an_empty_database_misses_every_migration(tmp_path: Any) -> None:
    database = await open_database(f"sqlite://{tmp_path}/empty.sqlite3")

    assert await missing_migrations(database) == MIGRATIONS

    await database.close()


LIST = """query ($role: PartyRole!, $filter: InvoiceFilter, $orderBy: InvoiceOrder, $after: String, $before: String) {
  invoices(role: $role, filter: $filter, orderBy: $orderBy, after: $after, before: $before) {
    nodes { id issuer { name } receiver { name } history { to } } totalCount
    pageInfo { startCursor hasNextPage hasPreviousPage } }
  invoiceSummary(role: $role, filter: $filter) { count } }"""

FILTERS: list[dict[str, Any]] = [
    {},
    {"status": ["PAID", "SENT"]},
    {"counterparty": "a"},
    {"number": "7"},
    {"search": "a"},
    {"issuedFrom": "2026-01-01", "issuedTo": "2026-12-31"},
    {"changedSince": "2026-01-01T00:00:00Z"},
    {"totalFrom": "1", "totalTo": "1000"},
    {"unseen": True},
    {"unseen": False},
    {"office": "L01"},
    {"office": "L01", "officeRole": "MANAGING_BODY"},
    {"unseen": False, "status": ["PAID"], "number": "7", "search": "b", "counterparty": "c", "totalTo": "1"},
]


async def plan_of(database: Database, sql: str, values: list[Any]) -> str:
    """How the database goes about a statement; PostgreSQL told to scan a whole table only where nothing else serves."""

    async def work(unit: Unit) -> str:
        if unit.dialect == "sqlite":
            return "\n".join(row[3] for row in await unit.fetch(f"EXPLAIN QUERY PLAN {sql}", values))
        await unit.execute("SET LOCAL enable_seqscan = off", [])
        return "\n".join(row[0] for row in await unit.fetch(f"EXPLAIN {sql}", values))

    return await database.unit_of_work(work)


@pytest.mark.parametrize("role", ["ISSUER", "RECEIVER"])
async def test_every_filter_and_order_is_served_by_an_index(
    world: World, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    issuer, receiver = await world.person(), await world.person()
    await world.issue(issuer, receiver)
    person, database = issuer if role == "ISSUER" else receiver, world.services.database
    asked: dict[str, list[Any]] = {}
    fetch = database.fetch

    async def recorded(sql: str, values: Any = ()) -> Any:
        asked[sql] = list(values)
        return await fetch(sql, values)

    monkeypatch.setattr(database, "fetch", recorded)
    for field in ("CREATED_AT", "ISSUE_DATE", "STATUS_CHANGED_AT", "TOTAL"):
        for direction, filters in (("DESC", FILTERS), ("ASC", FILTERS[:1])):
            order = {"field": field, "direction": direction}
            cursor = (await person.ask(LIST, role=role, orderBy=order))["invoices"]["pageInfo"]["startCursor"]
            for wanted in filters:
                for edges in ({}, {"after": cursor}, {"before": cursor}):
                    await person.ask(LIST, role=role, filter=wanted, orderBy=order, **edges)
    await person.ask("query ($role: PartyRole!) { statusChanges(role: $role) { nodes { invoice { id } } } }", role=role)

    on_invoices = {sql: values for sql, values in asked.items() if re.search("FROM (invoice|status_change)", sql)}
    plans = {sql: await plan_of(database, sql, values) for sql, values in on_invoices.items()}
    whole = r"\bSCAN [intowcv]\b|\bSCAN (invoice|status_change)|Seq Scan on (invoice|status_change)"
    assert {sql: plan for sql, plan in plans.items() if re.search(whole, plan)} == {}
    # Four orders, three edges each: newest first with every filter, oldest first with none.
    pages = [sql for sql in plans if "ORDER BY i." in sql]
    assert len(pages) == 4 * 3 * (len(FILTERS) + 1)
