"""What becomes of an issuer's wish to take an invoice back: states, who may do what when, and why not.

It stands beside the invoice's own state (FACe's sub-states 4100 to 4400) and has a history of its own.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from .errors import CancellationRefusal, CancellationRefused, Forbidden
from .states import InvoiceStatus, Language
from .transitions import PartyRole, UserRole


class CancellationState(StrEnum):
    """Where the wish stands."""

    NONE = "NONE"
    REQUESTED = "REQUESTED"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    OVERTAKEN = "OVERTAKEN"
    UNDELIVERED = "UNDELIVERED"


class CancellationAct(StrEnum):
    """What can happen to it; each is one row of its history."""

    REQUEST = "REQUEST"
    ACCEPT = "ACCEPT"
    REFUSE = "REFUSE"
    WITHDRAW = "WITHDRAW"
    OVERTAKE = "OVERTAKE"
    RETURN = "RETURN"


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationDefinition:
    """A state as people and other programs call it. ``code`` is FACe's sub-state; ``open`` may still be requested."""

    state: CancellationState
    code: int
    names: dict[Language, str]
    open: bool = False


def _state(state: CancellationState, code: int, ca: str, es: str, en: str, *, open_: bool) -> CancellationDefinition:
    names = {Language.CA: ca, Language.ES: es, Language.EN: en}
    return CancellationDefinition(state=state, code=code, names=names, open=open_)


_S = CancellationState

# ruff: noqa: E501
# fmt: off
CANCELLATIONS: dict[CancellationState, CancellationDefinition] = {
    definition.state: definition
    for definition in (
        _state(_S.NONE, 4100, "Anul·lació no sol·licitada", "Anulación no solicitada", "No cancellation requested", open_=True),
        _state(_S.REQUESTED, 4200, "Anul·lació sol·licitada", "Anulación solicitada", "Cancellation requested", open_=False),
        _state(_S.ACCEPTED, 4300, "Anul·lació acceptada", "Anulación aceptada", "Cancellation accepted", open_=False),
        _state(_S.REFUSED, 4400, "Anul·lació denegada", "Anulación denegada", "Cancellation refused", open_=False),
        _state(_S.WITHDRAWN, 4100, "Sol·licitud d'anul·lació retirada", "Solicitud de anulación retirada", "Cancellation request withdrawn", open_=True),
        _state(_S.OVERTAKEN, 4400, "Sol·licitud d'anul·lació sense efecte", "Solicitud de anulación sin efecto", "Cancellation request overtaken", open_=False),
        _state(_S.UNDELIVERED, 4100, "Sol·licitud d'anul·lació no lliurada", "Solicitud de anulación no entregada", "Cancellation request not delivered", open_=True),
    )
}
# fmt: on


@dataclass(frozen=True, slots=True)
class _Rule:
    """From which states an act leads where, and who of which party may do it; nobody where the service does."""

    sources: frozenset[CancellationState]
    to: CancellationState
    side: PartyRole
    doers: frozenset[UserRole]


_ISSUERS = frozenset({UserRole.ISSUER, UserRole.ADMIN})
_ANSWERERS = frozenset({UserRole.ACCOUNTANT, UserRole.ADMIN})
_PENDING = frozenset({_S.REQUESTED})
_OPEN = frozenset(state for state, definition in CANCELLATIONS.items() if definition.open)

RULES: dict[CancellationAct, _Rule] = {
    CancellationAct.REQUEST: _Rule(_OPEN, _S.REQUESTED, PartyRole.ISSUER, _ISSUERS),
    CancellationAct.ACCEPT: _Rule(_PENDING, _S.ACCEPTED, PartyRole.RECEIVER, _ANSWERERS),
    CancellationAct.REFUSE: _Rule(_PENDING, _S.REFUSED, PartyRole.RECEIVER, _ANSWERERS),
    CancellationAct.WITHDRAW: _Rule(_PENDING, _S.WITHDRAWN, PartyRole.ISSUER, _ISSUERS),
    CancellationAct.OVERTAKE: _Rule(_PENDING, _S.OVERTAKEN, PartyRole.RECEIVER, frozenset()),
    CancellationAct.RETURN: _Rule(_PENDING, _S.UNDELIVERED, PartyRole.RECEIVER, frozenset()),
}
"""Accepting ends an obligation, as rejecting does: both are the accountant's (docs/decisions)."""

