"""Who sends and who receives, as a Facturae names them, and the receiver's DIR3 offices."""

from __future__ import annotations

import re
from typing import Final

from ...models.domain.findings import Severity
from ...models.domain.invoice import Address, DocumentParty, Office
from ...models.domain.tax_ids import is_valid_spanish, is_well_formed, normalise
from ..nodes import Node
from .codes import OFFICE_ROLES

NOT_ON_RECORD: Final = "No consta"
"""What the administration writes in an address that nobody knows."""
NO_POST_CODE: Final = "00000"
NO_SURNAME: Final = "."
"""Stands for the surname of a person who has one name only: the schema wants one."""

_PERSON_TYPES: Final = frozenset({"F", "J"})
_RESIDENCES: Final = frozenset({"R", "U", "E"})
_COUNTRY = re.compile(r"[A-Z]{3}")
_POST_CODE_AND_TOWN = re.compile(r"((?:\S*[0-9]\S*(?:\s+|\Z))*)(.*)", re.DOTALL)


def read_party(party: Node) -> DocumentParty:
    """Issuer or receiver: rules RCF05001 to RCF05005."""
    identification = party.child("TaxIdentification")
    person_type = _person_type(identification)
    # Where the type is unreadable, what stands there tells, so that one mistake is not reported twice.
    person = person_type == "F" or (person_type != "J" and party.child("Individual").exists)
    residence = _residence(identification)
    entity = party.child("Individual" if person else "LegalEntity")
    return DocumentParty(
        tax_id=_tax_id(identification, residence),
        name=_person_name(entity) if person else _corporate_name(entity),
        person=person,
        residence=residence,
        trade_name=entity.text("TradeName") or None,
        address=_address(entity),
    )


def read_offices(party: Node) -> tuple[Office, ...]:
    """The receiver's centres of roles 01 to 04 that have a code, whatever the code looks like."""
    return tuple(
        Office(
            role=OFFICE_ROLES[centre.text("RoleTypeCode")],
            code=centre.text("CentreCode"),
            name=centre.text("CentreDescription") or centre.text("Name") or None,
        )
        for centre in party.child("AdministrativeCentres").children("AdministrativeCentre")
        if centre.text("RoleTypeCode") in OFFICE_ROLES and centre.text("CentreCode")
    )


def split_post_code(text: str) -> tuple[str, str]:
    """Post code and town out of one text: the leading words with a digit, and the rest.

    >>> split_post_code("SW1A 1AA London")
    ('SW1A 1AA', 'London')
    """
    match = _POST_CODE_AND_TOWN.fullmatch(text)
    return (match.group(1).strip(), match.group(2)) if match else ("", text)


def _person_type(identification: Node) -> str:
    code = identification.text("PersonTypeCode")
    if code not in _PERSON_TYPES:
        message = "The person type must be F, a natural person, or J, a legal one."
        identification.complain("RCF05001", message, child="PersonTypeCode", expected="F, J", found=code)
    return code


def _residence(identification: Node) -> str:
    code = identification.text("ResidenceTypeCode")
    if code not in _RESIDENCES:
        message = "The residence must be R, Spain, U, another country of the EU, or E, elsewhere."
        identification.complain("RCF05003", message, child="ResidenceTypeCode", expected="R, U, E", found=code)
    return code


def _tax_id(identification: Node, residence: str) -> str:
    text = identification.text("TaxIdentificationNumber")
    tax_id = normalise(text)
    name = "TaxIdentificationNumber"
    if not text:
        identification.complain("RCF05002", "The tax identification number is missing.", child=name)
    elif not is_well_formed(tax_id):
        message = "A tax identification number is 3 to 30 letters and digits, without spaces or dashes."
        identification.complain("RCF05002", message, child=name, found=text)
    elif residence == "R" and not is_valid_spanish(tax_id):
        message = "The check character of the Spanish tax identification number is wrong."
        identification.complain("RCF05002", message, child=name, severity=Severity.WARNING, found=text)
    return tax_id


def _corporate_name(entity: Node) -> str:
    name = entity.text("CorporateName")
    if not name:
        message = "A legal person must have its corporate name, in LegalEntity."
        entity.complain("RCF05005", message, child="CorporateName")
    return name


def _person_name(entity: Node) -> str:
    first, second = entity.text("FirstSurname"), entity.text("SecondSurname")
    for name in ("Name", "FirstSurname"):
        if not entity.text(name):
            message = "A natural person must have a name and a first surname, in Individual."
            # Programs send people with one name so, and the schema lets them: who it is can be read all the same.
            blank = name == "FirstSurname" and entity.child(name).exists
            severity = Severity.WARNING if blank else Severity.ERROR
            entity.complain("RCF05004", message, child=name, severity=severity)
    surnames = "" if first == NO_SURNAME and not second else f"{first} {second}"
    return " ".join(f"{entity.text('Name')} {surnames}".split())


def _address(entity: Node) -> Address | None:
    spain = entity.child("AddressInSpain")
    overseas = entity.child("OverseasAddress")
    if spain.exists:
        address = _spanish_address(spain)
        unknown = address.street == address.town == address.province == NOT_ON_RECORD
        return None if unknown and address.post_code == NO_POST_CODE else address
    return _overseas_address(overseas) if overseas.exists else None


def _spanish_address(node: Node) -> Address:
    return Address(
        street=node.text("Address"),
        post_code=node.text("PostCode"),
        town=node.text("Town"),
        province=node.text("Province"),
        country_code=_country(node),
    )


def _overseas_address(node: Node) -> Address:
    post_code, town = split_post_code(node.text("PostCodeAndTown"))
    return Address(
        street=node.text("Address"),
        post_code=post_code,
        town=town,
        province=node.text("Province"),
        country_code=_country(node),
    )


def _country(node: Node) -> str:
    code = node.text("CountryCode")
    if not _COUNTRY.fullmatch(code):
        message = "The country must be a code of three letters (ISO 3166-1 alpha-3)."
        node.complain("RCF05003", message, child="CountryCode", expected="ESP", found=code)
    return code
