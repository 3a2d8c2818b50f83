"""Following changes as clients do: what they ask, over a socket or as a stream of events, and what they hear."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2 as httpx

from tramesa.models.domain.transitions import PartyRole
from tramesa.models.feeds.positions import STATUS_FEED
from tramesa.tests.sockets import PATIENCE, Socket
from tramesa.tests.world import Person

FOLLOW = """subscription ($role: PartyRole! = ISSUER, $after: String, $ids: [ID!]) {
  invoiceStatusChanged(role: $role, after: $after, invoiceIds: $ids) {
    cursor change { to invoice { number } } invoice { id number status version } } }"""
DELIVER = "mutation ($i: ChangeStatusInput!) { markInvoiceDelivered(input: $i) { invoice { status } errors { code } } }"
BEGINNING = STATUS_FEED.cursor(PartyRole.ISSUER, 0)
END = b"event: complete\ndata:"


async def deliver(receiver: Person, invoice: dict[str, Any]) -> None:
    payload = (await receiver.ask(DELIVER, i={"invoiceId": invoice["id"]}))["markInvoiceDelivered"]
    assert payload == {"invoice": {"status": "DELIVERED"}, "errors": []}


def told(event: dict[str, Any]) -> tuple[str, str]:
    """Number and state of an event, as both of its sides say."""
    assert event["change"]["invoice"]["number"] == event["invoice"]["number"]
    return event["invoice"]["number"], event["change"]["to"]


async def next_event(socket: Socket) -> dict[str, Any]:
    message = await socket.receive()
    assert (message["type"], list(message["payload"])) == ("next", ["data"])
    event: dict[str, Any] = message["payload"]["data"]["invoiceStatusChanged"]
    return event


class Events:
    """A stream of events: the blocks between its empty lines."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._bytes = response.aiter_bytes()
        self._buffer = b""
        self.last_id: str | None = None
        """What a browser would send as ``Last-Event-ID``."""

    async def block(self) -> bytes | None:
        """The next block as it came; None at the end of the stream."""
        async with asyncio.timeout(PATIENCE):
            while b"\n\n" not in self._buffer:
                try:
                    self._buffer += await anext(self._bytes)
                except StopAsyncIteration:
                    assert self._buffer == b""
                    return None
        block, _, self._buffer = self._buffer.partition(b"\n\n")
        for line in block.split(b"\n"):
            if line.startswith(b"id: "):
                self.last_id = line[4:].decode()
        return block

    async def next(self) -> dict[str, Any]:
        """The response in the next event, heartbeats left out."""
        while (block := await self.block()) is not None and block.startswith(b":"):
            pass
        assert block is not None
        name, data, *_ = block.split(b"\n")
        assert (name, data[:6]) == (b"event: next", b"data: ")
        response: dict[str, Any] = json.loads(data[6:])
        return response

    async def event(self) -> dict[str, Any]:
        """The change in the next event."""
        event: dict[str, Any] = (await self.next())["data"]["invoiceStatusChanged"]
        return event


@asynccontextmanager
async def open_events(
    url: str, token: str | None, *, last_id: str | None = None, query: str = FOLLOW, **variables: Any
) -> AsyncIterator[Events]:
    headers = {"accept": "text/event-stream"} | ({} if token is None else {"authorization": f"Bearer {token}"})
    headers |= {} if last_id is None else {"last-event-id": last_id}
    async with (
        httpx.AsyncClient(base_url=url, verify=False) as client,
        client.stream("POST", "/graphql", json={"query": query, "variables": variables}, headers=headers) as response,
    ):
        yield Events(response)
