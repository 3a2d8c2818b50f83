"""What every answer has and every request needs, whatever answers it: an id, a host that is ours, safe headers.

A pure ASGI middleware: all policy is worked out once, from the settings.
"""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..models.database import REQUEST_ID
from .settings import Settings

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
_PROBED = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked by address from inside, by whatever keeps the server alive."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)

_SAFE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class Front:
    """Stands before the application."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._hosts = allowed_hosts(settings)
        self._headers = dict(_SAFE)
        # Front ends of other origins show attachments and pictures by signed links.
        self._headers["cross-origin-resource-policy"] = "cross-origin" if settings.allowed_origins else "same-origin"
        if settings.public_url.startswith("https://"):
            self._headers["strict-transport-security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = _request_id(headers.get("x-request-id"))

        async def send_dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._dress(MutableHeaders(scope=message), request_id)
            await send(message)

        token = REQUEST_ID.set(request_id)
        try:
            with structlog.contextvars.bound_contextvars(request_id=request_id):
                if self._is_ours(headers, scope):
                    await self._app(scope, receive, send_dressed)
                elif scope["type"] == "websocket":
                    await receive()
                    await send({"type": "websocket.close", "code": 1008})
                else:
                    await _NOT_OURS(scope, receive, send_dressed)
        finally:
            REQUEST_ID.reset(token)

    def _is_ours(self, headers: Headers, scope: Scope) -> bool:
        """Whether the request names a host of ours: a page elsewhere may have rebound its name to our address."""
        if "*" in self._hosts or scope["path"] in _PROBED:
            return True
        given = headers.getlist("host")
        return len(given) == 1 and host_name(given[0]) in self._hosts

    def _dress(self, headers: MutableHeaders, request_id: str) -> None:
        headers["x-request-id"] = request_id
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        if "frame-ancestors 'none'" in headers["content-security-policy"]:
            headers["x-frame-options"] = "DENY"  # The same for browsers that do not know the other.


_NOT_OURS = PlainTextResponse(
    "This server does not answer for that host: see TRAMESA_PUBLIC_URL and TRAMESA_ALLOWED_HOSTS.", 421
)


def allowed_hosts(settings: Settings) -> frozenset[str]:
    """The names that requests may call this server by: the public address's, this machine's own, the setting's."""
    public = host_name(urlsplit(settings.public_url).netloc)
    return _LOOPBACK | {public} | frozenset(name.lower() for name in settings.allowed_hosts)


def host_name(host: str) -> str:
    """A ``Host`` without its port, in lower case: ``[::1]:8000`` is ``[::1]``."""
    name = host.strip().lower()
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0].rstrip(".")


def _request_id(given: str | None) -> str:
    """The id that a proxy gave, where it is one that fits into any log and header; else a new one."""
    return given if given is not None and _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
