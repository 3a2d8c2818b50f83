"""Two platforms in this process, and a line between them that loses, doubles, delays and reorders requests."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2 as httpx
from starlette.applications import Starlette

from tramesa.mail.platforms.adapters import AdapterRack
from tramesa.mail.platforms.asking import Asker
from tramesa.mail.platforms.client import GraphqlClient
from tramesa.mail.platforms.pulling import Puller
from tramesa.mail.platforms.sending import DELIVERIES, DeliverySender, judge_delivery, record
from tramesa.mail.platforms.tramesa import TramesaAdapter
from tramesa.mail.worker import Worker
from tramesa.models.database import Database
from tramesa.models.platforms.keys import SigningKey, ensure_key, public_keys, signing_key
from tramesa.models.platforms.known import NewPlatform, PlatformRow, add_platform
from tramesa.models.tables import PlatformKey
from tramesa.tests.conftest import SECRET, settings_for
from tramesa.tests.world import World, open_world

FATES = ("DELIVER", "DELIVER", "LOSE", "LOSE_ANSWER", "LOSE_ANSWER", "TWICE", "DELAY")


@dataclass
class Line(httpx.AsyncBaseTransport):
    """The way to one server. ``fate`` says of each request what becomes of it."""

    app: Starlette
    fate: Callable[[], str] = lambda: "DELIVER"
    delayed: list[httpx.Request] = field(default_factory=list)
    requests: list[tuple[str, int]] = field(default_factory=list)
    """Fate and status of all that arrived."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        fate = self.fate()
        if fate == "LOSE":
            raise httpx.ConnectError("lost on the way", request=request)
        if fate == "DELAY":
            self.delayed.append(request)
            raise httpx.ReadTimeout("no answer yet", request=request)
        answer = await self._arrive(request, fate)
        if fate == "TWICE":
            await self._arrive(request, fate)
        if fate == "LOSE_ANSWER":
            raise httpx.ReadError("the answer is lost", request=request)
        return answer

    async def release(self) -> None:
        """What was delayed arrives now, the last first; nobody waits for its answers any more."""
        while self.delayed:
            await self._arrive(self.delayed.pop(), "DELAYED")

    async def _arrive(self, request: httpx.Request, fate: str) -> httpx.Response:
        again = httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        answer = await httpx.ASGITransport(app=self.app).handle_async_request(again)
        body = await answer.aread()
        self.requests.append((fate, answer.status_code))
        return httpx.Response(answer.status_code, headers=answer.headers, content=body)


class LineClient(GraphqlClient):
    """The client that is used between servers, over such a line."""

    def __init__(self, line: Line, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._line = line

    def _opened(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=self._line)


@dataclass
class Side:
    """One of the two platforms."""

    name: str
    world: World
    line: Line
    """To the other."""
    rack: AdapterRack
    late: timedelta = timedelta()

    def worker(self) -> Worker:
        """What sends, at a time that goes on by an hour with each look: nothing has to be waited for."""
        self.late += timedelta(hours=1)
        return Worker(
            self.world.services.database,
            DELIVERIES,
            lambda: DeliverySender(self.world.services.database, self.rack),
            judge_by=judge_delivery,
            record=record,
            connections=2,
            clock=lambda: datetime.now(UTC) + self.late,
        )

    async def work(self) -> None:
        """Send what is due."""
        await self.worker().drain()

    async def read(self) -> None:
        """Read the other's feed."""
        await Puller(self.world.services.database, self.rack).drain()


@asynccontextmanager
async def two_sides(urls: tuple[str, str], folder: Path) -> AsyncIterator[tuple[Side, Side]]:
    """Nord and Sud, known to each other."""
    names = ("Nord", "Sud")
    async with AsyncExitStack() as stack:
        worlds = []
        for name, url in zip(names, urls, strict=True):
            settings = replace(settings_for(url, folder / name), public_url=_address(name))
            world = await stack.enter_async_context(open_world(settings))
            world.client.base_url = httpx.URL(_address(name))
            worlds.append(world)
        sides = []
        for here, there, other in zip(names, names[::-1], worlds[::-1], strict=True):
            world = worlds[names.index(here)]
            database = world.services.database
            await ensure_known_key(other.services.database, there)
            [(_, key)] = await public_keys(other.services.database)
            await add_platform(database, NewPlatform(name=there, address=_address(there), keys=[key]))
            await ensure_known_key(database, here)
            line = Line(other.app)
            rack = AdapterRack({"TRAMESA": _maker(line, _address(here), await signing_key(database, SECRET))})
            world.services.asker = Asker(database, rack)
            sides.append(Side(here, world, line, rack))
        yield sides[0], sides[1]


_keys: dict[str, list[Any]] = {}
"""The key pairs of both names, as their tables keep them: making one takes longer than most tests."""


async def ensure_known_key(database: Database, name: str) -> None:
    """The key of this name, made once for all tests."""
    with database.bound():
        if name in _keys and not await PlatformKey.exists():
            await PlatformKey.bulk_create([PlatformKey(**row) for row in _keys[name]])
        await ensure_key(database, SECRET)
        _keys.setdefault(name, [dict(row) for row in await PlatformKey.all().values()])


def _address(name: str) -> str:
    return f"http://{name.lower()}.test"


def _maker(line: Line, own: str, key: SigningKey) -> Callable[[PlatformRow], TramesaAdapter]:
    async def signing() -> SigningKey:
        return key

    return lambda platform: TramesaAdapter(platform, LineClient(line, platform.address, own, signing), own)


def fates(chance: random.Random) -> Callable[[], str]:
    """A fate for each request: most of them are bad."""
    return lambda: chance.choice(FATES)
