"""Following an invoice without an account: exactly right or nothing, and not many guesses."""

from __future__ import annotations

import asyncio
import time
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest

from tramesa.models import tracking
from tramesa.models.domain.states import InvoiceStatus
from tramesa.models.tracking import Question, track
from tramesa.tests.cancelling import act, ask_for_it
from tramesa.tests.operations import bring
from tramesa.tests.world import Person, World

TRACK = """query ($number: String!, $issuer: String!, $receiver: String!, $amount: Decimal!) {
  trackInvoice(number: $number, issuerTaxId: $issuer, receiverTaxId: $receiver, amount: $amount) {
    status statusChangedAt cancellation history { status at } } }"""
S = InvoiceStatus


def question(issuer: Person, receiver: Person, /, **changes: str) -> dict[str, str]:
    right = {"number": "7", "issuer": issuer.tax_id, "receiver": receiver.tax_id, "amount": "121"}
    return {**right, **changes}


async def look(world: World, **asked: str) -> Any:
    response = await world.execute(TRACK, asked)
    assert "errors" not in response
    return response["data"]["trackInvoice"]


@pytest.fixture(autouse=True)
def without_waiting(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "takes_as_long" not in request.node.name:
        monkeypatch.setattr(tracking, "ANSWER_AFTER", 0.0)


async def test_who_knows_all_four_learns_the_states_and_their_dates(world: World) -> None:
    issuer, receiver = await world.person(name="Laura"), await world.person(name="Carme")
    invoice = await world.issue(issuer, receiver, number="7", series="A")
    await bring(receiver, S.CONFORMED, invoice["id"])
    history = "query ($id: ID!) { invoice(id: $id) { status statusChangedAt history { status: to at } } }"
    known = (await issuer.ask(history, id=invoice["id"]))["invoice"]

    for number in ("A7", "a7", "A/7", " A-7 ", "7"):
        told = await look(world, **question(issuer, receiver, number=number, amount="121.0"))
        assert told == {**known, "cancellation": "NONE"}
    assert await look(world, **question(issuer, receiver, number="B7")) is None
    told = await look(world, **question(issuer, receiver, number="A7", issuer=f"es{issuer.tax_id}"))
    assert [step["status"] for step in told["history"]] == ["SENT", "REGISTERED", "CONFORMED"]


async def test_any_wrong_part_is_nothing(world: World) -> None:
    issuer, receiver, other = [await world.person() for _ in range(3)]
    await world.issue(issuer, receiver, number="7")
    wrong = {"number": "8", "issuer": other.tax_id, "receiver": other.tax_id, "amount": "121.01"}

    assert (await look(world, **question(issuer, receiver)))["status"] == "REGISTERED"
    for size in (1, 2, 3, 4):
        for parts in combinations(wrong, size):
            changes = {part: wrong[part] for part in parts}
            assert await look(world, **question(issuer, receiver, **changes)) is None
    for odd in (
        {"amount": "121.001"},
        {"amount": "999999999999999999"},
        {"number": ""},
        {"issuer": "%"},
        {"number": "é" * 999},
    ):
        assert await look(world, **question(issuer, receiver, **odd)) is None


async def test_an_invoice_sent_again_is_the_one_that_counts(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    first = await world.issue(issuer, receiver, number="7")
    await ask_for_it(issuer, first["id"])
    assert (await look(world, **question(issuer, receiver)))["cancellation"] == "REQUESTED"
    await act(receiver, "acceptCancellation", first["id"])
    told = await look(world, **question(issuer, receiver))
    assert (told["status"], told["cancellation"]) == ("CANCELLED", "ACCEPTED")

    await world.issue(issuer, receiver, number="7")

    told = await look(world, **question(issuer, receiver))
    assert (told["status"], told["cancellation"]) == ("REGISTERED", "NONE")


async def test_wrong_amounts_of_one_invoice_are_few_wherever_they_come_from(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    await world.issue(issuer, receiver, number="7")
    services = world.services

    def guess(amount: int) -> Question:
        parties = {"issuer_tax_id": issuer.tax_id, "receiver_tax_id": receiver.tax_id}
        return Question(number="7", amount=Decimal(amount), **parties)

    for _ in range(12):  # What is right does not count as wrong.
        assert await track(services.database, guess(121), "192.0.2.1", services.authority.clock()) is not None
    for cents in range(tracking.WRONG_PER_INVOICE):
        guess = Question(
            number="7", issuer_tax_id=issuer.tax_id, receiver_tax_id=receiver.tax_id, amount=Decimal(cents)
        )
        assert await track(services.database, guess, f"192.0.2.{cents}", services.authority.clock()) is None

    response = await world.execute(TRACK, question(issuer, receiver))

    assert response["data"] == {"trackInvoice": None}
    [error] = response["errors"]
    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert 0 < error["extensions"]["retryAfter"] <= 900
    other = await world.issue(issuer, receiver, number="9")
    assert (await look(world, **question(issuer, receiver, number="9")))["status"] == other["status"]


async def test_looks_from_one_place_are_bounded_also_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking, "LOOKS_PER_ADDRESS", 5)
    issuer, receiver = await world.person(), await world.person()

    responses = await asyncio.gather(
        *(world.execute(TRACK, question(issuer, receiver, number=str(number))) for number in range(12))
    )

    refused = [response["errors"][0]["extensions"]["code"] for response in responses if "errors" in response]
    assert refused == ["RATE_LIMITED"] * 7


async def test_a_network_of_ipv6_is_one_place(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking, "LOOKS_PER_ADDRESS", 2)
    services = small_world.services

    async def from_(address: str, number: str) -> None:
        asked = Question(number=number, issuer_tax_id="B1", receiver_tax_id="B2", amount=Decimal(1))
        assert await track(services.database, asked, address, services.authority.clock()) is None

    await from_("2001:db8::1", "1")
    await from_("2001:db8::2", "2")
    with pytest.raises(Exception, match="Too many attempts"):
        await from_("2001:db8:0:0:ffff::3", "3")
    await from_("2001:db8:0:1::1", "4")


async def test_every_answer_takes_as_long(small_world: World) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    await small_world.issue(issuer, receiver, number="7")

    for changes in ({}, {"number": "8"}, {"issuer": receiver.tax_id}, {"receiver": issuer.tax_id}, {"amount": "1"}):
        began = time.monotonic()
        await look(small_world, **question(issuer, receiver, **changes))
        assert time.monotonic() - began >= 0.1


async def test_it_needs_no_credentials_and_tells_no_names(small_world: World) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    await small_world.issue(issuer, receiver, number="7")

    response = await small_world.execute('{ __type(name: "TrackedInvoice") { fields { name } } }', {})

    names = {field["name"] for field in response["data"]["__type"]["fields"]}
    assert names == {"status", "statusChangedAt", "cancellation", "history"}
