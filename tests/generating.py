"""Operations made from the schema: every field of it, and values for every argument; new fields come by themselves."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
)

MAX_FIELDS = 150
MAX_COST = 30_000
"""Where nothing more is opened: the server's limits are about three times these."""
MAX_LISTS = 4
SIZE = 3
"""How many entries of a page are asked for."""
FEW = 8
"""What is there more often than so is given no argument that it does without: another format of a document is dear."""


class Unmakeable(Exception):
    """There is no value for an argument; its coordinate says for which."""


@dataclass(frozen=True)
class Place:
    """Where a value is needed: ``Query.invoice(id:)`` or ``SignInInput.email``, its own name and its scalar's."""

    coordinate: str
    name: str
    scalar: str


Values = Callable[[Place], Any]
"""What to give for a scalar; raises :class:`Unmakeable`, or gives ``LEAVE_OUT`` for what need not be given."""
LEAVE_OUT = object()


@dataclass(frozen=True)
class File:
    """An upload among the variables."""

    name: str
    content: bytes


@dataclass
class Operation:
    """An operation that begins with one field, and its variables; uploads stand in them as :class:`File`."""

    kind: str
    root: str
    text: str
    variables: dict[str, Any]
    coordinates: set[str] = field(default_factory=set)
    """The fields that it selects, as ``Type.field``."""

    @property
    def label(self) -> str:
        return f"{self.kind}.{self.root}"


def roots(schema: GraphQLSchema, *kinds: str) -> Iterator[tuple[str, str, GraphQLField]]:
    """Every field that an operation can begin with: kind, name, field."""
    for kind, type_ in (
        ("query", schema.query_type),
        ("mutation", schema.mutation_type),
        ("subscription", schema.subscription_type),
    ):
        if type_ is not None and (not kinds or kind in kinds):
            for name, found in type_.fields.items():
                yield kind, name, found


