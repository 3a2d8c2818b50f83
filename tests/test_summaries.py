"""Counts, sums and days against a plain Python reading of the same invoices, asked for and followed live."""

from __future__ import annotations

import asyncio
import importlib
import itertools
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

import pytest

from tramesa.models.database import Unit
from tramesa.models.domain.numbering import legal_date
from tramesa.models.domain.states import InvoiceStatus
from tramesa.models.domain.transitions import PartyKind, UserRole
from tramesa.models.sql import Statement
from tramesa.tests.facturae_files import edited
from tramesa.tests.operations import bring, bring_file
from tramesa.tests.servers.inprocess import listening
from tramesa.tests.sockets import Socket, open_socket
from tramesa.tests.test_offices import OURS, THEIRS, issue, limit
from tramesa.tests.test_statements import counted
from tramesa.tests.world import ISSUE, Person, World

S = InvoiceStatus
FINAL = {"PAID", "REJECTED", "CANCELLED"}

FIGURES = "count payable currency waiting daysWaiting longestWaiting daysToPay"
SUMMARY = f"""query ($role: PartyRole!, $filter: InvoiceFilter, $by: [SummaryGroup!]) {{
  invoiceSummary(role: $role, filter: $filter, groupBy: $by) {{
    status month office counterparty {{ name }} {FIGURES} }}
  invoiceStatistics(role: $role, filter: $filter, groupBy: $by) {{
    status month office counterparty {{ name }} {FIGURES} }} }}"""
INVOICES = """query ($role: PartyRole!) { invoices(role: $role, first: 100) { nodes {
  status issueDate registeredAt paymentDate currency totals { payable } offices { role code }
  issuer { name } receiver { name } } } }"""


async def set_back(world: World, number: str, days: int) -> None:
    """As if an invoice had been registered so many days ago."""
    then = datetime.now(UTC) - timedelta(days=days)
    query = Statement(world.services.database.dialect)
    await world.services.database.fetch(
        f"UPDATE invoice SET registered_at = {query.bind(then)}, registered_on = {query.bind(legal_date(then))}"
        f" WHERE number = {query.bind(number)}",
        query.values,
    )


async def receiver_of_many(world: World) -> tuple[Person, list[Person]]:
    """A public body with invoices of two issuers, of several offices, months, currencies, states and ages."""
    body = await world.person(UserRole.ADMIN, kind=PartyKind.PUBLIC_BODY)
    issuers = [await world.person(party_name=name) for name in ("Alfa", "Beta")]
    today = legal_date(datetime.now(UTC))
    lives: list[tuple[int, str, str, str, tuple[str, ...], int, S | None]] = [
        (0, "2026-01-15", "100", "EUR", (OURS,), 10, None),
        (0, "2026-01-31", "33.33", "EUR", (THEIRS,), 0, None),
        (0, "2026-02-01", "1000", "EUR", (OURS, THEIRS), 45, S.PAID),
        (1, "2026-02-28", "7", "EUR", (), 3, S.PAID),
        (1, "2026-01-15", "-50", "EUR", (OURS,), 400, S.PAID),
        (1, "2026-01-15", "100", "USD", (OURS,), 1, S.REJECTED),
        (1, "2026-01-15", "9999999999999999.99", "USD", (OURS,), 8, S.PAID),
        (0, "2026-01-15", "9999999999999999.99", "USD", (OURS,), 7, S.PAID),
        (1, "2026-01-15", "1", "USD", (), 5, None),
    ]
    for place, (who, day, price, currency, codes, ago, status) in enumerate(lives):
        to = {"taxId": body.tax_id}
        if codes:
            roles = ("ACCOUNTING_OFFICE", "MANAGING_BODY", "PROCESSING_UNIT")
            to["offices"] = [{"role": role, "code": codes[n % len(codes)]} for n, role in enumerate(roles)]  # type: ignore[assignment]
        line = {"description": "Work", "quantity": "1", "unitPrice": price, "taxRate": "0"}
        given = {"receiver": to, "number": f"N{place}", "issueDate": day, "lines": [line], "currency": currency}
        payload = (await issuers[who].ask(ISSUE, input=given))["issueInvoice"]
        assert payload["errors"] == []
        await set_back(world, f"N{place}", ago)
        if status is not None:
            await bring(body, S.REGISTERED_IN_RCF, payload["invoice"]["id"], rcfNumber=f"R{place}")
            paid = {"paymentDate": (today - timedelta(days=place % 3)).isoformat()} if status is S.PAID else {}
            await bring(body, status, payload["invoice"]["id"], **paid)
    return body, issuers


