"""Places in the feeds of an invoice's two parties: taken under a lock, so that lower ones commit first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..database import Unit
from ..domain.transitions import PartyRole
from ..signals import FeedKey
from ..sql import Statement, as_instant, value_rows
from ..writing import Columns, update_rows
from .positions import COUNTERS, PartyFeed


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


class HeldFeeds:
    """The feeds of one receiver and several issuers, locked until the commit, in which places are taken in memory.

    :func:`hold_feeds` locks them; :meth:`write` must be called before the commit, or nothing was taken.
    """

    def __init__(self, feed: PartyFeed, ends: dict[FeedKey, int], receiver_id: str, last: datetime | None) -> None:
        self._feed = feed
        self._ends = ends
        self._receiver = FeedKey(receiver_id, PartyRole.RECEIVER)
        self._taken: set[FeedKey] = set()
        self._last = last

    def now(self) -> datetime:
        """The next instant: later than everything in these feeds and than every instant that was given before."""
        self._last = Places(0, 0, self._last).now()
        return self._last

    def take(self, issuer_id: str, count: int = 1) -> Places:
        """The next ``count`` positions in the receiver's feed and in this issuer's, which must be among the held."""
        issuer = FeedKey(issuer_id, PartyRole.ISSUER)
        places = Places(self._ends[issuer] + 1, self._ends[self._receiver] + 1, self._last)
        for key in (issuer, self._receiver):
            self._ends[key] += count
            self._taken.add(key)
        return places

    def holds(self, issuer_id: str) -> bool:
        """Whether this issuer's feed is among the held."""
        return FeedKey(issuer_id, PartyRole.ISSUER) in self._ends

    async def write(self, unit: Unit) -> None:
        """Write down where the feeds end now."""
        moved: list[tuple[Columns, Columns]] = [
            ({self._feed.column: self._ends[key]}, {"party_id": key.party_id, "role": key.role.value})
            for key in sorted(self._taken)
        ]
        await update_rows(unit, "feed", moved)
        unit.touched |= self._taken


async def hold_feeds(unit: Unit, feed: PartyFeed, issuers: Iterable[str], receiver_id: str) -> HeldFeeds:
    """Lock the feeds of these issuers, in the order of their ids, and then the receiver's."""
    ends = await _hold(unit, feed, PartyRole.ISSUER, sorted(set(issuers)))
    ends |= await _hold(unit, feed, PartyRole.RECEIVER, [receiver_id])
    return HeldFeeds(feed, ends, receiver_id, await _last_of_all(unit, feed, ends))


async def _hold(unit: Unit, feed: PartyFeed, role: PartyRole, parties: list[str]) -> dict[FeedKey, int]:
    query = Statement(unit.dialect)
    wanted = value_rows(query, {"party_id": "uuid"}, [(party,) for party in parties])
    zeros = ", ".join("0" for _ in COUNTERS)
    rows = await unit.fetch(
        f"INSERT INTO feed (party_id, role, {', '.join(COUNTERS)})"
        f" SELECT v.party_id, {_text(query, role.value)}, {zeros} FROM {wanted} WHERE true ORDER BY v.party_id"
        f" ON CONFLICT (party_id, role) DO UPDATE SET {feed.column} = feed.{feed.column}"
        f" RETURNING party_id, {feed.column}",
        query.values,
    )
    return {FeedKey(str(party), role): int(end) for party, end in rows}


def _text(query: Statement, value: str) -> str:
    return f"{query.bind(value)}::varchar" if query.dialect == "postgres" else query.bind(value)


async def _last_of_all(unit: Unit, feed: PartyFeed, ends: Mapping[FeedKey, int]) -> datetime | None:
    """The instant of what is at the end of any of these feeds."""
    found: list[datetime] = []
    for role in PartyRole:
        side = role.value.lower()
        query = Statement(unit.dialect)
        places = [(key.party_id, end) for key, end in ends.items() if key.role is role]
        wanted = value_rows(query, {"party": "uuid", "place": "bigint"}, places)
        rows = await unit.fetch(
            f"SELECT MAX(e.at) FROM {wanted}"
            f" JOIN {feed.log} e ON e.{side}_id = v.party AND e.{side}_position = v.place",
            query.values,
        )
        found += [as_instant(row[0]) for row in rows if row[0] is not None]
    return max(found, default=None)


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
