"""The states of an invoice, their codes and names: one table, read by code, API, mail and docs alike.

Source of the codes: domain.md, "States"; public and technical numbers are those of the Resolution of
10-10-2014 (BOE-A-2014-10660) as e.FACT uses them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class InvoiceStatus(StrEnum):
    """Where an invoice stands."""

    SENT = "SENT"
    REGISTERED = "REGISTERED"
    DELIVERED = "DELIVERED"
    REGISTERED_IN_RCF = "REGISTERED_IN_RCF"
    RECEIVED = "RECEIVED"
    CONFORMED = "CONFORMED"
    RECOGNISED = "RECOGNISED"
    PAID = "PAID"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"


class Language(StrEnum):
    """The languages that people are addressed in."""

    CA = "CA"
    ES = "ES"
    EN = "EN"


@dataclass(frozen=True, slots=True, kw_only=True)
class StateDefinition:
    """A row of domain.md's table of states."""

    status: InvoiceStatus
    efact_code: str
    public_code: int
    technical_code: int
    names: dict[Language, str]
    final: bool = False
    mandatory: bool = False
    """Part of the legal minimum that every receiver must report."""

    @property
    def mails_issuer(self) -> bool:
        """The issuer is mailed at exactly the legal-minimum states (domain.md, "Mail")."""
        return self.mandatory


def _state(
    status: InvoiceStatus,
    efact: str,
    public: int,
    technical: int,
    ca: str,
    es: str,
    en: str,
    *,
    final: bool = False,
    mandatory: bool = False,
) -> StateDefinition:
    names = {Language.CA: ca, Language.ES: es, Language.EN: en}
    return StateDefinition(
        status=status,
        efact_code=efact,
        public_code=public,
        technical_code=technical,
        names=names,
        final=final,
        mandatory=mandatory,
    )


_S = InvoiceStatus

# ruff: noqa: E501
# fmt: off
STATES: dict[InvoiceStatus, StateDefinition] = {
    state.status: state
    for state in (
        _state(_S.SENT, "SENT", 1000, 1000, "Tramesa", "Enviada", "Sent"),
        _state(_S.REGISTERED, "REGISTERED", 1200, 1200, "Registrada", "Registrada", "Registered", mandatory=True),
        _state(_S.DELIVERED, "DELIVERED", 1200, 1250, "Lliurada", "Entregada", "Delivered"),
        _state(_S.REGISTERED_IN_RCF, "ANNOTATED", 1300, 1400, "Registrada en RCF", "Registrada en RCF", "Registered in RCF", mandatory=True),
        _state(_S.RECEIVED, "RECEIVED", 1300, 2100, "Rebuda a destí", "Recibida en destino", "Received at destination"),
        _state(_S.CONFORMED, "ACCEPTED", 1300, 2300, "Conformada", "Conformada", "Conformed"),
        _state(_S.RECOGNISED, "RECOGNISED", 2400, 2400, "Comptabilitzada l'obligació reconeguda", "Contabilizada la obligación reconocida", "Obligation recognised", mandatory=True),
        _state(_S.PAID, "PAID", 2500, 2500, "Pagada", "Pagada", "Paid", final=True, mandatory=True),
        _state(_S.REJECTED, "REJECTED", 2600, 2600, "Rebutjada", "Rechazada", "Rejected", final=True, mandatory=True),
        _state(_S.CANCELLED, "CANCELED", 3100, 3100, "Anul·lada", "Anulada", "Cancelled", final=True, mandatory=True),
    )
}
# fmt: on
