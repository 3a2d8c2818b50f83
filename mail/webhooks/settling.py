"""What an attempt means for its delivery and for its webhook: again later, never, or off with a notice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from ...models.database import Unit
from ...models.domain.webhooks import pause_after
from ...models.outboxes.webhooks import OUTBOX
from ...models.webhooks.health import note_failure, note_success
from ..cleaning import one_line
from ..outcome import Later, Outcome, Refused, Sent
from ..queue import Claim, Queue, Record
from ..retrying import MAX_ERROR, Chance, Verdict

WEBHOOKS = Queue(
    name="webhook",
    table=OUTBOX,
    columns=("webhook_id", "event", "body"),
    # The first of each webhook, and while it is under way none: a slow target holds up its own alone.
    ready=f"""o.id IN (SELECT (
      SELECT d.id FROM {OUTBOX} d WHERE d.webhook_id = w.id AND d.state = 'QUEUED'
      ORDER BY d.next_attempt_at, d.id LIMIT 1) FROM webhook w WHERE w.state = 'ACTIVE')""",
)


def judge_webhook(outcome: Outcome, attempts: int, now: datetime, chance: Chance) -> Verdict:
    """The verdict on a delivery whose ``attempts``-th attempt ended so at ``now``."""
    if isinstance(outcome, Sent):
        return Verdict("SENT", attempts, now, now, None, None)
    error = one_line(outcome.text, MAX_ERROR)
    pause = pause_after(attempts, chance()) if isinstance(outcome, Later) else None
    if pause is None:
        return Verdict("FAILED", attempts, now, None, outcome.code, error)
    return Verdict("QUEUED", attempts, now + pause, None, outcome.code, error)


def recorder(clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Record:
    """Writes what an attempt says of the webhook as a whole, in the unit that settles the delivery."""

    async def record(unit: Unit, taken: Claim, outcome: Outcome, verdict: Verdict) -> None:
        webhook_id = str(taken.columns["webhook_id"])
        if isinstance(outcome, Sent):
            await note_success(unit, webhook_id, clock())
        else:
            gone = isinstance(outcome, Refused) and outcome.code is not None
            await note_failure(unit, webhook_id, clock(), verdict.code, verdict.error, gone=gone)

    return record
