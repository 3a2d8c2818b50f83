"""The short cut for plain fields answers what graphql-core's own executor answers, errors included."""

from __future__ import annotations

from enum import StrEnum
from types import SimpleNamespace
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    execute,
    parse,
)

from tramesa.graphql.engine.plain import Attribute, PlainExecutor, is_awaitable


class Colour(StrEnum):
    RED = "RED"
    BLUE = "BLUE"


COLOUR = GraphQLEnumType("Colour", {colour.name: colour for colour in Colour})


def plain(name: str, type_: Any) -> GraphQLField:
    return GraphQLField(type_, resolve=Attribute(lambda source: getattr(source, name), type_))


def thing_fields() -> dict[str, GraphQLField]:
    return {
        "name": plain("name", GraphQLNonNull(GraphQLString)),
        "note": plain("note", GraphQLString),
        "size": plain("size", GraphQLInt),
        "colour": plain("colour", COLOUR),
        "words": plain("words", GraphQLList(GraphQLNonNull(GraphQLString))),
        "part": plain("part", THING),
        "whole": plain("whole", GraphQLNonNull(THING)),
        "parts": plain("parts", GraphQLList(GraphQLNonNull(THING))),
        "gaps": plain("gaps", GraphQLList(THING)),
        "shout": GraphQLField(GraphQLString, resolve=lambda source, _: source.name.upper()),
        "later": GraphQLField(GraphQLString, resolve=later),
    }


async def later(source: Any, _: Any) -> str:
    name: str = source.name
    return name[::-1]


THING = GraphQLObjectType("Thing", thing_fields)
SCHEMA = GraphQLSchema(GraphQLObjectType("Query", {"thing": GraphQLField(THING, resolve=lambda root, _: root)}))


def thing(**changes: Any) -> Any:
    values: dict[str, Any] = {"name": "a", "note": None, "size": 3, "colour": Colour.RED, "words": ["x"], "gaps": []}
    return SimpleNamespace(**values | {"part": None, "parts": [], "whole": None} | changes)


SMALL = thing(name="small", note="n")
LEAVES = "name note size colour"

CASES = {
    "leaves": (LEAVES, thing(note="n")),
    "a column's text for an enum": ("colour", thing(colour="BLUE")),
    "typename and aliases": (f"__typename n: name part {{ t: __typename {LEAVES} }}", thing(part=SMALL)),
    "nested": (
        f"part {{ {LEAVES} parts {{ name }} }} parts {{ {LEAVES} }}",
        thing(part=thing(parts=[SMALL]), parts=[SMALL] * 2),
    ),
    "fragments": (
        "...F part { ...F ... on Thing { size } } } } fragment F on Thing { name ...G } fragment G on Thing { size",
        thing(part=SMALL),
    ),
    "nothing for an object": ("part { name } parts { name }", thing(parts=None)),
    "nothing for a needed object": ("whole { name }", thing()),
    "a list of leaves": ("name words", thing()),
    "a list with gaps": ("gaps { name }", thing(gaps=[SMALL, None])),
    "a gap where there must be none": ("name parts { name }", thing(parts=[SMALL, None])),
    "computed beside plain": (f"{LEAVES} shout part {{ shout name }}", thing(part=SMALL)),
    "awaited beside plain": (f"{LEAVES} later parts {{ later name }}", thing(parts=[SMALL])),
    "nothing for a needed leaf": ("note name", thing(name=None)),
    "nothing for a needed leaf, deep": ("note part { parts { name } }", thing(part=thing(parts=[thing(name=None)]))),
    "a value that its type refuses": ("name size parts { size note }", thing(size="x", parts=[thing(size=2**40)])),
    "a value that is no member": ("name colour", thing(colour="GREEN")),
    "an attribute that is not there": ("name part { note }", thing(part=SimpleNamespace(name="bare"))),
    "an exception for a value": ("name note", thing(note=ValueError("no note"))),
}


async def answer(selection: str, root: Any, **options: Any) -> dict[str, Any]:
    # A case with a fragment brings the end of the operation along.
    document = f"{{ thing {{ {selection} }}" + ("" if "fragment" in selection else " }")
    outcome: Any = execute(SCHEMA, parse(document), root, **options)
    result = await outcome if hasattr(outcome, "__await__") else outcome
    return {"data": result.data, "errors": [error.formatted for error in result.errors or ()]}


@pytest.mark.parametrize("case", CASES)
async def test_the_answer_is_the_stock_executors(case: str) -> None:
    selection, root = CASES[case]

    ours = await answer(selection, root, executor_class=PlainExecutor, is_awaitable=is_awaitable)

    assert ours == await answer(selection, root)


async def test_a_plain_object_takes_no_path_through_the_executor(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr(PlainExecutor, "build_resolve_info", refuse)
    root = SimpleNamespace(part=SMALL)
    schema = GraphQLSchema(GraphQLObjectType("Query", {"part": plain("part", THING)}))

    result: Any = execute(schema, parse(f"{{ part {{ __typename {LEAVES} }} }}"), root, executor_class=PlainExecutor)

    expected = {"__typename": "Thing", "name": "small", "note": "n", "size": 3, "colour": "RED"}
    assert (result.data, result.errors) == ({"part": expected}, None)
