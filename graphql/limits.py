"""How deep an operation may go, told in one pass over its document; each fragment is measured once.

Lists within lists multiply what an answer holds, so they are bounded more tightly than depth.
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

Size = tuple[int, int]
"""Depth, and lists among it."""


def too_deep(schema: GraphQLSchema, document: DocumentNode) -> GraphQLError | None:
    """The refusal of a valid document that goes too deep, else None."""
    measure = _Measure(schema, document)
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            depth, lists = measure.selections(node.selection_set, schema.get_root_type(node.operation))
            if depth > MAX_DEPTH or lists > MAX_LISTS:
                message = (
                    f"The operation is {depth} fields deep, {lists} lists among them;"
                    f" at most {MAX_DEPTH} and {MAX_LISTS} are allowed."
                )
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
        return max(depth for depth, _ in sizes), max(lists for _, lists in sizes)

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
        depth, lists = self.selections(node.selection_set, type_) if node.selection_set else (0, 0)
        return depth + 1, lists + many

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