_ENDED = {
    InvoiceStatus.PAID: CancellationRefusal.PAID,
    InvoiceStatus.REJECTED: CancellationRefusal.REJECTED,
    InvoiceStatus.CANCELLED: CancellationRefusal.ACCEPTED_BEFORE,
}
_DECIDED = {
    _S.ACCEPTED: CancellationRefusal.ACCEPTED_BEFORE,
    _S.REFUSED: CancellationRefusal.REFUSED_BEFORE,
    _S.OVERTAKEN: CancellationRefusal.REFUSED_BEFORE,
    _S.REQUESTED: CancellationRefusal.PENDING,
}


def why_not(act: CancellationAct, status: InvoiceStatus, state: CancellationState) -> CancellationRefusal | None:
    """Why an act is impossible as things stand, whoever asks; None where it is possible."""
    if act is CancellationAct.REQUEST:
        return _ENDED.get(status) or _DECIDED.get(state)
    return None if state in RULES[act].sources else CancellationRefusal.NOT_PENDING


def check_doer(act: CancellationAct, sides: Collection[PartyRole], roles: Collection[UserRole]) -> None:
    """Raise where somebody of these sides (of both, where a party bills itself) with these roles never does this."""
    rule = RULES[act]
    if rule.side not in sides:
        if act is CancellationAct.REQUEST:
            raise CancellationRefused(CancellationRefusal.NOT_THE_ISSUER)
        raise Forbidden(f"Only its {rule.side.lower()} does this.", path=("input", "invoiceId"))
    if rule.doers.isdisjoint(roles):
        raise Forbidden(path=("input", "invoiceId"))


REFUSED_ON_ARRIVAL: dict[CancellationRefusal, dict[Language, str]] = {
    CancellationRefusal.PAID: {
        Language.CA: "La factura ja està pagada.",
        Language.ES: "La factura ya está pagada.",
        Language.EN: "The invoice is paid.",
    },
    CancellationRefusal.REJECTED: {
        Language.CA: "La factura ja està rebutjada.",
        Language.ES: "La factura ya está rechazada.",
        Language.EN: "The invoice is rejected.",
    },
    CancellationRefusal.ACCEPTED_BEFORE: {
        Language.CA: "La factura ja està anul·lada.",
        Language.ES: "La factura ya está anulada.",
        Language.EN: "The invoice is cancelled already.",
    },
    CancellationRefusal.REFUSED_BEFORE: {
        Language.CA: "L'anul·lació ja s'havia denegat.",
        Language.ES: "La anulación ya se había denegado.",
        Language.EN: "The cancellation had been refused before.",
    },
}
"""What the service says for a receiver when a request comes from another platform too late."""


def is_odd(act: CancellationAct, status: InvoiceStatus, comment: str | None, *, withdrawn: bool) -> bool:
    """Whether the rules here would not have let a reported answer be: it does not fit the invoice or what was asked."""
    fits = {
        CancellationAct.ACCEPT: status is InvoiceStatus.CANCELLED,
        CancellationAct.REFUSE: bool(comment),
        CancellationAct.WITHDRAW: withdrawn,
        CancellationAct.OVERTAKE: status in {InvoiceStatus.PAID, InvoiceStatus.REJECTED},
    }
    return not fits.get(act, False)


def decide(act: CancellationAct, status: InvoiceStatus, state: CancellationState) -> CancellationState:
    """The state that an act leads to; :class:`CancellationRefused` where it is impossible now."""
    reason = why_not(act, status, state)
    if reason is not None:
        raise CancellationRefused(reason)
    return RULES[act].to


def may(
    act: CancellationAct,
    status: InvoiceStatus,
    state: CancellationState,
    sides: Collection[PartyRole],
    roles: Collection[UserRole],
    away: PartyRole | None = None,
) -> bool:
    """Whether somebody of these sides with these roles may do this now; ``away`` is the side that lives elsewhere."""
    rule = RULES[act]
    doer = rule.side in sides and not rule.doers.isdisjoint(roles) and done_here(act, away)
    return doer and why_not(act, status, state) is None


def done_here(act: CancellationAct, away: PartyRole | None) -> bool:
    """Whether this is done on this platform at all: of an invoice whose one side lives elsewhere, the other side's is."""
    return away is not RULES[act].side


def accepts_itself(status: InvoiceStatus, *, receiver_registered: bool) -> bool:
    """Whether a request needs no answer: the invoice waits for a receiver who is not here, so nobody has received it."""
    return status is InvoiceStatus.SENT and not receiver_registered
