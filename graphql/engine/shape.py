"""What a document may look like, told in one linear pass before it is validated: validation itself costs time.

Nothing here knows the schema, and nothing trusts the document: fragments may be unknown, used by themselves, or used a
million times over. Each is looked at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

from ...models.domain.faults import FaultCode

MAX_CHARACTERS = 50_000
MAX_TOKENS = 2_000
"""A query for all that there is about an invoice has some 900; GraphiQL's introspection, 400."""
MAX_OPERATIONS = 20
MAX_FRAGMENTS = 60
MAX_FIELDS = 1_000
"""Written in the whole document."""
MAX_DEPTH = 20
"""Fields below one another. GraphiQL's introspection needs 15."""
MAX_ALIASES = 60
MAX_ROOT_FIELDS = 40
MAX_MUTATIONS = 10
MAX_DIRECTIVES = 40
MAX_DIRECTIVES_EACH = 4
"""On one field, fragment or operation: @include and @skip, and what a client's tools leave in."""


@dataclass(slots=True)
class Shape:
    """What some selections come to, fragments included: fields below one another, and how many of each thing."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0
    most_directives: int = 0
    fields: int = 0
    """On the first level."""

    def add(self, other: Shape, *, below: int = 0) -> None:
        """Stand beside ``other``, which begins so many levels further down."""
        self.depth = max(self.depth, other.depth + below)
        self.aliases += other.aliases
        self.directives += other.directives
        self.most_directives = max(self.most_directives, other.most_directives)
        if not below:
            self.fields += other.fields


def misshapen(document: DocumentNode) -> GraphQLError | None:
    """The refusal of a document that is too large in one way or another, else None."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    fragments = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
    counts = {"operations": (len(operations), MAX_OPERATIONS), "fragments": (len(fragments), MAX_FRAGMENTS)}
    survey = _Survey(fragments)
    for operation in operations:
        shape = survey.selections(operation.selection_set)
        shape.add(_directed(operation), below=1)
        roots = MAX_MUTATIONS if operation.operation is OperationType.MUTATION else MAX_ROOT_FIELDS
        counts |= {
            "fields below one another": (shape.depth, MAX_DEPTH),
            "fields at the root": (shape.fields, roots),
            "aliases": (shape.aliases, MAX_ALIASES),
            "directives": (shape.directives, MAX_DIRECTIVES),
            "directives in one place": (shape.most_directives, MAX_DIRECTIVES_EACH),
        }
        refused = _refusal(counts, operation)
        if refused is not None:
            return refused
    for fragment in fragments:
        survey.fragment(fragment.name.value)
    return _refusal(counts | {"fields": (survey.written, MAX_FIELDS)}, None)


def _refusal(counts: dict[str, tuple[int, int]], node: OperationDefinitionNode | None) -> GraphQLError | None:
    too_many = [f"{count} {what}, at most {most}" for what, (count, most) in counts.items() if count > most]
    if not too_many:
        return None
    message = f"The document has too much of something: {'; '.join(too_many)}."
    return GraphQLError(message, node, extensions={"code": FaultCode.TOO_COMPLEX.value})


def _directed(node: Any) -> Shape:
    count = len(node.directives or ())
    return Shape(directives=count, most_directives=count)


class _Survey:
    """Each fragment is surveyed once; one that leads back to itself ends there, and validation says so."""

    def __init__(self, fragments: list[FragmentDefinitionNode]) -> None:
        self._fragments = {node.name.value: node for node in fragments}
        self._known: dict[str, Shape] = {}
        self.written = 0

    def selections(self, selections: SelectionSetNode) -> Shape:
        shape = Shape()
        for node in selections.selections:
            shape.add(_directed(node))
            if isinstance(node, FieldNode):
                self._field(shape, node)
            elif isinstance(node, FragmentSpreadNode):
                shape.add(self.fragment(node.name.value))
            elif isinstance(node, InlineFragmentNode):
                shape.add(self.selections(node.selection_set))
        return shape

    def _field(self, shape: Shape, node: FieldNode) -> None:
        self.written += 1
        shape.fields += 1
        shape.depth = max(shape.depth, 1)
        shape.aliases += node.alias is not None
        if node.selection_set is not None:
            shape.add(self.selections(node.selection_set), below=1)

    def fragment(self, name: str) -> Shape:
        if name not in self._known:
            self._known[name] = Shape()
            node = self._fragments.get(name)
            if node is not None:
                shape = self.selections(node.selection_set)
                shape.add(_directed(node))
                self._known[name] = shape
        return self._known[name]
