"""GraphQL over HTTP as others audit it: the npm package graphql-http against `tramesa serve`."""

from __future__ import annotations

from pathlib import Path

from tramesa.tests.servers.node import needs_clients, run_node
from tramesa.tests.servers.process import ServerProcess


@needs_clients
async def test_every_audit_of_graphql_http_passes(sqlite_url: str, tmp_path: Path) -> None:
    async with ServerProcess(tmp_path / "log", {"TRAMESA_DATABASE_URL": sqlite_url}) as server:
        outcomes = await run_node("audits.mjs", f"{server.url}/graphql")

        assert "Traceback" not in server.output

    assert {id_: outcome for id_, outcome in outcomes.items() if outcome != "ok"} == {}
    assert len(outcomes) == 61
