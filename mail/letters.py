"""Sending the mails of the outbox (``models.outbox`` writes the rows)."""

from __future__ import annotations

from collections.abc import Callable

import orjson

from ..models.domain.errors import TramesaError
from ..models.domain.keys import KeyKind, derived_key, hash_of, same_hash, spelt
from .address import BadAddress, Sender, parse_mailbox, parse_sender
from .message import Letter, compose
from .outcome import Outcome, Refused
from .queue import Claim, Queue
from .rendering import render
from .transport import Transport

MAIL = Queue(name="mail", table="mail_message", columns=("kind", "recipient", "language", "facts"))


class KeyGone(TramesaError):
    """The service's secret is another than when this invitation was written: renew the invitation."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def with_key(facts: dict[str, str | None], secret: str) -> dict[str, str | None]:
    """The facts of a mail and, in an invitation, key one, which is kept nowhere and made again from the secret."""
    invitation, tax_id, key_hash = (facts.get(name) for name in ("invitationId", "receiverTaxId", "keyHash"))
    if invitation is None or tax_id is None or key_hash is None:
        return facts
    key = derived_key(secret, invitation)
    if not same_hash(hash_of(KeyKind.ONE, tax_id, key), key_hash):
        raise KeyGone
    return {**facts, "keyOne": spelt(key)}


class LetterSender:
    """Composes the letter of a row and hands it to its transport."""

    def __init__(self, transport: Transport, sender: Sender, public_url: str, secret: str) -> None:
        self._transport = transport
        self._sender = sender
        self._public_url = public_url
        self._secret = secret

    async def send(self, taken: Claim) -> Outcome:
        """How it ended; what cannot be sent to anybody is refused without asking a server."""
        try:
            letter = self._letter(taken)
        except (BadAddress, KeyGone) as error:
            return Refused(None, str(error))
        return await self._transport.send(letter)

    async def close(self) -> None:
        """Let go of the connection."""
        await self._transport.close()

    def _letter(self, taken: Claim) -> Letter:
        row = taken.columns
        recipient = parse_mailbox(row["recipient"])
        facts = with_key(orjson.loads(row["facts"]), self._secret)
        rendered = render(row["kind"], row["language"], facts, self._public_url)
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
    transports: Callable[[], Transport], *, mail_from: str, public_url: str, secret: str
) -> Callable[[], LetterSender]:
    """What makes a sender for each connection.

    ``mail_from`` is an address or ``Name <address>`` (:class:`~tramesa.mail.address.BadSender` otherwise), ``secret``
    the service's.
    """
    sender = parse_sender(mail_from)
    return lambda: LetterSender(transports(), sender, public_url, secret)
