"""From the bytes of an HTTP request to a GraphQL request; everything that is none is refused with 400 or its like."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol

import orjson
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest

from ..graphql.engine.execution import IDS, Request
from ..models.domain.errors import TramesaError
from ..models.domain.faults import FaultCode
from .accepting import GRAPHQL_RESPONSE, JSON

MAX_JSON = 1024 * 1024
MAX_MULTIPART = 72 * 1024 * 1024
"""Six files of ten megabytes, and what holds them together."""

PREFLIGHTED = (
    "authorization",
    "apollo-require-preflight",
    "graphql-preflight",
    "graphql-require-preflight",
    "x-apollo-operation-name",
    "x-requested-with",
)
"""Headers that a page of another origin cannot send before the browser has asked this server (CORS preflight)."""


class Digest(Protocol):
    """A hash that grows."""

    def update(self, data: bytes, /) -> None:
        """Take in more."""

    def hexdigest(self) -> str:
        """The hash of all that was taken in."""


class BadRequest(TramesaError):
    """This is no GraphQL request."""

    code = FaultCode.BAD_USER_INPUT

    def __init__(self, message: str, status: int = 400, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers

    @property
    def error(self) -> dict[str, Any]:
        """As a GraphQL error."""
        return {"message": str(self), "extensions": {"code": self.code.value}}


class Unasked(BadRequest):
    """The request lacks a header that a page of another origin cannot send without asking first."""

    code = FaultCode.PREFLIGHT_REQUIRED


async def read_request(request: HttpRequest) -> Request:
    """The GraphQL request of an HTTP request; :class:`BadRequest` for anything else."""
    read = await _read(request)
    if not read.query.strip() and not read.is_by_id:
        raise BadRequest("`query` must not be empty.")
    return read


async def _read(request: HttpRequest) -> Request:
    if request.method == "GET":
        return _of_query(request.query_params)
    media_type, parameters = parse_options_header(request.headers.get("content-type"))
    if media_type == b"application/json":
        if parameters.get(b"charset", b"utf-8").lower() not in {b"utf-8", b"utf8"}:
            raise BadRequest("Only UTF-8, please.", 415)
        return graphql_request(_json(await _body(request, MAX_JSON)))
    if media_type == b"multipart/form-data":
        return await _multipart(request)
    raise BadRequest("Send application/json or, for uploads, multipart/form-data.", 415)


def graphql_request(body: Any) -> Request:
    """A parsed body as a request, strictly."""
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object.")
    query, variables, name = body.get("query"), body.get("variables"), body.get("operationName")
    extensions = _extensions(body)
    if query is None and IDS & extensions.keys():
        query = ""
    elif not isinstance(query, str):
        raise BadRequest("`query` must be a string.")
    if variables is not None and not isinstance(variables, dict):
        raise BadRequest("`variables` must be an object or null.")
    if name is not None and not isinstance(name, str):
        raise BadRequest("`operationName` must be a string or null.")
    return Request(query, variables or {}, name or None, extensions)


def _extensions(body: dict[str, Any]) -> dict[str, Any]:
    """``extensions``, and in it the ``documentId`` that trusted documents may be named by beside them."""
    extensions, named = body.get("extensions"), body.get("documentId")
    if not isinstance(extensions, dict | None):
        raise BadRequest("`extensions` must be an object or null.")
    if not isinstance(named, str | None):
        raise BadRequest("`documentId` must be a string or null.")
    given = {name: value for name, value in (extensions or {}).items() if name != "documentId"}
    return given if named is None else {**given, "documentId": named}


def preflighted(headers: Headers) -> bool:
    """Whether the request has a header that a page of another origin cannot send without asking first."""
    if any(headers.get(name) for name in PREFLIGHTED):
        return True
    return parse_options_header(headers.get("content-type"))[0] == b"application/json"


def deliberate(headers: Headers) -> bool:
    """Whether a GET was meant as GraphQL: no link, image or form asks for JSON by name, and no foreign page may."""
    named = any(kind in headers.get("accept", "").lower() for kind in (JSON, GRAPHQL_RESPONSE))
    foreign = headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}
    return preflighted(headers) or (named and not foreign)


def _of_query(parameters: Mapping[str, str]) -> Request:
    body: dict[str, Any] = {name: parameters.get(name) for name in ("query", "operationName", "documentId")}
    for name in ("variables", "extensions"):
        text = parameters.get(name)
        body[name] = _json(text) if text else None
    return graphql_request(body)


async def close_files(request: HttpRequest) -> None:
    """Let go of the files that came with a request."""
    form: FormData | None = getattr(request.state, "form", None)
    if form is not None:
        await form.close()


def _json(data: bytes | str) -> Any:
    try:
        return orjson.loads(data)
    except (orjson.JSONDecodeError, RecursionError):
        raise BadRequest("The body is no JSON.") from None


def hash_body(request: HttpRequest) -> Digest:
    """The SHA-256 of the body, complete once the request has been read."""
    digest: Digest = hashlib.sha256()
    request.state.digest = digest
    return digest


async def _stream(request: HttpRequest) -> AsyncIterator[bytes]:
    digest: Digest | None = getattr(request.state, "digest", None)
    async for part in request.stream():
        if digest is not None:
            digest.update(part)
        yield part


async def _body(request: HttpRequest, limit: int) -> bytes:
    parts, size = [], 0
    async for part in _stream(request):
        size += len(part)
        if size > limit:
            raise BadRequest(f"The body has more than {limit} bytes.", 413)
        parts.append(part)
    return b"".join(parts)


async def _multipart(request: HttpRequest) -> Request:
    """graphql-multipart-request-spec: ``operations``, ``map``, then the files."""
    if not preflighted(request.headers):
        # A form of a foreign page can send multipart without asking first; it cannot set a header.
        raise Unasked("Uploads need a header that a form cannot send, such as Apollo-Require-Preflight: true.")
    fields, files = await _form(request)
    operations, places = _json(fields.get("operations", "")), _json(fields.get("map", ""))
    if not isinstance(operations, dict) or not isinstance(places, dict):
        raise BadRequest("`operations` and `map` must be JSON objects.")
    for name, paths in places.items():
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            raise BadRequest("`map` must give a list of paths for each file.")
        if name not in files:
            raise BadRequest(f"The file {name[:40]!r} of `map` is missing.")
        for path in paths:
            _place(operations, path.split("."), files[name])
    return graphql_request(operations)


async def _form(request: HttpRequest) -> tuple[Mapping[str, str], Mapping[str, UploadFile]]:
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length) > MAX_MULTIPART:
        raise BadRequest(f"The body has more than {MAX_MULTIPART} bytes.", 413)
    try:
        form = await MultiPartParser(
            Headers(scope=request.scope), _bounded(request), max_files=8, max_fields=8, max_part_size=MAX_JSON
        ).parse()
        request.state.form = form
    except (MultiPartException, MultipartParseError, HTTPException, ValueError, KeyError, UnicodeError) as error:
        raise BadRequest(f"The multipart body cannot be read: {str(error)[:200]}") from None
    fields: dict[str, str] = {}
    files: dict[str, UploadFile] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            files[name] = value
        else:
            fields[name] = value
    return fields, files


async def _bounded(request: HttpRequest) -> Any:
    size = 0
    async for part in _stream(request):
        size += len(part)
        if size > MAX_MULTIPART:
            raise BadRequest(f"The body has more than {MAX_MULTIPART} bytes.", 413)
        yield part


def _place(operations: Any, path: list[str], file: UploadFile) -> None:
    """Put a file where its path says; only in variables, and only in the place of a null."""
    if path[:1] != ["variables"] or len(path) < 2:
        raise BadRequest("Paths of `map` begin with `variables.`.")
    holder = operations
    try:
        for step in path[:-1]:
            holder = holder[_step(holder, step)]
        last = _step(holder, path[-1])
        if holder[last] is not None:
            raise BadRequest("A path of `map` must lead to a null in `operations`.")
        holder[last] = file
    except (KeyError, IndexError, ValueError, TypeError):
        raise BadRequest("A path of `map` leads nowhere in `operations`.") from None


def _step(holder: Any, step: str) -> Any:
    if not isinstance(holder, list):
        return step
    if not (step.isascii() and step.isdigit()):
        raise ValueError(step)
    return int(step)


__all__ = [
    "PREFLIGHTED",
    "BadRequest",
    "ClientDisconnect",
    "Unasked",
    "close_files",
    "deliberate",
    "graphql_request",
    "hash_body",
    "read_request",
]
