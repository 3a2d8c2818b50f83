"""What a dashboard shows: counts, sums and days, asked for or followed live."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

import strawberry
import structlog

from ...models.database import UNREACHABLE
from ...models.domain.numbering import LEGAL_TIME
from ...models.domain.transitions import PartyRole as Side
from ...models.lists.filtering import Filter
from ...models.reading.summaries import SummaryGroup, SummaryRow, summarise
from ...models.signals import FeedKey
from ..context import Context, Info
from ..entering.inputs import InvoiceFilter, filter_of
from ..enums import InvoiceStatus, PartyRole
from ..enums import SummaryGroup as Group
from ..parties import Party
from ..scalars import DateTime, Decimal
from ..selecting import fields_of, under

EVERY = 1.0
"""Seconds between two pushes of one follower at least."""
PAUSE = 1.0
"""Seconds before a follower that found no database looks again."""

_DAYS = {"waiting", "daysWaiting", "longestWaiting", "daysToPay"}

log = structlog.get_logger(__name__)


@strawberry.type
class SummaryFigures:
    """What every group has; resolved from ``SummaryRow``."""

    count: int = strawberry.field(description="How many invoices are in it.")
    payable: Decimal = strawberry.field(description="Sum of what is to be paid for them, exact.")
    currency: str = strawberry.field(description="The currency of the sum; each currency is summed apart.")
    month: str | None = strawberry.field(
        description="Month of the date of issue, as 2026-01; null where it is not grouped by."
    )
    office: str | None = strawberry.field(
        description="DIR3 code of the accounting office; null where it is not grouped by, or none is named."
    )
    office_name: str | None = strawberry.field(
        description="What it is called by the newest document of yours that gives it a name; null where none does, or"
        " there is no `office`."
    )
    counterparty: Party | None = strawberry.field(description="The other party; null where it is not grouped by.")
    waiting: int = strawberry.field(description="How many of them wait: registered and in no final state.")
    days_waiting: Decimal | None = strawberry.field(
        description="For how many days these wait, from registration to today in legal time, on average, with one"
        " decimal; null where none waits."
    )
    longest_waiting: int | None = strawberry.field(description="The most days that one waits; null where none does.")
    days_to_pay: Decimal | None = strawberry.field(
        description="Average payment period of what was paid (RD 635/2014): days from registration to payment, weighted"
        " by the amount, with one decimal; null where nothing was paid. Amounts of zero and below do not count."
    )


@strawberry.type(description="How many invoices of one state and currency, how much, and for how long.")
class StatusSummary(SummaryFigures):
    """Of ``invoiceSummary``."""

    status: InvoiceStatus = strawberry.field(description="The state.")


@strawberry.type(description="How many invoices of one group and currency, how much, and for how long.")
class InvoiceStatistics(SummaryFigures):
    """Of ``invoiceStatistics``."""

    status: InvoiceStatus | None = strawberry.field(description="The state; null where it is not grouped by.")


@strawberry.type(description="The figures as they are now.")
class InvoiceSummaryEvent:
    """Resolved from ``Summed``."""

    at: DateTime = strawberry.field(description="When they were read.")
    summary: list[StatusSummary] = strawberry.field(description="As `invoiceSummary` answers.")
    totals: list[InvoiceStatistics] = strawberry.field(description="All of it, one row a currency.")


@dataclass(frozen=True, slots=True)
class Summed:
    """What is pushed; the parts that were not selected are empty."""

    at: datetime
    summary: list[SummaryRow]
    totals: list[SummaryRow]


@strawberry.type
class SummaryQueries:
    """Asked for."""

    @strawberry.field(
        description="How many and how much, by status and currency, and by what else `groupBy` names: what a dashboard"
        " shows. In the order of states, months, offices and names; at most 5,000 rows."
    )
    @staticmethod
    async def invoice_summary(
        info: Info,
        role: PartyRole,
        filter: InvoiceFilter | None = None,  # noqa: A002 - the contract's name
        group_by: list[Group] | None = None,
    ) -> list[StatusSummary]:
        groups = {SummaryGroup.STATUS, *(group_by or ())}
        rows = await _read(info.context, role, filter_of(filter), groups, fields_of(info))
        return cast("list[StatusSummary]", rows)

    @strawberry.field(
        description="The same by just what `groupBy` names, state or not; by nothing, one row a currency."
    )
    @staticmethod
    async def invoice_statistics(
        info: Info,
        role: PartyRole,
        filter: InvoiceFilter | None = None,  # noqa: A002
        group_by: list[Group] | None = None,
    ) -> list[InvoiceStatistics]:
        rows = await _read(info.context, role, filter_of(filter), set(group_by or ()), fields_of(info))
        return cast("list[InvoiceStatistics]", rows)


@strawberry.type
class SummarySubscription:
    """Followed."""

    @strawberry.subscription(
        description="""
