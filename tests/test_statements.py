"""What is asked of the database: as many statements as the selection needs, however many invoices there are.

Every statement that a request causes is counted where the driver sends it, the look-up of its credentials included.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLObjectType

from tramesa.graphql.engine import execution
from tramesa.graphql.engine.execution import CACHED_CHARACTERS, CACHED_DOCUMENTS, CACHED_TEXT, Engine, Request
from tramesa.graphql.engine.plain import Attribute
from tramesa.graphql.schema import build_schema
from tramesa.models.domain.transitions import PartyKind, UserRole
from tramesa.models.identifiers import new_id
from tramesa.models.sql import Statement
from tramesa.models.tables import InvoiceContent, InvoiceDocument
from tramesa.tests.conftest import settings_for
from tramesa.tests.onboarding import accept, acceptance, key_ones, key_two, to_stranger
from tramesa.tests.world import ISSUE, Person, World, company_tax_id, open_world

CREDENTIALS = 1
INVOICES = 1
HISTORY = 1

PARTIES = "issuer { id taxId name kind } receiver { id name }"
STEPS = "history { id from to at actor automated info }"
PLAIN = "id number status issueDate totals { total payable } createdAt availableTransitions"
PAGE_INFO = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
EVERYTHING = f"""{PLAIN} {PARTIES} {STEPS} series seen version registryNumber offices {{ code }} taxes {{ base }}
  lines {{ description }} payments {{ amount }} corrects {{ number }} document {{ size url signature {{ status }} }}
  attachments {{ name url }}"""


def page_of(fields: str, connection: str = "", **arguments: str) -> str:
    given = "".join(f", {name}: {value}" for name, value in arguments.items())
    return f"{{ invoices(role: RECEIVER, first: 100{given}) {{ nodes {{ {fields} }} {connection} }} }}"


@asynccontextmanager
async def counted(world: World) -> AsyncIterator[list[str]]:
    """The statements that the drivers run inside, as they run them."""
    client: Any = world.services.database.client
    seen: list[str] = []
    if world.services.database.dialect == "sqlite":
        await client._connection.set_trace_callback(seen.append)
        try:
            yield seen
        finally:
            await client._connection.set_trace_callback(None)
        return
    connections = [holder._con for holder in client._pool._holders if holder._con is not None]

    def log(record: Any) -> None:
        seen.append(record.query)

    for connection in connections:
        connection.add_query_logger(log)
    try:
        yield seen
    finally:
        for connection in connections:
            connection.remove_query_logger(log)
    assert connections == [holder._con for holder in client._pool._holders if holder._con is not None]


async def statements(world: World, person: Person, query: str, /, **variables: Any) -> int:
    """How many statements the operation takes, once everything that is prepared only once has been."""
    await person.ask(query, **variables)
    async with counted(world) as seen:
        await person.ask(query, **variables)
    return len(ours(seen))


def ours(seen: list[str]) -> list[str]:
    """Without what the drivers ask for themselves, such as types that they meet for the first time."""
    asked = [statement for statement in seen if statement.lstrip().startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))]
    return [text for text in asked if "pg_advisory_unlock_all" not in text and "set_config" not in text]


async def copies(world: World, invoice_id: str, count: int) -> None:
    """More invoices like one that is there, with its history: rows beside the API, since a hundred would take long."""
    database = world.services.database
    columns = await _columns(world, "invoice")
    unique = {"id", "duplicate_key", "registry_number"}
    rest = ", ".join(name for name in columns if name not in unique)
    steps = [name for name in await _columns(world, "status_change") if name not in {"id", "invoice_id"}]
    for number in range(1, count + 1):
        key = str(new_id())
        query = Statement(database.dialect)
        await database.fetch(
            f"INSERT INTO invoice (id, {rest}) SELECT {query.bind(key)}, {rest} FROM invoice"
            f" WHERE number = {query.bind(invoice_id)} AND duplicate_key IS NOT NULL",
            query.values,
        )
        for version in (1, 2):
            query = Statement(database.dialect)
            moved = {"issuer_position": f"issuer_position + {number * 1000}"}
            moved["receiver_position"] = f"receiver_position + {number * 1000}"
            values = ", ".join(moved.get(name, name) for name in steps)
            await database.fetch(
                f"INSERT INTO status_change (id, invoice_id, {', '.join(steps)}) SELECT {query.bind(str(new_id()))},"
                f" {query.bind(key)}, {values} FROM status_change c WHERE c.version = {query.bind(version)}"
                f" AND c.invoice_id = (SELECT i.id FROM invoice i WHERE i.number = {query.bind(invoice_id)}"
                " AND i.duplicate_key IS NOT NULL)",
                query.values,
            )
        with database.bound():
            await InvoiceContent.create(
                invoice_id=key, issuer="{}", receiver="{}", offices="[]", taxes="[]", lines="[]", payments="[]"
            )
            await InvoiceDocument.create(
                invoice_id=key, format="FACTURAE_3_2_2", size=1, sha256="0" * 64, signature="ABSENT", bytes=b"x"
            )


async def _columns(world: World, table: str) -> list[str]:
    if world.services.database.dialect == "sqlite":
        return [row[1] for row in await world.services.database.fetch(f"PRAGMA table_info({table})")]
    query = Statement("postgres")
    found = f"SELECT column_name FROM information_schema.columns WHERE table_name = {query.bind(table)}"
    return [row[0] for row in await world.services.database.fetch(found, query.values)]


class Office:
    """A receiver with one invoice, or with a hundred."""

    def __init__(self, world: World, receiver: Person, invoice: dict[str, Any]) -> None:
        self.world, self.receiver, self.invoice = world, receiver, invoice

    async def count(self, query: str, /, **variables: Any) -> int:
        return await statements(self.world, self.receiver, query, **variables)


@pytest.fixture
async def office(world: World) -> Office:
    """One invoice, received."""
    issuer = await world.person(UserRole.ISSUER)
    receiver = await world.person(UserRole.ADMIN, kind=PartyKind.PUBLIC_BODY)
    return Office(world, receiver, await world.issue(issuer, receiver))


@pytest.fixture
async def full_office(office: Office) -> Office:
    """A hundred."""
    await copies(office.world, office.invoice["number"], 99)
    answer = await office.receiver.ask("{ invoices(role: RECEIVER) { totalCount } }")
    assert answer["invoices"]["totalCount"] == 100
    return office


SELECTIONS = [
    ("plain", page_of(PLAIN), CREDENTIALS + INVOICES),
    ("parties", page_of(f"{PLAIN} {PARTIES}"), CREDENTIALS + INVOICES),
    ("page", page_of(f"{PLAIN} {PARTIES} {STEPS}", PAGE_INFO), CREDENTIALS + INVOICES + HISTORY),
    ("edges", "{ invoices(role: RECEIVER) { edges { cursor node { id history { to } } } } }", 3),
    (
        "fragments",
        "{ invoices(role: RECEIVER) { ...F } } fragment F on InvoiceConnection { nodes { history { to } } }",
        3,
    ),
    ("nested", page_of("history { invoice { number receiver { name } issuer { name } history { to } } }"), 3),
    ("skipped", page_of("id history @skip(if: true) { to }"), 2),
    ("document", page_of("id document { size }"), 3),
    ("content", page_of("id lines { description } taxes { base } payments { amount } offices { code }"), 3),
    ("attachments", page_of("id attachments { name }"), 3),
    ("everything", page_of(EVERYTHING), 6),
    ("count", page_of(f"{PLAIN} {PARTIES} {STEPS}", "totalCount"), 4),
    ("count alone", "{ invoices(role: RECEIVER) { totalCount } }", 3),
    ("summary", "{ invoiceSummary(role: RECEIVER) { status count payable } }", CREDENTIALS + 1),
    ("filtered", page_of("id", filter='{search: "n", status: [REGISTERED], counterparty: "party"}'), 2),
    ("nothing found", page_of(EVERYTHING, filter="{status: []}"), CREDENTIALS + INVOICES),
    ("feed", "{ statusChanges(role: RECEIVER, first: 100) { nodes { id to } } }", 2),
    ("feed with invoices", "{ statusChanges(role: RECEIVER, first: 100) { nodes { invoice { number } } } }", 3),
    ("viewer", "{ viewer { name party { name } } statuses { status name } }", CREDENTIALS),
]


@pytest.mark.parametrize(("query", "expected"), [case[1:] for case in SELECTIONS], ids=[case[0] for case in SELECTIONS])
async def test_a_selection_takes_its_statements_for_one_invoice(office: Office, query: str, expected: int) -> None:
    assert await office.count(query) == expected


async def test_a_hundred_invoices_take_as_many_statements_as_one(full_office: Office) -> None:
    taken = {name: await full_office.count(query) for name, query, _ in SELECTIONS}

    assert taken == {name: expected for name, _, expected in SELECTIONS}


@pytest.fixture
async def postgres_world(postgres_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """On PostgreSQL alone, where rows that are written together are one statement."""
    async with open_world(settings_for(postgres_url, tmp_path)) as opened:
        yield opened


async def test_a_batch_takes_as_many_statements_for_twenty_changes_as_for_two(postgres_world: World) -> None:
    issuer = await postgres_world.person(UserRole.ISSUER, party_email="a@example.org")
    receiver = await postgres_world.person(UserRole.ADMIN, kind=PartyKind.PUBLIC_BODY)
    ids = [(await postgres_world.issue(issuer, receiver))["id"] for _ in range(22)]
    taken = []

    # The first time the driver looks types up.
    for part in (ids[:2], ids[2:4], ids[4:]):
        changes = [{"invoiceId": key, "to": "REGISTERED_IN_RCF", "rcfNumber": "7"} for key in part]
        async with counted(postgres_world) as seen:
            payload = await receiver.ask(
                "mutation ($i: ChangeStatusesInput!) { changeStatuses(input: $i) { results { errors { code } } } }",
                i={"changes": changes, "idempotencyKey": part[0]},
            )
        assert payload == {"changeStatuses": {"results": [{"errors": []}] * len(part)}}
        taken.append(len(ours(seen)))

    assert taken[1] == taken[2]


async def test_signing_up_takes_as_many_statements_for_twelve_waiting_invoices_as_for_three(
    postgres_world: World,
) -> None:
    issuers = [await postgres_world.person(party_email=f"i{number}@example.org") for number in range(3)]
    taken = []
    for place, times in enumerate((1, 1, 4)):
        tax_id, address = company_tax_id(7_000_001 + place), f"a{place}@exemple.cat"
        for issuer in issuers * times:
            wanted = to_stranger(postgres_world, issuer, tax_id)
            wanted["receiver"]["email"] = address
            await issuer.ask(ISSUE, input=wanted)
        keys = (await key_ones(postgres_world, address))[0], await key_two(issuers[0], tax_id)
        async with counted(postgres_world) as seen:
            payload = await accept(postgres_world, acceptance(*keys, tax_id, email=address))
        assert (payload["errors"], payload["registeredInvoices"]) == ([], 3 * times)
        taken.append(len(ours(seen)))

    assert taken[1] == taken[2]


async def test_one_invoice_with_everything_takes_six_statements(office: Office) -> None:
    query = f"query ($id: ID!) {{ invoice(id: $id) {{ {EVERYTHING} }} }}"

    assert await office.count(query, id=office.invoice["id"]) == 6


async def test_the_following_page_takes_one_more_only_to_look_back(full_office: Office) -> None:
    turned = "query ($c: String) { invoices(role: RECEIVER, first: 10, after: $c) { nodes { id } pageInfo { %s } } }"
    first = await full_office.receiver.ask(turned % "endCursor", c=None)
    cursor = first["invoices"]["pageInfo"]["endCursor"]

    assert await full_office.count(turned % "hasNextPage endCursor", c=cursor) == CREDENTIALS + INVOICES
    assert await full_office.count(turned % "hasNextPage hasPreviousPage", c=cursor) == CREDENTIALS + INVOICES + 1


async def test_a_request_without_credentials_asks_the_database_nothing(world: World) -> None:
    await world.services.database.fetch("SELECT 1")
    async with counted(world) as seen:
        response = await world.execute("{ statuses { status } viewer { name } }", {})

    assert response["data"]["viewer"] is None
    assert [statement for statement in seen if "pg_advisory_unlock_all" not in statement] == []


ASYNCHRONOUS = {
    "Query.invoiceStatistics",
    "Query.partyUserEvents",
    "Query.partyUsers",
    "Query.savedFilters",
    "Query.invitationEvents",
    "Query.invitations",
    "Query.platformCancellations",
    "Query.platformDirectory",
    "Query.platformStates",
    "Query.receiverKeys",
    "InvoiceConnection.totalCount",
    "Query.apiTokens",
    "Query.pendingInvoices",
    "Query.cancellationChanges",
    "Query.cancellationCursor",
    "Query.webhooks",
    "Webhook.deliveries",
    "Query.feedCursor",
    "Query.invoice",
    "Query.invoiceSummary",
    "Query.invoices",
    "Query.node",
    "Query.nodes",
    "Query.noticeAddresses",
    "Query.notifications",
    "Query.statusChanges",
    "Query.trackInvoice",
    "Query.userInvitations",
}


def test_nothing_on_a_plain_field_awaits() -> None:
    schema = build_schema()
    fields = {
        f"{name}.{field_name}": field.resolve
        for name, type_ in schema.type_map.items()
        if isinstance(type_, GraphQLObjectType) and not name.startswith("__")
        for field_name, field in type_.fields.items()
    }
    mutations = {name for name in fields if name.startswith("Mutation.")}

    asynchronous = {name for name, resolve in fields.items() if inspect.iscoroutinefunction(resolve)}
    assert asynchronous == ASYNCHRONOUS | mutations
    computed = {name for name, resolve in fields.items() if not isinstance(resolve, Attribute)}
    assert computed - asynchronous == {
        "Attachment.signedUrl",
        "Attachment.url",
        "Cancellation.name",
        "Finding.message",
        "Invoice.availableTransitions",
        "Invoice.canAnswerCancellation",
        "Invoice.canRequestCancellation",
        "Invoice.canWithdrawCancellation",
        "Invoice.document",
        "Invoice.receipt",
        "InvoiceConnection.edges",
        "InvoiceConnection.nodes",
        "InvoiceConnection.pageInfo",
        "InvoiceDocument.findings",
        "InvoiceDocument.signedUrl",
        "InvoiceDocument.url",
        "InvoiceOrderParts.direction",
        "NoticeAddress.id",
        "NotificationConnection.edges",
        "NotificationConnection.nodes",
        "NotificationConnection.pageInfo",
        "PartyUser.id",
        "PartyUser.officeCodes",
        "PartyUser.roles",
        "Query.statuses",
        "Query.viewer",
        "Receipt.signedUrl",
        "Receipt.url",
        "SavedFilter.columns",
        "SavedFilter.filter",
        "SavedFilter.orderBy",
        "SavedFilter.role",
        "SavedFilter.whole",
        "StatusChangeConnection.edges",
        "StatusChangeConnection.nodes",
        "StatusChangeConnection.pageInfo",
        "StatusDefinition.name",
        "StatusDefinition.transitions",
        "Subscription.cancellationChanged",
        "Subscription.invoiceStatusChanged",
        "Subscription.invoiceSummaryChanged",
    }


async def test_a_text_is_parsed_and_validated_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def counting(name: str) -> Any:
        original = getattr(execution, name)

        def call(*arguments: Any, **options: Any) -> Any:
            calls.append(name)
            return original(*arguments, **options)

        return call

    for name in ("parse", "validate"):
        monkeypatch.setattr(execution, name, counting(name))
    query = "query Once($role: PartyRole!) { invoices(role: $role) { nodes { id } } }"
    reader = await world.person()

    for role in ("ISSUER", "RECEIVER", "ISSUER"):
        await reader.ask(query, role=role)

    assert calls == ["parse", "validate"]


def test_many_different_texts_do_not_fill_the_memory() -> None:
    engine = Engine(build_schema())

    for number in range(CACHED_DOCUMENTS + 500):
        engine.ready(Request(f"{{ a{number}: __typename }}"))
    engine.ready(Request("{ __typename " + " " * CACHED_TEXT + "}"))
    engine.ready(Request("{ broken"))

    kept = engine._prepared
    assert len(kept) == CACHED_DOCUMENTS
    assert f"{{ a{CACHED_DOCUMENTS + 499}: __typename }}" in kept
    assert all(len(text) <= CACHED_TEXT for text in kept)


def test_long_texts_drive_out_earlier_ones() -> None:
    engine = Engine(build_schema())
    texts = [f"{{ a{number}: __typename {' ' * 10_000}}}" for number in range(120)]

    for text in texts:
        engine.ready(Request(text))

    kept = list(engine._prepared)
    assert kept == texts[-len(kept) :]
    assert len(kept) == CACHED_CHARACTERS // len(texts[-1])
    assert engine._characters == sum(map(len, kept))
