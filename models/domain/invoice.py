"""An invoice as plain data: what a document says, whatever format said it.

``documents`` reads XML into these types and writes XML from them; ``models.life.entry`` keeps them. All amounts are
exact decimals in the invoice's currency; all rates are per cent. The parts stand by concept in modules of their own,
and are imported from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .amounts import (
    NOT_SETTLED,
    Adjustment,
    LineTax,
    PaymentOnAccount,
    ReimbursableExpense,
    Settlement,
    TaxTotal,
    Totals,
)
from .document_kinds import (
    DocumentFormat,
    InvoiceClass,
    InvoiceDocumentType,
    IssuerType,
    OfficeRole,
    ReferenceKind,
    SignatureStatus,
    SpecialTaxableEvent,
)
from .lines import Item, ItemInstance, ItemProperty, Line
from .parties import Address, Contact, DocumentParty, Office, PersonName, Registration
from .payments import Account, Factoring, FactoringDocument, Payment
from .references import AttachedFile, Correction, Identifier, Period, Reference, SupportingDocument

__all__ = [
    "Account",
    "Address",
    "Adjustment",
    "AttachedFile",
    "Contact",
    "Correction",
    "Delivery",
    "Details",
    "DocumentFormat",
    "DocumentParty",
    "Exchange",
    "Factoring",
    "FactoringDocument",
    "FurtherElement",
    "Identifier",
    "InvoiceClass",
    "InvoiceContent",
    "InvoiceDocumentType",
    "IssuerType",
    "Item",
    "ItemInstance",
    "ItemProperty",
    "Line",
    "LineTax",
    "Note",
    "Office",
    "OfficeRole",
    "Payment",
    "PaymentOnAccount",
    "Period",
    "PersonName",
    "PlaceOfIssue",
    "Reference",
    "ReferenceKind",
    "Registration",
    "ReimbursableExpense",
    "Settlement",
    "SignatureStatus",
    "SpecialTaxableEvent",
    "SupportingDocument",
    "TaxTotal",
    "Totals",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A free text about the whole invoice (BG-1). ``subject`` is UNTDID 4451 (BT-21)."""

    text: str
    subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Where and when the goods went (BG-13)."""

    name: str | None = None
    location: Identifier | None = None
    day: date | None = None
    address: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOfIssue:
    """Facturae ``PlaceOfIssue``."""

    description: str
    post_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Facturae ``ExchangeRateDetails``: euros for one unit of the invoice's currency, and of which day."""

    rate: Decimal
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherElement:
    """An element of a UBL document that no other field holds: UBL says more than EN 16931."""

    place: str
    """XPath without prefixes, as in findings."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What a document says beyond what most readers ask for; every field may be absent."""

    modality: str | None = None
    """Facturae ``Modality``: I one invoice, L a batch."""
    batch_id: str | None = None
    """``BatchIdentifier``."""
    issuer_type: IssuerType = IssuerType.ISSUER
    third_party: DocumentParty | None = None
    factoring: Factoring | None = None
    payee: DocumentParty | None = None
    """BG-10."""
    tax_representative: DocumentParty | None = None
    """BG-11."""
    delivery: Delivery | None = None
    operation_date: date | None = None
    """``OperationDate``; BT-7, the tax point."""
    tax_point_code: str | None = None
    """BT-8, UNTDID 2005."""
    place_of_issue: PlaceOfIssue | None = None
    period: Period | None = None
    """``InvoicingPeriod``; BG-14."""
    exchange: Exchange | None = None
    tax_currency: str | None = None
    """``TaxCurrencyCode``; BT-6."""
    language: str | None = None
    """``LanguageName``, ISO 639-1."""
    description: str | None = None
    """``InvoiceDescription``, from 3.2.2 on."""
    references: tuple[Reference, ...] = ()
    discounts: tuple[Adjustment, ...] = ()
    """Of the whole invoice: ``GeneralDiscounts``; BG-20."""
    charges: tuple[Adjustment, ...] = ()
    """``GeneralSurcharges``; BG-21."""
    settlement: Settlement = NOT_SETTLED
    legal_literals: tuple[str, ...] = ()
    """``LegalReference``."""
    information: str | None = None
    """``InvoiceAdditionalInformation``."""
    notes: tuple[Note, ...] = ()
    payment_terms: str | None = None
    """BT-20."""
    supporting_documents: tuple[SupportingDocument, ...] = ()
    process: str | None = None
    """BT-23, UBL ``ProfileID``."""
    specification: str | None = None
    """BT-24, UBL ``CustomizationID``."""
    type_code: str | None = None
    """BT-3, UNTDID 1001, as the document has it."""
    extensions: tuple[str, ...] = ()
    """XML of other namespaces in ``AdditionalData``, kept as it is."""
    file_extensions: tuple[str, ...] = ()
    """The same of ``Extensions`` below the root, which are about the file."""
    further_elements: tuple[FurtherElement, ...] = ()
    """What a UBL document says beyond all of this, in its order (``documents.ubl.further``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceContent:
    """Everything that a document says about one invoice."""

    format: DocumentFormat
    number: str
    issue_date: date
    issuer: DocumentParty
    receiver: DocumentParty
    currency: str
    totals: Totals
    series: str | None = None
    document_type: InvoiceDocumentType = InvoiceDocumentType.COMPLETE
    invoice_class: InvoiceClass = InvoiceClass.ORIGINAL
    offices: tuple[Office, ...] = ()
    """The receiver's centres."""
    taxes: tuple[TaxTotal, ...] = ()
    lines: tuple[Line, ...] = ()
    payments: tuple[Payment, ...] = ()
    corrects: Correction | None = None
    details: Details = Details()
    attachments: tuple[AttachedFile, ...] = ()
    """The files inside the document itself."""
    signed: bool = False
    """The document carries an XML signature, whatever it is worth."""
