"""Parties, and who is asking."""

from __future__ import annotations

from typing import Any

import strawberry

from ..models.domain.scopes import ALL_SCOPES
from ..models.identifiers import global_id
from ..models.rows import PartyRow
from ..models.viewer import Viewer as DomainViewer
from .enums import PartyKind, Scope, UserRole
from .nodes import Node


@strawberry.type(description="Somebody who sends or receives invoices.")
class Party(Node):
    """Resolved from ``PartyRow``."""

    tax_id: str = strawberry.field(description="Tax identifier in capitals, without spaces; Spanish ones without `ES`.")
    name: str = strawberry.field(
        description="The name that the party is registered under. One that is not: on an invoice what its document"
        " says, elsewhere what your newest invoice with it says, or its tax id."
    )
    kind: PartyKind = strawberry.field(description="Public body, company or person.")
    registered: bool = strawberry.field(description="Signed up here; a party known only from a document is not.")

    @classmethod
    def is_type_of(cls, row: Any, _: Any) -> bool:
        return isinstance(row, PartyRow)


@strawberry.type(description="Who is asking: a person, or a program with a person's token.")
class Viewer:
    """Resolved from ``models.viewer.Viewer`` by ``viewer_of``."""

    id: strawberry.ID = strawberry.field(description="Opaque id of the person.")
    name: str = strawberry.field(description="The name that history shows for what this person does.")
    email: str = strawberry.field(description="The address that he or she signs in with.")
    party: Party = strawberry.field(description="The party that he or she acts for.")
    roles: list[UserRole] = strawberry.field(description="What he or she may do for it.")
    scopes: list[Scope] = strawberry.field(
        description="What of that these credentials give: everything to a person, to an API token what it was given."
    )
    office_codes: list[str] | None = strawberry.field(
        description="The DIR3 codes that an administrator limited this person to: as receiver, only invoices that name"
        " one of them are seen. Null for all."
    )


def viewer_of(viewer: DomainViewer, scopes: frozenset[Scope] = ALL_SCOPES) -> Viewer:
    """The viewer as GraphQL shows it."""
    party = PartyRow()
    party.key, party.tax_id, party.name = viewer.party_id, viewer.party_tax_id, viewer.party_name
    party.kind, party.registered = viewer.party_kind, True
    return Viewer(
        id=strawberry.ID(global_id("Viewer", viewer.user_id)),
        name=viewer.name,
        email=viewer.email,
        party=party,  # type: ignore[arg-type]
        roles=sorted(viewer.roles),
        scopes=sorted(scopes),
        office_codes=None if viewer.offices is None else sorted(viewer.offices),
    )
