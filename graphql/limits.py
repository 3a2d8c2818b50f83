"""How deep an operation may go and how much it may ask for, told in one pass; each fragment is measured once.

Lists within lists multiply what an answer holds: a page counts as full, any other list as eight.
"""

from __future__ import annotations

from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from ..models.domain.faults import FaultCode

MAX_DEPTH = 20
"""Fields below one another. GraphiQL's introspection needs 15."""
MAX_LISTS = 5
"""Lists below one another: invoices, their history, its invoice's history make three."""

MAX_FIELDS = 100_000
"""Fields that an answer is estimated to have. A full page with all of an invoice and its history has about 30,000."""

PAGE, LIST = 100, 8
_PAGED = frozenset({"nodes", "edges"})

Size = tuple[int, int, int]
"""Depth, lists among it, and estimated fields."""


def too_much(schema: GraphQLSchema, document: DocumentNode) -> GraphQLError | None:
    """The refusal of a valid document that goes too deep or asks for too much, else None."""
    measure = _Measure(schema, document)
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            depth, lists, fields = measure.selections(node.selection_set, schema.get_root_type(node.operation))
            if depth > MAX_DEPTH or lists > MAX_LISTS:
                message = (
                    f"The operation is {depth} fields deep, {lists} lists among them;"
                    f" at most {MAX_DEPTH} and {MAX_LISTS} are allowed."
                )
            elif fields > MAX_FIELDS:
                message = f"The answer may have {fields} fields; at most {MAX_FIELDS} are allowed."
            else:
                continue
            return GraphQLError(message, node, extensions={"code": FaultCode.TOO_COMPLEX.value})
    return None


class _Measure:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[str, Size] = {}

    def selections(self, selections: SelectionSetNode, parent: Any) -> Size:
        sizes = [self._selection(node, parent) for node in selections.selections]
        depths, lists, fields = zip(*sizes, strict=True)
        return max(depths), max(lists), sum(fields)

    def _selection(self, node: Any, parent: Any) -> Size:
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value)
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            type_ = parent if condition is None else self._schema.get_type(condition.name.value)
            return self.selections(node.selection_set, type_)
        return self._field(node, parent)

    def _field(self, node: FieldNode, parent: Any) -> Size:
        type_, many = _unwrapped(self._schema, parent, node.name.value)
        if node.selection_set is None:
            return 1, many, 1
        depth, lists, fields = self.selections(node.selection_set, type_)
        times = (PAGE if node.name.value in _PAGED else LIST) if many else 1
        return depth + 1, lists + many, 1 + times * fields

    def _fragment(self, name: str) -> Size:
        if name not in self._known:
            node = self._fragments[name]
            type_ = self._schema.get_type(node.type_condition.name.value)
            self._known[name] = self.selections(node.selection_set, type_)
        return self._known[name]


def _unwrapped(schema: GraphQLSchema, parent: Any, name: str) -> tuple[Any, int]:
    """The type that a field's selections are of, and 1 where the field is a list."""
    field = schema.get_field(parent, name)
    type_, many = field.type if field is not None else None, 0
    while isinstance(type_, GraphQLNonNull | GraphQLList):
        many = 1 if isinstance(type_, GraphQLList) else many
        type_ = type_.of_type
    return type_, many
