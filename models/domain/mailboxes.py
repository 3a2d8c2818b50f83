"""Mail addresses, read strictly: what cannot stand in an envelope is refused before a server sees it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from .errors import TramesaError

MAX_LOCAL = 64
MAX_ADDRESS = 254
"""RFC 5321, 4.5.3.1: 64 octets before the @, 254 in all (256 with the angle brackets)."""

_ATOM = re.compile(r"[0-9A-Za-z!#$%&'*+/=?^_`{|}~\-\u0080-\U0010ffff]+")
_LABEL = re.compile(r"(?!-)[0-9A-Za-z-]{1,63}(?<!-)")


class BadAddress(TramesaError):
    """This is not an e-mail address that mail can be sent to."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address in its two halves. ``domain`` is ASCII (IDNA); ``local`` may need SMTPUTF8."""

    local: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"

    @property
    def needs_utf8(self) -> bool:
        """Whether only a server that offers SMTPUTF8 can take it."""
        return not self.local.isascii()


def parse_mailbox(text: str) -> Mailbox:
    """Read ``local@domain``; :class:`BadAddress` for all else, quoted local parts and address literals included."""
    local, _, domain = text.strip(" ").rpartition("@")
    atoms = local.split(".")
    # Mail programs, and Python, take an encoded word for what it hides: an address of somebody else.
    if "=?" in local or not all(_ATOM.fullmatch(atom) and all(map(_is_visible, atom)) for atom in atoms):
        raise BadAddress
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise BadAddress from None
    mailbox = Mailbox(local, ascii_domain)
    fits = len(local.encode()) <= MAX_LOCAL and len(str(mailbox).encode()) <= MAX_ADDRESS
    if not fits or not all(_LABEL.fullmatch(label) for label in ascii_domain.split(".")):
        raise BadAddress
    return mailbox


def mailbox_among(*texts: str | None) -> str | None:
    """The first of these that is an address, in one spelling without capitals; None where none is.

    >>> mailbox_among(None, "no address", " Compres@Exemple.CAT ")
    'compres@exemple.cat'
    """
    for text in texts:
        try:
            return str(parse_mailbox((text or "").strip())).lower()
        except BadAddress:
            continue
    return None


def _is_visible(char: str) -> bool:
    return char.isascii() or unicodedata.category(char)[0] not in "CZ"
