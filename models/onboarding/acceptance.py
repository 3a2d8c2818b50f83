"""A receiver signs up with its two keys: party, first administrator and what waited for it, in one transaction.

Whatever is wrong with tax id or keys has the same answer after the same time, and the same work is done for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from tortoise.exceptions import IntegrityError

from ..database import Database, Unit
from ..domain.errors import BadKeys, Invalid, Refusal
from ..domain.keys import KeyKind, hash_of, normalised, same_hash
from ..domain.notices import AT_FIRST, NoticeEvent
from ..domain.numbering import folded
from ..domain.states import Language
from ..domain.tax_ids import as_meant, is_well_formed
from ..domain.transitions import PartyKind, UserRole
from ..life.addressees import hold_party
from ..life.arrivals import StillComing, name_receiver, register_waiting
from ..life.invitations import InvitationEventKind, record_for_all
from ..notices.notifying import set_up_address
from ..people.attempts import Limit, answer_late, count_attempt, forget
from ..people.authority import Authority
from ..people.parties import NewUser, add_user_in
from ..people.tokens import digest_of
from ..sql import Statement
from ..viewer import Viewer

ATTEMPTS_PER_TAX_ID = 5
ATTEMPTS_PER_ADDRESS = 50
TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What a receiver gives to sign up. Texts are clean; keys and tax id are as they were typed."""

    tax_id: str
    key_one: str
    key_two: str
    name: str
    kind: PartyKind | None
    """None: as it seemed to be."""
    email: str
    user_name: str
    password: str
    language: Language
    notices: bool
    """Whether it is mailed about invoices that come in."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Who signed up, and how many invoices had waited."""

    user_id: str
    invoices: int


@dataclass(frozen=True, slots=True)
class _Awaited:
    """The party that a pair of good keys is for."""

    id: str
    kind: PartyKind


async def accept_invitation(database: Database, authority: Authority, given: Acceptance, address: str) -> Accepted:
    """Sign a receiver up; :class:`BadKeys` for anything that does not fit, :class:`Invalid` for an address in use.

    :class:`RateLimited` after five attempts for a tax id, or fifty from a network address, in a quarter of an hour.
    Of several at once with good keys one signs up, and the others' keys are wrong.
    """
    began = asyncio.get_running_loop().time()
    subject = digest_of(f"keys:{as_meant(given.tax_id)}")
    limits = (Limit(subject, ATTEMPTS_PER_TAX_ID), Limit(digest_of(f"keys from:{address}"), ATTEMPTS_PER_ADDRESS))
    attempts = await count_attempt(database, limits, authority.clock())
    password_hash = await authority.hash_password(given.password)

    async def work(unit: Unit) -> Accepted | None:
        return await _accept(unit, given, password_hash, authority.clock())

    try:
        accepted = await _until_settled(database, work)
    except Refusal:
        await database.unit_of_work(lambda unit: forget(unit, attempts))  # The keys were right.
        raise
    if accepted is None:
        await answer_late(began)
        raise BadKeys(path=("input",))
    return accepted


async def _until_settled(database: Database, work: Callable[[Unit], Awaitable[Accepted | None]]) -> Accepted | None:
    for _ in range(TRIES - 1):
        try:
            return await database.unit_of_work(work)
        except StillComing:
            continue
        except IntegrityError as error:
            if "email" in str(error):
                raise _address_taken() from error
            raise
    return await database.unit_of_work(work)


