"""The worker: takes what is due from the outbox and sends it, over a few connections, until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import orjson
import structlog

from ..models.database import Database
from . import outbox
from .address import BadAddress, parse_mailbox, parse_sender
from .message import compose
from .outbox import Claim
from .outcome import Later, Outcome, Refused, Sent
from .rendering import render
from .retrying import Chance, judge
from .smtp import SEND_TIMEOUT
from .transport import Transport

_log = structlog.get_logger(__name__)

BATCH = 5
"""Mails that a sender claims at once; at :data:`~tramesa.mail.smtp.SEND_TIMEOUT` each they fit into a lease."""
SETTLE_TRIES = 6
GIVING_BACK = 10
"""Seconds to give claims back in, once sends in progress have been cut off."""
LONGEST_TROUBLE = 60.0
"""Seconds between two tries of a sender whose database or mail server does not answer, at most."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class _Sender:
    """One connection's work. ``trouble`` counts rounds in a row that the database or the server spoilt."""

    name: str
    transport: Transport
    trouble: int = 0


@dataclass(slots=True)
class _Round:
    """What one batch came to. ``stuck``: the server took nothing, and there is no use in going on."""

    claimed: int = 0
    sent: int = 0
    stuck: bool = False
    pending: list[Claim] = field(default_factory=list)


