"""Parties and offices of another format, fitted to what Facturae can hold of them."""

from __future__ import annotations

import re
from dataclasses import replace

from ...models.domain.invoice import Address, Contact, DocumentParty, Office, PersonName, Registration
from ...models.domain.tax_ids import is_well_formed, normalise
from .composing_parties import SPAIN, post_code_and_town
from .fitting_notes import Notes
from .reading_parties import NO_POST_CODE, split_post_code

_PARTY_ID = re.compile("[0-9]{1,10}")
_POST_CODE = re.compile(r"[0-9]{5}")
_NOT_IN_NUMBERS = re.compile(r"[\s./-]+")
_CONTACT = {
    "person": 40,
    "telephone": 15,
    "fax": 15,
    "email": 60,
    "web": 60,
    "town_code": 9,
    "other": 60,
}
_REGISTRATION = ("book", "register", "sheet", "folio", "section", "volume", "other")


def fit_party(party: DocumentParty, field: str, notes: Notes) -> DocumentParty:
    """The party as Facturae can hold it; what is lost is noted."""
    party = _numbered(party)
    return replace(
        party,
        tax_id=_tax_id(party, field, notes),
        name=party.name if party.person else notes.cut(f"{field}.name", party.name, 80, "The name of a party"),
        person_name=_person_name(party.person_name, field, notes),
        trade_name=notes.fitting(f"{field}.trade_name", party.trade_name, 40, "A trade name"),
        registration=_registration(party.registration, f"{field}.registration", notes),
        party_id=_party_id(party, field, notes),
        address=_address(party, field, notes),
        contact=None if party.contact is None else _contact(party.contact, f"{field}.contact", notes),
        offices=fit_offices(party.offices, f"{field}.offices", notes),
    )


def fit_offices(offices: tuple[Office, ...], field: str, notes: Notes) -> tuple[Office, ...]:
    """The offices whose code has room, without what has none."""
    kept = []
    for at, office in enumerate(offices, start=1):
        place = f"{field}[{at}]"
        if len(office.code.strip()) > 10:
            message = "The code of an office is longer than Facturae allows (10 characters); the office is left out."
            notes.changed(place, message, office.code)
            continue
        kept.append(_office(office, place, notes))
    return tuple(kept)


def fit_address(address: Address, field: str, notes: Notes) -> Address:
    """The address in as many characters as there are, its further lines in the first."""
    if address.more:
        message = "The lines of an address are written as one."
        notes.changed(f"{field}.more", message, ", ".join(address.more))
    street = ", ".join(part for part in (address.street.strip(), *address.more) if part)
    fitted = replace(
        address,
        street=notes.cut(f"{field}.street", street, 80, "An address"),
        province=notes.cut(f"{field}.province", address.province, 20, "The province of an address")
        if address.province.casefold() != "santa cruz de tenerife"
        else address.province,
        more=(),
    )
    if address.country_code == SPAIN:
        return replace(
            fitted,
            town=notes.cut(f"{field}.town", address.town, 50, "The town of an address"),
            post_code=_post_code(address, field, notes),
        )
    joined = post_code_and_town(address)
    if len(joined) > 50:
        room = max(50 - len(address.post_code.strip()) - 1, 0)
        return replace(fitted, town=notes.cut(f"{field}.town", address.town, room, "The town of an address"))
    if split_post_code(joined) != (address.post_code.strip(), address.town.strip()):
        message = "Post code and town are one text in Facturae, where it does not show which is which."
        notes.changed(f"{field}.post_code", message, joined)
    return fitted


def _address(party: DocumentParty, field: str, notes: Notes) -> Address | None:
    """The party's address; one that names no country is in Spain, where the party is resident there."""
    address = party.address
    if address is None:
        return None
    if not address.country_code and party.residence == "R":
        message = "The address names no country; Spain is written, where the party is resident."
        notes.changed(f"{field}.address.country_code", message, "")
        address = replace(address, country_code=SPAIN)
    return fit_address(address, f"{field}.address", notes)


def _post_code(address: Address, field: str, notes: Notes) -> str:
    text = address.post_code.strip()
    if _POST_CODE.fullmatch(text):
        return text
    if text:
        message = f"A Spanish post code is five digits; {NO_POST_CODE} is written, which stands for none."
        notes.changed(f"{field}.post_code", message, text)
    return NO_POST_CODE


def _tax_id(party: DocumentParty, field: str, notes: Notes) -> str:
    if is_well_formed(party.tax_id):
        return party.tax_id
    others = (
        party.tax_registration,
        party.legal_id and party.legal_id.value,
        *(one.value for one in party.identifiers),
    )
    for text in (party.tax_id, *others):
        number = normalise(_NOT_IN_NUMBERS.sub("", text or ""))
        if is_well_formed(number):
            notes.changed(
                f"{field}.tax_id", "The number by which the party is known is written as its tax number.", text
            )
            return number
    return party.tax_id


def _numbered(party: DocumentParty) -> DocumentParty:
    """An identifier without a scheme, which is the sender's own, is the party's number where it can be one."""
    own = next((one for one in party.identifiers if one.scheme is None and _PARTY_ID.fullmatch(one.value)), None)
    if party.party_id is not None or own is None:
        return party
    return replace(party, party_id=own.value, identifiers=tuple(one for one in party.identifiers if one is not own))


def _party_id(party: DocumentParty, field: str, notes: Notes) -> str | None:
    if party.party_id is None or _PARTY_ID.fullmatch(party.party_id.strip()):
        return party.party_id
    notes.changed(f"{field}.party_id", "A party's number has at most ten digits; it is left out.", party.party_id)
    return None


def _person_name(name: PersonName | None, field: str, notes: Notes) -> PersonName | None:
    if name is None:
        return None
    place, what = f"{field}.person_name", "The name of a person"
    return PersonName(
        given=notes.cut(place, name.given, 40, what),
        surname=None if name.surname is None else notes.cut(place, name.surname, 40, what),
        second_surname=None if name.second_surname is None else notes.cut(place, name.second_surname, 40, what),
    )


def _registration(registration: Registration | None, field: str, notes: Notes) -> Registration | None:
    if registration is None:
        return None
    what = "What is known of the entry in a register"
    parts = {name: notes.fitting(f"{field}.{name}", getattr(registration, name), 20, what) for name in _REGISTRATION}
    return Registration(**parts) if any(parts.values()) else None


def _contact(contact: Contact, field: str, notes: Notes) -> Contact | None:
    parts = {
        name: notes.fitting(f"{field}.{name}", getattr(contact, name), limit, "What is known of a contact")
        for name, limit in _CONTACT.items()
    }
    fitted = replace(contact, **parts)
    return None if fitted == Contact() else fitted


def _office(office: Office, field: str, notes: Notes) -> Office:
    return replace(
        office,
        responsible=_person_name(office.responsible, field, notes),
        address=None if office.address is None else fit_address(office.address, f"{field}.address", notes),
        contact=None if office.contact is None else _contact(office.contact, f"{field}.contact", notes),
        name=None if office.name is None else notes.cut(f"{field}.name", office.name, 2500, "The name of an office"),
    )
