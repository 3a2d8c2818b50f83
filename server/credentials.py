"""What a request shows of who sends it."""

from __future__ import annotations

from starlette.datastructures import Address

from ..models.authority import Authority, Credentials
from ..models.database import UNREACHABLE
from ..models.domain.faults import Unauthenticated

MAX_TOKEN = 4096
RECHECK = 30.0
"""Seconds after which the credentials of an open stream are looked at again."""


async def bearer_credentials(authority: Authority, header: object) -> Credentials | None:
    """The credentials of an ``Authorization`` value; None without one, :class:`Unauthenticated` for a bad one."""
    if header is None or header == "":
        return None
    if not isinstance(header, str):
        raise Unauthenticated
    scheme, _, token = header.strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > MAX_TOKEN or not token.isascii():
        raise Unauthenticated
    return await authority.authenticate(token)


async def still_good(authority: Authority, header: object) -> bool:
    """Whether what was shown when a stream began opens the door now: a session may have been closed since."""
    try:
        await bearer_credentials(authority, header)
    except Unauthenticated:
        return False
    except UNREACHABLE:
        return True  # Nobody knows, so nobody is sent away.
    return True


def client_address(client: Address | None) -> str:
    """The network address that a request comes from."""
    return "unknown" if client is None else client.host
