"""Asking another Tramesa server over HTTP: one signed request, one bounded answer, no redirects."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ...models.platforms.keys import SigningKey
from ...models.platforms.tokens import make_token
from .adapter import NotNow

if TYPE_CHECKING:
    import httpx2 as httpx

MAX_ANSWER = 4 * 1024 * 1024
SILENCE, CONNECTING = 20.0, 5.0
"""Seconds without a byte, and to connect in, after which the other side is given up."""
LONGEST = 45.0
"""Seconds that one request takes at most, however slowly the other side drips."""

Files = Mapping[str, tuple[str, bytes, str]]
"""Path of a variable → name, bytes and media type of the file in its place."""


class GraphqlClient:
    """Asks the platform at ``address`` in the name of the one at ``own_address``. ``key`` gives what it signs with."""

    def __init__(self, address: str, own_address: str, key: Callable[[], Awaitable[SigningKey]]) -> None:
        self._address = address
        self._own_address = own_address
        self._key = key
        self._client: httpx.AsyncClient | None = None

    async def ask(
        self, query: str, variables: Mapping[str, Any], files: Files | None = None, *, within: float = LONGEST
    ) -> dict[str, Any]:
        """The ``data`` of an operation; :class:`~.adapter.NotNow` for anything that is none."""
        import httpx2 as httpx  # noqa: PLC0415 - slow to import, and a server without other platforms needs it not

        try:
            async with asyncio.timeout(within):
                status, answer = await self._exchange(query, variables, files)
        except TimeoutError:
            raise NotNow(f"No answer within {within:g} seconds.") from None
        except (httpx.HTTPError, OSError, ValueError) as error:
            raise NotNow(f"{type(error).__name__}: {error}"[:300]) from None
        return _data(status, answer)

    async def close(self) -> None:
        """Let go of connections; the next question opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _exchange(self, query: str, variables: Mapping[str, Any], files: Files | None) -> tuple[int, bytes]:
        client = self._opened()
        request = client.build_request("POST", f"{self._address}/graphql", **_body(query, variables, files))
        body = request.read()
        token = make_token(
            await self._key(),
            issuer=self._own_address,
            audience=self._address,
            body_hash=hashlib.sha256(body).hexdigest(),
            now=datetime.now(UTC),
        )
        request.headers["authorization"] = f"Bearer {token}"
        request.headers["accept"] = "application/json"
        response = await client.send(request, stream=True)
        try:
            return response.status_code, await _read(response)
        finally:
            await response.aclose()

    def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            import httpx2 as httpx  # noqa: PLC0415

            timeout = httpx.Timeout(SILENCE, connect=CONNECTING)
            self._client = httpx.AsyncClient(timeout=timeout, follow_redirects=False, trust_env=False)
        return self._client


def _body(query: str, variables: Mapping[str, Any], files: Files | None) -> dict[str, Any]:
    operations = {"query": query, "variables": variables}
    if not files:
        return {"json": operations}
    places = {str(place): [f"variables.{path}"] for place, path in enumerate(files)}
    parts = {str(place): file for place, file in enumerate(files.values())}
    return {"data": {"operations": json.dumps(operations), "map": json.dumps(places)}, "files": parts}


async def _read(response: httpx.Response) -> bytes:
    parts, size = [], 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > MAX_ANSWER:
            raise NotNow(f"The answer has more than {MAX_ANSWER} bytes.", response.status_code)
        parts.append(part)
    return b"".join(parts)


def _data(status: int, answer: bytes) -> dict[str, Any]:
    if status == 401:
        raise NotNow("It does not accept our credentials: does it know our key and address?", status)
    try:
        body = json.loads(answer)
        data, errors = body.get("data"), body.get("errors")
    except (ValueError, AttributeError, RecursionError):
        raise NotNow(f"It answered with status {status} and no GraphQL.", status) from None
    if status != 200 or errors or not isinstance(data, dict):
        raise _not_now(status, errors)
    return data


def _not_now(status: int, errors: Any) -> NotNow:
    try:
        more = errors[0].get("extensions", {})
        message, fault = str(errors[0]["message"])[:300], more.get("code")
        argument = tuple(str(part) for part in more.get("argumentPath", ()))
    except (TypeError, KeyError, IndexError, AttributeError):
        message, fault, argument = "no data", None, ()
    said = fault if isinstance(fault, str) else None
    return NotNow(f"It answered with status {status}: {message}", status, argument=argument, fault=said)
