"""Seen by each person of the receiver; to the issuer, by anybody of them."""

from __future__ import annotations

import asyncio

import pytest

from tramesa.models.domain.transitions import PartyKind, UserRole
from tramesa.tests.world import Person, World

SEEN = "query ($id: ID!) { invoice(id: $id) { seen } }"
MARK = """mutation ($input: MarkInvoiceSeenInput!) { markInvoiceSeen(input: $input) {
  invoice { seen } errors { code } } }"""
LIST = """query ($role: PartyRole!, $unseen: Boolean) { invoices(role: $role, filter: {unseen: $unseen}) {
  totalCount nodes { number seen } } }"""
FILES = "query ($id: ID!) { invoice(id: $id) { document { url } receipt { url } } }"


async def colleagues(world: World) -> tuple[Person, Person, Person]:
    """An issuer, and two people of one receiver."""
    issuer = await world.person()
    anna = await world.person(UserRole.ADMIN, kind=PartyKind.PUBLIC_BODY)
    return issuer, anna, await world.person(UserRole.ACCOUNTANT, party=anna)


async def listed(person: Person, role: str, *, unseen: bool) -> list[str]:
    found = (await person.ask(LIST, role=role, unseen=unseen))["invoices"]
    assert found["totalCount"] == len(found["nodes"])
    assert {node["seen"] for node in found["nodes"]} <= {not unseen}
    return [node["number"] for node in found["nodes"]]


async def test_what_one_has_opened_another_has_not(world: World) -> None:
    issuer, anna, ben = await colleagues(world)
    invoice = await world.issue(issuer, anna, number="1")
    before = [(await person.ask(SEEN, id=invoice["id"]))["invoice"]["seen"] for person in (issuer, anna, ben)]

    marked = (await anna.ask(MARK, input={"invoiceId": invoice["id"]}))["markInvoiceSeen"]

    after = [(await person.ask(SEEN, id=invoice["id"]))["invoice"]["seen"] for person in (issuer, anna, ben)]
    assert marked == {"invoice": {"seen": True}, "errors": []}
    assert (before, after) == ([False, False, False], [True, True, False])
    assert [await listed(anna, "RECEIVER", unseen=unseen) for unseen in (True, False)] == [[], ["1"]]
    assert [await listed(ben, "RECEIVER", unseen=unseen) for unseen in (True, False)] == [["1"], []]
    assert [await listed(issuer, "ISSUER", unseen=unseen) for unseen in (True, False)] == [[], ["1"]]


@pytest.mark.parametrize("path", ["document", "document?format=pdf", "receipt"])
async def test_a_download_counts_for_who_downloads(world: World, path: str) -> None:
    issuer, anna, ben = await colleagues(world)
    invoice = await world.issue(issuer, anna)
    url = (await ben.ask(FILES, id=invoice["id"]))["invoice"][path.partition("?")[0]]["url"]
    url += path[path.find("?") :] if "?" in path else ""

    statuses = [
        (await world.client.get(url, headers={"authorization": f"Bearer {person.token}"})).status_code
        for person in (issuer, ben)
    ]

    assert statuses == [200, 200]
    seen = [(await person.ask(SEEN, id=invoice["id"]))["invoice"]["seen"] for person in (issuer, anna, ben)]
    assert seen == [True, False, True]


async def test_all_open_it_at_once(world: World) -> None:
    issuer, anna, ben = await colleagues(world)
    invoice = await world.issue(issuer, anna)

    payloads = await asyncio.gather(*(who.ask(MARK, input={"invoiceId": invoice["id"]}) for who in (anna, ben) * 8))

    assert {payload["markInvoiceSeen"]["invoice"]["seen"] for payload in payloads} == {True}
    rows = await world.services.database.fetch("SELECT user_id FROM invoice_seen")
    assert sorted(str(row[0]) for row in rows) == sorted((anna.user_id, ben.user_id))


async def test_what_was_seen_before_people_were_told_apart_stays_seen_for_everybody(world: World) -> None:
    issuer, anna, ben = await colleagues(world)
    old = await world.issue(issuer, anna, number="old")
    await world.issue(issuer, anna, number="new")
    await world.services.database.fetch("UPDATE invoice SET seen = true, seen_by_all = true WHERE number = 'old'")

    newcomer = await world.person(UserRole.REGISTRAR, party=anna)

    for person in (anna, ben, newcomer):
        assert (await person.ask(SEEN, id=old["id"]))["invoice"]["seen"] is True
        assert await listed(person, "RECEIVER", unseen=True) == ["new"]
        assert await listed(person, "RECEIVER", unseen=False) == ["old"]


async def test_an_invoice_to_oneself_is_seen_as_its_receiver_sees_it(world: World) -> None:
    anna = await world.person()
    ben = await world.person(party=anna)
    invoice = await world.issue(anna, anna)

    await anna.ask(MARK, input={"invoiceId": invoice["id"]})

    assert [(await person.ask(SEEN, id=invoice["id"]))["invoice"]["seen"] for person in (anna, ben)] == [True, False]
