"""Forgotten passwords: a link by mail, good once; the same answer for every address. Known ones, changed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tramesa.models.domain.transitions import UserRole
from tramesa.models.people.attempts import ANSWER_AFTER
from tramesa.models.people.forgotten import LIFETIME
from tramesa.tests.onboarding import sent_mails
from tramesa.tests.people import CHANGE, FORGOT, PASSWORD, RESET, SIGN_IN, WRONG, links, send, shut_out
from tramesa.tests.world import Person, World

ANOTHER = "quite another password"


@pytest.fixture
async def person(world: World) -> Person:
    password_hash = await world.services.authority.hash_password(PASSWORD)
    return await world.person(UserRole.ADMIN, password_hash=password_hash)


async def key_for(world: World, person: Person) -> str:
    assert (await send(world, FORGOT, email=person.email))["errors"] == []
    return (await links(world, person.email, "password"))[-1]


async def sign_in(world: World, person: Person, password: str) -> dict[str, Any]:
    return await send(world, SIGN_IN, email=person.email, password=password)


async def test_a_forgotten_password_is_chosen_anew_by_a_link(world: World, person: Person) -> None:
    before = await sign_in(world, person, PASSWORD)

    payload = await send(world, RESET, key=await key_for(world, person), password=ANOTHER)

    assert payload["errors"] == []
    assert payload["viewer"]["email"] == person.email
    assert (await sign_in(world, person, PASSWORD))["errors"][0]["code"] == "BAD_CREDENTIALS"
    assert (await sign_in(world, person, ANOTHER))["errors"] == []
    # What came of the forgotten one is closed; the program's token was never that person's password.
    old = await world.execute("{ viewer { id } }", {}, before["accessToken"])
    assert old["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
    assert (await person.ask("{ viewer { id } }"))["viewer"] is not None
    subjects = [str(mail["Subject"]) for mail in await sent_mails(world)]
    assert subjects == ["Trieu una altra contrasenya", "S'ha canviat la vostra contrasenya"]
    assert (await person.ask("{ notifications { nodes { id } } }"))["notifications"]["nodes"] == []


async def test_known_and_unknown_addresses_are_answered_alike(world: World, person: Person) -> None:
    gone = await world.person(UserRole.ISSUER, party=person)
    await shut_out(person, gone)
    loop, took = asyncio.get_running_loop(), []

    for email in (person.email, person.email.upper(), "nobody@example.org", gone.email, "x" * 512):
        began = loop.time()
        assert await send(world, FORGOT, email=email) == {"errors": []}
        took.append(loop.time() - began)

    assert min(took) > ANSWER_AFTER
    assert {str(mail["To"]) for mail in await sent_mails(world)} == {person.email}


async def test_every_link_that_is_not_good_has_the_same_answer(
    world: World, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced, used = await key_for(world, person), await key_for(world, person)
    assert (await send(world, RESET, key=used, password=ANOTHER))["errors"] == []
    ended = await key_for(world, person)
    monkeypatch.setattr(world.services.authority, "clock", lambda: datetime.now(UTC) + LIFETIME)

    bad = (replaced, used, ended, "", "x" * 5000)
    payloads = await asyncio.gather(*(send(world, RESET, key=key, password=PASSWORD) for key in bad))

    assert [payload["errors"] for payload in payloads] == [[WRONG]] * len(bad)
    assert (await sign_in(world, person, ANOTHER))["errors"] == []


async def test_a_link_of_somebody_who_was_shut_out_opens_nothing(world: World, person: Person) -> None:
    clerk = await world.person(UserRole.ISSUER, party=person)
    key = await key_for(world, clerk)
    await shut_out(person, clerk)
    await shut_out(person, clerk, active=True)

    assert (await send(world, RESET, key=key, password=ANOTHER))["errors"] == [WRONG]


async def test_of_many_who_use_one_link_at_once_one_does(world: World, person: Person) -> None:
    key = await key_for(world, person)

    payloads = await asyncio.gather(*(send(world, RESET, key=key, password=f"{ANOTHER} {n}") for n in range(5)))

    [winner] = [place for place, payload in enumerate(payloads) if not payload["errors"]]
    assert (await sign_in(world, person, f"{ANOTHER} {winner}"))["errors"] == []


async def test_requests_are_limited_by_address_whether_it_is_known_or_not(world: World, person: Person) -> None:
    for email in (person.email, "nobody@example.org"):
        bodies = await asyncio.gather(*(world.execute(FORGOT, {"input": {"email": email}}) for _ in range(7)))

        refused = [body["errors"][0]["extensions"] for body in bodies if "errors" in body]
        assert [extensions["code"] for extensions in refused] == ["RATE_LIMITED"] * 2
        # Whoever waited for another's count looked at the clock before it: a second more than the quarter of an hour.
        assert all(890 < extensions["retryAfter"] <= 901 for extensions in refused)


async def test_one_person_gets_so_many_mails_a_day(
    world: World, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tramesa.models.people.forgotten.MAILS_PER_DAY", 2)
    for hour in range(4):
        moment = datetime.now(UTC) + timedelta(hours=hour)
        monkeypatch.setattr(world.services.authority, "clock", lambda moment=moment: moment)
        assert await send(world, FORGOT, email=person.email) == {"errors": []}

    [(count,)] = await world.services.database.fetch("SELECT COUNT(*) FROM mail_message")
    assert count == 2


async def test_ones_own_password_is_changed_and_other_sessions_close(world: World, person: Person) -> None:
    one, other = await sign_in(world, person, PASSWORD), await sign_in(world, person, PASSWORD)
    token = one["accessToken"]

    wrong = await send(world, CHANGE, token, currentPassword="a guess", password=ANOTHER)
    short = await send(world, CHANGE, token, currentPassword=PASSWORD, password="short")
    program = await send(world, CHANGE, person.token, currentPassword=PASSWORD, password=ANOTHER)
    done = await send(world, CHANGE, token, currentPassword=PASSWORD, password=ANOTHER)

    assert [payload["errors"][0]["code"] for payload in (wrong, short, program)] == [
        "BAD_CREDENTIALS",
        "INVALID",
        "FORBIDDEN",
    ]
    assert wrong["errors"][0]["path"] == ["input", "currentPassword"]
    assert done == {"errors": []}
    assert (await world.execute("{ viewer { id } }", {}, token))["data"]["viewer"] is not None
    closed = await world.execute("{ viewer { id } }", {}, other["accessToken"])
    assert closed["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
    assert (await sign_in(world, person, ANOTHER))["errors"] == []


async def test_two_changes_at_once_leave_the_password_of_the_one_that_was_done(world: World, person: Person) -> None:
    token = (await sign_in(world, person, PASSWORD))["accessToken"]
    wanted = [f"{ANOTHER} {place}" for place in range(3)]

    payloads = await asyncio.gather(
        *(send(world, CHANGE, token, currentPassword=PASSWORD, password=password) for password in wanted)
    )

    [done] = [password for password, payload in zip(wanted, payloads, strict=True) if not payload["errors"]]
    assert (await sign_in(world, person, done))["errors"] == []
