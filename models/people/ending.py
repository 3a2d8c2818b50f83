"""Ending what a person came in with: sessions, links that wait in mails and, of who is shut out, API tokens."""

from __future__ import annotations

from datetime import datetime

from ..database import Unit
from ..sql import Statement
from .administration import STANDING


async def end_sessions(unit: Unit, user_id: str, now: datetime, *, but: str | None = None) -> None:
    """Close a person's sessions, all but one if so told, and let no earlier link choose a password any more.

    Whoever stays connected by one of them is sent away as soon as this is committed.
    """
    await _revoke(unit, "session", user_id, now, but)
    await _revoke(unit, "password_link", user_id, now, None)
    unit.queued.add(STANDING)


async def end_tokens(unit: Unit, user_id: str, now: datetime) -> None:
    """Revoke a person's API tokens."""
    if unit.dialect == "postgres":
        # In the order in which their last uses are written down (tokens.TokenUses): neither waits for the other.
        sql = "SELECT 1 FROM api_token WHERE user_id = $1 AND revoked_at IS NULL ORDER BY hash FOR UPDATE"
        await unit.fetch(sql, [user_id])
    await _revoke(unit, "api_token", user_id, now, None)


async def _revoke(unit: Unit, table: str, user_id: str, now: datetime, but: str | None) -> None:
    query = Statement(unit.dialect)
    sql = f"UPDATE {table} SET revoked_at = {query.bind(now)} WHERE user_id = {query.bind(user_id)}"
    if but is not None:
        sql += f" AND id <> {query.bind(but)}"
    await unit.execute(f"{sql} AND revoked_at IS NULL", query.values)
