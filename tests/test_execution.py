"""What is refused before any field runs: text that no database holds, and documents that go too deep."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import get_introspection_query

from tramesa.graphql.engine.cost import MAX_LISTS
from tramesa.graphql.engine.execution import Engine, Ready, Request
from tramesa.graphql.engine.shape import MAX_TOKENS
from tramesa.graphql.schema import build_schema
from tramesa.tests.world import World


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(build_schema())


def refusal(engine: Engine, query: str, **variables: Any) -> tuple[str, str]:
    """Code and message of the one error."""
    response = engine.ready(Request(query, variables))
    assert isinstance(response, dict)
    assert list(response) == ["errors"]
    (error,) = response["errors"]
    return error["extensions"]["code"], error["message"]


NUL = ("BAD_USER_INPUT", "U+0000 is no text: databases cannot hold it.")
FIND = "query ($id: ID!) { invoice(id: $id) { id } }"


@pytest.mark.parametrize("literal", [r"\u0000", r"\u{0}", r"\u{000}"])
def test_u0000_in_a_document_is_refused(engine: Engine, literal: str) -> None:
    assert refusal(engine, f'{{ invoice(id: "a{literal}") {{ id }} }}') == NUL


@pytest.mark.parametrize("value", ["a\0", ["a\0"], {"a": {"b": ["\0"]}}, {"a\0": 1}])
def test_u0000_in_variables_is_refused_wherever_it_stands(engine: Engine, value: Any) -> None:
    assert refusal(engine, FIND, id=value) == NUL


def test_a_document_without_it_is_ready(engine: Engine) -> None:
    assert isinstance(engine.ready(Request(FIND, {"id": ["", {"a": None}, 0]})), Ready)


def nested(pairs: int) -> str:
    """Invoices with history, whose invoice has history, and so on: ``pairs`` + 1 lists below one another."""
    inner = "to"
    for _ in range(pairs):
        inner = f"history {{ to invoice {{ {inner if inner != 'to' else 'id'} }} }}"
    return f"{{ invoices(role: ISSUER) {{ nodes {{ {inner} }} }} }}"


def test_lists_within_lists_are_bounded(engine: Engine) -> None:
    assert isinstance(engine.ready(Request(nested(2))), Ready)

    code, message = refusal(engine, nested(MAX_LISTS))

    assert code == "TOO_COMPLEX"
    assert message == "The operation has 6 lists below one another; at most 5 are allowed."


def test_what_an_answer_may_hold_is_bounded(engine: Engine) -> None:
    page = "invoices(role: ISSUER, first: 100) { nodes { id number history { to at actor } } }"
    aliases = " ".join(f"a{n}: {page}" for n in range(40))

    assert isinstance(engine.ready(Request(f"{{ {page} }}")), Ready)
    assert refusal(engine, f"{{ {aliases} }}") == (
        "TOO_COMPLEX",
        "The operation costs 108080; at most 100000 are allowed. Ask for smaller pages or fewer fields.",
    )
    assert refusal(engine, nested(3).replace("ISSUER", "ISSUER, first: 100"))[0] == "TOO_COMPLEX"


def test_fragments_and_inline_fragments_hide_no_depth(engine: Engine) -> None:
    spreads = "".join(
        f" fragment F{n} on Invoice {{ ... on Invoice {{ history {{ invoice {{ ...F{n + 1} ...F{n + 1} }} }} }} }}"
        for n in range(40)
    )
    query = f"{{ invoices(role: ISSUER) {{ nodes {{ ... {{ ...F0 }} }} }} }}{spreads} fragment F40 on Invoice {{ id }}"

    assert refusal(engine, query) == (
        "TOO_COMPLEX",
        "The document has too much of something: 83 fields below one another, at most 20.",
    )


def test_introspection_is_not_too_deep(engine: Engine) -> None:
    assert isinstance(engine.ready(Request(get_introspection_query())), Ready)


def test_nesting_beyond_what_can_be_parsed_is_refused(engine: Engine) -> None:
    levels = MAX_TOKENS // 3
    query = "{" + "a{" * levels + "b" + "}" * levels + "}"

    assert refusal(engine, query) == (
        "GRAPHQL_VALIDATION_FAILED",
        "Syntax Error: Document is nested too deeply. Parsing aborted.",
    )


async def test_more_than_a_thousand_invoices_are_not_followed_by_id(small_world: World) -> None:
    person = await small_world.person()
    ids = ["x"] * 1001

    response = await small_world.client.post(
        "/graphql",
        json={
            "query": "subscription ($ids: [ID!]) { invoiceStatusChanged(invoiceIds: $ids) { cursor } }",
            "variables": {"ids": ids},
        },
        headers={"authorization": f"Bearer {person.token}", "accept": "text/event-stream"},
    )

    assert "Follow at most 1000 invoices by id." in response.text
    assert response.text.endswith("event: complete\ndata:\n\n")
