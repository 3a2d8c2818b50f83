"""Who is who in a UBL document: seller, buyer, payee, tax representative (BG-4, BG-7, BG-10, BG-11), and addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from ...models.domain.findings import Severity
from ...models.domain.invoice import (
    Address,
    Contact,
    DocumentParty,
    Identifier,
    Office,
    OfficeRole,
    PersonName,
)
from ...models.domain.tax_ids import is_valid_spanish, is_well_formed, looks_like_a_person, normalise
from ..facturae.codes import OFFICE_ROLES
from ..facturae.places import residence_of
from .codes import SEPA, VAT
from .countries import alpha_3_of
from .nodes import Part
from .writing_parties import GLN, registration_of

_OFFICE_SCHEMES: Final[Mapping[str, OfficeRole]] = {
    "OC": OfficeRole.ACCOUNTING_OFFICE,
    "OFICINACONTABLE": OfficeRole.ACCOUNTING_OFFICE,
    "OG": OfficeRole.MANAGING_BODY,
    "ORGANOGESTOR": OfficeRole.MANAGING_BODY,
    "UT": OfficeRole.PROCESSING_UNIT,
    "UNIDADTRAMITADORA": OfficeRole.PROCESSING_UNIT,
    "OP": OfficeRole.PROPOSING_BODY,
    "ORGANOPROPONENTE": OfficeRole.PROPOSING_BODY,
}
"""What the scheme of an identifier says of a DIR3 office's role, in capitals and letters only."""

_DIR3 = re.compile(r"[A-Z]{1,2}[0-9A-Z]{6,9}")
_FOREIGN_PREFIX = re.compile(r"[A-Z]{2}(?=[0-9A-Z])")
_PUNCTUATION = re.compile(r"[\s./-]+")
_NOT_LETTERS = re.compile("[^A-Z]")
_ACCENTS = str.maketrans("ÁÉÍÓÚ", "AEIOU")


def read_party(role: Part, *, seller: bool) -> DocumentParty:
    """Seller or buyer, as ``AccountingSupplierParty`` and its like say: rules RCF05002, RCF05003 and RCF05005."""
    party = role.child("Party")
    read = _with_account(_party(party, _tax_id_of(party, everywhere=True)), role, seller=seller)
    offices = tuple(read_centres(party)) if seller else ()
    if offices:
        read = replace(read, offices=offices)
    if not read.name:
        message = "The party must have a name, in PartyLegalEntity/RegistrationName."
        party.complain("RCF05005", message)
    _check_tax_id(party, read, needed=seller or read.residence == "R")
    return read


def _with_account(read: DocumentParty, role: Part, *, seller: bool) -> DocumentParty:
    """With what is said beside the party: the other's number for it, and a contact for the bookkeeping."""
    own = role.text("CustomerAssignedAccountID" if seller else "SupplierAssignedAccountID")
    contacts = (_of_contact(role.child(name)) for name in ("AccountingContact", _CONTACTS[seller]))
    contact = read.contact or next(filter(None, contacts), None)
    if not own and contact is read.contact:
        return read
    return replace(read, party_id=own or None, contact=contact)


_CONTACTS: Final = {True: "SellerContact", False: "BuyerContact"}


def read_other_party(party: Part) -> DocumentParty | None:
    """A party that only has a name in the document, such as a payee; its tax id is empty where none is given."""
    return _party(party, _tax_id_of(party, everywhere=False)) if party.exists else None


def read_offices(party: Part) -> tuple[Office, ...]:
    """The buyer's DIR3 offices: identifiers whose scheme says their role. EN 16931 itself has no place for them."""
    found = []
    for identification in party.children("PartyIdentification"):
        role = _office_role(identification)
        if role is not None:
            found.append(Office(role=role, code=identification.text("ID")))
    return (*found, *read_centres(party))


