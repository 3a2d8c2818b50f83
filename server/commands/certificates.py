"""``tramesa certificate``: what invoices written here are signed with."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from ...documents.signatures.pkcs12 import BadKeyFile, KeyFile, read_key_file
from ...models.certificates import (
    CertificateRow,
    NewCertificate,
    add_certificate,
    list_certificates,
    remove_certificate,
)
from ...models.domain.tax_ids import normalise
from .declaring import current_settings, run_on_database


@click.group()
def certificate() -> None:
    """Certificates that invoices written here are signed with."""


@certificate.command("add")
@click.option("--party", help="Tax id of the party whose invoices it signs.")
@click.option("--service", is_flag=True, help="The service's own, for parties that have none: it signs as third party.")
@click.option("--p12", "path", required=True, type=click.Path(path_type=Path), help="A PKCS #12 file (.p12, .pfx).")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input; else it is asked for.")
def add(party: str | None, *, service: bool, path: Path, password_stdin: bool) -> None:
    """Keep a certificate and its key, sealed with TRAMESA_SECRET_KEY; it takes the place of the former one."""
    _check_owner(party, service=service)
    data = _read(path)
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else _ask_password()
    try:
        file = read_key_file(data, password, now=datetime.now(UTC))
    except BadKeyFile as error:
        raise click.ClickException(f"{path}: {error.message}") from None
    secret = current_settings().secret_key
    run_on_database(lambda database: add_certificate(database, party, _new(file), secret))
    click.echo(f"added {file.certificate.identity.name}, valid until {file.certificate.not_after:%Y-%m-%d}")
    if party is not None and normalise(party) not in file.certificate.identity.tax_ids:
        click.echo(
            f"The certificate does not name {normalise(party)}: receivers may take its signatures for another's.",
            err=True,
        )


@certificate.command("list")
def list_() -> None:
    """Whose certificates there are, and until when they are valid."""
    now = datetime.now(UTC)
    for row in run_on_database(list_certificates):
        click.echo(_line(row, now))


@certificate.command("remove")
@click.option("--party", help="Tax id of the party.")
@click.option("--service", is_flag=True, help="The service's own.")
def remove(party: str | None, *, service: bool) -> None:
    """Forget a certificate and its key; what it has signed stays signed."""
    _check_owner(party, service=service)
    run_on_database(lambda database: remove_certificate(database, party))
    click.echo("removed")


def _check_owner(party: str | None, *, service: bool) -> None:
    if (party is None) != service:
        raise click.UsageError("Give either --party or --service.")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}.") from None


def _ask_password() -> str:
    return str(click.prompt("Password of the file", hide_input=True, default="", show_default=False))


def _new(file: KeyFile) -> NewCertificate:
    first = file.certificate
    return NewCertificate(
        key=file.key,
        chain=tuple(one.der for one in file.chain),
        subject=first.identity.name,
        tax_id=next(iter(first.identity.tax_ids), None),
        serial=str(first.serial),
        not_before=first.not_before,
        not_after=first.not_after,
        fingerprint=first.fingerprint,
    )


def _line(row: CertificateRow, now: datetime) -> str:
    state = "valid" if row.not_before <= now <= row.not_after else "NOT VALID"
    period = f"{row.not_before:%Y-%m-%d} to {row.not_after:%Y-%m-%d}"
    return f"{row.party_tax_id or 'the service'}: {row.subject}, {state} {period}, SHA-256 {row.fingerprint}"