class Maker:
    """Makes operations. ``chance`` decides what is random, ``whole`` gives optional inputs too.

    ``covered`` are the fields that other operations have: what is not among them is selected first.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        values: Values,
        chance: random.Random,
        *,
        whole: bool = True,
        covered: set[str] = frozenset(),  # type: ignore[assignment]
    ) -> None:
        self.schema, self.values, self.chance, self.whole, self.covered = schema, values, chance, whole, covered
        self._begin()

    def _begin(self) -> None:
        self._variables: dict[str, Any] = {}
        self._declared: list[str] = []
        self._opened: set[str] = set()
        self._coordinates: set[str] = set()
        self._fields = self._cost = 0

    def operation(self, kind: str, root: str, *, depth: int = 9) -> Operation:
        """An operation that begins with this field and selects as much below it as the server lets it."""
        self._begin()
        type_: Any = getattr(self.schema, f"{kind}_type")
        text = self._field(type_, root, depth, times=1, lists=0)
        declared = f"({', '.join(self._declared)})" if self._declared else ""
        return Operation(kind, root, f"{kind} X{declared} {{ {text} }}", self._variables, self._coordinates)

    def straight_to(self, coordinate: str) -> Operation:
        """The shortest query that selects a field, and nothing else."""
        path = _path_to(self.schema, coordinate)
        self._begin()
        texts, ends = [], []
        for parent, name, through in path:
            self._coordinates.add(f"{parent.name}.{name}")
            arguments = self._arguments(parent, name, parent.fields[name], rare=False)
            texts.append(f"{name}{arguments}{through}")
            ends.append(" }" * (through.count("{")))
        last = get_named_type(path[-1][0].fields[path[-1][1]].type)
        text = "".join(texts) + ("" if is_leaf_type(last) else " { __typename }") + "".join(ends)
        declared = f"({', '.join(self._declared)})" if self._declared else ""
        return Operation("query", path[0][1], f"query X{declared} {{ {text} }}", self._variables, self._coordinates)

    def _field(self, parent: Any, name: str, depth: int, *, times: int, lists: int, alias: str = "") -> str:
        found: GraphQLField = parent.fields[name]
        self._coordinates.add(f"{parent.name}.{name}")
        self._fields += 1
        self._cost += times
        text = f"{alias}{name}{self._arguments(parent, name, found, rare=times <= FEW)}"
        inner = get_named_type(found.type)
        if is_leaf_type(inner):
            return text
        many = _is_list(found.type)
        page = SIZE if "first" in found.args else 1
        selected = self.selection(inner, depth - 1, times=times * (8 if many else 1) * page, lists=lists + many)
        return f"{text} {{ {selected} }}"

    def selection(self, type_: Any, depth: int, *, times: int, lists: int) -> str:
        """Every leaf of a type, and of its objects those that there is room for, each edge once an operation."""
        if isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
            return self._fragments(type_, depth, times=times, lists=lists)
        return " ".join(self._selected(type_, depth, times=times, lists=lists))

    def _fragments(self, type_: Any, depth: int, *, times: int, lists: int) -> str:
        possible = list(self.schema.get_possible_types(type_))
        self.chance.shuffle(possible)
        kinds: dict[str, set[str]] = {}
        for one in possible:
            for name, found in one.fields.items():
                kinds.setdefault(name, set()).add(str(found.type))
        parts = ["__typename"]
        for one in possible:
            clashing = {name for name in one.fields if len(kinds[name]) > 1}
            fields = self._selected(one, depth, times=times, lists=lists, clashing=clashing)
            parts.append(f"... on {one.name} {{ {' '.join(fields)} }}")
        return " ".join(parts)

    def _selected(
        self,
        type_: GraphQLObjectType,
        depth: int,
        *,
        times: int,
        lists: int,
        clashing: set[str] = frozenset(),  # type: ignore[assignment]
    ) -> list[str]:
        names = list(type_.fields)
        self.chance.shuffle(names)
        names.sort(key=lambda name: (f"{type_.name}.{name}" in self.covered, _breadth(type_.fields[name].type)))
        leaves = [name for name in names if is_leaf_type(get_named_type(type_.fields[name].type))]
        parts = [self._aliased(type_, name, 0, times, lists, clashing) for name in leaves]
        for name in names:
            if name not in leaves and self._has_room(type_, name, depth, times, lists):
                self._opened.add(f"{type_.name}.{name}")
                parts.append(self._aliased(type_, name, depth, times, lists, clashing))
        return parts or ["__typename"]

    def _aliased(self, type_: Any, name: str, depth: int, times: int, lists: int, clashing: set[str]) -> str:
        alias = f"{type_.name}_{name}: " if name in clashing else ""
        return self._field(type_, name, depth, times=times, lists=lists, alias=alias)

    def _has_room(self, type_: Any, name: str, depth: int, times: int, lists: int) -> bool:
        many = _is_list(type_.fields[name].type)
        new = 1 if f"{type_.name}.{name}" in self.covered else 2
        fits = lists + many <= MAX_LISTS and self._fields < MAX_FIELDS * new
        below = len(getattr(get_named_type(type_.fields[name].type), "fields", ()))
        cheap = self._cost + times * (8 if many else 1) * below < MAX_COST * new
        return depth > 0 and fits and cheap and f"{type_.name}.{name}" not in self._opened

    def _arguments(self, parent: Any, name: str, found: GraphQLField, *, rare: bool) -> str:
        given = []
        for argument, definition in found.args.items():
            if not rare and not isinstance(definition.type, GraphQLNonNull):
                continue
            place = f"{parent.name}.{name}({argument}:)"
            value = self.value(place, argument, definition)
            if value is not LEAVE_OUT:
                variable = f"v{len(self._variables)}"
                self._variables[variable] = value
                self._declared.append(f"${variable}: {definition.type}")
                given.append(f"{argument}: ${variable}")
        return f"({', '.join(given)})" if given else ""

    def value(self, coordinate: str, name: str, definition: GraphQLArgument | GraphQLInputField) -> Any:
        """A value for an argument or a field of an input."""
        needed = isinstance(definition.type, GraphQLNonNull)
        if not needed and not self.whole and not isinstance(get_named_type(definition.type), GraphQLEnumType):
            return LEAVE_OUT
        value = self._of(definition.type, coordinate, name)
        if value is LEAVE_OUT and needed:
            raise Unmakeable(coordinate)
        return value

    def _of(self, type_: Any, coordinate: str, name: str) -> Any:
        if isinstance(type_, GraphQLNonNull):
            return self._of(type_.of_type, coordinate, name)
        if isinstance(type_, GraphQLList):
            one = self._of(type_.of_type, coordinate, name)
            return LEAVE_OUT if one is LEAVE_OUT else one if isinstance(one, list) else [one]
        if isinstance(type_, GraphQLEnumType):
            given = self.values(Place(coordinate, name, type_.name))
            return self.chance.choice(sorted(type_.values)) if given is LEAVE_OUT else given
        if isinstance(type_, GraphQLInputObjectType):
            made = {key: self.value(f"{type_.name}.{key}", key, part) for key, part in type_.fields.items()}
            return {key: value for key, value in made.items() if value is not LEAVE_OUT}
        return self.values(Place(coordinate, name, type_.name))


def _path_to(schema: GraphQLSchema, coordinate: str) -> list[tuple[Any, str, str]]:
    """Type and field of each step from a query's root, and what opens the selection of the next."""
    waiting: list[tuple[Any, list[tuple[Any, str, str]]]] = [(schema.query_type, [])]
    seen: set[str] = set()
    while waiting:
        type_, path = waiting.pop(0)
        if type_.name in seen:
            continue
        seen.add(type_.name)
        for name, found in type_.fields.items():
            if f"{type_.name}.{name}" == coordinate:
                return [*path, (type_, name, "")]
            inner = get_named_type(found.type)
            if isinstance(inner, GraphQLInterfaceType | GraphQLUnionType):
                waiting += [
                    (one, [*path, (type_, name, f" {{ ... on {one.name} {{ ")])
                    for one in schema.get_possible_types(inner)
                ]
            elif not is_leaf_type(inner):
                waiting.append((inner, [*path, (type_, name, " { ")]))
    raise LookupError(coordinate)


