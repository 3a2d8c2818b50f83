"""Documents known by their hash: registered by clients, or given to the server and no others run."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tramesa.graphql.engine import persisted
from tramesa.graphql.engine.persisted import KnownDocuments, WrongDocuments, read_documents
from tramesa.tests.conftest import settings_for
from tramesa.tests.servers.inprocess import listening
from tramesa.tests.sockets import open_socket
from tramesa.tests.world import World, open_world

QUERY = "query Who { viewer { name } }"
JSON = {"content-type": "application/json"}


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def apq(text: str, **more: Any) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha(text)}}, **more}


async def post(world: World, body: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = (await world.client.post("/graphql", json=body)).json()
    return answer


def code(body: dict[str, Any]) -> str:
    (error,) = body["errors"]
    return str(error["extensions"]["code"])


async def test_a_hash_is_known_once_its_document_came(small_world: World) -> None:
    unknown = await post(small_world, apq(QUERY))
    registered = await post(small_world, apq(QUERY, query=QUERY))
    known = await post(small_world, apq(QUERY))

    assert code(unknown) == "PERSISTED_QUERY_NOT_FOUND"
    assert unknown["errors"][0]["message"] == "PersistedQueryNotFound"
    assert registered["data"] == known["data"] == {"viewer": None}


async def test_a_hash_works_over_get_as_apollo_sends_it(small_world: World) -> None:
    await post(small_world, apq(QUERY, query=QUERY))
    extensions = json.dumps(apq(QUERY)["extensions"])

    response = await small_world.client.get(
        "/graphql", params={"operationName": "Who", "extensions": extensions}, headers=JSON
    )

    assert response.json()["data"] == {"viewer": None}


async def test_a_hash_works_over_sockets_and_streams(small_world: World) -> None:
    person = await small_world.person()
    await post(small_world, apq(QUERY, query=QUERY))

    async with listening(small_world.app) as url, open_socket(url, token=person.token) as socket:
        await socket.send({"type": "subscribe", "id": "1", "payload": apq(QUERY)})
        message = await socket.receive()
        await socket.receive()
        await socket.send({"type": "subscribe", "id": "2", "payload": apq("{ other }")})
        refused = await socket.receive()
    stream = await small_world.client.post("/graphql", json=apq(QUERY), headers={"accept": "text/event-stream"})

    assert message["payload"]["data"] == {"viewer": {"name": "Person 1"}}
    assert (refused["type"], refused["payload"][0]["message"]) == ("error", "PersistedQueryNotFound")
    assert '"data":{"viewer":null}' in stream.text


@pytest.mark.parametrize(
    "extensions",
    [
        {"persistedQuery": 1},
        {"persistedQuery": {"version": 2, "sha256Hash": sha(QUERY)}},
        {"persistedQuery": {"version": 1}},
        {"persistedQuery": {"version": 1, "sha256Hash": "abc"}},
        {"persistedQuery": {"version": 1, "sha256Hash": sha("{ viewer { id } }")}},
    ],
)
async def test_what_is_no_hash_of_it_is_refused(small_world: World, extensions: Any) -> None:
    assert code(await post(small_world, {"query": QUERY, "extensions": extensions})) == "BAD_USER_INPUT"


async def test_only_what_can_be_run_is_registered(small_world: World) -> None:
    wrong = "{ nothing }"

    await post(small_world, apq(wrong, query=wrong))

    assert code(await post(small_world, apq(wrong))) == "PERSISTED_QUERY_NOT_FOUND"


def test_what_clients_register_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persisted, "MAX_REGISTERED", 100)
    documents = KnownDocuments()
    texts = [f"{{ viewer {{ id }} }} # {number}" for number in range(10)]

    for text in texts:
        documents.register(text, apq(text)["extensions"])

    known = [text for text in texts if _knows(documents, text)]
    assert known == texts[-4:]


def _knows(documents: KnownDocuments, text: str) -> bool:
    try:
        return documents.text_of("", apq(text)["extensions"]) == text
    except Exception:  # noqa: BLE001
        return False


# Trusted documents.

LARGE = "query Large { viewer { " + "id " * 1_500 + "} }"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    given = tmp_path / "documents"
    (given / "deeper").mkdir(parents=True)
    (given / "deeper" / "who.graphql").write_text(QUERY)
    (given / "relay.json").write_text(json.dumps({"md5ofit": "query A { viewer { id } }"}))
    operations = [{"id": "apollo-1", "name": "B", "type": "query", "body": "query B { viewer { email } }"}]
    manifest = {"format": "apollo-persisted-query-manifest", "version": 1, "operations": operations}
    (given / "manifest.json").write_text(json.dumps(manifest))
    (given / "large.gql").write_text(LARGE)
    (given / "README.md").write_text("no document")
    return given


def test_a_folder_is_read_in_every_format(folder: Path) -> None:
    found = read_documents(folder)

    texts = {QUERY, LARGE, "query A { viewer { id } }", "query B { viewer { email } }"}
    assert set(found.values()) == texts
    assert set(found) == {sha(text) for text in texts} | {"md5ofit", "apollo-1"}


@pytest.mark.parametrize(
    ("name", "text"), [("a.json", "["), ("a.json", '{"a": 1}'), ("a.json", "[1]"), ("a.json", "1")]
)
def test_a_folder_that_cannot_be_read_is_told_at_the_start(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)

    with pytest.raises(WrongDocuments, match=name):
        read_documents(tmp_path)


async def test_trusted_documents_run_by_their_ids(sqlite_url: str, tmp_path: Path, folder: Path) -> None:
    chosen = replace(settings_for(sqlite_url, tmp_path), documents=KnownDocuments(read_documents(folder)))
    async with open_world(chosen) as world:
        by_hash = await post(world, apq(QUERY))
        by_id = await post(world, {"documentId": "md5ofit"})
        by_manifest = await post(world, {"documentId": "apollo-1"})
        unbounded = await post(world, apq(LARGE))
        other = await post(world, {"query": "{ viewer { name } }"})
        wrong = await post(world, {"documentId": "md5ofit", "query": QUERY})

    assert by_hash["data"] == by_id["data"] == by_manifest["data"] == unbounded["data"] == {"viewer": None}
    assert other["data"] == {"viewer": None}
    assert code(wrong) == "BAD_USER_INPUT"


async def test_no_others_run_where_only_they_are_trusted(sqlite_url: str, tmp_path: Path, folder: Path) -> None:
    documents = KnownDocuments(read_documents(folder), only_trusted=True)
    async with open_world(replace(settings_for(sqlite_url, tmp_path), documents=documents)) as world:
        by_hash = await post(world, apq(QUERY))
        as_text = await post(world, {"query": QUERY})
        other = await post(world, {"query": "{ viewer { name } }"})
        registered = await post(world, apq("{ viewer { name } }", query="{ viewer { name } }"))
        unknown = await post(world, apq("{ viewer { name } }"))

    assert by_hash["data"] == as_text["data"] == {"viewer": None}
    assert [code(other), code(registered)] == ["DOCUMENT_NOT_TRUSTED", "DOCUMENT_NOT_TRUSTED"]
    assert code(unknown) == "PERSISTED_QUERY_NOT_FOUND"
