"""Many changes in one request: each its own transaction and result, asked again safely by a key."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tramesa.models.domain.transitions import PartyKind
from tramesa.tests.operations import kept, user_error
from tramesa.tests.servers.inprocess import listening
from tramesa.tests.sockets import PATIENCE, open_socket, until
from tramesa.tests.world import Person, World

CHANGE = """mutation ($i: ChangeStatusesInput!) { changeStatuses(input: $i) {
  results { invoiceId invoice { status version } change { id from to info }
    errors { __typename code message path ... on TransitionRefused { from to allowed }
      ... on VersionConflict { currentVersion } } }
  errors { __typename code message path } } }"""


async def change(person: Person, *changes: dict[str, Any], key: str | None = None) -> Any:
    return (await person.ask(CHANGE, i={"changes": list(changes), "idempotencyKey": key}))["changeStatuses"]


async def body_with(world: World, count: int) -> tuple[Person, list[str]]:
    """A public body, and invoices that it has received."""
    issuer, body = await world.person(), await world.person(kind=PartyKind.PUBLIC_BODY)
    return body, [(await world.issue(issuer, body))["id"] for _ in range(count)]


def rcf(invoice_id: str, number: str = "RCF-1", **more: Any) -> dict[str, Any]:
    return {"invoiceId": invoice_id, "to": "REGISTERED_IN_RCF", "rcfNumber": number, **more}


def paid(invoice_id: str, **more: Any) -> dict[str, Any]:
    return {"invoiceId": invoice_id, "to": "PAID", "paymentDate": "2026-02-01", **more}


def shown(payload: Any) -> list[Any]:
    """Each result in short: the state that it was brought to, or the code of the refusal."""
    return [
        result["errors"][0]["code"] if result["errors"] else result["change"]["to"] for result in payload["results"]
    ]


async def test_each_change_is_made_in_order_with_its_own_result(world: World) -> None:
    body, (one, two, three) = await body_with(world, 3)

    payload = await change(
        body,
        rcf(one, "RCF-7"),
        paid(two),
        rcf(two),
        {"invoiceId": three, "to": "REJECTED", "reason": "Wrong amount", "reasonCode": "R003"},
        paid(one, expectedVersion=3),
        {"invoiceId": "junk", "to": "CONFORMED"},
        {"invoiceId": two, "to": "CONFORMED", "expectedVersion": 2},
    )

    assert payload["errors"] == []
    assert [result["invoiceId"] for result in payload["results"]] == [one, two, two, three, one, "junk", two]
    assert shown(payload) == [
        "REGISTERED_IN_RCF",
        "TRANSITION_NOT_ALLOWED",
        "REGISTERED_IN_RCF",
        "REJECTED",
        "PAID",
        "NOT_FOUND",
        "VERSION_CONFLICT",
    ]
    first, refused, _, rejected, _, unknown, stale = payload["results"]
    # What is shown of an invoice is how it stands once all is done.
    assert (first["invoice"], first["change"]["info"]) == ({"status": "PAID", "version": 4}, "RCF-7")
    assert rejected["change"]["info"] == "Wrong amount (R003)"
    assert refused["errors"][0] | {"allowed": []} == user_error(
        "TRANSITION_NOT_ALLOWED",
        "An invoice that is REGISTERED cannot become PAID.",
        "changes",
        "1",
        "invoiceId",
        typename="TransitionRefused",
    ) | {"from": "REGISTERED", "to": "PAID", "allowed": []}
    assert (refused["invoice"], refused["change"]) == (None, None)
    assert unknown["errors"][0]["path"] == ["input", "changes", "5", "invoiceId"]
    assert (stale["errors"][0]["currentVersion"], stale["errors"][0]["path"]) == (
        3,
        ["input", "changes", "6", "expectedVersion"],
    )


WRONG: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"to": "PAID"}, user_error("REQUIRED", "A value is needed here.", "changes", "0", "paymentDate")),
    ({"to": "REJECTED", "reason": " "}, user_error("REQUIRED", "A value is needed here.", "changes", "0", "reason")),
    ({"to": "REGISTERED_IN_RCF"}, user_error("REQUIRED", "A value is needed here.", "changes", "0", "rcfNumber")),
    (
        {"to": "PAID", "paymentDate": "2026-02-01", "rcfNumber": "7"},
        user_error("INVALID", "This does not go with PAID.", "changes", "0", "rcfNumber"),
    ),
    (
        {"to": "CONFORMED", "reason": "because"},
        user_error("INVALID", "This does not go with CONFORMED.", "changes", "0", "reason"),
    ),
    (
        {"to": "REGISTERED_IN_RCF", "rcfNumber": "x" * 65},
        user_error("INVALID", "At most 64 characters.", "changes", "0", "rcfNumber"),
    ),
]


@pytest.mark.parametrize(("given", "error"), WRONG)
async def test_what_cannot_be_read_is_that_part_s_result(
    small_world: World, given: dict[str, Any], error: dict[str, Any]
) -> None:
    body, (one, two) = await body_with(small_world, 2)

    payload = await change(body, {"invoiceId": one, **given}, rcf(two))

    assert payload["results"][0]["errors"] == [error]
    assert shown(payload)[1] == "REGISTERED_IN_RCF"


@pytest.mark.parametrize("count", [0, 501])
async def test_too_many_or_none_are_refused(small_world: World, count: int) -> None:
    person = await small_world.person()

    payload = await change(person, *[rcf("x")] * count)

    assert payload == {"results": [], "errors": [user_error("INVALID", "Give 1 to 500 at once.", "changes")]}


async def test_the_same_key_gives_the_same_results_and_does_nothing(world: World) -> None:
    body, (one, two) = await body_with(world, 2)
    # Decided anew, the refused payment of `two` would be made: by then it has its RCF number.
    changes = [rcf(one), paid(two), rcf(two), paid(one), paid("junk"), rcf(one, expectedVersion=1)]
    first = await change(body, *changes, key="k")
    before = await kept(world.services.database)

    again = await change(body, *changes, key="k")

    assert again == first
    assert shown(first)[1:3] == ["TRANSITION_NOT_ALLOWED", "REGISTERED_IN_RCF"]
    assert await kept(world.services.database) == before


async def test_a_key_stands_for_its_changes_and_its_caller(world: World) -> None:
    body, (one, two) = await body_with(world, 2)
    other = await world.person(party=body)
    await change(body, rcf(one), key="k")

    reused = await change(body, rcf(two), key="k")
    theirs = await change(other, rcf(two), key="k")
    long = await change(body, rcf(one), key="k" * 256)

    message = "This idempotency key was used before with another input."
    assert reused == {"results": [], "errors": [user_error("IDEMPOTENCY_KEY_REUSED", message, "idempotencyKey")]}
    assert shown(theirs) == ["REGISTERED_IN_RCF"]
    assert [error["path"] for error in long["errors"]] == [["input", "idempotencyKey"]]


async def test_many_with_one_key_at_once_do_it_once_and_hear_the_same(world: World) -> None:
    body, ids = await body_with(world, 4)
    changes = [rcf(ids[0]), paid(ids[1]), rcf(ids[1]), rcf(ids[2]), rcf(ids[3]), paid(ids[0])]

    payloads = await asyncio.gather(*(change(body, *changes, key="k") for _ in range(6)))

    steps = [[(result["change"], result["errors"]) for result in payload["results"]] for payload in payloads]
    assert all(one == steps[0] for one in steps)
    rows = await world.services.database.fetch("SELECT COUNT(*) FROM status_change WHERE version > 2")
    assert rows[0][0] == sum(not result["errors"] for result in payloads[0]["results"])


async def until_begun(count: Callable[[], Awaitable[Any]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while (await count())[0][0] < 3:
            pass


async def test_who_vanishes_in_the_middle_asks_again_and_nothing_is_done_twice(world: World) -> None:
    body, ids = await body_with(world, 30)
    changes = [rcf(invoice_id, f"RCF-{number}") for number, invoice_id in enumerate(ids)]
    database = world.services.database
    done = "SELECT COUNT(*) FROM status_change WHERE to_status = 'REGISTERED_IN_RCF'"

    async with listening(world.app) as url, open_socket(url, body.token) as socket:
        await socket.subscribe("1", CHANGE, i={"changes": changes, "idempotencyKey": "k"})
        await until_begun(lambda: database.fetch(done))
        socket.connection.transport.abort()
        await until(lambda: database.units == 0)
    stopped = (await database.fetch(done))[0][0]

    payload = await change(body, *changes, key="k")

    assert stopped < 30
    assert shown(payload) == ["REGISTERED_IN_RCF"] * 30
    assert [result["change"]["info"] for result in payload["results"]] == [f"RCF-{n}" for n in range(30)]
    assert (await database.fetch(done))[0][0] == 30


async def test_what_a_batch_costs_grows_with_what_it_asks_for(small_world: World) -> None:
    body = await small_world.person(kind=PartyKind.PUBLIC_BODY)
    light = "mutation ($i: ChangeStatusesInput!) { changeStatuses(input: $i) { results { errors { code } } } }"
    inline = "mutation { changeStatuses(input: {changes: [%s]}) { results { errors { code } } } }"
    one = '{invoiceId: "x", to: DELIVERED}'

    async def cost(query: str, count: int) -> int:
        body_ = {"query": query, "variables": {"i": {"changes": [{"invoiceId": "x", "to": "DELIVERED"}] * count}}}
        headers = {"authorization": f"Bearer {body.token}"}
        answer = (await small_world.client.post("/graphql", json=body_, headers=headers)).json()
        requested: int = answer["extensions"]["cost"]["requested"]
        return requested

    assert [await cost(light, count) for count in (1, 10, 500)] == [61, 592, 29_502]
    assert await cost(inline % ", ".join([one] * 10), 0) == 592