def read_centres(party: Part) -> Iterator[Office]:
    """Offices as ``writing_parties`` writes them: service providers whose type is Facturae's code of the role."""
    for provider in party.children("ServiceProviderParty"):
        role, office = OFFICE_ROLES.get(provider.text("ServiceTypeCode")), provider.child("Party")
        code = office.text_in("PartyIdentification", "ID")
        glns = [one.text("ID") for one in office.children("PartyIdentification")[1:] if _is_gln(one, "ID")]
        if role is not None and code:
            yield Office(
                role=role,
                code=code,
                name=office.text_in("PartyName", "Name") or None,
                responsible=_person_name(office.child("Person")),
                address=read_address(office.child("PostalAddress")),
                contact=_contact(office),
                gln=next(iter(glns), None),
                operational_point=office.text("EndpointID") if _is_gln(office, "EndpointID") else None,
            )


def _is_gln(part: Part, name: str) -> bool:
    return part.attribute("schemeID", name) == GLN


def read_address(address: Part) -> Address | None:
    """A postal address (BG-5, BG-8, BG-12, BG-15); its country is empty where the document names none."""
    if not address.exists:
        return None
    number = address.text("BuildingNumber")
    more = (
        address.text("BuildingName"),
        address.text("AdditionalStreetName"),
        *(line.text("Line") for line in address.children("AddressLine")),
    )
    return Address(
        street=f"{address.text('StreetName')} {number}".strip() or address.text("Postbox"),
        post_code=address.text("PostalZone"),
        town=address.text("CityName"),
        province=address.text("CountrySubentity") or address.text("CountrySubentityCode"),
        country_code=_country(address.child("Country")),
        more=tuple(line for line in more if line),
    )


def read_country(country: Part) -> str | None:
    """A country by its three letters, without complaint; what is not a country as it stands."""
    code = country.text("IdentificationCode").upper()
    return (alpha_3_of(code) or code) or None


def _country(country: Part) -> str:
    code = country.text("IdentificationCode")
    known = alpha_3_of(code)
    if code and known is None:
        message = "The country must be a code of two letters (ISO 3166-1 alpha-2)."
        country.complain("RCF05003", message, child="IdentificationCode", expected="ES", found=code)
    return known or ""


def _party(party: Part, tax_id: str) -> DocumentParty:
    legal = party.child("PartyLegalEntity")
    address = read_address(party.child("PostalAddress"))
    person_name = _person_name(party.child("Person"))
    registered = legal.text("RegistrationName")
    called = party.text_in("PartyName", "Name")
    whole = " ".join(filter(None, _words(person_name)))
    person = looks_like_a_person(tax_id) or (whole != "" and whole == registered)
    form = legal.text("CompanyLegalForm")
    return DocumentParty(
        tax_id=tax_id,
        name=registered or called or whole,
        person=person,
        residence=_residence(tax_id, address),
        trade_name=called or None if registered else None,
        address=address,
        person_name=person_name if person else None,
        contact=_contact(party),
        registration=registration_of(form) if form else None,
        identifiers=tuple(_identifiers(party)),
        legal_id=legal.identifier("CompanyID"),
        tax_registration=_tax_registration(party),
        electronic_address=party.identifier("EndpointID"),
    )


def _words(name: PersonName | None) -> tuple[str | None, ...]:
    return () if name is None else (name.given, name.surname, name.second_surname)


def _person_name(person: Part) -> PersonName | None:
    if not person.exists:
        return None
    given = " ".join(filter(None, (person.text("FirstName"), person.text("MiddleName"))))
    surname, second = person.text("FamilyName"), person.text("OtherName")
    if not given and not surname:
        return None
    return PersonName(given=given, surname=surname or None, second_surname=second or None)


def _contact(party: Part) -> Contact | None:
    read, web, activity = _of_contact(party.child("Contact")), *map(party.text, _BESIDE_CONTACT)
    if web or activity:
        return replace(read or Contact(), web=web or None, activity_code=activity or None)
    return read


_BESIDE_CONTACT: Final = ("WebsiteURI", "IndustryClassificationCode")


def _of_contact(contact: Part) -> Contact | None:
    if not contact.exists:
        return None
    read = Contact(
        person=contact.text("Name") or None,
        telephone=contact.text("Telephone") or None,
        fax=contact.text("Telefax") or None,
        email=contact.text("ElectronicMail") or None,
        other=contact.text("Note") or None,
    )
    return None if read == Contact() else read


def _identifiers(party: Part) -> Iterator[Identifier]:
    for identification in party.children("PartyIdentification"):
        identifier = identification.identifier("ID")
        if identifier and identifier.scheme != SEPA and _office_role(identification) is None:
            yield identifier


