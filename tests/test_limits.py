"""What a document may ask for: its shape, its cost, and that checking it is cheap whatever it is."""

from __future__ import annotations

import sys
from random import Random
from typing import Any

import pytest
from graphql import (
    OverlappingFieldsCanBeMergedRule,
    get_introspection_query,
    parse,
    specified_rules,
    validate,
)
from graphql import (
    build_schema as schema_of,
)
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tramesa.graphql.engine.cost import MAX_COST
from tramesa.graphql.engine.execution import Engine, Ready, Request
from tramesa.graphql.engine.merging import unmergeable
from tramesa.graphql.engine.shape import MAX_TOKENS
from tramesa.graphql.engine.variables import MAX_DEPTH, MAX_VALUES
from tramesa.graphql.schema import build_schema
from tramesa.tests.costly_documents import families, mixtures
from tramesa.tests.world import World

MOST_CALLS = 150_000
"""Of Python functions, before a document is refused or ready: 50 ms and less. The worst take a third of that."""


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(build_schema())


def refusal(engine: Engine, query: str, **variables: Any) -> tuple[str, str]:
    """Code and message of the one error."""
    response = engine.ready(Request(query, variables))
    assert isinstance(response, dict)
    (error,) = response["errors"]
    return error["extensions"]["code"], error["message"]


def calls(engine: Engine, text: str) -> int:
    """How many functions are called until the document is refused or ready."""
    count = 0

    def called(_: Any, event: str, __: Any) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(called)
    try:
        engine.ready(Request(text))
    finally:
        sys.setprofile(None)
    return count


