"""The log of a real server: one line an operation, and nothing in it that is somebody's secret."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from tramesa.models.people.passwords import hash_password
from tramesa.tests.conftest import SECRET, settings_for
from tramesa.tests.servers.process import ServerProcess
from tramesa.tests.sockets import open_socket, until
from tramesa.tests.world import ISSUE, World, open_world

PASSWORD = "correcte cavall bateria grapa"
WRONG_PASSWORD = "incorrecte cavall bateria"
DESCRIPTION = "Tres dies d'obres al magatzem"
SIGN_IN = "mutation SignIn($input: SignInInput!) { signIn(input: $input) { accessToken refreshToken errors { code } } }"
REFRESH = "mutation Refresh($input: RefreshSessionInput!) { refreshSession(input: $input) { refreshToken } }"
IMPORT = "mutation Import($input: ImportInvoiceInput!) { importInvoice(input: $input) { errors { code } } }"
DOCUMENT = "query Document($id: ID!) { invoice(id: $id) { document { url signedUrl } } }"
FOLLOW = "subscription Follow { invoiceStatusChanged { cursor } }"


def lines(server: ServerProcess) -> list[dict[str, Any]]:
    """Everything that was logged; each line is one JSON object, but for the greeting."""
    greeting, *logged = server.output.splitlines()
    assert greeting == f"Open {server.url}/live (people) or {server.url}/ (developers)."
    return [json.loads(line) for line in logged]


def operations(server: ServerProcess) -> list[dict[str, Any]]:
    return [line for line in lines(server) if line["event"] == "operation"]


@pytest.fixture
async def furnished(sqlite_url: str, tmp_path: Path) -> Any:
    async with open_world(settings_for(sqlite_url, tmp_path)) as world:
        yield world


async def test_each_operation_is_one_line_without_secrets(furnished: World, sqlite_url: str, tmp_path: Path) -> None:
    anna = await furnished.person(password_hash=await hash_password(PASSWORD))
    receiver = await furnished.person()
    environment = {"TRAMESA_DATABASE_URL": sqlite_url, "TRAMESA_SECRET_KEY": SECRET, "TRAMESA_LOG_LEVEL": "DEBUG"}

    async with (
        ServerProcess(tmp_path / "log", environment) as server,
        httpx.AsyncClient(base_url=server.url) as client,
    ):

        async def ask(query: str, token: str | None = None, **variables: Any) -> Any:
            headers = {} if token is None else {"authorization": f"Bearer {token}"}
            answer = await client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
            return answer.json()

        await ask(SIGN_IN, input={"email": anna.email, "password": WRONG_PASSWORD})
        tokens = (await ask(SIGN_IN, input={"email": anna.email, "password": PASSWORD}))["data"]["signIn"]
        refreshed = await ask(REFRESH, input={"refreshToken": tokens["refreshToken"]})
        access = tokens["accessToken"]
        wanted = furnished.invoice_input(receiver)
        wanted["lines"][0]["description"] = DESCRIPTION
        issued = await ask(ISSUE.replace("mutation", "mutation Issue"), access, input=wanted)
        invoice = issued["data"]["issueInvoice"]["invoice"]
        links = (await ask(DOCUMENT, access, id=invoice["id"]))["data"]["invoice"]["document"]
        document = await client.get(links["url"], headers={"authorization": f"Bearer {access}"})
        signed = await client.get(links["signedUrl"])
        await client.post(
            "/graphql",
            data={
                "operations": json.dumps({"query": IMPORT, "variables": {"input": {"file": None}}}),
                "map": '{"a": ["variables.input.file"]}',
            },
            files={"a": ("invoice.xml", document.content)},
            headers={"authorization": f"Bearer {access}"},
        )
        await ask("{ nothing }", anna.token)
        await ask("{ viewer { id } }", "tra_not_a_token_of_anybody")
        async with open_socket(server.url, anna.token) as socket:
            await socket.subscribe("1", FOLLOW)
            await socket.subscribe("2", "query Me { viewer { id } }")
            await socket.receive()
        await until(lambda: len(operations(server)) == 10)

    assert (document.status_code, signed.status_code, signed.content) == (200, 200, document.content)
    assert [(line["operation"], line["party"], line["failed"], line["transport"]) for line in operations(server)] == [
        ("SignIn", None, False, "http"),
        ("SignIn", None, False, "http"),
        ("Refresh", None, False, "http"),
        ("Issue", anna.tax_id, False, "http"),
        ("Document", anna.tax_id, False, "http"),
        ("Import", anna.tax_id, False, "http"),
        ("-", anna.tax_id, True, "http"),
        ("-", None, True, "http"),
        ("Me", anna.tax_id, False, "websocket"),
        ("Follow", anna.tax_id, False, "websocket"),
    ]
    assert {type(line["ms"]) for line in operations(server)} == {float}
    secrets = {
        "password": PASSWORD,
        "wrong password": WRONG_PASSWORD,
        "access token": access,
        "refresh token": tokens["refreshToken"],
        "new refresh token": refreshed["data"]["refreshSession"]["refreshToken"],
        "API token": anna.token,
        "wrong token": "tra_not_a_token_of_anybody",
        "signature of a link": links["signedUrl"].rpartition("=")[2],
        "line of an invoice": DESCRIPTION,
        "document": "<fe:Facturae",
        "key": SECRET,
        "hash": "argon2",
    }
    assert [name for name, secret in secrets.items() if secret in server.output] == []
    assert "Traceback" not in server.output
