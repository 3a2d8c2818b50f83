"""Who sends, who receives and who else is named, with their offices, written as Facturae 3.2.2 wants them."""

from __future__ import annotations

from typing import Final

from ...models.domain.invoice import Address, Contact, DocumentParty, Office, PersonName, Registration
from ..xml import Element
from .codes import OFFICE_ROLES, code_of
from .composing_values import add, add_optional, add_text
from .places import province_that_fits
from .reading_parties import NO_POST_CODE, NO_SURNAME, NOT_ON_RECORD

SPAIN: Final = "ESP"

_UNKNOWN: Final = Address(street=NOT_ON_RECORD, post_code=NO_POST_CODE, town=NOT_ON_RECORD, province=NOT_ON_RECORD)


def add_party(element: Element, party: DocumentParty, offices: tuple[Office, ...] = ()) -> None:
    """Fill ``SellerParty`` or ``BuyerParty``; an office without an address gets the party's, since it must have one."""
    add_identification(element, party)
    add_optional(element, "PartyIdentification", party.party_id)
    if offices:
        centres = add(element, "AdministrativeCentres")
        for office in offices:
            _add_office(add(centres, "AdministrativeCentre"), office, party.address)
    add_entity(element, party)


def add_named_party(element: Element, party: DocumentParty) -> None:
    """Fill ``ThirdParty`` or ``Assignee``, which have neither offices nor a number of the sender's."""
    add_identification(element, party)
    add_entity(element, party)


def add_identification(element: Element, party: DocumentParty) -> None:
    """``TaxIdentification``."""
    add_tax_id(add(element, "TaxIdentification"), party.tax_id, party.residence, person=party.person)


def add_tax_id(element: Element, tax_id: str, residence: str, *, person: bool) -> None:
    """Fill an identification."""
    add_text(element, "PersonTypeCode", "F" if person else "J")
    add_text(element, "ResidenceTypeCode", residence)
    add_text(element, "TaxIdentificationNumber", tax_id)


def add_entity(element: Element, party: DocumentParty) -> None:
    """``Individual`` or ``LegalEntity``."""
    if party.person:
        entity = add(element, "Individual")
        _add_name(entity, name_parts(party))
    else:
        entity = add(element, "LegalEntity")
        add_text(entity, "CorporateName", party.name)
        add_optional(entity, "TradeName", party.trade_name)
        _add_registration(entity, party.registration)
    add_address(entity, party.address or _UNKNOWN)
    _add_contact(entity, party.contact)


def name_parts(party: DocumentParty) -> PersonName:
    """The parts of a natural person's name: as they are known, else as words can tell."""
    if party.person_name is not None:
        return party.person_name
    given, first, second = split_person_name(party.name)
    return PersonName(given=given, surname=first, second_surname=second or None)


def split_person_name(name: str) -> tuple[str, str, str]:
    """Name, first and second surname, as well as words can tell; a person of one word gets a dot for a surname.

    >>> split_person_name("Maria Remedios Sánchez Nuñez")
    ('Maria', 'Remedios', 'Sánchez Nuñez')
    """
    first, _, surnames = " ".join(name.split()).partition(" ")
    surname, _, second = surnames.partition(" ")
    return first, surname or NO_SURNAME, second


def post_code_and_town(address: Address) -> str:
    """The one text that an address abroad has for both."""
    return f"{address.post_code.strip()} {address.town.strip()}".strip()


def add_address(
    element: Element, address: Address, names: tuple[str, str] = ("AddressInSpain", "OverseasAddress")
) -> None:
    """An address in Spain or abroad, by the name that each has there."""
    spanish = address.country_code == SPAIN
    block = add(element, names[0] if spanish else names[1])
    add_text(block, "Address", address.street)
    if spanish:
        add_text(block, "PostCode", address.post_code)
        add_text(block, "Town", address.town)
    else:
        add_text(block, "PostCodeAndTown", post_code_and_town(address))
    add_text(block, "Province", province_that_fits(address.province))
    add_text(block, "CountryCode", address.country_code)


def _add_name(element: Element, name: PersonName) -> None:
    add_text(element, "Name", name.given)
    add_text(element, "FirstSurname", name.surname or NO_SURNAME)
    add_optional(element, "SecondSurname", name.second_surname)


def _add_office(element: Element, office: Office, address: Address | None) -> None:
    add_optional(element, "CentreCode", office.code)
    add_text(element, "RoleTypeCode", code_of(OFFICE_ROLES, office.role) or "")
    described = office.name
    if office.responsible is not None:
        add_optional(element, "Name", office.responsible.given)
        add_optional(element, "FirstSurname", office.responsible.surname)
        add_optional(element, "SecondSurname", office.responsible.second_surname)
        # A centre without a description goes by the name in it.
        described = None if described == office.responsible.given else described
    add_address(element, office.address or address or _UNKNOWN)
    _add_contact(element, office.contact)
    add_optional(element, "PhysicalGLN", office.gln)
    add_optional(element, "LogicalOperationalPoint", office.operational_point)
    add_optional(element, "CentreDescription", described)


def _add_registration(entity: Element, registration: Registration | None) -> None:
    if registration is None:
        return
    block = add(entity, "RegistrationData")
    add_optional(block, "Book", registration.book)
    add_optional(block, "RegisterOfCompaniesLocation", registration.register)
    add_optional(block, "Sheet", registration.sheet)
    add_optional(block, "Folio", registration.folio)
    add_optional(block, "Section", registration.section)
    add_optional(block, "Volume", registration.volume)
    add_optional(block, "AdditionalRegistrationData", registration.other)


def _add_contact(entity: Element, contact: Contact | None) -> None:
    if contact is None:
        return
    block = add(entity, "ContactDetails")
    add_optional(block, "Telephone", contact.telephone)
    add_optional(block, "TeleFax", contact.fax)
    add_optional(block, "WebAddress", contact.web)
    add_optional(block, "ElectronicMail", contact.email)
    add_optional(block, "ContactPersons", contact.person)
    add_optional(block, "CnoCnae", contact.activity_code)
    add_optional(block, "INETownCode", contact.town_code)
    add_optional(block, "AdditionalContactDetails", contact.other)
