"""Where a receiver lives: asked of the platforms and remembered, briefly, and never in anybody's way."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from tramesa.mail.platforms.adapter import Adapter, FeedPage, NotNow
from tramesa.mail.platforms.adapters import AdapterRack
from tramesa.mail.platforms.asking import Asker
from tramesa.models.database import Database
from tramesa.models.domain.exchange import KnownParty
from tramesa.models.domain.transitions import PartyKind
from tramesa.models.platforms.directory import enter, home_of
from tramesa.models.platforms.jwks import Jwk
from tramesa.models.platforms.known import NewPlatform, PlatformRow, add_platform
from tramesa.tests.operations import write
from tramesa.tests.world import World

TAX_ID = "B25318742"
KEY: Jwk = {"kid": "k", "kty": "RSA", "n": "x", "e": "AQAB", "alg": "RS256", "use": "sig"}


class Village:
    """A platform of another kind: it knows whom it is told to know, after a while."""

    def __init__(self, platform: PlatformRow) -> None:
        self.name = platform.name
        self.known: list[KnownParty] = []
        self.asked: list[Sequence[str]] = []
        self.silent = False

    async def knows(self, tax_ids: Sequence[str]) -> list[KnownParty]:
        self.asked.append(tax_ids)
        if self.silent:
            raise NotNow("No answer within 2 seconds.")
        return [party for party in self.known if party.tax_id in tax_ids]

    async def deliver(self, *_: object) -> None:
        raise NotNow("This village takes no parcels.")

    async def report(self, *_: object) -> int:
        raise NotNow("This village takes no news.")

    async def states_after(self, *_: object) -> FeedPage:
        raise NotNow("This village has no news.")

    async def close(self) -> None:
        """Nothing is open."""


class Land:
    """Three villages, and somebody who asks around."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.villages: dict[str, Village] = {}
        self.asker = Asker(database, AdapterRack({"TRAMESA": self._village}))

    def _village(self, platform: PlatformRow) -> Adapter:
        return self.villages.setdefault(platform.name, Village(platform))  # type: ignore[return-value]

    async def where(self, tax_id: str = TAX_ID) -> str | None:
        home = await self.asker.home_of(tax_id)
        return None if home is None else home.platform_name

    def asked(self) -> list[int]:
        return [len(self.villages[name].asked) if name in self.villages else 0 for name in ("A", "B", "C")]


@pytest.fixture
async def land(database: Database) -> Land:
    for name in "ABC":
        await add_platform(database, NewPlatform(name=name, address=f"https://{name}.example", keys=[KEY]))
    return Land(database)


async def earlier(database: Database, by: timedelta) -> None:
    then = (datetime.now(UTC) - by).isoformat(sep=" ")
    await write(database, f"UPDATE directory_entry SET asked_at = '{then}' WHERE source = 'ASKED'")


async def test_all_are_asked_once_and_both_answers_are_remembered_for_a_while(land: Land) -> None:
    await land.where()
    land.villages["B"].known.append(KnownParty(tax_id="A58818501", name="Beta", kind=PartyKind.COMPANY))

    assert [await land.where("A58818501") for _ in range(3)] == ["B", "B", "B"]
    assert [await land.where() for _ in range(3)] == [None, None, None]
    assert land.asked() == [2, 2, 2]

    await earlier(land.database, timedelta(hours=2))  # A no is believed for an hour, a yes for thirty days.
    land.villages["C"].known.append(KnownParty(tax_id=TAX_ID, name="Moved in", kind=None))
    assert (await land.where("A58818501"), await land.where()) == ("B", "C")
    assert land.asked() == [3, 3, 3]
    await earlier(land.database, timedelta(days=31))
    land.villages["B"].known.clear()
    assert await land.where("A58818501") is None


async def test_a_silent_platform_is_not_asked_by_everybody(land: Land) -> None:
    await land.where("A58818501")
    land.villages["A"].silent = True
    land.villages["B"].known.append(KnownParty(tax_id=TAX_ID, name="Beta", kind=PartyKind.COMPANY))

    assert await land.where() == "B"
    assert await land.where("B12345674") is None
    assert land.asked() == [2, 3, 3]


async def test_an_operator_s_word_goes_before_a_platform_s(land: Land) -> None:
    await land.where("A58818501")
    land.villages["A"].known.append(KnownParty(tax_id=TAX_ID, name="Alpha", kind=None))
    assert await land.where() == "A"

    await enter(land.database, TAX_ID, "C")

    assert await land.where() == "C"
    home = await home_of(land.database, TAX_ID)
    assert home is not None
    assert home.platform_name == "C"


async def test_two_platforms_that_both_claim_a_receiver_are_told_apart_always_alike(land: Land) -> None:
    await land.where("A58818501")
    for name in "CB":
        land.villages[name].known.append(KnownParty(tax_id=TAX_ID, name=name, kind=None))

    found = await asyncio.gather(*(land.where() for _ in range(10)))

    assert len(set(found)) == 1
    assert await land.where() == found[0]


async def test_a_dead_platform_keeps_an_issuer_waiting_for_two_seconds_and_once(small_world: World) -> None:
    """A real address where nobody answers: a socket that listens and never accepts."""
    issuer, database = await small_world.person(), small_world.services.database
    dead = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{dead.getsockname()[1]}"
    await add_platform(database, NewPlatform(name="Dead", address=address, keys=[KEY]))
    ask = """mutation ($input: IssueInvoiceInput!) { issueInvoice(input: $input) { errors { code } } }"""
    line = {"description": "x", "quantity": "1", "unitPrice": "1", "taxRate": "21"}
    wanted = {"receiver": {"taxId": TAX_ID}, "number": "1", "issueDate": "2026-01-15", "lines": [line]}
    took = []

    for _ in range(2):
        started = time.monotonic()
        payload = (await issuer.ask(ask, input=wanted))["issueInvoice"]
        took.append(time.monotonic() - started)
        assert payload["errors"] == [{"code": "RECEIVER_UNKNOWN"}]

    assert took[0] >= 2.0
    assert took[1] < 2.0
    dead.close()
