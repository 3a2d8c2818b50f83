"""One attempt: the request that a delivery is, and what its answer means."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpcore2
import structlog

from ... import __version__
from ...models.database import Database
from ...models.domain.errors import Invalid
from ...models.domain.targets import Network, target_of
from ...models.domain.webhooks import headers_of
from ...models.webhooks.secrets import read_address
from ..cleaning import one_line
from ..outcome import Later, Outcome, Refused, Sent
from ..queue import Claim
from .dialing import Dialer, Resolve, system_resolver

log = structlog.get_logger(__name__)

TOTAL = 15.0
"""Seconds from looking the name up to the end of what is read."""
MAX_ANSWER = 64 * 1024
"""Bytes of an answer that are read; nothing depends on them."""
GONE = 410


class WebhookSender:
    """Sends deliveries, one at a time, over a new connection each; no cookies, redirects, proxies or compression.

    ``tls`` verifies certificates, ``resolve`` looks names up.
    """

    def __init__(
        self,
        database: Database,
        secret: str,
        *,
        inside: tuple[Network, ...] = (),
        tls: ssl.SSLContext | None = None,
        resolve: Resolve = system_resolver,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        total: float = TOTAL,
    ) -> None:
        self._database = database
        self._secret = secret
        self._inside = inside
        self._tls = tls or httpcore2.default_ssl_context()
        self._resolve = resolve
        self._clock = clock
        self._total = total

    async def send(self, taken: Claim) -> Outcome:
        """How the attempt ended."""
        address = await read_address(self._database, self._secret, str(taken.columns["webhook_id"]), self._clock())
        if address is None:
            return Refused(None, "the webhook has been deleted")
        try:
            scheme = target_of(address.url, self._inside).scheme
        except Invalid as refusal:
            return Later(None, refusal.message)
        body = str(taken.columns["body"]).encode()
        headers = {
            "content-type": "application/json",
            "user-agent": f"Tramesa/{__version__}",
            **headers_of(address.secrets, f"msg_{taken.id}", self._clock(), body),
        }
        return await self._outcome(address.url, scheme, headers, body)

    async def close(self) -> None:
        """Nothing is held between attempts."""

    async def _outcome(self, url: str, scheme: str, headers: dict[str, str], body: bytes) -> Outcome:
        try:
            async with asyncio.timeout(self._total):
                status = await self._post(url, scheme, headers, body)
        except TimeoutError:
            return Later(None, f"no answer within {self._total:g} seconds")
        except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError, ssl.SSLError) as error:
            return Later(None, _said(error))
        except (OSError, ValueError) as error:
            return Later(None, type(error).__name__)
        if 200 <= status < 300:
            return Sent()
        text = f"HTTP {status}" + (", and redirects are not followed" if 300 <= status < 400 else "")
        return Refused(status, text) if status == GONE else Later(status, text)

    async def _post(self, url: str, scheme: str, headers: dict[str, str], body: bytes) -> int:
        dialer = Dialer(scheme, self._inside, self._resolve)
        async with (
            httpcore2.AsyncConnectionPool(
                ssl_context=self._tls, max_connections=1, max_keepalive_connections=0, network_backend=dialer
            ) as pool,
            pool.stream("POST", url, headers=list(_with_host(url, headers).items()), content=body) as answer,
        ):
            await _read_a_little(answer)
            return int(answer.status)


def _with_host(url: str, headers: dict[str, str]) -> dict[str, str]:
    parsed = httpcore2.URL(url)
    host = parsed.host.decode()
    host = f"[{host}]" if ":" in host else host
    default = {b"https": 443, b"http": 80}[parsed.scheme]
    port = "" if parsed.port in {None, default} else f":{parsed.port}"
    return {"host": host + port, **headers}


async def _read_a_little(answer: Any) -> None:
    """So that a polite peer sees its answer taken; what a rude one goes on with is cut off with the connection."""
    size = 0
    async with contextlib.aclosing(answer.aiter_stream()) as parts:
        async for part in parts:
            size += len(part)
            if size > MAX_ANSWER:
                return


def _said(error: Exception) -> str:
    """The error in a line, for whoever owns the target; none of it is the target's own words."""
    text = one_line(str(error), 200)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
