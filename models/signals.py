"""Waking those who follow a feed. A wake-up carries nothing: whoever is woken reads the feed, which is the truth."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from .domain.transitions import PartyRole


class FeedKey(NamedTuple):
    """One party's feed in one role. ``party_id`` is the UUID as text."""

    party_id: str
    role: PartyRole

    @property
    def text(self) -> str:
        """As it travels in a notification between processes."""
        return f"{self.party_id}:{self.role}"

    @classmethod
    def parse(cls, text: str) -> FeedKey:
        """The key of a notification's payload."""
        party_id, _, role = text.partition(":")
        return cls(party_id, PartyRole(role))


class Signals:
    """The followers of this process."""

    def __init__(self) -> None:
        self._followers: dict[FeedKey, set[asyncio.Event]] = {}

    @contextmanager
    def follow(self, key: FeedKey) -> Iterator[asyncio.Event]:
        """An event that is set whenever the feed may have grown; the follower clears it before it reads."""
        event = asyncio.Event()
        self._followers.setdefault(key, set()).add(event)
        try:
            yield event
        finally:
            followers = self._followers[key]
            followers.discard(event)
            if not followers:
                del self._followers[key]

    def wake(self, keys: Iterable[FeedKey]) -> None:
        """Wake those who follow these feeds."""
        for key in keys:
            for event in self._followers.get(key, ()):
                event.set()

    def wake_all(self) -> None:
        """Wake everybody: after notifications may have been missed, and when the server drains."""
        for followers in self._followers.values():
            for event in followers:
                event.set()

    @property
    def following(self) -> int:
        """How many follow at the moment."""
        return sum(len(followers) for followers in self._followers.values())
