"""What was done to the people of one's party."""

from __future__ import annotations

import strawberry

from ...models.people.user_log import read_user_events
from ..context import Info
from ..enums import UserRole
from ..listing import Connection, page_of, stretch
from ..scalars import DateTime
from .enums import UserEventKind


@strawberry.type(description="Something that was done to a person of your party. Never altered, never removed.")
class PartyUserEvent:
    """Resolved from ``UserEventRow``."""

    kind: UserEventKind = strawberry.field(description="What.")
    at: DateTime = strawberry.field(description="When.")
    email: str = strawberry.field(description="The address of whom it was done to.")
    actor: str = strawberry.field(description='Who did it; "Tramesa" for the operator of the service.')
    roles: list[UserRole] | None = strawberry.field(
        description="The roles that were given, all of them; null where it was about something else."
    )
    offices: list[str] | None = strawberry.field(
        name="officeCodes",
        description="The DIR3 codes that he or she was limited to, none for all; null likewise.",
    )


@strawberry.type
class UserLogQueries:
    """Reading."""

    @strawberry.field(
        description="Who was invited, joined, was given or lost what, by whom: the log of your party's people, the"
        " newest first. first is 1 to 100. Administrators only, others get FORBIDDEN."
    )
    @staticmethod
    async def party_user_events(info: Info, first: int = 50, after: str | None = None) -> Connection[PartyUserEvent]:
        wanted, context = stretch(first, after), info.context
        rows = await read_user_events(context.database, context.signed_in(), before=wanted.after, limit=wanted.size + 1)
        return page_of(rows, wanted)
