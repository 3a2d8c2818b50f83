"""Many people at once: one winner a step, no number twice, nothing half done."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from tramesa.models.database import Database
from tramesa.models.domain.numbering import legal_date
from tramesa.models.domain.states import InvoiceStatus
from tramesa.models.domain.transitions import PartyKind, UserRole
from tramesa.tests.facturae_files import edited
from tramesa.tests.operations import ERRORS, bring, kept, take
from tramesa.tests.world import ISSUE, Person, World

S = InvoiceStatus

FEED = "query ($role: PartyRole!) { statusChanges(role: $role, first: 100) { nodes { to invoice { id } } } }"


async def colleagues(receiver: Person, count: int) -> list[Person]:
    """A receiver and programs of its, so many in all, each with a token of its own; a person has fifty at most."""
    authority = receiver.world.services.authority
    tokens = [await authority.create_api_token(receiver.email, f"till {number}") for number in range(count - 1)]
    people = [receiver] + [
        Person(receiver.world, receiver.email, token, receiver.tax_id, receiver.user_id, receiver.party_id)
        for token in tokens
        if token is not None
    ]
    assert len(people) == count
    return people


async def fifty_press(world: World, **given: Any) -> tuple[list[dict[str, Any]], dict[str, Any], dict[str, Any]]:
    """What fifty payments of one invoice answer, and what was kept before and after."""
    issuer = await world.person(party_email="issuer@example.org")
    receiver = await world.person(UserRole.ACCOUNTANT)
    people = await colleagues(receiver, 50)
    invoice_id = (await world.issue(issuer, receiver))["id"]
    before = await kept(world.services.database)

    payloads = await asyncio.gather(*(take(person, S.PAID, invoice_id, **given) for person in people))

    return payloads, before, await kept(world.services.database)


def grown(before: dict[str, Any], after: dict[str, Any]) -> dict[str, int]:
    """How many rows each table has gained; those that have gained none are left out."""
    return {table: more for table in after if (more := len(after[table]) - len(before[table]))}


async def feed_positions(database: Database) -> list[tuple[str, int]]:
    return sorted(
        (str(role), int(position)) for role, position in await database.fetch("SELECT role, position FROM feed")
    )


async def test_fifty_people_press_the_same_button_and_one_wins(world: World) -> None:
    payloads, before, after = await fifty_press(world)

    winners = [payload for payload in payloads if payload["errors"] == []]
    assert [(payload["invoice"]["status"], payload["invoice"]["version"]) for payload in winners] == [("PAID", 3)]
    refused = {
        "__typename": "TransitionRefused",
        "code": "TRANSITION_NOT_ALLOWED",
        "message": "An invoice that is PAID cannot become PAID.",
        "path": ["input", "invoiceId"],
        "from": "PAID",
        "to": "PAID",
        "allowed": [],
    }
    losers = [payload for payload in payloads if payload["errors"]]
    assert losers == [{"invoice": None, "change": None, "errors": [refused]}] * 49
    assert grown(before, after) == {"status_change": 1, "mail_message": 1}
    positions = await feed_positions(world.services.database)
    assert positions == [("ISSUER", 0), ("ISSUER", 3), ("RECEIVER", 0), ("RECEIVER", 3)]


async def test_fifty_people_who_saw_the_same_version_get_one_change_and_49_conflicts(world: World) -> None:
    payloads, before, after = await fifty_press(world, expectedVersion=2)

    conflict = {
        "__typename": "VersionConflict",
        "code": "VERSION_CONFLICT",
        "message": "The invoice has moved on since you read it.",
        "path": ["input", "expectedVersion"],
        "currentVersion": 3,
    }
    losers = [payload for payload in payloads if payload["errors"]]
    assert losers == [{"invoice": None, "change": None, "errors": [conflict]}] * 49
    assert grown(before, after) == {"status_change": 1, "mail_message": 1}
    positions = await feed_positions(world.services.database)
    assert positions == [("ISSUER", 0), ("ISSUER", 3), ("RECEIVER", 0), ("RECEIVER", 3)]


async def test_sixty_invoices_at_once_get_sixty_numbers_without_gaps(world: World) -> None:
    receiver = await world.person(kind=PartyKind.PUBLIC_BODY)
    issuers = [await world.person(UserRole.ISSUER) for _ in range(4)]

    invoices = await asyncio.gather(*(world.issue(issuers[place % 4], receiver) for place in range(60)))

    year = legal_date(datetime.now(UTC)).year
    assert sorted(invoice["registryNumber"] for invoice in invoices) == [
        f"E/{year}/{position:06d}" for position in range(1, 61)
    ]
    for person, role, count in ((receiver, "RECEIVER", 60), *((issuer, "ISSUER", 15) for issuer in issuers)):
        rows = await world.services.database.fetch(
            f"SELECT {role}_position FROM status_change WHERE {role}_id = '{person.party_id}' ORDER BY 1"
        )
        assert [row[0] for row in rows] == list(range(1, 2 * count + 1))
        nodes = (await person.ask(FEED, role=role))["statusChanges"]["nodes"]
        steps = Counter((node["to"], node["invoice"]["id"]) for node in nodes)
        assert set(steps.values()) == {1}
        assert len(nodes) == min(100, 2 * count)


async def test_of_ten_who_give_the_same_number_by_hand_one_does(world: World) -> None:
    issuer = await world.person()
    body = await world.person(UserRole.REGISTRAR, kind=PartyKind.PUBLIC_BODY, manual_registration=True)
    invoices = [await world.issue(issuer, body) for _ in range(10)]

    payloads = await asyncio.gather(*(take(body, S.REGISTERED, one["id"], registryNumber="E-41") for one in invoices))

    taken = {"invoice": None, "change": None, "errors": [TAKEN]}
    assert [payload for payload in payloads if payload["errors"]] == [taken] * 9
    numbers = await world.services.database.fetch("SELECT registry_number FROM invoice WHERE status = 'REGISTERED'")
    assert [row[0] for row in numbers] == ["E-41"]


TAKEN = {
    "__typename": "InputError",
    "code": "INVALID",
    "message": "Another invoice has this registry number.",
    "path": ["input", "registryNumber"],
}


async def test_numbers_given_by_hand_and_by_the_service_at_once_never_meet(world: World) -> None:
    issuer = await world.person()
    body = await world.person(UserRole.REGISTRAR, kind=PartyKind.PUBLIC_BODY, manual_registration=True)
    invoices = [await world.issue(issuer, body) for _ in range(8)]
    year = legal_date(datetime.now(UTC)).year
    by_hand: list[dict[str, Any]] = [{"registryNumber": f"E/{year}/{place:06d}"} for place in (1, 2, 3)]
    given = [*by_hand, *({} for _ in range(5))]

    async with asyncio.timeout(20):
        payloads = await asyncio.gather(
            *(take(body, S.REGISTERED, one["id"], **more) for one, more in zip(invoices, given, strict=True))
        )

    # Who gives a number by hand may come too late for it; who leaves it to the service never does.
    refused = [payload["errors"] for payload in payloads if payload["errors"]]
    assert refused == [[TAKEN]] * len(refused)
    assert [payload["errors"] for payload in payloads[3:]] == [[]] * 5
    rows = await world.services.database.fetch("SELECT registry_number FROM invoice WHERE version = 2")
    assert len({row[0] for row in rows}) == 8 - len(refused)


async def test_an_invoice_issued_ten_times_at_once_is_entered_once(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    wanted = world.invoice_input(receiver) | {"number": "7", "series": "A"}
    operation = ISSUE.replace("errors { __typename code message path }", ERRORS)

    payloads = [
        data["issueInvoice"] for data in await asyncio.gather(*(issuer.ask(operation, input=wanted) for _ in range(10)))
    ]

    [entered] = [payload["invoice"] for payload in payloads if payload["invoice"] is not None]
    assert [payload["errors"] for payload in payloads if payload["invoice"] is None] == [
        [duplicate(entered, "number")]
    ] * 9
    await only_one_is_kept(world)


async def test_a_file_imported_ten_times_at_once_is_entered_once(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    document = edited(("12345678Z", issuer.tax_id), ("ESQ2826000H", receiver.tax_id), ("2026-11-20", "2026-01-15"))
    operation = f"""mutation ($input: ImportInvoiceInput!) {{
      importInvoice(input: $input) {{ invoice {{ id number }} {ERRORS} }} }}"""

    payloads = [
        data["importInvoice"]
        for data in await asyncio.gather(
            *(
                issuer.upload(operation, {"input": {"file": None}}, {"variables.input.file": ("f.xml", document)})
                for _ in range(10)
            )
        )
    ]

    [entered] = [payload["invoice"] for payload in payloads if payload["invoice"] is not None]
    assert [payload["errors"] for payload in payloads if payload["invoice"] is None] == [
        [duplicate(entered, "file")]
    ] * 9
    await only_one_is_kept(world)


def duplicate(existing: dict[str, Any], place: str) -> dict[str, Any]:
    return {
        "__typename": "DuplicateInvoice",
        "code": "DUPLICATE_INVOICE",
        "message": "This invoice is here already: same issuer, number, series and issue date.",
        "path": ["input", place],
        "existing": {"id": existing["id"], "number": existing["number"]},
    }


async def only_one_is_kept(world: World) -> None:
    rows = {table: len(found) for table, found in (await kept(world.services.database)).items()}
    assert rows == {
        "attachment": 0,
        "cancellation_event": 0,
        "cancellation_request": 0,
        "correction": 0,
        "counterparty": 2,
        "feed": 4,
        "idempotency_key": 0,
        "invitation": 0,
        "invitation_event": 0,
        "invoice": 1,
        "invoice_content": 1,
        "invoice_document": 1,
        "mail_message": 0,
        "party": 2,
        "receiver_key": 0,
        "registry_counter": 1,
        "status_change": 2,
    }
    [counter] = await world.services.database.fetch("SELECT position FROM registry_counter")
    assert counter[0] == 1


async def leave_after(work: Any, turns: int) -> None:
    """Start it, and cancel it after so many turns of the loop, as a server does whose client goes."""
    task = asyncio.create_task(work)
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def settled(database: Database) -> None:
    while database._units:
        await asyncio.wait(set(database._units))


async def unfinished(database: Database) -> list[Any]:
    """Invoices for which history, document, content, feeds or mail are not those of their version."""
    found = await database.fetch(
        "SELECT i.version, i.status,"
        " (SELECT COUNT(*) FROM status_change c WHERE c.invoice_id = i.id),"
        " (SELECT c.to_status FROM status_change c WHERE c.invoice_id = i.id AND c.version = i.version),"
        " (SELECT COUNT(*) FROM mail_message m WHERE m.invoice_id = i.id),"
        " (SELECT COUNT(*) FROM invoice_document d WHERE d.invoice_id = i.id),"
        " (SELECT COUNT(*) FROM invoice_content d WHERE d.invoice_id = i.id) FROM invoice i"
    )
    whole = {2: (2, "REGISTERED", 2, "REGISTERED", 2, 1, 1), 3: (3, "PAID", 3, "PAID", 3, 1, 1)}
    return [tuple(row) for row in found if tuple(row) != whole[row[0]]]


@pytest.mark.parametrize("seed", [1, 2])
async def test_who_leaves_in_the_middle_leaves_a_change_whole_or_not_at_all(world: World, seed: int) -> None:
    issuer = await world.person(party_email="issuer@example.org")
    receiver = await world.person(party_email="receiver@example.org")
    database, chance = world.services.database, random.Random(seed)
    invoices = [(await world.issue(issuer, receiver))["id"] for _ in range(20)]

    async with asyncio.timeout(30):
        for place, invoice_id in enumerate(invoices):
            # Never begun; then at any point, the middle of a transaction included.
            await leave_after(take(receiver, S.PAID, invoice_id), chance.randrange(1, 400) if place else 0)
        for _ in range(10):
            await leave_after(issuer.ask(ISSUE, input=world.invoice_input(receiver)), chance.randrange(1, 800))
        await settled(database)

    assert await unfinished(database) == []
    never_begun = await issuer.ask("query ($id: ID!) { invoice(id: $id) { status version } }", id=invoices[0])
    assert never_begun["invoice"] == {"status": "REGISTERED", "version": 2}
    rows = await database.fetch("SELECT issuer_position FROM status_change ORDER BY 1")
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    numbers = await database.fetch("SELECT registry_number FROM invoice ORDER BY 1")
    year = legal_date(datetime.now(UTC)).year
    assert [row[0] for row in numbers] == [f"E/{year}/{place:06d}" for place in range(1, len(numbers) + 1)]
    await connections_are_whole(database)
    async with asyncio.timeout(5):
        await bring(receiver, S.PAID, (await world.issue(issuer, receiver))["id"])


async def connections_are_whole(database: Database) -> None:
    client: Any = database.client
    if database.dialect == "sqlite":
        assert not client._lock.locked()
    else:
        assert client._pool.get_idle_size() == client._pool.get_size()


async def test_readers_who_leave_keep_no_connection(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    await world.issue(issuer, receiver)
    database, chance = world.services.database, random.Random(3)
    page = "{ invoices(role: ISSUER) { nodes { id issuer { name } history { to } lines { description } } totalCount } }"

    for _ in range(60):
        await leave_after(issuer.ask(page), chance.randrange(1, 200))
    await settled(database)

    async with asyncio.timeout(5):
        answers = await asyncio.gather(*(issuer.ask(page) for _ in range(30)))
    assert [answer["invoices"]["totalCount"] for answer in answers] == [1] * 30
    await connections_are_whole(database)
