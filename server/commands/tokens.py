"""``tramesa token``: what programs come in with."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from ...models.database import Database
from ...models.domain.errors import NotFound
from ...models.domain.scopes import ALL_SCOPES, Scope
from ...models.identifiers import key_of
from ...models.people.authority import Authority
from ...models.people.parties import find_user
from ...models.people.tokens import TokenRow, read_tokens, revoke_token
from ...models.viewer import Viewer
from .declaring import current_settings, run_on_database
from .parties import Name


@click.group()
def token() -> None:
    """API tokens for programs."""


_USER = click.option("--user", "email", required=True, help="Whom the program acts for.")


@token.command("create")
@_USER
@click.option("--name", default="api", show_default=True, help="To tell tokens apart.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=Name([scope.value for scope in Scope], case_sensitive=False),
    help="What it may do; may be given several times. All of it unless given.",
)
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), help="The first day that it is good no more, in UTC.")
def token_create(email: str, name: str, scopes: tuple[str, ...], expires: datetime | None) -> None:
    """Create a token and print it, this once."""
    settings = current_settings()
    wanted = frozenset(Scope(scope) for scope in scopes) or ALL_SCOPES
    ends = None if expires is None else expires.replace(tzinfo=UTC)
    made = run_on_database(
        lambda database: Authority(database, settings.secret_key).create_api_token(
            email, name, scopes=wanted, expires_at=ends
        )
    )
    if made is None:
        raise click.ClickException(f"Nobody signs in as {email}.")
    click.echo(made)


@token.command("list")
@_USER
def token_list(email: str) -> None:
    """List somebody's tokens, and what they are worth; for an administrator, the whole party's."""
    settings = current_settings()

    async def read(database: Database) -> list[TokenRow]:
        viewer = await _viewer(Authority(database, settings.secret_key), database, email)
        return await read_tokens(database, viewer, before=None, limit=1000)

    for row in run_on_database(read):
        click.echo(_line(row, datetime.now(UTC)))


@token.command("revoke")
@_USER
@click.argument("token_id")
def token_revoke(email: str, token_id: str) -> None:
    """End a token, by the id that `tramesa token list` shows."""
    settings = current_settings()

    async def end(database: Database) -> TokenRow:
        authority = Authority(database, settings.secret_key)
        viewer = await _viewer(authority, database, email)
        return await revoke_token(database, viewer, key_of("ApiToken", token_id), authority.clock())

    click.echo(f"revoked {run_on_database(end).name}")


async def _viewer(authority: Authority, database: Database, email: str) -> Viewer:
    user_id = await find_user(database, email)
    if user_id is None:
        raise NotFound(f"Nobody signs in as {email}.")
    return await authority.viewer_of_user(user_id)


def _line(row: TokenRow, now: datetime) -> str:
    if row.revoked_at is not None:
        state = f"revoked {row.revoked_at:%Y-%m-%d}"
    elif row.expires_at is not None:
        state = f"{'expired' if row.expires_at <= now else 'expires'} {row.expires_at:%Y-%m-%d}"
    else:
        state = "good"
    used = "never used" if row.last_used_at is None else f"last used {row.last_used_at:%Y-%m-%d %H:%M}"
    return f"{row.id}  {row.user_email}  {row.name}  {state}, {used}  {' '.join(row.scopes)}"
