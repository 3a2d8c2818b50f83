"""Which of our media types a client accepts, best first (RFC 9110, section 12.5.1)."""

from __future__ import annotations

import re

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"

_QUALITY = re.compile(r"[01](\.[0-9]{0,3})?", re.ASCII)
_OFFERED = (JSON, GRAPHQL_RESPONSE, EVENT_STREAM)


def negotiate(accept: str) -> list[str]:
    """Our types that the header admits, in the client's order of preference; JSON alone where there is no header.

    A wildcard admits JSON: nobody asks for a stream by ``*/*``.
    """
    if not accept.strip():
        return [JSON]
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept.lower().split(",")):
        media_type, *parameters = (piece.strip() for piece in part.split(";"))
        quality = _quality(parameters)
        if quality <= 0:
            continue
        offered = JSON if media_type in {"*/*", "application/*"} else media_type
        if offered in _OFFERED:
            wanted.append((-quality, place, offered))
    return list(dict.fromkeys(offered for _, _, offered in sorted(wanted)))


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            return float(parameter[2:]) if _QUALITY.fullmatch(parameter[2:]) else 0
    return 1
