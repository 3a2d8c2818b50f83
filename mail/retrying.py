"""What becomes of a mail after an attempt: sent, tried again after a growing pause, or failed for good."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from .cleaning import one_line
from .outcome import Later, Outcome, Sent

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
SHORTEST_PAUSE = timedelta(seconds=5)
"""Jitter can make a pause as good as nothing; this much it always is."""
LONGEST_SERVER_PAUSE = timedelta(minutes=15)
"""While the server itself is down: all mail waits for the same thing, and goes soon after it is back."""

MAX_ATTEMPTS = 32
"""About three days: nine pauses that double from 1 min to 256, the others of up to 6 h, each half that on average."""
SERVER_ATTEMPTS = 10
"""A server that is down does not use up more of a mail's attempts than this, so that the mail outlives it."""
MAX_ERROR = 500

Chance = Callable[[], float]
"""A number in [0, 1), as ``random.random`` gives it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The columns of an outbox row after an attempt."""

    state: Literal["QUEUED", "SENT", "FAILED"]
    attempts: int
    next_attempt_at: datetime
    sent_at: datetime | None
    code: int | None
    error: str | None


def judge(outcome: Outcome, attempts: int, now: datetime, chance: Chance) -> Verdict:
    """The verdict on a mail whose ``attempts``-th attempt ended so at ``now``."""
    if isinstance(outcome, Sent):
        said = None if outcome.text is None else one_line(outcome.text, MAX_ERROR)
        return Verdict("SENT", attempts, now, now, outcome.code, said)
    error = one_line(outcome.text, MAX_ERROR)
    if isinstance(outcome, Later) and (outcome.server or attempts < MAX_ATTEMPTS):
        counted = min(attempts, SERVER_ATTEMPTS) if outcome.server else attempts
        return Verdict("QUEUED", counted, now + pause(outcome, attempts, chance), None, outcome.code, error)
    return Verdict("FAILED", attempts, now, None, outcome.code, error)


def pause(outcome: Later, attempts: int, chance: Chance) -> timedelta:
    """How long to wait after the ``attempts``-th attempt: exponential with full jitter."""
    longest = LONGEST_SERVER_PAUSE if outcome.server else LONGEST_PAUSE
    bound = min(FIRST_PAUSE * (1 << min(attempts - 1, 16)), longest)
    return max(SHORTEST_PAUSE, bound * chance())
