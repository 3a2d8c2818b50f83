"""What other platforms may ask: what became of their invoices here, and who lives here."""

from __future__ import annotations

from typing import cast

import strawberry

from ...models.domain.errors import Invalid
from ...models.lists.paging import check_page
from ...models.outboxes.platforms import read_told
from ...models.platforms.directory import known_here
from ..context import Info
from .types import MAX_ASKED, PlatformDirectoryEntry, PlatformFeed, PlatformFeedEntry


@strawberry.type
class PlatformQueries:
    """For callers that show a platform's token."""

    @strawberry.field(
        description="For other platforms: what became here of the invoices that you delivered, oldest first, after a"
        " cursor. The states are also reported to you as they happen; this is how you miss none."
    )
    @staticmethod
    async def platform_states(info: Info, after: str | None = None, first: int = 50) -> PlatformFeed:
        platform = info.context.platform().platform
        check_page(first)
        entries = await read_told(info.context.database, platform.id, after, first + 1)
        nodes = cast("list[PlatformFeedEntry]", entries[:first])
        return PlatformFeed(nodes=nodes, has_more=len(entries) > first)

    @strawberry.field(description="For other platforms: those of some tax ids that are registered here.")
    @staticmethod
    async def platform_directory(info: Info, tax_ids: list[str]) -> list[PlatformDirectoryEntry]:
        info.context.platform()
        if not 1 <= len(tax_ids) <= MAX_ASKED:
            raise Invalid(f"Ask for 1 to {MAX_ASKED} tax ids at once.", path=("taxIds",))
        return cast("list[PlatformDirectoryEntry]", await known_here(info.context.database, tax_ids))