def tenth(value: Decimal) -> str:
    return str(value.quantize(Decimal("0.1"), ROUND_HALF_UP))


def figures(invoices: list[dict[str, Any]]) -> dict[str, Any]:
    today = legal_date(datetime.now(UTC))

    def entered(invoice: dict[str, Any]) -> date:
        return legal_date(datetime.fromisoformat(invoice["registeredAt"]))

    waits = [(today - entered(invoice)).days for invoice in invoices if invoice["status"] not in FINAL]
    paid = [
        ((date.fromisoformat(invoice["paymentDate"]) - entered(invoice)).days, Decimal(invoice["totals"]["payable"]))
        for invoice in invoices
        if invoice["status"] == "PAID" and Decimal(invoice["totals"]["payable"]) > 0
    ]
    weight = sum(amount for _, amount in paid)
    return {
        "count": len(invoices),
        "payable": str(sum(Decimal(invoice["totals"]["payable"]) for invoice in invoices)),
        "waiting": len(waits),
        "daysWaiting": tenth(Decimal(sum(waits)) / len(waits)) if waits else None,
        "longestWaiting": max(waits, default=None),
        "daysToPay": tenth(sum(days * amount for days, amount in paid) / weight) if paid else None,
    }


def grouped(invoices: list[dict[str, Any]], role: str, by: list[str]) -> list[dict[str, Any]]:
    """The rows as they should be, in their order."""

    def key(invoice: dict[str, Any]) -> tuple[Any, ...]:
        office = next((office["code"] for office in invoice["offices"] if office["role"] == "ACCOUNTING_OFFICE"), None)
        other = invoice["receiver" if role == "ISSUER" else "issuer"]["name"]
        return (
            list(S).index(S(invoice["status"])) if "STATUS" in by else -1,
            invoice["issueDate"][:7] if "MONTH" in by else "",
            (office is None, office or "") if "OFFICE" in by else (True, ""),
            other if "COUNTERPARTY" in by else "",
            invoice["currency"],
        )

    groups = defaultdict(list)
    for invoice in invoices:
        groups[key(invoice)].append(invoice)
    return [
        {
            "status": None if place < 0 else list(S)[place].value,
            "month": month or None,
            "office": office or None,
            "counterparty": {"name": name} if name else None,
            "currency": currency,
            **figures(groups[place, month, (none, office), name, currency]),
        }
        for place, month, (none, office), name, currency in sorted(groups)
    ]


WAYS: list[list[str]] = [
    [],
    ["STATUS"],
    ["MONTH"],
    ["OFFICE"],
    ["COUNTERPARTY"],
    ["COUNTERPARTY", "MONTH", "COUNTERPARTY"],
    ["OFFICE", "STATUS", "MONTH", "COUNTERPARTY"],
]


async def test_every_grouping_is_what_plain_reading_gives(world: World) -> None:
    body, issuers = await receiver_of_many(world)

    for person, role in ((body, "RECEIVER"), (issuers[0], "ISSUER"), (issuers[1], "ISSUER")):
        invoices = (await person.ask(INVOICES, role=role))["invoices"]["nodes"]
        assert len(invoices) == {"RECEIVER": 9}.get(role, 4 if person is issuers[0] else 5)
        for by in WAYS:
            answer = await person.ask(SUMMARY, role=role, by=by)
            assert answer["invoiceStatistics"] == grouped(invoices, role, by)
            assert answer["invoiceSummary"] == grouped(invoices, role, ["STATUS", *by])


