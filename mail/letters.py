"""Sending the mails of the outbox (``models.outbox`` writes the rows)."""

from __future__ import annotations

from collections.abc import Callable

import orjson

from .address import BadAddress, Sender, parse_mailbox, parse_sender
from .message import Letter, compose
from .outcome import Outcome, Refused
from .queue import Claim, Queue
from .rendering import render
from .transport import Transport

MAIL = Queue(name="mail", table="mail_message", columns=("kind", "recipient", "language", "facts"))


class LetterSender:
    """Composes the letter of a row and hands it to its transport."""

    def __init__(self, transport: Transport, sender: Sender, public_url: str) -> None:
        self._transport = transport
        self._sender = sender
        self._public_url = public_url

    async def send(self, taken: Claim) -> Outcome:
        """How it ended; an address that none can have is refused without asking anybody."""
        try:
            letter = self._letter(taken)
        except BadAddress as error:
            return Refused(None, str(error))
        return await self._transport.send(letter)

    async def close(self) -> None:
        """Let go of the connection."""
        await self._transport.close()

    def _letter(self, taken: Claim) -> Letter:
        row = taken.columns
        recipient = parse_mailbox(row["recipient"])
        rendered = render(row["kind"], row["language"], orjson.loads(row["facts"]), self._public_url)
        return compose(
            taken.id,
            self._sender,
            recipient,
            taken.created_at,
            row["language"],
            rendered,
            request_id=taken.request_id,
        )


def letter_senders(
    transports: Callable[[], Transport], *, mail_from: str, public_url: str
) -> Callable[[], LetterSender]:
    """What makes a sender for each connection.

    ``mail_from`` is an address or ``Name <address>`` (:class:`~tramesa.mail.address.BadSender` otherwise).
    """
    sender = parse_sender(mail_from)
    return lambda: LetterSender(transports(), sender, public_url)
