"""The platforms that the file of the setting names, with who lives there."""

from __future__ import annotations

from collections.abc import Sequence

from ..database import Database, Unit
from ..tables import Platform
from .directory import enter_in
from .known import NewPlatform, add_platform_in, checked_platform


async def configure_platforms(database: Database, wanted: Sequence[NewPlatform]) -> None:
    """Make the platforms of the file what the file says; those that were in it before and no longer are removed."""
    checked = [checked_platform(one) for one in wanted]

    async def work(unit: Unit) -> None:
        names = [one.name for one in checked]
        await Platform.filter(source="FILE", active=True).exclude(name__in=names).update(active=False)
        for one in checked:
            platform_id = await add_platform_in(unit, one, "FILE")
            for tax_id in one.tax_ids:
                await enter_in(unit, tax_id, platform_id)

    await database.unit_of_work(work)
