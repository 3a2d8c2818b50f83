"""What an API token may do: one scope a field and a download, all of them in one table."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from graphql import GraphQLField, GraphQLNonNull, OperationDefinitionNode, parse
from starlette.routing import Route

from tramesa.graphql.engine.scopes import NEEDS, check_scopes
from tramesa.graphql.schema import build_schema
from tramesa.models.domain.faults import ScopeMissing
from tramesa.models.domain.scopes import ALL_SCOPES, Scope, scopes_of, scopes_text
from tramesa.models.domain.transitions import UserRole
from tramesa.tests.world import ISSUE, Person, World

SCHEMA = build_schema()
ROOTS = {"query": SCHEMA.query_type, "mutation": SCHEMA.mutation_type, "subscription": SCHEMA.subscription_type}
FIELDS = sorted(f"{kind}.{name}" for kind, type_ in ROOTS.items() if type_ for name in type_.fields)
GUARDED = sorted(field for field, scope in NEEDS.items() if scope is not None)

# Path of a download, and how it is asked for without anything that matters.
DOWNLOADS = {
    "/attachments/{key}": "GET",
    "/archives/{key}": "GET",
    "/invoices/{key}/document": "GET",
    "/invoices/{key}/receipt": "GET",
}
OPEN = {
    "/live/terms.js",
    "/",
    "/.well-known/jwks.json",
    "/explorer/{name:path}",
    "/graphql",
    "/healthz",
    "/live",
    "/live/",
    "/live/{name:path}",
    "/metrics",
    "/readyz",
    "/schema.graphql",
    "/stop/{key:uuid}/{signature}",
}


def operation(field: str) -> str:
    """An operation that begins with this field alone, its required arguments as variables that nobody gives."""
    kind, _, name = field.partition(".")
    type_: Any = ROOTS[kind]
    found: GraphQLField = type_.fields[name]
    needed = {key: str(arg.type) for key, arg in found.args.items() if isinstance(arg.type, GraphQLNonNull)}
    declared = ", ".join(f"${key}: {of}" for key, of in needed.items())
    given = ", ".join(f"{key}: ${key}" for key in needed)
    inner: Any = found.type
    while hasattr(inner, "of_type"):
        inner = inner.of_type
    selection = " { __typename }" if hasattr(inner, "fields") or hasattr(inner, "types") else ""
    return f"{kind} X{f'({declared})' if declared else ''} {{ {name}{f'({given})' if given else ''}{selection} }}"


async def token_of(person: Person, *scopes: Scope) -> str:
    made = await person.world.services.authority.create_api_token(person.email, "scoped", scopes=scopes)
    assert made is not None
    return made


def test_every_field_that_an_operation_begins_with_has_its_line() -> None:
    assert sorted(NEEDS) == FIELDS


async def test_every_route_is_a_download_or_open(world: World) -> None:
    paths = {route.path for route in world.app.routes if isinstance(route, Route)}

    assert paths == DOWNLOADS.keys() | OPEN


async def test_a_token_without_the_scope_is_told_which_it_lacks(small_world: World) -> None:
    person = await small_world.person()
    tokens = {scope: await token_of(person, *(ALL_SCOPES - {scope})) for scope in Scope}

    for field in GUARDED:
        scope, (kind, _, name) = NEEDS[field], field.partition(".")
        assert scope is not None
        answer = await ask(small_world, tokens[scope], operation(field), stream=kind == "subscription")
        message = f"This API token lacks the scope {scope} for {name} ({kind})."
        assert answer == {
            "errors": [{"message": message, "extensions": {"code": "FORBIDDEN", "missingScope": scope.value}}]
        }


async def ask(world: World, token: str, query: str, *, stream: bool) -> Any:
    headers = {"authorization": f"Bearer {token}"} | ({"accept": "text/event-stream"} if stream else {})
    response = await world.client.post("/graphql", json={"query": query}, headers=headers)
    if not stream:
        return response.json()
    assert response.content.startswith(b"event: next\ndata: ")
    return orjson.loads(response.content.split(b"\n")[1].removeprefix(b"data: "))


@pytest.mark.parametrize("field", FIELDS)
def test_the_scope_of_a_field_is_all_that_it_needs(field: str) -> None:
    document = parse(operation(field))
    node = document.definitions[0]
    assert isinstance(node, OperationDefinitionNode)
    scope = NEEDS[field]

    check_scopes(document, node, frozenset() if scope is None else {scope})
    if scope is not None:
        with pytest.raises(ScopeMissing):
            check_scopes(document, node, ALL_SCOPES - {scope})


def test_a_field_without_a_line_needs_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(NEEDS, "query.viewer")
    document = parse("{ viewer { name } }")

    with pytest.raises(ScopeMissing):
        check_scopes(document, document.definitions[0], ALL_SCOPES - {Scope.TOKENS_MANAGE})  # type: ignore[arg-type]


HIDDEN = [
    "query { viewer { name } ... on Query { invoice(id: $id) { id } } }",
    "query { viewer { name } ...A } fragment A on Query { ...B } fragment B on Query { x: invoice(id: $id) { id } }",
    "query { viewer { name } invoice(id: $id) @skip(if: true) { id } }",
]


@pytest.mark.parametrize("text", [text.replace("query", "query ($id: ID!)", 1) for text in HIDDEN])
async def test_a_field_is_found_wherever_it_stands(small_world: World, text: str) -> None:
    person = await small_world.person()
    token = await token_of(person, Scope.INVOICES_SEND)

    answer = await small_world.execute(text, {"id": "x"}, token)

    assert answer["errors"][0]["extensions"]["missingScope"] == "INVOICES_READ"
    assert "data" not in answer


async def test_of_a_refused_operation_nothing_has_run(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    token = await token_of(issuer, Scope.INVOICES_SEND)
    body = ISSUE.replace("mutation ($input", "mutation ($id: ID!, $input").rstrip().removesuffix("}")
    both = body + " conformInvoice(input: {invoiceId: $id}) { errors { code } } }"

    answer = await world.execute(both, {"id": "x", "input": world.invoice_input(receiver)}, token)

    assert answer["errors"][0]["extensions"] == {"code": "FORBIDDEN", "missingScope": "STATUS_CHANGE"}
    assert (await world.services.database.fetch("SELECT COUNT(*) FROM invoice"))[0][0] == 0


async def test_a_scope_gives_no_more_than_the_role_of_its_user(world: World) -> None:
    issuer = await world.person()
    receiver = await world.person()
    clerk = await world.person(UserRole.ISSUER, party=receiver)
    invoice = await world.issue(issuer, receiver)
    token = await token_of(clerk, Scope.STATUS_CHANGE)
    pay = "mutation ($i: ChangeStatusInput!) { conformInvoice(input: $i) { errors { code } } }"

    answer = await world.execute(pay, {"i": {"invoiceId": invoice["id"]}}, token)

    assert answer == {"data": {"conformInvoice": {"errors": [{"code": "FORBIDDEN"}]}}}


@pytest.mark.parametrize("path", sorted(DOWNLOADS))
async def test_a_download_needs_the_scope_of_reading(world: World, path: str) -> None:
    issuer, receiver = await world.person(), await world.person()
    invoice = await world.issue(issuer, receiver)
    url = path.replace("{key}", "0190a0b4-0000-7000-8000-000000000000")
    assert invoice["status"] == "REGISTERED"

    answers = [
        await world.client.request(DOWNLOADS[path], url, headers={"authorization": f"Bearer {token}"})
        for token in (
            await token_of(receiver, *(ALL_SCOPES - {Scope.INVOICES_READ})),
            await token_of(receiver, Scope.INVOICES_READ),
        )
    ]

    assert [answer.status_code for answer in answers] == [403, 404]
    assert answers[0].text == "This API token lacks the scope INVOICES_READ for downloads."


def test_the_column_of_scopes() -> None:
    assert (scopes_of(None), scopes_text(ALL_SCOPES)) == (ALL_SCOPES, None)
    assert scopes_text({Scope.STATUS_CHANGE, Scope.INVOICES_READ}) == "INVOICES_READ,STATUS_CHANGE"
    assert scopes_of("INVOICES_READ,OF_A_LATER_VERSION") == {Scope.INVOICES_READ}
    assert scopes_of("") == frozenset()
