"""Receivers that move from one platform to another, directories that point at each other, invoices that come back."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tramesa.mail.platforms.adapter import NeverTaken
from tramesa.models.domain.transitions import PartyKind
from tramesa.models.identifiers import key_of
from tramesa.models.people.parties import NewParty, add_party
from tramesa.models.platforms.directory import enter, home_of
from tramesa.models.platforms.exchange import load_parcel
from tramesa.models.platforms.known import list_platforms
from tramesa.tests.exchanging import Side, two_sides
from tramesa.tests.operations import kept
from tramesa.tests.world import ISSUE, Person

STATE = "query ($id: ID!) { invoice(id: $id) { status rejectionReason travel { platform state } } }"
NOWHERE = "A58818501"


@pytest.fixture
async def sides(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[tuple[Side, Side]]:
    paths = [shutil.copy(sqlite_template, tmp_path / f"{name}.sqlite3") for name in ("nord", "sud")]
    async with two_sides((f"sqlite://{paths[0]}", f"sqlite://{paths[1]}"), tmp_path) as made:
        for _ in range(50):
            next(made[1].world._serial)  # Or both would have the same tax ids.
        yield made


async def state(person: Person, invoice_id: str) -> dict[str, Any]:
    invoice: dict[str, Any] = (await person.ask(STATE, id=invoice_id))["invoice"]
    return invoice


async def issue_to(issuer: Person, like: Person, tax_id: str, **more: Any) -> dict[str, Any]:
    receiver = {"taxId": tax_id, "name": "Receiver, S.A."}
    wanted = {**issuer.world.invoice_input(like), **more, "receiver": receiver}
    payload: dict[str, Any] = (await issuer.ask(ISSUE, input=wanted))["issueInvoice"]
    return payload


async def test_a_receiver_that_has_moved_here_gets_here_what_its_former_platform_refuses(
    sides: tuple[Side, Side],
) -> None:
    nord, sud = sides
    issuer, receiver = await nord.world.person(), await sud.world.person()
    first = str((await nord.world.issue(issuer, receiver, number="1"))["id"])
    await nord.work()
    # It leaves Sud, and nobody tells Nord, whose directory remembers it there.
    await sud.world.services.database.unit_of_work(
        lambda unit: unit.execute("UPDATE party SET registered = false WHERE tax_id = ?", [receiver.tax_id])
    )
    second = str((await nord.world.issue(issuer, receiver, number="2"))["id"])
    await nord.work()

    why = f"Sud: The receiver {receiver.tax_id} is not registered here."
    travel = {"platform": "Sud", "state": "REFUSED"}
    assert await state(issuer, second) == {"status": "REJECTED", "rejectionReason": why, "travel": travel}
    assert await home_of(nord.world.services.database, receiver.tax_id) is None

    # It signs up on Nord: the number is free, what comes now is here, and what was there stays there.
    await add_party(
        nord.world.services.database, NewParty(tax_id=receiver.tax_id, name="Moved", kind=PartyKind.COMPANY)
    )
    again = (await issue_to(issuer, receiver, receiver.tax_id, number="2"))["invoice"]
    assert (again["status"], (await state(issuer, again["id"]))["travel"]) == ("REGISTERED", None)
    assert (await state(issuer, first))["travel"] == {"platform": "Sud", "state": "ARRIVED"}


async def test_directories_that_point_at_each_other_send_nothing_round(sides: tuple[Side, Side]) -> None:
    nord, sud = sides
    issuer, like = await nord.world.person(), await sud.world.person()
    await enter(nord.world.services.database, NOWHERE, "Sud")
    await enter(sud.world.services.database, NOWHERE, "Nord")
    before = await kept(sud.world.services.database)
    made = await issue_to(issuer, like, NOWHERE)

    for _ in range(2):
        for side in sides:
            await side.work()
            await side.read()

    found = await state(issuer, made["invoice"]["id"])
    assert (found["status"], found["rejectionReason"]) == (
        "REJECTED",
        f"Sud: The receiver {NOWHERE} is not registered here.",
    )
    assert await kept(sud.world.services.database) == before


async def test_an_invoice_that_comes_back_to_where_it_went_out_is_refused(sides: tuple[Side, Side]) -> None:
    """Its receiver has signed up here too, and the platform that it went to hands it on to us."""
    nord, sud = sides
    issuer, receiver = await nord.world.person(), await sud.world.person()
    sent = str((await nord.world.issue(issuer, receiver, number="1"))["id"])
    await nord.work()
    database = nord.world.services.database
    await add_party(database, NewParty(tax_id=receiver.tax_id, name="Here too", kind=PartyKind.COMPANY))
    [platform] = await list_platforms(database)
    key = key_of("Invoice", sent)
    assert key is not None
    parcel = await load_parcel(database, platform.id, key)
    before = await kept(database)

    back = replace(parcel, announcement=replace(parcel.announcement, invoice_id="theirs"))
    [far] = await list_platforms(sud.world.services.database)
    with pytest.raises(NeverTaken, match="This invoice is here already"):
        await sud.rack(far).deliver(back)

    assert await kept(database) == before
    assert (await state(issuer, sent))["status"] == "REGISTERED"
