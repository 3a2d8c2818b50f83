"""Places in the feeds of an invoice's two parties: taken under a lock, so that lower ones commit first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .database import Unit
from .domain.transitions import PartyRole
from .positions import COUNTERS, STATUS_FEED, PartyFeed
from .signals import FeedKey
from .sql import Statement, as_instant


@dataclass(frozen=True, slots=True)
class Places:
    """The first new positions in both feeds, whose rows are locked from here on; ``last`` is what happened before."""

    issuer: int
    receiver: int
    last: datetime | None

    def now(self) -> datetime:
        """The instant of what is recorded here: later than everything in both feeds, whatever the clocks say.

        Positions and instants then run the same way, so whoever walks by time misses no more than who walks the feed.
        """
        return self.no_earlier(datetime.now(UTC))

    def no_earlier(self, instant: datetime) -> datetime:
        """The instant, or the first one after all that both feeds have."""
        return instant if self.last is None or instant > self.last else self.last + timedelta(microseconds=1)


async def take_places(unit: Unit, feed: PartyFeed, issuer_id: str, receiver_id: str, count: int) -> Places:
    """Lock both parties' rows, the issuer's first, and take ``count`` positions in each of their feeds of a kind."""
    issuer = await _take(unit, feed, FeedKey(issuer_id, PartyRole.ISSUER), count)
    receiver = await _take(unit, feed, FeedKey(receiver_id, PartyRole.RECEIVER), count)
    return Places(issuer, receiver, await _last(unit, feed, issuer_id, issuer, receiver_id, receiver))


async def take_many_places(unit: Unit, issuers: Mapping[str, int], receiver_id: str) -> dict[str, Places]:
    """The same for one receiver and several issuers, with the number of status changes that each needs.

    Feeds are locked in the order of the issuers' ids, the receiver's last. Every ``Places`` begins at the place of its
    own issuer's feed and, in the receiver's, at the first of all.
    """
    feed = STATUS_FEED
    starts = {
        issuer: await _take(unit, feed, FeedKey(issuer, PartyRole.ISSUER), issuers[issuer])
        for issuer in sorted(issuers)
    }
    receiver = await _take(unit, feed, FeedKey(receiver_id, PartyRole.RECEIVER), sum(issuers.values()))
    lasts = [await _last(unit, feed, issuer, start, receiver_id, receiver) for issuer, start in starts.items()]
    last = max((one for one in lasts if one is not None), default=None)
    return {issuer: Places(start, receiver, last) for issuer, start in starts.items()}


async def _last(
    unit: Unit, feed: PartyFeed, issuer_id: str, issuer: int, receiver_id: str, receiver: int
) -> datetime | None:
    """The instant of what lies before these positions."""
    query = Statement(unit.dialect)
    rows = await unit.fetch(
        f"SELECT MAX(e.at) FROM {feed.log} e"
        f" WHERE (e.issuer_id = {query.bind(issuer_id)} AND e.issuer_position = {query.bind(issuer - 1)})"
        f" OR (e.receiver_id = {query.bind(receiver_id)} AND e.receiver_position = {query.bind(receiver - 1)})",
        query.values,
    )
    return None if rows[0][0] is None else as_instant(rows[0][0])


async def _take(unit: Unit, feed: PartyFeed, key: FeedKey, count: int) -> int:
    """The first of ``count`` new positions. The row stays locked until the commit, so lower ones commit first."""
    query = Statement(unit.dialect)
    begun: dict[str, object] = {"party_id": key.party_id, "role": key.role.value, **dict.fromkeys(COUNTERS, 0)}
    places = ", ".join(query.bind(value) for value in (begun | {feed.column: count}).values())
    rows = await unit.fetch(
        f"INSERT INTO feed ({', '.join(begun)}) VALUES ({places}) ON CONFLICT (party_id, role) DO UPDATE"
        f" SET {feed.column} = feed.{feed.column} + {query.bind(count)} RETURNING {feed.column}",
        query.values,
    )
    unit.touched.add(key)
    return int(rows[0][0]) - count + 1
