"""Uploads by the graphql-multipart-request-spec: what it asks for is held to, what is too much is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from httpx2 import Response

from tramesa.models.domain.transitions import PartyKind, UserRole
from tramesa.tests.world import Person, World, costless

MAX_FILE = 10 * 1024 * 1024
XML = b"<?xml version='1.0'?><notes/>"
PREFLIGHT = {"apollo-require-preflight": "true"}

VALIDATE = """mutation ($input: ImportInvoiceInput!) {
  validateInvoice(input: $input) { valid findings { rule severity } } }"""
IMPORT = """mutation ($input: ImportInvoiceInput!) { importInvoice(input: $input) {
  invoice { id } errors { __typename code path ... on DocumentRefused { findings { rule severity } } } } }"""
ISSUE = """mutation ($input: IssueInvoiceInput!) { issueInvoice(input: $input) {
  invoice { attachments { name mediaType size } } errors { __typename code path message } } }"""

Part = tuple[str, bytes, str]


async def send(world: World, fields: dict[str, Any], files: dict[str, Part] | None = None, **headers: str) -> Response:
    """A multipart request with these fields, written as JSON where they are no text."""
    data = {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}
    # A file is what makes the client send multipart.
    parts = files or {"unused": ("x.txt", b"", "text/plain")}
    return await world.client.post("/graphql", data=data, files=parts, headers=headers or PREFLIGHT)


def refusal(response: Response, code: str = "BAD_USER_INPUT") -> str:
    """The message of a request that was refused as a whole."""
    (error,) = response.json()["errors"]
    assert (response.status_code, error["extensions"]) == (400, {"code": code})
    message: str = error["message"]
    return message


def operations(query: str = "{ viewer { id } }", **variables: Any) -> dict[str, Any]:
    return {"query": query, "variables": variables}


async def parties(world: World) -> tuple[Person, Person]:
    issuer = await world.person(UserRole.ISSUER)
    return issuer, await world.person(UserRole.ADMIN, kind=PartyKind.PUBLIC_BODY)


async def test_a_file_arrives_in_the_place_of_its_null(small_world: World) -> None:
    issuer, _ = await parties(small_world)

    data = await issuer.upload(VALIDATE, {"input": {"file": None}}, {"variables.input.file": ("a.xml", XML)})

    # It was read as XML, of a format that is not ours.
    assert data == {"validateInvoice": {"valid": False, "findings": [{"rule": "HF08", "severity": "ERROR"}]}}


async def test_a_list_of_files_arrives_in_order(world: World) -> None:
    issuer, body = await parties(world)
    wanted = world.invoice_input(body) | {"attachments": [None, None, None]}
    files = {f"variables.input.attachments.{place}": (f"{place}.txt", b"x" * (place + 1)) for place in range(3)}

    payload = (await issuer.upload(ISSUE, {"input": wanted}, files))["issueInvoice"]

    assert payload["errors"] == []
    assert payload["invoice"]["attachments"] == [
        {"name": f"{place}.txt", "mediaType": "text/plain", "size": place + 1} for place in range(3)
    ]


async def test_one_file_may_stand_in_two_places(world: World) -> None:
    issuer, body = await parties(world)
    wanted = world.invoice_input(body) | {"attachments": [None, None]}
    paths = ["variables.input.attachments.0", "variables.input.attachments.1"]

    response = await send(
        world,
        {"operations": operations(ISSUE, input=wanted), "map": {"a": paths}},
        {"a": ("twice.txt", b"twice", "text/plain")},
        authorization=f"Bearer {issuer.token}",
    )

    files = response.json()["data"]["issueInvoice"]["invoice"]["attachments"]
    assert files == [{"name": "twice.txt", "mediaType": "text/plain", "size": 5}] * 2


# Clients write line ends and quotes as %0D, %0A and %22, as HTML says.
NAMES = {
    "accents": ("factura núm. 1 – col·lecció.txt", "factura núm. 1 – col·lecció.txt"),
    "folders": ("../../etc/notes.txt", "notes.txt"),
    "folders of Windows": ("C:\\Users\\anna\\notes.txt", "notes.txt"),
    "line ends": ("notes\r\nSet-Cookie: a=b.txt", "notes%0D%0ASet-Cookie: a=b.txt"),
    "quotes": ('my "notes".txt', "my %22notes%22.txt"),
    "long": ("n" * 300 + ".txt", "n" * 251 + ".txt"),
}


@pytest.mark.parametrize(("sent", "kept"), NAMES.values(), ids=NAMES.keys())
async def test_a_file_keeps_its_own_name_and_no_more(small_world: World, sent: str, kept: str) -> None:
    issuer, body = await parties(small_world)
    wanted = small_world.invoice_input(body) | {"attachments": [None]}

    payload = (await issuer.upload(ISSUE, {"input": wanted}, {"variables.input.attachments.0": (sent, b"text")}))[
        "issueInvoice"
    ]

    assert (payload["errors"], [file["name"] for file in payload["invoice"]["attachments"]]) == ([], [kept])


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no operations": ({"map": {}}, "The body is no JSON."),
    "no map": ({"operations": operations(f=None)}, "The body is no JSON."),
    "operations that are no JSON": ({"operations": "{", "map": {}}, "The body is no JSON."),
    "a map that is no JSON": ({"operations": operations(f=None), "map": "x"}, "The body is no JSON."),
    "a batch": ({"operations": [operations(f=None)], "map": {}}, "`operations` and `map` must be JSON objects."),
    "a list for a map": ({"operations": operations(f=None), "map": []}, "`operations` and `map` must be JSON objects."),
    "a path that is no list": (
        {"operations": operations(f=None), "map": {"a": "variables.f"}},
        "`map` must give a list of paths for each file.",
    ),
    "a path that is a number": (
        {"operations": operations(f=None), "map": {"a": [1]}},
        "`map` must give a list of paths for each file.",
    ),
    "a file that is not there": (
        {"operations": operations(f=None), "map": {"b": ["variables.f"]}},
        "The file 'b' of `map` is missing.",
    ),
    "a path outside the variables": (
        {"operations": operations(f=None), "map": {"a": ["query"]}},
        "Paths of `map` begin with `variables.`.",
    ),
    "a path to all variables": (
        {"operations": {"query": "{ viewer { id } }", "variables": None}, "map": {"a": ["variables"]}},
        "Paths of `map` begin with `variables.`.",
    ),
    "a place that is taken": (
        {"operations": operations(f="x"), "map": {"a": ["variables.f"]}},
        "A path of `map` must lead to a null in `operations`.",
    ),
    "a place taken by a file": (
        {"operations": operations(f=None), "map": {"a": ["variables.f", "variables.f"]}},
        "A path of `map` must lead to a null in `operations`.",
    ),
    "a place that is not there": (
        {"operations": operations(f=None), "map": {"a": ["variables.g"]}},
        "A path of `map` leads nowhere in `operations`.",
    ),
    "a place beyond a list": (
        {"operations": operations(f=[None]), "map": {"a": ["variables.f.1"]}},
        "A path of `map` leads nowhere in `operations`.",
    ),
    "a place before a list": (
        {"operations": operations(f=[None]), "map": {"a": ["variables.f.-1"]}},
        "A path of `map` leads nowhere in `operations`.",
    ),
    "a place inside a text": (
        {"operations": operations(f="x"), "map": {"a": ["variables.f.0"]}},
        "A path of `map` leads nowhere in `operations`.",
    ),
    "no query": ({"operations": {"variables": {"f": None}}, "map": {}}, "`query` must be a string."),
}


@pytest.mark.parametrize(("fields", "message"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_is_not_by_the_specification_is_refused(
    small_world: World, fields: dict[str, Any], message: str
) -> None:
    response = await send(small_world, fields, {"a": ("a.txt", b"text", "text/plain")})

    assert refusal(response) == message


async def test_a_form_of_a_foreign_page_is_refused(small_world: World) -> None:
    response = await send(small_world, {"operations": operations(f=None), "map": {}}, origin="https://evil.example")

    assert refusal(response, "PREFLIGHT_REQUIRED") == (
        "Uploads need a header that a form cannot send, such as Apollo-Require-Preflight: true."
    )


HEADERS = ("apollo-require-preflight", "graphql-require-preflight", "graphql-preflight", "x-requested-with")


@pytest.mark.parametrize("header", HEADERS)
async def test_any_of_the_customary_headers_lets_uploads_in(small_world: World, header: str) -> None:
    response = await send(small_world, {"operations": operations(f=None), "map": {}}, **{header: "1"})

    assert (response.status_code, costless(response.json())) == (200, {"data": {"viewer": None}})


BROKEN = {
    "no boundary": ("multipart/form-data", b""),
    "empty": ("multipart/form-data; boundary=x", b""),
    "another boundary": ("multipart/form-data; boundary=x", b"--y\r\n\r\n--y--"),
    "cut off": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{',
    ),
    "a part without a name": ("multipart/form-data; boundary=x", b"--x\r\nContent-Type: a/b\r\n\r\n1\r\n--x--\r\n"),
    "bad UTF-8": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n\xff\r\n--x--\r\n',
    ),
}


@pytest.mark.parametrize(("content_type", "body"), BROKEN.values(), ids=BROKEN.keys())
async def test_a_body_that_is_no_form_is_refused(small_world: World, content_type: str, body: bytes) -> None:
    response = await small_world.client.post(
        "/graphql", content=body, headers={"content-type": content_type, **PREFLIGHT}
    )

    assert refusal(response)


async def test_more_files_than_an_invoice_can_have_are_refused(small_world: World) -> None:
    files = {str(place): (f"{place}.txt", b"x", "text/plain") for place in range(9)}

    response = await send(small_world, {"operations": operations(f=None), "map": {}}, files)

    assert refusal(response) == "The multipart body cannot be read: Too many files. Maximum number of files is 8."


async def test_a_file_over_ten_megabytes_is_a_finding(world: World) -> None:
    issuer, _ = await parties(world)
    padded = XML + b" " * (MAX_FILE + 1 - len(XML))

    data = await issuer.upload(IMPORT, {"input": {"file": None}}, {"variables.input.file": ("a.xml", padded)})

    assert data["importInvoice"]["invoice"] is None
    (error,) = data["importInvoice"]["errors"]
    assert (error["__typename"], error["code"]) == ("DocumentRefused", "DOCUMENT_REFUSED")
    assert {"rule": "TR0002", "severity": "ERROR"} in error["findings"]


async def test_a_file_of_ten_megabytes_is_read(world: World) -> None:
    issuer, _ = await parties(world)
    comments = [b"<!--" + b" " * (2**20 - 7) + b"-->"] * 10
    comments[0] = comments[0].replace(b" " * len(XML), b"", 1)
    padded = XML + b"".join(comments)
    assert len(padded) == MAX_FILE

    data = await issuer.upload(VALIDATE, {"input": {"file": None}}, {"variables.input.file": ("a.xml", padded)})

    assert data["validateInvoice"]["findings"] == [{"rule": "HF08", "severity": "ERROR"}]


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_over_the_limit_is_refused(small_world: World, *, announced: bool) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n'

    async def body() -> Any:
        yield head
        for _ in range(73 if not announced else 1):
            yield b" " * 1024 * 1024

    headers = {"content-type": "multipart/form-data; boundary=x", **PREFLIGHT}
    if announced:
        headers["content-length"] = str(73 * 1024 * 1024)
    response = await small_world.client.post("/graphql", content=body(), headers=headers)

    assert response.status_code == 413
    assert response.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}


@pytest.mark.parametrize("value", ["a.xml", {}, {"read": 1, "filename": "x"}, [], 5, True])
async def test_what_is_no_file_is_refused_in_the_place_of_one(small_world: World, value: Any) -> None:
    issuer, _ = await parties(small_world)

    payload = (await issuer.ask(IMPORT, input={"file": value}))["importInvoice"]

    assert payload == {
        "invoice": None,
        "errors": [{"__typename": "InputError", "code": "INVALID", "path": ["input", "file"]}],
    }


async def test_the_files_are_closed_when_the_answer_is_given(small_world: World, monkeypatch: Any) -> None:
    closed: list[str | None] = []
    monkeypatch.setattr("starlette.datastructures.UploadFile.close", _closing(closed))

    await send(small_world, {"operations": operations(f=None), "map": {}}, {"a": ("a.txt", b"text", "text/plain")})

    assert closed == ["a.txt"]


def _closing(closed: list[str | None]) -> Any:
    async def close(self: Any) -> None:
        closed.append(self.filename)
        self.file.close()

    return close