class MailWorker:
    """Sends the outbox of a database. Any number of them may run, in this process and in others.

    ``mail_from`` is an address or ``Name <address>`` (:class:`~tramesa.mail.address.BadSender` otherwise), ``poll`` the
    seconds after which it looks for other processes' mail, ``grace`` the seconds that sends in progress get at the
    stop. ``clock`` gives aware instants; ``chance`` is the jitter of the pauses.
    """

    def __init__(
        self,
        database: Database,
        transports: Callable[[], Transport],
        *,
        mail_from: str,
        public_url: str,
        connections: int = 3,
        clock: Callable[[], datetime] = _utc_now,
        chance: Chance = random.random,
        poll: float = 5.0,
        grace: float = 20.0,
    ) -> None:
        self._database = database
        self._sender = parse_sender(mail_from)
        self._public_url = public_url
        self._clock = clock
        self._chance = chance
        self._poll = poll
        self._grace = grace
        self._stop = asyncio.Event()
        self._database_gone = False
        self._server_gone = False
        worker = f"{socket.gethostname()[:32]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._senders = [_Sender(f"{worker}:{number}", transports()) for number in range(connections)]

    async def run(self, stop: asyncio.Event) -> None:
        """Send mail as it falls due, until ``stop`` is set; then end the sends in progress and give the rest back."""
        self._stop = asyncio.Event()
        tasks = [asyncio.create_task(self._work(sender)) for sender in self._senders]
        try:
            await stop.wait()
            self._end()
            await asyncio.wait(tasks, timeout=self._grace)
        finally:
            self._end()
            await _cut_off(tasks)
            await self._close()

    async def drain(self) -> int:
        """Send everything that is due now and return how many mails were sent; a server that is down ends it."""
        self._stop = asyncio.Event()
        try:
            return sum(await asyncio.gather(*(self._drain(sender) for sender in self._senders)))
        finally:
            await self._close()

    async def _drain(self, sender: _Sender) -> int:
        sent = 0
        while True:
            done = await self._round(sender)
            sent += done.sent
            if not done.claimed or done.stuck:
                return sent

    def _end(self) -> None:
        """Stop the senders, those too that wait for something to send."""
        self._stop.set()
        self._database.mail_due.set()

    async def _work(self, sender: _Sender) -> None:
        while not self._stop.is_set():
            self._database.mail_due.clear()
            try:
                done = await self._round(sender)
                wait = 0.0 if done.claimed else await self._until_due()
            except Exception as error:  # noqa: BLE001 - whatever the database raises, mail goes on when it is back
                self._note_database(error)
                await self._rest(sender)
                continue
            self._note_database(None)
            if done.stuck:
                await self._rest(sender)
                continue
            sender.trouble = 0
            if wait and not self._stop.is_set():
                await _wait(self._database.mail_due, wait)

    async def _until_due(self) -> float:
        due = await outbox.next_due(self._database)
        seconds = self._poll if due is None else (due - self._clock()).total_seconds()
        # Something due that could not be claimed is just being taken by another worker: no reason to spin.
        return min(max(seconds, 0.05), self._poll)

    async def _rest(self, sender: _Sender) -> None:
        sender.trouble += 1
        await _wait(self._stop, min(2.0 ** (sender.trouble - 1), LONGEST_TROUBLE))

    async def _round(self, sender: _Sender) -> _Round:
        claims = await outbox.claim(self._database, sender.name, self._clock(), BATCH)
        if len(claims) == BATCH:
            self._database.mail_due.set()  # More may be due than this sender takes.
        done = _Round(claimed=len(claims), pending=claims)
        try:
            while done.pending and not done.stuck and self._may_send(done.pending[0]):
                outcome = await self._send(sender, done.pending[0])
                # Out of the list before it is settled: a mail that was sent is never given back.
                await self._settle(done.pending.pop(0), outcome)
                done.sent += isinstance(outcome, Sent)
                done.stuck = isinstance(outcome, Later) and outcome.server
        finally:
            if done.pending:
                await outbox.release(self._database, done.pending)
        return done

    def _may_send(self, taken: Claim) -> bool:
        return not self._stop.is_set() and self._clock() + timedelta(seconds=SEND_TIMEOUT) < taken.until

    async def _send(self, sender: _Sender, taken: Claim) -> Outcome:
        try:
            recipient = parse_mailbox(taken.recipient)
            rendered = render(taken.kind, taken.language, orjson.loads(taken.facts), self._public_url)
            letter = compose(
                taken.id,
                self._sender,
                recipient,
                taken.created_at,
                taken.language,
                rendered,
                request_id=taken.request_id,
            )
            return await sender.transport.send(letter)
        except BadAddress as error:
            return Refused(None, str(error))
        except Exception as error:  # noqa: BLE001 - logged whole
            # A fault of ours in one mail: it is tried again, perhaps by a repaired version, and the others go on.
            _log.exception("mail.crashed", mail=taken.id, kind=taken.kind)
            return Later(None, f"internal error ({type(error).__name__})")

    async def _settle(self, taken: Claim, outcome: Outcome) -> None:
        verdict = judge(outcome, taken.attempts, self._clock(), self._chance)
        code, attempts = verdict.code, taken.attempts
        _log.info(
            "mail.attempted",
            mail=taken.id,
            kind=taken.kind,
            state=verdict.state,
            code=code,
            attempts=attempts,
            request_id=taken.request_id,
        )
        self._note_server(outcome)
        for tried in range(1, SETTLE_TRIES + 1):
            try:
                if not await outbox.settle(self._database, taken, verdict):
                    _log.warning("mail.claim_lost", mail=taken.id, kind=taken.kind)
            except Exception:
                # Forgetting what was sent means sending it twice, so a short absence of the database is waited out.
                if tried == SETTLE_TRIES or self._clock() >= taken.until:
                    raise
                await asyncio.sleep(min(2.0 ** (tried - 1), LONGEST_TROUBLE))
            else:
                return

    async def _close(self) -> None:
        for sender in self._senders:
            await sender.transport.close()

    def _note_database(self, error: Exception | None) -> None:
        """One line when the database goes, one when it is back."""
        if error is not None and not self._database_gone:
            _log.error("mail.database_gone", error=type(error).__name__, reason=str(error)[:200])
        if error is None and self._database_gone:
            _log.info("mail.database_back")
        self._database_gone = error is not None

    def _note_server(self, outcome: Outcome) -> None:
        """One line when the mail server goes, one when it is back."""
        if isinstance(outcome, Later) and outcome.server:
            if not self._server_gone:
                _log.warning("mail.server_gone", code=outcome.code, reason=outcome.text)
            self._server_gone = True
        elif self._server_gone and (isinstance(outcome, Sent) or outcome.code is not None):
            _log.info("mail.server_back")
            self._server_gone = False


async def _cut_off(tasks: list[asyncio.Task[None]]) -> None:
    """Cancel until they end: Python 3.11's ``wait_for`` can swallow a cancellation that meets its result."""
    for _ in range(GIVING_BACK):
        pending = [task for task in tasks if not task.done()]
        for task in pending:
            task.cancel()
        if pending:
            await asyncio.wait(pending, timeout=1)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    """Until the event is set, or so long."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
