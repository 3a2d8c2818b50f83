"""Filters under a name: kept whole, one's own or the party's, fifty a person, read by versions to come."""

from __future__ import annotations

import asyncio
from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramesa.models.domain.invoice import OfficeRole
from tramesa.models.domain.states import InvoiceStatus
from tramesa.models.domain.transitions import PartyRole
from tramesa.models.lists.filtering import Filter, OrderField
from tramesa.models.lists.saved_filters import Definition, Order, dump_definition, load_definition
from tramesa.tests.world import Person, World

PARTS = """status counterparty number search issuedFrom issuedTo changedSince totalFrom totalTo unseen office officeRole
  cancellationPending"""
ONE = f"""id name ownerName mine shared role filter {{ {PARTS} }} orderBy {{ field direction }} columns whole"""
LIST = f"query ($role: PartyRole) {{ savedFilters(role: $role) {{ {ONE} }} }}"
SAVE = f"""mutation ($input: SaveFilterInput!) {{ saveFilter(input: $input) {{
  savedFilter {{ {ONE} }} errors {{ code message path }} }} }}"""
UPDATE = f"""mutation ($input: UpdateFilterInput!) {{ updateFilter(input: $input) {{
  savedFilter {{ {ONE} }} errors {{ code message path }} }} }}"""
DELETE = """mutation ($input: DeleteFilterInput!) { deleteFilter(input: $input) {
  deletedId errors { code message path } } }"""

EVERYTHING = {
    "status": ["REGISTERED", "PAID"],
    "counterparty": "alfa",
    "number": "7",
    "search": "paper",
    "issuedFrom": "2026-01-01",
    "issuedTo": "2026-12-31",
    "changedSince": "2026-01-01T00:00:00+00:00",
    "totalFrom": "0.10",
    "totalTo": "1000",
    "unseen": True,
    "office": "L01080193",
    "officeRole": "MANAGING_BODY",
    "cancellationPending": False,
}
NOTHING = dict.fromkeys(EVERYTHING)


async def save(person: Person, name: str, **given_: Any) -> dict[str, Any]:
    wanted = {"name": name, "role": "RECEIVER", "filter": {}, **given_}
    payload: dict[str, Any] = (await person.ask(SAVE, input=wanted))["saveFilter"]
    return payload


async def names(person: Person, role: str | None = None) -> list[str]:
    return [one["name"] for one in (await person.ask(LIST, role=role))["savedFilters"]]


async def test_a_filter_is_kept_whole(world: World) -> None:
    person = await world.person(name="Anna")
    order = {"field": "TOTAL", "direction": "ASC"}

    payload = await save(person, " Mine ", filter=EVERYTHING, orderBy=order, columns=["number", "office"])

    saved = payload["savedFilter"]
    assert payload["errors"] == []
    assert {name: value for name, value in saved.items() if name != "id"} == {
        "name": "Mine",
        "ownerName": "Anna",
        "mine": True,
        "shared": False,
        "role": "RECEIVER",
        "filter": EVERYTHING,
        "orderBy": order,
        "columns": ["number", "office"],
        "whole": True,
    }
    assert (await person.ask(LIST))["savedFilters"] == [saved]
    # What is read can be sent back, and lists by it.
    listed = "query ($f: InvoiceFilter) { invoices(role: RECEIVER, filter: $f) { totalCount } }"
    assert (await person.ask(listed, f=saved["filter"]))["invoices"]["totalCount"] == 0


async def test_what_is_shared_is_seen_by_the_party_and_changed_by_its_owner(world: World) -> None:
    anna = await world.person()
    ben, stranger = await world.person(party=anna), await world.person()
    shared = (await save(anna, "Ours", shared=True))["savedFilter"]
    private = (await save(anna, "Hers"))["savedFilter"]
    await save(ben, "Own", role="ISSUER")

    assert [await names(person) for person in (anna, ben, stranger)] == [["Hers", "Ours"], ["Own", "Ours"], []]
    assert (await names(ben, "RECEIVER"), await names(ben, "ISSUER")) == (["Ours"], ["Own"])
    for person, one, code in ((ben, shared, "FORBIDDEN"), (ben, private, "NOT_FOUND"), (stranger, shared, "NOT_FOUND")):
        for operation, name in ((UPDATE, "updateFilter"), (DELETE, "deleteFilter")):
            given_ = {"filterId": one["id"], **({"name": "x"} if operation == UPDATE else {})}
            payload = (await person.ask(operation, input=given_))[name]
            assert [(error["code"], error["path"]) for error in payload["errors"]] == [(code, ["input", "filterId"])]
    assert await names(anna) == ["Hers", "Ours"]


async def test_a_change_leaves_what_it_does_not_name(world: World) -> None:
    person = await world.person()
    saved = (await save(person, "One", filter=EVERYTHING, columns=["a"]))["savedFilter"]

    async def update(**given_: Any) -> dict[str, Any]:
        payload = (await person.ask(UPDATE, input={"filterId": saved["id"], **given_}))["updateFilter"]
        assert payload["errors"] == []
        result: dict[str, Any] = payload["savedFilter"]
        return result

    assert await update(name="ONE") == saved | {"name": "ONE"}
    assert await update(shared=True) == saved | {"name": "ONE", "shared": True}
    order = {"field": "ISSUE_DATE", "direction": "DESC"}
    changed = await update(filter={"number": "9"}, columns=[], orderBy=order, shared=None, name=None)
    assert changed == saved | {
        "name": "ONE",
        "shared": True,
        "filter": NOTHING | {"number": "9"},
        "columns": [],
        "orderBy": order,
    }
    gone = (await person.ask(DELETE, input={"filterId": saved["id"]}))["deleteFilter"]
    assert gone == {"deletedId": saved["id"], "errors": []}
    assert await names(person) == []


