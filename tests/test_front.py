"""What every answer has and every request needs: an id, a host that is ours, safe headers, no cookies."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from tramesa.server.front import Front, allowed_hosts, host_name
from tramesa.tests.conftest import settings_for
from tramesa.tests.world import World, open_world

PATHS = ["/", "/live", "/graphql", "/schema.graphql", "/healthz", "/metrics", "/invoices/x/document", "/nothing"]


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_is_safe_to_show(small_world: World, path: str) -> None:
    response = await small_world.client.get(path)

    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["cross-origin-opener-policy"] == "same-origin"
    assert response.headers["cross-origin-resource-policy"] == "same-origin"
    assert "unsafe-eval" not in response.headers["content-security-policy"]
    assert "unsafe-inline" not in response.headers["content-security-policy"]
    assert response.headers["x-frame-options"] == "DENY"
    assert "strict-transport-security" not in response.headers
    assert "set-cookie" not in response.headers
    assert "server" not in response.headers


async def test_behind_tls_browsers_are_told_to_stay_there(sqlite_url: str, tmp_path: Path) -> None:
    chosen = replace(settings_for(sqlite_url, tmp_path), public_url="https://tramesa.test")
    async with open_world(chosen) as world:
        response = await world.client.get("/healthz")

    assert response.headers["strict-transport-security"] == "max-age=31536000"


async def test_front_ends_elsewhere_may_show_what_is_linked(sqlite_url: str, tmp_path: Path) -> None:
    chosen = replace(settings_for(sqlite_url, tmp_path), allowed_origins=("https://app.example.org",))
    async with open_world(chosen) as world:
        response = await world.client.get("/healthz")

    assert response.headers["cross-origin-resource-policy"] == "cross-origin"


@pytest.mark.parametrize("host", ["tramesa.test", "TRAMESA.test:80", "tramesa.test.", "127.0.0.1:8000", "[::1]:8000"])
async def test_the_server_answers_by_its_names(small_world: World, host: str) -> None:
    response = await small_world.client.get("/live", headers={"host": host})

    assert response.status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "tramesa.test.evil.example", "", "tramesa.test@evil.example", "[::2]"]
)
async def test_it_answers_by_no_other(small_world: World, host: str) -> None:
    response = await small_world.client.get("/live", headers={"host": host})

    assert response.status_code == 421
    assert "TRAMESA_ALLOWED_HOSTS" in response.text
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_probes_come_by_any_name(small_world: World) -> None:
    response = await small_world.client.get("/healthz", headers={"host": "10.1.2.3:8000"})

    assert response.json() == {"status": "alive"}


@pytest.mark.parametrize("hosts", [("invoices.example.org",), ("*",)])
async def test_further_names_are_a_setting(sqlite_url: str, tmp_path: Path, hosts: tuple[str, ...]) -> None:
    chosen = replace(settings_for(sqlite_url, tmp_path), allowed_hosts=hosts)
    async with open_world(chosen) as world:
        response = await world.client.get("/live", headers={"host": "invoices.example.org"})

    assert response.status_code == 200


def test_a_public_address_is_a_name() -> None:
    chosen = replace(settings_for("sqlite://x", Path()), public_url="https://Facturas.Example.org:8443/tramesa")

    assert allowed_hosts(chosen) == {"localhost", "127.0.0.1", "[::1]", "facturas.example.org"}


@pytest.mark.parametrize(
    ("host", "name"), [("a.b:1", "a.b"), ("[::1]:8", "[::1]"), ("[::1]", "[::1]"), (" A. ", "a"), ("", ""), ("[", "[]")]
)
def test_a_host_has_a_name(host: str, name: str) -> None:
    assert host_name(host) == name


async def test_a_request_has_an_id_in_answer_and_log(small_world: World) -> None:
    with capture_logs() as logged:
        response = await small_world.client.post("/graphql", json={"query": "{ viewer { name } }"})

    assert re.fullmatch("[0-9a-f]{16}", response.headers["x-request-id"])
    assert [line["event"] for line in logged] == ["operation"]


async def test_the_id_that_a_proxy_gave_is_kept(small_world: World) -> None:
    response = await small_world.client.get("/healthz", headers={"x-request-id": "edge-7:42"})

    assert response.headers["x-request-id"] == "edge-7:42"


@settings(max_examples=60, deadline=None)
@example("a b")
@example("x" * 65)
@example("a\r\nset-cookie: b")
@given(st.text(st.characters(max_codepoint=255), max_size=80))
async def test_an_id_that_could_do_harm_is_not(given_id: str) -> None:
    sent: list[Any] = []
    scope = {
        "type": "http",
        "path": "/",
        "method": "GET",
        "headers": [(b"host", b"localhost"), (b"x-request-id", given_id.encode("latin-1"))],
    }

    await FRONT(scope, None, _keep(sent))

    shown = dict(sent[0]["headers"])[b"x-request-id"].decode()
    assert re.fullmatch(r"[A-Za-z0-9._:-]{1,64}", shown)
    assert shown == given_id or re.fullmatch("[0-9a-f]{16}", shown)


async def _empty(_: Any, __: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})


FRONT: Any = Front(_empty, settings_for("sqlite://x", Path()))


def _keep(sent: list[Any]) -> Any:
    async def send(message: Any) -> None:
        sent.append(message)

    return send
