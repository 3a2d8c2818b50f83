"""People limited to offices: what names none of theirs is like what is not there, by every way of reading."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from tramesa.models.domain.transitions import PartyKind, PartyRole, UserRole
from tramesa.models.feeds.positions import STATUS_FEED
from tramesa.models.identifiers import global_id, key_of
from tramesa.tests.following import FOLLOW, next_event, told
from tramesa.tests.operations import MUTATIONS, mutation
from tramesa.tests.servers.inprocess import listening
from tramesa.tests.sockets import open_socket
from tramesa.tests.world import ISSUE, Person, World

OURS, THEIRS = "L01080193", "A09018933"

LIMIT = """mutation ($input: LimitUserToOfficesInput!) { limitUserToOffices(input: $input) {
  user { id roles officeCodes active } errors { code message path } } }"""
LIST = """query ($role: PartyRole!, $filter: InvoiceFilter) { invoices(role: $role, filter: $filter) {
  totalCount nodes { number history { to } issuer { name } } }
  invoiceSummary(role: $role, filter: $filter) { status count payable currency } }"""
FEED = """query ($role: PartyRole!, $after: String) { statusChanges(role: $role, after: $after) {
  nodes { to invoice { number } } } }"""
NODE = """query ($id: ID!) { node(id: $id) { id ... on Invoice { number document { url signedUrl } receipt { url }
  attachments { url signedUrl } } ... on StatusChange { to invoice { number } } ... on Attachment { name url }
  ... on Party { name } } }"""


def offices(*codes: str) -> list[dict[str, str]]:
    """The same code in several roles counts once for who may see it."""
    roles = ("ACCOUNTING_OFFICE", "MANAGING_BODY", "PROCESSING_UNIT")
    return [{"role": role, "code": codes[place % len(codes)]} for place, role in enumerate(roles)]


async def issue(world: World, issuer: Person, receiver: Person, number: str, *codes: str) -> dict[str, Any]:
    to = {"taxId": receiver.tax_id, "offices": offices(*codes) if codes else None}
    given = {**world.invoice_input(receiver), "receiver": to, "number": number}
    payload = (await issuer.ask(ISSUE, input=given))["issueInvoice"]
    assert payload["errors"] == []
    invoice: dict[str, Any] = payload["invoice"]
    return invoice


async def limit(admin: Person, person: Person, *codes: str) -> dict[str, Any]:
    given = {"userId": global_id("Viewer", person.user_id), "officeCodes": list(codes)}
    payload: dict[str, Any] = (await admin.ask(LIMIT, input=given))["limitUserToOffices"]
    return payload


@dataclass(frozen=True)
class Desk:
    """A public body with an administrator and somebody limited to one office, and an invoice to each of two."""

    admin: Person
    clerk: Person
    seen_issuer: Person
    hidden_issuer: Person
    seen: dict[str, Any]
    hidden: dict[str, Any]


@pytest.fixture
async def desk(world: World) -> Desk:
    admin = await world.person(UserRole.ADMIN, kind=PartyKind.PUBLIC_BODY)
    clerk = await world.person(UserRole.ACCOUNTANT, party=admin)
    one, other = await world.person(party_name="Alfa SL"), await world.person(party_name="Beta SL")
    hidden = await issue(world, other, admin, "Hidden", THEIRS)
    seen = await issue(world, one, admin, "Seen", THEIRS, OURS)
    assert (await limit(admin, clerk, OURS.lower()))["errors"] == []
    return Desk(admin, clerk, one, other, seen, hidden)


async def keys_of(world: World, number: str) -> dict[str, str]:
    [row] = await world.services.database.fetch(
        "SELECT i.id, c.id, i.issuer_id FROM invoice i JOIN status_change c ON c.invoice_id = i.id"
        f" WHERE i.number = '{number}' AND c.version = 2"
    )
    return dict(zip(("Invoice", "StatusChange", "Party"), map(str, row), strict=True))


async def test_lists_counts_sums_and_searches_leave_out_other_offices(desk: Desk) -> None:
    seen = {"number": "Seen", "history": [{"to": "SENT"}, {"to": "REGISTERED"}], "issuer": {"name": "Alfa SL"}}
    summed = [{"status": "REGISTERED", "count": 1, "payable": "121.00", "currency": "EUR"}]

    for wanted in ({}, {"unseen": True}, {"status": ["REGISTERED"]}, {"office": OURS}, {"office": THEIRS.lower()}):
        data = await desk.clerk.ask(LIST, role="RECEIVER", filter=wanted)
        assert data == {"invoices": {"totalCount": 1, "nodes": [seen]}, "invoiceSummary": summed}
    nothing = await desk.clerk.execute(LIST, role="RECEIVER", filter={"search": "no such thing"})
    for wanted in ({"search": "hidden"}, {"number": "Hidden"}, {"counterparty": "Beta"}, {"search": "beta sl"}):
        assert await desk.clerk.execute(LIST, role="RECEIVER", filter=wanted) == nothing
    everything = await desk.admin.ask(LIST, role="RECEIVER")
    assert (everything["invoices"]["totalCount"], everything["invoiceSummary"][0]["count"]) == (2, 2)


async def test_an_office_is_found_in_any_role_or_in_one(desk: Desk) -> None:
    async def found(**wanted: str) -> list[str]:
        data = await desk.admin.ask(LIST, role="RECEIVER", filter=wanted)
        return [node["number"] for node in data["invoices"]["nodes"]]

    assert await found(office=THEIRS) == ["Seen", "Hidden"]
    assert await found(office=OURS) == ["Seen"]
    assert await found(office=OURS, officeRole="MANAGING_BODY") == ["Seen"]
    assert await found(office=OURS, officeRole="PROCESSING_UNIT") == []
    assert await found(office=OURS[:-1]) == []
    assert await found(officeRole="MANAGING_BODY") == ["Seen", "Hidden"]
    issued = await desk.seen_issuer.ask(LIST, role="ISSUER", filter={"office": OURS})
    assert [node["number"] for node in issued["invoices"]["nodes"]] == ["Seen"]


@pytest.mark.parametrize("type_", ["Invoice", "StatusChange", "Party"])
async def test_a_node_of_another_office_is_like_one_that_is_not_there(world: World, desk: Desk, type_: str) -> None:
    hidden, seen = (await keys_of(world, "Hidden"))[type_], (await keys_of(world, "Seen"))[type_]

    assert await desk.clerk.execute(NODE, id=global_id(type_, hidden)) == {"data": {"node": None}}
    assert (await desk.clerk.ask(NODE, id=global_id(type_, seen)))["node"]["id"] == global_id(type_, seen)
    assert (await desk.admin.ask(NODE, id=global_id(type_, hidden)))["node"]["id"] == global_id(type_, hidden)


async def test_feeds_leave_out_other_offices_and_keep_the_partys_positions(world: World, desk: Desk) -> None:
    seen = [{"to": to, "invoice": {"number": "Seen"}} for to in ("SENT", "REGISTERED")]

    assert (await desk.clerk.ask(FEED, role="RECEIVER"))["statusChanges"]["nodes"] == seen
    for position, left in ((0, seen), (2, seen), (3, seen[1:]), (4, [])):
        after = STATUS_FEED.cursor(PartyRole.RECEIVER, position)
        assert (await desk.clerk.ask(FEED, role="RECEIVER", after=after))["statusChanges"]["nodes"] == left


async def test_downloads_of_another_office_are_like_what_is_not_there(world: World, desk: Desk) -> None:
    node = (await desk.admin.ask(NODE, id=desk.hidden["id"]))["node"]
    bearer = {"authorization": f"Bearer {desk.clerk.token}"}
    viewer = (await world.services.authority.authenticate(desk.clerk.token)).viewer
    key = (await keys_of(world, "Hidden"))["Invoice"]

    for url in (node["document"]["url"], node["document"]["url"] + "?format=pdf", node["receipt"]["url"]):
        hidden = await world.client.get(url, headers=bearer)
        missing = await world.client.get(url.replace(key, str(uuid4())), headers=bearer)
        assert (hidden.status_code, hidden.content) == (missing.status_code, missing.content)
        assert hidden.status_code == 404
    signed = world.services.links.document(key, signed_for=viewer)
    assert (await world.client.get(signed)).status_code == 404
    own = (await desk.clerk.ask(NODE, id=desk.seen["id"]))["node"]["document"]["url"]
    assert (await world.client.get(own, headers=bearer)).status_code == 200


async def test_no_step_can_be_taken_in_another_office(desk: Desk) -> None:
    missing = global_id("Invoice", str(uuid4()))
    seen = "mutation ($input: MarkInvoiceSeenInput!) { markInvoiceSeen(input: $input) { errors { code message } } }"

    for operation, needed in {seen: {}, **{mutation(to): needed for to, (_, _, needed) in MUTATIONS.items()}}.items():
        theirs, none = [
            await desk.clerk.execute(operation, input={"invoiceId": id_, **needed})
            for id_ in (desk.hidden["id"], missing)
        ]
        assert theirs == none
        [payload] = theirs["data"].values()
        assert payload["errors"][0]["code"] == "NOT_FOUND"


async def test_a_key_stands_for_a_step_that_its_caller_no_longer_sees(desk: Desk) -> None:
    await limit(desk.admin, desk.clerk)
    step = {"invoiceId": desk.hidden["id"], "rcfNumber": "1", "idempotencyKey": "k"}
    operation = mutation(next(to for to in MUTATIONS if to.value == "REGISTERED_IN_RCF"))
    first = (await desk.clerk.ask(operation, input=step))["registerInvoiceInRcf"]
    await limit(desk.admin, desk.clerk, OURS)

    again = (await desk.clerk.ask(operation, input=step))["registerInvoiceInRcf"]

    assert first["invoice"]["status"] == "REGISTERED_IN_RCF"
    assert again == {"invoice": None, "change": None, "errors": []}


async def test_as_issuer_nobody_is_limited(world: World, desk: Desk) -> None:
    await issue(world, desk.admin, desk.seen_issuer, "Issued")

    data = await desk.clerk.ask(LIST, role="ISSUER")

    assert [node["number"] for node in data["invoices"]["nodes"]] == ["Issued"]
    assert (await desk.clerk.ask(FEED, role="ISSUER"))["statusChanges"]["nodes"][0]["invoice"]["number"] == "Issued"


async def test_what_is_limited_counts_from_the_next_operation_and_is_lifted(desk: Desk) -> None:
    viewer = "{ viewer { id officeCodes } invoices(role: RECEIVER) { totalCount } }"

    async def sight() -> tuple[list[str] | None, int]:
        data = await desk.clerk.ask(viewer)
        return data["viewer"]["officeCodes"], data["invoices"]["totalCount"]

    assert await sight() == ([OURS], 1)
    payload = await limit(desk.admin, desk.clerk, THEIRS, OURS)
    assert payload["user"]["officeCodes"] == [THEIRS, OURS]
    assert await sight() == ([THEIRS, OURS], 2)
    assert (await limit(desk.admin, desk.clerk))["user"]["officeCodes"] is None
    assert await sight() == (None, 2)


async def test_a_socket_hears_its_offices_and_closes_when_they_change(world: World, desk: Desk) -> None:
    async with listening(world.app) as url, open_socket(url, desk.clerk.token) as socket:
        await socket.subscribe("1", FOLLOW, role="RECEIVER")
        await issue(world, desk.hidden_issuer, desk.admin, "Hidden too", THEIRS)
        await issue(world, desk.seen_issuer, desk.admin, "Seen too", OURS)
        events = [await next_event(socket) for _ in range(2)]
        assert [told(event) for event in events] == [("Seen too", "SENT"), ("Seen too", "REGISTERED")]
        assert events[-1]["cursor"] == STATUS_FEED.cursor(PartyRole.RECEIVER, 8)

        await limit(desk.admin, desk.clerk, THEIRS)

        async with asyncio.timeout(5):
            assert await socket.end() == (4403, "Forbidden")


USERS = "{ partyUsers { id name email roles officeCodes active } }"


async def test_an_administrator_sees_and_manages_the_people_of_the_party(world: World, desk: Desk) -> None:
    stranger = await world.person(UserRole.ADMIN)

    users = {user["email"]: user for user in (await desk.admin.ask(USERS))["partyUsers"]}

    assert set(users) == {desk.admin.email, desk.clerk.email}
    assert users[desk.clerk.email]["officeCodes"] == [OURS]
    assert key_of("Viewer", users[desk.clerk.email]["id"]) == desk.clerk.user_id
    refused = await desk.clerk.execute(USERS)
    assert refused["errors"][0]["extensions"] == {"code": "FORBIDDEN"}
    assert (await limit(desk.clerk, desk.clerk))["errors"][0]["code"] == "FORBIDDEN"
    assert (await limit(stranger, desk.clerk))["errors"][0]["code"] == "NOT_FOUND"
    assert (await limit(desk.admin, stranger))["errors"][0]["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        (["NOWHERE"], "No office of yours, on your list or in an invoice to you: NOWHERE."),
        (["L01-080193"], "A DIR3 code has letters and digits only."),
        ([" "], "A DIR3 code has letters and digits only."),
        (["Ñ01"], "A DIR3 code has letters and digits only."),
        (["L01"] * 101, "At most 100 offices."),
    ],
)
async def test_codes_that_would_hide_everything_are_refused(desk: Desk, codes: list[str], message: str) -> None:
    payload = await limit(desk.admin, desk.clerk, *codes)

    assert payload == {
        "user": None,
        "errors": [{"code": "INVALID", "message": message, "path": ["input", "officeCodes"]}],
    }


ROLES = """mutation ($input: SetUserRolesInput!) { setUserRoles(input: $input) { user { roles } errors { code } } }"""
ACTIVE = (
    """mutation ($input: SetUserActiveInput!) { setUserActive(input: $input) { user { active } errors { code } } }"""
)


async def test_roles_and_access_are_given_and_withdrawn(desk: Desk) -> None:
    clerk = global_id("Viewer", desk.clerk.user_id)

    given = await desk.admin.ask(ROLES, input={"userId": clerk, "roles": ["REGISTRAR", "ADMIN", "ADMIN"]})
    shut = await desk.admin.ask(ACTIVE, input={"userId": clerk, "active": False})
    after = await desk.clerk.execute(USERS)
    again = await desk.admin.ask(ACTIVE, input={"userId": clerk, "active": True})

    assert given["setUserRoles"] == {"user": {"roles": ["ADMIN", "REGISTRAR"]}, "errors": []}
    assert shut["setUserActive"] == {"user": {"active": False}, "errors": []}
    assert after["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
    assert again["setUserActive"]["user"] == {"active": True}


async def test_a_party_keeps_an_administrator_though_all_withdraw_at_once(world: World) -> None:
    first = await world.person(UserRole.ADMIN)
    people = [first, *[await world.person(UserRole.ADMIN, party=first) for _ in range(3)]]

    async def withdraw(place: int) -> str | None:
        neighbour = global_id("Viewer", people[(place + 1) % 4].user_id)
        data = await people[place].ask(ROLES, input={"userId": neighbour, "roles": []})
        errors = data["setUserRoles"]["errors"]
        return errors[0]["code"] if errors else None

    results = await asyncio.gather(*map(withdraw, range(4)))

    rows = await world.services.database.fetch(f"SELECT roles FROM person WHERE party_id = '{first.party_id}'")
    roles, done = Counter(row[0] for row in rows), results.count(None)
    assert roles == {"": done, "ADMIN": 4 - done}
    assert done < 4
    # Who has already been withdrawn when he or she asks has no right to; else it is the last one who stays.
    assert set(results) - {None} <= {"LAST_ADMINISTRATOR", "FORBIDDEN"}
