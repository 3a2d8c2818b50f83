"""An invoice's life over GraphQL, from SENT to its end, and everything that a step leaves behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tramesa.models.domain.states import InvoiceStatus
from tramesa.models.domain.transitions import PartyKind, UserRole, next_states
from tramesa.tests.operations import COMPANY_WALK, MUTATIONS, PUBLIC_BODY_WALK, bring, kept, take, user_error, write
from tramesa.tests.world import Person, World

S = InvoiceStatus

WHOLE = """query ($id: ID!) { invoice(id: $id) {
  status version registryNumber registeredAt rcfNumber rejectionReason paymentDate statusChangedAt availableTransitions
  history { from to at actor automated info registryNumber rcfNumber reason reasonCode paymentDate } } }"""


async def whole(person: Person, invoice_id: str) -> dict[str, Any]:
    invoice: dict[str, Any] = (await person.ask(WHOLE, id=invoice_id))["invoice"]
    return invoice


def step(from_: str | None, to: str, actor: str, info: str | None = None, **carried: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(("registryNumber", "rcfNumber", "reason", "reasonCode", "paymentDate"))
    return {"from": from_, "to": to, "actor": actor, "automated": actor == "Tramesa", "info": info} | nothing | carried


async def test_the_whole_life_with_a_public_body(world: World) -> None:
    issuer = await world.person(UserRole.ISSUER, name="Anna")
    registrar = await world.person(
        UserRole.REGISTRAR, name="Blai", kind=PartyKind.PUBLIC_BODY, manual_registration=True
    )
    accountant = await world.person(UserRole.ACCOUNTANT, name="Carme", party=registrar)
    started = datetime.now(UTC)
    invoice_id = (await world.issue(issuer, registrar))["id"]

    await bring(registrar, S.REGISTERED, invoice_id, registryNumber=" 2026-E-41 ")
    payloads = [await bring(registrar if to is S.DELIVERED else accountant, to, invoice_id) for to in PUBLIC_BODY_WALK]

    assert [payload["invoice"]["version"] for payload in payloads] == [3, 4, 5, 6, 7, 8]
    assert [payload["change"]["to"] for payload in payloads] == [status.value for status in PUBLIC_BODY_WALK]
    invoice = await whole(issuer, invoice_id)
    instants = [datetime.fromisoformat(change.pop("at")) for change in invoice["history"]]
    assert instants == sorted(instants)
    assert started < instants[0] < instants[-1] < datetime.now(UTC)
    assert datetime.fromisoformat(invoice.pop("statusChangedAt")) == instants[-1]
    assert datetime.fromisoformat(invoice.pop("registeredAt")) == instants[1]
    assert invoice == {
        "status": "PAID",
        "version": 8,
        "registryNumber": "2026-E-41",
        "rcfNumber": "RCF-7",
        "rejectionReason": None,
        "paymentDate": "2026-02-01",
        "availableTransitions": [],
        "history": [
            step(None, "SENT", "Anna"),
            step("SENT", "REGISTERED", "Blai", "2026-E-41", registryNumber="2026-E-41"),
            step("REGISTERED", "DELIVERED", "Blai"),
            step("DELIVERED", "REGISTERED_IN_RCF", "Carme", "RCF-7", rcfNumber="RCF-7"),
            step("REGISTERED_IN_RCF", "RECEIVED", "Carme"),
            step("RECEIVED", "CONFORMED", "Carme"),
            step("CONFORMED", "RECOGNISED", "Carme"),
            step("RECOGNISED", "PAID", "Carme", "2026-02-01", paymentDate="2026-02-01"),
        ],
    }


async def test_the_whole_life_with_a_company(world: World) -> None:
    issuer = await world.person(UserRole.ISSUER, name="Anna", party_email="anna@example.org")
    buyer = await world.person(UserRole.ADMIN, name="Blai", party_email="blai@example.org")
    invoice_id = (await world.issue(issuer, buyer))["id"]

    for to in COMPANY_WALK:
        await bring(buyer, to, invoice_id)

    invoice = await whole(buyer, invoice_id)
    for change in invoice["history"]:
        del change["at"]
    number = invoice["registryNumber"]
    assert (invoice["status"], invoice["version"], invoice["paymentDate"]) == ("PAID", 5, "2026-02-01")
    assert invoice["history"] == [
        step(None, "SENT", "Anna"),
        step("SENT", "REGISTERED", "Tramesa", number, registryNumber=number),
        step("REGISTERED", "DELIVERED", "Blai"),
        step("DELIVERED", "CONFORMED", "Blai"),
        step("CONFORMED", "PAID", "Blai", "2026-02-01", paymentDate="2026-02-01"),
    ]
    mails = await world.services.database.fetch("SELECT kind, recipient, state FROM mail_message ORDER BY id")
    assert [tuple(mail) for mail in mails] == [
        ("STATUS", "anna@example.org", "QUEUED"),
        ("INCOMING", "blai@example.org", "QUEUED"),
        ("STATUS", "anna@example.org", "QUEUED"),
    ]


@pytest.mark.parametrize("kind", [PartyKind.PUBLIC_BODY, PartyKind.COMPANY, PartyKind.PERSON])
async def test_every_state_lets_through_what_follows_it_and_nothing_else(world: World, kind: PartyKind) -> None:
    issuer = await world.person()
    receiver = await world.person(UserRole.ADMIN, kind=kind, manual_registration=True)
    database = world.services.database
    path = (S.REGISTERED, *(PUBLIC_BODY_WALK if kind is PartyKind.PUBLIC_BODY else COMPANY_WALK))
    invoice_id = (await world.issue(issuer, receiver))["id"]

    for now, following in zip((S.SENT, *path), (*path, None), strict=True):
        allowed = [to for to in next_states(kind, now) if (now, to) != (S.SENT, S.REJECTED)]
        before = await kept(database)
        assert (await whole(receiver, invoice_id))["availableTransitions"] == allowed
        for to in MUTATIONS.keys() - set(allowed):
            payload = await take(receiver, to, invoice_id)
            assert payload == {"invoice": None, "change": None, "errors": [refused(now, to, allowed)]}
        assert await kept(database) == before
        if following is not None:
            await bring(receiver, following, invoice_id)


def refused(now: S, to: S, allowed: list[S]) -> dict[str, Any]:
    return {
        "__typename": "TransitionRefused",
        "code": "TRANSITION_NOT_ALLOWED",
        "message": f"An invoice that is {now.value} cannot become {to.value}.",
        "path": ["input", "invoiceId"],
        "from": now.value,
        "to": to.value,
        "allowed": [status.value for status in allowed],
    }


@pytest.mark.parametrize("kind", [PartyKind.PUBLIC_BODY, PartyKind.COMPANY])
async def test_every_state_but_a_final_one_can_be_rejected(world: World, kind: PartyKind) -> None:
    issuer = await world.person()
    receiver = await world.person(UserRole.ACCOUNTANT, kind=kind)
    walk = PUBLIC_BODY_WALK if kind is PartyKind.PUBLIC_BODY else COMPANY_WALK

    for length in range(len(walk)):
        invoice_id = (await world.issue(issuer, receiver))["id"]
        for to in walk[:length]:
            await bring(receiver, to, invoice_id)
        await bring(receiver, S.REJECTED, invoice_id, reason=" Wrong\namount ", reasonCode="0013")

        invoice = await whole(issuer, invoice_id)
        assert (invoice["status"], invoice["version"]) == ("REJECTED", 3 + length)
        assert invoice["rejectionReason"] == "Wrong\namount"
        last = invoice["history"][-1]
        assert last["from"] == (walk[length - 1].value if length else "REGISTERED")
        assert (last["reason"], last["reasonCode"]) == ("Wrong\namount", "0013")
        assert last["info"] == "Wrong\namount (0013)"


async def test_a_rejected_and_a_cancelled_invoice_go_nowhere(world: World) -> None:
    issuer = await world.person()
    receiver = await world.person(UserRole.ADMIN, kind=PartyKind.PUBLIC_BODY)
    rejected, cancelled = [(await world.issue(issuer, receiver))["id"] for _ in range(2)]
    await bring(receiver, S.REJECTED, rejected)
    database = world.services.database
    await write(database, "UPDATE invoice SET status = 'CANCELLED' WHERE status = 'REGISTERED'")
    before = await kept(database)

    for now, invoice_id in ((S.REJECTED, rejected), (S.CANCELLED, cancelled)):
        assert (await whole(receiver, invoice_id))["availableTransitions"] == []
        for to in MUTATIONS:
            assert (await take(receiver, to, invoice_id))["errors"] == [refused(now, to, [])]

    assert await kept(database) == before


REGISTRAR_MAY = {S.REGISTERED, S.DELIVERED}
ACCOUNTANT_MAY = MUTATIONS.keys() - {S.REGISTERED}


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (UserRole.REGISTRAR, REGISTRAR_MAY),
        (UserRole.ACCOUNTANT, ACCOUNTANT_MAY),
        (UserRole.ADMIN, MUTATIONS.keys()),
        (UserRole.ISSUER, set()),
    ],
)
async def test_a_person_of_the_receiver_does_what_the_role_allows(world: World, role: UserRole, may: set[S]) -> None:
    issuer = await world.person()
    person = await world.person(role, kind=PartyKind.PUBLIC_BODY, manual_registration=True)
    invoice_id = (await world.issue(issuer, person))["id"]
    before = await kept(world.services.database)

    # Nothing but the number leads out of SENT, so each attempt is refused for one reason or the other.
    codes = {
        to: (await take(person, to, invoice_id))["errors"][0]["code"] for to in MUTATIONS if to is not S.REGISTERED
    }

    assert {to for to, code in codes.items() if code == "TRANSITION_NOT_ALLOWED"} == set(may) - {S.REGISTERED}
    assert {to for to, code in codes.items() if code == "FORBIDDEN"} == codes.keys() - may
    assert await kept(world.services.database) == before
    registered = await take(person, S.REGISTERED, invoice_id)
    assert (registered["errors"] == []) is (S.REGISTERED in may)
    if S.REGISTERED not in may:
        assert registered["errors"] == [user_error("FORBIDDEN", "Your role does not allow this.", "invoiceId")]


async def test_the_issuer_is_forbidden_and_a_stranger_finds_nothing(world: World) -> None:
    issuer, stranger = await world.person(UserRole.ADMIN), await world.person(UserRole.ADMIN)
    receiver = await world.person()
    invoice_id = (await world.issue(issuer, receiver))["id"]
    nowhere = "SW52b2ljZTowMTkwYTBiNC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDA="
    party_id = (await issuer.ask("{ viewer { party { id } } }"))["viewer"]["party"]["id"]
    before = await kept(world.services.database)

    for to in MUTATIONS:
        assert (await take(issuer, to, invoice_id))["errors"] == [
            user_error("FORBIDDEN", "Your role does not allow this.", "invoiceId")
        ]
        missing = user_error("NOT_FOUND", "There is no such invoice, or you may not see it.", "invoiceId")
        for person, id_ in ((stranger, invoice_id), (stranger, nowhere), (receiver, nowhere), (receiver, party_id)):
            assert await take(person, to, id_) == {"invoice": None, "change": None, "errors": [missing]}
        assert (await take(receiver, to, "no id"))["errors"] == [missing]

    assert await kept(world.services.database) == before


async def test_the_expected_version_is_checked_before_the_state(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    invoice_id = (await world.issue(issuer, receiver))["id"]
    before = await kept(world.services.database)

    for version in (1, 3, 0, -1):
        payload = await take(receiver, S.RECEIVED, invoice_id, expectedVersion=version)
        assert payload["errors"] == [
            user_error(
                "VERSION_CONFLICT",
                "The invoice has moved on since you read it.",
                "expectedVersion",
                typename="VersionConflict",
            )
            | {"currentVersion": 2}
        ]

    assert await kept(world.services.database) == before
    assert (await bring(receiver, S.CONFORMED, invoice_id, expectedVersion=2))["invoice"]["version"] == 3


NEEDED = "A value is needed here."


@pytest.mark.parametrize(
    ("to", "given", "expected"),
    [
        (S.REJECTED, {"reason": " \n\t"}, user_error("REQUIRED", NEEDED, "reason")),
        (S.REJECTED, {"reason": ""}, user_error("REQUIRED", NEEDED, "reason")),
        (S.REJECTED, {"reason": "x" * 4001}, user_error("INVALID", "At most 4000 characters.", "reason")),
        (S.REJECTED, {"reasonCode": "x" * 65}, user_error("INVALID", "At most 64 characters.", "reasonCode")),
        (S.REGISTERED_IN_RCF, {"rcfNumber": " "}, user_error("REQUIRED", NEEDED, "rcfNumber")),
        (S.REGISTERED_IN_RCF, {"rcfNumber": "x" * 65}, user_error("INVALID", "At most 64 characters.", "rcfNumber")),
        (
            S.REGISTERED_IN_RCF,
            {"rcfNumber": "a\x1fb"},
            user_error("INVALID", "Control characters and lone surrogates are not text.", "rcfNumber"),
        ),
        (S.REGISTERED, {"registryNumber": "x" * 65}, user_error("INVALID", "At most 64 characters.", "registryNumber")),
    ],
)
async def test_a_text_that_cannot_be_taken_changes_nothing(
    small_world: World, to: S, given: dict[str, str], expected: dict[str, Any]
) -> None:
    issuer = await small_world.person()
    receiver = await small_world.person(kind=PartyKind.PUBLIC_BODY)
    invoice_id = (await small_world.issue(issuer, receiver))["id"]
    before = await kept(small_world.services.database)

    payload = await take(receiver, to, invoice_id, **given)

    assert payload == {"invoice": None, "change": None, "errors": [expected]}
    assert await kept(small_world.services.database) == before


async def test_texts_of_the_longest_length_are_kept_whole(small_world: World) -> None:
    issuer = await small_world.person()
    receiver = await small_world.person(kind=PartyKind.PUBLIC_BODY)
    invoice_id = (await small_world.issue(issuer, receiver))["id"]

    await bring(receiver, S.REGISTERED_IN_RCF, invoice_id, rcfNumber="9" * 64)
    await bring(receiver, S.REJECTED, invoice_id, reason="é" * 4000, reasonCode="c" * 64)

    invoice = await whole(issuer, invoice_id)
    assert (invoice["rcfNumber"], invoice["rejectionReason"]) == ("9" * 64, "é" * 4000)
    assert invoice["history"][-1]["reasonCode"] == "c" * 64


async def test_a_step_is_recorded_at_the_instant_that_the_invoice_shows(small_world: World) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    invoice_id = (await small_world.issue(issuer, receiver))["id"]
    entered = await whole(issuer, invoice_id)
    instants = {change["at"] for change in entered["history"]}

    assert instants == {entered["statusChangedAt"]} == {entered["registeredAt"]}
    assert datetime.fromisoformat(entered["statusChangedAt"]).utcoffset() == timedelta(0)
