"""The people of a party: invited by mail, joining with a link that is good once, shut out and let in again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tramesa.models.domain.transitions import PartyKind, UserRole
from tramesa.models.identifiers import global_id
from tramesa.models.people.user_invitations import LIFETIME
from tramesa.server import watching
from tramesa.tests.following import FOLLOW
from tramesa.tests.people import (
    INVITE,
    INVITED,
    JOIN,
    LOG,
    PASSWORD,
    REVOKE,
    ROLES,
    SIGN_IN,
    USERS,
    WRONG,
    invite,
    links,
    send,
    shut_out,
)
from tramesa.tests.servers.inprocess import listening
from tramesa.tests.sockets import open_socket
from tramesa.tests.test_offices import OURS, issue
from tramesa.tests.world import Person, World

NEW = "nuria@vila.example"
SET_ACTIVE = """mutation ($input: SetUserActiveInput!) { setUserActive(input: $input) { errors { code } } }"""


@pytest.fixture
async def admin(world: World) -> Person:
    return await world.person(UserRole.ADMIN, kind=PartyKind.PUBLIC_BODY, name="Anna Prat", party_name="Vila")


def later(world: World, monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    monkeypatch.setattr(world.services.authority, "clock", lambda: datetime.now(UTC) + by)


async def logged(admin: Person) -> list[dict[str, Any]]:
    """What was done to the party's people since they are there, the newest first."""
    lines: list[dict[str, Any]] = (await admin.ask(LOG))["partyUserEvents"]["nodes"]
    assert all(line["actor"] == "Tramesa" for line in lines if line["kind"] == "ADDED")
    return [line for line in lines if line["kind"] != "ADDED"]


async def users(admin: Person) -> dict[str, dict[str, Any]]:
    return {user["email"]: user for user in (await admin.ask(USERS))["partyUsers"]}


async def test_a_person_is_invited_joins_with_the_link_and_works_as_told(world: World, admin: Person) -> None:
    await issue(world, await world.person(), admin, "1", OURS)

    payload = await invite(admin, " Nuria@Vila.example", "REGISTRAR", "ACCOUNTANT", officeCodes=[OURS], name="Núria")
    [key] = await links(world, NEW)
    joined = await send(world, JOIN, key=key.lower().replace("-", " "), password=PASSWORD)

    assert payload["errors"] == []
    invitation = payload["invitation"]
    assert invitation | {"id": ""} == {
        "id": "",
        "email": NEW,
        "name": "Núria",
        "roles": ["ACCOUNTANT", "REGISTRAR"],
        "officeCodes": [OURS],
        "language": "CA",
        "state": "ACTIVE",
        "invitedBy": "Anna Prat",
        "usedAt": None,
        "revokedAt": None,
    }
    assert joined["errors"] == []
    assert joined["viewer"] == {
        "name": "Núria",
        "email": NEW,
        "roles": ["ACCOUNTANT", "REGISTRAR"],
        "officeCodes": [OURS],
        "party": {"taxId": admin.tax_id},
    }
    again = await send(world, SIGN_IN, email=NEW, password=PASSWORD)
    assert again["viewer"]["name"] == "Núria"
    assert (await users(admin))[NEW]["lastSignInAt"] is not None
    assert (await admin.ask(INVITED))["userInvitations"]["nodes"][0]["state"] == "USED"
    log = [(one["kind"], one["email"], one["actor"]) for one in await logged(admin)]
    assert log == [("JOINED", NEW, "Núria"), ("INVITED", NEW, "Anna Prat")]


async def test_of_many_who_join_at_once_with_one_link_one_does(world: World, admin: Person) -> None:
    await invite(admin, NEW)
    [key] = await links(world, NEW)

    payloads = await asyncio.gather(*(send(world, JOIN, key=key, password=PASSWORD) for _ in range(6)))

    assert sorted(len(payload["errors"]) for payload in payloads) == [0, 1, 1, 1, 1, 1]
    assert [payload["errors"] for payload in payloads if payload["errors"]] == [[WRONG]] * 5
    assert set(await users(admin)) == {admin.email, NEW}


