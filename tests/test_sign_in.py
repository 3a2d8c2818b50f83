"""Signing in: sessions, tokens that rotate, attempts that are limited, people who may no longer."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from argon2 import PasswordHasher

from tramesa.models.domain.transitions import UserRole
from tramesa.models.people import passwords
from tramesa.models.tables import ApiToken, RefreshToken, Session, SignInAttempt, User
from tramesa.tests.world import Person, World

PASSWORD = "correcte cavall bateria grapa"
# As weak as argon2 can be: what it costs is tested once.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)

SIGN_IN = """mutation ($input: SignInInput!) { signIn(input: $input) {
  accessToken refreshToken expiresAt viewer { name email roles party { taxId } }
  errors { __typename code message path } } }"""
REFRESH = """mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) {
  accessToken refreshToken expiresAt viewer { name } errors { __typename code message path } } }"""
SIGN_OUT = "mutation { signOut { errors { code } } }"
ME = "{ viewer { name roles } }"


@pytest.fixture
async def anna(world: World) -> Person:
    return await world.person(UserRole.ADMIN, name="Anna", password_hash=QUICK)


def clock(world: World, **later: float) -> None:
    """Let it be so much later."""
    world.services.authority.clock = lambda: datetime.now(UTC) + timedelta(**later)


async def try_password(world: World, email: str, password: str = PASSWORD) -> dict[str, Any]:
    return await world.execute(SIGN_IN, {"input": {"email": email, "password": password}})


async def sign_in(person: Person) -> dict[str, Any]:
    payload: dict[str, Any] = (await try_password(person.world, person.email))["data"]["signIn"]
    assert payload["errors"] == []
    return payload


async def refresh(world: World, token: str) -> dict[str, Any]:
    payload: dict[str, Any] = (await world.execute(REFRESH, {"input": {"refreshToken": token}}))["data"][
        "refreshSession"
    ]
    return payload


async def status(world: World, token: str) -> int:
    """The HTTP status that a token gets."""
    response = await world.client.post("/graphql", json={"query": ME}, headers={"authorization": f"Bearer {token}"})
    return response.status_code


def refused(payload: dict[str, Any]) -> tuple[str, list[str]]:
    """Code and path of a payload that gives nothing."""
    (error,) = payload.pop("errors")
    assert set(payload.values()) == {None}
    return error["code"], error["path"]


async def test_who_knows_the_password_gets_a_session(world: World, anna: Person) -> None:
    payload = await sign_in(anna)

    claims = jwt.decode(payload["accessToken"], options={"verify_signature": False})
    expires_at = datetime.fromisoformat(payload["expiresAt"])
    assert payload["viewer"] == {
        "name": "Anna",
        "email": anna.email,
        "roles": ["ADMIN"],
        "party": {"taxId": anna.tax_id},
    }
    assert (claims["sub"], claims["exp"]) == (anna.user_id, int(expires_at.timestamp()))
    assert timedelta(minutes=14) < expires_at - datetime.now(UTC) <= timedelta(minutes=15)
    assert await world.execute(ME, {}, payload["accessToken"]) == {
        "data": {"viewer": {"name": "Anna", "roles": ["ADMIN"]}}
    }


async def test_the_address_may_be_spelt_otherwise(world: World, anna: Person) -> None:
    payload = (await try_password(world, f"  {anna.email.upper()} "))["data"]["signIn"]

    assert (payload["errors"], payload["viewer"]["email"]) == ([], anna.email)


async def test_a_wrong_person_and_a_wrong_password_look_and_take_the_same(
    world: World, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_password = await world.person()
    inactive = await world.person(password_hash=QUICK)
    with world.services.database.bound():
        await User.filter(id=inactive.user_id).update(active=False)
    verify, checks = passwords._verify, 0

    def counted(*given: str) -> bool:
        nonlocal checks
        checks += 1
        return verify(*given)

    monkeypatch.setattr(passwords, "_verify", counted)
    answers = []
    for email, password in (
        (anna.email, "wrong password"),
        ("nobody@example.org", PASSWORD),
        (without_password.email, PASSWORD),
        (inactive.email, PASSWORD),
        ("", ""),
        (anna.email, ""),
    ):
        checks = 0
        answers.append((await try_password(world, email, password), checks))

    assert [answer for answer in answers if answer != answers[0]] == []
    assert answers[0][1] == 1
    error = {
        "__typename": "InputError",
        "code": "BAD_CREDENTIALS",
        "message": answers[0][0]["data"]["signIn"]["errors"][0]["message"],
        "path": ["input"],
    }
    nothing = dict.fromkeys(("accessToken", "refreshToken", "expiresAt", "viewer"))
    assert answers[0][0] == {"data": {"signIn": {**nothing, "errors": [error]}}}


async def test_passwords_are_kept_as_argon2id_that_costs() -> None:
    hashed = await passwords.hash_password(PASSWORD)

    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await passwords.verify_password(hashed, PASSWORD) is True
    assert await passwords.verify_password(hashed, PASSWORD + " ") is False
    assert await passwords.verify_password(None, PASSWORD) is False
    assert await passwords.verify_password("no hash", PASSWORD) is False


async def test_the_eleventh_wrong_attempt_for_an_address_has_to_wait(world: World, anna: Person) -> None:
    for _ in range(10):
        assert refused((await try_password(world, anna.email, "wrong"))["data"]["signIn"]) == (
            "BAD_CREDENTIALS",
            ["input"],
        )

    response = await try_password(world, anna.email)
    other = await world.person(password_hash=QUICK)
    await sign_in(other)
    clock(world, minutes=15)
    later = await try_password(world, anna.email)

    (error,) = response["errors"]
    assert (response["data"], error["extensions"]["code"]) == (None, "RATE_LIMITED")
    wait = error["extensions"]["retryAfter"]
    assert error["message"] == f"Too many attempts: try again in {wait} seconds."
    assert 870 < wait <= 901
    assert later["data"]["signIn"]["errors"] == []


async def test_success_forgets_the_failures_before_it(world: World, anna: Person) -> None:
    for _ in range(2):
        for _ in range(9):
            await try_password(world, anna.email, "wrong")
        await sign_in(anna)

    with world.services.database.bound():
        left = {attempt.subject for attempt in await SignInAttempt.all()}
    # What is left counts against the network address that tried.
    assert left == {hashlib.sha256(b"address:127.0.0.1").hexdigest()}


async def test_one_network_address_tries_a_hundred_times(small_world: World) -> None:
    authority = small_world.services.authority
    anna = await small_world.person(password_hash=QUICK)
    with small_world.services.database.bound():
        subject = hashlib.sha256(b"address:127.0.0.1").hexdigest()
        await SignInAttempt.bulk_create([SignInAttempt(subject=subject, at=datetime.now(UTC)) for _ in range(100)])

    (error,) = (await try_password(small_world, anna.email))["errors"]
    tokens = await authority.sign_in(anna.email, PASSWORD, "10.0.0.1")

    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert tokens.viewer.user_id == anna.user_id


async def test_fifty_people_sign_in_at_once(world: World, anna: Person) -> None:
    payloads = await asyncio.gather(*(sign_in(anna) for _ in range(50)))

    assert len({payload["accessToken"] for payload in payloads}) == 50
    with world.services.database.bound():
        assert await Session.filter(user_id=anna.user_id).count() == 50
        assert await SignInAttempt.all().count() == 0


async def test_refreshing_gives_new_tokens_for_the_same_session(world: World, anna: Person) -> None:
    first = await sign_in(anna)
    clock(world, minutes=5)

    second = await refresh(world, first["refreshToken"])

    sessions = [
        jwt.decode(payload["accessToken"], options={"verify_signature": False})["sid"] for payload in (first, second)
    ]
    assert second["errors"] == []
    assert sessions[0] == sessions[1]
    assert first["refreshToken"] != second["refreshToken"]
    assert datetime.fromisoformat(second["expiresAt"]) > datetime.fromisoformat(first["expiresAt"])
    assert [await status(world, payload["accessToken"]) for payload in (first, second)] == [200, 200]


async def test_using_a_refresh_token_twice_closes_all_that_came_of_the_sign_in(world: World, anna: Person) -> None:
    first, elsewhere = await sign_in(anna), await sign_in(anna)
    second = await refresh(world, first["refreshToken"])
    third = await refresh(world, second["refreshToken"])

    again = await refresh(world, first["refreshToken"])

    assert refused(again) == ("BAD_CREDENTIALS", ["input", "refreshToken"])
    assert [await status(world, payload["accessToken"]) for payload in (first, second, third)] == [401, 401, 401]
    assert refused(await refresh(world, third["refreshToken"])) == ("BAD_CREDENTIALS", ["input", "refreshToken"])
    assert await status(world, elsewhere["accessToken"]) == 200


async def test_of_two_refreshes_at_once_one_wins_and_the_session_ends(world: World, anna: Person) -> None:
    tokens = await sign_in(anna)

    both = await asyncio.gather(*(refresh(world, tokens["refreshToken"]) for _ in range(2)), return_exceptions=True)

    # The winner's tokens end with the session too, before or after it is told of them.
    assert len([payload for payload in both if isinstance(payload, dict) and payload["accessToken"] is not None]) <= 1
    assert await status(world, tokens["accessToken"]) == 401


@pytest.mark.parametrize("token", ["", "x", "é", "A" * 10_000])
async def test_a_refresh_token_that_is_none_is_refused(world: World, token: str) -> None:
    assert refused(await refresh(world, token)) == ("BAD_CREDENTIALS", ["input", "refreshToken"])


async def test_an_access_token_lasts_a_quarter_of_an_hour(world: World, anna: Person) -> None:
    tokens = await sign_in(anna)

    clock(world, minutes=14, seconds=50)
    assert await status(world, tokens["accessToken"]) == 200
    clock(world, minutes=15)
    assert await status(world, tokens["accessToken"]) == 401


async def test_a_session_lasts_thirty_days(world: World, anna: Person) -> None:
    tokens = await sign_in(anna)

    clock(world, days=29, hours=23, minutes=59)
    tokens = await refresh(world, tokens["refreshToken"])
    assert tokens["errors"] == []
    clock(world, days=30)
    assert await status(world, tokens["accessToken"]) == 401
    assert refused(await refresh(world, tokens["refreshToken"])) == ("BAD_CREDENTIALS", ["input", "refreshToken"])


async def test_signing_out_closes_the_session_and_no_other(world: World, anna: Person) -> None:
    one, other = await sign_in(anna), await sign_in(anna)

    assert await world.execute(SIGN_OUT, {}, one["accessToken"]) == {"data": {"signOut": {"errors": []}}}

    assert [await status(world, payload["accessToken"]) for payload in (one, other)] == [401, 200]
    assert refused(await refresh(world, one["refreshToken"])) == ("BAD_CREDENTIALS", ["input", "refreshToken"])


async def test_signing_out_needs_a_session_and_spares_api_tokens(world: World, anna: Person) -> None:
    (error,) = (await world.execute(SIGN_OUT, {}))["errors"]
    answer = await world.execute(SIGN_OUT, {}, anna.token)

    assert error["extensions"] == {"code": "UNAUTHENTICATED"}
    assert answer == {"data": {"signOut": {"errors": []}}}
    assert await status(world, anna.token) == 200


FORGED = {
    "another key": lambda claims: jwt.encode(claims, "k" * 32, algorithm="HS256"),
    "no signature": lambda claims: jwt.encode(claims, None, algorithm="none"),
    "no claims": lambda _: jwt.encode({}, "k" * 32, algorithm="HS256"),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
async def test_a_forged_token_opens_nothing(world: World, anna: Person, forge: Any) -> None:
    claims = jwt.decode((await sign_in(anna))["accessToken"], options={"verify_signature": False})

    assert await status(world, forge(claims)) == 401


async def test_tokens_are_kept_as_hashes_only(world: World, anna: Person) -> None:
    tokens = await sign_in(anna)

    with world.services.database.bound():
        api = await ApiToken.get(user_id=anna.user_id)
        kept = await RefreshToken.get(session__user_id=anna.user_id)
    assert api.hash == hashlib.sha256(anna.token.encode()).hexdigest()
    assert kept.hash == hashlib.sha256(tokens["refreshToken"].encode()).hexdigest()
    assert anna.token.startswith("tra_")
    for table in ("api_token", "refresh_token", "session", "person", "sign_in_attempt"):
        text = str([tuple(row) for row in await world.services.database.fetch(f"SELECT * FROM {table}")])
        assert [token for token in (anna.token, tokens["refreshToken"], tokens["accessToken"]) if token in text] == []


async def test_an_api_token_that_is_revoked_opens_nothing(world: World, anna: Person) -> None:
    with world.services.database.bound():
        await ApiToken.filter(user_id=anna.user_id).update(revoked_at=datetime.now(UTC))

    assert await status(world, anna.token) == 401


async def test_who_is_no_longer_active_gets_in_by_nothing(world: World, anna: Person) -> None:
    tokens = await sign_in(anna)
    with world.services.database.bound():
        await User.filter(id=anna.user_id).update(active=False)

    assert [await status(world, token) for token in (tokens["accessToken"], anna.token)] == [401, 401]
    assert refused((await try_password(world, anna.email))["data"]["signIn"]) == ("BAD_CREDENTIALS", ["input"])
    response = await world.execute(REFRESH, {"input": {"refreshToken": tokens["refreshToken"]}})
    assert [error["extensions"]["code"] for error in response["errors"]] == ["UNAUTHENTICATED"]


async def test_a_role_withdrawn_counts_from_the_next_operation(world: World, anna: Person) -> None:
    tokens = await sign_in(anna)
    with world.services.database.bound():
        await User.filter(id=anna.user_id).update(roles="ISSUER")

    for token in (tokens["accessToken"], anna.token):
        assert await world.execute(ME, {}, token) == {"data": {"viewer": {"name": "Anna", "roles": ["ISSUER"]}}}
