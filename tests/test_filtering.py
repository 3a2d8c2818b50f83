"""Filters, counts and sums against a plain Python reading of the same invoices."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tramesa.models.domain.states import InvoiceStatus
from tramesa.models.domain.transitions import PartyKind
from tramesa.tests.operations import bring
from tramesa.tests.world import Person, World

S = InvoiceStatus

LIST = """query ($role: PartyRole!, $filter: InvoiceFilter) {
  invoices(role: $role, filter: $filter, first: 100) { totalCount nodes {
    number series status issueDate statusChangedAt seen registryNumber rcfNumber currency
    registeredAt rejectionReason paymentDate lines { description gross } payments { dueDate amount }
    issuer { taxId name } receiver { taxId name } totals { total payable taxable taxes } } }
  invoiceSummary(role: $role, filter: $filter) { status currency count payable } }"""


async def listing(person: Person, role: str, **wanted: Any) -> tuple[list[dict[str, Any]], int, list[dict[str, Any]]]:
    data = await person.ask(LIST, role=role, filter=wanted or None)
    return data["invoices"]["nodes"], data["invoices"]["totalCount"], data["invoiceSummary"]


async def traders(world: World) -> tuple[Person, Person]:
    """A party that issues and receives among parties whose names have accents, and another that does so beside it."""
    names = ("Construccions Àngel, S.L.", "Ajuntament d'Òdena", "100% Neteja_Fina", "Ñandú y Cía")
    kinds = (PartyKind.COMPANY, PartyKind.PUBLIC_BODY, PartyKind.COMPANY, PartyKind.COMPANY)
    angel, body, neteja, nandu = [
        await world.person(party_name=name, kind=kind) for name, kind in zip(names, kinds, strict=True)
    ]
    issued = [
        (angel, body, "A-2026/7", None, "2025-12-31", "100", "EUR"),
        (angel, body, "7", "A-2026/", "2026-01-01", "-50.5", "EUR"),
        (angel, neteja, "7", "b", "2026-01-02", "0", "USD"),
        (angel, neteja, "007", None, "2026-01-02", "82.645", "EUR"),
        (angel, nandu, "Ñ_1%", "Ç", "2026-01-03", "1000000", "USD"),
        (angel, angel, "self", None, "2026-01-03", "1", "EUR"),
        (neteja, angel, "7", None, "2026-01-02", "9", "EUR"),
        (nandu, angel, "8", None, "2026-01-04", "9.99", "EUR"),
        (nandu, body, "7", None, "2026-01-04", "7", "EUR"),
    ]
    for issuer, receiver, number, series, day, price, currency in issued:
        line = {"description": "Work", "quantity": "1", "unitPrice": price, "taxRate": "21"}
        given_ = {"number": number, "series": series, "issueDate": day, "lines": [line], "currency": currency}
        invoice = await world.issue(issuer, receiver, **given_)
        if number == "A-2026/7":
            await bring(body, S.REGISTERED_IN_RCF, invoice["id"], rcfNumber="RCF/2026-Ü")
        if receiver is neteja:
            await bring(neteja, S.PAID if series else S.REJECTED, invoice["id"])
            await neteja.ask(SEEN, input={"invoiceId": invoice["id"]})
    return angel, nandu


SEEN = "mutation ($input: MarkInvoiceSeenInput!) { markInvoiceSeen(input: $input) { errors { code } } }"


def plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def bare(text: str) -> str:
    return re.sub("[^0-9a-z]", "", plain(text)) or plain(text)


def other(invoice: dict[str, Any], role: str) -> dict[str, str]:
    party: dict[str, str] = invoice["receiver" if role == "ISSUER" else "issuer"]
    return party


def of_party(invoice: dict[str, Any], role: str, text: str) -> bool:
    party, spelt = other(invoice, role), text.strip().upper()
    return party["taxId"] in {spelt, spelt.removeprefix("ES")} or plain(text.strip()) in plain(party["name"])


def matches(invoice: dict[str, Any], role: str, text: str) -> bool:
    """Whether each word is somewhere in it; the test's words are no dates and no amounts."""
    series = invoice["series"] or ""
    registered = datetime.fromisoformat(invoice["registeredAt"]).astimezone(ZoneInfo("Europe/Madrid"))
    fields = [
        *(series + invoice["number"], series, invoice["registryNumber"] or "", invoice["rcfNumber"] or ""),
        *(invoice["issueDate"], registered.date().isoformat(), invoice["currency"], invoice["rejectionReason"] or ""),
        *(invoice["paymentDate"] or "", *(line["description"] for line in invoice["lines"])),
        *(invoice["totals"].values()),
        *(amount for line in invoice["lines"] for amount in [line["gross"]]),
        *(payment[name] for payment in invoice["payments"] for name in ("dueDate", "amount")),
        *(other(invoice, role)["name"], other(invoice, role)["taxId"]),
    ]
    spelt = re.sub("^ES(?=.{9})", "", text.strip().upper())
    words = [spelt] if spelt == other(invoice, role)["taxId"] else text.split()
    return all(any(plain(word) in plain(field) for field in fields) for word in words)


