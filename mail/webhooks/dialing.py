"""Connecting to where a name leads, and only where that may be: looked up once, judged, and connected to just there."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import ip_address
from typing import Any

from httpcore2 import AnyIOBackend, AsyncNetworkBackend, AsyncNetworkStream, ConnectError

from ...models.domain.targets import Network, reachable

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a name, in the order to try them."""

MAX_ADDRESSES = 4
"""So many are tried; a name may have hundreds."""


class Unreachable(ConnectError):
    """The name leads to no address that may be sent to."""


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """The addresses that this machine's resolver gives."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(where[4][0]) for where in found))


class Dialer(AsyncNetworkBackend):
    """Connects for one scheme. ``inside`` are networks that are allowed though they are not public.

    TLS asks for the name, so a certificate must be the name's, whatever the address.
    """

    def __init__(self, scheme: str, inside: tuple[Network, ...], resolve: Resolve = system_resolver) -> None:
        self._scheme = scheme
        self._inside = inside
        self._resolve = resolve
        self._network = AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's name
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> AsyncNetworkStream:
        """A connection to the first address that answers; :class:`Unreachable` where none may be asked."""
        failure: Exception = Unreachable("The name leads to no address that is sent to.")
        for address in await self._addresses(host, port):
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except ConnectError as error:
                failure = error
        raise failure

    async def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise ConnectError(f"The name cannot be resolved ({type(error).__name__}).") from None
        good = [text for text in found if reachable(ip_address(text), self._scheme, self._inside)]
        return good[:MAX_ADDRESSES]
