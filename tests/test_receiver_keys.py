"""Key two as its issuer makes, lists, renews and revokes it, mails again, and the log of every step."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tramesa.models.domain.keys import is_key, normalised
from tramesa.models.domain.transitions import UserRole
from tramesa.tests.onboarding import (
    ADDRESS,
    CREATE,
    STRANGER,
    accept,
    acceptance,
    key_ones,
    key_two,
    sent_mails,
    to_stranger,
)
from tramesa.tests.operations import kept, write
from tramesa.tests.world import ISSUE, Person, World, company_tax_id

RENEW = """mutation ($id: ID!) { renewReceiverKey(input: { keyId: $id }) {
  secret receiverKey { id state } errors { code message path } } }"""
REVOKE = """mutation ($id: ID!) { revokeReceiverKey(input: { keyId: $id }) {
  receiverKey { id state } errors { code message path } } }"""
REINVITE = """mutation ($input: RenewInvitationInput!) { renewInvitation(input: $input) {
  invitation { email state language receiver { taxId } } errors { code message path } } }"""
KEYS = """query ($first: Int!, $after: String, $tax: String) {
  receiverKeys(first: $first, after: $after, receiverTaxId: $tax) {
    nodes { id state createdBy email receiver { taxId registered } } pageInfo { hasNextPage endCursor } } }"""
INVITATIONS = "{ invitations { nodes { email language state receiver { taxId } } } }"
EVENTS = """query ($first: Int!, $after: String) { invitationEvents(first: $first, after: $after) {
  nodes { kind actor email receiver { taxId } invoiceId } pageInfo { hasNextPage endCursor } } }"""


async def sent(world: World, issuer: Person, tax_id: str = STRANGER) -> str:
    """An invoice that waits; its id."""
    payload = (await issuer.ask(ISSUE, input=to_stranger(world, issuer, tax_id)))["issueInvoice"]
    assert payload["errors"] == []
    return str(payload["invoice"]["id"])


async def states(issuer: Person) -> list[str]:
    nodes = (await issuer.ask(KEYS, first=50))["receiverKeys"]["nodes"]
    return [node["state"] for node in nodes]


async def test_a_key_is_shown_once_and_its_hash_kept(world: World) -> None:
    issuer = await world.person(UserRole.ISSUER, name="Laura")
    await sent(world, issuer)

    payload = (await issuer.ask(CREATE, input={"receiverTaxId": f"es{STRANGER.lower()}"}))["createReceiverKey"]

    secret = payload["secret"]
    assert is_key(normalised(secret))
    receiver = {"taxId": STRANGER, "registered": False}
    assert payload["errors"] == []
    assert {**payload["receiverKey"], "id": None} == {
        "id": None,
        "receiver": receiver,
        "email": ADDRESS,
        "state": "ACTIVE",
        "createdBy": "Laura",
        "usedAt": None,
        "revokedAt": None,
    }
    listed = (await issuer.ask(KEYS, first=50))["receiverKeys"]["nodes"]
    assert listed == [
        {
            "id": payload["receiverKey"]["id"],
            "state": "ACTIVE",
            "createdBy": "Laura",
            "email": ADDRESS,
            "receiver": receiver,
        }
    ]
    everything = repr(await kept(world.services.database)).upper()
    assert normalised(secret) not in everything.replace("-", "")


async def test_keys_are_renewed_and_revoked(world: World) -> None:
    issuer = await world.person()
    await sent(world, issuer)
    await key_two(issuer)
    [first] = (await issuer.ask(KEYS, first=1))["receiverKeys"]["nodes"]

    again = (await issuer.ask(CREATE, input={"receiverTaxId": STRANGER}))["createReceiverKey"]
    message = "There is a key for this receiver already: renew or revoke it."
    assert again["errors"] == [{"code": "INVALID", "message": message, "path": ["input"]}]
    renewed = (await issuer.ask(RENEW, id=first["id"]))["renewReceiverKey"]
    assert (renewed["errors"], renewed["receiverKey"]["state"]) == ([], "ACTIVE")
    assert await states(issuer) == ["ACTIVE", "REVOKED"]
    for _ in range(2):
        revoked = (await issuer.ask(REVOKE, id=renewed["receiverKey"]["id"]))["revokeReceiverKey"]
        assert revoked == {"receiverKey": {"id": renewed["receiverKey"]["id"], "state": "REVOKED"}, "errors": []}
    await key_two(issuer)
    world.services.authority.clock = lambda: datetime.now(UTC) + timedelta(days=30, seconds=1)
    assert await states(issuer) == ["EXPIRED", "REVOKED", "REVOKED"]
    await key_two(issuer)
    assert await states(issuer) == ["ACTIVE", "EXPIRED", "REVOKED", "REVOKED"]


async def test_of_many_keys_made_at_once_one_is(world: World) -> None:
    issuer = await world.person()
    await sent(world, issuer)

    answers = await asyncio.gather(*(issuer.ask(CREATE, input={"receiverTaxId": STRANGER}) for _ in range(8)))

    assert sorted(len(answer["createReceiverKey"]["errors"]) for answer in answers) == [0] + [1] * 7
    assert await states(issuer) == ["ACTIVE"]


@pytest.mark.parametrize("role", [UserRole.REGISTRAR, UserRole.ACCOUNTANT])
async def test_only_an_issuer_or_an_admin_makes_keys(small_world: World, role: UserRole) -> None:
    admin = await small_world.person()
    await sent(small_world, admin)
    await key_two(admin)
    [key] = (await admin.ask(KEYS, first=1))["receiverKeys"]["nodes"]
    other = await small_world.person(role, party=admin)
    before = await kept(small_world.services.database)

    asked = [
        (await other.ask(CREATE, input={"receiverTaxId": STRANGER}))["createReceiverKey"],
        (await other.ask(RENEW, id=key["id"]))["renewReceiverKey"],
        (await other.ask(REVOKE, id=key["id"]))["revokeReceiverKey"],
        (await other.ask(REINVITE, input={"receiverTaxId": STRANGER}))["renewInvitation"],
    ]

    assert [payload["errors"][0]["code"] for payload in asked] == ["FORBIDDEN"] * 4
    assert await kept(small_world.services.database) == before


async def test_another_issuer_sees_and_touches_nothing_of_it(world: World) -> None:
    one, two = await world.person(), await world.person()
    await sent(world, one)
    await key_two(one)
    [key] = (await one.ask(KEYS, first=1))["receiverKeys"]["nodes"]
    before = await kept(world.services.database)

    absent = (await two.ask(CREATE, input={"receiverTaxId": company_tax_id(7_000_020)}))["createReceiverKey"]
    hidden = (await two.ask(CREATE, input={"receiverTaxId": STRANGER}))["createReceiverKey"]
    renewed = (await two.ask(RENEW, id=key["id"]))["renewReceiverKey"]
    revoked = (await two.ask(REVOKE, id=key["id"]))["revokeReceiverKey"]
    none = (await two.ask(REVOKE, id="Tm90aGluZzo="))["revokeReceiverKey"]

    assert absent == hidden
    assert hidden["errors"][0]["code"] == "NOT_FOUND"
    assert renewed["errors"] == revoked["errors"] == none["errors"]
    assert (await two.ask(KEYS, first=50))["receiverKeys"]["nodes"] == []
    assert (await two.ask(INVITATIONS))["invitations"]["nodes"] == []
    assert (await two.ask(EVENTS, first=50))["invitationEvents"]["nodes"] == []
    assert await kept(world.services.database) == before


async def test_a_receiver_is_mailed_again_there_or_elsewhere_five_times_a_day(world: World) -> None:
    issuer = await world.person()
    await sent(world, issuer)
    wanted: list[dict[str, Any]] = [{}, {"email": "Altra@exemple.cat", "language": "EN"}, {}, {}]

    answers = [(await issuer.ask(REINVITE, input={"receiverTaxId": STRANGER, **more})) for more in wanted]
    sixth = await issuer.execute(REINVITE, input={"receiverTaxId": STRANGER})

    assert [answer["renewInvitation"]["errors"] for answer in answers] == [[]] * 4
    assert sixth["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert 86_000 < sixth["errors"][0]["extensions"]["retryAfter"] <= 86_401
    assert (await issuer.ask(INVITATIONS))["invitations"]["nodes"] == [
        {"email": email, "language": language, "state": state, "receiver": {"taxId": STRANGER}}
        for email, language, state in (
            ("altra@exemple.cat", "EN", "ACTIVE"),
            ("altra@exemple.cat", "EN", "REVOKED"),
            ("altra@exemple.cat", "EN", "REVOKED"),
            (ADDRESS, "CA", "ACTIVE"),
            (ADDRESS, "CA", "REVOKED"),
        )
    ]
    mails = await sent_mails(world)
    assert [mail["To"] for mail in mails] == [ADDRESS, ADDRESS, *["altra@exemple.cat"] * 3]
    assert len({mail["Message-ID"] for mail in mails}) == 5
    assert len(set(await key_ones(world)) | set(await key_ones(world, "altra@exemple.cat"))) == 5


async def test_an_invoice_of_the_next_day_brings_the_next_mail(world: World) -> None:
    issuer = await world.person()
    await sent(world, issuer)
    await write(world.services.database, "UPDATE invitation SET created_at = '2026-01-01 00:00:00+00:00'")

    await sent(world, issuer)

    first, second = await key_ones(world)
    assert first != second
    states_now = [node["state"] for node in (await issuer.ask(INVITATIONS))["invitations"]["nodes"]]
    assert states_now == ["ACTIVE", "REVOKED"]


async def test_every_step_is_in_the_log_of_every_issuer_that_it_is_about(world: World) -> None:
    one, two = await world.person(name="One"), await world.person(name="Two")
    invoice = await sent(world, one)
    await sent(world, two)
    await key_two(one)
    [key] = (await one.ask(KEYS, first=1))["receiverKeys"]["nodes"]
    await one.ask(REVOKE, id=key["id"])
    second = await key_two(one)
    await accept(world, acceptance("none", second))
    await accept(world, acceptance((await key_ones(world))[0], second))

    log = (await one.ask(EVENTS, first=50))["invitationEvents"]["nodes"]
    others = (await two.ask(EVENTS, first=50))["invitationEvents"]["nodes"]

    assert [(step["kind"], step["actor"], step["email"]) for step in log] == [
        ("ACCEPTED", "Marta Puig", None),
        ("ATTEMPT_FAILED", None, None),
        ("KEY_CREATED", "One", ADDRESS),
        ("KEY_REVOKED", "One", ADDRESS),
        ("KEY_CREATED", "One", ADDRESS),
        ("INVITED", "One", ADDRESS),
    ]
    assert (log[-1]["invoiceId"], log[-1]["receiver"]) == (invoice, {"taxId": STRANGER})
    assert [step["kind"] for step in others] == ["ACCEPTED", "ATTEMPT_FAILED", "INVITED"]
    page = (await one.ask(EVENTS, first=4))["invitationEvents"]
    rest = (await one.ask(EVENTS, first=4, after=page["pageInfo"]["endCursor"]))["invitationEvents"]
    assert page["nodes"] + rest["nodes"] == log
    assert (page["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    # What was used is used, the rest revoked.
    assert await states(one) == ["USED", "REVOKED"]


async def test_keys_are_listed_by_page_and_receiver(small_world: World) -> None:
    issuer = await small_world.person()
    tax_ids = [company_tax_id(7_000_030 + n) for n in range(3)]
    for tax_id in tax_ids:
        await sent(small_world, issuer, tax_id)
        await key_two(issuer, tax_id)

    page = (await issuer.ask(KEYS, first=2))["receiverKeys"]
    rest = (await issuer.ask(KEYS, first=2, after=page["pageInfo"]["endCursor"]))["receiverKeys"]
    one = (await issuer.ask(KEYS, first=2, tax=tax_ids[1]))["receiverKeys"]

    assert [node["receiver"]["taxId"] for node in page["nodes"] + rest["nodes"]] == tax_ids[::-1]
    assert [node["receiver"]["taxId"] for node in one["nodes"]] == [tax_ids[1]]
    bad = await issuer.execute(KEYS, first=2, after="no cursor")
    assert bad["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
