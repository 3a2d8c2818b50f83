"""Seller, buyer, payee and tax representative, and their addresses and centres, as UBL has them."""

from __future__ import annotations

import re
from typing import Final

from ...models.domain.invoice import Address, Contact, DocumentParty, Identifier, Office, PersonName, Registration
from ...models.domain.tax_ids import is_valid_spanish, normalise
from ..facturae.codes import OFFICE_ROLES, code_of
from ..xml import Element
from .codes import SEPA, VAT
from .countries import ALPHA_3, alpha_2_of
from .writing_tree import drop_if_empty, identifier, part, path, text

_PREFIX = re.compile("[A-Z]{2}(?=[0-9A-Z])")
_PREFIXES: Final = {*ALPHA_3, "EL", "XI"}

OTHER_TAX: Final = "TAX"
"""The scheme of a tax number that is not for VAT."""

GLN: Final = "0088"
"""The scheme of global location numbers (ISO 6523)."""

_ENTRY: Final = {
    "book": "Libro",
    "register": "Registro",
    "sheet": "Hoja",
    "folio": "Folio",
    "section": "Sección",
    "volume": "Tomo",
}
"""What stands before each part of an entry in a register."""


def add_party(
    party: Element,
    said: DocumentParty,
    *,
    offices: tuple[Office, ...] = (),
    vat: bool = True,
    creditor: str | None = None,
) -> None:
    """Fill ``Party`` of seller or buyer. Without ``vat``, the tax number is not one for VAT (category O)."""
    contact = said.contact or Contact()
    text(party, "WebsiteURI", contact.web)
    identifier(party, "EndpointID", said.electronic_address)
    text(party, "IndustryClassificationCode", contact.activity_code)
    _add_identifiers(party, said, creditor)
    if said.trade_name:
        text(part(party, "PartyName"), "Name", said.trade_name)
    add_address(part(party, "PostalAddress"), said.address, said)
    _add_tax_schemes(party, said, vat=vat)
    _add_legal_entity(part(party, "PartyLegalEntity"), said, vat=vat)
    _add_contact(part(party, "Contact"), contact)
    _add_person(party, said)
    for office in offices:
        _add_office(part(party, "ServiceProviderParty"), office)


def add_payee(party: Element, said: DocumentParty, creditor: str | None = None) -> None:
    """Fill ``PayeeParty`` (BG-10), which has a name, an identifier and a registration."""
    _add_identifiers(party, said, creditor)
    text(part(party, "PartyName"), "Name", said.name)
    legal = part(party, "PartyLegalEntity")
    identifier(legal, "CompanyID", said.legal_id or (Identifier(value=said.tax_id) if said.tax_id else None))
    drop_if_empty(legal)


def add_representative(party: Element, said: DocumentParty) -> None:
    """Fill ``TaxRepresentativeParty`` (BG-11)."""
    text(part(party, "PartyName"), "Name", said.name)
    add_address(part(party, "PostalAddress"), said.address, said)
    _add_tax_schemes(party, said, vat=True)


def add_address(element: Element, address: Address | None, party: DocumentParty | None = None) -> None:
    """Fill an address. EN 16931 wants a country, so that of the tax number stands in for one that is not said."""
    if address is not None:
        text(element, "StreetName", address.street)
        text(element, "AdditionalStreetName", address.more[0] if address.more else None)
        text(element, "CityName", address.town)
        text(element, "PostalZone", address.post_code)
        text(element, "CountrySubentity", address.province)
        if len(address.more) > 1:
            text(part(element, "AddressLine"), "Line", ", ".join(address.more[1:]))
    country = alpha_2_of(address.country_code) if address is not None else None
    if country is None and party is not None:
        country = _country_of(party)
    if country:
        text(part(element, "Country"), "IdentificationCode", country)


def vat_number(party: DocumentParty) -> str | None:
    """The tax id with the letters of its country, as VAT numbers are written; None where it is none."""
    number = party.tax_id
    if not number:
        return None
    if is_valid_spanish(number) or (party.residence == "R" and not _is_prefixed(number)):
        return f"ES{number}"
    return number if _is_prefixed(number) else None


def _is_prefixed(number: str) -> bool:
    prefix = _PREFIX.match(number)
    return prefix is not None and prefix.group() in _PREFIXES


def _country_of(party: DocumentParty) -> str:
    number = vat_number(party)
    prefix = number[:2] if number else "ES"
    return {"EL": "GR", "XI": "GB"}.get(prefix, prefix)


