"""Spans of a real server, in the caller's trace, as a collector receives them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2 as httpx
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tramesa.tests.conftest import SECRET, settings_for
from tramesa.tests.servers.process import ServerProcess
from tramesa.tests.world import open_world

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"


class _Collector(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.received.append((self.path, body))  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def collecting() -> Iterator[Any]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Collector) as server:
        server.received = []  # type: ignore[attr-defined]
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


async def test_an_operation_is_a_span_of_the_callers_trace(sqlite_url: str, tmp_path: Path) -> None:
    async with open_world(settings_for(sqlite_url, tmp_path)):
        pass  # The database is there.
    with collecting() as collector:
        environment = {
            "TRAMESA_DATABASE_URL": sqlite_url,
            "TRAMESA_SECRET_KEY": SECRET,
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.server_address[1]}",
            "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
        }
        async with (
            ServerProcess(tmp_path / "log", environment) as server,
            httpx.AsyncClient(base_url=server.url) as client,
        ):
            parent = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
            await client.post("/graphql", json={"query": "query Who { viewer { name } }"}, headers=parent)

        # The server sends what it still has when it stops.
        (path, body), *_ = collector.received

    assert path == "/v1/traces"
    (resource,) = ExportTraceServiceRequest.FromString(body).resource_spans
    (span,) = resource.scope_spans[0].spans
    assert span.name == "query Who"
    assert span.trace_id.hex() == TRACE
    assert span.parent_span_id.hex() == PARENT
    attributes = {pair.key: pair.value.string_value for pair in span.attributes}
    assert attributes == {
        "network.protocol.name": "http",
        "graphql.operation.name": "Who",
        "graphql.operation.type": "query",
    }


async def test_an_operation_that_fails_is_marked(sqlite_url: str, tmp_path: Path) -> None:
    async with open_world(settings_for(sqlite_url, tmp_path)):
        pass
    with collecting() as collector:
        environment = {
            "TRAMESA_DATABASE_URL": sqlite_url,
            "TRAMESA_SECRET_KEY": SECRET,
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.server_address[1]}",
        }
        async with (
            ServerProcess(tmp_path / "log", environment) as server,
            httpx.AsyncClient(base_url=server.url) as client,
        ):
            await client.post("/graphql", json={"query": "{ invoices(role: ISSUER) { totalCount } }"})

        (_, body), *_ = collector.received

    (resource,) = ExportTraceServiceRequest.FromString(body).resource_spans
    (span,) = resource.scope_spans[0].spans
    assert (span.name, span.status.code) == ("query", 2)
