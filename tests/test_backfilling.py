"""A database of the version before: what came in then is found, counted and seen as what comes in now."""

from __future__ import annotations

from typing import Any

from tramesa.models.backfilling import backfill
from tramesa.models.database import Unit
from tramesa.models.domain.states import InvoiceStatus
from tramesa.models.domain.transitions import PartyKind, UserRole
from tramesa.tests.operations import bring
from tramesa.tests.test_offices import OURS, THEIRS, issue
from tramesa.tests.world import World

DERIVED = (
    "SELECT invoice_id, issuer_id, receiver_id, role, code FROM invoice_office ORDER BY invoice_id, role",
    "SELECT invoice_id, issuer_id, receiver_id, document FROM invoice_text ORDER BY invoice_id",
    "SELECT id, registered_on FROM invoice ORDER BY id",
)


async def derived(world: World) -> tuple[list[list[Any]], list[set[str]]]:
    """What is derived of invoices; of the texts of their lives, the lines: they have no order that matters."""
    database = world.services.database
    rows = [[tuple(map(str, row)) for row in await database.fetch(statement)] for statement in DERIVED]
    lives = await database.fetch("SELECT life FROM invoice_text ORDER BY invoice_id")
    return rows, [set(row[0].split()) for row in lives]


async def test_what_came_in_before_is_as_what_comes_in_now(world: World) -> None:
    issuer = await world.person()
    body = await world.person(UserRole.ADMIN, kind=PartyKind.PUBLIC_BODY)
    first = await issue(world, issuer, body, "A-1", OURS, THEIRS)
    second = await issue(world, issuer, body, "A-2")
    await bring(body, InvoiceStatus.REGISTERED_IN_RCF, first["id"], rcfNumber="RCF-7")
    await bring(body, InvoiceStatus.PAID, first["id"])
    await bring(body, InvoiceStatus.REJECTED, second["id"])
    seen = "mutation ($input: MarkInvoiceSeenInput!) { markInvoiceSeen(input: $input) { errors { code } } }"
    await body.ask(seen, input={"invoiceId": first["id"]})
    before, database = await derived(world), world.services.database

    async def forget(unit: Unit) -> None:
        for statement in (
            "DELETE FROM invoice_office",
            "DELETE FROM invoice_text",
            "DELETE FROM invoice_seen",
            "UPDATE invoice SET registered_on = NULL",
        ):
            await unit.execute(statement, [])

    await database.unit_of_work(forget)
    filled = await database.unit_of_work(lambda unit: backfill(unit.client, unit.dialect))
    again = await database.unit_of_work(lambda unit: backfill(unit.client, unit.dialect))

    assert (filled, again) == (2, 0)
    assert await derived(world) == before
    assert [len(rows) for rows in before[0]] == [3, 2, 2]
    colleague = await world.person(UserRole.ACCOUNTANT, party=body)
    listed = "{ invoices(role: RECEIVER, filter: {unseen: false}) { nodes { number seen } } }"
    for person in (body, colleague):
        assert (await person.ask(listed))["invoices"]["nodes"] == [{"number": "A-1", "seen": True}]
