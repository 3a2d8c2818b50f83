"""Who sends and who receives, as a Facturae names them, with their centres, addresses and contacts."""

from __future__ import annotations

import re
from typing import Any, Final

from ...models.domain.invoice import Address, Contact, DocumentParty, Office, PersonName, Registration
from ...models.domain.tax_ids import normalise
from ..quick import maker_of
from ..records import Convert, Reading, Table, all_of, code, fill, record, text
from ..xml import Element
from .codes import OFFICE_ROLES

NOT_ON_RECORD: Final = "No consta"
"""What the administration writes in an address that nobody knows."""
NO_POST_CODE: Final = "00000"
NO_SURNAME: Final = "."
"""Stands for the surname of a person who has one name only: the schema wants one."""

_address_of = maker_of(Address)
_name_of = maker_of(PersonName)
_party_of = maker_of(DocumentParty)

_POST_CODE_AND_TOWN = re.compile(r"((?:\S*[0-9]\S*(?:\s+|\Z))*)(.*)", re.DOTALL)


def split_post_code(text: str) -> tuple[str, str]:
    """Post code and town out of one text: the leading words with a digit, and the rest.

    >>> split_post_code("SW1A 1AA London")
    ('SW1A 1AA', 'London')
    """
    match = _POST_CODE_AND_TOWN.fullmatch(text)
    return (match.group(1).strip(), match.group(2)) if match else ("", text)


def _spanish_address(**values: Any) -> Address | None:
    address = _address_of(**values)
    unknown = address.street == address.town == address.province == NOT_ON_RECORD
    return None if unknown and address.post_code == NO_POST_CODE else address


def _foreign_address(*, both: str, **values: Any) -> Address:
    post_code, town = split_post_code(both)
    return _address_of(post_code=post_code, town=town, **values)


_PLACE: Table = {
    "Address": ("street", text),
    "Province": ("province", text),
    "CountryCode": ("country_code", text),
}
SPANISH_ADDRESS: Final = record(
    _spanish_address,
    {**_PLACE, "PostCode": ("post_code", text), "Town": ("town", text)},
    street="",
    post_code="",
    town="",
    province="",
    country_code="",
)
FOREIGN_ADDRESS: Final = record(
    _foreign_address, {**_PLACE, "PostCodeAndTown": ("both", text)}, street="", both="", province="", country_code=""
)

_ADDRESSES: Table = {"AddressInSpain": ("address", SPANISH_ADDRESS), "OverseasAddress": ("address", FOREIGN_ADDRESS)}

_CONTACT = record(
    Contact,
    {
        "Telephone": ("telephone", text),
        "TeleFax": ("fax", text),
        "WebAddress": ("web", text),
        "ElectronicMail": ("email", text),
        "ContactPersons": ("person", text),
        "CnoCnae": ("activity_code", text),
        "INETownCode": ("town_code", text),
        "AdditionalContactDetails": ("other", text),
    },
)

_REGISTRATION = record(
    Registration,
    {
        "Book": ("book", text),
        "RegisterOfCompaniesLocation": ("register", text),
        "Sheet": ("sheet", text),
        "Folio": ("folio", text),
        "Section": ("section", text),
        "Volume": ("volume", text),
        "AdditionalRegistrationData": ("other", text),
    },
)

_NAME: Table = {
    "Name": ("given", text),
    "FirstSurname": ("surname", text),
    "SecondSurname": ("second_surname", text),
}


def _office(*, role: Any = None, code: str = "", name: str | None = None, **values: Any) -> Office | None:
    """One centre; None for one without a role or a code, which nothing can be sent to."""
    if role is None or not code:
        return None
    responsible = _taken_name(values)
    if name is None and responsible is not None:
        name = responsible.given or None
    return Office(role=role, code=code, name=name, responsible=responsible, **values)


def _taken_name(values: dict[str, Any]) -> PersonName | None:
    """The name out of the values that were read, if they hold any of its parts."""
    parts = {name: values.pop(name) for name in ("given", "surname", "second_surname") if name in values}
    if not parts:
        return None
    if parts.get("surname") == NO_SURNAME and "second_surname" not in parts:
        del parts["surname"]
    return _name_of(**{"given": "", **parts})


OFFICES: Final = all_of(
    "AdministrativeCentre",
    record(
        _office,
        {
            "CentreCode": ("code", text),
            "RoleTypeCode": ("role", code(OFFICE_ROLES)),
            **_NAME,
            **_ADDRESSES,
            "ContactDetails": ("contact", _CONTACT),
            "PhysicalGLN": ("gln", text),
            "LogicalOperationalPoint": ("operational_point", text),
            "CentreDescription": ("name", text),
        },
    ),
)

_PARTY: Table = {
    "TaxIdentification": {
        "TaxIdentificationNumber": ("tax_id", text),
        "PersonTypeCode": ("type", text),
        "ResidenceTypeCode": ("residence", text),
    },
    "PartyIdentification": ("party_id", text),
    "AdministrativeCentres": ("offices", OFFICES),
    "LegalEntity": {
        "CorporateName": ("corporate_name", text),
        "TradeName": ("trade_name", text),
        "RegistrationData": ("registration", _REGISTRATION),
        **_ADDRESSES,
        "ContactDetails": ("contact", _CONTACT),
    },
    "Individual": {**_NAME, **_ADDRESSES, "ContactDetails": ("contact", _CONTACT)},
}


def party(element: Element, reading: Reading) -> DocumentParty:
    """Issuer, receiver, third party or assignee."""
    values = fill(element, _PARTY, reading, {"tax_id": "", "residence": ""})
    values["tax_id"] = normalise(values["tax_id"])
    corporate_name = values.pop("corporate_name", None)
    name = _taken_name(values)
    # Where the type is unreadable, what stands there tells.
    type_ = values.pop("type", None)
    person = type_ == "F" or (type_ != "J" and corporate_name is None and name is not None)
    whole = "" if name is None else " ".join(filter(None, (name.given, name.surname, name.second_surname)))
    return _party_of(
        **values,
        name=((whole or corporate_name) if person else (corporate_name or whole)) or "",
        person=person,
        person_name=name,
    )


PARTY: Final[Convert] = party
