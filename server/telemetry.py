"""OpenTelemetry, where it is installed (``tramesa[opentelemetry]``): one span an operation, in the caller's trace.

Spans go where the standard variables say (``OTEL_EXPORTER_OTLP_ENDPOINT`` and its like); without them, nowhere. A span
has the operation's name and kind, never what it said.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

_TRACE = ("traceparent", "tracestate", "baggage")
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class Span:
    """What can be said of an operation while it runs; nobody listens where there is no OpenTelemetry."""

    def __init__(self, span: Any = None) -> None:
        self._span = span

    def describe(self, name: str, kind: str, *, failed: bool) -> None:
        """Name the operation and say how it went."""
        if self._span is None:
            return
        from opentelemetry.trace import StatusCode  # noqa: PLC0415 - only where it is installed

        self._span.update_name(f"{kind} {name}" if kind != name else kind)
        self._span.set_attributes({"graphql.operation.name": name, "graphql.operation.type": kind})
        if failed:
            self._span.set_status(StatusCode.ERROR)


class Telemetry:
    """This process's spans."""

    def __init__(self) -> None:
        self._exporting = _exporting()
        self._tracer = _tracer(self._exporting)

    @contextmanager
    def operation(self, transport: str, headers: Mapping[str, str]) -> Iterator[Span]:
        """The span of an operation; ``headers`` may name the trace that it belongs to (``traceparent``)."""
        if self._tracer is None:
            yield Span()
            return
        from opentelemetry.propagate import extract  # noqa: PLC0415 - only where it is installed
        from opentelemetry.trace import SpanKind  # noqa: PLC0415

        carrier = {name: value for name in _TRACE if (value := headers.get(name))}
        with self._tracer.start_as_current_span(
            "graphql", extract(carrier), SpanKind.SERVER, attributes={"network.protocol.name": transport}
        ) as span:
            yield Span(span)

    def close(self) -> None:
        """Send what has not been sent yet. Blocks, for some seconds where nobody collects."""
        if self._exporting is not None:
            self._exporting.shutdown()


def _tracer(provider: Any) -> Any:
    """Of the provider that we made or, where there is none, of whoever runs us (``opentelemetry-instrument``)."""
    try:
        from opentelemetry import trace  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    return trace.get_tracer("tramesa", tracer_provider=provider)


def _exporting() -> Any:
    """What sends spans to where the environment says; None where it says nothing or the extra is missing."""
    if not any(os.environ.get(name) for name in _ENDPOINTS):
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - an extra
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError:
        return None
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: os.environ.get("OTEL_SERVICE_NAME", "tramesa")}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider
