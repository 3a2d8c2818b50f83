"""A party's webhooks, as its administrators manage them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..database import Database, Row, Unit
from ..domain.errors import Forbidden, Invalid, NotFound
from ..domain.transitions import UserRole
from ..domain.webhooks import (
    GRACE,
    KEPT,
    MAX_WEBHOOKS,
    DisabledWhy,
    WebhookEvent,
    WebhookState,
    events_of,
    events_text,
    new_secret,
)
from ..identifiers import global_id, new_id
from ..outboxes.webhooks import OUTBOX, queue_delivery
from ..sql import Statement, as_instant
from ..viewer import Viewer
from .health import bring_forward, switch_off
from .secrets import sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRow:
    """A webhook as it is listed. ``key`` is its UUID as text; ``events`` None for all."""

    key: str
    url: str
    events: tuple[WebhookEvent, ...] | None
    state: WebhookState
    disabled_why: DisabledWhy | None
    disabled_at: datetime | None
    failing_since: datetime | None
    paused_until: datetime | None
    last_code: int | None
    last_error: str | None
    former_secret_until: datetime | None
    created_at: datetime

    @property
    def id(self) -> str:
        """The id that clients see."""
        return global_id("Webhook", self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChange:
    """What is to be different; None leaves it. ``every_event`` is for an ``events`` of None."""

    url: str | None = None
    events: tuple[WebhookEvent, ...] | None = None
    every_event: bool = False
    enabled: bool | None = None


_COLUMNS = (
    "id, url, events, state, disabled_why, disabled_at, failing_since, paused_until, last_code, last_error,"
    " former_until, created_at"
)


def check_manager(viewer: Viewer) -> None:
    """Raise :class:`Forbidden` unless the viewer manages the party's webhooks."""
    if UserRole.ADMIN not in viewer.roles:
        raise Forbidden("Administrators manage webhooks.", path=("input",))


async def read_webhooks(database: Database, viewer: Viewer) -> list[WebhookRow]:
    """The webhooks of the viewer's party, the newest first; none for who does not manage them."""
    if UserRole.ADMIN not in viewer.roles:
        return []
    query = Statement(database.dialect)
    found = await database.fetch(
        f"SELECT {_COLUMNS} FROM webhook WHERE {_of(query, viewer)} ORDER BY id DESC", query.values
    )
    return [_row(row) for row in found]


async def create_webhook(
    database: Database, viewer: Viewer, url: str, events: tuple[WebhookEvent, ...] | None, secret: str, now: datetime
) -> tuple[WebhookRow, str]:
    """A webhook to a URL that has been checked, and its signing secret. :class:`Invalid` where there are too many."""
    check_manager(viewer)
    return await database.unit_of_work(lambda unit: create_webhook_in(unit, viewer, url, events, secret, now))


async def create_webhook_in(
    unit: Unit, viewer: Viewer, url: str, events: tuple[WebhookEvent, ...] | None, secret: str, now: datetime
) -> tuple[WebhookRow, str]:
    """The same in a unit of the caller's, who has checked the viewer's role."""
    key, signing = str(new_id()), new_secret()
    await _refuse_too_many(unit, viewer)
    row = {
        "id": key,
        "party_id": viewer.party_id,
        "url": url,
        "events": events_text(events),
        "sealed_secret": sealed(signing, secret, key),
        "state": WebhookState.ACTIVE.value,
        "failures": 0,
        "created_at": now,
    }
    query = Statement(unit.dialect)
    places = ", ".join(query.bind(value) for value in row.values())
    await unit.execute(f"INSERT INTO webhook ({', '.join(row)}) VALUES ({places})", query.values)
    return await _held(unit, viewer, key), signing


async def change_webhook(
    database: Database, viewer: Viewer, key: str | None, wanted: WebhookChange, now: datetime
) -> WebhookRow:
    """The webhook, changed. Enabled again, it is sent what it missed of the last seven days."""

    async def work(unit: Unit) -> WebhookRow:
        row = await _held(unit, viewer, key)
        columns: dict[str, Any] = {} if wanted.url is None else {"url": wanted.url}
        if wanted.events is not None or wanted.every_event:
            columns["events"] = events_text(None if wanted.every_event else wanted.events)
        await _update(unit, row.key, columns)
        if wanted.enabled is False and row.state is WebhookState.ACTIVE:
            await switch_off(unit, row.key, DisabledWhy.BY_HAND, now)
        elif wanted.enabled or (columns.get("url", row.url) != row.url and row.state is WebhookState.ACTIVE):
            await _switch_on(unit, row.key, now)
        return await _held(unit, viewer, key)

    return await database.unit_of_work(work)


async def rotate_secret(
    database: Database, viewer: Viewer, key: str | None, secret: str, now: datetime
) -> tuple[WebhookRow, str]:
    """A new signing secret; for a day requests are signed with the former one too."""
    signing = new_secret()

    async def work(unit: Unit) -> WebhookRow:
        row = await _held(unit, viewer, key)
        query = Statement(unit.dialect)
        await unit.execute(
            f"UPDATE webhook SET sealed_former = sealed_secret, former_until = {query.bind(now + GRACE)},"
            f" sealed_secret = {query.bind(sealed(signing, secret, row.key))} WHERE id = {query.bind(row.key)}",
            query.values,
        )
        return await _held(unit, viewer, key)

    return await database.unit_of_work(work), signing