def left_by(invoice: dict[str, Any], role: str, wanted: dict[str, Any]) -> bool:
    """Whether the filter leaves it, part by part."""
    total, series = Decimal(invoice["totals"]["total"]), invoice["series"] or ""
    parts = {
        "status": lambda value: invoice["status"] in value,
        "counterparty": lambda value: of_party(invoice, role, value),
        "number": lambda value: bare(value) in {bare(invoice["number"]), bare(series + invoice["number"])},
        "search": lambda value: matches(invoice, role, value),
        "issuedFrom": lambda value: invoice["issueDate"] >= value,
        "issuedTo": lambda value: invoice["issueDate"] <= value,
        "changedSince": lambda value: (
            datetime.fromisoformat(invoice["statusChangedAt"]) >= datetime.fromisoformat(value)
        ),
        "totalFrom": lambda value: total >= Decimal(value),
        "totalTo": lambda value: total <= Decimal(value),
        "unseen": lambda value: invoice["seen"] is not value,
    }
    return all(parts[name](value) for name, value in wanted.items())


def summed(invoices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Count and sum by status and currency, in the order of the states."""
    rows: dict[tuple[int, str], list[Decimal]] = {}
    for invoice in invoices:
        key = (list(S).index(S(invoice["status"])), invoice["currency"])
        rows.setdefault(key, []).append(Decimal(invoice["totals"]["payable"]))
    return [
        {"status": list(S)[place].value, "currency": currency, "count": len(found), "payable": str(sum(found))}
        for (place, currency), found in sorted(rows.items())
    ]


totals = st.sampled_from(
    ["-61.11", "-61.105", "0", "0.00", "-0.001", "100", "100.00", "100.001", "121", "1210000", "9" * 18, "-" + "9" * 18]
)
days = st.sampled_from(["2025-12-30", "2025-12-31", "2026-01-02", "2026-01-04", "2999-12-31"])
texts = st.sampled_from(
    [
        "angel",
        "ÀNGEL",
        "àngel, s.l",
        "odena",
        "d'Ò",
        "100%",
        "%",
        "_",
        "neteja_fina",
        "Ñ",
        "n",
        "cia",
        "nobody",
        " ",
        "\\",
        "",
    ]
)
searched = texts | st.sampled_from(
    ["A-2026/7", "a-2026", "b7", "000001", "e/20", "rcf", "RCF/2026-ü", "Ç", "c", "self", " 7 ", "ñ_1%", "x" * 60_000]
)
numbers = st.sampled_from(["7", "A-2026/7", "a20267", " a 2026 7 ", "b-7", "B7", "007", "ñ1", "çñ1", "cn1", "sel", "-"])
filters = st.fixed_dictionaries(
    {},
    optional={
        "status": st.lists(st.sampled_from([status.value for status in S]), max_size=4),
        "counterparty": texts | st.sampled_from(["itself", "Itself", "ES-itself", "é" * 60_000]),
        "number": numbers,
        "search": searched | st.sampled_from(["itself"]),
        "issuedFrom": days,
        "issuedTo": days,
        "totalFrom": totals,
        "totalTo": totals,
        "unseen": st.booleans(),
    },
)  # fmt: skip


Everything = dict[tuple[str, str], tuple[Person, list[dict[str, Any]]]]


@pytest.fixture
async def everything(world: World) -> Everything:
    """By person and role: all that he or she has."""
    people = dict(zip(("angel", "nandu"), await traders(world), strict=True))
    found = {}
    for name, person in people.items():
        for role in ("ISSUER", "RECEIVER"):
            found[name, role] = (person, (await listing(person, role))[0])
    assert {key: len(invoices) for key, (_, invoices) in found.items()} == {
        ("angel", "ISSUER"): 6,
        ("angel", "RECEIVER"): 3,
        ("nandu", "ISSUER"): 2,
        ("nandu", "RECEIVER"): 1,
    }
    return found


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["angel", "nandu"]), st.sampled_from(["ISSUER", "RECEIVER"]), filters)
async def test_every_filter_leaves_what_plain_reading_leaves(
    everything: Everything, name: str, role: str, wanted: dict[str, Any]
) -> None:
    person, invoices = everything[name, role]
    angel = everything["angel", "ISSUER"][0].tax_id
    spellings = {"itself": angel, "Itself": angel.lower(), "ES-itself": f"es{angel} "}
    wanted = {part: spellings.get(str(value), value) for part, value in wanted.items()}

    found = await listing(person, role, **wanted)

    expected = [invoice for invoice in invoices if left_by(invoice, role, wanted)]
    assert found == (expected, len(expected), summed(expected))


async def test_changed_since_includes_the_very_instant(everything: Everything) -> None:
    person, invoices = everything["angel", "ISSUER"]
    instants = sorted({datetime.fromisoformat(invoice["statusChangedAt"]) for invoice in invoices})

    for instant in instants:
        for since in (instant, instant + timedelta(microseconds=1), instant.astimezone(timezone(timedelta(hours=-3)))):
            wanted = {"changedSince": since.isoformat()}
            expected = [invoice for invoice in invoices if left_by(invoice, "ISSUER", wanted)]
            assert (await listing(person, "ISSUER", **wanted))[:2] == (expected, len(expected))


async def test_a_list_of_states_may_be_long(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    await world.issue(issuer, receiver)

    many = await listing(issuer, "ISSUER", status=["REGISTERED", "PAID"] * 20_000)
    none = await listing(issuer, "ISSUER", status=[])

    assert [invoice["status"] for invoice in many[0]] == ["REGISTERED"]
    assert none == ([], 0, [])


async def test_a_null_in_a_filter_does_not_narrow(small_world: World) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    await small_world.issue(issuer, receiver)
    parts = ("status", "counterparty", "number", "search", "issuedFrom", "issuedTo", "changedSince", "totalFrom")

    found = await listing(issuer, "ISSUER", **dict.fromkeys((*parts, "totalTo", "unseen")))

    assert found[1] == 1


async def test_sums_beyond_64_bits_are_exact_and_currencies_apart(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()

    async def issue(price: str, currency: str) -> None:
        line = {"description": "Work", "quantity": "1", "unitPrice": price, "taxRate": "0"}
        await world.issue(issuer, receiver, lines=[line], currency=currency)

    for _ in range(11):
        await issue("9999999999999999.99", "EUR")
        await issue("-9999999999999999.99", "JPY")
    await issue("-0.01", "USD")
    await issue("0.02", "USD")

    for person, role in ((issuer, "ISSUER"), (receiver, "RECEIVER")):
        assert (await listing(person, role))[1:] == (
            24,
            [
                {"status": "REGISTERED", "currency": "EUR", "count": 11, "payable": "109999999999999999.89"},
                {"status": "REGISTERED", "currency": "JPY", "count": 11, "payable": "-109999999999999999.89"},
                {"status": "REGISTERED", "currency": "USD", "count": 2, "payable": "0.01"},
            ],
        )
    assert (await listing(issuer, "RECEIVER"))[1:] == (0, [])
