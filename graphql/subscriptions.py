"""What is pushed."""

from __future__ import annotations

import strawberry

from .cancellation_feeds import CancellationSubscription
from .feed_subscription import FeedSubscription
from .summary_fields import SummarySubscription


@strawberry.type(description="What can be followed live, over WebSocket (graphql-transport-ws) or SSE.")
class Subscription(FeedSubscription, CancellationSubscription, SummarySubscription):
    """Each topic brings its own fields."""
