"""A corrective invoice shows what it corrects, and that one shows it, whichever came first, where both may be seen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tramesa.models.domain.corrections import Named, is_named
from tramesa.models.domain.states import InvoiceStatus
from tramesa.tests.cancelling import act, ask_for_it
from tramesa.tests.operations import bring
from tramesa.tests.test_statements import statements
from tramesa.tests.world import Person, World

S = InvoiceStatus
BOTH = """query ($id: ID!) { invoice(id: $id) {
  number corrects { number invoice { number status } }
  correctedBy { number status corrects { invoice { number } } } } }"""
DAY = date(2026, 1, 15)


async def correct(world: World, issuer: Person, receiver: Person, number: str, /, **changes: Any) -> dict[str, Any]:
    """A corrective invoice of the number, by differences."""
    corrects = {"number": number, "reasonCode": "01", "method": "02", **changes.pop("corrects", {})}
    return await world.issue(issuer, receiver, corrects=corrects, **changes)


async def shown(person: Person, invoice: dict[str, Any]) -> Any:
    return (await person.ask(BOTH, id=invoice["id"]))["invoice"]


@pytest.mark.parametrize("first", ["corrected", "corrective"])
async def test_each_shows_the_other_whichever_came_first(world: World, first: str) -> None:
    issuer, receiver = await world.person(), await world.person()
    if first == "corrected":
        invoice = await world.issue(issuer, receiver, number="7", series="A")
    corrective = await correct(world, issuer, receiver, "7", number="R1", corrects={"series": "A"})
    if first == "corrective":
        alone = await shown(issuer, corrective)
        assert alone == {"number": "R1", "corrects": {"number": "7", "invoice": None}, "correctedBy": []}
        invoice = await world.issue(issuer, receiver, number="7", series="A")

    for person in (issuer, receiver):
        assert await shown(person, corrective) == {
            "number": "R1",
            "corrects": {"number": "7", "invoice": {"number": "7", "status": "REGISTERED"}},
            "correctedBy": [],
        }
        assert await shown(person, invoice) == {
            "number": "7",
            "corrects": None,
            "correctedBy": [{"number": "R1", "status": "REGISTERED", "corrects": {"invoice": {"number": "7"}}}],
        }


async def test_only_the_same_issuer_s_and_only_what_may_be_seen(world: World) -> None:
    issuer, receiver, other = [await world.person() for _ in range(3)]
    invoice = await world.issue(issuer, receiver, number="7")
    elsewhere = await correct(world, issuer, other, "7", number="R1")
    await correct(world, other, receiver, "7", number="R2")

    assert [one["number"] for one in (await shown(issuer, invoice))["correctedBy"]] == ["R1"]
    assert (await shown(receiver, invoice))["correctedBy"] == []
    assert (await shown(other, elsewhere))["corrects"] == {"number": "7", "invoice": None}


async def test_rejected_and_cancelled_ones_are_shown_and_the_live_one_comes_first(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    gone = await world.issue(issuer, receiver, number="7")
    rejected = await correct(world, issuer, receiver, "7", number="R1")
    await bring(receiver, S.REJECTED, rejected["id"])
    again = await correct(world, issuer, receiver, "7", number="R1")
    await ask_for_it(issuer, gone["id"])
    await act(receiver, "acceptCancellation", gone["id"])

    assert (await shown(issuer, again))["corrects"]["invoice"] == {"number": "7", "status": "CANCELLED"}
    live = await world.issue(issuer, receiver, number="7")
    await bring(receiver, S.CONFORMED, live["id"])
    assert (await shown(issuer, again))["corrects"]["invoice"] == {"number": "7", "status": "CONFORMED"}
    assert [one["status"] for one in (await shown(issuer, live))["correctedBy"]] == ["REGISTERED", "REJECTED"]


async def test_the_date_counts_where_it_is_given(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    old = await world.issue(issuer, receiver, number="7", issueDate="2025-01-15")
    new = await world.issue(issuer, receiver, number="7", issueDate="2026-01-15")
    dated = await correct(world, issuer, receiver, "7", number="R1", corrects={"issueDate": "2025-01-15"})

    assert [one["number"] for one in (await shown(issuer, old))["correctedBy"]] == ["R1"]
    assert (await shown(issuer, new))["correctedBy"] == []
    assert (await shown(issuer, dated))["corrects"]["invoice"]["number"] == "7"


async def test_a_page_takes_as_many_statements_as_one(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    page = """{ invoices(role: RECEIVER) { nodes { number
      corrects { invoice { number history { to } } } correctedBy { number receiver { name } } } } }"""
    await world.issue(issuer, receiver, number="1")
    await correct(world, issuer, receiver, "1", number="R1")
    few = await statements(world, receiver, page)
    for number in range(2, 6):
        await world.issue(issuer, receiver, number=str(number))
        await correct(world, issuer, receiver, str(number), number=f"R{number}")

    assert await statements(world, receiver, page) == few
    nodes = (await receiver.ask(page))["invoices"]["nodes"]
    assert len([node for node in nodes if node["correctedBy"]]) == 5


async def test_no_more_than_twenty_are_told(small_world: World) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    invoice = await small_world.issue(issuer, receiver, number="7")
    for number in range(22):
        await correct(small_world, issuer, receiver, "7", number=f"R{number}")

    told = (await shown(issuer, invoice))["correctedBy"]

    assert [one["number"] for one in told] == [f"R{number}" for number in range(21, 1, -1)]


@pytest.mark.parametrize(
    ("reference", "invoice", "same"),
    [
        (Named("7", "A", None), Named("7", "A", DAY), True),
        (Named("A7", None, None), Named("7", "A", DAY), True),
        (Named("a/7", None, DAY), Named("7", "A", DAY), True),
        (Named("7", "A", None), Named("A-7", None, DAY), True),
        (Named("7", None, None), Named("7", "A", DAY), False),
        (Named("7", "A", None), Named("7", "B", DAY), False),
        (Named("12", "A", None), Named("2", "A1", DAY), False),
        (Named("1-11", None, None), Named("11-1", None, DAY), False),
        (Named("7", None, date(2026, 1, 16)), Named("7", None, DAY), False),
    ],
)
def test_which_names_mean_the_same_invoice(reference: Named, invoice: Named, same: bool) -> None:
    assert is_named(reference, invoice) is same
