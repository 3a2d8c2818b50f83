"""An issuer asks that an invoice be cancelled, its receiver answers: who, when, what becomes of the invoice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tramesa.models.domain.states import InvoiceStatus
from tramesa.models.domain.transitions import PartyKind, UserRole
from tramesa.tests.cancelling import act, ask_for_it, standing
from tramesa.tests.operations import bring, kept, take, user_error, write
from tramesa.tests.world import Person, World

S = InvoiceStatus


def refused(reason: str, message: str, face_code: int | None) -> list[dict[str, Any]]:
    error = user_error("CANCELLATION_REFUSED", message, "invoiceId", typename="CancellationRefused")
    return [error | {"reason": reason, "faceCode": face_code}]


PENDING = refused("PENDING", "A request is waiting for its answer already.", 307)
REFUSED_BEFORE = refused("REFUSED_BEFORE", "The receiver has refused before to cancel this invoice.", 305)
ACCEPTED_BEFORE = refused("ACCEPTED_BEFORE", "The invoice is cancelled already.", 304)
PAID = refused("PAID", "The invoice is paid.", 306)
REJECTED = refused("REJECTED", "The invoice is rejected.", None)
NOT_PENDING = refused("NOT_PENDING", "There is no request that waits for an answer.", None)
NOT_THE_ISSUER = refused("NOT_THE_ISSUER", "Only its issuer asks for an invoice to be cancelled.", 308)
FORBIDDEN = user_error("FORBIDDEN", "Your role does not allow this.", "invoiceId")


async def pair(world: World, **receiver: Any) -> tuple[Person, Person, dict[str, Any]]:
    issuer = await world.person(name="Laura")
    other = await world.person(name="Carme", **receiver)
    return issuer, other, await world.issue(issuer, other, number="1")


async def test_a_request_that_is_accepted_cancels_the_invoice(world: World) -> None:
    issuer, receiver, invoice = await pair(world)
    first = await standing(receiver, invoice["id"])
    assert (first["cancellation"]["state"], first["cancellation"]["stateCode"]) == ("NONE", 4100)
    assert first["cancellation"]["history"] == []

    asked = (await ask_for_it(issuer, invoice["id"], reason=" Sent twice "))["invoice"]
    seen = await standing(receiver, invoice["id"])
    assert (asked["status"], asked["version"], asked["cancellation"]["reason"]) == ("REGISTERED", 2, "Sent twice")
    assert [asked[name] for name in asked if name.startswith("can")][:3] == [False, False, True]
    assert [seen[name] for name in seen if name.startswith("can")][:3] == [False, True, False]
    assert asked["cancellation"]["answeredAt"] is None

    done = await act(receiver, "acceptCancellation", invoice["id"], comment="Granted", expectedVersion=2)
    assert done["errors"] == []
    after = await standing(issuer, invoice["id"])
    assert (after["status"], after["version"]) == ("CANCELLED", 3)
    assert after["history"][-1] == {"to": "CANCELLED", "actor": "Carme", "reason": "Sent twice"}
    told = after["cancellation"]
    assert (told["state"], told["stateCode"], told["comment"]) == ("ACCEPTED", 4300, "Granted")
    request = {"act": "REQUEST", "state": "REQUESTED", "actor": "Laura", "automated": False, "info": "Sent twice"}
    accept = {"act": "ACCEPT", "state": "ACCEPTED", "actor": "Carme", "automated": False, "info": "Granted"}
    assert told["history"] == [request, accept]
    assert told["requestedAt"] < told["answeredAt"]
    assert (await act(issuer, "requestCancellation", invoice["id"], reason="x"))["errors"] == ACCEPTED_BEFORE


async def test_a_cancelled_invoice_frees_its_number(world: World) -> None:
    issuer, receiver, invoice = await pair(world)
    await ask_for_it(issuer, invoice["id"])
    await act(receiver, "acceptCancellation", invoice["id"])

    again = await world.issue(issuer, receiver, number="1")

    assert again["status"] == "REGISTERED"


async def test_a_request_that_is_refused_leaves_the_invoice_as_it_is(world: World) -> None:
    issuer, receiver, invoice = await pair(world)
    await ask_for_it(issuer, invoice["id"])

    no = await act(receiver, "refuseCancellation", invoice["id"], comment="It is delivered")
    after = await standing(issuer, invoice["id"])

    assert no["errors"] == []
    assert (after["status"], after["version"]) == ("REGISTERED", 2)
    told = after["cancellation"]
    assert (told["state"], told["stateCode"], told["comment"]) == ("REFUSED", 4400, "It is delivered")
    assert after["canRequestCancellation"] is False
    assert (await act(issuer, "requestCancellation", invoice["id"], reason="x"))["errors"] == REFUSED_BEFORE
    assert (await act(receiver, "acceptCancellation", invoice["id"]))["errors"] == NOT_PENDING
    assert (await bring(receiver, S.CONFORMED, invoice["id"]))["invoice"]["status"] == "CONFORMED"


async def test_a_request_may_be_withdrawn_and_made_again(world: World) -> None:
    issuer, receiver, invoice = await pair(world)
    await ask_for_it(issuer, invoice["id"], reason="First")

    gone = await act(issuer, "withdrawCancellation", invoice["id"])
    told = gone["invoice"]["cancellation"]
    assert (told["state"], told["stateCode"], told["reason"]) == ("WITHDRAWN", 4100, "First")
    assert (await act(receiver, "refuseCancellation", invoice["id"], comment="x"))["errors"] == NOT_PENDING

    told = (await ask_for_it(issuer, invoice["id"], reason="Second"))["invoice"]["cancellation"]
    assert (told["state"], told["reason"], told["comment"], told["answeredAt"]) == ("REQUESTED", "Second", None, None)
    assert [event["info"] for event in told["history"]] == ["First", None, "Second"]


@pytest.mark.parametrize(("to", "refusal"), [(S.PAID, PAID), (S.REJECTED, REJECTED)])
async def test_a_payment_or_a_rejection_overtakes_a_request(world: World, to: S, refusal: Any) -> None:
    issuer, receiver, invoice = await pair(world)
    await ask_for_it(issuer, invoice["id"])

    await bring(receiver, to, invoice["id"])
    after = await standing(issuer, invoice["id"])

    told = after["cancellation"]
    assert (after["status"], told["state"], told["stateCode"]) == (to, "OVERTAKEN", 4400)
    assert told["history"][-1] == {
        "act": "OVERTAKE",
        "state": "OVERTAKEN",
        "actor": "Carme",
        "automated": False,
        "info": None,
    }
    assert (await act(receiver, "acceptCancellation", invoice["id"]))["errors"] == NOT_PENDING
    assert (await act(issuer, "requestCancellation", invoice["id"], reason="x"))["errors"] == refusal


async def test_what_is_paid_or_pending_is_refused_at_once(world: World) -> None:
    issuer, receiver, invoice = await pair(world)
    await ask_for_it(issuer, invoice["id"])
    before = await kept(world.services.database)

    assert (await act(issuer, "requestCancellation", invoice["id"], reason="x"))["errors"] == PENDING
    assert await kept(world.services.database) == before

    paid = await world.issue(issuer, receiver)
    await bring(receiver, S.PAID, paid["id"])
    assert (await standing(issuer, paid["id"]))["canRequestCancellation"] is False
    assert (await act(issuer, "requestCancellation", paid["id"], reason="x"))["errors"] == PAID


async def test_who_may_ask_and_who_may_answer(world: World) -> None:
    issuer, receiver, invoice = await pair(world)
    for role in UserRole:
        asker = await world.person(role, party=issuer)
        one = await world.issue(issuer, receiver)
        errors = (await act(asker, "requestCancellation", one["id"], reason="x"))["errors"]
        assert errors == ([] if role in {UserRole.ISSUER, UserRole.ADMIN} else [FORBIDDEN])
        if not errors:
            asked = one["id"]
    for role in (UserRole.REGISTRAR, UserRole.ISSUER):
        clerk = await world.person(role, party=receiver)
        assert (await standing(clerk, asked))["canAnswerCancellation"] is False
        assert (await act(clerk, "acceptCancellation", asked))["errors"] == [FORBIDDEN]
    accountant = await world.person(UserRole.ACCOUNTANT, party=receiver)
    assert (await standing(accountant, asked))["canAnswerCancellation"] is True
    assert (await act(accountant, "acceptCancellation", asked))["errors"] == []

    assert (await act(receiver, "requestCancellation", invoice["id"], reason="x"))["errors"] == NOT_THE_ISSUER
    await ask_for_it(issuer, invoice["id"])
    only = user_error("FORBIDDEN", "Only its receiver does this.", "invoiceId")
    assert (await act(issuer, "acceptCancellation", invoice["id"]))["errors"] == [only]
    only = user_error("FORBIDDEN", "Only its issuer does this.", "invoiceId")
    assert (await act(receiver, "withdrawCancellation", invoice["id"]))["errors"] == [only]


async def test_a_party_that_bills_itself_asks_and_answers(world: World) -> None:
    self_billing = await world.person()
    invoice = await world.issue(self_billing, self_billing)

    asked = (await ask_for_it(self_billing, invoice["id"]))["invoice"]
    assert (asked["canAnswerCancellation"], asked["canWithdrawCancellation"]) == (True, True)

    assert (await act(self_billing, "acceptCancellation", invoice["id"]))["invoice"]["status"] == "CANCELLED"


async def test_what_others_have_looks_like_what_is_not_there(world: World) -> None:
    issuer, _, invoice = await pair(world)
    await ask_for_it(issuer, invoice["id"])
    stranger = await world.person()
    nothing = [user_error("NOT_FOUND", "There is no such invoice, or you may not see it.", "invoiceId")]

    for invoice_id in (invoice["id"], "rubbish"):
        assert (await act(stranger, "requestCancellation", invoice_id, reason="x"))["errors"] == nothing
        assert (await act(stranger, "acceptCancellation", invoice_id))["errors"] == nothing
        assert (await act(stranger, "refuseCancellation", invoice_id, comment="x"))["errors"] == nothing
        assert (await act(stranger, "withdrawCancellation", invoice_id))["errors"] == nothing


@pytest.mark.parametrize("text", ["", "  \n", "\u0007", "x" * 4001])
async def test_a_reason_and_a_refusal_s_comment_are_needed(small_world: World, text: str) -> None:
    issuer, receiver, invoice = await pair(small_world)
    messages = {
        "\u0007": "Control characters and lone surrogates are not text.",
        "x" * 4001: "At most 4000 characters.",
    }
    code, message = ("INVALID", messages[text]) if text in messages else ("REQUIRED", "A value is needed here.")

    asked = await act(issuer, "requestCancellation", invoice["id"], reason=text)
    await ask_for_it(issuer, invoice["id"])
    answered = await act(receiver, "refuseCancellation", invoice["id"], comment=text)

    assert asked["errors"] == [user_error(code, message, "reason")]
    assert answered["errors"] == [user_error(code, message, "comment")]


async def test_an_invoice_that_has_moved_on_is_a_conflict(world: World) -> None:
    issuer, receiver, invoice = await pair(world)
    conflict = user_error("VERSION_CONFLICT", "The invoice has moved on since you read it.", "expectedVersion")
    conflict |= {"__typename": "VersionConflict", "currentVersion": 2}

    assert (await act(issuer, "requestCancellation", invoice["id"], reason="x", expectedVersion=1))["errors"] == [
        conflict
    ]
    await ask_for_it(issuer, invoice["id"], expectedVersion=2)
    assert (await act(receiver, "acceptCancellation", invoice["id"], expectedVersion=1))["errors"] == [conflict]


async def test_the_same_key_does_it_once(world: World) -> None:
    issuer, receiver, invoice = await pair(world)

    asked = await asyncio.gather(*(ask_for_it(issuer, invoice["id"], idempotencyKey="k") for _ in range(4)))
    other = await act(issuer, "requestCancellation", invoice["id"], reason="Another", idempotencyKey="k")
    answers = [await act(receiver, "acceptCancellation", invoice["id"], idempotencyKey="k") for _ in range(2)]

    assert [payload["invoice"] for payload in asked] == [asked[0]["invoice"]] * 4
    assert [error["code"] for error in other["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    assert [payload["invoice"]["status"] for payload in answers] == ["CANCELLED", "CANCELLED"]
    assert len((await kept(world.services.database, "cancellation_event"))["cancellation_event"]) == 2


async def test_one_of_many_who_ask_at_once_wins(world: World) -> None:
    issuer, _, invoice = await pair(world)

    asked = await asyncio.gather(*(act(issuer, "requestCancellation", invoice["id"], reason="x") for _ in range(8)))

    assert sorted(len(payload["errors"]) for payload in asked) == [0] + [1] * 7
    assert [payload["errors"] for payload in asked if payload["errors"]] == [PENDING] * 7


async def test_acceptance_refusal_and_payment_at_once_end_one_way(world: World) -> None:
    issuer, receiver, _ = await pair(world, kind=PartyKind.COMPANY)
    for _ in range(3):
        invoice = await world.issue(issuer, receiver)
        await ask_for_it(issuer, invoice["id"])

        done = await asyncio.gather(
            act(receiver, "acceptCancellation", invoice["id"]),
            act(receiver, "refuseCancellation", invoice["id"], comment="No"),
            act(issuer, "withdrawCancellation", invoice["id"]),
            take(receiver, S.PAID, invoice["id"]),
        )

        after = await standing(issuer, invoice["id"])
        ends = {"ACCEPTED", "REFUSED", "WITHDRAWN", "OVERTAKEN"}
        assert [event["state"] in ends for event in after["cancellation"]["history"]] == [False, True]
        assert (after["status"] == "CANCELLED") is (after["cancellation"]["state"] == "ACCEPTED")
        assert [bool(payload["errors"]) for payload in done[:3]].count(False) <= 1


async def test_an_invoice_that_waits_for_who_is_not_here_is_cancelled_at_once(world: World) -> None:
    issuer, receiver, invoice = await pair(world, manual_registration=True)
    await write(world.services.database, f"UPDATE party SET registered = false WHERE id = '{receiver.party_id}'")

    asked = await ask_for_it(issuer, invoice["id"])
    after = await standing(issuer, invoice["id"])

    assert asked["invoice"]["status"] == "CANCELLED"
    assert after["history"][-1] == {"to": "CANCELLED", "actor": "Tramesa", "reason": "Sent twice"}
    assert [(event["act"], event["actor"]) for event in after["cancellation"]["history"]] == [
        ("REQUEST", "Laura"),
        ("ACCEPT", "Tramesa"),
    ]


async def test_an_invoice_that_waits_for_its_registrar_is_asked_about(world: World) -> None:
    issuer, receiver, invoice = await pair(world, manual_registration=True)

    asked = await ask_for_it(issuer, invoice["id"])
    assert (asked["invoice"]["status"], asked["invoice"]["cancellation"]["state"]) == ("SENT", "REQUESTED")

    assert (await act(receiver, "acceptCancellation", invoice["id"]))["invoice"]["status"] == "CANCELLED"


async def test_what_waits_is_found(world: World) -> None:
    issuer, receiver, invoice = await pair(world)
    await world.issue(issuer, receiver, number="2")
    await ask_for_it(issuer, invoice["id"])
    listed = """query ($role: PartyRole!, $pending: Boolean) {
      invoices(role: $role, filter: { cancellationPending: $pending }) { totalCount nodes { number } } }"""

    for person, role in ((issuer, "ISSUER"), (receiver, "RECEIVER")):
        found = {
            pending: (await person.ask(listed, role=role, pending=pending))["invoices"]["nodes"]
            for pending in (True, False, None)
        }
        assert found[True] == [{"number": "1"}]
        assert found[False] == [{"number": "2"}]
        assert found[None] == [{"number": "2"}, {"number": "1"}]
    await act(receiver, "refuseCancellation", invoice["id"], comment="No")
    assert (await receiver.ask(listed, role="RECEIVER", pending=True))["invoices"]["totalCount"] == 0


async def test_the_states_have_names(small_world: World) -> None:
    issuer, _, invoice = await pair(small_world)
    await ask_for_it(issuer, invoice["id"])
    query = (
        "query ($id: ID!) { invoice(id: $id) { cancellation { name es: name(language: ES) en: name(language: EN) } } }"
    )

    assert (await issuer.ask(query, id=invoice["id"]))["invoice"]["cancellation"] == {
        "name": "Anul·lació sol·licitada",
        "es": "Anulación solicitada",
        "en": "Cancellation requested",
    }
