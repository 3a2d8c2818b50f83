"""Which state may follow which, for whom: the one table that decides (domain.md, "Transitions")."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from .errors import Forbidden, TransitionNotAllowed
from .states import STATES, InvoiceStatus


class PartyKind(StrEnum):
    """What a party is; it decides the life that invoices addressed to it lead."""

    PUBLIC_BODY = "PUBLIC_BODY"
    COMPANY = "COMPANY"
    PERSON = "PERSON"


class UserRole(StrEnum):
    """What a person may do for the party that he or she belongs to."""

    ISSUER = "ISSUER"
    REGISTRAR = "REGISTRAR"
    ACCOUNTANT = "ACCOUNTANT"
    ADMIN = "ADMIN"


class PartyRole(StrEnum):
    """From which side a party looks at an invoice."""

    ISSUER = "ISSUER"
    RECEIVER = "RECEIVER"


_S = InvoiceStatus

PUBLIC_BODY_LIFE: dict[InvoiceStatus, tuple[InvoiceStatus, ...]] = {
    _S.SENT: (_S.REGISTERED, _S.REJECTED),
    _S.REGISTERED: (_S.DELIVERED, _S.REGISTERED_IN_RCF, _S.REJECTED),
    _S.DELIVERED: (_S.REGISTERED_IN_RCF, _S.REJECTED),
    _S.REGISTERED_IN_RCF: (_S.RECEIVED, _S.CONFORMED, _S.RECOGNISED, _S.PAID, _S.REJECTED),
    _S.RECEIVED: (_S.CONFORMED, _S.RECOGNISED, _S.PAID, _S.REJECTED),
    _S.CONFORMED: (_S.RECOGNISED, _S.PAID, _S.REJECTED),
    _S.RECOGNISED: (_S.PAID, _S.REJECTED),
    _S.PAID: (),
    _S.REJECTED: (),
    _S.CANCELLED: (),
}

COMPANY_LIFE: dict[InvoiceStatus, tuple[InvoiceStatus, ...]] = {
    _S.SENT: (_S.REGISTERED, _S.REJECTED),
    _S.REGISTERED: (_S.DELIVERED, _S.CONFORMED, _S.REJECTED, _S.PAID),
    _S.DELIVERED: (_S.CONFORMED, _S.REJECTED, _S.PAID),
    _S.REGISTERED_IN_RCF: (),
    _S.RECEIVED: (),
    _S.CONFORMED: (_S.PAID, _S.REJECTED),
    _S.RECOGNISED: (),
    _S.PAID: (),
    _S.REJECTED: (),
    _S.CANCELLED: (),
}

TRANSITIONS: dict[PartyKind, dict[InvoiceStatus, tuple[InvoiceStatus, ...]]] = {
    PartyKind.PUBLIC_BODY: PUBLIC_BODY_LIFE,
    PartyKind.COMPANY: COMPANY_LIFE,
    PartyKind.PERSON: COMPANY_LIFE,
}

MOVERS: dict[InvoiceStatus, frozenset[UserRole]] = {
    _S.SENT: frozenset(),
    _S.REGISTERED: frozenset({UserRole.REGISTRAR, UserRole.ADMIN}),
    _S.DELIVERED: frozenset({UserRole.REGISTRAR, UserRole.ACCOUNTANT, UserRole.ADMIN}),
    _S.REGISTERED_IN_RCF: frozenset({UserRole.ACCOUNTANT, UserRole.ADMIN}),
    _S.RECEIVED: frozenset({UserRole.ACCOUNTANT, UserRole.ADMIN}),
    _S.CONFORMED: frozenset({UserRole.ACCOUNTANT, UserRole.ADMIN}),
    _S.RECOGNISED: frozenset({UserRole.ACCOUNTANT, UserRole.ADMIN}),
    _S.PAID: frozenset({UserRole.ACCOUNTANT, UserRole.ADMIN}),
    _S.REJECTED: frozenset({UserRole.ACCOUNTANT, UserRole.ADMIN}),
    _S.CANCELLED: frozenset(),
}
"""Which roles of the receiver may bring an invoice into a state. The issuer never moves one."""

# Only the service itself may reject before the entry (domain.md: "SENT: REJECTED (service, entry failure)").
_SERVICE_ONLY = frozenset({(_S.SENT, _S.REJECTED)})


def next_states(kind: PartyKind, status: InvoiceStatus) -> tuple[InvoiceStatus, ...]:
    """Every state that may follow ``status`` where the receiver is of this kind, the service's own steps included."""
    return TRANSITIONS[kind][status]


def available_transitions(
    kind: PartyKind, status: InvoiceStatus, roles: Collection[UserRole]
) -> tuple[InvoiceStatus, ...]:
    """What a person of the receiver with these roles may do now; empty for who may do nothing."""
    return tuple(
        to for to in next_states(kind, status) if (status, to) not in _SERVICE_ONLY and not MOVERS[to].isdisjoint(roles)
    )


def check_role(to_status: InvoiceStatus, roles: Collection[UserRole]) -> None:
    """Raise :class:`Forbidden` where these roles of the receiver never bring an invoice into that state."""
    if MOVERS[to_status].isdisjoint(roles):
        raise Forbidden(path=("input", "invoiceId"))


def check_transition(
    kind: PartyKind, from_status: InvoiceStatus, to_status: InvoiceStatus, roles: Collection[UserRole]
) -> None:
    """Raise :class:`TransitionNotAllowed` where the invoice's state does not lead there; it tells where it does."""
    allowed = available_transitions(kind, from_status, roles)
    if to_status not in allowed:
        raise TransitionNotAllowed(from_status, to_status, allowed)


def is_final(status: InvoiceStatus) -> bool:
    """Nothing follows a final state."""
    return STATES[status].final
