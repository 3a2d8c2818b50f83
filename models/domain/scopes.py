"""What a program's token may do: the part of its user's rights that it was given."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum


class Scope(StrEnum):
    """A part of what a user may do."""

    INVOICES_READ = "INVOICES_READ"
    INVOICES_SEND = "INVOICES_SEND"
    STATUS_CHANGE = "STATUS_CHANGE"
    WEBHOOKS_MANAGE = "WEBHOOKS_MANAGE"
    TOKENS_MANAGE = "TOKENS_MANAGE"
    PARTY_MANAGE = "PARTY_MANAGE"


MEANINGS: dict[Scope, str] = {
    Scope.INVOICES_READ: "Read invoices, their documents, feeds and sums, and what is known about parties.",
    Scope.INVOICES_SEND: "Issue, import and check invoices, and do what else an issuer does with them.",
    Scope.STATUS_CHANGE: "Move received invoices, confirm their delivery, and answer their issuers.",
    Scope.WEBHOOKS_MANAGE: "Read, make, change and test webhooks.",
    Scope.TOKENS_MANAGE: "Read, make and revoke API tokens.",
    Scope.PARTY_MANAGE: "Read and change the party's own settings, such as its notices, people and offices.",
}
"""What the schema and the docs say of each."""

ALL_SCOPES = frozenset(Scope)
"""What a person has, and a token that was made without naming scopes."""


def scopes_text(scopes: Collection[Scope]) -> str | None:
    """Scopes as a column keeps them, sorted and comma-joined; None stands for all, those too that are yet to come."""
    return None if set(scopes) >= ALL_SCOPES else ",".join(sorted(scopes))


def scopes_of(text: str | None) -> frozenset[Scope]:
    """The scopes of a column. One that this version does not know gives nothing."""
    if text is None:
        return ALL_SCOPES
    return frozenset(Scope(name) for name in text.split(",") if name in Scope.__members__)
