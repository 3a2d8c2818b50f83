"""Links that are mailed to one person and open something once: to join a party, to choose another password.

The key in a link is kept nowhere. It is computed from the service's secret and the link's id when the mail is made, as
key one of a receiver's invitation is, and its hash is what a key that comes back is compared with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..domain.keys import KeyKind, derived_key, hash_of, normalised
from ..identifiers import new_id
from .attempts import Limit
from .tokens import digest_of

ATTEMPTS_PER_ADDRESS = 50
"""Keys that one network address may try in a quarter of an hour, of either kind."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link that is to be mailed. ``id`` is its UUID as text."""

    id: str
    kind: KeyKind
    key_hash: str
    expires_at: datetime

    @property
    def facts(self) -> dict[str, str | None]:
        """What its mail keeps of it: enough to make the key again with the service's secret, and only with it."""
        ends = self.expires_at.astimezone(UTC).isoformat()
        return {"linkId": self.id, "linkKind": self.kind.value, "keyHash": self.key_hash, "expiresAt": ends}


def make_link(secret: str, kind: KeyKind, now: datetime, lifetime: timedelta) -> Link:
    """A new link of a kind, good for so long."""
    link_id = str(new_id())
    return Link(link_id, kind, link_hash(kind, link_key(secret, kind, link_id)), now + lifetime)


def link_key(secret: str, kind: KeyKind, link_id: str) -> str:
    """The key in a link."""
    return derived_key(secret, f"{kind.value} {link_id}")


def link_hash(kind: KeyKind, typed: str) -> str:
    """What is kept of a key, however it is spelt."""
    return hash_of(kind, "", normalised(typed))


def tries_of(address: str) -> Limit:
    """How often a network address may try a key."""
    return Limit(digest_of(f"links from:{address}"), ATTEMPTS_PER_ADDRESS)
