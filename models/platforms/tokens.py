"""How platforms prove to each other who they are: RS256 tokens for one request each, and signed receipts.

A token names who sends it (``iss``), whom it is for (``aud``), from when until when it is good (``nbf``, ``exp``, at
most 300 seconds), the SHA-256 of the very body that it comes with (``bsh``), and a ``jti`` that is good once.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import jwt
from tortoise.exceptions import IntegrityError

from ..database import Database, Unit
from ..domain.exchange import Receipt
from ..domain.faults import Unauthenticated
from ..tables import UsedToken
from .jwks import Jwk, key_of_jwk
from .keys import SigningKey
from .known import PlatformRow, platform_at
from .relaying import note_answer

ALGORITHM: Final = "RS256"
LIFETIME = timedelta(seconds=120)
LONGEST_LIFE = timedelta(seconds=300)
SKEW = timedelta(seconds=45)
"""By how much two platforms' clocks may differ."""
_CLAIMS = ("iss", "aud", "iat", "nbf", "exp", "jti", "bsh")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformCaller:
    """A platform that shows a good token. ``body_hash`` is what the token says of the body that it comes with."""

    platform: PlatformRow
    body_hash: str

    def check_body(self, digest: str) -> None:
        """:class:`Unauthenticated` where the body is another than the token was made for."""
        if not hmac.compare_digest(self.body_hash.encode(), digest.encode()):
            raise Unauthenticated("The token was made for another body.")


def make_token(key: SigningKey, *, issuer: str, audience: str, body_hash: str, now: datetime) -> str:
    """A token for one request. ``body_hash`` is the SHA-256 of its body, 64 hexadecimal digits."""
    start = int(now.timestamp())
    claims = {
        "iss": issuer,
        "aud": audience,
        "iat": start,
        "nbf": start,
        "exp": start + int(LIFETIME.total_seconds()),
        "jti": secrets.token_urlsafe(24),
        "bsh": body_hash,
    }
    return jwt.encode(claims, key.private, algorithm=ALGORITHM, headers={"kid": key.kid})


def is_platform_token(token: str) -> bool:
    """Whether it means to be one: everything else that is shown here has no ``kid``."""
    try:
        return "kid" in jwt.get_unverified_header(token)
    except jwt.InvalidTokenError:
        return False


class PlatformGate:
    """Lets platforms in. ``address`` is this server's own, which their tokens are for."""

    def __init__(
        self, database: Database, address: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database = database
        self._address = address
        self._clock = clock

    async def authenticate(self, token: str) -> PlatformCaller:
        """The platform that shows this token, which is no good again; :class:`Unauthenticated` for any other."""
        platform, key = await self._named(token)
        try:
            claims = jwt.decode(
                token,
                key_of_jwk(key),
                algorithms=[ALGORITHM],
                audience=self._address,
                issuer=platform.address,
                options={
                    "require": list(_CLAIMS),
                    "strict_aud": True,
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
            expires_at = self._check_times(claims)
            jti, body_hash = str(claims["jti"]), str(claims["bsh"])
        except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError):
            raise Unauthenticated from None
        if not 16 <= len(jti) <= 64 or not jti.isascii() or not jti.isprintable():
            raise Unauthenticated
        await self._use(platform, jti, expires_at)
        return PlatformCaller(platform=platform, body_hash=body_hash)

    async def _named(self, token: str) -> tuple[PlatformRow, Jwk]:
        try:
            header = jwt.get_unverified_header(token)
            issuer = jwt.decode(token, options={"verify_signature": False, "verify_aud": False}).get("iss")
        except (jwt.InvalidTokenError, ValueError):
            raise Unauthenticated from None
        platform = await platform_at(self._database, issuer) if isinstance(issuer, str) else None
        if platform is None or header.get("alg") != ALGORITHM:
            raise Unauthenticated
        key = next((jwk for jwk in platform.keys if jwk["kid"] == header.get("kid")), None)
        if key is None:
            raise Unauthenticated
        return platform, key

    def _check_times(self, claims: Mapping[str, Any]) -> datetime:
        times = [claims[name] for name in ("iat", "nbf", "exp")]
        if not all(isinstance(time, int) and not isinstance(time, bool) for time in times):
            raise ValueError
        issued, start, end = (datetime.fromtimestamp(time, UTC) for time in times)
        now = self._clock()
        if end - min(issued, start) > LONGEST_LIFE or start > now + SKEW or issued > now + SKEW or end <= now - SKEW:
            raise ValueError
        return end

    async def _use(self, platform: PlatformRow, jti: str, expires_at: datetime) -> None:
        async def work(unit: Unit) -> None:
            now = self._clock()
            await UsedToken.filter(expires_at__lt=now - 2 * SKEW).delete()
            await UsedToken.create(platform_id=platform.id, jti=jti, expires_at=expires_at)
            await note_answer(unit, platform.id, now)

        try:
            await self._database.unit_of_work(work)
        except IntegrityError:
            raise Unauthenticated("This token was used before.") from None


def sign_receipt(
    key: SigningKey, *, issuer: str, audience: str, remote_id: str, sha256: str, received_at: datetime
) -> Receipt:
    """A receipt for the platform ``audience``: what has been taken over here, and when."""
    at = received_at.astimezone(UTC)
    claims = {"iss": issuer, "aud": audience, "sub": remote_id, "sha256": sha256, "receivedAt": at.isoformat()}
    headers = {"kid": key.kid, "typ": "tramesa-receipt+jwt"}
    signature = jwt.encode(claims, key.private, algorithm=ALGORITHM, headers=headers)
    return Receipt(remote_id=remote_id, received_at=at, sha256=sha256, signature=signature)


class BadReceipt(ValueError):
    """This is no receipt of that platform for that document."""


def read_receipt(signature: str, platform: PlatformRow, *, audience: str, sha256: str) -> Receipt:
    """A receipt of a platform for a document; :class:`BadReceipt` for anything else."""
    try:
        kid = jwt.get_unverified_header(signature).get("kid")
        key = next(jwk for jwk in platform.keys if jwk["kid"] == kid)
        claims = jwt.decode(
            signature,
            key_of_jwk(key),
            algorithms=[ALGORITHM],
            audience=audience,
            issuer=platform.address,
            options={"require": ["iss", "aud", "sub", "sha256", "receivedAt"], "strict_aud": True},
        )
        received_at = datetime.fromisoformat(claims["receivedAt"])
    except (jwt.InvalidTokenError, StopIteration, ValueError, TypeError):
        raise BadReceipt(BadReceipt.__doc__) from None
    if claims["sha256"] != sha256 or received_at.tzinfo is None:
        raise BadReceipt(BadReceipt.__doc__)
    return Receipt(remote_id=claims["sub"], received_at=received_at, sha256=sha256, signature=signature)
