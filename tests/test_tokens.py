"""API tokens in GraphQL: made, shown once, listed, used, revoked, ended."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tramesa.models.domain.scopes import ALL_SCOPES
from tramesa.models.domain.transitions import UserRole
from tramesa.models.people.tokens import MAX_TOKENS, digest_of
from tramesa.models.tables import ApiToken
from tramesa.tests.operations import user_error
from tramesa.tests.world import Person, World

CREATE = """mutation ($i: CreateApiTokenInput!) { createApiToken(input: $i) {
  token apiToken { id name scopes userName userEmail expiresAt lastUsedAt revokedAt }
  errors { __typename code message path } } }"""
REVOKE = """mutation ($i: RevokeApiTokenInput!) { revokeApiToken(input: $i) {
  apiToken { name revokedAt } errors { __typename code message path } } }"""
LIST = """query ($first: Int! = 50, $after: String) { apiTokens(first: $first, after: $after) {
  nodes { id name lastUsedAt } edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }"""
WHO = "{ viewer { name scopes } }"
YEAR = timedelta(days=365)


async def create(person: Person, token: str | None = None, **given: Any) -> Any:
    wanted = {"name": "Facturaplus", "scopes": ["INVOICES_READ"], **given}
    answer = await person.world.execute(CREATE, {"i": wanted}, token or person.token)
    return answer["data"]["createApiToken"] if "errors" not in answer else answer


async def test_a_token_is_shown_once_and_opens_what_it_was_given(world: World) -> None:
    anna = await world.person(name="Anna")

    made = await create(anna, scopes=["STATUS_CHANGE", "INVOICES_READ"])

    assert made["errors"] == []
    assert made["apiToken"] | {"id": ""} == {
        "id": "",
        "name": "Facturaplus",
        "scopes": ["INVOICES_READ", "STATUS_CHANGE"],
        "userName": "Anna",
        "userEmail": anna.email,
        "expiresAt": None,
        "lastUsedAt": None,
        "revokedAt": None,
    }
    viewer = (await world.execute(WHO, {}, made["token"]))["data"]["viewer"]
    assert viewer == {"name": "Anna", "scopes": ["INVOICES_READ", "STATUS_CHANGE"]}
    rows = await world.services.database.fetch("SELECT * FROM api_token")
    assert made["token"] not in str([tuple(row) for row in rows])


async def test_tokens_made_before_scopes_have_all(world: World) -> None:
    anna = await world.person()

    with world.services.database.bound():
        assert [row.scopes for row in await ApiToken.all()] == [None]
    assert (await anna.ask(WHO))["viewer"]["scopes"] == sorted(ALL_SCOPES)


async def test_a_token_ends_at_its_end(world: World) -> None:
    anna, now = await world.person(), datetime(2030, 1, 1, tzinfo=UTC)
    world.services.authority.clock = lambda: now
    made = await create(anna, expiresAt="2030-01-02T00:00:00+01:00")
    assert made["apiToken"]["expiresAt"] == "2030-01-01T23:00:00+00:00"

    assert (await world.execute(WHO, {}, made["token"]))["data"]["viewer"] is not None
    world.services.authority.clock = lambda: now + timedelta(hours=23)
    answer = await world.execute(WHO, {}, made["token"])

    assert answer == {"errors": [{"message": "This API token has expired.", "extensions": {"code": "UNAUTHENTICATED"}}]}


WRONG = [
    ({"name": "  "}, user_error("REQUIRED", "A value is needed here.", "name")),
    ({"name": "x" * 256}, user_error("INVALID", "At most 255 characters.", "name")),
    ({"name": "a\nb"}, user_error("INVALID", "A name has no invisible characters.", "name")),
    ({"scopes": []}, user_error("REQUIRED", "A token without scopes could do nothing.", "scopes")),
    ({"expiresAt": "2020-01-01T00:00:00Z"}, user_error("INVALID", "This instant has passed.", "expiresAt")),
]


@pytest.mark.parametrize(("given", "error"), WRONG)
async def test_what_cannot_be_a_token_is_refused(
    small_world: World, given: dict[str, Any], error: dict[str, Any]
) -> None:
    anna = await small_world.person()

    assert await create(anna, **given) == {"token": None, "apiToken": None, "errors": [error]}


async def test_a_token_makes_no_token_that_may_do_more_or_lives_longer(world: World) -> None:
    anna = await world.person()
    end = datetime.now(UTC).replace(microsecond=0) + YEAR
    scopes = ["TOKENS_MANAGE", "INVOICES_READ"]
    maker = (await create(anna, scopes=scopes, expiresAt=end.isoformat()))["token"]

    wider = await create(anna, maker, scopes=["INVOICES_READ", "INVOICES_SEND"])
    longer = await create(anna, maker, expiresAt=(end + YEAR).isoformat())
    same = await create(anna, maker)

    assert wider["errors"] == [user_error("FORBIDDEN", "Your own token may not do all of this.", "scopes")]
    assert longer["errors"] == [user_error("FORBIDDEN", "A token makes none that outlives it.", "expiresAt")]
    assert same["apiToken"]["expiresAt"] == end.isoformat()


async def test_only_the_scope_makes_tokens(world: World) -> None:
    anna = await world.person()
    reader = (await create(anna, scopes=["INVOICES_READ"]))["token"]

    assert (await create(anna, reader))["errors"][0]["extensions"] == {
        "code": "FORBIDDEN",
        "missingScope": "TOKENS_MANAGE",
    }


async def test_a_revoked_token_opens_nothing_and_stays_listed(world: World) -> None:
    anna = await world.person()
    made = await create(anna)

    revoked = [(await anna.ask(REVOKE, i={"tokenId": made["apiToken"]["id"]}))["revokeApiToken"] for _ in range(2)]

    assert revoked[0] == revoked[1]
    assert revoked[0]["apiToken"]["revokedAt"] is not None
    assert (await world.execute(WHO, {}, made["token"]))["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert [node["name"] for node in (await anna.ask(LIST))["apiTokens"]["nodes"]] == ["Facturaplus", "test"]


async def test_people_manage_their_own_tokens_and_administrators_their_party_s(world: World) -> None:
    admin = await world.person(UserRole.ADMIN)
    clerk = await world.person(UserRole.ISSUER, party=admin)
    stranger = await world.person(UserRole.ADMIN)
    made = await create(clerk, name="clerk's")
    gone = user_error("NOT_FOUND", "There is no such token, or you may not manage it.", "tokenId")

    listed = {
        person.email: [node["name"] for node in (await person.ask(LIST))["apiTokens"]["nodes"]]
        for person in (admin, clerk, stranger)
    }
    assert listed == {
        admin.email: ["clerk's", "test", "test"],
        clerk.email: ["clerk's", "test"],
        stranger.email: ["test"],
    }
    for token_id in (made["apiToken"]["id"], "junk", ""):
        refused = (await stranger.ask(REVOKE, i={"tokenId": token_id}))["revokeApiToken"]
        assert refused == {"apiToken": None, "errors": [gone]}
    assert (await admin.ask(REVOKE, i={"tokenId": made["apiToken"]["id"]}))["revokeApiToken"]["errors"] == []


async def test_tokens_are_listed_by_page(world: World) -> None:
    anna = await world.person()
    for number in range(4):
        await create(anna, name=f"t{number}")

    first = (await anna.ask(LIST, first=2))["apiTokens"]
    second = (await anna.ask(LIST, first=3, after=first["pageInfo"]["endCursor"]))["apiTokens"]
    bad = await anna.execute(LIST, after="***")

    assert [node["name"] for node in (*first["nodes"], *second["nodes"])] == ["t3", "t2", "t1", "t0", "test"]
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)
    assert [edge["node"]["id"] for edge in first["edges"]] == [node["id"] for node in first["nodes"]]
    assert first["edges"][-1]["cursor"] == first["pageInfo"]["endCursor"]
    assert bad["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "argumentPath": ["after"]}


async def test_of_many_made_at_once_no_more_than_the_most_are_good(world: World) -> None:
    anna = await world.person()
    for number in range(MAX_TOKENS - 3):
        await world.services.authority.create_api_token(anna.email, f"t{number}")

    made = await asyncio.gather(*(create(anna) for _ in range(6)))

    refused = user_error("INVALID", "At most 50 tokens are good at once: revoke one.")
    assert sorted(len(one["errors"]) for one in made) == [0, 0, 1, 1, 1, 1]
    assert [one["errors"] for one in made if one["errors"]] == [[refused]] * 4


async def test_a_use_is_written_down_once_and_later_than_the_request(world: World) -> None:
    anna = await world.person()
    token = (await create(anna))["token"]
    authority, database = world.services.authority, world.services.database
    now = datetime(2030, 1, 1, tzinfo=UTC)
    authority.clock = lambda: now
    used = f"SELECT last_used_at FROM api_token WHERE hash = '{digest_of(token)}'"

    await asyncio.gather(*(world.execute(WHO, {}, token) for _ in range(5)))
    before = (await database.fetch(used))[0][0]
    written = [await authority.uses.write(database) for _ in range(2)]
    shown = (await anna.ask(LIST))["apiTokens"]["nodes"][0]

    assert (before, written, shown["lastUsedAt"]) == (None, [2, 0], "2030-01-01T00:00:00+00:00")


async def test_an_older_use_does_not_hide_a_newer_one(world: World) -> None:
    # Another process wrote down a later use meanwhile.
    anna = await world.person()
    authority, database = world.services.authority, world.services.database
    later, digest = datetime(2030, 1, 2, tzinfo=UTC), digest_of(anna.token)
    authority.uses.note(digest, later)
    await authority.uses.write(database)

    authority.uses.note(digest, later - timedelta(days=1))
    await authority.uses.write(database)

    assert (await anna.ask(LIST))["apiTokens"]["nodes"][0]["lastUsedAt"] == later.isoformat()
