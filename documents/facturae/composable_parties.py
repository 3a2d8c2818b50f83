"""What Facturae 3.2.2 cannot carry of the parties and their offices."""

from __future__ import annotations

import re

from ...models.domain.invoice import Address, Contact, DocumentParty, Office, Registration
from ...models.domain.tax_ids import is_well_formed
from .checks import Checks, printable
from .composing_parties import SPAIN, name_parts, post_code_and_town
from .places import COUNTRIES, province_that_fits

LONG_TEXT = 2500

_POST_CODE = re.compile(r"[0-9]{5}")


def check_party(checks: Checks, party: DocumentParty, place: str) -> None:
    """Whether a party can be written as the element at that place, ``/Facturae/Parties/SellerParty`` or another."""
    identification = f"{place}/TaxIdentification"
    check_tax_id(checks, party.tax_id, f"{identification}/TaxIdentificationNumber")
    checks.one_of("RCF05003", party.residence, frozenset("RUE"), f"{identification}/ResidenceTypeCode")
    checks.figures(party.party_id, f"{place}/PartyIdentification", "[0-9]{1,10}", "at most ten digits")
    if party.person:
        entity = f"{place}/Individual"
        _check_person(checks, party, entity)
    else:
        entity = f"{place}/LegalEntity"
        checks.text("RCF05005", party.name, f"{entity}/CorporateName", 80, needed=True)
        checks.text("HF08", party.trade_name or "", f"{entity}/TradeName", 40)
        _check_registration(checks, party.registration, f"{entity}/RegistrationData")
    if party.address is not None:
        check_address(checks, party.address, entity)
    _check_contact(checks, party.contact, f"{entity}/ContactDetails")


def check_tax_id(checks: Checks, tax_id: str, place: str) -> None:
    """A number of 3 to 30 letters and digits."""
    if not is_well_formed(tax_id):
        message = "A tax identification number is 3 to 30 letters and digits."
        checks.note("RCF05002", message, place, found=printable(tax_id))


def check_offices(checks: Checks, offices: tuple[Office, ...], place: str) -> None:
    """Whether the centres of the party at that place can be written."""
    for position, office in enumerate(offices, start=1):
        _check_office(checks, office, f"{place}/AdministrativeCentres/AdministrativeCentre[{position}]")


def check_address(
    checks: Checks, address: Address, entity: str, names: tuple[str, str] = ("AddressInSpain", "OverseasAddress")
) -> None:
    """Whether an address can be written below the element at that place."""
    spanish = address.country_code == SPAIN
    place = f"{entity}/{names[0] if spanish else names[1]}"
    checks.text("HF08", address.street, f"{place}/Address", 80)
    if spanish:
        checks.text("HF08", address.town, f"{place}/Town", 50)
        if not _POST_CODE.fullmatch(address.post_code.strip()):
            message = "A Spanish post code is five digits."
            checks.note("HF08", message, f"{place}/PostCode", expected="28001", found=printable(address.post_code))
    else:
        checks.text("HF08", post_code_and_town(address), f"{place}/PostCodeAndTown", 50)
    checks.text("HF08", province_that_fits(address.province), f"{place}/Province", 20)
    checks.one_of("RCF05003", address.country_code, COUNTRIES, f"{place}/CountryCode")


def _check_person(checks: Checks, party: DocumentParty, entity: str) -> None:
    name = name_parts(party)
    checks.text("RCF05004", name.given, f"{entity}/Name", 40, needed=True)
    checks.text("RCF05004", name.surname or "", f"{entity}/FirstSurname", 40)
    checks.text("RCF05004", name.second_surname or "", f"{entity}/SecondSurname", 40)


def _check_office(checks: Checks, office: Office, place: str) -> None:
    checks.text("RCF08001", office.code, f"{place}/CentreCode", 10)
    checks.text("RCF08001", office.name or "", f"{place}/CentreDescription", LONG_TEXT)
    if office.responsible is not None:
        name = office.responsible
        surnames = {"FirstSurname": (name.surname, 40), "SecondSurname": (name.second_surname, 40)}
        checks.texts(place, {"Name": (name.given, 40)} | surnames)
    if office.address is not None:
        check_address(checks, office.address, place)
    _check_contact(checks, office.contact, f"{place}/ContactDetails")
    points = {"PhysicalGLN": (office.gln, 14), "LogicalOperationalPoint": (office.operational_point, 14)}
    checks.texts(place, points)


def _check_registration(checks: Checks, registration: Registration | None, place: str) -> None:
    if registration is not None:
        parts = {
            "Book": registration.book,
            "RegisterOfCompaniesLocation": registration.register,
            "Sheet": registration.sheet,
            "Folio": registration.folio,
            "Section": registration.section,
            "Volume": registration.volume,
            "AdditionalRegistrationData": registration.other,
        }
        checks.texts(place, {name: (text, 20) for name, text in parts.items()})


def _check_contact(checks: Checks, contact: Contact | None, place: str) -> None:
    if contact is None:
        return
    parts = {
        "Telephone": (contact.telephone, 15),
        "TeleFax": (contact.fax, 15),
        "WebAddress": (contact.web, 60),
        "ElectronicMail": (contact.email, 60),
        "ContactPersons": (contact.person, 40),
        "INETownCode": (contact.town_code, 9),
        "AdditionalContactDetails": (contact.other, 60),
    }
    checks.texts(place, parts)
    checks.figures(contact.activity_code, f"{place}/CnoCnae", "[0-9]{5}", "five digits")
