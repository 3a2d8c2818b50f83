"""``tramesa invitation``: who was invited by whom."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from ...models.domain.keys import KeyState
from ...models.onboarding.all_invitations import AnyInvitation, list_invitations
from .declaring import run_on_database

MOST = 1000


@click.group()
def invitation() -> None:
    """Invitations: of receivers that are not here yet, and of people to their parties."""


@invitation.command("list")
@click.option("--party", "tax_id", help="Only those that this tax id sent, or that lead to it.")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([state.value for state in KeyState], case_sensitive=False),
    help="May be given several times; all of them unless given.",
)
def invitation_list(tax_id: str | None, states: tuple[str, ...]) -> None:
    """List the last thousand invitations, the newest first. What they open with is kept nowhere, and not shown."""
    wanted = {state.upper() for state in states}
    now = datetime.now(UTC)
    for row in run_on_database(lambda database: list_invitations(database, now, tax_id=tax_id, limit=MOST)):
        if not wanted or row.state.value in wanted:
            click.echo(_line(row))


def _line(row: AnyInvitation) -> str:
    until = f" until {row.expires_at:%Y-%m-%d}" if row.state is KeyState.ACTIVE else ""
    sent = f"{row.created_at:%Y-%m-%d %H:%M}"
    return (
        f"{sent}  {row.kind}  {row.email}  for {row.to_tax_id}  by {row.by} ({row.by_tax_id})"
        f"  {row.state.value.lower()}{until}"
    )
