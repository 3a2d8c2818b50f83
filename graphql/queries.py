"""What can be read."""

from __future__ import annotations

import strawberry

from .cancellation_feeds import CancellationQueries
from .colleague_fields import ColleagueQueries
from .delivery import DeliveryQueries
from .invoice_queries import InvoiceQueries
from .notice_queries import NoticeQueries
from .onboarding import OnboardingQueries
from .platform_cancelling import PlatformCancellationQueries
from .platform_queries import PlatformQueries
from .saved_filters import SavedFilterQueries
from .summary_fields import SummaryQueries
from .tokens import TokenQueries
from .tracking import TrackingQueries
from .user_invitations import UserInvitationQueries
from .user_log import UserLogQueries
from .webhooks import WebhookQueries


@strawberry.type(
    description="Everything that can be read. Needs credentials, but for `viewer`, `statuses` and `trackInvoice`."
)
class Query(
    CancellationQueries,
    ColleagueQueries,
    DeliveryQueries,
    InvoiceQueries,
    NoticeQueries,
    SavedFilterQueries,
    SummaryQueries,
    PlatformCancellationQueries,
    PlatformQueries,
    TokenQueries,
    TrackingQueries,
    OnboardingQueries,
    UserInvitationQueries,
    UserLogQueries,
    WebhookQueries,
):
    """Each topic brings its own fields."""
