"""The signing secrets of webhooks, sealed at rest with the service's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..database import Database
from ..domain.webhooks import WebhookState
from ..sealing import seal, unseal
from ..sql import Statement, as_instant

_PURPOSE = "webhook"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a webhook is sent to, and the secrets that it is signed with, the newest first."""

    url: str
    secrets: tuple[str, ...]


def sealed(text: str, secret: str, webhook_id: str) -> bytes:
    """A signing secret as it is kept; it opens for this webhook only."""
    return seal(text.encode(), secret, purpose=_PURPOSE, about=webhook_id)


async def read_address(database: Database, secret: str, webhook_id: str, now: datetime) -> Address | None:
    """Where to send now; None where the webhook has been deleted."""
    query = Statement(database.dialect)
    found = await database.fetch(
        "SELECT url, sealed_secret, sealed_former, former_until FROM webhook"
        f" WHERE id = {query.bind(webhook_id)} AND state <> {query.bind(WebhookState.DELETED.value)}",
        query.values,
    )
    if not found:
        return None
    url, current, former, until = found[0]
    kept = [bytes(current)]
    if former is not None and until is not None and as_instant(until) > now:
        kept.append(bytes(former))
    opened = tuple(unseal(one, secret, purpose=_PURPOSE, about=webhook_id).decode() for one in kept)
    return Address(url, opened)
