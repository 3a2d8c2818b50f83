"""Who mails come from and go to; addresses themselves are read by ``models.domain.mailboxes``."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parseaddr

from ..models.domain.errors import TramesaError
from ..models.domain.mailboxes import MAX_ADDRESS, MAX_LOCAL, BadAddress, Mailbox, parse_mailbox
from .cleaning import one_line

__all__ = ["MAX_ADDRESS", "MAX_LOCAL", "BadAddress", "BadSender", "Mailbox", "Sender", "parse_mailbox", "parse_sender"]


class BadSender(TramesaError):
    """The sender of mail must be an address, such as no-reply@example.cat or Tramesa <no-reply@example.cat>."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the mails come from. ``name`` may be empty."""

    name: str
    mailbox: Mailbox


def parse_sender(text: str) -> Sender:
    """Read ``address`` or ``Name <address>``; :class:`BadSender` where it is neither, or needs SMTPUTF8."""
    name, address = parseaddr(text)
    try:
        mailbox = parse_mailbox(address)
    except BadAddress:
        raise BadSender from None
    if mailbox.needs_utf8:
        raise BadSender
    return Sender(one_line(name, 100), mailbox)
