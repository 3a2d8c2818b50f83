"""``tramesa platform``: this server's own key, the other platforms, and who lives there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import orjson

from ...models.database import Database
from ...models.domain.errors import Invalid
from ...models.domain.exchange import KnownParty
from ...models.domain.tax_ids import normalise
from ...models.domain.transitions import PartyKind
from ...models.platforms.directory import enter, forget, home_of
from ...models.platforms.jwks import Jwk, merged, pem_of, read_keys
from ...models.platforms.keys import ensure_key, public_keys, switch_key
from ...models.platforms.known import (
    KINDS,
    NewPlatform,
    PlatformRow,
    add_platform,
    count_entries,
    list_platforms,
    remove_platform,
)
from .declaring import current_settings, run_on_database
from .parties import Name


@click.group()
def platform() -> None:
    """Other platforms that invoices go to and come from."""


@platform.command("key")
@click.option("--jwks", is_flag=True, help="As a JWKS instead of PEM.")
@click.option("--next", "following", is_flag=True, help="Make the next key, shown beside the present one.")
@click.option("--switch", is_flag=True, help="Sign with the next key from now on.")
def key(*, jwks: bool, following: bool, switch: bool) -> None:
    """Print this server's public key, which other platforms need to know; it is made the first time.

    To change it: --next, give both keys to the other platforms, then --switch.
    """
    settings = current_settings()

    async def work(database: Database) -> Sequence[tuple[str, Jwk]]:
        if switch:
            await switch_key(database)
        await ensure_key(database, settings.secret_key)
        if following:
            await ensure_key(database, settings.secret_key, following=True)
        return await public_keys(database)

    keys = [jwk for _, jwk in run_on_database(work)]
    click.echo(orjson.dumps({"keys": keys}).decode() if jwks else "".join(map(pem_of, keys)), nl=jwks)


@platform.command("add")
@click.option("--name", required=True, help="As people see it, and history names it.")
@click.option("--address", required=True, help="Its public URL: what its GraphQL endpoint begins with.")
@click.option(
    "--key",
    "files",
    required=True,
    multiple=True,
    type=click.Path(path_type=Path),
    help="A file with its public key, PEM or JWKS; several where it is changing keys.",
)
@click.option("--kind", default="TRAMESA", type=click.Choice(KINDS, case_sensitive=False), show_default=True)
def add(name: str, address: str, files: Sequence[Path], kind: str) -> None:
    """Enter a platform. One of that name gets the new address, and these keys in place of the former ones."""
    if address.strip().rstrip("/").lower() == current_settings().public_url.lower():
        raise click.ClickException(f"{address} is this server itself (TRAMESA_PUBLIC_URL).")
    keys = merged([_keys(file) for file in files])
    wanted = NewPlatform(name=name, address=address, keys=keys, kind=kind)
    run_on_database(lambda database: add_platform(database, wanted))
    click.echo(f"added {name}, {_counted(len(keys), 'key')}")


@platform.command("list")
def list_() -> None:
    """The platforms, whether they answer, and how many tax ids are known to live there."""

    async def work(database: Database) -> tuple[list[PlatformRow], dict[str, int]]:
        return await list_platforms(database), await count_entries(database)

    rows, counts = run_on_database(work)
    for row in rows:
        keys, tax_ids = _counted(len(row.keys), "key"), _counted(counts.get(row.id, 0), "tax id")
        click.echo(f"{row.name}: {row.address}, {keys}, {tax_ids}, {_heard(row)}")


@platform.command("remove")
@click.argument("name")
def remove(name: str) -> None:
    """Have nothing more to do with a platform. What was exchanged with it stays."""
    run_on_database(lambda database: remove_platform(database, name))
    click.echo(f"removed {name}")


@platform.group()
def directory() -> None:
    """Who lives on which platform."""


@directory.command("add")
@click.argument("tax_id")
@click.argument("platform_name", metavar="PLATFORM")
@click.option("--name", help="Of the party, for the first invoice to it.")
@click.option("--kind", type=Name([kind.value for kind in PartyKind], case_sensitive=False), help="Of the party.")
def directory_add(tax_id: str, platform_name: str, name: str | None, kind: str | None) -> None:
    """Enter that a tax id lives on a platform. This goes before what platforms say."""
    party = KnownParty(tax_id=normalise(tax_id), name=name, kind=None if kind is None else PartyKind(kind))
    run_on_database(lambda database: enter(database, tax_id, platform_name, party))
    click.echo(f"{normalise(tax_id)} lives on {platform_name}")


@directory.command("show")
@click.argument("tax_id")
def directory_show(tax_id: str) -> None:
    """Where a tax id lives, as far as is known here; nobody is asked."""
    home = run_on_database(lambda database: home_of(database, normalise(tax_id)))
    click.echo("not known" if home is None else home.platform_name)


@directory.command("forget")
@click.argument("tax_id")
def directory_forget(tax_id: str) -> None:
    """Forget what is known of a tax id, so that the platforms are asked again."""
    count = run_on_database(lambda database: forget(database, tax_id))
    click.echo(f"forgot {count}")


def _keys(file: Path) -> list[Jwk]:
    try:
        return read_keys(file.read_bytes())
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}.") from None
    except Invalid as refusal:
        raise click.ClickException(f"{file}: {refusal.message}") from None


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _heard(row: PlatformRow) -> str:
    if row.last_error is not None:
        return f"does NOT ANSWER: {row.last_error}"
    return "not heard of yet" if row.last_heard_at is None else f"heard of at {row.last_heard_at:%Y-%m-%d %H:%M}"
