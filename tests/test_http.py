"""GraphQL over HTTP: what is no GraphQL is refused, what is asked for is negotiated, what breaks is masked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from httpx2 import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from tramesa.tests.world import World, costless

JSON = {"content-type": "application/json"}
RESPONSE = "application/graphql-response+json"
# What urql sends with every operation, a plain query too.
URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
)
CATALOGUE = "{ statuses { status } }"
FOLLOW = "subscription { invoiceStatusChanged { cursor } }"


async def post(world: World, content: bytes | Mapping[str, Any], **headers: str) -> Response:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return await world.client.post("/graphql", content=body, headers={**JSON, **headers})


def codes(response: Response) -> list[str]:
    """`extensions.code` of each error of a response without data."""
    body = response.json()
    assert set(body) == {"errors"}
    return [error["extensions"]["code"] for error in body["errors"]]


BODIES = {
    "number": b"5",
    "string": b'"x"',
    "null": b"null",
    "true": b"true",
    "list": b"[]",
    "batch": b'[{"query": "{ viewer { id } }"}]',
    "empty object": b"{}",
    "empty": b"",
    "space": b" ",
    "no JSON": b"{query: 1}",
    "two values": b"{} {}",
    "cut off": b'{"query": "{ viewer',
    "bad UTF-8": b'{"query": "\xff\xfe"}',
    "lone surrogate": b'{"query": "\\ud800"}',
    "NaN": b'{"query": "{ viewer { id } }", "variables": {"a": NaN}}',
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep variables": b'{"query": "{ viewer { id } }", "variables": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
    "huge number": b'{"query": ' + b"9" * 100_000 + b"}",
    "huge exponent": b'{"query": 1e999999}',
    "query is null": b'{"query": null}',
    "query is a number": b'{"query": 1}',
    "query is empty": b'{"query": ""}',
    "query is blank": b'{"query": " \\n"}',
    "query is a list": b'{"query": ["{ viewer { id } }"]}',
    "variables are a list": b'{"query": "{ viewer { id } }", "variables": []}',
    "variables are a string": b'{"query": "{ viewer { id } }", "variables": "{}"}',
    "variables are false": b'{"query": "{ viewer { id } }", "variables": false}',
    "operation name is a number": b'{"query": "{ viewer { id } }", "operationName": 0}',
    "operation name is an object": b'{"query": "{ viewer { id } }", "operationName": {}}',
    "extensions are a list": b'{"query": "{ viewer { id } }", "extensions": []}',
    "extensions are a string": b'{"query": "{ viewer { id } }", "extensions": "x"}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_a_body_that_is_no_graphql_is_refused(small_world: World, body: bytes) -> None:
    response = await post(small_world, body)

    assert (response.status_code, codes(response)) == (400, ["BAD_USER_INPUT"])
    assert response.headers["content-type"] == "application/json; charset=utf-8"


WRONG_TYPES = (
    "",
    "text/plain",
    "text/plain; application/json",
    "application/graphql",
    "application/x-www-form-urlencoded",
    "application/jsonx",
    "application/json; charset=latin-1",
    'application/json; boundary=x; charset="utf-16"',
)


@pytest.mark.parametrize("content_type", WRONG_TYPES)
async def test_another_content_type_is_refused(small_world: World, content_type: str) -> None:
    response = await post(small_world, {"query": CATALOGUE}, **{"content-type": content_type})

    assert (response.status_code, codes(response)) == (415, ["BAD_USER_INPUT"])


RIGHT_TYPES = (
    "application/json",
    "Application/JSON",
    "application/json;charset=UTF-8",
    'application/json; charset="utf-8"; profile=x',
)


@pytest.mark.parametrize("content_type", RIGHT_TYPES)
async def test_json_in_utf_8_is_taken_however_it_is_announced(small_world: World, content_type: str) -> None:
    response = await post(small_world, {"query": "{ viewer { id } }"}, **{"content-type": content_type})

    assert (response.status_code, costless(response.json())) == (200, {"data": {"viewer": None}})


async def test_a_body_over_the_limit_is_refused(small_world: World) -> None:
    response = await post(small_world, {"query": "#" * (1024 * 1024)})

    assert (response.status_code, codes(response)) == (413, ["BAD_USER_INPUT"])


TWO = "query A { viewer { id } } query B { viewer { name } }"
NOT_RUN = {
    "syntax": ({"query": "{"}, "GRAPHQL_VALIDATION_FAILED"),
    "unknown field": ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
    "too many tokens": ({"query": "{" + " viewer { id }" * 3000 + "}"}, "TOO_COMPLEX"),
    "deep nesting": ({"query": "{ a" * 4000 + "}" * 4000}, "GRAPHQL_VALIDATION_FAILED"),
    "deep value": ({"query": "{ nodes(ids: " + "[" * 4000 + "]" * 4000 + ") { id } }"}, "GRAPHQL_VALIDATION_FAILED"),
    "only fragments": ({"query": "fragment F on Viewer { id }"}, "GRAPHQL_VALIDATION_FAILED"),
    "two operations": ({"query": TWO}, "BAD_USER_INPUT"),
    "unknown operation": ({"query": TWO, "operationName": "C"}, "BAD_USER_INPUT"),
    "missing variable": ({"query": "query ($id: ID!) { node(id: $id) { id } }"}, "BAD_USER_INPUT"),
    "wrong variable": (
        {"query": "query ($n: Int!) { statusChanges(first: $n) { nodes { id } } }", "variables": {"n": 10**30}},
        "BAD_USER_INPUT",
    ),
}


@pytest.mark.parametrize(("request_", "code"), NOT_RUN.values(), ids=NOT_RUN.keys())
async def test_what_cannot_run_is_an_error_without_data(
    small_world: World, request_: dict[str, Any], code: str
) -> None:
    as_json = await post(small_world, request_, accept="application/json")
    as_response = await post(small_world, request_, accept=RESPONSE)

    assert (as_json.status_code, as_json.headers["content-type"]) == (200, "application/json; charset=utf-8")
    assert (as_response.status_code, as_response.headers["content-type"]) == (400, f"{RESPONSE}; charset=utf-8")
    assert codes(as_json)[0] == codes(as_response)[0] == code


async def test_the_operation_named_runs(small_world: World) -> None:
    someone = await small_world.person(name="Anna")
    request = {"query": TWO, "operationName": "B"}

    response = await post(small_world, request, authorization=f"Bearer {someone.token}")

    assert costless(response.json()) == {"data": {"viewer": {"name": "Anna"}}}


async def test_a_subscription_over_plain_post_is_refused(small_world: World) -> None:
    response = await post(small_world, {"query": FOLLOW})

    assert (response.status_code, codes(response)) == (400, ["BAD_USER_INPUT"])


ACCEPTED = {
    "none": ("", "application/json"),
    "anything": ("*/*", "application/json"),
    "any application": ("application/*", "application/json"),
    "json": ("application/json", "application/json"),
    "response": (RESPONSE, RESPONSE),
    "the better one": ("application/json;q=0.5, application/graphql-response+json", RESPONSE),
    "the first of equals": (f"{RESPONSE}, application/json", RESPONSE),
    "case": ("APPLICATION/JSON; Q=1.0", "application/json"),
    "a browser": ("text/html, application/xml;q=0.9, */*;q=0.8", "application/json"),
    "urql": (URQL, RESPONSE),
    "a stream first": ("text/event-stream, application/json;q=0.9", "application/json"),
}


@pytest.mark.parametrize(("accept", "content_type"), ACCEPTED.values(), ids=ACCEPTED.keys())
async def test_the_answer_is_of_a_type_that_the_client_accepts(
    small_world: World, accept: str, content_type: str
) -> None:
    response = await post(small_world, {"query": "{ viewer { id } }"}, accept=accept)

    assert (response.status_code, costless(response.json())) == (200, {"data": {"viewer": None}})
    assert response.headers["content-type"] == f"{content_type}; charset=utf-8"


@pytest.mark.parametrize("accept", ["text/html", "image/*", "application/json;q=0", "application/json;q=nan", ",;,"])
async def test_a_type_that_we_have_not_is_refused(small_world: World, accept: str) -> None:
    response = await post(small_world, {"query": CATALOGUE}, accept=accept)

    assert (response.status_code, codes(response)) == (406, ["BAD_USER_INPUT"])


async def test_a_query_where_only_a_stream_will_do_is_a_stream(small_world: World) -> None:
    response = await post(small_world, {"query": "{ viewer { id } }"}, accept="text/event-stream")

    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    cost = b'"extensions":{"cost":{"requested":2,"limit":100000}}'
    assert (
        response.content == b'event: next\ndata: {"data":{"viewer":null},' + cost + b"}\n\nevent: complete\ndata:\n\n"
    )


async def test_a_query_may_come_by_get(small_world: World) -> None:
    someone = await small_world.person(name="Anna")
    given = {"query": "query Q($id: ID!) { node(id: $id) { id } viewer { name } }", "variables": '{"id": "x"}'}

    response = await small_world.client.get(
        "/graphql", params=given, headers={"authorization": f"Bearer {someone.token}"}
    )

    assert (response.status_code, costless(response.json())) == (
        200,
        {"data": {"node": None, "viewer": {"name": "Anna"}}},
    )


GETS = {
    "no query": ({}, 400),
    "variables that are no JSON": ({"query": CATALOGUE, "variables": "{"}, 400),
    "variables that are a list": ({"query": CATALOGUE, "variables": "[]"}, 400),
    "mutation": ({"query": "mutation { signOut { errors { code } } }"}, 405),
    "subscription": ({"query": FOLLOW}, 400),
}


@pytest.mark.parametrize(("parameters", "status"), GETS.values(), ids=GETS.keys())
async def test_nothing_but_a_query_comes_by_get(small_world: World, parameters: dict[str, str], status: int) -> None:
    response = await small_world.client.get("/graphql", params=parameters)

    assert (response.status_code, codes(response)) == (status, ["BAD_USER_INPUT"])


DELIBERATE: dict[str, dict[str, str]] = {
    "credentials": {"authorization": "Bearer {token}"},
    "a header for this": {"graphql-require-preflight": "true"},
    "apollo": {"x-apollo-operation-name": "Q"},
    "json": {"content-type": "application/json; charset=utf-8"},
    "json by name": {"accept": "application/json"},
    "json by name, from our page": {"accept": RESPONSE, "sec-fetch-site": "same-origin"},
}
CARELESS: dict[str, dict[str, str]] = {
    "nothing": {},
    "an image": {"accept": "image/*, */*", "sec-fetch-site": "cross-site"},
    "a link": {"accept": "text/html, application/xml;q=0.9, */*;q=0.8", "sec-fetch-site": "none"},
    "an empty header": {"graphql-require-preflight": ""},
    "a foreign page that asks for json": {"accept": "application/json", "sec-fetch-site": "cross-site"},
}


@pytest.mark.parametrize("headers", DELIBERATE.values(), ids=DELIBERATE.keys())
async def test_a_query_by_get_runs_with_a_header_that_links_and_forms_cannot_send(
    small_world: World, headers: dict[str, str]
) -> None:
    token = (await small_world.person()).token
    sent = {name: value.format(token=token) for name, value in headers.items()}

    response = await small_world.client.get("/graphql", params={"query": "{ __typename }"}, headers=sent)

    assert (response.status_code, costless(response.json())) == (200, {"data": {"__typename": "Query"}})


@pytest.mark.parametrize("headers", CARELESS.values(), ids=CARELESS.keys())
async def test_a_query_by_get_without_one_does_not_run(small_world: World, headers: dict[str, str]) -> None:
    response = await small_world.client.get("/graphql", params={"query": "{ __typename }"}, headers=headers)

    assert (response.status_code, codes(response)) == (200, ["PREFLIGHT_REQUIRED"])


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_other_methods_are_refused(small_world: World, method: str) -> None:
    response = await small_world.client.request(method, "/graphql")

    assert (response.status_code, response.headers["allow"], codes(response)) == (405, "GET, POST", ["BAD_USER_INPUT"])


async def test_a_field_that_needs_credentials_says_so(small_world: World) -> None:
    response = await post(small_world, {"query": "{ statuses { status } invoices(role: ISSUER) { nodes { id } } }"})

    assert response.status_code == 200
    assert response.json()["data"] is None
    error = response.json()["errors"][0]
    assert (error["path"], error["extensions"]) == (["invoices"], {"code": "UNAUTHENTICATED"})


BEARERS = ("Bearer", "Bearer x", "Bearer a.b.c", "Bearer tra_unknown", "Basic dTpw", "Bearer é", "Bearer " + "x" * 5000)


@pytest.mark.parametrize("header", BEARERS)
async def test_credentials_that_are_not_good_are_refused(small_world: World, header: str) -> None:
    response = await small_world.client.post(
        "/graphql", json={"query": CATALOGUE}, headers=[(b"authorization", header.encode("latin-1"))]
    )

    assert (response.status_code, codes(response)) == (401, ["UNAUTHENTICATED"])
    assert response.headers["www-authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize(
    ("table", "status", "keys"), [("status_change", 200, {"data", "errors"}), ("api_token", 500, {"errors"})]
)
async def test_what_breaks_here_is_masked_and_logged_with_its_id(
    world: World, table: str, status: int, keys: set[str]
) -> None:
    someone = await world.person()
    await world.services.database.client.execute_script(f"ALTER TABLE {table} RENAME TO gone")

    with capture_logs() as logs:
        response = await post(
            world, {"query": "{ statusChanges { nodes { id } } }"}, authorization=f"Bearer {someone.token}"
        )

    assert (response.status_code, set(costless(response.json()))) == (status, keys)
    error = response.json()["errors"][0]
    assert error["message"] == "Something went wrong here; the error has been logged."
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert [log["error_id"] for log in logs if log["event"] == "internal_error"] == [error["extensions"]["errorId"]]
    assert "Traceback" not in response.text
    assert table not in response.text


def json_values() -> st.SearchStrategy[Any]:
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    )


TOKENS = ("{", "}", "(", ")", "query", "mutation", "viewer", "id", "node", "$a", ":", "ID!", '"x"', "...", "é", "1")
QUERIES = st.text(max_size=30) | st.lists(st.sampled_from(TOKENS), max_size=12).map(" ".join) | json_values()
REQUESTS = st.fixed_dictionaries(
    {"query": QUERIES},
    optional={"variables": json_values(), "operationName": json_values(), "extensions": json_values()},
).map(lambda request: json.dumps(request).encode())
RAW = st.binary(max_size=60) | json_values().map(lambda value: json.dumps(value).encode()) | REQUESTS


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=RAW, content_type=st.sampled_from(["application/json", "multipart/form-data; boundary=x", "text/plain"]))
async def test_no_body_breaks_the_server(small_world: World, body: bytes, content_type: str) -> None:
    headers = {"content-type": content_type, "apollo-require-preflight": "true", "accept": RESPONSE}

    response = await small_world.client.post("/graphql", content=body, headers=headers)

    answer = response.json()
    assert response.status_code in {200, 400, 415}
    assert ("data" in answer) == (response.status_code == 200)
    assert {error["extensions"]["code"] for error in answer.get("errors", [])} <= {
        "BAD_USER_INPUT",
        "GRAPHQL_VALIDATION_FAILED",
        "UNAUTHENTICATED",
    }
