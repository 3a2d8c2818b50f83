"""Refusing introspection, where a server keeps its schema to itself."""

from __future__ import annotations

from typing import Any

from graphql import ASTValidationRule, FieldNode, GraphQLError

from ...models.domain.faults import FaultCode


class NoIntrospection(ASTValidationRule):
    """Neither ``__schema`` nor ``__type`` is asked for; ``__typename`` tells nothing that the document does not."""

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Report a root of introspection."""
        if node.name.value in {"__schema", "__type"}:
            message = "Introspection is off here: the schema comes with the documentation."
            self.report_error(GraphQLError(message, node, extensions={"code": FaultCode.INTROSPECTION_DISABLED.value}))
