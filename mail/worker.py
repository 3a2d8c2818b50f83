"""The worker: takes what is due from an outbox and sends it, over a few connections, until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog

from ..models.database import Database
from .outcome import Later, Outcome, Sent
from .queue import Claim, Queue, Record
from .retrying import Chance, Verdict, judge
from .smtp import SEND_TIMEOUT

_log = structlog.get_logger(__name__)

BATCH = 5
"""Rows that a sender claims at once; at :data:`~tramesa.mail.smtp.SEND_TIMEOUT` each they fit into a lease."""
SETTLE_TRIES = 6
GIVING_BACK = 10
"""Seconds to give claims back in, once sends in progress have been cut off."""
LONGEST_TROUBLE = 60.0
"""Seconds between two tries of a sender whose database or mail server does not answer, at most."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Sender(Protocol):
    """One way out, used for one row at a time. It answers with an outcome; it does not raise for what goes wrong."""

    async def send(self, taken: Claim) -> Outcome:
        """Send one row."""

    async def close(self) -> None:
        """Let go of what is held; the sender can still be used afterwards."""


Judge = Callable[[Outcome, int, datetime, Chance], Verdict]
"""What becomes of a row after its so-and-so-many-th attempt, as :func:`~tramesa.mail.retrying.judge`."""


@dataclass(slots=True)
class _Line:
    """One connection's work. ``trouble`` counts rounds in a row that the database or the server spoilt."""

    name: str
    sender: Sender
    trouble: int = 0


@dataclass(slots=True)
class _Round:
    """What one batch came to. ``stuck``: the server took nothing, and there is no use in going on."""

    claimed: int = 0
    sent: int = 0
    stuck: bool = False
    pending: list[Claim] = field(default_factory=list)


