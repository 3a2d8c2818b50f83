"""``tramesa user``: the people who sign in, what they may do, and which offices they see."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from ...models.database import Database
from ...models.domain.errors import Invalid, NotFound
from ...models.domain.mailboxes import mailbox_among
from ...models.domain.states import Language
from ...models.domain.transitions import UserRole
from ...models.people.administration import Manager, operator_of
from ...models.people.colleagues import Colleague, change_active, change_roles, codes_of, limit_to_offices, read_people
from ...models.people.forgotten import set_password
from ...models.people.parties import NewUser, add_user, fold_email, party_of, user_of
from ...models.people.passwords import MAX_LENGTH, MIN_LENGTH, hash_password
from ...models.people.user_invitations import Invited, UserInvitationRow, invite_user
from .declaring import current_settings, run_on_database


@click.group()
def user() -> None:
    """People who sign in."""


def _roles(**options: Any) -> Callable[[Any], Any]:
    kinds = click.Choice([role.value for role in UserRole], case_sensitive=False)
    return click.option("--role", "roles", multiple=True, type=kinds, **options)


_PARTY = click.option("--party", "party_tax_id", required=True, help="Tax id of the party.")
_EMAIL = click.option("--email", required=True, help="The address that he or she signs in with.")
_STDIN = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input; else it is asked for."
)


@user.command("add")
@click.option("--email", required=True)
@click.option("--name", default="", help="As history shows it; the e-mail address unless given.")
@_PARTY
@_roles(required=True, help="May be given several times.")
@_STDIN
def user_add(email: str, name: str, party_tax_id: str, roles: tuple[str, ...], *, password_stdin: bool) -> None:
    """Add a person to a party."""
    password = _password(from_stdin=password_stdin)

    async def add(database: Database) -> str:
        wanted = NewUser(
            email=email,
            name=name,
            party_tax_id=party_tax_id,
            roles=_named(roles),
            password_hash=await hash_password(password),
        )
        return await add_user(database, wanted)

    run_on_database(add)
    click.echo(f"added {email}")


@user.command("invite")
@click.option("--email", required=True, help="Where the link is mailed, and what he or she will sign in with.")
@click.option("--name", default="", help="As history will show it; he or she may give another.")
@_PARTY
@_roles(required=True, help="May be given several times.")
@click.option("--office", "offices", multiple=True, help="A DIR3 code to limit him or her to; several times for more.")
@click.option("--language", default="CA", type=click.Choice([one.value for one in Language], case_sensitive=False))
def user_invite(
    email: str, name: str, party_tax_id: str, roles: tuple[str, ...], offices: Sequence[str], language: str
) -> None:
    """Invite a person to a party, by a mail with a link that is good once."""
    settings = current_settings()
    address = mailbox_among(email)
    if address is None:
        raise click.ClickException(f"{email} is no e-mail address.")

    async def invite(database: Database) -> UserInvitationRow:
        wanted = Invited(
            email=address,
            name=name.strip(),
            roles=frozenset(_named(roles)),
            offices=codes_of(offices),
            language=Language(language.upper()),
        )
        manager = await _of_party(database, party_tax_id)
        return await invite_user(database, manager, wanted, settings.secret_key, datetime.now(UTC))

    made = run_on_database(invite)
    click.echo(f"invited {made.email}, until {made.expires_at:%Y-%m-%d %H:%M} UTC")


@user.command("list")
@_PARTY
def user_list(party_tax_id: str) -> None:
    """List the people of a party: what they may do, the offices that they see, and whether they may come in."""

    async def read(database: Database) -> list[Colleague]:
        return await read_people(database, (await _of_party(database, party_tax_id)).party_id)

    for row in run_on_database(read):
        click.echo(_line(row))


@user.command("change")
@_EMAIL
@_roles(help="All that he or she has from now on; may be given several times.")
@click.option("--no-role", is_flag=True, help="Takes every role away; what is left is reading.")
@click.option("--office", "offices", multiple=True, help="A DIR3 code to limit him or her to; several times for more.")
@click.option("--any-office", is_flag=True, help="He or she sees invoices for any office.")
@click.option("--shut-out/--let-in", default=None, help="Whether he or she may come in; shutting out ends all tokens.")
def user_change(
    email: str,
    roles: tuple[str, ...],
    offices: Sequence[str],
    *,
    no_role: bool,
    any_office: bool,
    shut_out: bool | None,
) -> None:
    """Change what a person may do, which offices he or she sees, or whether he or she may come in."""
    if (roles and no_role) or (offices and any_office):
        raise click.UsageError("Give either --role or --no-role, and either --office or --any-office.")
    if not (roles or no_role or offices or any_office or shut_out is not None):
        raise click.UsageError("Nothing to change.")

    async def change(database: Database) -> Colleague:
        manager, key = await _of_user(database, email)
        now, changed = datetime.now(UTC), None
        if offices or any_office:
            changed = await limit_to_offices(database, manager, key, offices, now)
        if roles or no_role:
            changed = await change_roles(database, manager, key, _named(roles), now)
        if shut_out is not None:
            changed = await change_active(database, manager, key, now, active=not shut_out)
        assert changed is not None
        return changed

    click.echo(_line(run_on_database(change)))


@user.command("password")
@_EMAIL
@_STDIN
def user_password(email: str, *, password_stdin: bool) -> None:
    """Give a person another password. His or her sessions are closed; API tokens stay."""
    password = _password(from_stdin=password_stdin)

    async def change(database: Database) -> None:
        await set_password(database, email, await hash_password(password), datetime.now(UTC))

    run_on_database(change)
    click.echo(f"changed the password of {fold_email(email)}")


def _named(roles: Sequence[str]) -> list[UserRole]:
    return [UserRole(role.upper()) for role in roles]


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise click.ClickException(f"A password has {MIN_LENGTH} to {MAX_LENGTH} characters.")
    return password


async def _of_party(database: Database, tax_id: str) -> Manager:
    party = await party_of(database, tax_id)
    if party is None or not party.registered:
        raise Invalid(f"There is no party with the tax id {tax_id}.")
    return operator_of(str(party.id))


async def _of_user(database: Database, email: str) -> tuple[Manager, str]:
    found = await user_of(database, email)
    if found is None:
        raise NotFound(f"Nobody signs in as {email}.")
    user_id, party_id = found
    return operator_of(party_id), user_id


def _line(row: Colleague) -> str:
    roles = " ".join(sorted(role.value for role in row.roles)) or "no role"
    offices = "any office" if row.offices is None else " ".join(row.offices)
    seen = "never signed in" if row.last_sign_in_at is None else f"signed in {row.last_sign_in_at:%Y-%m-%d %H:%M}"
    return f"{row.email}  {row.name}  {roles}  {offices}  {'may come in' if row.active else 'shut out'}, {seen}"
