"""Plain fields: attributes read and written out as they are, without arguments, resolve info, path or call.

Nearly all of an answer is such fields. An object that has nothing else selected is written by a plan, made once an
operation; graphql-core's own executor does the rest. Whatever turns out not to be as it should be is done again by the
executor, so that errors are told as they always are: reading attributes changes nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from operator import attrgetter
from typing import Any, TypeGuard

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
)
from graphql.execution.executor import Executor
from graphql.pyutils import is_awaitable as _is_awaitable

from ...models.rows import ChangeRow, DocumentRow, InvoiceRow, PartyRow

Write = Callable[[Any], Any]

_AS_THEY_ARE = {"String": str, "ID": str, "Boolean": bool}
"""Scalars whose values, if of exactly this type, are written as they are."""


class Attribute:
    """The resolver of a plain field, and what becomes of its values: JSON by ``write``, one or many ``of`` a type."""

    __slots__ = ("exact", "many", "nullable", "of", "read", "write")

    def __init__(self, read: Callable[[Any], Any], type_: GraphQLOutputType) -> None:
        inner, self.nullable = _required(type_)
        item, item_nullable = _required(inner.of_type) if isinstance(inner, GraphQLList) else (inner, False)
        self.read = read
        self.many = item is not inner
        self.of = item if isinstance(item, GraphQLObjectType) and not item_nullable else None
        self.write = _writer(inner)
        self.exact = _AS_THEY_ARE.get(inner.name) if isinstance(inner, GraphQLScalarType) else None

    def __call__(self, source: Any, _: Any) -> Any:
        return self.read(source)


def _required(type_: Any) -> tuple[Any, bool]:
    """The type without its exclamation mark, and whether it has none."""
    return (type_.of_type, False) if isinstance(type_, GraphQLNonNull) else (type_, True)


def _writer(type_: Any) -> Write:
    if isinstance(type_, GraphQLScalarType):
        return type_.coerce_output_value
    if isinstance(type_, GraphQLEnumType):
        # Rows hold members or, where that is the name, a column's text; members of a StrEnum equal theirs.
        return {value.value: name for name, value in type_.values.items()}.__getitem__
    return _no_leaf


def _no_leaf(_: Any) -> Any:
    raise TypeError


def make_plain(schema: GraphQLSchema) -> None:
    """Give every field that only reads an attribute the resolver that the executor below knows."""
    for field in _fields(schema):
        if getattr(field.resolve, "_is_default", False):
            name = field.extensions["strawberry-definition"].python_name
            field.resolve = Attribute(attrgetter(name), field.type)


def _fields(schema: GraphQLSchema) -> Iterator[GraphQLField]:
    for name, type_ in schema.type_map.items():
        if isinstance(type_, GraphQLObjectType) and not name.startswith("__"):
            yield from type_.fields.values()


Entry = tuple[str, Attribute, "Plan | None"]
"""Response name, where the value comes from and, for objects, their own plan."""

Plan = list[Entry]


class PlainExecutor(Executor[Any]):
    """graphql-core's executor, with a plan for objects of which only plain fields are selected."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._plans: dict[tuple[GraphQLObjectType, int], tuple[Any, Plan | None]] = {}

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Any,
        grouped_field_set: Any,
        position_context: Any,
    ) -> Any:
        plan = self._plan(parent_type, grouped_field_set)
        if plan is not None:
            try:
                return _object(plan, source_value)
            except Exception:  # noqa: BLE001, S110 - see the module's docstring
                pass
        return super().execute_fields(parent_type, source_value, path, grouped_field_set, position_context)

    def execute_field(
        self, parent_type: GraphQLObjectType, source: Any, field_details_list: Any, path: Any, position_context: Any
    ) -> Any:
        entry = self._entry(parent_type, "", field_details_list)
        if entry is not None:
            try:
                return _object([entry], source)[""]
            except Exception:  # noqa: BLE001, S110
                pass
        return super().execute_field(parent_type, source, field_details_list, path, position_context)

    def _plan(self, parent_type: GraphQLObjectType, grouped_field_set: dict[str, Any]) -> Plan | None:
        key = (parent_type, id(grouped_field_set))
        known = self._plans.get(key)
        if known is None:
            entries = [self._entry(parent_type, name, details) for name, details in grouped_field_set.items()]
            plan = [entry for entry in entries if entry is not None]
            # The set is kept here too, so that its id stays its own.
            known = self._plans[key] = (grouped_field_set, plan if len(plan) == len(entries) else None)
        return known[1]

    def _entry(self, parent_type: GraphQLObjectType, name: str, details: Any) -> Entry | None:
        asked = details[0].node.name.value
        if asked == "__typename":
            return name, Attribute(lambda _: parent_type.name, GraphQLNonNull(GraphQLString)), None
        field = parent_type.fields.get(asked)
        attribute = None if field is None else field.resolve
        if not isinstance(attribute, Attribute):
            return None
        if attribute.of is None:
            return None if attribute.write is _no_leaf else (name, attribute, None)
        plan = self._plan(attribute.of, self.collect_subfields(attribute.of, details).grouped_field_set)
        return None if plan is None else (name, attribute, plan)


def _object(plan: Plan, source: Any) -> dict[str, Any]:
    """The object as JSON; raises where a value is not what its type promises."""
    result: dict[str, Any] = {}
    for name, attribute, nested in plan:
        value = attribute.read(source)
        if type(value) is attribute.exact:
            result[name] = value
        elif value is None:
            if not attribute.nullable:
                raise TypeError(name)
            result[name] = None
        elif nested is None:
            result[name] = written = attribute.write(value)
            if written is None:
                raise TypeError(name)
        elif attribute.many:
            result[name] = [_object(nested, item) for item in value]
        else:
            result[name] = _object(nested, value)
    return result


_NEVER_AWAITED = frozenset(
    {str, int, bool, type(None), dict, list, tuple, InvoiceRow, PartyRow, ChangeRow, DocumentRow}
)


def is_awaitable(value: Any) -> TypeGuard[Awaitable[Any]]:
    """Graphql-core's question, which it asks of every value and every result, answered at once for the usual ones."""
    return type(value) not in _NEVER_AWAITED and _is_awaitable(value)