The figures of `invoiceSummary` at once, and again after whatever changed them: a status change, a new invoice, one that
is opened, midnight for the days that are waited. At most once a second, and always the last state in the end.
""".strip()
    )
    @staticmethod
    async def invoice_summary_changed(
        info: Info,
        role: PartyRole = PartyRole.ISSUER,
        filter: InvoiceFilter | None = None,  # noqa: A002
        group_by: list[Group] | None = None,
    ) -> AsyncGenerator[InvoiceSummaryEvent, None]:
        # What is wrong with the request is said before there is a stream, so this is no generator itself.
        info.context.signed_in()
        selected, raw = fields_of(info), info._raw_info  # noqa: SLF001
        names = [name for name in ("summary", "totals") if name in selected]
        parts: dict[str, frozenset[str]] = {name: frozenset(under(selected[name], raw)) for name in names}
        groups = {SummaryGroup.STATUS, *(group_by or ())}
        return _follow(info.context, role, filter_of(filter), groups, parts)  # type: ignore[return-value]


async def _read(
    context: Context, role: Side, wanted: Filter, groups: Collection[SummaryGroup], selected: Iterable[str]
) -> list[SummaryRow]:
    names = frozenset(selected)
    with_days, with_names = not _DAYS.isdisjoint(names), "officeName" in names
    return await summarise(
        context.database, context.signed_in(), role, wanted, groups, with_days=with_days, with_names=with_names
    )


async def _follow(
    context: Context,
    role: Side,
    wanted: Filter,
    groups: Collection[SummaryGroup],
    parts: dict[str, frozenset[str]],
) -> AsyncGenerator[Summed, None]:
    """The figures whenever they have changed, for ever."""
    told: Summed | None = None
    clock = asyncio.get_running_loop().time
    with context.database.signals.follow(FeedKey(context.signed_in().party_id, role)) as signal:
        while True:
            # Cleared before reading: a change that comes while we read sets it again.
            signal.clear()
            started = clock()
            try:
                summary = await _read(context, role, wanted, groups, parts["summary"]) if "summary" in parts else []
                totals = await _read(context, role, wanted, (), parts["totals"]) if "totals" in parts else []
            except UNREACHABLE as error:
                log.warning("summary_unreachable", error=type(error).__name__)
                await asyncio.sleep(PAUSE)
                continue
            if told is None or (told.summary, told.totals) != (summary, totals):
                told = Summed(datetime.now(UTC), summary, totals)
                yield told
            await _until(signal, _midnight())
            await asyncio.sleep(max(0.0, EVERY - (clock() - started)))


async def _until(signal: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(signal.wait(), seconds)
    except TimeoutError:
        return


def _midnight() -> float:
    """Seconds until the next day begins in legal time: everything that waits has then waited a day more."""
    now = datetime.now(LEGAL_TIME)
    tomorrow = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), LEGAL_TIME)
    return (tomorrow.astimezone(UTC) - now.astimezone(UTC)).total_seconds() + 0.1
