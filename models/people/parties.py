"""Parties and the people who act for them: what an administrator sets up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from ..database import Database, Unit
from ..domain.errors import Invalid
from ..domain.invoice import Address
from ..domain.numbering import folded
from ..domain.states import Language
from ..domain.tax_ids import is_well_formed, normalise
from ..domain.transitions import PartyKind, PartyRole, UserRole
from ..life.addressees import hold_party
from ..life.arrivals import name_receiver, register_waiting
from ..life.invitations import InvitationEventKind, record_for_all
from ..names import known_name
from ..notices.notifying import set_up_address
from ..reading.content import dump, load_address_row
from ..reading.invoices import party_row
from ..rows import PartyRow
from ..sql import Statement
from ..tables import Party, User
from ..viewer import SERVICE_ACTOR, Viewer
from ..visibility import visible
from .user_log import UserEventKind, log_user

MAX_EMAIL = 512

NOBODY = UUID(int=0)
"""Whom the service acts as where no person does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewParty:
    """A party that signs up."""

    tax_id: str
    name: str
    kind: PartyKind
    manual_registration: bool = False
    email: str | None = None
    language: Language = Language.CA
    address: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """A person who may sign in. ``password_hash`` is argon2id, or None for one who only uses tokens."""

    email: str
    name: str
    party_tax_id: str
    roles: Collection[UserRole]
    password_hash: str | None


async def add_party(database: Database, wanted: NewParty) -> str:
    """Add a registered party and both its feeds; its UUID. :class:`Invalid` where the tax id is malformed or taken.

    A wrong check character is no obstacle: such numbers are in use, and their documents are taken with a warning.
    """
    return await database.unit_of_work(lambda unit: add_party_in(unit, wanted, datetime.now(UTC)))


async def add_party_in(unit: Unit, wanted: NewParty, now: datetime) -> str:
    """The same in a unit of the caller's, as of an instant.

    Where invoices wait for the party, it is here from now on as if it had signed up: they are registered with it.
    """
    tax_id = normalise(wanted.tax_id)
    if not is_well_formed(tax_id):
        raise Invalid(f"{wanted.tax_id!r} is no tax id: 3 to 30 letters and digits.", path=("tax_id",))
    if not wanted.name.strip():
        raise Invalid("A party needs a name.", path=("name",))
    await hold_party(unit, tax_id, alone=True)
    known = await Party.filter(tax_id=tax_id).first()
    if known is not None and known.registered:
        raise Invalid(f"A party with the tax id {tax_id} is here already.", path=("tax_id",))
    columns = _columns(wanted)
    if known is not None:
        await _receive(unit, str(known.id), tax_id, wanted, columns, now)
        return str(known.id)
    party = await Party.create(tax_id=tax_id, registered=True, created_at=now, **columns)
    if wanted.email is not None:
        await set_up_address(unit, str(party.id), wanted.email, wanted.language.value, now)
    for role in PartyRole:
        query = Statement(unit.dialect)
        places = f"{query.bind(str(party.id))}, {query.bind(role.value)}, 0"
        await unit.execute(f"INSERT INTO feed (party_id, role, position) VALUES ({places})", query.values)
    return str(party.id)


def _columns(wanted: NewParty) -> dict[str, Any]:
    return {
        "name": wanted.name.strip(),
        "search_name": folded(wanted.name.strip())[:512],
        "kind": wanted.kind.value,
        "manual_registration": wanted.manual_registration,
        "email": wanted.email,
        "language": wanted.language.value,
        "address": None if wanted.address is None else dump(wanted.address),
    }


async def _receive(
    unit: Unit, party_id: str, tax_id: str, wanted: NewParty, columns: dict[str, Any], now: datetime
) -> None:
    """An operator brings in a party that was awaited; one that registers by hand finds what waited as sent."""
    await record_for_all(unit, tax_id, InvitationEventKind.ACCEPTED, SERVICE_ACTOR, now)
    await name_receiver(unit, party_id, columns)
    if wanted.email is not None:
        await set_up_address(unit, party_id, wanted.email, wanted.language.value, now)
    if wanted.manual_registration:
        return
    await register_waiting(
        unit,
        Viewer(
            user_id=str(NOBODY),
            name=SERVICE_ACTOR,
            email="",
            roles=frozenset(),
            party_id=party_id,
            party_tax_id=tax_id,
            party_name=wanted.name,
            party_kind=wanted.kind,
        ),
    )


