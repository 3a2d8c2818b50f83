"""A receiver's program fetches what is new and says so: pendingInvoices and confirmDelivery."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tramesa.models.domain.states import InvoiceStatus
from tramesa.models.domain.transitions import UserRole
from tramesa.tests.operations import bring, user_error
from tramesa.tests.world import Person, World

PENDING = """query ($first: Int! = 500) { pendingInvoices(first: $first) {
  invoices { id number status registryNumber issuer { taxId } document { sha256 } } hasMore } }"""
CONFIRM = """mutation ($i: ConfirmDeliveryInput!) { confirmDelivery(input: $i) {
  results { invoiceId invoice { status version } change { from to actor } errors { __typename code message path } }
  errors { __typename code message path } } }"""
DELIVERED = {"from": "REGISTERED", "to": "DELIVERED"}


async def pending(person: Person, first: int = 500) -> tuple[list[str], bool]:
    page = (await person.ask(PENDING, first=first))["pendingInvoices"]
    return [invoice["id"] for invoice in page["invoices"]], page["hasMore"]


async def confirm(person: Person, *ids: str) -> Any:
    return (await person.ask(CONFIRM, i={"invoiceIds": list(ids)}))["confirmDelivery"]


async def test_what_is_registered_waits_until_it_is_confirmed(world: World) -> None:
    issuer = await world.person()
    receiver = await world.person(UserRole.REGISTRAR, name="Robot")
    ids = [(await world.issue(issuer, receiver))["id"] for _ in range(3)]

    assert await pending(receiver, 2) == (ids[:2], True)
    confirmed = await confirm(receiver, *ids[:2])

    assert confirmed == {
        "results": [
            {
                "invoiceId": invoice_id,
                "invoice": {"status": "DELIVERED", "version": 3},
                "change": DELIVERED | {"actor": "Robot"},
                "errors": [],
            }
            for invoice_id in ids[:2]
        ],
        "errors": [],
    }
    assert await pending(receiver, 2) == (ids[2:], False)
    assert await pending(issuer) == ([], False)


async def test_the_oldest_registration_comes_first(world: World) -> None:
    issuer, receiver = await world.person(), await world.person(manual_registration=True)
    first, second, third = [(await world.issue(issuer, receiver))["id"] for _ in range(3)]
    assert await pending(receiver) == ([], False)

    for invoice_id in (second, third, first):
        await bring(receiver, InvoiceStatus.REGISTERED, invoice_id)

    assert await pending(receiver) == ([second, third, first], False)


async def test_confirming_again_is_fine_and_changes_nothing(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    once, paid = [(await world.issue(issuer, receiver))["id"] for _ in range(2)]
    await bring(receiver, InvoiceStatus.PAID, paid)

    confirmed = [await confirm(receiver, once, paid) for _ in range(2)]

    [first, again] = [[(r["invoice"]["status"], r["change"] is None) for r in one["results"]] for one in confirmed]
    assert first == [("DELIVERED", False), ("PAID", True)]
    assert again == [("DELIVERED", True), ("PAID", True)]
    rows = await world.services.database.fetch("SELECT COUNT(*) FROM status_change WHERE to_status = 'DELIVERED'")
    assert rows[0][0] == 1


async def test_each_has_its_own_result(world: World) -> None:
    issuer, receiver, stranger = await world.person(), await world.person(), await world.person()
    manual = await world.person(manual_registration=True, party_name="By hand")
    mine = (await world.issue(issuer, receiver))["id"]
    other = (await world.issue(issuer, stranger))["id"]
    sent = (await world.issue(issuer, manual))["id"]

    results = (await confirm(receiver, "junk", mine, other))["results"]
    not_yet = (await confirm(manual, sent))["results"]
    not_theirs = (await confirm(issuer, mine))["results"]

    unknown = "There is no such invoice, or you may not see it."
    assert [result["errors"] for result in results] == [
        [user_error("NOT_FOUND", unknown, "invoiceIds", "0")],
        [],
        [user_error("NOT_FOUND", unknown, "invoiceIds", "2")],
    ]
    assert not_yet[0]["errors"] == [
        user_error(
            "TRANSITION_NOT_ALLOWED",
            "An invoice that is SENT cannot become DELIVERED.",
            "invoiceIds",
            "0",
            typename="TransitionRefused",
        )
    ]
    assert [error["code"] for error in not_theirs[0]["errors"]] == ["FORBIDDEN"]


async def test_many_who_confirm_the_same_at_once_record_it_once(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    ids = [(await world.issue(issuer, receiver))["id"] for _ in range(3)]

    confirmed = await asyncio.gather(*(confirm(receiver, *ids) for _ in range(8)))

    assert {result["invoice"]["status"] for one in confirmed for result in one["results"]} == {"DELIVERED"}
    assert sum(result["change"] is not None for one in confirmed for result in one["results"]) == 3


@pytest.mark.parametrize("count", [0, 501])
async def test_too_many_or_none_are_refused(small_world: World, count: int) -> None:
    person = await small_world.person()

    error = user_error("INVALID", "Give 1 to 500 at once.", "invoiceIds")
    assert await confirm(person, *["x"] * count) == {"results": [], "errors": [error]}


@pytest.mark.parametrize("first", [0, 501, -1])
async def test_a_page_has_one_to_five_hundred(small_world: World, first: int) -> None:
    person = await small_world.person()

    answer = await person.execute(PENDING, first=first)

    assert answer["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "argumentPath": ["first"]}


@pytest.mark.parametrize("role", [UserRole.ISSUER])
async def test_who_moves_nothing_confirms_nothing(small_world: World, role: UserRole) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    clerk = await small_world.person(role, party=receiver)
    invoice = await small_world.issue(issuer, receiver)

    results = (await confirm(clerk, invoice["id"]))["results"]

    assert [error["code"] for error in results[0]["errors"]] == ["FORBIDDEN"]
    assert await pending(receiver) == ([invoice["id"]], False)
