"""What can be read."""

from __future__ import annotations

import strawberry

from .cancellation.feeds import CancellationQueries
from .desk.saved_filters import SavedFilterQueries
from .desk.summaries import SummaryQueries
from .invoice_queries import InvoiceQueries
from .notices.queries import NoticeQueries
from .onboarding.types import OnboardingQueries
from .people.colleagues import ColleagueQueries
from .people.user_invitations import UserInvitationQueries
from .people.user_log import UserLogQueries
from .platforms.cancelling import PlatformCancellationQueries
from .platforms.queries import PlatformQueries
from .programs.delivery import DeliveryQueries
from .programs.tokens import TokenQueries
from .programs.webhooks import WebhookQueries
from .tracking import TrackingQueries


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
