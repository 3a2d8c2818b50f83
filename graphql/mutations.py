"""What can be changed: one input, one payload; what a person can cause comes back typed in ``errors``."""

from __future__ import annotations

import strawberry

from .archives import ArchiveMutations
from .cancellation_mutations import CancellationMutations
from .colleague_fields import ColleagueMutations
from .delivery import DeliveryMutations
from .entry_mutations import EntryMutations
from .notice_mutations import NoticeMutations
from .onboarding_mutations import OnboardingMutations
from .password_mutations import PasswordMutations
from .platform_cancelling import PlatformCancellationMutations
from .platform_mutations import PlatformMutations
from .saved_filters import SavedFilterMutations
from .session_mutations import SessionMutations
from .status_mutations import StatusMutations
from .tokens import TokenMutations
from .user_invitations import UserInvitationMutations
from .webhook_mutations import WebhookMutations


@strawberry.type(
    description="Everything that can be changed. Needs credentials but for signIn, refreshSession, acceptInvitation,"
    " acceptUserInvitation, requestPasswordReset and resetPassword."
)
class Mutation(
    ArchiveMutations,
    CancellationMutations,
    ColleagueMutations,
    DeliveryMutations,
    EntryMutations,
    NoticeMutations,
    PasswordMutations,
    PlatformCancellationMutations,
    PlatformMutations,
    SavedFilterMutations,
    SessionMutations,
    StatusMutations,
    TokenMutations,
    OnboardingMutations,
    UserInvitationMutations,
    WebhookMutations,
):
    """Each resolver reads its input; ``models`` decides and records."""
