"""Who is asking."""

from __future__ import annotations

from dataclasses import dataclass

from .domain.transitions import PartyKind, UserRole

SERVICE_ACTOR = "Tramesa"
"""The name that history shows where no person acted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """A signed-in person or program. ``session_id`` is null for an API token. Identifiers are UUIDs as text.

    ``offices`` are the DIR3 codes that he or she is limited to as receiver; null for all.
    """

    user_id: str
    name: str
    email: str
    roles: frozenset[UserRole]
    party_id: str
    party_tax_id: str
    party_name: str
    party_kind: PartyKind
    session_id: str | None = None
    offices: frozenset[str] | None = None
