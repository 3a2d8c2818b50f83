"""What clients are told: data, and errors that each have an ``extensions.code``."""

from __future__ import annotations

from typing import Any

import structlog
from graphql import ExecutionResult, GraphQLError

from ...models.database import UNREACHABLE
from ...models.domain.errors import Refusal
from ...models.domain.faults import Fault, FaultCode
from ...models.identifiers import new_id

log = structlog.get_logger(__name__)

Response = dict[str, Any]


def response_of(result: ExecutionResult) -> Response:
    """The response of a result. Without ``data`` where no field ran."""
    if not result.errors:
        return {"data": result.data}
    errors = [formatted(error) for error in result.errors]
    if result.data is None and all(error.path is None for error in result.errors):
        return {"errors": errors}
    return {"data": result.data, "errors": errors}


def formatted(error: GraphQLError) -> dict[str, Any]:
    """An error as clients see it, with ``extensions.code``; what is our own fault is masked and logged."""
    original = error.original_error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    # A variable's value that its scalar refused: an error that stands in the document, where no field ran.
    refused = isinstance(original, ValueError) and error.path is None and bool(error.nodes)
    if original is None or isinstance(original, GraphQLError) or refused:
        return coded(error, FaultCode.BAD_USER_INPUT)
    if isinstance(original, Fault):
        return {**error.formatted, "message": str(original), "extensions": original.extensions}
    if isinstance(original, Refusal):
        extensions = {"code": FaultCode.BAD_USER_INPUT.value, "argumentPath": list(original.path)}
        return {**error.formatted, "message": original.message, "extensions": extensions}
    return _masked(error, original)


def invalid(error: GraphQLError) -> dict[str, Any]:
    """An error of a document, as clients see it."""
    return coded(error, FaultCode.GRAPHQL_VALIDATION_FAILED)


def coded(error: GraphQLError, code: FaultCode) -> dict[str, Any]:
    """An error with this code, unless whoever raised it knew a better one."""
    return {**error.formatted, "extensions": {"code": code.value, **(error.extensions or {})}}


def masked(error: Exception) -> dict[str, Any]:
    """What broke outside any field, as clients see it; logged under the id that they are given."""
    return _masked(GraphQLError(""), error)


def _masked(error: GraphQLError, original: Exception) -> dict[str, Any]:
    error_id = str(new_id())
    if isinstance(original, UNREACHABLE):
        log.error("database_unreachable", error_id=error_id, error=type(original).__name__)
        message = "The database cannot be reached at the moment; try again."
    else:
        log.error("internal_error", error_id=error_id, path=error.path, exc_info=original)
        message = "Something went wrong here; the error has been logged."
    extensions = {"code": FaultCode.INTERNAL_SERVER_ERROR.value, "errorId": error_id}
    return {**error.formatted, "message": message, "extensions": extensions}