async def change_party(
    database: Database,
    tax_id: str,
    *,
    signature_required: bool | None = None,
    offices: Collection[str] | None = None,
) -> None:
    """Change what a party demands of documents; None leaves a thing as it is, no offices at all accepts any.

    :class:`Invalid` where there is no such party.
    """
    changes: dict[str, Any] = {}
    if signature_required is not None:
        changes["signature_required"] = signature_required
    if offices is not None:
        codes = sorted({code.strip().upper() for code in offices} - {""})
        changes["offices"] = dump(codes) if codes else None

    async def work(_: Unit) -> None:
        party = await Party.filter(tax_id=normalise(tax_id)).first()
        if party is None:
            raise Invalid(f"There is no party with the tax id {tax_id}.", path=("tax_id",))
        if changes:
            await Party.filter(id=party.id).update(**changes)

    await database.unit_of_work(work)


async def add_user(database: Database, wanted: NewUser) -> str:
    """Add a person to a party; the UUID. :class:`Invalid` where the address is taken or the party is not there."""

    async def work(unit: Unit) -> str:
        now = datetime.now(UTC)
        user_id = await add_user_in(wanted, now)
        user = await User.get(id=user_id).values("email", "party_id")
        kind, roles = UserEventKind.ADDED, frozenset(wanted.roles)
        await log_user(unit, str(user["party_id"]), kind, user["email"], SERVICE_ACTOR, now, roles=roles)
        return user_id

    return await database.unit_of_work(work)


async def add_user_in(wanted: NewUser, now: datetime) -> str:
    """The same inside a unit of the caller's, as of an instant."""
    email = fold_email(wanted.email)
    if "@" not in email or len(email) > MAX_EMAIL:
        raise Invalid(f"{wanted.email!r} is no e-mail address.", path=("email",))
    party = await Party.filter(tax_id=normalise(wanted.party_tax_id)).first()
    if party is None:
        raise Invalid(f"There is no party with the tax id {wanted.party_tax_id}.", path=("party",))
    if await User.filter(email=email).exists():
        raise Invalid(f"Somebody signs in as {email} already.", path=("email",))
    user = await User.create(
        email=email,
        name=wanted.name.strip() or email,
        password_hash=wanted.password_hash,
        party=party,
        roles=",".join(sorted(role.value for role in set(wanted.roles))),
        active=True,
        created_at=now,
    )
    return str(user.id)


def fold_email(email: str) -> str:
    """The one spelling under which a person is known."""
    return email.strip().casefold()


async def find_user(database: Database, email: str) -> str | None:
    """The UUID of the person who signs in with an address, in whatever case; None where nobody does."""
    found = await user_of(database, email)
    return None if found is None else found[0]


async def user_of(database: Database, email: str) -> tuple[str, str] | None:
    """The same, and the UUID of the person's party."""
    with database.bound():
        user = await User.filter(email=fold_email(email)).first()
    return None if user is None else (str(user.id), str(user.party_id))  # type: ignore[attr-defined]


async def party_of(database: Database, tax_id: str) -> Party | None:
    """The party with a tax id, however it is spelt."""
    with database.bound():
        return await Party.filter(tax_id=normalise(tax_id)).first()


def address_of(party: Party) -> Address | None:
    """A party's own address, if it gave one."""
    return None if party.address is None else load_address_row(orjson.loads(party.address))


def offices_of(party: Party) -> frozenset[str] | None:
    """The DIR3 codes that invoices to a party may name; None where it lists none."""
    return None if party.offices is None else frozenset(orjson.loads(party.offices))


async def language_of(database: Database, viewer: Viewer) -> Language:
    """The language of the viewer's party."""
    query = Statement(database.dialect)
    found = await database.fetch(f"SELECT language FROM party WHERE id = {query.bind(viewer.party_id)}", query.values)
    return Language(found[0][0])


async def read_party(database: Database, viewer: Viewer, key: str) -> PartyRow | None:
    """A party that the viewer belongs to or has exchanged invoices with; else None."""
    query = Statement(database.dialect)
    wanted, owner = query.bind(key), query.bind(viewer.party_id)
    if viewer.offices is None:
        known = f"SELECT 1 FROM counterparty k WHERE k.owner_id = {owner} AND k.party_id = p.id"
    else:
        # Who is limited to offices knows those of the invoices that he or she sees.
        received, issued = [visible(query, viewer, role) for role in (PartyRole.RECEIVER, PartyRole.ISSUER)]
        known = (
            f"SELECT 1 FROM invoice i WHERE {received} AND i.issuer_id = p.id"
            f" UNION ALL SELECT 1 FROM invoice i WHERE {issued} AND i.receiver_id = p.id"
        )
    found = await database.fetch(
        f"SELECT p.id, p.tax_id, {known_name(query, viewer)}, p.kind, p.registered FROM party p"
        f" WHERE p.id = {wanted} AND (p.id = {owner} OR EXISTS ({known}))",
        query.values,
    )
    return party_row(found[0]) if found else None