async def _accept(unit: Unit, given: Acceptance, password_hash: str, now: datetime) -> Accepted | None:
    tax_id = as_meant(given.tax_id)
    tax_id = tax_id if is_well_formed(tax_id) else ""
    await hold_party(unit, tax_id, alone=True)
    awaited = await _awaited(unit, tax_id, given, now)
    if awaited is None:
        await record_for_all(unit, tax_id, InvitationEventKind.ATTEMPT_FAILED, None, now)
        return None
    await record_for_all(unit, tax_id, InvitationEventKind.ACCEPTED, given.user_name, now)
    await _use_keys(unit, awaited.id, tax_id, given, now)
    await name_receiver(unit, awaited.id, _said(given, awaited))
    events = AT_FIRST if given.notices else AT_FIRST - {NoticeEvent.NEW_INVOICE}
    await set_up_address(unit, awaited.id, given.email, given.language.value, now, events=events)
    user_id = await _first_administrator(given, tax_id, password_hash, now)
    viewer = Viewer(
        user_id=user_id,
        name=given.user_name,
        email=given.email,
        roles=frozenset({UserRole.ADMIN}),
        party_id=awaited.id,
        party_tax_id=tax_id,
        party_name=given.name,
        party_kind=given.kind or awaited.kind,
    )
    return Accepted(user_id, await register_waiting(unit, viewer))


def _said(given: Acceptance, awaited: _Awaited) -> dict[str, object]:
    return {
        "name": given.name,
        "search_name": folded(given.name)[:512],
        "kind": (given.kind or awaited.kind).value,
        "language": given.language.value,
        "email": given.email,
    }


async def _first_administrator(given: Acceptance, tax_id: str, password_hash: str, now: datetime) -> str:
    wanted = NewUser(
        email=given.email,
        name=given.user_name,
        party_tax_id=tax_id,
        roles=[UserRole.ADMIN],
        password_hash=password_hash,
    )
    try:
        return await add_user_in(wanted, now)
    except Invalid:
        raise _address_taken() from None


def _address_taken() -> Invalid:
    return Invalid("Somebody signs in with this address already.", path=("input", "email"))


async def _awaited(unit: Unit, tax_id: str, given: Acceptance, now: datetime) -> _Awaited | None:
    """The party that is not here yet and that both keys were made for, at one address; the same is read for all."""
    one = hash_of(KeyKind.ONE, tax_id, normalised(given.key_one))
    two = hash_of(KeyKind.TWO, tax_id, normalised(given.key_two))
    firsts = await _good(unit, "invitation", tax_id, one, now)
    seconds = await _good(unit, "receiver_key", tax_id, two, now)
    if not firsts or not seconds:
        return None
    (party_id, kind, email, hash_one), (_, _, other_email, hash_two) = firsts[0], seconds[0]
    fits = same_hash(hash_one, one) and same_hash(hash_two, two) and email == other_email
    return _Awaited(str(party_id), PartyKind(kind)) if fits else None


async def _good(unit: Unit, table: str, tax_id: str, key_hash: str, now: datetime) -> list[tuple[str, str, str, str]]:
    query = Statement(unit.dialect)
    rows = await unit.fetch(
        f"SELECT p.id, p.kind, k.email, k.key_hash FROM {table} k JOIN party p ON p.id = k.receiver_id"
        f" WHERE k.key_hash = {query.bind(key_hash)} AND p.tax_id = {query.bind(tax_id)} AND p.registered = false"
        f" AND k.used_at IS NULL AND k.revoked_at IS NULL AND k.expires_at > {query.bind(now)}",
        query.values,
    )
    return [tuple(row) for row in rows]


async def _use_keys(unit: Unit, receiver_id: str, tax_id: str, given: Acceptance, now: datetime) -> None:
    """Both keys are used; whatever else was made for this receiver opens nothing any more."""
    for table, kind, typed in (
        ("invitation", KeyKind.ONE, given.key_one),
        ("receiver_key", KeyKind.TWO, given.key_two),
    ):
        for column, comparison in (("used_at", "="), ("revoked_at", "<>")):
            query = Statement(unit.dialect)
            await unit.execute(
                f"UPDATE {table} SET {column} = {query.bind(now)} WHERE receiver_id = {query.bind(receiver_id)}"
                f" AND key_hash {comparison} {query.bind(hash_of(kind, tax_id, normalised(typed)))}"
                " AND used_at IS NULL AND revoked_at IS NULL",
                query.values,
            )
