"""Whatever is lost, doubled, delayed or turned round on the way: in the end both platforms tell the same history."""

from __future__ import annotations

import random
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tramesa.models.domain.states import InvoiceStatus
from tramesa.models.domain.transitions import PartyKind
from tramesa.tests.cancelling import act
from tramesa.tests.exchanging import Side, fates, two_sides
from tramesa.tests.operations import take
from tramesa.tests.servers.postgres import Postgres
from tramesa.tests.world import Person

SEEDS, STEPS = (3, 4, 8, 20, 23), 24
"""In these everything happens that can become of a request."""
RIGHTS = {"canRequestCancellation", "canAnswerCancellation", "canWithdrawCancellation"}
ENDS = (InvoiceStatus.PAID, InvoiceStatus.REJECTED, InvoiceStatus.CANCELLED)
SEEN = """query ($role: PartyRole!) { invoices(role: $role, first: 100) { nodes {
  id number status registryNumber rcfNumber rejectionReason paymentDate availableTransitions
  document { sha256 } travel { state receipt { sha256 } }
  canRequestCancellation canAnswerCancellation canWithdrawCancellation
  cancellation { state reason comment history { act state info unexpected } }
  history { to info registryNumber rcfNumber reason reasonCode paymentDate unexpected } } } }"""


@pytest.fixture(params=["sqlite", "postgres"])
async def sides(
    request: pytest.FixtureRequest, sqlite_template: Path, postgres: Postgres, tmp_path: Path
) -> AsyncIterator[tuple[Side, Side]]:
    """Two platforms on databases of one kind."""
    if request.param == "sqlite":
        paths = [shutil.copy(sqlite_template, tmp_path / f"{name}.sqlite3") for name in ("nord", "sud")]
        async with two_sides((f"sqlite://{paths[0]}", f"sqlite://{paths[1]}"), tmp_path) as made:
            yield made
        return
    names = [f"test_{uuid4().hex}" for _ in range(2)]
    urls = [await postgres.create_database(name, template="tramesa_template") for name in names]
    async with two_sides((urls[0], urls[1]), tmp_path) as made:
        yield made
    for name in names:
        await postgres.drop_database(name)


async def invoices(person: Person, role: str) -> dict[str, dict[str, Any]]:
    found = (await person.ask(SEEN, role=role))["invoices"]["nodes"]
    return {invoice["number"]: invoice for invoice in found}


def same(invoice: dict[str, Any]) -> dict[str, Any]:
    """What both sides must tell alike."""
    own = {"id", "availableTransitions", "travel", *RIGHTS}
    return {name: value for name, value in invoice.items() if name not in own}


async def one_step(chance: random.Random, issuer: Person, receiver: Person, sides: tuple[Side, Side]) -> None:
    """Something happens: an invoice is sent, moved or wanted back, somebody works or reads, what was late arrives."""
    event = chance.choice((*("issue", "late", "read"), *("move", "wish", "wish", "answer") * 2, *("work",) * 6))
    if event == "issue":
        await issuer.world.issue(issuer, receiver)
    elif event == "move":
        there = [one for one in (await invoices(receiver, "RECEIVER")).values() if one["availableTransitions"]]
        if there:
            invoice = chance.choice(there)
            await take(receiver, InvoiceStatus(chance.choice(invoice["availableTransitions"])), invoice["id"])
    elif event == "wish":
        await act_on_one(chance, issuer, "ISSUER", ("requestCancellation", "withdrawCancellation"), reason="Sent twice")
    elif event == "answer":
        await act_on_one(chance, receiver, "RECEIVER", ("acceptCancellation", "refuseCancellation"), comment="So be it")
    else:
        side = chance.choice(sides)
        await {"work": side.work, "read": side.read, "late": side.line.release}[event]()


async def act_on_one(chance: random.Random, person: Person, role: str, acts: tuple[str, str], **text: str) -> None:
    """One of two acts on an invoice that offers it."""
    name = chance.choice(acts)
    right = "canAnswerCancellation" if role == "RECEIVER" else f"can{name[0].upper()}{name[1:]}"
    offered = [invoice for invoice in (await invoices(person, role)).values() if invoice[right]]
    if offered:
        given = {} if name == "withdrawCancellation" else text
        payload = await act(person, name, chance.choice(offered)["id"], **given)
        assert payload["errors"] == []


async def settle(sides: tuple[Side, Side]) -> None:
    """The lines are good again, and everybody does what there is to do."""
    for side in sides:
        side.line.fate = lambda: "DELIVER"
        await side.line.release()
    for _ in range(3):
        for side in sides:
            await side.work()


async def test_any_interleaving_ends_with_one_history(sides: tuple[Side, Side]) -> None:
    nord, sud = sides
    # Tax ids of two worlds would be the same: the second begins elsewhere.
    for _ in range(50):
        next(sud.world._serial)
    told: set[str] = set()
    for seed in SEEDS:
        chance = random.Random(seed)
        kind = chance.choice((PartyKind.COMPANY, PartyKind.PUBLIC_BODY))
        issuer, receiver = await nord.world.person(), await sud.world.person(kind=kind)
        await issuer.world.issue(issuer, receiver)
        for side in sides:
            side.line.fate = fates(chance)

        for _ in range(STEPS):
            await one_step(chance, issuer, receiver, sides)
        await settle(sides)

        sent, received = await invoices(issuer, "ISSUER"), await invoices(receiver, "RECEIVER")
        assert {number: same(one) for number, one in sent.items()} == {
            number: same(one) for number, one in received.items()
        }, seed
        for invoice in sent.values():
            receipt = {"sha256": invoice["document"]["sha256"]}
            assert invoice["travel"] == {"state": "ARRIVED", "receipt": receipt}, seed
            assert not any(step["unexpected"] for step in invoice["history"]), seed
            wish = invoice["cancellation"]
            assert not any(event["unexpected"] for event in wish["history"]), seed
            assert (invoice["status"] == "CANCELLED") is (wish["state"] == "ACCEPTED"), seed
            assert not (InvoiceStatus(invoice["status"]) in ENDS and wish["state"] == "REQUESTED"), seed
            told.update(event["act"] for event in wish["history"])
    assert told == {"REQUEST", "ACCEPT", "REFUSE", "WITHDRAW", "OVERTAKE"}
