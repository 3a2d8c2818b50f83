"""Files by HTTP: the document byte for byte, attachments; with credentials or by a signed link."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from ..graphql.execution import masked
from ..models.database import UNREACHABLE, Database
from ..models.domain.errors import Refusal
from ..models.domain.faults import Unauthenticated
from ..models.files import StoredFile, mark_seen, read_attachment, read_document
from ..models.viewer import Viewer
from .credentials import bearer_credentials
from .services import Services

Find = Callable[[Database, Viewer, str], Awaitable[StoredFile | None]]


async def download_document(request: Request) -> Response:
    """``GET /invoices/{key}/document``."""
    return await _download(request, read_document)


async def download_attachment(request: Request) -> Response:
    """``GET /attachments/{key}``."""
    return await _download(request, read_attachment)


async def _download(request: Request, find: Find) -> Response:
    services: Services = request.app.state.services
    try:
        return await _found(request, services, find)
    except Unauthenticated as fault:
        return PlainTextResponse(str(fault), 401, {"www-authenticate": "Bearer"})
    except Exception as error:  # noqa: BLE001 - logged with its id, which is all that the client is told
        shown = masked(error)
        text = f"{shown['message']} ({shown['extensions']['errorId']})"
        return PlainTextResponse(text, 503 if isinstance(error, UNREACHABLE) else 500)


async def _found(request: Request, services: Services, find: Find) -> Response:
    viewer = await _viewer(request, services)
    key = _uuid(request.path_params["key"])
    file = None if key is None else await find(services.database, viewer, key)
    if file is None:
        return PlainTextResponse("There is no such file, or you may not see it.", 404)
    etag = f'"{file.sha256}"'
    headers = {"etag": etag, "cache-control": "private, no-cache", "x-content-type-options": "nosniff"}
    if request.method != "HEAD":
        await _seen(services.database, viewer, file)
    known = request.headers.get("if-none-match", "")
    if etag in known or known.strip() == "*":
        return Response(status_code=304, headers=headers)
    headers |= {
        "content-type": file.media_type,
        "content-disposition": disposition(file.name),
        # What others attached is never run in our name, whatever it is.
        "content-security-policy": "default-src 'none'; sandbox",
    }
    return Response(file.content, headers=headers)  # Of HEAD, the server sends the headers alone.


async def _viewer(request: Request, services: Services) -> Viewer:
    query = request.query_params
    if "signature" in query:
        user_id = query.get("for", "")
        permitted = services.links.permitted(request.url.path, user_id, query.get("expires", ""), query["signature"])
        if not permitted or _uuid(user_id) is None:
            raise Unauthenticated("This link is not good, or no longer.")
        return await services.authority.viewer_of_user(user_id)
    credentials = await bearer_credentials(services.authority, request.headers.get("authorization"))
    if credentials is None:
        raise Unauthenticated
    return credentials.viewer


async def _seen(database: Database, viewer: Viewer, file: StoredFile) -> None:
    try:
        await mark_seen(database, viewer, file.invoice_key)
    except Refusal:
        return  # Its issuer downloads it.


def _uuid(text: str) -> str | None:
    try:
        return str(UUID(text)) if len(text) == 36 else None
    except ValueError:
        return None


def disposition(name: str) -> str:
    """``Content-Disposition`` of a download: an ASCII name for old clients, the whole one by RFC 6266.

    >>> disposition("factura núm. 1.xml")
    'attachment; filename="factura n_m. 1.xml"; filename*=UTF-8\\'\\'factura%20n%C3%BAm.%201.xml'
    """
    plain = "".join(char if char.isascii() and char.isprintable() and char not in '"\\/%' else "_" for char in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name.encode('utf-8', 'replace'), safe='')}"
