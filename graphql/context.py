"""What a resolver is given besides its arguments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from strawberry.types import Info as StrawberryInfo

from ..documents.signatures.verifying import TrustAnchors
from ..models.database import Database
from ..models.domain.faults import Unauthenticated
from ..models.domain.scopes import ALL_SCOPES, Scope
from ..models.domain.targets import Network
from ..models.people.authority import Authority
from ..models.platforms.directory import Home
from ..models.platforms.tokens import PlatformCaller
from ..models.viewer import Viewer


def _nobody_counts(_: datetime) -> None:
    """For operations that nobody watches."""


class Links(Protocol):
    """Where files are downloaded; the server that serves them knows."""

    def document(self, invoice_key: str, *, signed_for: Viewer | None = None, query: str = "") -> str:
        """The document of an invoice; with a viewer, a link that carries his or her permission for a while.

        ``query`` names another format and language, as ``format=PDF&language=CA``.
        """

    def receipt(self, invoice_key: str, *, signed_for: Viewer | None = None, query: str = "") -> str:
        """The receipt of an invoice's entry, likewise."""

    def archive(self, archive_key: str, *, signed_for: Viewer | None = None) -> str:
        """A ZIP of documents, likewise."""

    def attachment(self, attachment_key: str, *, signed_for: Viewer | None = None) -> str:
        """A file of an invoice, likewise."""


class Directory(Protocol):
    """Who lives on which other platform."""

    async def home_of(self, tax_id: str) -> Home | None:
        """Where a tax id lives, asked of the platforms where that is not known here; None where nobody knows it."""


class NoDirectory:
    """Where there are no other platforms."""

    async def home_of(self, tax_id: str) -> Home | None:
        """Nowhere."""
        del tax_id
        return None


@dataclass(slots=True, kw_only=True)
class Context:
    """One operation's surroundings. ``address`` is the client's, ``expires_at`` the end of the credentials."""

    database: Database
    authority: Authority
    links: Links
    address: str
    anchors: TrustAnchors | None = None
    """Whom signatures are trusted by; without them a good one is UNTRUSTED."""
    secret: str
    """The service's, which certificates' keys are sealed with."""
    webhook_networks: tuple[Network, ...] = ()
    """Networks that webhooks may go to though they are not public."""
    viewer: Viewer | None = None
    expires_at: datetime | None = None
    scopes: frozenset[Scope] = ALL_SCOPES
    """What of the viewer's rights the credentials give: an API token may have been given a part."""
    caller: PlatformCaller | None = None
    """The other platform that asks; it is no viewer, and may only use what is made for platforms."""
    directory: Directory = field(default_factory=NoDirectory)
    public_url: str = ""
    """What other platforms know this server by."""
    resume_after: str | None = None
    """The cursor that a client's transport brought itself (``Last-Event-ID``): a feed goes on behind it."""
    cursor: str | None = None
    """Of the last event of the feed that this operation follows, or of the place where it began."""
    settled: bool = True
    """Whether all up to ``cursor`` has been told: not while an event is under way."""
    conversions: int = 0
    """How many documents this operation has converted."""
    pushed: Callable[[datetime], None] = _nobody_counts
    """Told of each status change that is pushed as it happens, with its instant."""

    def signed_in(self) -> Viewer:
        """The viewer; :class:`Unauthenticated` where there is none."""
        if self.viewer is None:
            raise Unauthenticated
        return self.viewer

    def platform(self) -> PlatformCaller:
        """The other platform that asks; :class:`Unauthenticated` for everybody else."""
        if self.caller is None:
            raise Unauthenticated
        return self.caller


Info = StrawberryInfo[Context, None]