def _breadth(type_: Any) -> int:
    """How many objects and lists of them a type leads to: what leads to none is cheap."""
    fields = getattr(get_named_type(type_), "fields", {}).values()
    return sum(not is_leaf_type(get_named_type(one.type)) for one in fields)


def _is_list(type_: Any) -> bool:
    while isinstance(type_, GraphQLNonNull):
        type_ = type_.of_type
    return isinstance(type_, GraphQLList)


def files_of(value: Any, path: str = "variables") -> Iterator[tuple[str, File]]:
    """The uploads among variables, with their paths."""
    if isinstance(value, File):
        yield path, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from files_of(part, f"{path}.{key}")
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from files_of(part, f"{path}.{place}")


def without_files(value: Any) -> Any:
    """The same with null where an upload is."""
    if isinstance(value, dict):
        return {key: without_files(part) for key, part in value.items()}
    if isinstance(value, list):
        return [without_files(part) for part in value]
    return None if isinstance(value, File) else value


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every scalar of a JSON value, with the name that it stands under."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from leaves(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part, key)
    else:
        yield key, value


def reachable(schema: GraphQLSchema, *kinds: str) -> set[str]:
    """Every field that some operation (of these kinds) can select, as ``Type.field``."""
    found: set[str] = set()
    waiting: list[Any] = [getattr(schema, f"{kind}_type") for kind in kinds or ("query", "mutation", "subscription")]
    seen: set[str] = set()
    while waiting:
        type_ = waiting.pop()
        if type_.name in seen:
            continue
        seen.add(type_.name)
        if isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
            waiting += schema.get_possible_types(type_)
            continue
        for name, one in getattr(type_, "fields", {}).items():
            found.add(f"{type_.name}.{name}")
            waiting.append(get_named_type(one.type))
    return {one for one in found if not one.startswith("__")}
