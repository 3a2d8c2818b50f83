"""Recording the demo's lives, step by step in the order of their instants, as models records any other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random

import orjson

from ...models.database import Unit
from ...models.domain.cancellation import RULES
from ...models.domain.numbering import legal_date
from ...models.domain.states import InvoiceStatus
from ...models.domain.transitions import PartyKind, PartyRole, UserRole
from ...models.facts import Step, load_facts
from ...models.feeds.places import take_places
from ...models.feeds.positions import STATUS_FEED
from ...models.life.addressees import Invitee
from ...models.life.cancelling import CancellationWish, act_on_cancellation_as_of
from ...models.life.entry import enter_as_of
from ...models.life.moving import StatusRequest, change_as_of
from ...models.lists.seeing import mark_seen_in
from ...models.people.parties import NewParty, NewUser, add_party_in, add_user_in
from ...models.recording.steps import move, write_history
from ...models.tables import User
from ...models.viewer import SERVICE_ACTOR, Viewer
from .documents import Desk
from .goods import ENTRY_FAILURE, REASONS
from .lives import Life
from .people import NEWCOMER, PARTIES, DemoParty
from .surroundings import HOOKED_SINCE, MAILED_SINCE, MAILED_UNTIL, hook_up, set_up_notices, surround
from .wishes import Wish, tell_wishes

_S = InvoiceStatus

_DOERS = {_S.REGISTERED: UserRole.REGISTRAR, _S.DELIVERED: UserRole.REGISTRAR}
"""Who takes a step where that is not the accountant."""


@dataclass(frozen=True, slots=True)
class _Event:
    """Something that happened to a life: it began (no status), or came into a state."""

    at: datetime
    serial: int
    status: InvoiceStatus | None


class Recorder:
    """Fills a database in one unit: parties and people, then two hundred invoices and what stands around them."""

    def __init__(self, unit: Unit, dice: Random, now: datetime, secret: str) -> None:
        self._unit = unit
        self._dice = dice
        self._now = now
        self._secret = secret
        self._desk = Desk(dice)
        self._viewers: dict[str, Viewer] = {}
        self._invoices: dict[int, str] = {}
        self._rcf: Counter[tuple[str, int]] = Counter()

    async def found(self, password_hash: str, at: datetime) -> None:
        """Sign everybody up, as of an instant."""
        for party in PARTIES:
            wanted = NewParty(
                tax_id=party.tax_id,
                name=party.name,
                kind=party.kind,
                manual_registration=party.manual_registration,
                email=party.email,
                language=party.language,
                address=party.address,
            )
            party_id = await add_party_in(self._unit, wanted, at)
            for one in party.people:
                user = NewUser(
                    email=one.email,
                    name=one.name,
                    party_tax_id=party.tax_id,
                    roles=(one.role,),
                    password_hash=password_hash,
                )
                user_id = await add_user_in(user, at)
                if one.offices:
                    await User.filter(id=user_id).update(offices=orjson.dumps(one.offices).decode())
                self._viewers[one.email] = Viewer(
                    user_id=user_id,
                    name=one.name,
                    email=one.email,
                    roles=frozenset({one.role}),
                    party_id=party_id,
                    party_tax_id=party.tax_id,
                    party_name=party.name,
                    party_kind=party.kind,
                )
        await set_up_notices(self._unit, self._viewers, at)

    async def record(self, lives: Sequence[Life]) -> None:
        """All that happened, in the order in which it did."""
        hooked = False
        for event in _events(lives):
            life = lives[event.serial]
            if not hooked and event.at > self._now - HOOKED_SINCE:
                await hook_up(self._unit, self._viewers, self._secret, event.at)
                hooked = True
            if isinstance(event, Wish):
                await self._wish(event, life)
            elif event.status is None:
                await self._enter(event, life)
            elif event.status is _S.REJECTED and len(life.steps) == 1:
                await self._refuse_entry(event, life)
            elif event.at > life.sent_at:  # Else the service registered it as it came in.
                await self._step(event, life, event.status)
        await self._look_at(lives)
        await surround(self._unit, self._viewers, self._now)

    def _mailed(self, at: datetime) -> bool:
        return self._now - MAILED_SINCE < at < self._now - MAILED_UNTIL

    async def _enter(self, event: _Event, life: Life) -> None:
        sender = self._person(life.issuer, UserRole.ISSUER)
        request, mailed = self._desk.write(life), self._mailed(event.at)
        if life.receiver is NEWCOMER:
            invitee = Invitee(email=NEWCOMER.email, language=NEWCOMER.language, secret=self._secret)
            request, mailed = replace(request, invitee=invitee), True
        outcome = await enter_as_of(self._unit, sender, request, event.at, mailed=mailed)
        self._invoices[event.serial] = outcome.invoice_id

    async def _step(self, event: _Event, life: Life, status: InvoiceStatus) -> None:
        reason_code, reason = self._dice.choice(REASONS) if status is _S.REJECTED else (None, None)
        request = StatusRequest(
            operation="demo",
            arguments={},
            invoice_id=self._invoices[event.serial],
            to_status=status,
            rcf_number=self._rcf_number(life.receiver, event.at) if status is _S.REGISTERED_IN_RCF else None,
            reason=reason,
            reason_code=reason_code,
            payment_date=legal_date(event.at) if status is _S.PAID else None,
        )
        doer, mailed = self._doer(life.receiver, status), self._mailed(event.at)
        await change_as_of(self._unit, doer, request, event.at, mailed=mailed)

    async def _wish(self, wish: Wish, life: Life) -> None:
        issuers = RULES[wish.act].side is PartyRole.ISSUER
        party, role = (life.issuer, UserRole.ISSUER) if issuers else (life.receiver, UserRole.ACCOUNTANT)
        said = CancellationWish(
            operation="demo", arguments={}, act=wish.act, invoice_id=self._invoices[wish.serial], text=wish.text
        )
        await act_on_cancellation_as_of(self._unit, self._viewers[party.person(role).email], said, wish.at)

    async def _refuse_entry(self, event: _Event, life: Life) -> None:
        """What no person and no operation does: a lawful end that a screen must be able to show."""
        reason_code, reason = ENTRY_FAILURE
        issuer = self._person(life.issuer, UserRole.ISSUER)
        facts = await load_facts(self._unit, issuer, self._invoices[event.serial])
        assert facts is not None
        step = Step(
            from_status=facts.status,
            to_status=_S.REJECTED,
            at=event.at,
            actor=SERVICE_ACTOR,
            user_id=None,
            automated=True,
            reason=reason,
            reason_code=reason_code,
        )
        places = await take_places(self._unit, STATUS_FEED, facts.issuer_id, facts.receiver_id, 1)
        await move(self._unit, facts, step)
        await write_history(self._unit, facts, facts.version + 1, [step], places)

    async def _look_at(self, lives: Sequence[Life]) -> None:
        """Whatever was worked on has been seen; of what only came in, some."""
        for serial, life in enumerate(lives):
            if life.status is _S.SENT or (life.status is _S.REGISTERED and serial % 3):
                continue
            # Nobody comes to a demo with a hundred bold invoices.
            for person in life.receiver.people:
                await mark_seen_in(self._unit, self._viewers[person.email], self._invoices[serial])

    def _doer(self, receiver: DemoParty, status: InvoiceStatus) -> Viewer:
        role = _DOERS.get(status, UserRole.ACCOUNTANT)
        if receiver.kind is not PartyKind.PUBLIC_BODY:
            role = UserRole.ACCOUNTANT
        return self._person(receiver, role)

    def _person(self, party: DemoParty, role: UserRole) -> Viewer:
        # Now and then the administrator stands in.
        stand_in = self._dice.random() < 0.1
        return self._viewers[party.person(UserRole.ADMIN if stand_in else role).email]

    def _rcf_number(self, receiver: DemoParty, at: datetime) -> str:
        """The next one; other suppliers' invoices, which are not here, have the numbers between."""
        year = legal_date(at).year
        self._rcf[receiver.tax_id, year] += self._dice.randint(1, 7)
        return receiver.rcf(year, self._rcf[receiver.tax_id, year])


def _events(lives: Sequence[Life]) -> list[_Event | Wish]:
    events: list[_Event | Wish] = list(tell_wishes(lives))
    for serial, life in enumerate(lives):
        events.append(_Event(life.sent_at, serial, None))
        # Cancelling is what an accepted wish brings about.
        events += [_Event(at, serial, status) for status, at in life.steps if status is not _S.CANCELLED]
    return sorted(events, key=lambda event: event.at)