async def delete_webhook(database: Database, viewer: Viewer, key: str | None, now: datetime) -> None:
    """End a webhook. What waits for it is never sent; its address and secrets are forgotten."""

    async def work(unit: Unit) -> None:
        row = await _held(unit, viewer, key)
        gone = {"url": "", "sealed_secret": b"", "sealed_former": None, "last_error": None}
        await _update(unit, row.key, {"state": WebhookState.DELETED.value, "disabled_at": now, **gone})
        await _drop(unit, row.key, "the webhook has been deleted", before=None)

    await database.unit_of_work(work)


async def send_test(database: Database, viewer: Viewer, key: str | None, now: datetime) -> str:
    """Queue an event that says nothing but that it works; the delivery's UUID."""

    async def work(unit: Unit) -> str:
        row = await _held(unit, viewer, key)
        if row.state is not WebhookState.ACTIVE:
            raise Invalid("This webhook is disabled: enable it first.", path=("input", "webhookId"))
        data = {"webhookId": row.id, "partyTaxId": viewer.party_tax_id}
        return await queue_delivery(unit, row.key, WebhookEvent.WEBHOOK_TEST, data, now)

    return await database.unit_of_work(work)


async def _held(unit: Unit, viewer: Viewer, key: str | None) -> WebhookRow:
    """The viewer's webhook, which no other unit changes until the commit."""
    check_manager(viewer)
    query = Statement(unit.dialect)
    lock = " FOR UPDATE" if unit.dialect == "postgres" else ""
    found = key and await unit.fetch(
        f"SELECT {_COLUMNS} FROM webhook WHERE id = {query.bind(key)} AND {_of(query, viewer)}{lock}", query.values
    )
    if not found:
        raise NotFound("There is no such webhook, or you may not manage it.", path=("input", "webhookId"))
    return _row(found[0])


async def _refuse_too_many(unit: Unit, viewer: Viewer) -> None:
    if unit.dialect == "postgres":
        # Two at once would both count one too few.
        await unit.fetch("SELECT 1 FROM party WHERE id = $1 FOR NO KEY UPDATE", [viewer.party_id])
    query = Statement(unit.dialect)
    found = await unit.fetch(f"SELECT COUNT(*) FROM webhook WHERE {_of(query, viewer)}", query.values)
    if int(found[0][0]) >= MAX_WEBHOOKS:
        raise Invalid(f"A party has at most {MAX_WEBHOOKS} webhooks.", path=("input",))


async def _switch_on(unit: Unit, key: str, now: datetime) -> None:
    clean = dict.fromkeys(("disabled_why", "disabled_at", "failing_since", "paused_until", "last_code", "last_error"))
    await _update(unit, key, {"state": WebhookState.ACTIVE.value, "failures": 0, **clean})
    await _drop(unit, key, "older than seven days when the webhook was enabled again", before=now - KEPT)
    await _take_up(unit, key, now)
    await bring_forward(unit, key, now, anew=True)


async def _drop(unit: Unit, key: str, why: str, *, before: datetime | None) -> None:
    query = Statement(unit.dialect)
    error = query.bind(why)
    where = f"webhook_id = {query.bind(key)} AND state = 'QUEUED' AND claimed_by IS NULL"
    if before is not None:
        where += f" AND created_at < {query.bind(before)}"
    await unit.execute(f"UPDATE {OUTBOX} SET state = 'FAILED', last_error = {error} WHERE {where}", query.values)


async def _take_up(unit: Unit, key: str, now: datetime) -> None:
    """What was given up of the last seven days waits again."""
    query = Statement(unit.dialect)
    await unit.execute(
        f"UPDATE {OUTBOX} SET state = 'QUEUED', attempts = 0, next_attempt_at = {query.bind(now)}"
        f" WHERE webhook_id = {query.bind(key)} AND state = 'FAILED' AND created_at >= {query.bind(now - KEPT)}",
        query.values,
    )


async def _update(unit: Unit, key: str, columns: Mapping[str, object]) -> None:
    if not columns:
        return
    query = Statement(unit.dialect)
    assignments = ", ".join(f"{column} = {query.bind(value)}" for column, value in columns.items())
    await unit.execute(f"UPDATE webhook SET {assignments} WHERE id = {query.bind(key)}", query.values)


def _of(query: Statement, viewer: Viewer) -> str:
    return f"party_id = {query.bind(viewer.party_id)} AND state <> {query.bind(WebhookState.DELETED.value)}"


def _row(row: Row) -> WebhookRow:
    key, url, events, state, why, off_at, since, paused, code, error, former, created = row
    state = WebhookState(state)
    return WebhookRow(
        key=str(key),
        url=url,
        events=events_of(events),
        state=state,
        disabled_why=None if why is None else DisabledWhy(why),
        disabled_at=_instant(off_at),
        failing_since=_instant(since),
        paused_until=_instant(paused) if state is WebhookState.ACTIVE else None,
        last_code=code,
        last_error=error,
        former_secret_until=_instant(former),
        created_at=as_instant(created),
    )


def _instant(value: datetime | str | None) -> datetime | None:
    return None if value is None else as_instant(value)
