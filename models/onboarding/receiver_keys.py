"""Key two: what an issuer makes for a receiver that is not here yet, and hands on by another way than mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..database import Database, Row, Unit
from ..domain.errors import Invalid, NotFound
from ..domain.faults import RateLimited
from ..domain.keys import KeyKind, hash_of, new_key, spelt
from ..domain.states import InvoiceStatus, Language
from ..domain.tax_ids import normalise
from ..domain.transitions import PartyRole
from ..facts import load_facts
from ..identifiers import new_id
from ..life.addressees import Invitee, hold_party
from ..life.entry import check_sender
from ..life.invitations import KEY_LIFETIME, RENEWALS, InvitationEventKind, record, send_invitation
from ..sql import Statement, as_instant
from ..viewer import Viewer
from ..visibility import visible
from ..writing import insert_row


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key: ``secret`` is what the receiver types, and is not kept."""

    key: str
    secret: str


@dataclass(frozen=True, slots=True)
class _Invited:
    """A receiver that an issuer has invited, and where."""

    receiver_id: str
    tax_id: str
    email: str
    language: Language | None = None
    """Of the last mail there."""


async def create_receiver_key(
    database: Database, viewer: Viewer, tax_id: str, email: str | None, now: datetime
) -> MadeKey:
    """A key two for a receiver that the viewer's party has invited, bound to the address, by default the last one.

    :class:`NotFound` where it has invited none such, :class:`Invalid` where there is a good key already.
    """
    check_sender(viewer)
    return await database.unit_of_work(lambda unit: create_receiver_key_in(unit, viewer, tax_id, email, now))


async def create_receiver_key_in(unit: Unit, viewer: Viewer, tax_id: str, email: str | None, now: datetime) -> MadeKey:
    """The same in a unit of the caller's, who has checked the viewer's role."""
    invited = await _invited(unit, viewer, tax_id, email)
    if await _revoke_good(unit, viewer, invited, now, look_only=True):
        raise Invalid("There is a key for this receiver already: renew or revoke it.", path=("input",))
    return await _make(unit, viewer, invited, InvitationEventKind.KEY_CREATED, now)


async def renew_receiver_key(database: Database, viewer: Viewer, key: str | None, now: datetime) -> MadeKey:
    """A new key in the place of an earlier one of the viewer's party, which opens nothing from then on."""
    check_sender(viewer)

    async def work(unit: Unit) -> MadeKey:
        receiver_id, tax_id, email, _ = await _own(unit, viewer, key)
        invited = _Invited(receiver_id, tax_id, email)
        await _refuse_registered(unit, tax_id)
        await _revoke_good(unit, viewer, invited, now)
        return await _make(unit, viewer, invited, InvitationEventKind.KEY_RENEWED, now)

    return await database.unit_of_work(work)


async def revoke_receiver_key(database: Database, viewer: Viewer, key: str | None, now: datetime) -> str:
    """End a key; one that has ended stays as it is. Its UUID."""
    check_sender(viewer)

    async def work(unit: Unit) -> str:
        receiver_id, _, email, key_id = await _own(unit, viewer, key)
        query = Statement(unit.dialect)
        changed = await unit.execute(
            f"UPDATE receiver_key SET revoked_at = {query.bind(now)} WHERE id = {query.bind(key_id)}"
            " AND revoked_at IS NULL AND used_at IS NULL",
            query.values,
        )
        if changed:
            kind = InvitationEventKind.KEY_REVOKED
            await record(unit, viewer.party_id, receiver_id, kind, viewer.name, now, email=email)
        return key_id

    return await database.unit_of_work(work)


async def renew_invitation(
    database: Database,
    viewer: Viewer,
    tax_id: str,
    *,
    email: str | None,
    language: Language | None,
    secret: str,
    now: datetime,
) -> str:
    """Mail a receiver again, with a new key one, there or at another address; the new invitation's UUID.

    :class:`NotFound` where nothing of the viewer's party waits for it, :class:`RateLimited` after five in a day.
    """
    check_sender(viewer)

    async def work(unit: Unit) -> str:
        invited = await _invited(unit, viewer, tax_id, None)
        await _refuse_many(unit, viewer, invited, now)
        facts = await load_facts(unit, viewer, await _last_waiting(unit, viewer, invited))
        assert facts is not None
        invitee = Invitee(email=email or invited.email, language=language or invited.language, secret=secret)
        kind = InvitationEventKind.INVITATION_RENEWED
        await record(unit, viewer.party_id, invited.receiver_id, kind, viewer.name, now, email=invitee.email)
        return await send_invitation(unit, facts, invitee, now)

    return await database.unit_of_work(work)


