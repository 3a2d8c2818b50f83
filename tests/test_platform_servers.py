"""Three real servers on three databases send invoices to one another, and are cut off in the middle."""

from __future__ import annotations

import asyncio
import email
import email.policy
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tramesa.mail.platforms.sending import AT_ONCE
from tramesa.models.domain.transitions import PartyKind
from tramesa.tests.cancelling import act, ask_for_it, standing
from tramesa.tests.platforms import Island, Somebody, introduce, make_island, until
from tramesa.tests.world import company_tax_id

STATE = """query ($id: ID!) { invoice(id: $id) { status registryNumber paymentDate document { sha256 }
  travel { platform direction state attempts lastError receipt { id sha256 signature } }
  history { to actor info registryNumber reason paymentDate unexpected } } }"""
INBOX = """{ invoices(role: RECEIVER, first: 50) { nodes { id number issuer { name registered }
  document { sha256 } travel { platform direction state } } } }"""
PAY = """mutation ($input: MarkInvoicePaidInput!) { markInvoicePaid(input: $input) { errors { code message } } }"""
FEED = "{ statusChanges(role: ISSUER, first: 100) { nodes { to actor invoice { id } } } }"
BODY_TAX_ID = "P0899914F"


@pytest.fixture
async def islands(sqlite_template: Path, postgres_url: str, tmp_path: Path) -> AsyncIterator[list[Island]]:
    """Nord and Sud on SQLite, Oest on PostgreSQL; they know one another, and all of them run."""
    folders = [tmp_path / name for name in ("nord", "sud")]
    for folder in folders:
        folder.mkdir()
    urls = [f"sqlite://{shutil.copy(sqlite_template, folder / 'tramesa.sqlite3')}" for folder in folders]
    names = zip(("Nord", "Sud", "Oest"), (*urls, postgres_url), strict=True)
    made = [make_island(name, url, tmp_path) for name, url in names]
    await introduce(*made)
    await asyncio.gather(*(island.start() for island in made))
    yield made
    for island in made:
        await island.close()


async def issue(issuer: Somebody, tax_id: str, number: str) -> str:
    query = """mutation ($input: IssueInvoiceInput!) { issueInvoice(input: $input) {
      invoice { id status travel { state } } errors { code message path } } }"""
    line = {"description": "Work", "quantity": "1", "unitPrice": "100", "taxRate": "21"}
    wanted = {"receiver": {"taxId": tax_id}, "number": number, "issueDate": "2026-01-15", "lines": [line]}
    payload = (await issuer.ask(query, input=wanted))["issueInvoice"]
    assert payload["errors"] == []
    assert (payload["invoice"]["status"], payload["invoice"]["travel"]) == ("SENT", {"state": "TRAVELLING"})
    return str(payload["invoice"]["id"])


async def state(somebody: Somebody, invoice_id: str) -> dict[str, Any]:
    invoice: dict[str, Any] = (await somebody.ask(STATE, id=invoice_id))["invoice"]
    return invoice


async def becomes(somebody: Somebody, invoice_id: str, status: str) -> dict[str, Any]:
    async def now() -> str:
        return str((await state(somebody, invoice_id))["status"])

    await until(now, status)
    return await state(somebody, invoice_id)


async def received(somebody: Somebody, number: str) -> dict[str, Any]:
    [found] = [one for one in (await somebody.ask(INBOX))["invoices"]["nodes"] if one["number"] == number]
    return dict(found)