COSTLY = [*families(MAX_TOKENS - 20), *families(MAX_TOKENS // 2), *mixtures(MAX_TOKENS, 1, 15)]


@pytest.mark.parametrize("text", [text for _, text in COSTLY], ids=[name for name, _ in COSTLY])
def test_no_document_is_expensive_to_check(engine: Engine, text: str) -> None:
    assert calls(Engine(engine.schema), text) < MOST_CALLS


TOO_MUCH = {
    "2100 tokens": ("{ viewer { " + "id " * 2_100 + "} }", "The document has more than 2000 tokens."),
    "characters": (f"# {'x' * 50_000}\n{{ viewer {{ id }} }}", "The document has 50020 characters, at most 50000."),
    "fields": ("{ viewer { " + "id " * 1_001 + "} }", "1002 fields, at most 1000"),
    "depth": ("{ a " + "{ a " * 20 + "}" * 21, "21 fields below one another, at most 20"),
    "roots": ("{ " + "viewer { id } " * 41 + "}", "41 fields at the root, at most 40"),
    "roots in fragments": (
        "{ ...F ...F } fragment F on Query { " + "viewer { id } " * 21 + "}",
        "42 fields at the root, at most 40",
    ),
    "mutations": (
        "mutation { " + " ".join(f"a{n}: signOut {{ errors {{ code }} }}" for n in range(11)) + " }",
        "11 fields",
    ),
    "aliases": ("{ viewer { " + " ".join(f"a{n}: id" for n in range(61)) + " } }", "61 aliases, at most 60"),
    "directives in one place": (
        "{ viewer { id " + "@include(if: true) " * 5 + "} }",
        "5 directives in one place, at most 4",
    ),
    "directives": ("{ viewer { " + "id @include(if: true) " * 41 + "} }", "41 directives, at most 40"),
    "operations": (" ".join(f"query Q{n} {{ viewer {{ id }} }}" for n in range(21)), "21 operations, at most 20"),
    "fragments": (
        "{ viewer { id } }" + " ".join(f"fragment F{n} on Viewer {{ id }}" for n in range(61)),
        "61 fragments, at most 60",
    ),
}


@pytest.mark.parametrize(("query", "message"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_too_much_of_anything_is_refused(engine: Engine, query: str, message: str) -> None:
    code, found = refusal(engine, query)

    assert code == "TOO_COMPLEX"
    assert message in found


def test_introspection_is_within_the_limits(engine: Engine) -> None:
    assert isinstance(engine.ready(Request(get_introspection_query())), Ready)


COSTS = [
    ("{ viewer { id } }", {}, 2),
    ("{ invoices(role: ISSUER) { nodes { id } } }", {}, 1 + 1 + 50),
    ("{ invoices(role: ISSUER, first: 10) { nodes { id } } }", {}, 1 + 1 + 10),
    ("query ($n: Int) { invoices(role: ISSUER, first: $n) { nodes { id } } }", {"n": 7}, 1 + 1 + 7),
    ("query ($n: Int = 9) { invoices(role: ISSUER, last: $n) { nodes { id } } }", {}, 1 + 1 + 9),
    ("query ($n: Int) { invoices(role: ISSUER, first: $n) { nodes { id } } }", {"n": 10**9}, 1 + 1 + 100),
    ("query ($n: Int) { invoices(role: ISSUER, first: $n) { nodes { id } } }", {"n": -5}, 1 + 1 + 50),
    ("query ($n: Int) { invoices(role: ISSUER, first: $n) { nodes { id } } }", {"n": "x"}, 1 + 1 + 50),
    ("{ invoices(role: ISSUER, first: 10) { nodes { history { to at } } } }", {}, 1 + 1 + 10 * (1 + 8 * 2)),
    ("{ invoices(role: ISSUER, first: 3) { edges { node { id } cursor } totalCount } }", {}, 1 + 1 + 3 * 3 + 51),
    ("query ($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": ["a", "b", "c"]}, 1 + 3),
    ("{ invoice(id: 1) { ...F ...F } } fragment F on Invoice { id issuer { id } }", {}, 1 + 2 * 3),
    ("mutation { signOut { errors { code } } }", {}, 51 + 1 + 8),
    ("{ invoice(id: 1) { document(format: PDF) { url } } }", {}, 1 + 501 + 1),
]


@pytest.mark.parametrize(("query", "variables", "cost"), COSTS)
def test_an_operation_has_a_cost(engine: Engine, query: str, variables: dict[str, Any], cost: int) -> None:
    for _ in range(2):  # The second time from what was kept.
        ready = engine.ready(Request(query, variables))

        assert isinstance(ready, Ready)
        assert ready.cost == cost


def test_a_document_costs_what_its_variables_make_it(engine: Engine) -> None:
    query = "query ($n: Int) { invoices(role: ISSUER, first: $n) { nodes { id } } }"

    costs = [engine.ready(Request(query, {"n": n})).cost for n in (1, 50, 1, 100)]  # type: ignore[union-attr]

    assert costs == [3, 52, 3, 102]


async def test_the_cost_is_told(small_world: World) -> None:
    person = await small_world.person()

    response = await small_world.client.post(
        "/graphql",
        json={"query": "{ invoices(role: ISSUER, first: 10) { nodes { id } } }"},
        headers={"authorization": f"Bearer {person.token}"},
    )

    assert response.json()["extensions"] == {"cost": {"requested": 12, "limit": MAX_COST}}


async def test_what_costs_too_much_is_told_how_much(small_world: World) -> None:
    page = "invoices(role: ISSUER, first: 100) { nodes { id number history { to at actor invoice { id } } } }"
    aliases = " ".join(f"a{n}: {page}" for n in range(30))

    response = await small_world.execute(f"{{ {aliases} }}", {})

    (error,) = response["errors"]
    assert error["extensions"] == {"code": "TOO_COMPLEX", "cost": {"requested": 129_060, "limit": MAX_COST}}


def test_variables_are_bounded(engine: Engine) -> None:
    query = "query ($id: ID!) { invoice(id: $id) { id } }"
    deep: Any = "x"
    for _ in range(MAX_DEPTH):
        deep = [deep]

    assert refusal(engine, query, id=deep) == ("BAD_USER_INPUT", "The variables are nested more than 16 levels deep.")
    assert refusal(engine, query, id=[0] * MAX_VALUES) == (
        "BAD_USER_INPUT",
        "The variables hold more than 100000 values.",
    )


# Merging, beside graphql-core's own rule.

SCHEMA = schema_of("""
type Query { a: A! b: B i: I list: [A!]! any: U leaf: Int same(x: Int, y: [Int]): String }
interface I { id: ID! name: String peer(n: Int): I }
type A implements I { id: ID! name: String peer(n: Int): I number: Int other: A deep: [A] }
type B implements I { id: ID! name: String peer(n: Int): I number: String other: B deep: B }
union U = A | B
""")
OTHERS = [rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule]
FIELDS = {
    "Query": [
        "a: leaf",
        "leaf",
        "same(x: 1)",
        "same(x: 2)",
        "same(y: [1], x: 1)",
        "same(x: 1, y: [1])",
        "n: __typename",
    ],
    "A": ["id", "name", "n: id", "n: name", "number", "n: number"],
    "B": ["id", "name", "n: id", "n: name", "number", "n: number"],
    "I": ["id", "name", "n: id", "n: name", "n: __typename"],
    "U": ["n: __typename", "__typename"],
}
OBJECTS = {
    "Query": [("a", "A"), ("b", "B"), ("i", "I"), ("a: i", "I"), ("any", "U"), ("list", "A"), ("a: list", "A")],
    "A": [("peer", "I"), ("peer(n: 1)", "I"), ("other", "A"), ("deep", "A")],
    "B": [("peer", "I"), ("peer(n: 1)", "I"), ("other", "B"), ("deep", "B")],
    "I": [("peer", "I"), ("peer(n: 1)", "I"), ("other: peer", "I")],
    "U": [],
}
NARROWER = {"Query": ["Query"], "A": ["A", "I"], "B": ["B", "I"], "I": ["A", "B", "I"], "U": ["A", "B", "I"]}


def selections(dice: Random, type_: str, depth: int, fragments: dict[str, list[str]]) -> str:
    found = []
    for _ in range(dice.randint(1, 4)):
        kind = dice.randint(0, 4)
        if kind == 0 or depth == 0:
            found.append(dice.choice(FIELDS[type_]))
        elif kind == 1 and OBJECTS[type_]:
            name, below = dice.choice(OBJECTS[type_])
            found.append(f"{name} {{ {selections(dice, below, depth - 1, fragments)} }}")
        elif kind == 2 and fragments.get(type_):
            found.append(f"...{dice.choice(fragments[type_])}")
        else:
            below = dice.choice(NARROWER[type_])
            found.append(f"... on {below} {{ {selections(dice, below, depth - 1, fragments)} }}")
    return " ".join(found)


def made_up(seed: int) -> str:
    dice = Random(seed)
    fragments: dict[str, list[str]] = {}
    texts = []
    for number in range(dice.randint(0, 4)):
        type_ = dice.choice(list(FIELDS))
        texts.append(f"fragment F{number} on {type_} {{ {selections(dice, type_, 2, fragments)} }}")
        fragments.setdefault(type_, []).append(f"F{number}")  # A fragment uses those before it: no cycles.
    return f"{{ {selections(dice, 'Query', 4, fragments)} }} {' '.join(texts)}"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(st.integers(0, 10**9))
def test_fields_merge_as_graphql_core_says(seed: int) -> None:
    document = parse(made_up(seed))
    assume(validate(SCHEMA, document, OTHERS) == [])  # No fragment unused: graphql-core looks into those too.

    expected = validate(SCHEMA, document, [OverlappingFieldsCanBeMergedRule])

    assert (unmergeable(SCHEMA, document) is None) == (expected == []), made_up(seed)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{ a { id } a: b { id } }", "Fields 'a' conflict because they return conflicting types."),
        ("{ b { id } b: any { ... on B { id } } }", "Fields 'b' conflict because 'b' and 'any' are different fields."),
        ("{ same(x: 1) same(x: 2) }", "Fields 'same' conflict because they have differing arguments."),
        ("{ any { ... on A { number } ... on B { number } } }", "Fields 'number' conflict because they return"),
    ],
)
def test_a_conflict_says_what_it_is(query: str, message: str) -> None:
    error = unmergeable(SCHEMA, parse(query))

    assert error is not None
    assert error.message.startswith(message)
    assert error.message.endswith("Use different aliases on the fields to fetch both.")
    assert len(error.locations or ()) == 2
