"""The ASGI application: one endpoint for GraphQL, downloads, pages, health."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route, WebSocketRoute

from . import pages
from .archives import download_archive
from .downloads import download_attachment, download_document, download_receipt
from .draining import draining_on_signals
from .front import Front
from .health import healthz, readyz
from .http import graphql_over_http
from .metrics import metrics
from .platform_keys import public_key_set
from .requests import PREFLIGHTED
from .services import Services, open_services
from .settings import Settings, read_settings
from .stopping import stop
from .websocket import graphql_over_websocket

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


def create_app(
    settings: Settings | None = None, *, deliver_mail: bool = True, settle_memory: bool = False
) -> Starlette:
    """An application of its own: its database is opened when the server starts it, closed when it stops.

    ``settle_memory`` is for a process that does nothing else: it takes all that is there out of garbage collection.
    """
    chosen = settings or read_settings()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with open_services(chosen, deliver_mail=deliver_mail) as services:
            app.state.services = services
            if settle_memory:
                _settle_memory()
            with draining_on_signals(services.drain):
                yield

    return Starlette(
        routes=[
            Route("/graphql", graphql_over_http, methods=METHODS),
            WebSocketRoute("/graphql", graphql_over_websocket),
            Route("/invoices/{key}/document", download_document),
            Route("/invoices/{key}/receipt", download_receipt),
            Route("/attachments/{key}", download_attachment),
            Route("/stop/{key:uuid}/{signature}", stop, methods=["GET", "HEAD", "POST"]),
            Route("/archives/{key}", download_archive),
            Route("/live", pages.live),
            Route("/live/", pages.live),
            Route("/live/terms.js", pages.live_terms),
            Route("/live/{name:path}", pages.live_file),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            Route("/.well-known/jwks.json", public_key_set),
            *_for_developers(chosen),
        ],
        middleware=[Middleware(Front, settings=chosen), *_cors(chosen)],
        lifespan=lifespan,
    )


def _for_developers(settings: Settings) -> list[Route]:
    on = settings.introspection
    return [
        Route("/", pages.home if on else pages.to_live),
        Route("/explorer/{name:path}", pages.explorer_file if on else pages.off),
        Route("/schema.graphql", pages.schema if on else pages.off),
    ]


def services_of(app: Starlette) -> Services:
    """The running parts of an application, for those who embed it."""
    services: Services = app.state.services
    return services


def _cors(settings: Settings) -> list[Middleware]:
    if not settings.allowed_origins:
        return []
    options: dict[str, Any] = {
        "allow_origins": list(settings.allowed_origins),
        "allow_methods": ["GET", "POST"],
        "allow_headers": ["content-type", "last-event-id", *PREFLIGHTED],
        "expose_headers": ["etag", "content-disposition", "x-request-id", "tramesa-findings", "retry-after"],
        "max_age": 3600,
    }
    return [Middleware(CORSMiddleware, **options)]


def _settle_memory() -> None:
    # What is there at the start stays: the collector need not look at it, nor run after every few hundred objects.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
