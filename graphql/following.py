"""Following a feed for ever. The table is the truth; a signal only says that it may have grown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from ..models.database import UNREACHABLE
from ..models.domain.transitions import PartyRole
from ..models.feeds.positions import PartyFeed
from ..models.signals import FeedKey
from .context import Context

PAUSE = 1.0
"""Seconds before a subscriber that found no database looks again."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of a feed: ``event`` is what is pushed."""

    cursor: str
    at: datetime
    event: Any


Read = Callable[[int], Awaitable[tuple[Sequence[Told], int]]]
"""The next entries after a position, oldest first, and how far the follower has been told everything then."""


async def begin(
    context: Context, feed: PartyFeed, role: PartyRole, after: str | None, read: Read
) -> AsyncGenerator[Any, None]:
    """The events of a feed of the viewer's party: after a cursor, else from now on.

    What is wrong with the request is said before there is a stream, so this is no generator itself. The cursor that a
    client's transport brought goes before the argument.
    """
    viewer, after = context.signed_in(), context.resume_after or after
    if after is None:
        position = await feed.end(context.database, viewer, role)
    else:
        position = await feed.start(context.database, viewer, role, after)
    context.cursor = feed.cursor(role, position)
    return _follow(context, feed, role, position, read)


async def _follow(
    context: Context, feed: PartyFeed, role: PartyRole, position: int, read: Read
) -> AsyncGenerator[Any, None]:
    """The events after a position, each once and in order, for ever."""
    viewer, live = context.signed_in(), False
    with context.database.signals.follow(FeedKey(viewer.party_id, role)) as signal:
        while True:
            # Cleared before reading: a change that comes while we read sets it again.
            signal.clear()
            try:
                told, reached = await read(position)
            except UNREACHABLE as error:
                log.warning("feed_unreachable", error=type(error).__name__)
                await asyncio.sleep(PAUSE)  # It goes on from the same place once the database is back.
                continue
            for one in told:
                if live:
                    context.pushed(one.at)
                context.cursor, context.settled = one.cursor, False
                yield one.event
            if reached > position:
                position = reached
                context.cursor, context.settled = feed.cursor(role, position), True
            else:
                live = True  # What was missed is told: from now on, what comes has just happened.
                await signal.wait()
