"""What ``/metrics`` tells of what waits to be sent: mail, webhooks, other platforms."""

from __future__ import annotations

from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Gauge

from ..models.database import Database
from ..models.figures import (
    NO_DELIVERIES,
    deliveries_by_state,
    mail_by_state,
    oldest_mail_seconds,
    oldest_webhook_seconds,
    platform_queues,
)


class QueueMetrics:
    """The outboxes' numbers, read from the database at each look."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"tramesa_{name}", text, labels, registry=registry, multiprocess_mode="mostrecent")

        self._mail = gauge("mail", "Mails by state.", "state")
        self._mail_due = gauge(
            "mail_overdue_seconds", "For how long the longest due mail has been waiting; 0 where none is due."
        )
        self._webhooks = gauge(
            "webhook_deliveries", "Deliveries of webhooks by state; those that ended are kept for 30 days.", "state"
        )
        self._webhooks_oldest = gauge(
            "webhook_oldest_seconds",
            "Since when the oldest delivery of a webhook that is on has not been taken; 0 where none waits.",
        )
        self._platforms = gauge(
            "platform_deliveries",
            "Rows for other platforms, by platform and state.",
            "platform",
            "state",
        )
        self._platforms_oldest = gauge(
            "platform_oldest_seconds",
            "Since when the oldest row for a platform has not been taken; 0 where none waits.",
            "platform",
        )
        self._seen: set[str] = set()

    async def look(self, database: Database) -> None:
        """Set them to what the database has now."""
        now = datetime.now(UTC)
        for state, count in (await mail_by_state(database)).items():
            self._mail.labels(state).set(count)
        self._mail_due.set(await oldest_mail_seconds(database, now))
        for state, count in (await deliveries_by_state(database)).items():
            self._webhooks.labels(state).set(count)
        self._webhooks_oldest.set(await oldest_webhook_seconds(database, now))
        await self._look_at_platforms(database, now)

    async def _look_at_platforms(self, database: Database, now: datetime) -> None:
        queues = await platform_queues(database, now)
        self._seen |= queues.keys()
        for platform in self._seen:
            queue = queues.get(platform, NO_DELIVERIES)  # It has been removed: nothing waits for it any more.
            for state, count in queue.by_state.items():
                self._platforms.labels(platform, state).set(count)
            self._platforms_oldest.labels(platform).set(queue.oldest_seconds)
