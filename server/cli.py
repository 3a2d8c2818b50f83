"""The command ``tramesa``."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import click

from ..documents.signatures.anchors import BadTrustAnchors, TrustAnchors
from ..models.database import UNREACHABLE, Database
from ..models.migrating import migrate as migrate_database
from .commands.certificates import certificate
from .commands.declaring import current_settings, run_on_database
from .commands.invitations import invitation
from .commands.parties import party
from .commands.platforms import platform
from .commands.tokens import token
from .commands.users import user
from .logs import configure_logs
from .settings import VARIABLES

SCHEMA_FILE = "schema.graphql"


@click.group()
@click.version_option(package_name="tramesa")
def main() -> None:
    """Electronic invoices, from sent to paid."""


main.add_command(party)
main.add_command(user)
main.add_command(invitation)
main.add_command(certificate)
main.add_command(token)
main.add_command(platform)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the API and the pages; migrates the database first."""
    from .serving import serve as run  # noqa: PLC0415 - uvicorn is slow to import, and only this command needs it

    # Links must lead to where this server listens, unless it was said that it is reached elsewhere.
    os.environ.setdefault("TRAMESA_PUBLIC_URL", f"http://{_reachable(host)}:{port}")
    settings = current_settings()
    try:
        asyncio.run(migrate_database(settings.database_url))
    except UNREACHABLE as error:
        raise click.ClickException(f"The database cannot be reached: {error}") from None
    click.echo(f"Open {settings.public_url}/live (people) or {settings.public_url}/ (developers).")
    run(host, port, workers, settings.log_level)


def _reachable(host: str) -> str:
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - every address of this machine; this one is always among them
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


@main.command()
def migrate() -> None:
    """Bring the database to this version's schema."""
    settings = current_settings()
    try:
        applied = asyncio.run(migrate_database(settings.database_url))
    except UNREACHABLE as error:
        raise click.ClickException(f"The database cannot be reached: {error}") from None
    click.echo("\n".join(f"applied {name}" for name in applied) or "nothing to do")


@main.command()
def demo() -> None:
    """Fill in companies, public bodies, people and two hundred invoices to try things with; again changes nothing."""
    from .demo.filling import fill  # noqa: PLC0415 - the demo's words are many

    secret = current_settings().secret_key
    click.echo(run_on_database(lambda database: fill(database, secret=secret)))


@main.command()
@click.option("--once", is_flag=True, help="Send what is due and stop.")
def mail(*, once: bool) -> None:
    """Deliver mail in a process of its own, until it is told to stop."""
    from .mailing import deliver  # noqa: PLC0415

    settings = current_settings()
    configure_logs(settings.log_level)

    async def run(database: Database) -> Any:
        return await deliver(database, settings, once=once)

    run_on_database(run)


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for each file, in their order.")
@click.option(
    "--anchors",
    envvar="TRAMESA_TRUST_ANCHORS",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of PEM certificates that signatures are trusted by.  [env: TRAMESA_TRUST_ANCHORS]",
)
@click.option("--require-signature", is_flag=True, help="Check as for a receiver that demands a trusted signature.")
def check(files: tuple[str, ...], anchors: Path | None, *, as_json: bool, require_signature: bool) -> None:
    """Check invoices on disk as they would be at the door; "-" is standard input.

    Needs no database and keeps nothing. Whether the sender is the issuer, the receiver is registered and the invoice is
    new can only be said by a server. Exit status: 1 where a file has errors, 2 where one cannot be read.
    """
    from .checking import checked_files, report  # noqa: PLC0415 - the readers are slow to import

    trusted = None if anchors is None else _trusted(anchors)
    sys.exit(report(checked_files(files, trusted, required=require_signature), as_json=as_json))


def _trusted(folder: Path) -> TrustAnchors:
    try:
        return TrustAnchors.load(folder)
    except BadTrustAnchors as error:
        raise click.BadParameter(str(error), param_hint="--anchors") from None


@main.command()
@click.option("--check", is_flag=True, help=f"Exit 1 where {SCHEMA_FILE} differs from this version's schema.")
def schema(*, check: bool) -> None:
    """Print the GraphQL schema, sorted."""
    from ..graphql.schema import schema_text  # noqa: PLC0415 - building the schema takes half a second

    text = schema_text()
    if not check:
        click.echo(text, nl=False)
    elif not Path(SCHEMA_FILE).exists() or Path(SCHEMA_FILE).read_text() != text:
        raise click.ClickException(f"{SCHEMA_FILE} is not this version's: tramesa schema > {SCHEMA_FILE}")


@main.command()
def settings() -> None:
    """List every setting, what it means and how it is set here; secrets are not shown."""
    for variable in VARIABLES:
        given = os.environ.get(variable.name, "")
        shown = "(set)" if given and _secretive(variable.name) else given or f"{variable.default or '(none)'} (default)"
        click.echo(f"{variable.name} = {shown}\n    {variable.meaning}")


def _secretive(name: str) -> bool:
    return name in {"TRAMESA_SECRET_KEY", "TRAMESA_SMTP_URL", "TRAMESA_DATABASE_URL", "TRAMESA_METRICS_TOKEN"}


if __name__ == "__main__":
    main()
