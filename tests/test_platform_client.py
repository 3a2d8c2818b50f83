"""Whatever a platform answers, or does not: it is data, or it is no answer, after a bounded time and size."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tramesa.mail.platforms.adapter import NotNow
from tramesa.mail.platforms.client import GraphqlClient
from tramesa.models.platforms.keys import SigningKey

KEY = SigningKey("kid", rsa.generate_private_key(public_exponent=65537, key_size=2048))
GOOD = b'{"data": {"x": 1}}'


def answer(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", "content-type: application/json", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@asynccontextmanager
async def answering(*parts: bytes, pause: float = 0.0) -> AsyncIterator[GraphqlClient]:
    """A server that says these bytes to everybody, whatever they ask; and a client for it."""

    serving: list[asyncio.Task[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.append(task)
        try:
            await reader.readuntil(b"\r\n\r\n")
            for part in parts:
                writer.write(part)
                await asyncio.sleep(pause)
        finally:
            writer.close()

    async def key() -> SigningKey:
        return KEY

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    client = GraphqlClient(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", "http://here.test", key)
    try:
        yield client
    finally:
        await client.close()
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


async def test_data_is_an_answer() -> None:
    async with answering(answer(GOOD)) as client:
        assert await client.ask("{ x }", {}) == {"x": 1}


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (answer(b"", "302 Found", "location: http://127.0.0.1/inside"), "It answered with status 302 and no GraphQL."),
        (answer(b"<html>"), "It answered with status 200 and no GraphQL."),
        (answer(b"[" * 100_000), "It answered with status 200 and no GraphQL."),
        (answer(b"[1]"), "It answered with status 200 and no GraphQL."),
        (answer(b'{"data": null}'), "It answered with status 200: no data"),
        (answer(b'{"errors": [5]}'), "It answered with status 200: no data"),
        (answer(b'{"errors": [{"message": "Something went wrong"}]}', "503 Later"), "status 503: Something went wrong"),
        (answer(GOOD, "401 No"), "It does not accept our credentials"),
        (answer(b"x" * (4 * 1024 * 1024 + 1)), "The answer has more than 4194304 bytes."),
        (b"no HTTP at all\r\n\r\n", "RemoteProtocolError"),
        (b"", "RemoteProtocolError"),
        (answer(GOOD)[:-3], "RemoteProtocolError"),
    ],
)
async def test_anything_else_is_none(said: bytes, text: str) -> None:
    async with answering(said) as client:
        with pytest.raises(NotNow) as caught:
            await client.ask("{ x }", {})

    assert text in caught.value.text


async def test_an_answer_that_drips_is_given_up() -> None:
    async with answering(*(answer(GOOD)[at : at + 1] for at in range(200)), pause=0.2) as client:
        with pytest.raises(NotNow, match=r"No answer within 0\.5 seconds\."):
            await client.ask("{ x }", {}, within=0.5)


async def test_nobody_there_is_no_answer() -> None:
    async with answering() as client:
        pass
    with pytest.raises(NotNow, match="ConnectError"):
        await client.ask("{ x }", {})
    await client.close()
