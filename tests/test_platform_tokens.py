"""How another platform shows who it is: a good token once, and every other way refused alike."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from tramesa.models.platforms.jwks import jwk_of, pem_of
from tramesa.models.platforms.known import NewPlatform, add_platform, remove_platform
from tramesa.tests.conftest import settings_for
from tramesa.tests.world import World, costless, open_world

ADDRESS = "https://nord.example.org"
HERE = "http://tramesa.test"
QUESTION = {"query": '{ platformDirectory(taxIds: ["B12345674"]) { taxId } }'}
BODY = json.dumps(QUESTION).encode()
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
REFUSED = {
    "message": "Sign in first: the credentials are missing, wrong or no longer good.",
    "extensions": {"code": "UNAUTHENTICATED"},
}


@dataclass
class Gate:
    """A server that knows the platform Nord."""

    world: World

    async def ask(self, token: str, body: bytes = BODY) -> tuple[int, Any]:
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        answer = await self.world.client.post("/graphql", content=body, headers=headers)
        return answer.status_code, costless(answer.json())


@pytest.fixture
async def gate(world: World) -> Gate:
    wanted = NewPlatform(name="Nord", address=ADDRESS, keys=[jwk_of(KEY.public_key())])
    await add_platform(world.services.database, wanted)
    return Gate(world)


def claims(**changes: Any) -> dict[str, Any]:
    now = int(datetime.now(UTC).timestamp())
    good = {
        "iss": ADDRESS,
        "aud": HERE,
        "iat": now,
        "nbf": now,
        "exp": now + 120,
        "jti": "0123456789abcdef0123",
        "bsh": hashlib.sha256(BODY).hexdigest(),
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def token(given: dict[str, Any], *, key: RSAPrivateKey = KEY, kid: str | None = None, algorithm: str = "RS256") -> str:
    kid = kid or jwk_of(KEY.public_key())["kid"]
    return jwt.encode(given, key, algorithm=algorithm, headers={"kid": kid})


def forged(given: dict[str, Any], algorithm: str, secret: bytes | None) -> str:
    """A token that PyJWT would not make: unsigned, or signed with the public key as if it were a shared secret."""
    header = {"alg": algorithm, "typ": "JWT", "kid": jwk_of(KEY.public_key())["kid"]}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, given)]
    signature = b"" if secret is None else hmac.digest(secret, b".".join(parts), "sha256")
    return b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


async def test_a_good_token_opens_once(gate: Gate) -> None:
    shown = token(claims())

    assert await gate.ask(shown) == (200, {"data": {"platformDirectory": []}})
    assert await gate.ask(shown) == (
        401,
        {"errors": [REFUSED | {"message": "This token was used before."}]},
    )


async def test_of_twenty_who_show_one_token_at_once_one_comes_in(gate: Gate) -> None:
    shown = token(claims())

    answers = await asyncio.gather(*(gate.ask(shown) for _ in range(20)))

    assert sorted(status for status, _ in answers) == [200] + [401] * 19


async def test_a_token_is_good_once_in_all_processes_and_after_a_restart(sqlite_url: str, tmp_path: Path) -> None:
    shown = token(claims())
    async with AsyncExitStack() as stack:
        worlds = [await stack.enter_async_context(open_world(settings_for(sqlite_url, tmp_path))) for _ in range(2)]
        await add_platform(
            worlds[0].services.database, NewPlatform(name="Nord", address=ADDRESS, keys=[jwk_of(KEY.public_key())])
        )
        answers = await asyncio.gather(*(Gate(world).ask(shown) for world in worlds for _ in range(3)))
    async with open_world(settings_for(sqlite_url, tmp_path)) as world:
        answers.append(await Gate(world).ask(shown))

    assert sorted(status for status, _ in answers) == [200] + [401] * 6


def shifted(start: int, end: int, issued: int | None = None) -> dict[str, Any]:
    now = int(datetime.now(UTC).timestamp())
    return claims(nbf=now + start, exp=now + end, iat=now + (start if issued is None else issued))


def bad_tokens() -> dict[str, str]:
    now = int(datetime.now(UTC).timestamp())
    public = pem_of(jwk_of(KEY.public_key())).encode()
    other_kid = jwk_of(STRANGER.public_key())["kid"]
    missing = {f"without {name}": token(claims(**{name: None})) for name in claims()}
    return missing | {
        "another key": token(claims(), key=STRANGER),
        "an unknown kid": token(claims(), key=STRANGER, kid=other_kid),
        "a known key under an unknown kid": token(claims(), kid=other_kid),
        "signed with the public key as a secret": forged(claims(), "HS256", public),
        "unsigned": forged(claims(), "none", None),
        "RS256 without a signature": forged(claims(), "RS256", None),
        "another algorithm of the family": token(claims(), algorithm="RS512"),
        "PSS": token(claims(), algorithm="PS256"),
        "for another": token(claims(aud="http://tramesa.test/")),
        "for several": token(claims(aud=[HERE, "http://elsewhere.test"])),
        "by nobody known": token(claims(iss="https://sud.example.org")),
        "by a list": forged(claims(iss=[ADDRESS]), "RS256", b""),
        "expired": token(shifted(-170, -50)),
        "not yet": token(shifted(50, 170)),
        "issued in the future": token(shifted(0, 170, issued=60)),
        "for too long": token(shifted(0, 301)),
        "for too long from its issue": token(shifted(0, 200, issued=-101)),
        "times that are texts": token(claims(nbf=str(now), exp=str(now + 60))),
        "times that are no numbers": token(claims(exp=True)),
        "a short jti": token(claims(jti="123456789012345")),
        "a long jti": token(claims(jti="x" * 65)),
    }


async def test_everything_else_is_refused_alike_and_uses_up_nothing(gate: Gate) -> None:
    answers = {what: await gate.ask(shown) for what, shown in bad_tokens().items()}

    assert {what: answer for what, answer in answers.items() if answer != (401, {"errors": [REFUSED]})} == {}
    assert (await gate.ask(token(claims())))[0] == 200


@pytest.mark.parametrize(("start", "end"), [(-155, -35), (35, 155), (-20, 280)])
async def test_clocks_may_differ_a_little(gate: Gate, start: int, end: int) -> None:
    assert (await gate.ask(token(shifted(start, end))))[0] == 200


async def test_a_token_is_good_for_its_body_alone(gate: Gate) -> None:
    other = json.dumps({"query": '{ platformDirectory(taxIds: ["A58818501"]) { taxId } }'}).encode()

    assert await gate.ask(token(claims()), other) == (
        401,
        {"errors": [REFUSED | {"message": "The token was made for another body."}]},
    )


async def test_a_removed_platform_does_not_come_in(gate: Gate) -> None:
    await remove_platform(gate.world.services.database, "Nord")

    assert await gate.ask(token(claims())) == (401, {"errors": [REFUSED]})


async def test_a_platform_that_changes_keys_comes_in_with_both(gate: Gate) -> None:
    keys = [jwk_of(key.public_key()) for key in (KEY, STRANGER)]
    await add_platform(gate.world.services.database, NewPlatform(name="Nord", address=ADDRESS, keys=keys))

    old = token(claims(jti="the-old-one-is-still-good"))
    new = token(claims(jti="the-new-one-is-good-too"), key=STRANGER, kid=keys[1]["kid"])

    assert [(await gate.ask(shown))[0] for shown in (old, new)] == [200, 200]


async def test_a_platform_may_do_nothing_that_people_do(gate: Gate) -> None:
    issue = '{ receiver: { taxId: "B1" }, number: "1", issueDate: "2026-01-15", lines: [] }'
    queries = [
        "{ invoices(role: ISSUER) { nodes { id } } }",
        '{ node(id: "SW52b2ljZTow") { id } }',
        'mutation { markInvoiceDelivered(input: { invoiceId: "x" }) { errors { code } } }',
        f"mutation {{ issueInvoice(input: {issue}) {{ errors {{ code }} }} }}",
        "{ apiTokens { nodes { id } } }",
    ]
    for place, query in enumerate(queries):
        body = json.dumps({"query": query}).encode()
        shown = token(claims(jti=f"jti-number-{place:08d}", bsh=hashlib.sha256(body).hexdigest()))
        status, answer = await gate.ask(shown, body)
        assert (status, [error["extensions"]["code"] for error in answer["errors"]]) == (200, ["UNAUTHENTICATED"])


async def test_people_may_do_nothing_that_platforms_do(world: World) -> None:
    person = await world.person()
    queries = [
        '{ platformDirectory(taxIds: ["B12345674"]) { taxId } }',
        "{ platformStates { hasMore } }",
        'mutation { platformReportStates(input: { invoiceId: "x", states: [] }) { version } }',
    ]
    for query in queries:
        for shown in (person.token, None):
            answer = await world.execute(query, {}, shown)
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]


async def test_used_tokens_are_forgotten_once_they_have_expired(gate: Gate) -> None:
    database = gate.world.services.database
    await gate.ask(token(shifted(-160, -40) | {"jti": "an-old-one-0000000001"}))
    assert [row[0] for row in await database.fetch("SELECT jti FROM used_token")] == ["an-old-one-0000000001"]
    clock = gate.world.services.gate
    clock._clock = lambda: datetime.fromtimestamp(datetime.now(UTC).timestamp() + 100, UTC)

    later = int(datetime.now(UTC).timestamp()) + 100
    await gate.ask(token(claims(iat=later, nbf=later, exp=later + 60, jti="a-new-one-00000000002")))

    assert [row[0] for row in await database.fetch("SELECT jti FROM used_token")] == ["a-new-one-00000000002"]
