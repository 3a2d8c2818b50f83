"""``tramesa party``: who sends and receives, and what they demand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from ...models.domain.invoice import Address
from ...models.domain.states import Language
from ...models.domain.tax_ids import has_wrong_check_character, normalise
from ...models.domain.transitions import PartyKind
from ...models.people.parties import NewParty, add_party, change_party
from .declaring import run_on_database


@click.group()
def party() -> None:
    """Parties: who sends and receives."""


class Name(click.Choice[str]):
    """One of an enum's values, in any case, with dashes or underscores."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return super().convert(str(value).replace("-", "_"), param, ctx)


@party.command("add")
@click.option("--tax-id", required=True)
@click.option("--name", required=True)
@click.option("--kind", required=True, type=Name([kind.value for kind in PartyKind], case_sensitive=False))
@click.option("--manual-registration", is_flag=True, help="Its registrar gives the registry numbers.")
@click.option("--email", help="Where it is mailed.")
@click.option("--language", default="CA", type=click.Choice([one.value for one in Language], case_sensitive=False))
@click.option("--street", help="For the documents that it issues; give all five parts or none.")
@click.option("--post-code")
@click.option("--town")
@click.option("--province")
@click.option("--country", default="ESP", show_default=True, help="ISO 3166-1 alpha-3.")
def party_add(
    tax_id: str,
    name: str,
    kind: str,
    *,
    manual_registration: bool,
    email: str | None,
    language: str,
    street: str | None,
    post_code: str | None,
    town: str | None,
    province: str | None,
    country: str,
) -> None:
    """Add a party."""
    wanted = NewParty(
        tax_id=tax_id,
        name=name,
        kind=PartyKind(kind.upper()),
        manual_registration=manual_registration,
        email=email,
        language=Language(language.upper()),
        address=_address(street, post_code, town, province, country),
    )
    run_on_database(lambda database: add_party(database, wanted))
    click.echo(f"added {name}")
    if has_wrong_check_character(normalise(tax_id)):
        click.echo(
            f"The check character of {tax_id} is wrong; it can receive and bring documents, but not issue.", err=True
        )


def _address(
    street: str | None, post_code: str | None, town: str | None, province: str | None, country: str
) -> Address | None:
    parts = (street, post_code, town, province)
    if not any(parts):
        return None
    if street is None or post_code is None or town is None or province is None:
        raise click.UsageError("An address needs --street, --post-code, --town and --province.")
    return Address(street=street, post_code=post_code, town=town, province=province, country_code=country.upper())


@party.command("change")
@click.option("--tax-id", required=True)
@click.option(
    "--signature-required/--no-signature-required",
    default=None,
    help="Whether documents to it must carry a trusted signature.",
)
@click.option(
    "--office", "offices", multiple=True, help="A DIR3 code that invoices to it may name; may be given several times."
)
@click.option("--any-office", is_flag=True, help="Invoices to it may name any office.")
def party_change(tax_id: str, *, signature_required: bool | None, offices: Sequence[str], any_office: bool) -> None:
    """Change what a party demands of the documents that it is sent."""
    if offices and any_office:
        raise click.UsageError("Give either --office or --any-office.")
    if signature_required is None and not offices and not any_office:
        raise click.UsageError("Nothing to change.")
    wanted = list(offices) if offices or any_office else None
    run_on_database(
        lambda database: change_party(database, tax_id, signature_required=signature_required, offices=wanted)
    )
    click.echo(f"changed {normalise(tax_id)}")
