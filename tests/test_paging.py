"""Every walk through a list, whatever its order, size and direction, visits each invoice once."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tramesa.models.database import Unit
from tramesa.models.domain.transitions import PartyRole
from tramesa.models.lists.filtering import Filter, OrderField
from tramesa.models.lists.paging import Position, page
from tramesa.models.reading.invoices import InvoicePage, read_page
from tramesa.models.reading.selection import Selection
from tramesa.models.sql import Statement
from tramesa.models.viewer import Viewer
from tramesa.tests.world import Person, World

START = datetime(2026, 1, 15, 10, tzinfo=UTC)
SLOWLY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass(frozen=True)
class Listed:
    """An invoice as far as lists are ordered by it."""

    key: str
    created_at: datetime
    issue_date: date
    status_changed_at: datetime
    total: int

    def place(self, field: OrderField) -> tuple[Any, str]:
        return getattr(self, field.column), self.key


# Few values, so that ties are many; a whole second and a microsecond, since SQLite compares instants as texts.
instants = st.sampled_from([START + timedelta(microseconds=step) for step in (0, 1, 1_000_000, 1_000_001, 10**12)])
listed = st.builds(
    Listed,
    key=st.builds(lambda: str(uuid4())),
    created_at=instants,
    issue_date=st.sampled_from([date(2025, 12, 31), date(2026, 1, 1), date(2026, 10, 1)]),
    status_changed_at=instants,
    total=st.sampled_from([-(10**17), -1, 0, 99, 100, 10**17]),
)
orders = st.tuples(st.sampled_from(OrderField), st.booleans())


async def viewer_with(world: World, invoices: list[Listed]) -> Viewer:
    """A new issuer of just these invoices, put straight into the table."""
    issuer = await world.person()
    viewer = (await world.services.authority.authenticate(issuer.token)).viewer

    async def work(unit: Unit) -> None:
        for invoice in invoices:
            row = {
                **dict.fromkeys(("issuer_id", "receiver_id"), viewer.party_id),
                **dict.fromkeys(("number", "number_key", "full_number_key"), "1"),
                **dict.fromkeys(("gross", "discounts", "charges", "taxable", "taxes", "withheld", "payable"), 0),
                "id": invoice.key,
                "created_at": invoice.created_at,
                "issue_date": invoice.issue_date,
                "status_changed_at": invoice.status_changed_at,
                "total": invoice.total,
                "document_type": "COMPLETE",
                "invoice_class": "ORIGINAL",
                "currency": "EUR",
                "status": "SENT",
                "version": 1,
                "seen": False,
            }
            query = Statement(unit.dialect)
            places = ", ".join(query.bind(value) for value in row.values())
            await unit.execute(f"INSERT INTO invoice ({', '.join(row)}) VALUES ({places})", query.values)

    await world.services.database.unit_of_work(work)
    return viewer


async def asked(
    world: World, viewer: Viewer, order: tuple[OrderField, bool], size: int, *, backward: bool, **edges: str | None
) -> InvoicePage:
    field, descending = order
    first, last = (None, size) if backward else (size, None)
    wish = page(first, edges.get("after"), last, edges.get("before"), field, descending=descending)
    return await read_page(
        world.services.database, viewer, PartyRole.ISSUER, Filter(), wish, Selection(frozenset({"number"}))
    )


def in_order(invoices: list[Listed], order: tuple[OrderField, bool]) -> list[str]:
    field, descending = order
    return [invoice.key for invoice in sorted(invoices, key=lambda one: one.place(field), reverse=descending)]


@SLOWLY
@given(st.lists(listed, max_size=12), orders, st.integers(1, 13), st.booleans())
async def test_a_walk_visits_each_invoice_once_in_order(
    world: World, invoices: list[Listed], order: tuple[OrderField, bool], size: int, backward: bool
) -> None:
    viewer = await viewer_with(world, invoices)
    expected = in_order(invoices, order)

    found: list[str] = []
    edge: str | None = None
    while True:
        part = await asked(world, viewer, order, size, backward=backward, **{"before" if backward else "after": edge})
        keys = [row.key for row in part.rows]
        assert [position.key for position in part.positions] == keys
        found = keys + found if backward else found + keys
        left = len(expected) - len(found)
        assert len(keys) == min(size, left + len(keys))
        started = edge is not None
        assert (part.has_next, part.has_previous) == ((started, left > 0) if backward else (left > 0, started))
        if left == 0:
            break
        edge = part.positions[0 if backward else -1].cursor

    assert found == expected


@SLOWLY
@given(st.lists(listed, min_size=1, max_size=10), orders, st.integers(1, 11), st.booleans(), st.data())
async def test_a_page_between_two_cursors_knows_what_lies_on_both_sides(
    world: World,
    invoices: list[Listed],
    order: tuple[OrderField, bool],
    size: int,
    backward: bool,
    data: st.DataObject,
) -> None:
    viewer = await viewer_with(world, invoices)
    expected = in_order(invoices, order)
    by_key = {invoice.key: invoice for invoice in invoices}
    cursors = [Position(order[0], by_key[key].place(order[0])[0], key).cursor for key in expected]
    low = data.draw(st.integers(0, len(expected)))
    high = data.draw(st.integers(low, len(expected)))

    part = await asked(
        world,
        viewer,
        order,
        size,
        backward=backward,
        after=cursors[low - 1] if low else None,
        before=cursors[high] if high < len(expected) else None,
    )

    start, end = (max(low, high - size), high) if backward else (low, min(high, low + size))
    assert [row.key for row in part.rows] == expected[start:end]
    assert (part.has_previous, part.has_next) == (start > 0, end < len(expected))
    assert [position.cursor for position in part.positions] == cursors[start:end]


LIST = """query ($first: Int, $after: String, $last: Int, $before: String, $orderBy: InvoiceOrder) {
  invoices(role: ISSUER, first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy) {
    edges { cursor node { id } } nodes { number } totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""

NEWEST = {"field": "CREATED_AT", "direction": "DESC"}


async def issuer_of(world: World, *totals: str) -> Person:
    """Somebody who issued an invoice of each total, numbered from 1."""
    issuer, receiver = await world.person(), await world.person()
    for number, total in enumerate(totals, start=1):
        line = {"description": "Work", "quantity": "1", "unitPrice": total, "taxRate": "0"}
        await world.issue(issuer, receiver, number=str(number), lines=[line])
    return issuer


async def listing(person: Person, **arguments: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await person.ask(LIST, **arguments))["invoices"]
    return found


def numbers(found: dict[str, Any]) -> list[str]:
    return [node["number"] for node in found["nodes"]]


async def test_a_list_is_newest_first_in_pages_of_50_unless_told(world: World) -> None:
    issuer = await issuer_of(world, *["1"] * 51)

    found = await listing(issuer)

    assert numbers(found) == [str(number) for number in range(51, 1, -1)]
    cursors = [edge["cursor"] for edge in found["edges"]]
    assert found["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": cursors[0],
        "endCursor": cursors[-1],
    }
    assert found["totalCount"] == 51
    rest = await listing(issuer, after=cursors[-1], orderBy=NEWEST)
    assert (numbers(rest), rest["totalCount"]) == (["1"], 51)
    assert (rest["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasPreviousPage"]) == (False, True)


async def test_last_counts_from_the_end_and_keeps_the_order(world: World) -> None:
    issuer = await issuer_of(world, "30", "-10", "20", "20")
    cheapest = {"field": "TOTAL", "direction": "ASC"}

    found = await listing(issuer, last=2, orderBy=cheapest)

    assert numbers(found) == ["4", "1"]
    assert numbers(await listing(issuer, last=2, before=found["pageInfo"]["startCursor"], orderBy=cheapest)) == [
        "2",
        "3",
    ]
    assert numbers(await listing(issuer, last=100, orderBy=cheapest)) == ["2", "3", "4", "1"]


async def test_an_empty_list_has_an_empty_page(world: World) -> None:
    issuer = await world.person()

    nothing = {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
    assert await listing(issuer, first=1) == {"edges": [], "nodes": [], "totalCount": 0, "pageInfo": nothing}


@pytest.mark.parametrize(
    ("arguments", "place", "message"),
    [
        ({"first": 1, "last": 1}, "last", "Ask for first or for last, not for both."),
        ({"first": 0}, "first", "A page has 1 to 100 entries."),
        ({"first": 101}, "first", "A page has 1 to 100 entries."),
        ({"first": -1}, "first", "A page has 1 to 100 entries."),
        ({"last": 0}, "last", "A page has 1 to 100 entries."),
        ({"last": 101}, "last", "A page has 1 to 100 entries."),
    ],
)
async def test_a_page_that_makes_no_sense_is_refused(
    small_world: World, arguments: dict[str, int], place: str, message: str
) -> None:
    issuer = await small_world.person()

    assert (await issuer.execute(LIST, **arguments)) == refusal(message, place)


def refusal(message: str, place: str) -> dict[str, Any]:
    extensions = {"code": "BAD_USER_INPUT", "argumentPath": [place]}
    error = {
        "message": message,
        "locations": [{"line": 2, "column": 3}],
        "path": ["invoices"],
        "extensions": extensions,
    }
    return {"data": None, "errors": [error]}


KEY = "0190a0b4-0000-7000-8000-000000000000"


def encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(value)).decode()


@pytest.mark.parametrize("argument", ["after", "before"])
@pytest.mark.parametrize(
    ("field", "cursor"),
    [
        ("CREATED_AT", Position(OrderField.STATUS_CHANGED_AT, START, KEY).cursor),
        ("CREATED_AT", encoded(["CREATED_AT", "2026-01-15T10:00:00", KEY])),
        ("CREATED_AT", encoded(["CREATED_AT", "0001-01-01T00:00:00+23:59", KEY])),
        ("CREATED_AT", encoded(["CREATED_AT", "9999-12-31T23:59:59-23:59", KEY])),
        ("CREATED_AT", encoded(["CREATED_AT", 5, KEY])),
        ("CREATED_AT", encoded(["CREATED_AT", "2026-01-15T10:00:00+00:00", "no key"])),
        ("CREATED_AT", encoded(["CREATED_AT", "2026-01-15T10:00:00+00:00", 7])),
        ("CREATED_AT", encoded(["CREATED_AT", "2026-01-15T10:00:00+00:00"])),
        ("CREATED_AT", encoded(["NAME", "x", KEY])),
        ("CREATED_AT", encoded([["CREATED_AT"], "x", KEY])),
        ("CREATED_AT", encoded(7)),
        ("CREATED_AT", encoded({})),
        ("CREATED_AT", "rubbish"),
        ("CREATED_AT", ""),
        ("CREATED_AT", "ñ"),
        ("ISSUE_DATE", encoded(["ISSUE_DATE", "2026-02-30", KEY])),
        ("ISSUE_DATE", encoded(["ISSUE_DATE", 2026, KEY])),
        ("ISSUE_DATE", Position(OrderField.TOTAL, 1, KEY).cursor),
        ("TOTAL", encoded(["TOTAL", "1", KEY])),
        ("TOTAL", encoded(["TOTAL", 2**63, KEY])),
        ("TOTAL", encoded(["TOTAL", 1.5, KEY])),
        ("TOTAL", encoded(["TOTAL", None, KEY])),
    ],
)
async def test_what_is_no_cursor_of_this_order_is_refused(
    small_world: World, argument: str, field: str, cursor: str
) -> None:
    issuer = await small_world.person()

    response = await issuer.execute(LIST, orderBy={"field": field, "direction": "ASC"}, **{argument: cursor})

    assert response == refusal("This is no cursor of a list in this order.", argument)


async def test_a_cursor_means_the_same_whatever_its_offset(world: World) -> None:
    issuer = await issuer_of(world, "1", "2")
    found = await listing(issuer, first=1, orderBy=NEWEST)
    field, instant, key = orjson.loads(base64.urlsafe_b64decode(found["pageInfo"]["endCursor"]))
    shifted = datetime.fromisoformat(instant).astimezone(timezone(timedelta(hours=5, minutes=30))).isoformat()

    assert numbers(await listing(issuer, after=encoded([field, shifted, key]), orderBy=NEWEST)) == ["1"]
