"""Who is named in a document, as it names them: parties, their centres, addresses and contacts."""

from __future__ import annotations

from dataclasses import dataclass

from .document_kinds import OfficeRole
from .references import Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How to reach somebody: Facturae ``ContactDetails``; EN 16931 BG-6 and BG-9."""

    person: str | None = None
    telephone: str | None = None
    fax: str | None = None
    email: str | None = None
    web: str | None = None
    activity_code: str | None = None
    """``CnoCnae``, the code of the economic activity."""
    town_code: str | None = None
    """``INETownCode``."""
    other: str | None = None
    """``AdditionalContactDetails``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonName:
    """A natural person's name in its parts."""

    given: str
    surname: str | None = None
    second_surname: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """Where a company is entered: Facturae ``RegistrationData``. ``other`` is free text (BT-33 too)."""

    book: str | None = None
    register: str | None = None
    sheet: str | None = None
    folio: str | None = None
    section: str | None = None
    volume: str | None = None
    other: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address; ``country_code`` is ISO 3166-1 alpha-3, as Facturae has it."""

    street: str
    post_code: str
    town: str
    province: str
    country_code: str = "ESP"
    more: tuple[str, ...] = ()
    """Further lines of the address (BT-36 and BT-162), in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One centre of a party; a DIR3 office where the party is a public body."""

    role: OfficeRole
    code: str
    name: str | None = None
    responsible: PersonName | None = None
    address: Address | None = None
    contact: Contact | None = None
    gln: str | None = None
    """``PhysicalGLN``."""
    operational_point: str | None = None
    """``LogicalOperationalPoint``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentParty:
    """Issuer or receiver as the document names it. ``tax_id`` is normalised (``tax_ids.normalise``)."""

    tax_id: str
    name: str
    person: bool = False
    """A natural person (Facturae ``PersonTypeCode`` F) rather than a legal entity (J)."""
    residence: str = "R"
    """Facturae ``ResidenceTypeCode``: R Spain, U another country of the EU, E elsewhere."""
    trade_name: str | None = None
    address: Address | None = None
    person_name: PersonName | None = None
    """Of a natural person, in its parts; ``name`` is the whole."""
    contact: Contact | None = None
    registration: Registration | None = None
    party_id: str | None = None
    """``PartyIdentification``, the sender's own number for the party."""
    identifiers: tuple[Identifier, ...] = ()
    """BT-29 and BT-46; of a payee BT-60."""
    legal_id: Identifier | None = None
    """BT-30 and BT-47, the number in a register of companies."""
    tax_registration: str | None = None
    """BT-32, a tax number that is not for VAT."""
    electronic_address: Identifier | None = None
    """BT-34 and BT-49."""
    offices: tuple[Office, ...] = ()
    """The centres of a party other than the receiver, whose stand in ``InvoiceContent.offices``."""
