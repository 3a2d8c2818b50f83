"""What every kind of platform can be asked: the small interface behind which others than our own can be added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ...models.domain.exchange import CarriedAnswer, CarriedRequest, KnownParty, Receipt, ReportedStep
from ...models.platforms.exchange import Parcel
from ...models.platforms.known import PlatformRow


class NotNow(Exception):
    """The platform does not answer, or not as it should; another time it may. ``code`` is its HTTP status, if any.

    ``argument`` is what it finds wrong with the question, ``fault`` its own code for that, where it says so.
    """

    def __init__(
        self, text: str, code: int | None = None, *, argument: tuple[str, ...] = (), fault: str | None = None
    ) -> None:
        super().__init__(text)
        self.text = text
        self.code = code
        self.argument = argument
        self.fault = fault


class NeverTaken(Exception):
    """The platform says for good that it does not take this. ``unknown``: because the receiver does not live there."""

    def __init__(self, text: str, *, unknown: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.unknown = unknown


class NotOffered(Exception):
    """The platform has no such question: it is of a kind, or an age, that does not know it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class LostTrack(Exception):
    """The platform does not know the cursor: its feed has to be read from the beginning."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """An invoice was taken over: the receipt, and what has become of it over there so far."""

    receipt: Receipt
    steps: tuple[ReportedStep, ...]


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A part of a platform's feed: our invoices' ids and steps in the order in which they happened.

    ``cursor`` is where to go on; ``more``, whether there is more now.
    """

    entries: tuple[tuple[str, ReportedStep], ...]
    cursor: str | None
    more: bool


class Adapter(Protocol):
    """One platform. Everything may raise :class:`NotNow`, and may be asked again."""

    async def deliver(self, parcel: Parcel) -> Delivered:
        """Hand an invoice over; the same again has no further effect and the same receipt. :class:`NeverTaken`."""

    async def report(self, remote_id: str, steps: Sequence[ReportedStep]) -> int:
        """Tell what became of an invoice that came from there; the last version that is known there now.

        :class:`NeverTaken` where the platform knows of no such invoice.
        """

    async def request_cancellation(self, request: CarriedRequest) -> CarriedAnswer:
        """Ask that an invoice be cancelled, or tell that it is no longer asked for; how that stands there now.

        The same again has no further effect. :class:`NeverTaken`, and :class:`NotOffered` where nobody can be asked.
        """

    async def answer_cancellation(self, remote_id: str, answer: CarriedAnswer, steps: Sequence[ReportedStep]) -> int:
        """Tell how a request that came from there has ended, and the invoice's steps that are not known there yet.

        The last version that is known there now; the answer was taken if it is not below ``answer.version``.
        :class:`NeverTaken` where the platform knows of no such request, :class:`NotOffered` where of none at all.
        """

    async def cancellations(self, request_ids: Sequence[str]) -> list[CarriedAnswer]:
        """How those of our requests stand there that it knows. :class:`NotOffered` where it knows none."""

    async def states_after(self, cursor: str | None, limit: int) -> FeedPage:
        """What became of our invoices there, from a cursor on. :class:`LostTrack` where it knows no such cursor."""

    async def knows(self, tax_ids: Sequence[str]) -> list[KnownParty]:
        """Those of the tax ids that live there."""

    async def close(self) -> None:
        """Let go of connections; it can still be used afterwards."""


class Adapters(Protocol):
    """What gives the adapter of each platform."""

    def __call__(self, platform: PlatformRow) -> Adapter:
        """The adapter of one."""

    async def close(self) -> None:
        """Let go of all connections."""
