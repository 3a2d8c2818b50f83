"""How an attempt to send ended."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sent:
    """The server has taken the message over; ``code`` and ``text`` are what a mail server answered to it."""

    code: int | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """Not now. ``code`` is the server's, where it answered.

    ``server`` says that the trouble is the mail server's or our access to it, and not this message's: such trouble
    never makes a mail fail, however long it lasts.
    """

    code: int | None
    text: str
    server: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Never: this recipient or this message is not accepted. ``code`` is null where no server was asked."""

    code: int | None
    text: str


Outcome = Sent | Later | Refused