class Worker:
    """Sends an outbox of a database. Any number of them may run, in this process and in others.

    ``senders`` makes one for each connection, ``judge_by`` says when a row is tried again, ``record`` writes what else
    a row's end means, ``batch`` are the rows that a connection claims at once. ``poll`` are the seconds after which it
    looks for other processes' rows, ``grace`` those that sends in progress get at the stop, ``slowest`` those that one
    send takes at most. ``clock`` gives aware instants; ``chance`` is the jitter of the pauses.
    """

    def __init__(
        self,
        database: Database,
        queue: Queue,
        senders: Callable[[], Sender],
        *,
        judge_by: Judge = judge,
        record: Record | None = None,
        connections: int = 3,
        batch: int = BATCH,
        slowest: float = SEND_TIMEOUT,
        clock: Callable[[], datetime] = _utc_now,
        chance: Chance = random.random,
        poll: float = 5.0,
        grace: float = 20.0,
    ) -> None:
        self._database = database
        self._queue = queue
        self._judge = judge_by
        self._record = record
        self._batch = batch
        self._slowest = timedelta(seconds=slowest)
        self._clock = clock
        self._chance = chance
        self._poll = poll
        self._grace = grace
        self._due = database.due(queue.table)
        self._stop = asyncio.Event()
        self._database_gone = False
        self._server_gone = False
        worker = f"{socket.gethostname()[:32]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._lines = [_Line(f"{worker}:{number}", senders()) for number in range(connections)]

    @property
    def name(self) -> str:
        """The queue's."""
        return self._queue.name

    async def run(self, stop: asyncio.Event) -> None:
        """Send what falls due, until ``stop`` is set; then end the sends in progress and give the rest back."""
        self._stop = asyncio.Event()
        tasks = [asyncio.create_task(self._work(line)) for line in self._lines]
        try:
            await stop.wait()
            self._end()
            await asyncio.wait(tasks, timeout=self._grace)
        finally:
            self._end()
            await _cut_off(tasks)
            await self._close()

    async def drain(self) -> int:
        """Send everything that is due now and return how many rows were sent; a server that is down ends it."""
        self._stop = asyncio.Event()
        try:
            return sum(await asyncio.gather(*(self._drain(line) for line in self._lines)))
        finally:
            await self._close()

    async def _drain(self, line: _Line) -> int:
        sent = 0
        while True:
            done = await self._round(line)
            sent += done.sent
            if not done.claimed or done.stuck:
                return sent

    def _end(self) -> None:
        """Stop the senders, those too that wait for something to send."""
        self._stop.set()
        self._due.set()

    async def _work(self, line: _Line) -> None:
        while not self._stop.is_set():
            self._due.clear()
            try:
                done = await self._round(line)
                wait = 0.0 if done.claimed else await self._until_due()
            except Exception as error:  # noqa: BLE001 - whatever the database raises, mail goes on when it is back
                self._note_database(error)
                await self._rest(line)
                continue
            self._note_database(None)
            if done.stuck:
                await self._rest(line)
                continue
            line.trouble = 0
            if wait and not self._stop.is_set():
                await _wait(self._due, wait)

    async def _until_due(self) -> float:
        due = await self._queue.next_due(self._database)
        seconds = self._poll if due is None else (due - self._clock()).total_seconds()
        # Something due that could not be claimed is just being taken by another worker: no reason to spin.
        return min(max(seconds, 0.05), self._poll)

    async def _rest(self, line: _Line) -> None:
        line.trouble += 1
        await _wait(self._stop, min(2.0 ** (line.trouble - 1), LONGEST_TROUBLE))

    async def _round(self, line: _Line) -> _Round:
        claims = await self._queue.claim(self._database, line.name, self._clock(), self._batch)
        if len(claims) == self._batch:
            self._due.set()  # More may be due than this sender takes.
        done = _Round(claimed=len(claims), pending=claims)
        try:
            while done.pending and not done.stuck and self._may_send(done.pending[0]):
                outcome = await self._send(line, done.pending[0])
                # Out of the list before it is settled: a mail that was sent is never given back.
                await self._settle(done.pending.pop(0), outcome)
                done.sent += isinstance(outcome, Sent)
                done.stuck = isinstance(outcome, Later) and outcome.server
        finally:
            if done.pending:
                await self._queue.release(self._database, done.pending)
        return done

    def _may_send(self, taken: Claim) -> bool:
        return not self._stop.is_set() and self._clock() + self._slowest < taken.until

    async def _send(self, line: _Line, taken: Claim) -> Outcome:
        try:
            return await line.sender.send(taken)
        except Exception as error:  # noqa: BLE001 - logged whole
            # A fault of ours in one row: it is tried again, perhaps by a repaired version, and the others go on.
            _log.exception(self._said("crashed"), **self._which(taken))
            return Later(None, f"internal error ({type(error).__name__})")

    async def _settle(self, taken: Claim, outcome: Outcome) -> None:
        verdict = self._judge(outcome, taken.attempts, self._clock(), self._chance)
        _log.info(
            self._said("attempted"),
            **self._which(taken),
            state=verdict.state,
            code=verdict.code,
            attempts=verdict.attempts,
            request_id=taken.request_id,
        )
        self._note_server(outcome)
        for tried in range(1, SETTLE_TRIES + 1):
            try:
                if not await self._queue.settle(self._database, taken, outcome, verdict, self._record):
                    _log.warning(self._said("claim_lost"), **self._which(taken))
            except Exception:
                # Forgetting what was sent means sending it twice, so a short absence of the database is waited out.
                if tried == SETTLE_TRIES or self._clock() >= taken.until:
                    raise
                await asyncio.sleep(min(2.0 ** (tried - 1), LONGEST_TROUBLE))
            else:
                return

    def _said(self, event: str) -> str:
        return f"{self._queue.name}.{event}"

    def _which(self, taken: Claim) -> dict[str, str]:
        kind = taken.columns.get("kind")
        return {self._queue.name: taken.id} | ({} if kind is None else {"kind": str(kind)})

    async def _close(self) -> None:
        for line in self._lines:
            await line.sender.close()

    def _note_database(self, error: Exception | None) -> None:
        """One line when the database goes, one when it is back."""
        if error is not None and not self._database_gone:
            _log.error(self._said("database_gone"), error=type(error).__name__, reason=str(error)[:200])
        if error is None and self._database_gone:
            _log.info(self._said("database_back"))
        self._database_gone = error is not None

    def _note_server(self, outcome: Outcome) -> None:
        """One line when the mail server goes, one when it is back."""
        if isinstance(outcome, Later) and outcome.server:
            if not self._server_gone:
                _log.warning(self._said("server_gone"), code=outcome.code, reason=outcome.text)
            self._server_gone = True
        elif self._server_gone and (isinstance(outcome, Sent) or outcome.code is not None):
            _log.info(self._said("server_back"))
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
