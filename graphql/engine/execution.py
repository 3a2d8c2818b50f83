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
    OverlappingFieldsCanBeMergedRule,
    execute,
    parse,
    specified_rules,
    subscribe,
    validate,
)

from ...models.domain.faults import FaultCode, ScopeMissing
from ..context import Context
from .cost import MAX_COST, CostOf, too_costly
from .introspection import NoIntrospection
from .merging import unmergeable
from .persisted import KnownDocuments
from .plain import PlainExecutor, is_awaitable
from .responses import Response, coded, formatted, invalid, response_of
from .scopes import check_scopes
from .shape import MAX_CHARACTERS, MAX_TOKENS, misshapen
from .variables import NUL, unfit_variables

MAX_SECONDS = 30.0
"""How long a query may run."""
CACHED_DOCUMENTS = 1_000
CACHED_TEXT = 50_000
"""Longer texts are parsed each time: nobody sends them twice, and they would fill the memory."""
CACHED_CHARACTERS = 500_000
"""Of all texts together. A parsed document takes up to 170 bytes for each of its characters."""

_RULES = tuple(rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule)
"""All but the one that ``merging`` does in bounded time."""

IDS = frozenset({"persistedQuery", "documentId"})
"""What names a document, among a request's extensions."""

_TOO_COMPLEX = {"code": FaultCode.TOO_COMPLEX.value}

_NUL = re.compile(r"\x00|\\u0000|\\u\{0+\}")


@dataclass(frozen=True, slots=True)
class Request:
    """A GraphQL request as any transport brings it."""

    query: str
    variables: dict[str, Any] = field(default_factory=dict)
    operation_name: str | None = None
    extensions: dict[str, Any] = field(default_factory=dict)

    @property
    def is_by_id(self) -> bool:
        """Whether the document is named rather than brought."""
        return not self.query and not IDS.isdisjoint(self.extensions)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that was parsed and validated; ``errors`` where it cannot be run, else the ``costs`` of doing so."""

    document: DocumentNode | None
    errors: tuple[GraphQLError, ...]
    costs: CostOf | None = None

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
    cost: int

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

    def __init__(
        self, schema: GraphQLSchema, *, introspection: bool = True, documents: KnownDocuments | None = None
    ) -> None:
        self.schema = schema
        self._closed = not introspection
        self._documents = documents or KnownDocuments()
        self._prepared: OrderedDict[str, Prepared] = OrderedDict()
        self._characters = 0

    def ready(self, request: Request) -> Ready | Response:
        """The request ready to run, or the response that says why it cannot: no field has run then."""
        try:
            text = self._documents.text_of(request.query, request.extensions)
        except GraphQLError as error:
            return {"errors": [coded(error, FaultCode.BAD_USER_INPUT)]}
        unfit = NUL if _NUL.search(text) else unfit_variables(request.variables)
        if unfit is not None:
            return {"errors": [coded(GraphQLError(unfit), FaultCode.BAD_USER_INPUT)]}
        prepared = self._prepare(text)
        if prepared.errors:
            return {"errors": [invalid(error) for error in prepared.errors]}
        self._documents.register(text, request.extensions)
        operation = prepared.operation(request.operation_name)
        if operation is None or prepared.document is None or prepared.costs is None:
            message = (
                f"There is no operation {request.operation_name!r} in the document."
                if request.operation_name is not None
                else "The document has not exactly one operation, so operationName must say which."
            )
            return {"errors": [coded(GraphQLError(message), FaultCode.BAD_USER_INPUT)]}
        cost, lists = prepared.costs.operation(operation, request.variables)
        refused = too_costly(cost, lists, operation)
        if refused is not None:
            return {"errors": [coded(refused, FaultCode.TOO_COMPLEX)]}
        return Ready(prepared.document, operation, request, cost)

    def _prepare(self, text: str) -> Prepared:
        prepared = self._prepared.get(text)
        if prepared is not None:
            self._prepared.move_to_end(text)
            return prepared
        prepared = self._prepared_anew(text, bounded=not self._documents.trusts(text))
        if len(text) <= CACHED_TEXT:
            self._prepared[text] = prepared
            self._characters += len(text)
            while len(self._prepared) > CACHED_DOCUMENTS or self._characters > CACHED_CHARACTERS:
                oldest, _ = self._prepared.popitem(last=False)
                self._characters -= len(oldest)
        return prepared

    def _prepared_anew(self, text: str, *, bounded: bool) -> Prepared:
        if bounded and len(text) > MAX_CHARACTERS:
            message = f"The document has {len(text)} characters, at most {MAX_CHARACTERS}."
            return Prepared(None, (GraphQLError(message, extensions=_TOO_COMPLEX),))
        try:
            document = parse(text, max_tokens=MAX_TOKENS if bounded else None)
            errors = self._faults(document, bounded=bounded)
        except GraphQLError as error:
            return Prepared(None, (_too_long(error) if f"more than {MAX_TOKENS} tokens" in str(error) else error,))
        except RecursionError:
            return Prepared(None, (GraphQLError("The document is nested too deeply."),))
        return Prepared(document, tuple(errors), None if errors else CostOf(self.schema, document))

    def _faults(self, document: DocumentNode, *, bounded: bool) -> list[GraphQLError]:
        """What is wrong with a document, cheap checks first: whatever it is, this takes some milliseconds."""
        if bounded and (shape := misshapen(document)):
            return [shape]
        if self._closed and (closed := validate(self.schema, document, [NoIntrospection])):
            return closed
        errors = validate(self.schema, document, _RULES, max_errors=20, hide_suggestions=self._closed)
        if errors:
            return errors
        conflict = unmergeable(self.schema, document)
        return [] if conflict is None else [conflict]

    async def run(self, ready: Ready, context: Context) -> Response:
        """The response to a query or mutation."""
        if (refused := _not_in_scope(ready, context)) is not None:
            return refused
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
        if not isinstance(outcome, ExecutionResult):
            try:
                # A change is never given up half-way: it is bounded by what it waits for.
                async with asyncio.timeout(None if ready.is_mutation else MAX_SECONDS):
                    outcome = await outcome
            except TimeoutError:
                message = f"The query took longer than {MAX_SECONDS:g} seconds."
                return {"errors": [coded(GraphQLError(message), FaultCode.TIMED_OUT)]}
        response = response_of(outcome)
        if "data" in response:
            response["extensions"] = {"cost": {"requested": ready.cost, "limit": MAX_COST}}
        return response

    async def follow(self, ready: Ready, context: Context) -> AsyncIterator[Response] | Response:
        """The responses of a subscription, or the one response that says why there are none."""
        if (refused := _not_in_scope(ready, context)) is not None:
            return refused
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


def _not_in_scope(ready: Ready, context: Context) -> Response | None:
    try:
        check_scopes(ready.document, ready.operation, context.scopes)
    except ScopeMissing as fault:
        return {"errors": [fault.formatted]}
    return None


def _too_long(error: GraphQLError) -> GraphQLError:
    message = f"The document has more than {MAX_TOKENS} tokens."
    return GraphQLError(message, source=error.source, positions=error.positions, extensions=_TOO_COMPLEX)


async def _responses(events: Any) -> AsyncIterator[Response]:
    try:
        async for event in events:
            yield response_of(event)
    except Exception as error:  # noqa: BLE001 - the stream ends with a response, whatever broke it
        yield {"data": None, "errors": [formatted(GraphQLError(str(error), original_error=error))]}
    finally:
        await events.aclose()