async def test_every_link_that_is_not_good_has_the_same_answer(
    world: World, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = (await invite(admin, NEW))["invitation"]
    await invite(admin, NEW)
    await invite(admin, "ended@vila.example")
    revoked = (await invite(admin, "revoked@vila.example"))["invitation"]
    await admin.ask(REVOKE, input={"invitationId": revoked["id"]})
    replaced, good = await links(world, NEW)
    [ended], [gone] = await links(world, "ended@vila.example"), await links(world, "revoked@vila.example")
    assert (await send(world, JOIN, key=good, password=PASSWORD))["errors"] == []
    later(world, monkeypatch, LIFETIME)

    bad = [replaced, good, ended, gone, "", "x" * 5000, "34679-ACDEF-HJKMN-PQRTV-WXY34-679AC"]
    payloads = await asyncio.gather(*(send(world, JOIN, key=key, password=PASSWORD) for key in bad))

    assert [payload["errors"] for payload in payloads] == [[WRONG]] * len(bad)
    assert set(await users(admin)) == {admin.email, NEW}
    states = {node["email"]: node["state"] for node in (await admin.ask(INVITED))["userInvitations"]["nodes"]}
    assert states["ended@vila.example"] == "EXPIRED"
    assert first["id"] != ""


async def test_revoking_and_joining_at_once_leave_one_of_the_two(world: World, admin: Person) -> None:
    for place in range(3):
        email = f"p{place}@vila.example"
        invitation = (await invite(admin, email))["invitation"]
        [key] = await links(world, email)

        joined, revoked = await asyncio.gather(
            send(world, JOIN, key=key, password=PASSWORD),
            admin.ask(REVOKE, input={"invitationId": invitation["id"]}),
        )

        state = revoked["revokeUserInvitation"]["invitation"]["state"]
        assert (state, joined["errors"]) in [("USED", []), ("REVOKED", [WRONG])]
        assert (email in await users(admin)) == (state == "USED")


async def test_whether_an_address_is_somebodys_elsewhere_is_told_to_its_reader_alone(
    world: World, admin: Person
) -> None:
    other = await world.person(UserRole.ADMIN, password_hash="x")

    unknown, known = await invite(admin, NEW), await invite(admin, other.email)
    [key] = await links(world, other.email)
    joined = await send(world, JOIN, key=key, password=PASSWORD)
    own = await invite(admin, admin.email)

    assert [payload["invitation"]["state"] for payload in (unknown, known)] == ["ACTIVE", "ACTIVE"]
    assert joined["errors"][0] == {
        "code": "INVALID",
        "message": "Somebody signs in with this address already.",
        "path": ["input", "key"],
    }
    assert own["errors"][0]["message"] == "Somebody of your party signs in with this address already."
    states = {node["email"]: node["state"] for node in (await admin.ask(INVITED))["userInvitations"]["nodes"]}
    assert states[other.email] == "ACTIVE"


async def test_two_parties_invite_one_address_and_the_first_link_opened_counts(world: World, admin: Person) -> None:
    other = await world.person(UserRole.ADMIN)
    await invite(admin, NEW)
    await invite(other, NEW)
    keys = await links(world, NEW)

    payloads = await asyncio.gather(*(send(world, JOIN, key=key, password=PASSWORD) for key in keys))

    assert sorted(error["code"] for payload in payloads for error in payload["errors"]) == ["INVALID"]
    assert (NEW in await users(admin)) != (NEW in await users(other))


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"email": "no address"}, "INVALID", "email"),
        ({"email": "a@b.example\r\nBcc: c@d.example"}, "INVALID", "email"),
        ({"email": " "}, "REQUIRED", "email"),
        ({"roles": []}, "REQUIRED", "roles"),
        ({"officeCodes": ["NOWHERE"]}, "INVALID", "officeCodes"),
        ({"name": "a\u202eb"}, "INVALID", "name"),
    ],
)
async def test_what_cannot_be_invited(small_world: World, given: dict[str, Any], code: str, field: str) -> None:
    admin = await small_world.person(UserRole.ADMIN, kind=PartyKind.PUBLIC_BODY)

    payload = (await admin.ask(INVITE, input={"email": NEW, "roles": ["ISSUER"], **given}))["inviteUser"]

    assert payload["invitation"] is None
    assert [(error["code"], error["path"]) for error in payload["errors"]] == [(code, ["input", field])]


async def test_only_administrators_invite_and_see_who_was_invited(world: World, admin: Person) -> None:
    clerk = await world.person(UserRole.ACCOUNTANT, party=admin)
    stranger = await world.person(UserRole.ADMIN)
    invitation = (await invite(admin, NEW))["invitation"]

    assert (await invite(clerk, "x@vila.example"))["errors"][0]["code"] == "FORBIDDEN"
    for query in (INVITED, LOG):
        assert (await clerk.execute(query))["errors"][0]["extensions"] == {"code": "FORBIDDEN"}
    given = {"invitationId": invitation["id"]}
    assert (await stranger.ask(REVOKE, input=given))["revokeUserInvitation"]["errors"][0]["code"] == "NOT_FOUND"
    assert (await stranger.ask(INVITED))["userInvitations"]["nodes"] == []
    mails = "{ notifications { nodes { kind recipient } } }"
    assert (await admin.ask(mails))["notifications"]["nodes"] == [{"kind": "USER_INVITATION", "recipient": NEW}]
    assert (await clerk.ask(mails))["notifications"]["nodes"] == []


