"""Which pages may talk to this server from a browser."""

from __future__ import annotations

from urllib.parse import urlsplit

from .settings import Settings


def allowed(origin: str | None, host: str | None, settings: Settings) -> bool:
    """Whether a handshake with this ``Origin`` is welcome: our pages, those of the setting, and what is no browser."""
    if origin is None:
        return True
    if "*" in settings.allowed_origins or origin in settings.allowed_origins or origin == settings.public_url:
        return True
    try:
        return bool(host) and urlsplit(origin).netloc == host
    except ValueError:  # "http://[" has no netloc.
        return False