def told(invoice: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The history that both sides must tell: all but who is said to have done it."""
    return [(step["to"], step["info"], step["unexpected"]) for step in invoice["history"]]


async def test_invoices_travel_and_their_states_come_back_whoever_is_cut_off(
    islands: list[Island], tmp_path: Path
) -> None:
    nord, sud, oest = islands
    issuer = await nord.somebody(company_tax_id(1), "Supplier", email="supplier@example.org")
    customer = await sud.somebody(company_tax_id(2), "Customer")
    council = await oest.somebody(BODY_TAX_ID, "Council", kind=PartyKind.PUBLIC_BODY)

    # The directory is asked, the invoice goes out, is registered over there, and that comes back.
    first = await issue(issuer, customer.tax_id, "A-1")
    here = await becomes(issuer, first, "REGISTERED")
    there = await received(customer, "A-1")
    assert there["issuer"] == {"name": "Supplier", "registered": False}
    assert there["travel"] == {"platform": "Nord", "direction": "IN", "state": "ARRIVED"}
    assert there["document"] == here["document"]
    assert here["travel"]["receipt"] == {
        "id": there["id"],
        "sha256": here["document"]["sha256"],
        "signature": here["travel"]["receipt"]["signature"],
    }
    assert (here["travel"]["platform"], here["travel"]["direction"], here["travel"]["state"]) == (
        "Sud",
        "OUT",
        "ARRIVED",
    )
    assert [step["actor"] for step in here["history"]] == ["Supplier's", "Sud"]
    assert told(here) == told(await state(customer, there["id"]))

    # Sud is cut off: what goes there waits and says so, what goes elsewhere is not held up.
    await sud.cut_off()
    second = await issue(issuer, customer.tax_id, "A-2")
    third = await issue(issuer, council.tax_id, "A-3")
    await becomes(issuer, third, "REGISTERED")

    async def tried() -> bool:
        return (await state(issuer, second))["travel"]["lastError"] is not None

    await until(tried, True)
    waiting = await state(issuer, second)
    assert (waiting["status"], waiting["travel"]["state"]) == ("SENT", "TRAVELLING")

    # It comes back, and what waited arrives.
    await sud.start()
    await becomes(issuer, second, "REGISTERED")

    # Its issuer wants it back, and over there that waits for an answer.
    await ask_for_it(issuer, second, reason="Sent twice")
    wanted_back = str((await received(customer, "A-2"))["id"])

    async def asked() -> bool:
        return bool((await standing(customer, wanted_back))["canAnswerCancellation"])

    await until(asked, True)

    # Nord is cut off while that is granted and an invoice is paid: it reads both for itself when it is back.
    await nord.cut_off()
    granted = await act(customer, "acceptCancellation", wanted_back, comment="Granted")
    assert granted["errors"] == []
    payment = {"invoiceId": there["id"], "paymentDate": "2026-02-01"}
    assert (await customer.ask(PAY, input=payment))["markInvoicePaid"]["errors"] == []
    await nord.start()
    paid = await becomes(issuer, first, "PAID")
    assert (paid["paymentDate"], paid["history"][-1]["actor"]) == ("2026-02-01", "Sud")
    assert told(paid) == told(await state(customer, there["id"]))

    async def answered() -> list[Any]:
        invoice = await standing(issuer, second)
        events = [(event["act"], event["actor"], event["info"]) for event in invoice["cancellation"]["history"]]
        return [invoice["status"], *events]

    await until(answered, ["CANCELLED", ("REQUEST", "Supplier's", "Sent twice"), ("ACCEPT", "Sud", "Granted")])
    assert told(await state(issuer, second)) == told(await state(customer, wanted_back))

    # The other way round, and the issuer heard of everything as of what happens here: by feed and by mail.
    back = await issue(customer, issuer.tax_id, "B-1")
    await becomes(customer, back, "REGISTERED")
    assert (await received(issuer, "B-1"))["travel"]["platform"] == "Sud"
    feed = (await issuer.ask(FEED))["statusChanges"]["nodes"]
    assert [(one["to"], one["actor"]) for one in feed if one["invoice"]["id"] == first] == [
        ("SENT", "Supplier's"),
        ("REGISTERED", "Sud"),
        ("PAID", "Sud"),
    ]

    async def mailed() -> int:
        letters = [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in (tmp_path / "nord" / "outgoing-mail").glob("*.eml")
        ]
        return sum("supplier@example.org" in letter["to"] for letter in letters)

    assert await until(mailed, 6) == 6  # Three registered, one paid, one cancelled, and B-1 that came in.


async def test_a_platform_that_hangs_loses_nothing_doubles_nothing_and_keeps_nobody_waiting(
    islands: list[Island],
) -> None:
    """Its process is stopped, not ended: connections are taken, and nobody answers."""
    nord, sud, oest = islands
    issuer = await nord.somebody(company_tax_id(1), "Supplier")
    customer = await sud.somebody(company_tax_id(2), "Customer")
    council = await oest.somebody(BODY_TAX_ID, "Council", kind=PartyKind.PUBLIC_BODY)
    first = await issue(issuer, customer.tax_id, "A-0")
    await becomes(issuer, first, "REGISTERED")

    sud.freeze()
    hanging = [await issue(issuer, customer.tax_id, f"A-{number}") for number in range(1, 6)]
    await ask_for_it(issuer, first, reason="Sent twice")

    async def on_their_way() -> int:
        return sum([(await state(issuer, one))["travel"]["attempts"] for one in hanging])

    await until(on_their_way, AT_ONCE)
    elsewhere = await issue(issuer, council.tax_id, "B-1")
    await becomes(issuer, elsewhere, "REGISTERED")
    back = await issue(council, issuer.tax_id, "C-1")
    await becomes(council, back, "REGISTERED")
    assert {(await state(issuer, one))["travel"]["state"] for one in hanging} == {"TRAVELLING"}

    sud.thaw()
    for one in hanging:
        await becomes(issuer, one, "REGISTERED")
    inbox = (await customer.ask(INBOX))["invoices"]["nodes"]
    assert sorted(one["number"] for one in inbox) == [f"A-{number}" for number in range(6)]
    wanted_back = str((await received(customer, "A-0"))["id"])

    async def asked() -> list[str]:
        events = (await standing(customer, wanted_back))["cancellation"]["history"]
        return [event["act"] for event in events]

    assert await until(asked, ["REQUEST"]) == ["REQUEST"]
    for one in hanging:
        here = await state(issuer, one)
        assert [step["to"] for step in here["history"]] == ["SENT", "REGISTERED"]
        assert told(here) == told(await state(customer, here["travel"]["receipt"]["id"]))
