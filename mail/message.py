"""Building the message that goes out: the same bytes however often it is tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, Policy
from email.utils import format_datetime
from hashlib import sha256

from .address import Mailbox, Sender
from .rendering import Rendered

MAX_LINE = 78
"""Characters of a header's line (RFC 5322, 2.1.1)."""


class _Verbatim(UnstructuredHeader, BaseHeader):
    """Read by programs that know of no encoded words, which is what Python makes of a word too long for a line."""

    def fold(self, *, policy: Policy) -> str:
        """The header in one line, however long it is (at most 998 characters by RFC 5322)."""
        return f"{self.name}: {self}{policy.linesep}"


class _Subject(UnstructuredHeader, BaseHeader):
    """Read as it was written: where Python folds it, a line may begin with nothing, or a word with two spaces."""

    def fold(self, *, policy: Policy) -> str:
        """In one line if it is ASCII and short, else in encoded words throughout (RFC 2047)."""
        plain = self.isascii() and len(self.name) + len(self) + 2 <= MAX_LINE
        text = str(self) if plain else Header(self, "utf-8", header_name=self.name).encode(linesep=policy.linesep)
        return f"{self.name}: {text}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("subject", _Subject)
for _name in ("references", "in-reply-to", "list-unsubscribe", "list-unsubscribe-post", "x-request-id"):
    _HEADERS.map_to_type(_name, _Verbatim)
_POLICY = SMTPUTF8.clone(header_factory=_HEADERS)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message with its envelope. ``id`` is the outbox row's."""

    id: str
    sender: Mailbox
    recipient: Mailbox
    message: EmailMessage

    def content(self) -> bytes:
        """The message as it travels, with CRLF line ends; 8-bit headers only where the recipient needs SMTPUTF8."""
        return self.message.as_bytes(policy=SMTPUTF8 if self.recipient.needs_utf8 else SMTP)


def compose(
    mail_id: str,
    sender: Sender,
    recipient: Mailbox,
    created_at: datetime,
    language: str,
    rendered: Rendered,
    *,
    request_id: str | None = None,
    stop: str | None = None,
    about: str | None = None,
) -> Letter:
    """The letter of an outbox row, with text and HTML, and the request that caused it for whoever reads the logs.

    ``stop`` is an address where its reader, or his or her mail program, can stop such mails. Letters ``about`` the same
    invoice, by its id, stand together in mail programs, as answers to one that was never sent.

    ``Message-ID``, ``Date`` and the MIME boundary come from the row, so that a receiver who gets it twice can tell.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(sender.name, sender.mailbox.local, sender.mailbox.domain)
    message["To"] = Address("", recipient.local, recipient.domain)
    message["Subject"] = _inert(rendered.subject)
    message["Date"] = format_datetime(created_at)
    message["Message-ID"] = f"<{mail_id}@{sender.mailbox.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if about is not None:
        first = f"<{sha256(about.encode()).hexdigest()[:32]}@{sender.mailbox.domain}>"
        message["In-Reply-To"] = message["References"] = first
    if request_id is not None:
        message["X-Request-ID"] = request_id
    if stop is not None:
        # RFC 2369 and RFC 8058: mail programs show a button that needs no page.
        message["List-Unsubscribe"] = f"<{stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    # Not before the parts: making alternatives moves every Content-… header into the first of them.
    message["Content-Language"] = language.lower()
    message.set_boundary(f"=_{mail_id}")
    return Letter(mail_id, sender.mailbox, recipient, message)


def _inert(subject: str) -> str:
    """Python decodes encoded words in a header that is set, and one can hide a line end and a header after it."""
    return subject.replace("=?", "= ?").strip()
