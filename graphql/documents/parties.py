"""A party as the document names it. Attributes of ``models.domain.invoice``."""

from __future__ import annotations

import strawberry

from .enums import OfficeRole
from .references import Identifier


@strawberry.type(description="How to reach somebody.")
class Contact:
    """Resolved from ``domain.invoice.Contact``."""

    person: str | None = strawberry.field(description="Whom to ask for.")
    telephone: str | None = strawberry.field(description="As written.")
    fax: str | None = strawberry.field(description="As written.")
    email: str | None = strawberry.field(description="As written; not checked.")
    web: str | None = strawberry.field(description="As written; never follow it unasked.")
    activity_code: str | None = strawberry.field(description="Code of the economic activity (CNO/CNAE).")
    town_code: str | None = strawberry.field(description="INE code of the town.")
    other: str | None = strawberry.field(description="Anything else (AdditionalContactDetails).")


@strawberry.type(description="A postal address.")
class Address:
    """Resolved from ``domain.invoice.Address``."""

    street: str = strawberry.field(description="Street and number.")
    more: list[str] = strawberry.field(description="Further lines of the address.")
    post_code: str = strawberry.field(description="Post code.")
    town: str = strawberry.field(description="Town.")
    province: str = strawberry.field(description="Province or region.")
    country_code: str = strawberry.field(description="ISO 3166-1 alpha-3, such as ESP.")


@strawberry.type(description="A natural person's name in its parts.")
class PersonName:
    """Resolved from ``domain.invoice.PersonName``."""

    given: str = strawberry.field(description="Given name.")
    surname: str | None = strawberry.field(description="First surname.")
    second_surname: str | None = strawberry.field(description="Second surname.")


@strawberry.type(description="Where a company is entered (Facturae RegistrationData).")
class Registration:
    """Resolved from ``domain.invoice.Registration``."""

    book: str | None = strawberry.field(description="Libro.")
    register: str | None = strawberry.field(description="Registro mercantil.")
    sheet: str | None = strawberry.field(description="Hoja.")
    folio: str | None = strawberry.field(description="Folio.")
    section: str | None = strawberry.field(description="Sección.")
    volume: str | None = strawberry.field(description="Tomo.")
    other: str | None = strawberry.field(description="Other legal information, as free text.")


@strawberry.type(description="A centre of a party; a DIR3 office where the party is a public body.")
class Office:
    """Resolved from ``domain.invoice.Office``."""

    role: OfficeRole = strawberry.field(description="What the office does with the invoice.")
    code: str = strawberry.field(description="Its code as the document has it, usually of DIR3, such as L01081593.")
    name: str | None = strawberry.field(description="Its name, where the document gives one.")
    responsible: PersonName | None = strawberry.field(description="Who answers for it.")
    address: Address | None = strawberry.field(description="Where it is.")
    contact: Contact | None = strawberry.field(description="How to reach it.")
    gln: str | None = strawberry.field(description="Physical GLN.")
    operational_point: str | None = strawberry.field(description="Logical operational point.")


@strawberry.type(description="A party as the document names it, which may differ from what is on record here.")
class DocumentParty:
    """Resolved from ``domain.invoice.DocumentParty``."""

    tax_id: str = strawberry.field(description="Tax identification number, without the prefix ES.")
    name: str = strawberry.field(description="Corporate name, or the whole name of a person.")
    person: bool = strawberry.field(description="A natural person rather than a legal one.")
    residence: str = strawberry.field(description="R Spain, U another country of the EU, E elsewhere.")
    trade_name: str | None = strawberry.field(description="The name it trades under.")
    person_name: PersonName | None = strawberry.field(description="A natural person's name in its parts.")
    address: Address | None = strawberry.field(description="Where it is.")
    contact: Contact | None = strawberry.field(description="How to reach it.")
    registration: Registration | None = strawberry.field(description="Its entry in the register of companies.")
    party_id: str | None = strawberry.field(description="The sender's own number for the party.")
    identifiers: list[Identifier] = strawberry.field(description="Further identifiers (BT-29, BT-46).")
    legal_id: Identifier | None = strawberry.field(description="Number in a register of companies (BT-30, BT-47).")
    tax_registration: str | None = strawberry.field(description="A tax number that is not for VAT (BT-32).")
    electronic_address: Identifier | None = strawberry.field(description="Where it is reached electronically (BT-34).")
    offices: list[Office] = strawberry.field(
        description="Its centres; those of the invoice's receiver are `Invoice.offices`."
    )
