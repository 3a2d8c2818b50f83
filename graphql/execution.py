"""Running operations: each text parsed and validated once, executed by graphql-core, its errors told apart.

Strawberry describes the schema; its pipeline would parse, validate and wrap every request anew.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    execute,
    parse,
    subscribe,
    validate,
)

from ..models.domain.faults import FaultCode
from .context import Context
from .introspection import NoIntrospection
from .limits import too_much
from .plain import PlainExecutor, is_awaitable
from .responses import Response, coded, formatted, invalid, response_of

MAX_TOKENS = 10_000
CACHED_DOCUMENTS = 1_000
CACHED_TEXT = 50_000
"""Longer texts are parsed each time: nobody sends them twice, and they would fill the memory."""
CACHED_CHARACTERS = 500_000
"""Of all texts together. A parsed document takes up to 170 bytes for each of its characters."""

_NUL = re.compile(r"\x00|\\u0000|\\u\{0+\}")


@dataclass(frozen=True, slots=True)
class Request:
    """A GraphQL request as any transport brings it."""

    query: str
    variables: dict[str, Any] = field(default_factory=dict)
    operation_name: str | None = None
    extensions: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that was parsed and validated; ``errors`` where it cannot be run."""

    document: DocumentNode | None
    errors: tuple[GraphQLError, ...]

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation of this name, or the only one; None where that is not clear."""
        if self.document is None:
            return None
        operations = [node for node in self.document.definitions if isinstance(node, OperationDefinitionNode)]
        if name is not None:
            return next((node for node in operations if node.name is not None and node.name.value == name), None)
        return operations[0] if len(operations) == 1 else None


@dataclass(frozen=True, slots=True)
class Ready:
    """A request that can be run."""

    document: DocumentNode
    operation: OperationDefinitionNode
    request: Request

    @property
    def is_subscription(self) -> bool:
        """Whether it goes on and on."""
        return self.operation.operation is OperationType.SUBSCRIPTION

    @property
    def is_mutation(self) -> bool:
        """Whether it changes something."""
        return self.operation.operation is OperationType.MUTATION

    @property
    def kind(self) -> str:
        """query, mutation or subscription."""
        return self.operation.operation.value

    @property
    def name(self) -> str:
        """For logs: the operation's name, or its kind."""
        return self.operation.name.value if self.operation.name else self.kind


class Engine:
    """Runs requests against the schema. Without ``introspection`` it does not tell what it has, nor suggest names."""

    def __init__(self, schema: GraphQLSchema, *, introspection: bool = True) -> None:
        self.schema = schema
        self._closed = not introspection
        self._prepared: OrderedDict[str, Prepared] = OrderedDict()
        self._characters = 0

    def ready(self, request: Request) -> Ready | Response:
        """The request ready to run, or the response that says why it cannot: no field has run then."""
        if _NUL.search(request.query) or _holds_nul(request.variables):
            message = "U+0000 is no text: databases cannot hold it."
            return {"errors": [coded(GraphQLError(message), FaultCode.BAD_USER_INPUT)]}
        prepared = self._prepare(request.query)
        if prepared.errors:
            return {"errors": [invalid(error) for error in prepared.errors]}
        operation = prepared.operation(request.operation_name)
        if operation is None or prepared.document is None:
            message = (
                f"There is no operation {request.operation_name!r} in the document."
                if request.operation_name is not None
                else "The document has not exactly one operation, so operationName must say which."
            )
            return {"errors": [coded(GraphQLError(message), FaultCode.BAD_USER_INPUT)]}
        return Ready(prepared.document, operation, request)

    def _prepare(self, text: str) -> Prepared:
        prepared = self._prepared.get(text)
        if prepared is not None:
            self._prepared.move_to_end(text)
            return prepared
        try:
            document = parse(text, max_tokens=MAX_TOKENS)
        except GraphQLError as error:
            return Prepared(None, (error,))
        try:
            errors = self._faults(document)
        except RecursionError:
            errors = [GraphQLError("The document is nested too deeply.")]
        prepared = Prepared(document, tuple(errors))
        if len(text) <= CACHED_TEXT:
            self._prepared[text] = prepared
            self._characters += len(text)
            while len(self._prepared) > CACHED_DOCUMENTS or self._characters > CACHED_CHARACTERS:
                oldest, _ = self._prepared.popitem(last=False)
                self._characters -= len(oldest)
        return prepared

    def _faults(self, document: DocumentNode) -> list[GraphQLError]:
        if self._closed and (closed := validate(self.schema, document, [NoIntrospection])):
            return closed
        errors = validate(self.schema, document, max_errors=20, hide_suggestions=self._closed)
        limit = None if errors else too_much(self.schema, document)
        return errors if limit is None else [limit]

    async def run(self, ready: Ready, context: Context) -> Response:
        """The response to a query or mutation."""
        outcome = execute(
            self.schema,
            ready.document,
            context_value=context,
            variable_values=ready.request.variables,
            operation_name=ready.request.operation_name,
            executor_class=PlainExecutor,
            is_awaitable=is_awaitable,
            hide_suggestions=self._closed,
        )
        result = await outcome if not isinstance(outcome, ExecutionResult) else outcome
        return response_of(result)

    async def follow(self, ready: Ready, context: Context) -> AsyncIterator[Response] | Response:
        """The responses of a subscription, or the one response that says why there are none."""
        outcome = subscribe(
            self.schema,
            ready.document,
            context_value=context,
            variable_values=ready.request.variables,
            operation_name=ready.request.operation_name,
            hide_suggestions=self._closed,
        )
        if asyncio.iscoroutine(outcome) or isinstance(outcome, asyncio.Future):
            outcome = await outcome
        if isinstance(outcome, ExecutionResult):
            response = response_of(outcome)
            response.pop("data", None)
            return response
        return _responses(outcome)


async def _responses(events: Any) -> AsyncIterator[Response]:
    try:
        async for event in events:
            yield response_of(event)
    except Exception as error:  # noqa: BLE001 - the stream ends with a response, whatever broke it
        yield {"data": None, "errors": [formatted(GraphQLError(str(error), original_error=error))]}
    finally:
        await events.aclose()


def _holds_nul(variables: dict[str, Any]) -> bool:
    # No recursion: variables may be nested deeper than Python calls.
    waiting: list[Any] = [variables]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.keys()
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str) and "\x00" in value:
            return True
    return False
