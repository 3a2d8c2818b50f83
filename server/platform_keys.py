"""The public keys of this server, for other platforms: ``/.well-known/jwks.json``."""

from __future__ import annotations

import orjson
from starlette.requests import Request
from starlette.responses import Response

from ..models.platforms.keys import public_keys
from .services import Services


async def public_key_set(request: Request) -> Response:
    """A JWKS: the key that is signed with and, where it has been made, the next one."""
    services: Services = request.app.state.services
    keys = [jwk for _, jwk in await public_keys(services.database)]
    return Response(orjson.dumps({"keys": keys}), headers={"content-type": "application/jwk-set+json"})
