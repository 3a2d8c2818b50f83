"""The entry rules about who is named: RCF05001 to RCF05006 (Orden HAP/1650/2015, annex II, rule 5)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from ...models.domain.findings import Severity
from ...models.domain.invoice import Address, DocumentParty, InvoiceContent
from ...models.domain.tax_ids import is_valid_spanish, is_well_formed
from ..notes import Notes
from ..xml import Element
from .places import COUNTRIES

_PERSON_TYPES: Final = frozenset({"F", "J"})
_RESIDENCES: Final = frozenset({"R", "U", "E"})
_IDENTIFICATION: Final = "TaxIdentification"
_ASSIGNEE: Final = "/Facturae/FileHeader/FactoringAssignmentData/Assignee"


def check_parties(content: InvoiceContent, root: Element, notes: Notes, *, sound: bool) -> None:
    """All that a file names: issuer and receiver, and a third party or an assignee if there is one.

    ``sound``: the structure is right, so that codes need no look.
    """
    for place, party in _named(content):
        if not (sound and _is_as_usual(party)):
            check_party(party, place, root.find(place.removeprefix("/Facturae/")), notes)
    factoring = content.details.factoring
    if factoring is not None and factoring.assignee.tax_id == content.issuer.tax_id != "":
        message = "The claim cannot be assigned to the issuer itself."
        place = f"{_ASSIGNEE}/{_IDENTIFICATION}/TaxIdentificationNumber"
        notes.error("RCF05006", place, message, expected="another number", found=content.issuer.tax_id)


def _named(content: InvoiceContent) -> Iterator[tuple[str, DocumentParty]]:
    yield "/Facturae/Parties/SellerParty", content.issuer
    yield "/Facturae/Parties/BuyerParty", content.receiver
    if content.details.third_party is not None:
        yield "/Facturae/FileHeader/ThirdParty", content.details.third_party
    if content.details.factoring is not None:
        yield _ASSIGNEE, content.details.factoring.assignee


def _is_as_usual(party: DocumentParty) -> bool:
    """Whether there is surely nothing to find in a party whose codes are right."""
    name = party.person_name
    if party.person:
        named = name is not None and bool(name.given and name.surname)
    else:
        named = name is None and bool(party.name)
    return named and is_well_formed(party.tax_id) and (party.residence != "R" or _is_spanish(party.tax_id))


@lru_cache(maxsize=4096)
def _is_spanish(tax_id: str) -> bool:
    """Whether the check character is right; the same few numbers come again and again."""
    return is_valid_spanish(tax_id)


def check_party(party: DocumentParty, place: str, element: Element | None, notes: Notes) -> None:
    """RCF05001 to RCF05005 of one party; ``element`` is where it stands.

    Of what the document lacks altogether, the grammar speaks: the party, its identification, or its name.
    """
    if element is None:
        return
    if element.find(_IDENTIFICATION) is not None:
        _check_identification(party, place, element, notes)
    if element.find("Individual") is None and element.find("LegalEntity") is None:
        return
    if party.person:
        _check_person(place, element, notes)
    else:
        _check_entity(place, element, notes)
    if party.address is not None:
        _check_country(party.address, f"{place}/{_entity_of(element)}", element, notes)


def _check_identification(party: DocumentParty, place: str, element: Element, notes: Notes) -> None:
    type_ = _text(element, f"{_IDENTIFICATION}/PersonTypeCode")
    if type_ not in _PERSON_TYPES:
        message = "The person type must be F, a natural person, or J, a legal one."
        notes.error("RCF05001", f"{place}/{_IDENTIFICATION}/PersonTypeCode", message, expected="F, J", found=type_)
    _check_tax_id(party, place, _text(element, f"{_IDENTIFICATION}/TaxIdentificationNumber"), notes)
    if party.residence not in _RESIDENCES:
        message = "The residence must be R, Spain, U, another country of the EU, or E, elsewhere."
        where = f"{place}/{_IDENTIFICATION}/ResidenceTypeCode"
        notes.error("RCF05003", where, message, expected="R, U, E", found=party.residence)


def _check_tax_id(party: DocumentParty, place: str, written: str, notes: Notes) -> None:
    where = f"{place}/{_IDENTIFICATION}/TaxIdentificationNumber"
    if not party.tax_id:
        notes.error("RCF05002", where, "The tax identification number is missing.")
    elif not is_well_formed(party.tax_id):
        message = "A tax identification number is 3 to 30 letters and digits, without spaces or dashes."
        notes.error("RCF05002", where, message, found=written)
    elif party.residence == "R" and not _is_spanish(party.tax_id):
        message = "The check character of the Spanish tax identification number is wrong."
        notes.warning("RCF05002", where, message, found=written)


def _check_person(place: str, element: Element | None, notes: Notes) -> None:
    for name in ("Name", "FirstSurname"):
        if not _text(element, f"Individual/{name}"):
            message = "A natural person must have a name and a first surname, in Individual."
            # Programs send people with one name so, and the schema lets them: who it is can be read all the same.
            blank = name == "FirstSurname" and element is not None and element.find(f"Individual/{name}") is not None
            severity = Severity.WARNING if blank else Severity.ERROR
            notes.note(severity, "RCF05004", f"{place}/Individual/{name}", message)


def _check_entity(place: str, element: Element | None, notes: Notes) -> None:
    if not _text(element, "LegalEntity/CorporateName"):
        message = "A legal person must have its corporate name, in LegalEntity."
        notes.error("RCF05005", f"{place}/LegalEntity/CorporateName", message)


def _check_country(address: Address, entity: str, element: Element | None, notes: Notes) -> None:
    if address.country_code in COUNTRIES:
        return
    kind = "AddressInSpain"
    if element is not None and element.find(f"{entity.rpartition('/')[2]}/{kind}") is None:
        kind = "OverseasAddress"
    message = "The country must be a code of three letters (ISO 3166-1 alpha-3)."
    notes.error("RCF05003", f"{entity}/{kind}/CountryCode", message, expected="ESP", found=address.country_code)


def _entity_of(element: Element | None) -> str:
    return "Individual" if element is not None and element.find("Individual") is not None else "LegalEntity"


def _text(element: Element | None, path: str) -> str:
    return "" if element is None else (element.findtext(path) or "").strip()
