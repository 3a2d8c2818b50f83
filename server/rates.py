"""How much one caller may ask for in a minute: by viewer, or by address where nobody has signed in.

Costs are those of ``graphql.engine.cost``. What is counted is this process's own: several share nothing, and each
allows as much. Attempts to sign in have limits of their own, in the database (``models.people.authority``).
"""

from __future__ import annotations

import time
from collections import OrderedDict
from math import ceil
from typing import Final

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from ..graphql.context import Context
from ..models.domain.faults import RateLimited

REFUSED: Final = 500
"""What a document costs that cannot be run: it had to be looked at."""
ANONYMOUS: Final = 10
"""An address without credentials has so many times less."""
REMEMBERED: Final = 10_000
_WHAT: Final = "Too much asked for in a minute"


class Rates:
    """One process's counts. ``a_minute`` is the cost that a viewer may ask for; 0 allows everything."""

    def __init__(self, a_minute: int) -> None:
        self._viewers = RateLimitItemPerMinute(max(1, a_minute))
        self._addresses = RateLimitItemPerMinute(max(1, a_minute // ANONYMOUS))
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage()) if a_minute else None
        self._waiting: OrderedDict[str, float] = OrderedDict()

    def gate(self, context: Context) -> None:
        """Turn away who was told to wait and did not, before anything is read; :class:`RateLimited`."""
        left = self._waiting.get(_caller(context), 0.0) - time.monotonic()
        if left > 0:
            raise RateLimited(ceil(left), _WHAT)

    async def admit(self, context: Context, cost: int) -> None:
        """Count an operation; :class:`RateLimited` where it is too much."""
        if self._limiter is None:
            return
        item = self._addresses if context.viewer is None and context.caller is None else self._viewers
        caller = _caller(context)
        # One that costs more than a minute allows is admitted to an empty minute, or it would never be.
        if await self._limiter.hit(item, caller, cost=min(cost, item.amount)):
            return
        reset, _ = await self._limiter.get_window_stats(item, caller)
        seconds = max(1, ceil(reset - time.time()))
        self._wait(caller, seconds)
        raise RateLimited(seconds, _WHAT)

    def _wait(self, caller: str, seconds: int) -> None:
        # Only for a second: the window slides, and a cheaper operation may well fit.
        self._waiting[caller] = time.monotonic() + min(seconds, 1)
        self._waiting.move_to_end(caller)
        while len(self._waiting) > REMEMBERED:
            self._waiting.popitem(last=False)


def _caller(context: Context) -> str:
    if context.caller is not None:
        return f"platform {context.caller.platform.id}"
    return f"address {context.address}" if context.viewer is None else f"viewer {context.viewer.user_id}"