def _add_identifiers(party: Element, said: DocumentParty, creditor: str | None) -> None:
    for one in said.identifiers:
        identifier(part(party, "PartyIdentification"), "ID", one)
    if not said.identifiers and said.party_id:
        text(part(party, "PartyIdentification"), "ID", said.party_id)
    if creditor:
        text(part(party, "PartyIdentification"), "ID", creditor, schemeID=SEPA)


def _add_tax_schemes(party: Element, said: DocumentParty, *, vat: bool) -> None:
    number = vat_number(said)
    registration = said.tax_registration
    if _is_said_elsewhere(said):
        number = None
    elif number is None and not registration:
        registration = said.tax_id
    if vat and number:
        _add_tax_scheme(party, number, VAT)
    if registration:
        _add_tax_scheme(party, registration, OTHER_TAX)


def _add_tax_scheme(party: Element, number: str, tax: str) -> None:
    scheme = part(party, "PartyTaxScheme")
    text(scheme, "CompanyID", number)
    text(part(scheme, "TaxScheme"), "ID", tax)


def _is_said_elsewhere(said: DocumentParty) -> bool:
    """Whether the tax id came from another of the party's numbers, since it had none for VAT."""
    if said.tax_registration and normalise(said.tax_registration) == said.tax_id:
        return True
    others = [said.legal_id, said.electronic_address, *said.identifiers]
    return vat_number(said) is None and any(other and normalise(other.value) == said.tax_id for other in others)


def _add_legal_entity(legal: Element, said: DocumentParty, *, vat: bool) -> None:
    text(legal, "RegistrationName", said.name)
    number = said.legal_id
    if number is None and said.tax_id and not (vat and vat_number(said)) and not _is_said_elsewhere(said):
        # A number that is not for VAT identifies nobody by the rules (BR-CO-26).
        number = Identifier(value=said.tax_id)
    identifier(legal, "CompanyID", number)
    text(legal, "CompanyLegalForm", registration_text(said))


def registration_text(said: DocumentParty) -> str | None:
    """Where the company is entered, in one text (BT-33)."""
    if said.registration is None:
        return None
    entry = said.registration
    parts = [f"{name} {value}" for field, name in _ENTRY.items() if (value := getattr(entry, field))]
    return ", ".join([*parts, entry.other] if entry.other else parts) or None


def registration_of(said: str) -> Registration:
    """The entry that one text tells of: in its parts, where it is written as ``registration_text`` writes them."""
    values: dict[str, str] = {}
    fields, rest = list(_ENTRY.items()), said
    while rest:
        head, _, tail = rest.partition(", ")
        at = next((at for at, (_, name) in enumerate(fields) if head.startswith(f"{name} ")), None)
        if at is None:
            break
        field, name = fields[at]
        values[field], fields, rest = head[len(name) + 1 :], fields[at + 1 :], tail
    return Registration(**values, other=rest or None)


def _add_contact(element: Element, contact: Contact) -> None:
    text(element, "Name", contact.person)
    text(element, "Telephone", contact.telephone)
    text(element, "Telefax", contact.fax)
    text(element, "ElectronicMail", contact.email)
    text(element, "Note", contact.other)
    drop_if_empty(element)


def _add_person(party: Element, said: DocumentParty) -> None:
    name = said.person_name
    if name is None:
        return
    person = part(party, "Person")
    _add_names(person, name)
    drop_if_empty(person)


def _add_names(person: Element, name: PersonName) -> None:
    text(person, "FirstName", name.given)
    text(person, "FamilyName", name.surname)
    text(person, "OtherName", name.second_surname)


def _add_office(element: Element, office: Office) -> None:
    """A centre, such as a DIR3 office: the buyer's identifier (BT-46) could be only one of them."""
    text(element, "ServiceTypeCode", code_of(OFFICE_ROLES, office.role))
    party, contact = part(element, "Party"), office.contact or Contact()
    text(party, "WebsiteURI", contact.web)
    text(party, "EndpointID", office.operational_point, schemeID=GLN)
    text(party, "IndustryClassificationCode", contact.activity_code)
    text(path(party, "PartyIdentification"), "ID", office.code)
    if office.gln:
        text(path(party, "PartyIdentification"), "ID", office.gln, schemeID=GLN)
    if office.name:
        text(part(party, "PartyName"), "Name", office.name)
    if office.address is not None:
        add_address(part(party, "PostalAddress"), office.address)
    _add_contact(part(party, "Contact"), contact)
    if office.responsible is not None:
        _add_names(part(party, "Person"), office.responsible)
