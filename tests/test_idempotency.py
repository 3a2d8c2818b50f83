"""The same request sent twice has one effect and one answer."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from tramesa.models.domain.numbering import legal_date
from tramesa.models.domain.states import InvoiceStatus
from tramesa.tests.operations import bring, kept, take
from tramesa.tests.world import ISSUE, Person, World

S = InvoiceStatus

REUSED = {
    "__typename": "InputError",
    "code": "IDEMPOTENCY_KEY_REUSED",
    "message": "This idempotency key was used before with another input.",
    "path": ["input", "idempotencyKey"],
}


async def receiver_with_invoice(world: World) -> tuple[Person, Person, str]:
    issuer, receiver = await world.person(), await world.person()
    return issuer, receiver, (await world.issue(issuer, receiver))["id"]


async def test_the_same_key_and_input_answer_with_the_first_change(world: World) -> None:
    _, receiver, invoice_id = await receiver_with_invoice(world)
    first = await bring(receiver, S.CONFORMED, invoice_id, idempotencyKey="k", expectedVersion=2)
    before = await kept(world.services.database)

    second = await bring(receiver, S.CONFORMED, invoice_id, idempotencyKey="k", expectedVersion=2)

    assert second == first
    assert await kept(world.services.database) == before
    assert len(before["status_change"]) == 3
    # The answer stays the same step after the invoice has moved on.
    await bring(receiver, S.PAID, invoice_id)
    third = await bring(receiver, S.CONFORMED, invoice_id, idempotencyKey="k", expectedVersion=2)
    assert third["change"] == first["change"]
    assert third["invoice"] == {"id": invoice_id, "status": "PAID", "version": 4}


async def test_another_input_under_the_key_is_refused(world: World) -> None:
    issuer, receiver, invoice_id = await receiver_with_invoice(world)
    other_id = (await world.issue(issuer, receiver))["id"]
    await bring(receiver, S.CONFORMED, invoice_id, idempotencyKey="k")
    before = await kept(world.services.database)

    for id_, more in ((other_id, {}), (invoice_id, {"expectedVersion": 3})):
        payload = await take(receiver, S.CONFORMED, id_, idempotencyKey="k", **more)
        assert payload == {"invoice": None, "change": None, "errors": [REUSED]}

    assert await kept(world.services.database) == before


async def test_a_key_is_of_one_person_and_one_operation(world: World) -> None:
    issuer, receiver, invoice_id = await receiver_with_invoice(world)
    colleague = await world.person(party=receiver)
    other_id = (await world.issue(issuer, receiver))["id"]

    await bring(receiver, S.DELIVERED, invoice_id, idempotencyKey="k")
    await bring(receiver, S.CONFORMED, invoice_id, idempotencyKey="k")
    await bring(colleague, S.DELIVERED, other_id, idempotencyKey="k")

    keys = await world.services.database.fetch("SELECT operation, key FROM idempotency_key ORDER BY operation")
    assert [tuple(key) for key in keys] == [
        ("conformInvoice", "k"),
        ("markInvoiceDelivered", "k"),
        ("markInvoiceDelivered", "k"),
    ]


async def test_a_refusal_leaves_the_key_free(world: World) -> None:
    _, receiver, invoice_id = await receiver_with_invoice(world)
    refused = await take(receiver, S.CONFORMED, invoice_id, idempotencyKey="k", expectedVersion=1)
    assert refused["errors"][0]["code"] == "VERSION_CONFLICT"

    assert (await kept(world.services.database))["idempotency_key"] == []
    await bring(receiver, S.CONFORMED, invoice_id, idempotencyKey="k", expectedVersion=2)


@pytest.mark.parametrize("key", ["", "k" * 256])
async def test_a_key_has_one_to_255_characters(small_world: World, key: str) -> None:
    _, receiver, invoice_id = await receiver_with_invoice(small_world)
    before = await kept(small_world.services.database)

    payload = await take(receiver, S.CONFORMED, invoice_id, idempotencyKey=key)

    assert payload["errors"] == [
        {
            "__typename": "InputError",
            "code": "INVALID",
            "message": "A key has 1 to 255 characters.",
            "path": ["input", "idempotencyKey"],
        }
    ]
    assert await kept(small_world.services.database) == before
    await bring(receiver, S.CONFORMED, invoice_id, idempotencyKey="é" * 255)


async def test_twenty_at_once_with_one_key_have_one_effect_and_one_answer(world: World) -> None:
    _, receiver, invoice_id = await receiver_with_invoice(world)

    answers = await asyncio.gather(
        *(take(receiver, S.PAID, invoice_id, idempotencyKey="k", expectedVersion=2) for _ in range(20))
    )

    assert answers == [answers[0]] * 20
    assert answers[0]["errors"] == []
    assert answers[0]["invoice"] == {"id": invoice_id, "status": "PAID", "version": 3}
    rows = await kept(world.services.database)
    assert (len(rows["status_change"]), len(rows["idempotency_key"])) == (3, 1)


async def test_issuing_twice_with_one_key_enters_one_invoice(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    wanted = world.invoice_input(receiver) | {"idempotencyKey": "k"}

    async def issue(**changes: Any) -> Any:
        return (await issuer.ask(ISSUE, input=wanted | changes))["issueInvoice"]

    answers = await asyncio.gather(*(issue() for _ in range(20)))
    reused = await issue(number="another")

    assert answers == [answers[0]] * 20
    assert (answers[0]["errors"], answers[0]["invoice"]["registryNumber"]) == (
        [],
        f"E/{legal_date(datetime.now(UTC)).year}/000001",
    )
    assert reused == {"invoice": None, "errors": [REUSED]}
    rows = await kept(world.services.database)
    assert (len(rows["invoice"]), len(rows["status_change"]), len(rows["registry_counter"])) == (1, 2, 1)
    # Without the key it is the same invoice again, so a duplicate.
    assert (await issue(idempotencyKey=None))["errors"][0]["code"] == "DUPLICATE_INVOICE"
