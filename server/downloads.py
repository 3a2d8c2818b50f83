"""Files by HTTP: the document byte for byte, attachments; with credentials or by a signed link."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from ..graphql.documents.renderings import Rendered, render_document, render_receipt
from ..graphql.engine.responses import masked
from ..models.database import UNREACHABLE, Database
from ..models.domain.errors import DocumentRefused, Refusal
from ..models.domain.faults import ScopeMissing, Unauthenticated
from ..models.domain.findings import Finding
from ..models.domain.invoice import DocumentFormat
from ..models.domain.scopes import Scope
from ..models.domain.states import Language
from ..models.reading.files import StoredFile, mark_seen, read_attachment
from ..models.viewer import Viewer
from .credentials import bearer_credentials
from .services import Services

Find = Callable[[Database, Viewer, str], Awaitable[Rendered | StoredFile | None]]

_SHORT_NAMES = {
    "ORIGINAL": None,
    "FACTURAE": DocumentFormat.FACTURAE_3_2_2,
    "UBL": DocumentFormat.UBL_2_1,
}
_FINDINGS_BYTES = 4096
"""What proxies let through in one header, with room to spare."""


async def download_document(request: Request) -> Response:
    """``GET /invoices/{key}/document?format=…&language=…``: as it came, or turned into another format."""
    try:
        format_ = _format(request.query_params.get("format"))
        language = _language(request.query_params.get("language"))
    except ValueError as error:
        return PlainTextResponse(str(error), 400)

    async def find(database: Database, viewer: Viewer, key: str) -> Rendered | None:
        return await render_document(database, viewer, key, format_, language)

    return await _download(request, find)


async def download_receipt(request: Request) -> Response:
    """``GET /invoices/{key}/receipt?language=…``: the receipt of its entry, a PDF."""
    try:
        language = _language(request.query_params.get("language"))
    except ValueError as error:
        return PlainTextResponse(str(error), 400)

    async def find(database: Database, viewer: Viewer, key: str) -> StoredFile | None:
        return await render_receipt(database, viewer, key, language)

    return await _download(request, find)


async def download_attachment(request: Request) -> Response:
    """``GET /attachments/{key}``."""
    return await _download(request, read_attachment)


def _format(text: str | None) -> DocumentFormat | None:
    """The format that is asked for, by its GraphQL name or as original, facturae, ubl or pdf, in any case."""
    name = (text or "ORIGINAL").upper()
    if name in _SHORT_NAMES:
        return _SHORT_NAMES[name]
    if name not in DocumentFormat.__members__:
        raise ValueError("Unknown format: ask for original, FACTURAE_3_2_2, UBL_2_1 or PDF.")
    return DocumentFormat[name]


def _language(text: str | None) -> Language | None:
    if not text:
        return None
    if text.upper() not in Language.__members__:
        raise ValueError("Unknown language: ask for ca, es or en.")
    return Language[text.upper()]


def _findings_header(findings: tuple[Finding, ...]) -> dict[str, str]:
    """``tramesa-findings``: what the format cannot say, a JSON list of rule, place and message, in ASCII.

    A header has little room: where it ends before the findings do, its last entry says how many there are beyond.
    """
    listed = [_shown(finding) for finding in findings]
    shown = len(listed)
    while len(text := json.dumps(listed)) > _FINDINGS_BYTES:
        shown = min(shown - 1, shown * 7 // 8)
        more = f"{len(findings) - shown} more: Invoice.document(format:) has them all in its findings."
        listed = [*map(_shown, findings[:shown]), {"rule": "", "location": None, "message": more}]
    return {"tramesa-findings": text} if findings else {}


def _shown(finding: Finding) -> dict[str, str | None]:
    return {"rule": finding.rule, "location": finding.location, "message": finding.message}


def _cannot_be_written(refusal: DocumentRefused) -> Response:
    """422: the invoice has no document in that format; a JSON object with the ``findings`` that say why."""
    findings = [_shown(finding) | {"severity": finding.severity.value} for finding in refusal.findings]
    return JSONResponse({"message": "This invoice cannot be given in that format.", "findings": findings}, 422)


async def _download(request: Request, find: Find) -> Response:
    services: Services = request.app.state.services
    return await answered(_found(request, services, find))


async def answered(work: Awaitable[Response]) -> Response:
    """The response, or what a fault is to a client that downloads."""
    try:
        return await work
    except Unauthenticated as fault:
        return PlainTextResponse(str(fault), 401, {"www-authenticate": "Bearer"})
    except ScopeMissing as fault:
        return PlainTextResponse(str(fault), 403)
    except DocumentRefused as refusal:
        return _cannot_be_written(refusal)
    except Exception as error:  # noqa: BLE001 - logged with its id, which is all that the client is told
        shown = masked(error)
        text = f"{shown['message']} ({shown['extensions']['errorId']})"
        return PlainTextResponse(text, 503 if isinstance(error, UNREACHABLE) else 500)


async def _found(request: Request, services: Services, find: Find) -> Response:
    viewer = await viewer_of_download(request, services)
    key = uuid_of(request.path_params["key"])
    found = None if key is None else await find(services.database, viewer, key)
    if found is None:
        return PlainTextResponse("There is no such file, or you may not see it.", 404)
    file, findings = (found.file, found.findings) if isinstance(found, Rendered) else (found, ())
    etag = f'"{file.sha256}"'
    headers = {"etag": etag, "cache-control": "private, no-cache", "x-content-type-options": "nosniff"}
    if request.method != "HEAD":
        await _seen(services.database, viewer, file)
    known = request.headers.get("if-none-match", "")
    if etag in known or known.strip() == "*":
        return Response(status_code=304, headers=headers)
    headers |= {
        **_findings_header(findings),
        "content-type": file.media_type,
        "content-disposition": disposition(file.name),
        # What others attached is never run in our name, whatever it is.
        "content-security-policy": "default-src 'none'; sandbox",
    }
    return Response(file.content, headers=headers)  # Of HEAD, the server sends the headers alone.


async def viewer_of_download(request: Request, services: Services) -> Viewer:
    """Who asks for a file, by credentials or by the signature of the link; :class:`Unauthenticated` for nobody."""
    query = request.query_params
    if "signature" in query:
        user_id = query.get("for", "")
        permitted = services.links.permitted(request.url.path, user_id, query.get("expires", ""), query["signature"])
        if not permitted or uuid_of(user_id) is None:
            raise Unauthenticated("This link is not good, or no longer.")
        return await services.authority.viewer_of_user(user_id)
    credentials = await bearer_credentials(services.authority, request.headers.get("authorization"))
    if credentials is None:
        raise Unauthenticated
    if Scope.INVOICES_READ not in credentials.scopes:
        raise ScopeMissing(Scope.INVOICES_READ, "downloads")
    return credentials.viewer


async def _seen(database: Database, viewer: Viewer, file: StoredFile) -> None:
    try:
        await mark_seen(database, viewer, file.invoice_key)
    except Refusal:
        return  # Its issuer downloads it.


def uuid_of(text: str) -> str | None:
    """A UUID as text; None for anything else."""
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
