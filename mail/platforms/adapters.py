"""Which adapter speaks with which kind of platform, and the connections that are kept to each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...models.database import Database
from ...models.platforms.keys import SigningKey, ensure_key, signing_key
from ...models.platforms.known import PlatformRow
from .adapter import Adapter
from .client import GraphqlClient
from .tramesa import TramesaAdapter

Maker = Callable[[PlatformRow], Adapter]


class AdapterRack:
    """The adapters of one process, one a platform, made when they are first needed.

    ``makers`` says by kind how; a further kind of platform is a further entry.
    """

    def __init__(self, makers: Mapping[str, Maker]) -> None:
        self._makers = makers
        self._made: dict[str, tuple[str, Adapter]] = {}

    def __call__(self, platform: PlatformRow) -> Adapter:
        """The adapter of a platform as it is entered now."""
        entered = f"{platform.kind} {platform.address} {[key['kid'] for key in platform.keys]}"
        known = self._made.get(platform.id)
        if known is None or known[0] != entered:
            known = self._made[platform.id] = (entered, self._makers[platform.kind](platform))
        return known[1]

    async def close(self) -> None:
        """Let go of every connection."""
        for _, adapter in list(self._made.values()):
            await adapter.close()


def adapters_of(database: Database, *, address: str, secret: str) -> AdapterRack:
    """The adapters that there are, for the server at ``address`` whose keys are sealed with ``secret``."""

    async def key() -> SigningKey:
        await ensure_key(database, secret)
        return await signing_key(database, secret)

    def tramesa(platform: PlatformRow) -> Adapter:
        return TramesaAdapter(platform, GraphqlClient(platform.address, address, key), address)

    return AdapterRack({"TRAMESA": tramesa})