async def test_who_is_shut_out_loses_sessions_tokens_and_streams_at_once_and_for_good(
    world: World, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Were it not told, the watch would look again after the test has ended.
    monkeypatch.setattr(watching, "EVERY", 600.0)
    await invite(admin, NEW)
    [key] = await links(world, NEW)
    session = await send(world, JOIN, key=key, password=PASSWORD)
    token = await world.services.authority.create_api_token(NEW, "program")
    assert token is not None
    user_id = next(user["id"] for user in (await admin.ask(USERS))["partyUsers"] if user["email"] == NEW)
    clerk = Person(world, NEW, token, admin.tax_id, "", admin.party_id)

    async with (
        listening(world.app) as url,
        open_socket(url, token) as one,
        open_socket(url, session["accessToken"]) as two,
    ):
        for socket in (one, two):
            await socket.subscribe("1", FOLLOW, role="RECEIVER")
        shut = await admin.ask(SET_ACTIVE, input={"userId": user_id, "active": False})
        async with asyncio.timeout(3):
            assert [await socket.end() for socket in (one, two)] == [(4403, "Forbidden")] * 2
    assert shut["setUserActive"]["errors"] == []
    wrong = await send(world, SIGN_IN, email=NEW, password=PASSWORD)
    assert wrong["errors"][0]["code"] == "BAD_CREDENTIALS"

    await admin.ask(SET_ACTIVE, input={"userId": user_id, "active": True})

    assert (await clerk.execute("{ viewer { id } }"))["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
    old = await world.execute("{ viewer { id } }", {}, session["accessToken"])
    assert old["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
    assert (await send(world, SIGN_IN, email=NEW, password=PASSWORD))["errors"] == []
    assert [one["kind"] for one in await logged(admin)] == ["LET_IN", "SHUT_OUT", "JOINED", "INVITED"]


async def test_signing_in_while_one_is_shut_out_leaves_no_session_behind(world: World, admin: Person) -> None:
    password_hash = await world.services.authority.hash_password(PASSWORD)
    clerk = await world.person(UserRole.ACCOUNTANT, party=admin, password_hash=password_hash)

    signed, _ = await asyncio.gather(
        asyncio.gather(*(send(world, SIGN_IN, email=clerk.email, password=PASSWORD) for _ in range(4))),
        shut_out(admin, clerk),
        return_exceptions=True,
    )
    await shut_out(admin, clerk, active=True)

    rows = await world.services.database.fetch(
        f"SELECT COUNT(*) FROM session WHERE user_id = '{clerk.user_id}' AND revoked_at IS NULL"
    )
    assert rows[0][0] == 0
    assert signed is not None


async def test_the_last_administrator_stays_and_is_shown_as_such(world: World, admin: Person) -> None:
    clerk = await world.person(UserRole.ACCOUNTANT, party=admin)
    refusal = {"code": "LAST_ADMINISTRATOR", "message": "A party keeps at least one administrator."}

    shut = await shut_out(admin, admin)
    less = await admin.ask(ROLES, input={"userId": global_id("Viewer", admin.user_id), "roles": ["ISSUER"]})

    assert shut["errors"] == [{**refusal, "path": ["input", "active"]}]
    assert less["setUserRoles"]["errors"] == [{**refusal, "path": ["input", "roles"]}]
    assert {email: user["lastAdministrator"] for email, user in (await users(admin)).items()} == {
        admin.email: True,
        clerk.email: False,
    }
    given = {"userId": global_id("Viewer", clerk.user_id), "roles": ["ADMIN"]}
    assert (await admin.ask(ROLES, input=given))["setUserRoles"]["errors"] == []
    assert [user["lastAdministrator"] for user in (await users(admin)).values()] == [False, False]
    assert await logged(admin) == [
        {"kind": "ROLES_CHANGED", "email": clerk.email, "actor": "Anna Prat", "roles": ["ADMIN"], "officeCodes": None}
    ]


async def test_three_who_shut_each_other_out_at_once(world: World, admin: Person) -> None:
    people = [admin, *[await world.person(UserRole.ADMIN, party=admin) for _ in range(2)]]

    answers = await asyncio.gather(*(shut_out_raw(people[place], people[(place + 1) % 3]) for place in range(3)))

    rows = await world.services.database.fetch(
        f"SELECT COUNT(*) FROM person WHERE party_id = '{admin.party_id}' AND active = true"
    )
    # Who has been shut out shuts nobody out any more: in a ring of three only the first, and perhaps the third, do.
    assert rows[0][0] == 3 - answers.count("DONE")
    assert answers.count("DONE") in {1, 2}
    assert set(answers) <= {"DONE", "FORBIDDEN", "UNAUTHENTICATED", "LAST_ADMINISTRATOR"}


async def shut_out_raw(admin: Person, person: Person) -> str:
    given = {"userId": global_id("Viewer", person.user_id), "active": False}
    body = await admin.execute(SET_ACTIVE, input=given)
    if "errors" in body:
        return str(body["errors"][0]["extensions"]["code"])
    errors = body["data"]["setUserActive"]["errors"]
    return str(errors[0]["code"]) if errors else "DONE"
