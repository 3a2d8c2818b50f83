"""What a request shows of who sends it."""

from __future__ import annotations

from datetime import datetime
from math import inf

from starlette.datastructures import Address

from ..models.domain.faults import Unauthenticated
from ..models.people.authority import Authority, Credentials
from ..models.platforms.tokens import PlatformCaller, PlatformGate, is_platform_token

MAX_TOKEN = 4096


async def bearer_credentials(authority: Authority, header: object) -> Credentials | None:
    """The credentials of an ``Authorization`` value; None without one, :class:`Unauthenticated` for a bad one."""
    token = bearer_token(header)
    return None if token is None else await authority.authenticate(token)


def bearer_token(header: object) -> str | None:
    """The token of an ``Authorization`` value; None without one, :class:`Unauthenticated` for any other."""
    if header is None or header == "":
        return None
    if not isinstance(header, str):
        raise Unauthenticated
    scheme, _, token = header.strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > MAX_TOKEN or not token.isascii():
        raise Unauthenticated
    return token


async def platform_caller(gate: PlatformGate, header: object) -> PlatformCaller | None:
    """The other platform that an ``Authorization`` value names; None where it is none of a platform."""
    token = bearer_token(header)
    return await gate.authenticate(token) if token is not None and is_platform_token(token) else None


def client_address(client: Address | None) -> str:
    """The network address that a request comes from."""
    return "unknown" if client is None else client.host


def seconds_left(expires_at: datetime | None, now: datetime) -> float:
    """How long credentials are still good; infinity for those that do not end by themselves."""
    return inf if expires_at is None else (expires_at - now).total_seconds()
