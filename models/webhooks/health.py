"""How a webhook's target does: while it fails it is left alone for growing pauses, after a day of it disabled."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..database import Unit
from ..domain.webhooks import FAILING, NEVER, DisabledWhy, WebhookState, target_pause
from ..outboxes.webhooks import OUTBOX
from ..sql import Statement, as_instant
from .notices import write_webhook_disabled


async def note_success(unit: Unit, webhook_id: str, now: datetime) -> None:
    """The target has taken a delivery: after failures, what waited for it is due at once."""
    query = Statement(unit.dialect)
    failed = await unit.execute(
        "UPDATE webhook SET failures = 0, failing_since = NULL, paused_until = NULL, last_code = NULL,"
        f" last_error = NULL WHERE id = {query.bind(webhook_id)} AND failures > 0"
        f" AND state = {query.bind(WebhookState.ACTIVE.value)}",
        query.values,
    )
    if failed:
        await bring_forward(unit, webhook_id, now)


async def note_failure(
    unit: Unit, webhook_id: str, now: datetime, code: int | None, error: str | None, *, gone: bool
) -> None:
    """The target has refused a delivery or was not reached; ``gone`` where it has said that it is no more."""
    query = Statement(unit.dialect)
    found = await unit.fetch(
        "UPDATE webhook SET failures = failures + 1, failing_since = COALESCE(failing_since, "
        f"{query.bind(now)}), last_code = {query.bind(code)}, last_error = {query.bind(error)}"
        f" WHERE id = {query.bind(webhook_id)} AND state = {query.bind(WebhookState.ACTIVE.value)}"
        " RETURNING failures, failing_since, party_id, url",
        query.values,
    )
    if not found:
        return  # Deleted or disabled meanwhile.
    failures, since, party_id, url = found[0]
    why = DisabledWhy.GONE if gone else DisabledWhy.FAILING
    if gone or now - as_instant(since) >= FAILING:
        await switch_off(unit, webhook_id, why, now)
        facts = {"url": url, "why": why.value, "error": error, "failingSince": as_instant(since).isoformat()}
        await write_webhook_disabled(unit, str(party_id), facts, now)
    else:
        await _pause(unit, webhook_id, now + target_pause(int(failures)))


async def switch_off(unit: Unit, webhook_id: str, why: DisabledWhy, now: datetime) -> None:
    """Send nothing more; what is queued waits."""
    await _set(
        unit,
        webhook_id,
        {"state": WebhookState.DISABLED.value, "disabled_why": why.value, "disabled_at": now},
    )
    await _pause(unit, webhook_id, NEVER)


async def _pause(unit: Unit, webhook_id: str, until: datetime) -> None:
    await _set(unit, webhook_id, {"paused_until": until})
    query = Statement(unit.dialect)
    later = query.bind(until)
    await unit.execute(
        f"UPDATE {OUTBOX} SET next_attempt_at = {later} WHERE webhook_id = {query.bind(webhook_id)}"
        f" AND state = 'QUEUED' AND claimed_by IS NULL AND next_attempt_at < {later}",
        query.values,
    )


async def bring_forward(unit: Unit, webhook_id: str, now: datetime, *, anew: bool = False) -> None:
    """Make what waits for the webhook due now, in the order in which it happened.

    What has failed by itself waits for its own next attempt, unless attempts are to count ``anew``.
    """
    query = Statement(unit.dialect)
    instant = query.bind(now)
    which = "" if anew else " AND attempts = 0"
    await unit.execute(
        f"UPDATE {OUTBOX} SET next_attempt_at = {instant}, attempts = 0 WHERE webhook_id = {query.bind(webhook_id)}"
        f" AND state = 'QUEUED' AND claimed_by IS NULL AND next_attempt_at > {instant}{which}",
        query.values,
    )
    unit.queued.add(OUTBOX)


async def _set(unit: Unit, webhook_id: str, columns: dict[str, Any]) -> None:
    query = Statement(unit.dialect)
    assignments = ", ".join(f"{column} = {query.bind(value)}" for column, value in columns.items())
    await unit.execute(f"UPDATE webhook SET {assignments} WHERE id = {query.bind(webhook_id)}", query.values)
