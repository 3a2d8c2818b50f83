"""Sending the outbox to other platforms: invoices and requests that go there, what became of those that came."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

from ...models.database import Database, Unit
from ...models.life.cancellation_answers import give_back, take_answer
from ...models.life.cancellation_coming import load_answer
from ...models.outboxes.cancellation_travel import ANSWERS, ASKS, load_request, note_arrival
from ...models.outboxes.platforms import OUTBOX, acknowledge, known_over_there, steps_after
from ...models.platforms.directory import remember_answer
from ...models.platforms.exchange import hand_over, load_parcel, refuse_over_there, take_report
from ...models.platforms.known import PlatformRow, platform_by_id
from ...models.platforms.relaying import note_answer, note_silence
from ..outcome import Later, Outcome, Refused, Sent
from ..queue import Claim, Queue
from ..retrying import Chance, Verdict, judge
from .adapter import Adapters, NeverTaken, NotNow, NotOffered

AT_ONCE = 3
"""Rows for one platform that are under way at once."""
DELIVERIES = Queue(
    name="platforms",
    table=OUTBOX,
    columns=("kind", "platform_id", "invoice_id", "cancellation_id"),
    # A few of each platform at once: one that hangs holds up its own alone. A request goes where the invoice has come.
    ready=f"""EXISTS (SELECT 1 FROM platform p WHERE p.id = o.platform_id AND p.active = true)
      AND o.id IN (SELECT d.id FROM {OUTBOX} d JOIN exchange x ON x.invoice_id = d.invoice_id
        WHERE d.platform_id = o.platform_id AND d.state = 'QUEUED'
          AND (d.kind <> '{ASKS}' OR x.state <> 'TRAVELLING')
        ORDER BY d.next_attempt_at, d.id LIMIT {AT_ONCE})""",
)
SLOWEST = 60.0
"""Seconds that one row takes at most, whatever the platform makes of it."""
MOST_STEPS = 100
"""Steps that a platform is told at once."""


@dataclass(frozen=True, slots=True)
class Silent(Later):
    """The platform does not answer: not this row's fault, so it is tried for as long as that lasts."""


class DeliverySender:
    """Sends one row at a time. What comes back is recorded before the row is settled, and may be recorded again."""

    def __init__(self, database: Database, adapters: Adapters) -> None:
        self._database = database
        self._adapters = adapters

    async def send(self, taken: Claim) -> Outcome:
        """How it ended."""
        platform = await platform_by_id(self._database, str(taken.columns["platform_id"]))
        try:
            async with asyncio.timeout(SLOWEST):
                await self._send(platform, taken)
        except TimeoutError:
            return Silent(None, f"No end within {SLOWEST:g} seconds.")
        except NotNow as error:
            return Silent(error.code, error.text)
        except (NeverTaken, NotOffered) as error:
            return Refused(None, error.text)
        return Sent()

    async def close(self) -> None:
        """Let go of connections."""
        await self._adapters.close()

    async def _send(self, platform: PlatformRow, taken: Claim) -> None:
        kind, invoice_id = taken.columns["kind"], str(taken.columns["invoice_id"])
        if kind == "INVOICE":
            await self._hand_over(platform, invoice_id)
        elif kind == ASKS:
            await self._request(platform, invoice_id, str(taken.columns["cancellation_id"]))
        elif kind == ANSWERS:
            await self._answer(platform, invoice_id, str(taken.columns["cancellation_id"]))
        else:
            await self._tell(platform, invoice_id)

    async def _hand_over(self, platform: PlatformRow, invoice_id: str) -> None:
        parcel = await load_parcel(self._database, platform.id, invoice_id)
        try:
            delivered = await self._adapters(platform).deliver(parcel)
        except NeverTaken as error:
            await refuse_over_there(self._database, platform, invoice_id, error.text)
            if error.unknown:
                await remember_answer(self._database, platform.id, [parcel.announcement.receiver_tax_id], [])
            raise
        await hand_over(self._database, platform, invoice_id, delivered.receipt)
        await take_report(self._database, platform, invoice_id, delivered.steps)

    async def _tell(self, platform: PlatformRow, invoice_id: str) -> None:
        """Tell everything that the origin does not know yet; where it knows less than was thought, from there on."""
        remote_id, known = await known_over_there(self._database, platform.id, invoice_id)
        while steps := await steps_after(self._database, platform.id, invoice_id, known):
            told = steps[:MOST_STEPS]
            now_known = min(await self._adapters(platform).report(remote_id, told), told[-1].version)
            if now_known <= known:
                if now_known == known:
                    raise NotNow("It takes no notice of what it is told.")
                known = now_known
                continue
            await acknowledge(self._database, invoice_id, now_known)
            known = now_known

    async def _request(self, platform: PlatformRow, invoice_id: str, travel_id: str) -> None:
        request = await load_request(self._database, travel_id)
        if request is None:
            return
        try:
            answer = await self._adapters(platform).request_cancellation(request)
        except (NeverTaken, NotOffered) as error:
            await give_back(self._database, platform, invoice_id, request.request_id, error.text)
            raise
        await note_arrival(self._database, travel_id)
        # If steps before the answer are missing here, it comes again, with them.
        await take_answer(self._database, platform, invoice_id, answer)

    async def _answer(self, platform: PlatformRow, invoice_id: str, travel_id: str) -> None:
        """Tell how a request ended together with all steps up to it, so that they are recorded in one over there."""
        remote_id, known = await known_over_there(self._database, platform.id, invoice_id)
        while True:
            answer = await load_answer(self._database, travel_id)
            steps = (await steps_after(self._database, platform.id, invoice_id, known))[:MOST_STEPS]
            now_known = await self._adapters(platform).answer_cancellation(remote_id, answer, steps)
            if now_known >= answer.version:
                break
            if now_known == known:
                raise NotNow("It takes no notice of what it is told.")
            known = now_known
        await acknowledge(self._database, invoice_id, answer.version)


async def record(unit: Unit, taken: Claim, outcome: Outcome, verdict: Verdict) -> None:
    """What a row's end says of its platform: it answers, or everything for it waits."""
    platform_id = str(taken.columns["platform_id"])
    if isinstance(outcome, Silent):
        await note_silence(unit, platform_id, verdict.error or "", verdict.next_attempt_at)
    elif isinstance(outcome, Sent | Refused):
        await note_answer(unit, platform_id, datetime.now(UTC))


def judge_delivery(outcome: Outcome, attempts: int, now: datetime, chance: Chance) -> Verdict:
    """As mail is judged; a platform that does not answer is waited for, like a mail server that is down."""
    if isinstance(outcome, Silent):
        return judge(Later(outcome.code, outcome.text, server=True), attempts, now, chance)
    return judge(outcome, attempts, now, chance)
