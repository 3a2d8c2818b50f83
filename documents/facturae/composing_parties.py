"""Issuer, receiver and the receiver's DIR3 offices, written as Facturae 3.2.2 wants them."""

from __future__ import annotations

from lxml import etree

from ...models.domain.invoice import Address, DocumentParty, Office
from ..xml import Element
from .codes import OFFICE_ROLES, code_of
from .places import province_that_fits
from .reading_parties import NO_POST_CODE, NO_SURNAME, NOT_ON_RECORD

SPAIN = "ESP"

_UNKNOWN = Address(street=NOT_ON_RECORD, post_code=NO_POST_CODE, town=NOT_ON_RECORD, province=NOT_ON_RECORD)


def add_party(element: Element, party: DocumentParty, offices: tuple[Office, ...] = ()) -> None:
    """Fill ``SellerParty`` or ``BuyerParty``; each office gets the party's own address, since it must have one."""
    identification = etree.SubElement(element, "TaxIdentification")
    _text(identification, "PersonTypeCode", "F" if party.person else "J")
    _text(identification, "ResidenceTypeCode", party.residence)
    _text(identification, "TaxIdentificationNumber", party.tax_id)
    if offices:
        centres = etree.SubElement(element, "AdministrativeCentres")
        for office in offices:
            _add_office(etree.SubElement(centres, "AdministrativeCentre"), office, party.address)
    if party.person:
        _add_person(etree.SubElement(element, "Individual"), party)
    else:
        _add_entity(etree.SubElement(element, "LegalEntity"), party)


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


def _add_person(element: Element, party: DocumentParty) -> None:
    name, first, second = split_person_name(party.name)
    _text(element, "Name", name)
    _text(element, "FirstSurname", first)
    if second:
        _text(element, "SecondSurname", second)
    _add_address(element, party.address)


def _add_entity(element: Element, party: DocumentParty) -> None:
    _text(element, "CorporateName", party.name)
    if party.trade_name and party.trade_name.strip():
        _text(element, "TradeName", party.trade_name)
    _add_address(element, party.address)


def _add_office(element: Element, office: Office, address: Address | None) -> None:
    _text(element, "CentreCode", office.code)
    _text(element, "RoleTypeCode", code_of(OFFICE_ROLES, office.role) or "")
    _add_address(element, address)
    if office.name and office.name.strip():
        _text(element, "CentreDescription", office.name)


def _add_address(element: Element, given: Address | None) -> None:
    address = given or _UNKNOWN
    spanish = address.country_code == SPAIN
    block = etree.SubElement(element, "AddressInSpain" if spanish else "OverseasAddress")
    _text(block, "Address", address.street)
    if spanish:
        _text(block, "PostCode", address.post_code)
        _text(block, "Town", address.town)
    else:
        _text(block, "PostCodeAndTown", post_code_and_town(address))
    _text(block, "Province", province_that_fits(address.province))
    _text(block, "CountryCode", address.country_code)


def _text(parent: Element, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = text.strip()
