"""The catalogue of states."""

from __future__ import annotations

import strawberry

from ..models.domain.states import StateDefinition
from ..models.domain.transitions import next_states
from .enums import InvoiceStatus, Language, PartyKind


@strawberry.type(description="A state that invoices can be in: its names, codes and what may follow.")
class StatusDefinition:
    """Resolved from ``domain.states.StateDefinition``."""

    status: InvoiceStatus = strawberry.field(description="The state.")
    efact_code: str = strawberry.field(description="Its code in e.FACT.")
    public_code: int = strawberry.field(description="Its public number (BOE-A-2014-10660), as FACe shows it.")
    technical_code: int = strawberry.field(description="Its technical number.")
    final: bool = strawberry.field(description="Nothing follows it.")
    mandatory: bool = strawberry.field(description="Part of the legal minimum that receivers must report.")
    mails_issuer: bool = strawberry.field(description="The issuer is mailed when an invoice gets there.")

    @strawberry.field(description="Its name, in Catalan unless told.")
    @staticmethod
    def name(root: strawberry.Parent[StateDefinition], language: Language = Language.CA) -> str:
        return root.names[language]

    @strawberry.field(
        description="What may follow it where the receiver is of this kind, the service's own steps included."
    )
    @staticmethod
    def transitions(
        root: strawberry.Parent[StateDefinition], receiver_kind: PartyKind = PartyKind.PUBLIC_BODY
    ) -> list[InvoiceStatus]:
        return list(next_states(receiver_kind, root.status))
