"""Whom an invoice is addressed to: a party that is registered here, or one that is awaited.

An awaited party has a row like any other, so that invoices of several issuers wait for the same one. Whoever adds an
invoice to those that wait holds its row shared until the commit, whoever registers it holds it alone: so none is
left behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..database import Unit
from ..domain.invoice import DocumentParty, InvoiceContent
from ..domain.numbering import folded
from ..domain.states import Language
from ..domain.tax_ids import looks_like_a_body
from ..domain.transitions import PartyKind
from ..identifiers import new_id
from ..sql import Statement
from ..tables import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitee:
    """How to reach a receiver that is not here yet. ``secret`` is the service's, which its key one is made from."""

    email: str
    """As ``domain.mailboxes.mailbox_among`` gives it."""
    language: Language | None
    """Of the invitation; None for that of the issuer's party."""
    secret: str


async def find_receiver(content: InvoiceContent) -> Party | None:
    """The party that the document is addressed to, if it has signed up here."""
    return await Party.filter(tax_id=content.receiver.tax_id, registered=True).first()


async def awaited_receiver(
    unit: Unit, content: InvoiceContent, now: datetime, *, kind: PartyKind | None = None
) -> Party:
    """The same where it has not: its row, made where there is none, and held until the commit.

    It may have signed up while the row was waited for; ``registered`` says so.
    """
    await make_unregistered(unit, content.receiver, kind or kind_of(content.receiver), now)
    await hold_party(unit, content.receiver.tax_id, alone=False)
    party = await Party.filter(tax_id=content.receiver.tax_id).first()
    assert party is not None
    return party


async def hold_party(unit: Unit, tax_id: str, *, alone: bool) -> None:
    """Keep others from registering a party until the commit and, ``alone``, from adding to what waits for it."""
    if unit.dialect == "postgres":  # SQLite's units exclude one another anyway.
        strength = "NO KEY UPDATE" if alone else "SHARE"
        await unit.fetch(f"SELECT 1 FROM party WHERE tax_id = $1 FOR {strength}", [tax_id])


def kind_of(party: DocumentParty) -> PartyKind:
    """What a party seems to be, by a document that names it; it says itself when it signs up."""
    if party.person:
        return PartyKind.PERSON
    return PartyKind.PUBLIC_BODY if looks_like_a_body(party.tax_id) else PartyKind.COMPANY


async def make_unregistered(unit: Unit, party: DocumentParty, kind: PartyKind, now: datetime) -> None:
    """A row for a party that is known from a document alone; nothing where there is one."""
    row: dict[str, object] = {
        "id": str(new_id()),
        "tax_id": party.tax_id,
        # What one document calls it is not for those who write others (models.names).
        "name": party.tax_id,
        "search_name": folded(party.tax_id),
        "kind": kind.value,
        "registered": False,
        "manual_registration": False,
        "language": Language.CA.value,
        "signature_required": False,
        "created_at": now,
    }
    query = Statement(unit.dialect)
    places = ", ".join(query.bind(value) for value in row.values())
    await unit.execute(
        f"INSERT INTO party ({', '.join(row)}) VALUES ({places}) ON CONFLICT (tax_id) DO NOTHING", query.values
    )
