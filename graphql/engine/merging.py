"""Whether the fields of a document can be merged, in bounded time (GraphQL specification, 5.3.2).

graphql-core's rule compares every field with every other of its name, and every fragment with every other: three
kilobytes of ``id id id …`` cost it 80 ms. Here all fields of one name are looked at together, once: that they have one
shape, and that those which can meet in one object are the same field with the same arguments.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    is_leaf_type,
    print_ast,
)

from ...models.domain.faults import FaultCode

MAX_VISITS = 6_000
"""Fields that are looked at in all; a fragment counts wherever it is used. 2,000 tokens hold 2,000 at most."""


@dataclass(frozen=True, slots=True)
class _Field:
    """A field where it stands: in selections of a type, with the type that it has there."""

    node: FieldNode
    parent: Any
    type: Any


_Fields = dict[str, list[_Field]]


class _TooManyError(Exception):
    """More fields than anybody needs."""


def unmergeable(schema: GraphQLSchema, document: DocumentNode) -> GraphQLError | None:
    """The first conflict of a document that is valid otherwise, or the refusal of one too large; else None."""
    merging = _Merging(schema, document)
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            try:
                conflict = merging.conflict(node)
            except _TooManyError:
                message = f"The document has more than {MAX_VISITS} fields, those of fragments counted at each use."
                return GraphQLError(message, node, extensions={"code": FaultCode.TOO_COMPLEX.value})
            if conflict is not None:
                return conflict
    return None


class _Merging:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._visits = 0
        self._arguments: dict[int, tuple[str, ...]] = {}

    def conflict(self, operation: OperationDefinitionNode) -> GraphQLError | None:
        root = self._schema.get_root_type(operation.operation)
        fields = self._collected([(operation.selection_set, root)])
        return self._shapes(fields) or self._meetings(fields)

    def _shapes(self, fields: _Fields) -> GraphQLError | None:
        """All fields of one name give the same shape, wherever they can stand."""
        for same in fields.values():
            if len(same) > 1:
                first = _shape(same[0].type)
                for other in same[1:]:
                    if _shape(other.type) != first:
                        return _conflict(same[0], other, "they return conflicting types")
            found = self._shapes(self._below(same))
            if found is not None:
                return found
        return None

    def _meetings(self, fields: _Fields) -> GraphQLError | None:
        """Fields of one name that can stand in one object are one field with one set of arguments."""
        for same in fields.values():
            for group in _by_object(same):
                first = group[0]
                for other in group[1:]:
                    if other.node.name.value != first.node.name.value:
                        why = f"{first.node.name.value!r} and {other.node.name.value!r} are different fields"
                        return _conflict(first, other, why)
                    if self._said(other.node) != self._said(first.node):
                        return _conflict(first, other, "they have differing arguments")
                found = self._meetings(self._below(group))
                if found is not None:
                    return found
        return None

    def _said(self, node: FieldNode) -> tuple[str, ...]:
        """The arguments of a field, in any order."""
        if not node.arguments:
            return ()
        known = self._arguments.get(id(node))
        if known is None:
            known = self._arguments[id(node)] = tuple(sorted(print_ast(argument) for argument in node.arguments))
        return known

    def _below(self, fields: Iterable[_Field]) -> _Fields:
        return self._collected(
            (field.node.selection_set, _named(field.type)) for field in fields if field.node.selection_set is not None
        )

    def _collected(self, wanted: Iterable[tuple[SelectionSetNode, Any]]) -> _Fields:
        found: _Fields = {}
        used: set[tuple[str, str]] = set()
        for selections, parent in wanted:
            self._collect(selections, parent, found, used)
        return found

    def _collect(self, selections: SelectionSetNode, parent: Any, found: _Fields, used: set[tuple[str, str]]) -> None:
        for node in selections.selections:
            self._visits += 1
            if self._visits > MAX_VISITS:
                raise _TooManyError
            if isinstance(node, FieldNode):
                field = self._schema.get_field(parent, node.name.value)
                name = node.alias.value if node.alias is not None else node.name.value
                found.setdefault(name, []).append(_Field(node, parent, field and field.type))
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
                key = (node.name.value, parent.name)
                if key not in used:
                    used.add(key)
                    self._collect(fragment.selection_set, self._on(fragment, parent), found, used)
            elif isinstance(node, InlineFragmentNode):
                self._collect(node.selection_set, self._on(node, parent), found, used)

    def _on(self, node: Any, parent: Any) -> Any:
        condition = node.type_condition
        return parent if condition is None else self._schema.get_type(condition.name.value)


def _by_object(fields: list[_Field]) -> list[list[_Field]]:
    """Those that can stand in one object: by its type where that is certain, with all of abstract types in each."""
    if len(fields) == 1:
        return [fields]
    concrete: dict[str, list[_Field]] = {}
    abstract: list[_Field] = []
    for field in fields:
        if isinstance(field.parent, GraphQLObjectType):
            concrete.setdefault(field.parent.name, []).append(field)
        else:
            abstract.append(field)
    if not concrete:
        return [abstract]
    return [[*group, *abstract] for group in concrete.values()]


def _shape(type_: Any) -> str:
    """What a client sees of a type: lists and exclamation marks, and of leaves the name."""
    if isinstance(type_, GraphQLNonNull):
        return f"{_shape(type_.of_type)}!"
    if isinstance(type_, GraphQLList):
        return f"[{_shape(type_.of_type)}]"
    return type_.name if is_leaf_type(type_) else "{}"


def _named(type_: Any) -> Any:
    while isinstance(type_, GraphQLNonNull | GraphQLList):
        type_ = type_.of_type
    return type_


def _conflict(one: _Field, other: _Field, why: str) -> GraphQLError:
    name = one.node.alias.value if one.node.alias is not None else one.node.name.value
    message = f"Fields {name!r} conflict because {why}. Use different aliases on the fields to fetch both."
    return GraphQLError(message, [one.node, other.node])
