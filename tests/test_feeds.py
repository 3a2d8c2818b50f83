"""The log of status changes: each party's own, in order, without gaps, never altered."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tortoise.exceptions import IntegrityError

from tramesa.models.database import open_database
from tramesa.models.domain.states import InvoiceStatus
from tramesa.models.domain.transitions import PartyKind, PartyRole
from tramesa.models.feeds.positions import STATUS_FEED
from tramesa.tests.operations import MUTATIONS, bring, kept, take, write
from tramesa.tests.world import Person, World

S = InvoiceStatus

PAGE = """query ($role: PartyRole!, $after: String, $first: Int!) {
  statusChanges(role: $role, after: $after, first: $first) {
    edges { cursor node { id to invoice { number status } } } nodes { id }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


async def page(person: Person, role: str, first: int, after: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = (await person.ask(PAGE, role=role, first=first, after=after))["statusChanges"]
    return found


async def walked(person: Person, role: str, size: int) -> list[tuple[str, str]]:
    """Number and state of every change of a feed, read page by page."""
    found, after, more = [], None, True
    while more:
        part = await page(person, role, size, after)
        found += [(edge["node"]["invoice"]["number"], edge["node"]["to"]) for edge in part["edges"]]
        assert part["pageInfo"]["hasPreviousPage"] is (after is not None)
        more, after = part["pageInfo"]["hasNextPage"], part["pageInfo"]["endCursor"]
    return found


@pytest.mark.parametrize("size", [1, 2, 3, 4, 100])
async def test_a_feed_is_read_page_by_page_oldest_first(world: World, size: int) -> None:
    issuer, receiver = await world.person(), await world.person()
    first = await world.issue(issuer, receiver, number="1")
    await world.issue(issuer, receiver, number="2")
    await bring(receiver, S.CONFORMED, first["id"])

    expected = [("1", "SENT"), ("1", "REGISTERED"), ("2", "SENT"), ("2", "REGISTERED"), ("1", "CONFORMED")]
    assert await walked(issuer, "ISSUER", size) == expected
    assert await walked(receiver, "RECEIVER", size) == expected


async def test_a_page_shows_the_invoice_as_it_is_now_and_where_it_lies(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    invoice = await world.issue(issuer, receiver, number="1")
    await bring(receiver, S.CONFORMED, invoice["id"])

    part = await page(issuer, "ISSUER", 2, STATUS_FEED.cursor(PartyRole.ISSUER, 1))
    cursors = [edge["cursor"] for edge in part["edges"]]
    assert [edge["node"]["invoice"] for edge in part["edges"]] == [{"number": "1", "status": "CONFORMED"}] * 2
    assert [edge["node"]["to"] for edge in part["edges"]] == ["REGISTERED", "CONFORMED"]
    assert [node["id"] for node in part["nodes"]] == [edge["node"]["id"] for edge in part["edges"]]
    assert part["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": True,
        "startCursor": cursors[0],
        "endCursor": cursors[1],
    }

    empty = await page(issuer, "ISSUER", 2, cursors[1])
    nothing = {"hasNextPage": False, "hasPreviousPage": True, "startCursor": None, "endCursor": None}
    assert empty == {"edges": [], "nodes": [], "pageInfo": nothing}
    assert (await page(issuer, "RECEIVER", 2))["pageInfo"] == nothing | {"hasPreviousPage": False}


async def test_a_role_and_a_size_need_not_be_given(small_world: World) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    for _ in range(26):
        await small_world.issue(issuer, receiver)

    found = await issuer.ask("{ statusChanges { nodes { id } pageInfo { hasNextPage } } }")

    assert len(found["statusChanges"]["nodes"]) == 50
    assert found["statusChanges"]["pageInfo"] == {"hasNextPage": True}
    assert (await receiver.ask("{ statusChanges { nodes { id } } }"))["statusChanges"]["nodes"] == []


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        STATUS_FEED.cursor(PartyRole.RECEIVER, 1),
        "",
        "rubbish",
        "ñ",
        encoded("ISSUER"),
        encoded("ISSUER:"),
        encoded("ISSUER:-1"),
        encoded("ISSUER:1.0"),
        encoded("ISSUER:١"),
        encoded("ISSUER:9223372036854775808"),
        encoded("ISSUER:" + "9" * 5000),
        encoded('["CREATED_AT", "2026-01-01", "x"]'),
    ],
)
async def test_what_is_no_cursor_of_the_feed_is_refused(world: World, cursor: str) -> None:
    issuer = await world.person()

    response = await issuer.execute(PAGE, role="ISSUER", first=1, after=cursor)

    assert response["data"] is None
    [error] = response["errors"]
    assert error["message"] == "This is no cursor of this feed."
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argumentPath": ["after"]}


async def test_the_feeds_cursor_is_where_it_ends_now(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    query = "query ($role: PartyRole!) { feedCursor(role: $role) }"
    assert await issuer.ask("{ feedCursor }") == {"feedCursor": STATUS_FEED.cursor(PartyRole.ISSUER, 0)}
    invoice = await world.issue(issuer, receiver)

    ends = {}
    for person, role in ((issuer, "ISSUER"), (receiver, "RECEIVER")):
        ends[role] = (await person.ask(query, role=role))["feedCursor"]
        assert ends[role] == STATUS_FEED.cursor(PartyRole(role), 2)
        assert (await page(person, role, 1, ends[role]))["nodes"] == []
    await bring(receiver, S.CONFORMED, invoice["id"])

    for person, role in ((issuer, "ISSUER"), (receiver, "RECEIVER")):
        later = await page(person, role, 10, ends[role])
        assert [edge["node"]["to"] for edge in later["edges"]] == ["CONFORMED"]


@pytest.mark.parametrize("first", [0, -1, 101])
async def test_a_page_has_1_to_100_changes(small_world: World, first: int) -> None:
    issuer = await small_world.person()

    response = await issuer.execute(PAGE, role="ISSUER", first=first)

    assert response["data"] is None
    [error] = response["errors"]
    assert error["message"] == "A page has 1 to 100 entries."
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argumentPath": ["first"]}


# Who sends to whom, or which invoice is brought where by its receiver.
operations = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 2))
    | st.tuples(st.integers(0, 7), st.sampled_from(list(MUTATIONS))),
    min_size=1,
    max_size=12,
)  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations)
async def test_positions_run_from_1_without_gaps_for_each_party_and_role(
    world: World, wanted: list[tuple[int, Any]]
) -> None:
    people = [await world.person(kind=kind) for kind in (PartyKind.PUBLIC_BODY, PartyKind.COMPANY, PartyKind.PERSON)]
    invoices: list[tuple[str, Person]] = []
    expected: dict[tuple[str, str], list[tuple[str, str]]] = {}

    def happened(sides: tuple[Person, Person], number: str, *steps: str) -> None:
        for person, role in zip(sides, ("ISSUER", "RECEIVER"), strict=True):
            expected.setdefault((person.party_id, role), []).extend((number, to) for to in steps)

    sides: dict[str, tuple[Person, Person, str]] = {}
    for first, second in wanted:
        if isinstance(second, int):
            # A party may also bill itself: it then has the invoice in both its feeds.
            issuer, receiver = people[first], people[second]
            invoice = await world.issue(issuer, receiver)
            invoices.append((invoice["id"], receiver))
            sides[invoice["id"]] = (issuer, receiver, invoice["number"])
            happened((issuer, receiver), invoice["number"], "SENT", "REGISTERED")
        elif first < len(invoices):
            invoice_id, receiver = invoices[first]
            if not (await take(receiver, second, invoice_id))["errors"]:
                happened(sides[invoice_id][:2], sides[invoice_id][2], second.value)

    database = world.services.database
    for person in people:
        for role in ("ISSUER", "RECEIVER"):
            steps = expected.get((person.party_id, role), [])
            rows = await database.fetch(
                f"SELECT {role}_position FROM status_change WHERE {role}_id = '{person.party_id}' ORDER BY 1"
            )
            assert [row[0] for row in rows] == list(range(1, len(steps) + 1))
            [feed] = await database.fetch(
                f"SELECT position FROM feed WHERE party_id = '{person.party_id}' AND role = '{role}'"
            )
            assert feed[0] == len(steps)
            assert await walked(person, role, 5) == steps


@pytest.mark.parametrize("table", ["status_change", "invoice_document"])
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM {table}",
        "UPDATE {table} SET invoice_id = invoice_id",
        "UPDATE {table} SET {column} = 'x' WHERE 1 = 1",
    ],
)
async def test_history_and_documents_cannot_be_altered_or_removed(world: World, table: str, statement: str) -> None:
    issuer, receiver = await world.person(), await world.person()
    await world.issue(issuer, receiver)
    database = world.services.database
    before = await kept(database)
    column = "actor" if table == "status_change" else "sha256"

    with pytest.raises(IntegrityError, match=f"{table} is append-only"):
        await write(database, statement.format(table=table, column=column))

    assert await kept(database) == before


@pytest.mark.parametrize("table", ["status_change", "invoice_document"])
async def test_history_and_documents_cannot_be_emptied(postgres_url: str, table: str) -> None:
    database = await open_database(postgres_url)

    with pytest.raises(IntegrityError, match=f"{table} is append-only"):
        await write(database, f"TRUNCATE {table} CASCADE")

    await database.close()
