"""This server's own key pairs: made once, sealed at rest, public to everybody, changed in two steps.

The next key is made and shown first, so that other platforms can learn it; only then is it signed with.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from tortoise.exceptions import IntegrityError

from ..database import Database, Unit
from ..domain.errors import Invalid
from ..sealing import SealBroken, seal, unseal
from ..tables import PlatformKey
from .jwks import Jwk, jwk_of

BITS = 3072
_PURPOSE = "platform key"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What this server signs with."""

    kid: str
    private: RSAPrivateKey


async def ensure_key(database: Database, secret: str, *, following: bool = False) -> None:
    """Make the first key where there is none; with ``following`` the next one, where none waits."""

    async def wanted() -> tuple[int, str] | None:
        kept = await PlatformKey.all().order_by("-place")
        state = "NEXT" if kept and following else "CURRENT"
        return None if any(row.state == state for row in kept) else (kept[0].place + 1 if kept else 1, state)

    with database.bound():
        if await wanted() is None:
            return
    made = await asyncio.to_thread(rsa.generate_private_key, public_exponent=65537, key_size=BITS)

    async def work(_: Unit) -> None:
        missing = await wanted()
        if missing is None:
            return
        place, state = missing
        jwk = jwk_of(made.public_key())
        await PlatformKey.create(
            place=place,
            kid=jwk["kid"],
            state=state,
            public=orjson.dumps(jwk).decode(),
            sealed_key=seal(_der(made), secret, purpose=_PURPOSE, about=jwk["kid"]),
            created_at=datetime.now(UTC),
        )

    try:
        await database.unit_of_work(work)
    except IntegrityError:
        await database.unit_of_work(work)  # Another process made it at the same moment.


async def switch_key(database: Database) -> None:
    """Sign with the next key from now on; :class:`Invalid` where there is none."""

    async def work(_: Unit) -> None:
        if not await PlatformKey.filter(state="NEXT").exists():
            raise Invalid("There is no next key: make it with --next and give it to the other platforms first.")
        await PlatformKey.filter(state="CURRENT").update(state="FORMER")
        await PlatformKey.filter(state="NEXT").update(state="CURRENT")

    await database.unit_of_work(work)


async def public_keys(database: Database) -> Sequence[tuple[str, Jwk]]:
    """The keys that others should know, CURRENT and NEXT: state and JWK. Former ones sign nothing new."""
    with database.bound():
        rows = await PlatformKey.filter(state__in=["CURRENT", "NEXT"]).order_by("place")
    return [(row.state, orjson.loads(row.public)) for row in rows]


async def signing_key(database: Database, secret: str) -> SigningKey:
    """The key to sign with; :class:`Invalid` where it was sealed with another secret, or there is none."""
    with database.bound():
        row = await PlatformKey.filter(state="CURRENT").first()
    if row is None:
        raise Invalid("This server has no platform key: tramesa platform key.")
    try:
        der = unseal(row.sealed_key, secret, purpose=_PURPOSE, about=row.kid)
    except SealBroken:
        raise Invalid("The platform key was sealed with another TRAMESA_SECRET_KEY: make a new one.") from None
    private = load_der_private_key(der, password=None)
    assert isinstance(private, RSAPrivateKey)
    return SigningKey(row.kid, private)


def _der(key: RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
