"""The twelve checks of graphql-cop, against a real server that has a public address: each finds nothing.

Each sends what the tool sends and looks at the answer as the tool does: a check that would call the server vulnerable
fails here. That is the tool's list of its version 1.14.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from tramesa.tests.conftest import SECRET
from tramesa.tests.servers.process import ServerProcess

TYPENAME = "query cop { __typename }"


@pytest.fixture(scope="module")
def server(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("cop")
    environment = {
        "TRAMESA_DATABASE_URL": f"sqlite://{folder / 'cop.sqlite3'}",
        "TRAMESA_SECRET_KEY": SECRET,
        "TRAMESA_PUBLIC_URL": "https://factures.example.org",
        "TRAMESA_ALLOWED_HOSTS": "127.0.0.1",
        "TRAMESA_SMTP_URL": "smtp://127.0.0.1:9",
    }
    (folder / "cop.sqlite3").write_bytes(sqlite_template.read_bytes())
    with ServerProcess(folder / "log", environment) as running:
        yield running
        assert "Traceback" not in running.output


def post(server: ServerProcess, body: Any, **headers: str) -> httpx.Response:
    return httpx.post(f"{server.url}/graphql", json=body, headers=headers)


def errors(response: httpx.Response) -> set[str]:
    """The codes of what is wrong; all that there is, since nothing ran."""
    body = response.json()
    assert "data" not in body
    return {error["extensions"]["code"] for error in body["errors"]}


def test_alias_overloading(server: ServerProcess) -> None:
    aliases = " ".join(f"alias{number}: __typename" for number in range(101))

    assert errors(post(server, {"query": f"query cop {{ {aliases} }}"})) == {"TOO_COMPLEX"}


def test_array_based_query_batching(server: ServerProcess) -> None:
    response = post(server, [{"query": TYPENAME}] * 10)

    assert (response.status_code, errors(response)) == (400, {"BAD_USER_INPUT"})


def test_directive_overloading(server: ServerProcess) -> None:
    assert errors(post(server, {"query": "query cop { __typename " + "@aa" * 10 + " }"})) == {"TOO_COMPLEX"}


def test_circular_query_by_introspection(server: ServerProcess) -> None:
    circle = "types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } }"

    assert errors(post(server, {"query": f"query cop {{ __schema {{ {circle} }} }}"})) == {"INTROSPECTION_DISABLED"}


def test_introspection(server: ServerProcess) -> None:
    response = post(server, {"query": "query cop { __schema { types { name fields { name } } } }"})

    assert errors(response) == {"INTROSPECTION_DISABLED"}


@pytest.mark.parametrize(
    "query", ["query cop { viewr { id } }", "query cop { __schema { directive } }", "{ systemUpdate }"]
)
def test_field_suggestions(server: ServerProcess, query: str) -> None:
    assert "Did you mean" not in post(server, {"query": query}).text


def test_field_duplication(server: ServerProcess) -> None:
    assert errors(post(server, {"query": "query cop { " + "__typename \n" * 5000 + "}"})) == {"TOO_COMPLEX"}


def test_get_method_queries(server: ServerProcess) -> None:
    response = httpx.get(f"{server.url}/graphql", params={"query": TYPENAME})

    assert errors(response) == {"PREFLIGHT_REQUIRED"}


@pytest.mark.parametrize("query", ["mutation cop { __typename }", "mutation cop { signOut { __typename } }"])
def test_mutations_by_get(server: ServerProcess, query: str) -> None:
    response = httpx.get(f"{server.url}/graphql", params={"query": query}, headers={"x-requested-with": "cop"})

    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert errors(response) == {"BAD_USER_INPUT"}


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"]
)
def test_post_that_a_form_can_send(server: ServerProcess, content_type: str) -> None:
    content = "query=mutation+cop+%7B+__typename+%7D"
    response = httpx.post(f"{server.url}/graphql", content=content, headers={"content-type": content_type})

    assert response.status_code in {400, 415}
    assert errors(response) <= {"BAD_USER_INPUT", "PREFLIGHT_REQUIRED"}


@pytest.mark.parametrize(
    "path", ["/", "/graphql", "/graphiql", "/playground", "/console", "/explorer/index.html", "/schema.graphql"]
)
def test_graphql_ide(server: ServerProcess, path: str) -> None:
    response = httpx.get(server.url + path, headers={"accept": "text/html"}, follow_redirects=False)

    assert response.status_code in {301, 302, 303, 307, 308, 400, 404, 406}
    assert not any(word in response.text.lower() for word in ("graphiql", "playground", "altair"))


def test_trace_mode(server: ServerProcess) -> None:
    answer = post(server, {"query": TYPENAME}, **{"x-apollo-tracing": "1", "apollo-federation-include-trace": "ftv1"})

    assert set(answer.json()["extensions"]) == {"cost"}
    assert not any("trac" in name.lower() for name in answer.headers)


@pytest.mark.parametrize(
    "body", [{"query": "qwerty cop { abc }"}, {"query": 1}, {"query": "{ node(id: 1.5) { id } }"}, 0]
)
def test_unhandled_errors(server: ServerProcess, body: Any) -> None:
    response = post(server, body)

    assert errors(response) <= {"BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"}
    assert not any(word in response.text.lower() for word in ("exception", "traceback", 'file \\"', "stacktrace"))