async def test_a_filter_narrows_the_figures_and_nothing_gives_none(world: World) -> None:
    body, _ = await receiver_of_many(world)
    invoices = (await body.ask(INVOICES, role="RECEIVER"))["invoices"]["nodes"]

    january = await body.ask(SUMMARY, role="RECEIVER", filter={"issuedTo": "2026-01-31"}, by=["STATUS"])
    nothing = await body.ask(SUMMARY, role="RECEIVER", filter={"search": "nowhere"}, by=["MONTH"])

    left = [invoice for invoice in invoices if invoice["issueDate"] <= "2026-01-31"]
    assert january["invoiceStatistics"] == grouped(left, "RECEIVER", ["STATUS"])
    assert nothing == {"invoiceStatistics": [], "invoiceSummary": []}


async def test_the_default_is_as_the_contract_has_it(world: World) -> None:
    body, _ = await receiver_of_many(world)

    rows = (await body.ask("{ invoiceSummary(role: RECEIVER) { status count payable currency } }"))["invoiceSummary"]

    assert rows == [
        {"status": "REGISTERED", "count": 2, "payable": "133.33", "currency": "EUR"},
        {"status": "REGISTERED", "count": 1, "payable": "1.00", "currency": "USD"},
        {"status": "PAID", "count": 3, "payable": "957.00", "currency": "EUR"},
        {"status": "PAID", "count": 2, "payable": "19999999999999999.98", "currency": "USD"},
        {"status": "REJECTED", "count": 1, "payable": "100.00", "currency": "USD"},
    ]


async def test_who_is_limited_to_offices_gets_the_figures_of_these(world: World) -> None:
    body, _ = await receiver_of_many(world)
    clerk = await world.person(UserRole.ACCOUNTANT, party=body)
    assert (await limit(body, clerk, THEIRS))["errors"] == []

    answer = await clerk.ask(SUMMARY, role="RECEIVER", by=["OFFICE"])

    assert [(row["office"], row["count"]) for row in answer["invoiceStatistics"]] == [(THEIRS, 1), (OURS, 1)]


LIVE = """subscription ($filter: InvoiceFilter, $by: [SummaryGroup!]) {
  invoiceSummaryChanged(role: RECEIVER, filter: $filter, groupBy: $by) {
    at summary { status count month } totals { count payable waiting daysWaiting } } }"""


async def next_figures(socket: Socket) -> dict[str, Any]:
    message = await socket.receive()
    assert (message["type"], list(message["payload"])) == ("next", ["data"])
    event: dict[str, Any] = message["payload"]["data"]["invoiceSummaryChanged"]
    return event


@pytest.fixture
async def office(world: World) -> tuple[Person, Person]:
    issuer, body = await world.person(), await world.person(UserRole.ADMIN, kind=PartyKind.PUBLIC_BODY)
    return issuer, body


async def test_figures_are_pushed_at_once_and_after_each_change(world: World, office: tuple[Person, Person]) -> None:
    issuer, body = office
    async with listening(world.app) as url, open_socket(url, body.token) as socket:
        await socket.subscribe("1", LIVE, by=["MONTH"])
        first = await next_figures(socket)
        invoice = await world.issue(issuer, body)
        second = await next_figures(socket)
        await bring(body, S.REJECTED, invoice["id"])
        third = await next_figures(socket)

    one = {"count": 1, "payable": "121.00"}
    assert (first["summary"], first["totals"]) == ([], [])
    assert second["summary"] == [{"status": "REGISTERED", "count": 1, "month": "2026-01"}]
    assert second["totals"] == [{**one, "waiting": 1, "daysWaiting": "0.0"}]
    assert third["summary"] == [{"status": "REJECTED", "count": 1, "month": "2026-01"}]
    assert third["totals"] == [{**one, "waiting": 0, "daysWaiting": None}]
    assert first["at"] < second["at"] < third["at"]


async def test_a_crowd_of_changes_is_pushed_together_and_the_last_state_in_the_end(
    world: World, office: tuple[Person, Person]
) -> None:
    issuer, body = office
    async with listening(world.app) as url, open_socket(url, body.token) as socket:
        await socket.subscribe("1", LIVE)
        await next_figures(socket)
        await asyncio.gather(*(world.issue(issuer, body) for _ in range(20)))
        pushed = [await next_figures(socket)]
        while pushed[-1]["totals"][0]["count"] < 20:
            pushed.append(await next_figures(socket))

    instants = [datetime.fromisoformat(event["at"]) for event in pushed]
    assert len(pushed) <= 10
    assert all(later - earlier >= timedelta(seconds=0.9) for earlier, later in pairwise(instants))


