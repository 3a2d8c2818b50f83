"""Many changes in one request: each decided by itself, with its own result, asked again safely by a key."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tramesa.models.database import Database
from tramesa.models.domain.numbering import legal_date
from tramesa.models.domain.transitions import PartyKind
from tramesa.models.life import batches
from tramesa.tests.operations import kept, user_error, write
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


async def test_who_vanishes_in_the_middle_asks_again_and_nothing_is_done_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "PORTION", 3)
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


async def test_what_the_database_refuses_of_one_leaves_the_others_as_they_were_asked_for(world: World) -> None:
    body, (one, two, three) = await body_with(world, 3)
    await refuse_rcf_number(world.services.database, "RCF-2")

    payload = await body.execute(
        CHANGE, i={"changes": [rcf(one, "RCF-1"), rcf(two, "RCF-2"), rcf(three, "RCF-3")], "idempotencyKey": "k"}
    )
    again = await change(body, rcf(one, "RCF-1"), rcf(three, "RCF-3"), key="other")

    assert "errors" in payload
    assert shown(again) == ["TRANSITION_NOT_ALLOWED", "REGISTERED_IN_RCF"]
    assert [error["from"] for error in again["results"][0]["errors"]] == ["REGISTERED_IN_RCF"]


async def refuse_rcf_number(database: Database, number: str) -> None:
    """Have the database itself refuse an invoice that gets this number."""
    if database.dialect == "sqlite":
        await write(
            database,
            f"CREATE TRIGGER refused BEFORE UPDATE ON invoice WHEN NEW.rcf_number = '{number}'"
            " BEGIN SELECT RAISE(ABORT, 'refused'); END",
        )
        return
    await write(
        database,
        "CREATE FUNCTION refuse_rcf() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF NEW.rcf_number = '{number}' THEN RAISE EXCEPTION 'refused' USING ERRCODE = 'unique_violation'; END IF;"
        " RETURN NEW; END $$",
    )
    await write(database, "CREATE TRIGGER refused BEFORE UPDATE ON invoice FOR EACH ROW EXECUTE FUNCTION refuse_rcf()")


async def test_a_registrar_s_own_numbers_and_the_service_s_do_not_meet_within_a_batch(world: World) -> None:
    issuer = await world.person()
    receiver = await world.person(manual_registration=True)
    ids = [(await world.issue(issuer, receiver))["id"] for _ in range(5)]
    year = legal_date(datetime.now(UTC)).year

    def registered(place: int, number: str | None) -> dict[str, Any]:
        return {"invoiceId": ids[place], "to": "REGISTERED", "registryNumber": number}

    payload = await change(
        receiver,
        registered(0, f"E/{year}/000002"),
        registered(1, None),
        registered(2, None),
        registered(3, f"E/{year}/000003"),
        registered(4, "A-1"),
        registered(3, "A-1"),
        registered(3, None),
    )

    shown_numbers = [
        result["change"]["info"] if result["change"] else result["errors"][0]["message"]
        for result in payload["results"]
    ]
    taken = "Another invoice has this registry number."
    assert shown_numbers == [
        *(f"E/{year}/00000{number}" for number in (2, 1, 3)),
        taken,
        "A-1",
        taken,
        f"E/{year}/000004",
    ]


async def test_batches_that_meet_each_other_and_newcomers_neither_wait_for_ever_nor_leave_gaps(world: World) -> None:
    issuers = [await world.person(name=f"Issuer {number}") for number in range(3)]
    body = await world.person(kind=PartyKind.PUBLIC_BODY)
    others = [await world.person(party=body) for _ in range(2)]
    ids = [(await world.issue(issuers[number % 3], body))["id"] for number in range(9)]
    changes = [rcf(invoice_id, f"RCF-{number}") for number, invoice_id in enumerate(ids)]

    async with asyncio.timeout(60):
        payloads = await asyncio.gather(
            change(body, *changes),
            change(others[0], *reversed(changes)),
            change(others[1], *changes[3:], *changes[:3]),
            *(world.issue(issuer, body) for issuer in issuers for _ in range(2)),
        )

    # Each invoice was given its number once, by one of the three.
    taken = sorted(kind for payload in payloads[:3] for kind in shown(payload))
    assert taken == ["REGISTERED_IN_RCF"] * 9 + ["TRANSITION_NOT_ALLOWED"] * 18
    database = world.services.database
    for side, parties in (("issuer", [issuer.party_id for issuer in issuers]), ("receiver", [body.party_id])):
        for party in parties:
            rows = await database.fetch(
                f"SELECT c.{side}_position, c.at FROM status_change c WHERE c.{side}_id = '{party}' ORDER BY 1"
            )
            assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
            assert [row[1] for row in rows] == sorted(row[1] for row in rows)
            ends = await database.fetch(
                f"SELECT position FROM feed WHERE party_id = '{party}' AND role = '{side.upper()}'"
            )
            assert ends[0][0] == len(rows)


async def test_one_invoice_is_brought_along_its_life_in_one_batch(world: World) -> None:
    body, (one,) = await body_with(world, 1)

    payload = await change(
        body,
        {"invoiceId": one, "to": "DELIVERED"},
        rcf(one, "RCF-1"),
        {"invoiceId": one, "to": "CONFORMED", "expectedVersion": 4},
        paid(one),
    )

    assert shown(payload) == ["DELIVERED", "REGISTERED_IN_RCF", "CONFORMED", "PAID"]
    whole = await body.ask(
        "query ($id: ID!) { invoice(id: $id) { status version rcfNumber paymentDate history { from to } }"
        ' invoices(role: RECEIVER, filter: { search: "rcf-1 2026-02-01" }) { totalCount } }',
        id=one,
    )
    assert whole["invoice"] == {
        "status": "PAID",
        "version": 6,
        "rcfNumber": "RCF-1",
        "paymentDate": "2026-02-01",
        "history": [
            {"from": before, "to": after}
            for before, after in (
                (None, "SENT"),
                ("SENT", "REGISTERED"),
                ("REGISTERED", "DELIVERED"),
                ("DELIVERED", "REGISTERED_IN_RCF"),
                ("REGISTERED_IN_RCF", "CONFORMED"),
                ("CONFORMED", "PAID"),
            )
        ],
    }
    assert whole["invoices"] == {"totalCount": 1}
