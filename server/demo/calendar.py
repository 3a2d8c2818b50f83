"""Instants in working hours, counted backwards from now, so that whatever is told has already happened."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random

from ...models.domain.numbering import LEGAL_TIME

_HOLIDAYS = frozenset(
    {(1, 1), (1, 6), (5, 1), (6, 24), (8, 15), (9, 11), (10, 12), (11, 1), (12, 6), (12, 8), (12, 25), (12, 26)}
)
_DAY = timedelta(days=1)


def is_working_day(day: date) -> bool:
    """Monday to Friday, and none of the holidays that never move."""
    return day.weekday() < 5 and (day.month, day.day) not in _HOLIDAYS


def working_instant(dice: Random, before: datetime, days: int) -> datetime:
    """Some moment of the working day that lies this many days earlier, or of the last one before it.

    Always earlier than ``before``, by a minute at least.
    """
    day = before.astimezone(LEGAL_TIME).date() - timedelta(days=days)
    at = _moment(dice, day)
    while not is_working_day(day) or at > before - timedelta(minutes=1):
        day -= _DAY
        at = _moment(dice, day)
    return at


def _moment(dice: Random, day: date) -> datetime:
    start = datetime.combine(day, time(8, 5), LEGAL_TIME)
    return (start + timedelta(milliseconds=dice.randrange(9 * 3_600_000))).astimezone(UTC)
