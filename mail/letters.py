"""Sending the mails of the outbox (``models.notices.notifying`` writes the rows)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import orjson

from ..models.database import Database
from ..models.domain.errors import TramesaError
from ..models.domain.keys import KeyKind, derived_key, hash_of, same_hash, spelt
from ..models.domain.notices import MailKind
from ..models.notices.notifying import Facts, digest_items
from ..models.people.links import link_hash, link_key
from .address import BadAddress, Sender, parse_mailbox, parse_sender
from .message import Letter, compose
from .outcome import Outcome, Refused
from .queue import Claim, Queue
from .rendering import render
from .transport import Transport

MAIL = Queue(
    name="mail",
    table="mail_message",
    columns=("kind", "recipient", "language", "facts", "notice_address_id"),
)

StopLink = Callable[[str], str]
"""Where the reader of a notice address, given by its id, can stop its mails."""


class KeyGone(TramesaError):
    """The service's secret is another than when this was written: invite or ask anew."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def with_key(facts: Facts, secret: str) -> Facts:
    """The facts of a mail and the key that stands in it, if any, which is kept nowhere and made from the secret."""
    if (link_id := facts.get("linkId")) is not None:
        return {**facts, "key": spelt(_link_key(facts, link_id, secret))}
    invitation, tax_id, key_hash = (facts.get(name) for name in ("invitationId", "receiverTaxId", "keyHash"))
    if invitation is None or tax_id is None or key_hash is None:
        return facts
    key = derived_key(secret, invitation)
    if not same_hash(hash_of(KeyKind.ONE, tax_id, key), key_hash):
        raise KeyGone
    return {**facts, "keyOne": spelt(key)}


def _link_key(facts: Facts, link_id: str, secret: str) -> str:
    kind = KeyKind(str(facts["linkKind"]))
    key = link_key(secret, kind, link_id)
    if not same_hash(link_hash(kind, key), str(facts["keyHash"])):
        raise KeyGone
    return key


class LetterSender:
    """Composes the letter of a row and hands it to its transport."""

    def __init__(
        self,
        database: Database,
        transport: Transport,
        sender: Sender,
        *,
        public_url: str,
        stop_link: StopLink,
        secret: str,
    ) -> None:
        self._database = database
        self._transport = transport
        self._sender = sender
        self._public_url = public_url
        self._stop_link = stop_link
        self._secret = secret

    async def send(self, taken: Claim) -> Outcome:
        """How it ended; what cannot be sent to anybody is refused without asking a server."""
        try:
            letter = await self._letter(taken)
        except (BadAddress, KeyGone) as error:
            return Refused(None, str(error))
        return await self._transport.send(letter)

    async def close(self) -> None:
        """Let go of the connection."""
        await self._transport.close()

    async def _letter(self, taken: Claim) -> Letter:
        row = taken.columns
        recipient = parse_mailbox(row["recipient"])
        address = row["notice_address_id"]
        stop = None if address is None else self._stop_link(str(address))
        facts = await self._facts(row["kind"], row["facts"])
        rendered = render(row["kind"], row["language"], facts, self._public_url, stop=stop)
        return compose(
            taken.id,
            self._sender,
            recipient,
            taken.created_at,
            row["language"],
            rendered,
            request_id=taken.request_id,
            stop=stop,
            about=facts.get("invoiceId"),
        )

    async def _facts(self, kind: str, text: str) -> Facts:
        facts: Facts = orjson.loads(text)
        if kind != MailKind.DIGEST:
            return with_key(facts, self._secret)
        address, due = facts["noticeAddressId"], facts["dueAt"]
        items = await digest_items(self._database, str(address), datetime.fromisoformat(str(due)))
        return {"items": orjson.dumps([{"kind": kind, "facts": facts} for kind, facts in items]).decode()}


def letter_senders(
    database: Database,
    transports: Callable[[], Transport],
    *,
    mail_from: str,
    public_url: str,
    stop_link: StopLink,
    secret: str,
) -> Callable[[], LetterSender]:
    """What makes a sender for each connection.

    ``mail_from`` is an address or ``Name <address>`` (:class:`~tramesa.mail.address.BadSender` otherwise), ``secret``
    the service's.
    """
    sender = parse_sender(mail_from)
    return lambda: LetterSender(
        database, transports(), sender, public_url=public_url, stop_link=stop_link, secret=secret
    )
