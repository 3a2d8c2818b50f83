"""What can be changed: one input, one payload; what a person can cause comes back typed in ``errors``."""

from __future__ import annotations

import strawberry

from .cancellation.mutations import CancellationMutations
from .desk.saved_filters import SavedFilterMutations
from .entering.mutations import EntryMutations
from .notices.mutations import NoticeMutations
from .onboarding.mutations import OnboardingMutations
from .people.colleagues import ColleagueMutations
from .people.passwords import PasswordMutations
from .people.sessions import SessionMutations
from .people.user_invitations import UserInvitationMutations
from .platforms.cancelling import PlatformCancellationMutations
from .platforms.mutations import PlatformMutations
from .programs.archives import ArchiveMutations
from .programs.delivery import DeliveryMutations
from .programs.tokens import TokenMutations
from .programs.webhook_mutations import WebhookMutations
from .status_mutations import StatusMutations


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
