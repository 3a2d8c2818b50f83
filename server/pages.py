"""The pages that people look at, and the schema: static files, all under one strict policy."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response

from ..graphql.schema import schema_text
from .terms import terms_module

PAGES = Path(__file__).parent / "pages"
_SCHEMA = schema_text()

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:;"
    " font-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}


async def home(_: Request) -> Response:
    """``GET /``: the explorer where its files were taken (``scripts/explorer``), else a page that says how."""
    explorer = PAGES / "explorer" / "index.html"
    if explorer.is_file():
        return _file(explorer)
    return _file(PAGES / "no-explorer.html")


async def live(_: Request) -> Response:
    """``GET /live``: the page that shows invoices changing."""
    return _file(PAGES / "live" / "index.html")


async def live_file(request: Request) -> Response:
    """``GET /live/{name}``."""
    return _within(PAGES / "live", request.path_params["name"])


async def live_terms(_: Request) -> Response:
    """``GET /live/terms.js``: the one of the page's modules that is made, from the words of the pictures."""
    return Response(terms_module(), media_type="text/javascript", headers=_HEADERS)


async def explorer_file(request: Request) -> Response:
    """``GET /explorer/{name}``."""
    return _within(PAGES / "explorer", request.path_params["name"])


async def schema(_: Request) -> Response:
    """``GET /schema.graphql``."""
    return PlainTextResponse(_SCHEMA, headers={"x-content-type-options": "nosniff"})


async def to_live(_: Request) -> Response:
    """``GET /`` where there is no explorer to be had."""
    return RedirectResponse("/live")


async def off(_: Request) -> Response:
    """What takes the place of the explorer's files and the schema where the setting has them off."""
    return PlainTextResponse("This is off here (TRAMESA_INTROSPECTION).", 404)


def _within(folder: Path, name: str) -> Response:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        return PlainTextResponse("Not found", 404)
    return _file(path)


def _file(path: Path) -> Response:
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return FileResponse(path, media_type=media_type, headers=_HEADERS)
