"""Python's gql: queries, mutations and files over HTTP, the feed over WebSocket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# > set up
from gql import Client, FileVar, GraphQLRequest, gql
from gql.transport.exceptions import TransportConnectionFailed
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport

DOCUMENT = gql((Path(__file__).parent / "operations.graphql").read_text()).document


def request(operation: str, **variables: Any) -> GraphQLRequest:
    return GraphQLRequest(DOCUMENT, operation_name=operation, variable_values=variables)


# <


@dataclass(frozen=True)
class Place:
    """What the client is given: where the server is, who signs in, what file to send, when to try again."""

    endpoint: str
    email: str
    password: str
    file: Path
    pause: Callable[[], Awaitable[None]]


async def use(place: Place, keep: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    """Sign in, page, mutate and upload, all of which goes into `keep`; then the events, for ever."""
    endpoint, email, password, file, pause = place.endpoint, place.email, place.password, place.file, place.pause
    # > use
    http = HTTPXAsyncTransport(endpoint)
    async with Client(transport=http) as session:
        signed_in = await session.execute(request("SignIn", input={"email": email, "password": password}))
        http.client.headers["authorization"] = bearer = f"Bearer {signed_in['signIn']['accessToken']}"
        pages = [await session.execute(request("Invoices", first=3))]
        while (info := pages[-1]["invoices"]["pageInfo"])["hasNextPage"]:
            pages.append(await session.execute(request("Invoices", first=3, after=info["endCursor"])))
        wanted = {"invoiceId": pages[-1]["invoices"]["edges"][-1]["node"]["id"], "rcfNumber": "2026/1"}
        registered = await session.execute(request("Register", input=wanted))
        imported = await session.execute(request("Import", input={"file": FileVar(str(file))}), upload_files=True)
    # <
    keep |= {"pages": pages, **registered, **imported}
    # > follow
    cursor = pages[0]["feedCursor"]
    while True:
        socket = WebsocketsTransport(endpoint.replace("http", "ws"), init_payload={"authorization": bearer})
        try:
            async with Client(transport=socket) as session:
                async for data in session.subscribe(request("Changes", after=cursor)):
                    cursor = data["invoiceStatusChanged"]["cursor"]
                    yield data["invoiceStatusChanged"]
        except TransportConnectionFailed:
            await pause()
    # <
