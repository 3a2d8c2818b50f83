"""The mail that tells a party's administrators, and who else wants to know, that a webhook of theirs is off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from ..database import Unit
from ..domain.notices import MailKind, NoticeEvent
from ..domain.transitions import UserRole
from ..notices.notifying import Mail, Notice, notify, post
from ..people.standing import roles_of
from ..sql import Statement


async def write_webhook_disabled(unit: Unit, party_id: str, facts: Mapping[str, str | None], now: datetime) -> None:
    """Queue it for each of them. ``facts`` are url, why, error and failingSince."""
    query = Statement(unit.dialect)
    people = await unit.fetch(
        "SELECT u.email, u.roles, p.language FROM person u JOIN party p ON p.id = u.party_id"
        f" WHERE u.party_id = {query.bind(party_id)} AND u.active = true ORDER BY u.email",
        query.values,
    )
    said, kind = {**facts, "at": now.astimezone(UTC).isoformat()}, MailKind.WEBHOOK_DISABLED
    administrators = {email: language for email, roles, language in people if UserRole.ADMIN in roles_of(roles)}
    for email, language in administrators.items():
        await post(unit, Mail(kind, party_id, email, language, said), now)
    await notify(unit, [Notice(party_id, NoticeEvent.WEBHOOK_DISABLED, kind, said, not_to=administrators)], now)