async def test_opening_an_invoice_moves_the_sum_of_the_unseen(world: World, office: tuple[Person, Person]) -> None:
    issuer, body = office
    invoice = await world.issue(issuer, body)
    seen = "mutation ($input: MarkInvoiceSeenInput!) { markInvoiceSeen(input: $input) { errors { code } } }"
    async with listening(world.app) as url, open_socket(url, body.token) as socket:
        await socket.subscribe("1", LIVE, filter={"unseen": True})
        before = await next_figures(socket)
        await body.ask(seen, input={"invoiceId": invoice["id"]})
        after = await next_figures(socket)

    assert [row["count"] for row in before["totals"]] == [1]
    assert after["totals"] == []


async def test_a_socket_with_figures_closes_when_offices_change(world: World, office: tuple[Person, Person]) -> None:
    issuer, body = office
    await issue(world, issuer, body, "1", OURS)
    clerk = await world.person(UserRole.ACCOUNTANT, party=body)
    async with listening(world.app) as url, open_socket(url, clerk.token) as socket:
        await socket.subscribe("1", LIVE)
        await next_figures(socket)
        await limit(body, clerk, OURS)
        async with asyncio.timeout(5):
            assert await socket.end() == (4403, "Forbidden")


async def test_figures_need_credentials(small_world: World) -> None:
    for operation in ("{ invoiceStatistics(role: ISSUER) { count } }", "{ invoiceSummary(role: ISSUER) { count } }"):
        response = await small_world.execute(operation, {})
        assert response["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}


NAMED = """query ($role: PartyRole!, $by: [SummaryGroup!]) {
  invoiceStatistics(role: $role, groupBy: $by) { office officeName count } }"""
CALLED = "<CentreDescription>Intervenció</CentreDescription>"


async def test_offices_are_called_what_the_newest_document_that_names_them_calls_them(world: World) -> None:
    body, other = [await world.person(UserRole.ADMIN, kind=PartyKind.PUBLIC_BODY) for _ in range(2)]
    issuer, number = await world.person(), itertools.count(1)
    code = "L01081593"

    async def bring_named(receiver: Person, called: str) -> None:
        parties = (("12345678Z", issuer.tax_id), ("ESQ2826000H", receiver.tax_id), ("2026-11-20", "2026-01-15"))
        document = edited(*parties, ("F-1", f"N-{next(number)}"), ("<Name>Person</Name>", ""), (CALLED, called))
        assert (await bring_file(issuer, document))["errors"] == []

    await bring_named(body, CALLED)
    await bring_named(body, "<CentreDescription>Intervenció General</CentreDescription>")
    await bring_named(body, "")
    await bring_named(other, "<CentreDescription>Another's</CentreDescription>")
    await issue(world, issuer, body, "I-1", OURS)

    named = {"office": code, "officeName": "Intervenció General", "count": 3}
    unnamed = {"office": OURS, "officeName": None, "count": 1}
    assert (await body.ask(NAMED, role="RECEIVER", by=["OFFICE"]))["invoiceStatistics"] == [unnamed, named]
    every = (await body.ask(NAMED, role="RECEIVER", by=["STATUS", "OFFICE", "MONTH"]))["invoiceStatistics"]
    assert every == [unnamed, named]
    assert (await body.ask(NAMED, role="RECEIVER", by=[]))["invoiceStatistics"] == [
        {"office": None, "officeName": None, "count": 4}
    ]
    async with counted(world) as statements:
        await body.ask(NAMED, role="RECEIVER", by=["STATUS", "OFFICE", "MONTH"])
    assert len(statements) == 3

    # A database of the version before: what the documents say is taken from them.
    async def forget(unit: Unit) -> None:
        await unit.execute("UPDATE invoice_office SET name = NULL", [])
        migration = importlib.import_module("tramesa.models.migrations.0021_office_names")
        await unit.execute(migration.POSTGRES if unit.dialect == "postgres" else migration.SQLITE, [])

    await world.services.database.unit_of_work(forget)
    assert (await body.ask(NAMED, role="RECEIVER", by=["OFFICE"]))["invoiceStatistics"] == [unnamed, named]
