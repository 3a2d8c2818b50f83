"""An invoice as plain data: what a document says, whatever format said it.

``documents`` reads XML into these types and writes XML from them; ``models.entry`` keeps them. All amounts are exact
decimals in the invoice's currency; all rates are per cent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class DocumentFormat(StrEnum):
    """The formats that invoices come in."""

    FACTURAE_3_2 = "FACTURAE_3_2"
    FACTURAE_3_2_1 = "FACTURAE_3_2_1"
    FACTURAE_3_2_2 = "FACTURAE_3_2_2"
    UBL_2_1_INVOICE = "UBL_2_1_INVOICE"
    UBL_2_1_CREDIT_NOTE = "UBL_2_1_CREDIT_NOTE"


class SignatureStatus(StrEnum):
    """What is known of a document's signature."""

    VALID = "VALID"
    UNTRUSTED = "UNTRUSTED"
    INVALID = "INVALID"
    ABSENT = "ABSENT"


class InvoiceDocumentType(StrEnum):
    """Facturae ``InvoiceDocumentType``: FC, FA, AF."""

    COMPLETE = "COMPLETE"
    SIMPLIFIED = "SIMPLIFIED"
    SELF_BILLED = "SELF_BILLED"


class InvoiceClass(StrEnum):
    """Facturae ``InvoiceClass``: OO, OR, OC, CO, CR, CC."""

    ORIGINAL = "ORIGINAL"
    CORRECTIVE = "CORRECTIVE"
    SUMMARY = "SUMMARY"
    COPY_OF_ORIGINAL = "COPY_OF_ORIGINAL"
    COPY_OF_CORRECTIVE = "COPY_OF_CORRECTIVE"
    COPY_OF_SUMMARY = "COPY_OF_SUMMARY"


class OfficeRole(StrEnum):
    """DIR3 roles of the receiver's offices: Facturae ``RoleTypeCode`` 01 to 04."""

    ACCOUNTING_OFFICE = "ACCOUNTING_OFFICE"
    MANAGING_BODY = "MANAGING_BODY"
    PROCESSING_UNIT = "PROCESSING_UNIT"
    PROPOSING_BODY = "PROPOSING_BODY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One DIR3 centre of the receiver."""

    role: OfficeRole
    code: str
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address; ``country_code`` is ISO 3166-1 alpha-3, as Facturae has it."""

    street: str
    post_code: str
    town: str
    province: str
    country_code: str = "ESP"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The sums of an invoice, each with at most two decimals by value."""

    gross: Decimal
    """Sum of the lines (``TotalGrossAmount``)."""
    discounts: Decimal
    """General discounts (``TotalGeneralDiscounts``)."""
    charges: Decimal
    """General surcharges (``TotalGeneralSurcharges``)."""
    taxable: Decimal
    """Gross less discounts plus charges (``TotalGrossAmountBeforeTaxes``)."""
    taxes: Decimal
    """``TotalTaxOutputs``, equivalence surcharge included."""
    withheld: Decimal
    """``TotalTaxesWithheld``."""
    total: Decimal
    """``InvoiceTotal``."""
    payable: Decimal
    """``TotalExecutableAmount``: what is to be paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxTotal:
    """One tax of one rate over the whole invoice. ``type`` is a key of ``documents.facturae.codes.TAX_TYPES``."""

    type: str
    rate: Decimal
    base: Decimal
    amount: Decimal
    withheld: bool = False
    surcharge_rate: Decimal | None = None
    surcharge_amount: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTax:
    """A tax of one line. ``base`` and ``amount`` are as the document gives them."""

    type: str
    rate: Decimal
    base: Decimal
    amount: Decimal | None = None
    withheld: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """A discount of a line: an amount, and the rate that it came from if one did."""

    reason: str
    amount: Decimal
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A surcharge of a line: an amount, and the rate that it came from if one did."""

    reason: str
    amount: Decimal
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line. ``gross`` = quantity × unit price − discounts + charges, before taxes (``GrossAmount``)."""

    position: int
    description: str
    quantity: Decimal
    unit_price: Decimal
    gross: Decimal
    unit: str | None = None
    cost: Decimal | None = None
    """Quantity × unit price (``TotalCost``)."""
    discounts: tuple[Discount, ...] = ()
    charges: tuple[Charge, ...] = ()
    taxes: tuple[LineTax, ...] = ()

    @property
    def tax_rate(self) -> Decimal | None:
        """The rate of the line's first tax that is not withheld."""
        return next((tax.rate for tax in self.taxes if not tax.withheld), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One instalment. ``means`` is a key of ``documents.facturae.codes.PAYMENT_MEANS``."""

    due_date: date
    amount: Decimal
    means: str
    iban: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a corrective invoice corrects: Facturae ``Corrective``; with the format's codes (01 … 85; 01–04)."""

    reason_code: str
    reason: str
    method: str
    number: str | None = None
    series: str | None = None
    issue_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFile:
    """A file that travels with an invoice, inside its XML or beside it."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
    description: str | None = None


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
    taxes: tuple[TaxTotal, ...] = ()
    lines: tuple[Line, ...] = ()
    payments: tuple[Payment, ...] = ()
    corrects: Correction | None = None
    attachments: tuple[AttachedFile, ...] = ()
    """The files inside the document itself."""
    signed: bool = False
    """The document carries an XML signature, whatever it is worth."""
