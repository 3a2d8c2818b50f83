"""What is pushed."""

from __future__ import annotations

import strawberry

from .cancellation.feeds import CancellationSubscription
from .desk.summaries import SummarySubscription
from .feed_subscription import FeedSubscription


@strawberry.type(description="What can be followed live, over WebSocket (graphql-transport-ws) or SSE.")
class Subscription(FeedSubscription, CancellationSubscription, SummarySubscription):
    """Each topic brings its own fields."""