BAD: list[tuple[dict[str, Any], str, list[str]]] = [
    ({"name": " "}, "REQUIRED", ["input", "name"]),
    ({"name": "x" * 81}, "INVALID", ["input", "name"]),
    ({"name": "tàken"}, "INVALID", ["input", "name"]),
    ({"columns": ["c"] * 41}, "INVALID", ["input", "columns"]),
    ({"columns": ["c" * 65]}, "INVALID", ["input", "columns"]),
    ({"columns": [""]}, "REQUIRED", ["input", "columns"]),
    ({"filter": {"search": "x" * 201}}, "INVALID", ["input", "filter", "search"]),
]


@pytest.mark.parametrize(("given_", "code", "path"), BAD)
async def test_what_cannot_be_kept_is_refused(
    small_world: World, given_: dict[str, Any], code: str, path: list[str]
) -> None:
    person = await small_world.person()
    await save(person, "Taken")

    payload = await save(person, **{"name": "new", **given_})

    assert payload["savedFilter"] is None
    assert [(error["code"], error["path"]) for error in payload["errors"]] == [(code, path)]
    assert await names(person) == ["Taken"]


async def test_of_many_who_save_at_once_one_has_the_name_and_fifty_is_the_most(world: World) -> None:
    person = await world.person()

    same = await asyncio.gather(*(save(person, "Same") for _ in range(6)))
    await asyncio.gather(*(save(person, f"F{place}") for place in range(45)))
    last = await asyncio.gather(*(save(person, f"G{place}") for place in range(10)))

    assert sorted(len(payload["errors"]) for payload in same) == [0, 1, 1, 1, 1, 1]
    assert sorted(len(payload["errors"]) for payload in last) == [0] * 4 + [1] * 6
    assert {payload["errors"][0]["message"] for payload in last if payload["errors"]} == {
        "You have 50 filters: delete one first."
    }
    assert len(await names(person)) == 50
    [kept] = [payload["savedFilter"]["id"] for payload in same if not payload["errors"]]
    gone = await asyncio.gather(*(person.ask(DELETE, input={"filterId": kept}) for _ in range(6)))
    assert sorted(len(payload["deleteFilter"]["errors"]) for payload in gone) == [0, 1, 1, 1, 1, 1]


instants = st.datetimes(timezones=st.just(UTC))
amounts = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12)
filters = st.builds(
    Filter,
    status=st.none() | st.lists(st.sampled_from(InvoiceStatus), max_size=3).map(tuple),
    search=st.none() | st.text(st.characters(codec="utf-8"), max_size=20),
    issued_from=st.none() | st.dates(date(1900, 1, 1)),
    changed_since=st.none() | instants,
    total_from=st.none()
    | st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12),
    unseen=st.none() | st.booleans(),
    office_role=st.none() | st.sampled_from(OfficeRole),
)
definitions = st.builds(
    Definition,
    role=st.sampled_from(PartyRole),
    filter=filters,
    order=st.none() | st.builds(Order, field=st.sampled_from(OrderField), descending=st.booleans()),
    columns=st.lists(st.text(st.characters(codec="utf-8"), max_size=5), max_size=3).map(tuple),
)


@given(definitions)
def test_what_is_kept_comes_back(definition: Definition) -> None:
    assert load_definition(dump_definition(definition)) == definition


def test_every_part_of_a_filter_can_be_kept() -> None:
    values: dict[str, Any] = {
        "status": (InvoiceStatus.PAID,),
        "issued_from": date(2026, 1, 1),
        "issued_to": date(2026, 1, 1),
        "changed_since": datetime(2026, 1, 1, tzinfo=UTC),
        "total_from": Decimal("1.5"),
        "total_to": Decimal(2),
        "unseen": False,
        "cancellation_pending": True,
        "office_role": OfficeRole.MANAGING_BODY,
    }
    whole = Filter(**{part.name: values.get(part.name, "text") for part in fields(Filter)})
    definition = Definition(role=PartyRole.ISSUER, filter=whole)

    assert load_definition(dump_definition(definition)) == definition


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"filter": {"number": "7", "colour": "red"}},
        {"filter": {"number": "7", "status": ["LOST"]}},
        {"filter": {"number": "7", "issued_from": "yesterday"}},
        {"filter": {"number": "7", "total_to": 1.5}},
        {"filter": {"number": "7", "unseen": "yes"}},
        {"order": {"field": "COLOUR", "descending": True}},
        {"order": {"field": "TOTAL"}},
    ],
)
def test_what_another_version_kept_is_read_as_far_as_it_is_understood(change: dict[str, Any]) -> None:
    kept = orjson.loads(dump_definition(Definition(role=PartyRole.RECEIVER, filter=Filter(number="7"))))

    found = load_definition(orjson.dumps(kept | change).decode())

    assert found == Definition(role=PartyRole.RECEIVER, filter=Filter(number="7"), whole=False)