def _office_role(identification: Part) -> OfficeRole | None:
    if not _DIR3.fullmatch(identification.text("ID")):
        return None
    for attribute in ("schemeID", "schemeName"):
        said = (identification.attribute(attribute, "ID") or "").upper().translate(_ACCENTS)
        role = _OFFICE_SCHEMES.get(_NOT_LETTERS.sub("", said.replace("DIR3", "")))
        if role is not None:
            return role
    return None


def _tax_registration(party: Part) -> str | None:
    """BT-32: the number of a tax that is not VAT."""
    numbers = (scheme.text("CompanyID") for scheme in party.children("PartyTaxScheme") if not _is_vat(scheme))
    return next(filter(None, numbers), None)


def _is_vat(scheme: Part) -> bool:
    return VAT in scheme.text_in("TaxScheme", "ID").upper()


def _tax_id_of(party: Part, *, everywhere: bool) -> str:
    """The number for VAT; else, in this order, of another tax, of a register, of whatever else identifies the party."""
    schemes = sorted(party.children("PartyTaxScheme"), key=_is_vat, reverse=True)
    for scheme in schemes:
        number = scheme.text("CompanyID")
        if number and (_is_vat(scheme) or _is_a_number(_plain(party, number))):
            return _plain(party, number)
    others = [_plain(party, number) for number in _other_numbers(party)]
    spanish = next(filter(is_valid_spanish, others), "")
    if spanish or not everywhere:
        return spanish
    return next(filter(is_well_formed, others), "")


def _is_a_number(text: str) -> bool:
    """Whether it can be one: registrations of other taxes hold words too, such as "Godkänd för F-skatt"."""
    return is_well_formed(text) and any(map(str.isdigit, text))


def _plain(party: Part, number: str) -> str:
    """One spelling. Abroad, tax ids are written with dots and spaces; in Spain that is a mistake (rule RCF05002)."""
    country = party.child("PostalAddress").text_in("Country", "IdentificationCode")
    spanish = country in {"", "ES"} or number.upper().startswith("ES")
    return normalise(number if spanish else _PUNCTUATION.sub("", number))


def _other_numbers(party: Part) -> Iterator[str]:
    for entity in party.children("PartyLegalEntity"):
        yield from entity.texts("CompanyID")
    yield from (identifier.value for identifier in _identifiers(party))
    if party.attribute("schemeID", "EndpointID") != "EM":
        yield from party.texts("EndpointID")


def _residence(tax_id: str, address: Address | None) -> str:
    """By the address's country; where there is none, by the letters before the tax id."""
    if address is not None and address.country_code:
        return residence_of(address.country_code)
    if is_valid_spanish(tax_id):
        return "R"
    prefix = _FOREIGN_PREFIX.match(tax_id)
    country = alpha_3_of(prefix.group()) if prefix else None
    return residence_of(country or "ESP")


def _check_tax_id(party: Part, read: DocumentParty, *, needed: bool) -> None:
    if not read.tax_id:
        # EN 16931 lets a buyer abroad go without; that nobody here can be found by it is for the entry to say (TR0003).
        severity = Severity.ERROR if needed else Severity.WARNING
        message = "The party has no tax identification number, which belongs in PartyTaxScheme/CompanyID."
        party.complain("RCF05002", message, severity=severity)
    elif not is_well_formed(read.tax_id):
        message = "A tax identification number is 3 to 30 letters and digits, without spaces or dashes."
        _complain_of_number(party, message, read.tax_id, Severity.ERROR)
    elif read.residence == "R" and not is_valid_spanish(read.tax_id):
        message = "The check character of the Spanish tax identification number is wrong."
        _complain_of_number(party, message, read.tax_id, Severity.WARNING)


def _complain_of_number(party: Part, message: str, number: str, severity: Severity) -> None:
    """At the registration that the number stands in; at the party itself where it is none."""
    for scheme in party.children("PartyTaxScheme"):
        if _plain(party, scheme.text("CompanyID")) == number:
            scheme.complain("RCF05002", message, child="CompanyID", severity=severity, found=number)
            return
    party.complain("RCF05002", message, severity=severity, found=number)