async def _invited(unit: Unit, viewer: Viewer, tax_id: str, email: str | None) -> _Invited:
    """Whom the viewer's party has invited, the party's row held."""
    tax_id = normalise(tax_id)
    await _refuse_registered(unit, tax_id)
    query = Statement(unit.dialect)
    where = f"v.issuer_id = {query.bind(viewer.party_id)} AND p.tax_id = {query.bind(tax_id)}"
    if email is not None:
        where += f" AND v.email = {query.bind(email)}"
    rows = await unit.fetch(
        "SELECT v.receiver_id, v.email, v.language FROM invitation v JOIN party p ON p.id = v.receiver_id"
        f" WHERE {where} ORDER BY v.id DESC LIMIT 1",
        query.values,
    )
    if not rows:
        message = "You have invited no such receiver, or not at this address."
        raise NotFound(message, path=("input", "receiverTaxId"))
    return _Invited(str(rows[0][0]), tax_id, rows[0][1], Language(rows[0][2]))


async def _refuse_registered(unit: Unit, tax_id: str) -> None:
    await hold_party(unit, tax_id, alone=True)
    query = Statement(unit.dialect)
    rows = await unit.fetch(
        f"SELECT 1 FROM party WHERE tax_id = {query.bind(tax_id)} AND registered = true", query.values
    )
    if rows:
        raise Invalid("This receiver is registered here: it needs no keys.", path=("input",))


async def _own(unit: Unit, viewer: Viewer, key: str | None) -> tuple[str, str, str, str]:
    query = Statement(unit.dialect)
    rows: list[Row] = []
    if key is not None:
        rows = list(
            await unit.fetch(
                "SELECT k.receiver_id, p.tax_id, k.email, k.id FROM receiver_key k"
                f" JOIN party p ON p.id = k.receiver_id WHERE k.id = {query.bind(key)}"
                f" AND k.issuer_id = {query.bind(viewer.party_id)}",
                query.values,
            )
        )
    if not rows:
        raise NotFound("There is no such key, or it is not your party's.", path=("input", "keyId"))
    return str(rows[0][0]), rows[0][1], rows[0][2], str(rows[0][3])


async def _revoke_good(
    unit: Unit, viewer: Viewer, invited: _Invited, now: datetime, *, look_only: bool = False
) -> bool:
    """Revoke what keys of the issuer are good for a receiver at an address; whether there were any."""
    query = Statement(unit.dialect)
    where = (
        f"issuer_id = {query.bind(viewer.party_id)} AND receiver_id = {query.bind(invited.receiver_id)}"
        f" AND email = {query.bind(invited.email)} AND revoked_at IS NULL AND used_at IS NULL"
    )
    instant = query.bind(now)
    if look_only:
        sql = f"SELECT 1 FROM receiver_key WHERE {where} AND expires_at > {instant}"
        return bool(await unit.fetch(sql, query.values))
    return bool(await unit.execute(f"UPDATE receiver_key SET revoked_at = {instant} WHERE {where}", query.values))


async def _make(unit: Unit, viewer: Viewer, invited: _Invited, kind: InvitationEventKind, now: datetime) -> MadeKey:
    made, secret = str(new_id()), new_key()
    row: dict[str, object] = {
        "id": made,
        "issuer_id": viewer.party_id,
        "receiver_id": invited.receiver_id,
        "email": invited.email,
        "key_hash": hash_of(KeyKind.TWO, invited.tax_id, secret),
        "created_by": viewer.name,
        "created_at": now,
        "expires_at": now + KEY_LIFETIME,
    }
    await insert_row(unit, "receiver_key", row)
    await record(unit, viewer.party_id, invited.receiver_id, kind, viewer.name, now, email=invited.email)
    return MadeKey(made, spelt(secret))


async def _refuse_many(unit: Unit, viewer: Viewer, invited: _Invited, now: datetime) -> None:
    day = timedelta(days=1)
    query = Statement(unit.dialect)
    rows = await unit.fetch(
        f"SELECT created_at FROM invitation WHERE issuer_id = {query.bind(viewer.party_id)}"
        f" AND receiver_id = {query.bind(invited.receiver_id)} AND created_at > {query.bind(now - day)}"
        " ORDER BY created_at",
        query.values,
    )
    if len(rows) >= RENEWALS:
        wait = as_instant(rows[-RENEWALS][0]) + day - now
        raise RateLimited(int(wait.total_seconds()) + 1, "Too many invitations")


async def _last_waiting(unit: Unit, viewer: Viewer, invited: _Invited) -> str:
    query = Statement(unit.dialect)
    where = (
        f"{visible(query, viewer, PartyRole.ISSUER)} AND i.receiver_id = {query.bind(invited.receiver_id)}"
        f" AND i.status = {query.bind(InvoiceStatus.SENT.value)}"
    )
    rows = await unit.fetch(
        f"SELECT i.id FROM invoice i WHERE {where} ORDER BY i.created_at DESC, i.id DESC LIMIT 1", query.values
    )
    if not rows:
        raise NotFound("Nothing of yours waits for this receiver.", path=("input", "receiverTaxId"))
    return str(rows[0][0])
