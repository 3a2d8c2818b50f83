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
    """The formats that invoices come in and, as PDF and UBL_2_1, go out in: the latter stands for either kind of it."""

    FACTURAE_3_2 = "FACTURAE_3_2"
    FACTURAE_3_2_1 = "FACTURAE_3_2_1"
    FACTURAE_3_2_2 = "FACTURAE_3_2_2"
    UBL_2_1_INVOICE = "UBL_2_1_INVOICE"
    UBL_2_1_CREDIT_NOTE = "UBL_2_1_CREDIT_NOTE"
    UBL_2_1 = "UBL_2_1"
    PDF = "PDF"

    @property
    def is_facturae(self) -> bool:
        """Whether it is a version of Facturae rather than UBL."""
        return self.name.startswith("FACTURAE")


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
    """Roles of a party's centres: ``RoleTypeCode`` 01 to 09. The DIR3 offices of a public body are 01 to 04."""

    ACCOUNTING_OFFICE = "ACCOUNTING_OFFICE"
    MANAGING_BODY = "MANAGING_BODY"
    PROCESSING_UNIT = "PROCESSING_UNIT"
    PROPOSING_BODY = "PROPOSING_BODY"
    COLLECTOR = "COLLECTOR"
    SELLER = "SELLER"
    PAYEE = "PAYEE"
    COLLECTION = "COLLECTION"
    ISSUER = "ISSUER"


class IssuerType(StrEnum):
    """Who wrote the document: Facturae ``InvoiceIssuerType`` EM, RE, TE."""

    ISSUER = "ISSUER"
    RECEIVER = "RECEIVER"
    THIRD_PARTY = "THIRD_PARTY"


class ReferenceKind(StrEnum):
    """What a reference of an invoice or of a line points to. Facturae element; EN 16931 term."""

    FILE = "FILE"
    """``FileReference``, the administration's file (expedient)."""
    RECEIVER_CONTRACT = "RECEIVER_CONTRACT"
    """``ReceiverContractReference``; BT-12."""
    RECEIVER_ORDER = "RECEIVER_ORDER"
    """``ReceiverTransactionReference``; BT-13."""
    ISSUER_CONTRACT = "ISSUER_CONTRACT"
    """``IssuerContractReference``."""
    ISSUER_ORDER = "ISSUER_ORDER"
    """``IssuerTransactionReference``; BT-14."""
    ORDER_LINE = "ORDER_LINE"
    """``SequenceNumber``; BT-132. Of a line only."""
    DELIVERY_NOTE = "DELIVERY_NOTE"
    """``DeliveryNote``; BT-16."""
    RECEIVING_ADVICE = "RECEIVING_ADVICE"
    """BT-15."""
    BUYER_REFERENCE = "BUYER_REFERENCE"
    """BT-10."""
    PROJECT = "PROJECT"
    """BT-11."""
    TENDER = "TENDER"
    """BT-17, tender or lot."""
    INVOICED_OBJECT = "INVOICED_OBJECT"
    """BT-18 and BT-128, such as a meter."""
    BUYER_ACCOUNTING = "BUYER_ACCOUNTING"
    """BT-19 and BT-133, where the buyer is to book it."""
    RELATED_INVOICE = "RELATED_INVOICE"
    """``RelatedInvoice``."""
    PRECEDING_INVOICE = "PRECEDING_INVOICE"
    """BG-3; of a corrective invoice from the second on, as the first is ``InvoiceContent.corrects``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Something else that the invoice or the line is about."""

    kind: ReferenceKind
    value: str
    day: date | None = None
    scheme: str | None = None
    """The scheme of the identifier, where the format names one (UBL ``schemeID``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """An identifier and the scheme it belongs to (UBL ``schemeID`` or ``listID``; ``version`` is ``listVersionID``)."""

    value: str
    scheme: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From a day to a day, both within; UBL may leave one out."""

    start: date | None = None
    end: date | None = None


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
class Adjustment:
    """A discount, a surcharge, a subsidy, a retention: an amount, why, and the rate that it came from if one did."""

    reason: str
    amount: Decimal
    rate: Decimal | None = None
    base: Decimal | None = None
    """What the rate is of (BT-93, BT-100, BT-137, BT-142)."""
    code: str | None = None
    """UNTDID 5189 or 7161 (BT-98, BT-105, BT-140, BT-145)."""
    tax_category: str | None = None
    """UNTDID 5305, of a discount or surcharge of the whole invoice (BT-95, BT-102)."""
    tax_rate: Decimal | None = None
    """Per cent (BT-96, BT-103)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentOnAccount:
    """What was paid before: Facturae ``PaymentOnAccount``; UBL has the sum only, and no date."""

    amount: Decimal
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReimbursableExpense:
    """An expense paid for the receiver: Facturae ``ReimbursableExpenses`` (suplidos)."""

    amount: Decimal
    issuer_tax_id: str | None = None
    receiver_tax_id: str | None = None
    issue_date: date | None = None
    number: str | None = None
    series: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The way from the invoice's total to what is to be paid; a sum that the document does not state is None."""

    outstanding: Decimal | None = None
    """``TotalOutstandingAmount``."""
    subsidies: tuple[Adjustment, ...] = ()
    on_account: tuple[PaymentOnAccount, ...] = ()
    on_account_total: Decimal | None = None
    """``TotalPaymentsOnAccount``; BT-113."""
    reimbursable: tuple[ReimbursableExpense, ...] = ()
    reimbursable_total: Decimal | None = None
    """``TotalReimbursableExpenses``."""
    financial_expenses: Decimal | None = None
    """``TotalFinancialExpenses``."""
    retention: Adjustment | None = None
    """``AmountsWithheld``, a guarantee that the receiver keeps."""
    in_kind: Adjustment | None = None
    """``PaymentInKind``, from 3.2.2 on."""
    rounding: Decimal | None = None
    """BT-114."""
    taxes_in_tax_currency: Decimal | None = None
    """BT-111."""
    total_in_euros: Decimal | None = None
    """``EquivalentInEuros`` of the invoice's total, where it is in another currency."""
    outstanding_in_euros: Decimal | None = None
    payable_in_euros: Decimal | None = None


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
    special_base: Decimal | None = None
    """``SpecialTaxableBase``."""
    special_amount: Decimal | None = None
    """``SpecialTaxAmount``."""
    base_in_euros: Decimal | None = None
    """``EquivalentInEuros`` of the base, where the invoice is in another currency."""
    amount_in_euros: Decimal | None = None
    special_base_in_euros: Decimal | None = None
    special_amount_in_euros: Decimal | None = None
    surcharge_in_euros: Decimal | None = None
    category: str | None = None
    """UNTDID 5305 (BT-118): S, Z, E, AE, K, G, O, L, M."""
    exemption_reason: str | None = None
    """BT-120."""
    exemption_code: str | None = None
    """BT-121."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTax:
    """A tax of one line. ``base`` and ``amount`` are as the document gives them."""

    type: str
    rate: Decimal
    base: Decimal
    amount: Decimal | None = None
    withheld: bool = False
    surcharge_rate: Decimal | None = None
    surcharge_amount: Decimal | None = None
    special_base: Decimal | None = None
    special_amount: Decimal | None = None
    base_in_euros: Decimal | None = None
    amount_in_euros: Decimal | None = None
    special_base_in_euros: Decimal | None = None
    special_amount_in_euros: Decimal | None = None
    surcharge_in_euros: Decimal | None = None
    category: str | None = None
    """UNTDID 5305 (BT-151)."""


class SpecialTaxableEvent(StrEnum):
    """Facturae ``SpecialTaxableEventCode`` 01 and 02."""

    EXEMPT = "EXEMPT"
    NOT_SUBJECT = "NOT_SUBJECT"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemProperty:
    """BG-32: a property of what is billed, such as Colour: red."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What EN 16931 says of the thing billed, beyond its description (BG-29 to BG-32)."""

    detail: str | None = None
    """BT-154; the name, BT-153, is the line's description."""
    buyer_code: str | None = None
    """BT-156."""
    standard_code: Identifier | None = None
    """BT-157, such as a GTIN (scheme 0160)."""
    classifications: tuple[Identifier, ...] = ()
    """BT-158."""
    origin: str | None = None
    """BT-159, ISO 3166-1 alpha-3."""
    properties: tuple[ItemProperty, ...] = ()
    gross_price: Decimal | None = None
    """BT-148, before ``price_discount`` (BT-147)."""
    price_discount: Decimal | None = None
    base_quantity: Decimal | None = None
    """BT-149: the unit price is for so many units; ``Line.unit_price`` is as the document gives it."""
    base_unit: str | None = None
    """BT-150, UN/ECE Recommendation 20."""


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
    discounts: tuple[Adjustment, ...] = ()
    charges: tuple[Adjustment, ...] = ()
    taxes: tuple[LineTax, ...] = ()
    id: str | None = None
    """BT-126, as the document numbers the line."""
    unit_code: str | None = None
    """The unit as the document codes it: Facturae 01 to 36, or UN/ECE Recommendation 20 (BT-130)."""
    article_code: str | None = None
    """``ArticleCode``; BT-155, the issuer's."""
    period: Period | None = None
    """``LineItemPeriod``; BG-26."""
    transaction_date: date | None = None
    """``TransactionDate``."""
    references: tuple[Reference, ...] = ()
    special_event: SpecialTaxableEvent | None = None
    special_event_reason: str | None = None
    information: str | None = None
    """``AdditionalLineItemInformation``; BT-127."""
    item: Item | None = None
    extensions: tuple[str, ...] = ()
    """XML of other namespaces, kept as it is."""

    @property
    def line_number(self) -> str | None:
        """``id``, by a name that no client takes for the id of an object."""
        return self.id

    @property
    def tax_rate(self) -> Decimal | None:
        """The rate of the line's first tax that is not withheld."""
        return next((tax.rate for tax in self.taxes if not tax.withheld), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A bank account: an IBAN, or a number of another kind."""

    iban: str | None = None
    number: str | None = None
    bic: str | None = None
    bank_code: str | None = None
    branch_code: str | None = None
    branch_address: Address | None = None
    holder: str | None = None
    """BT-85."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One instalment. ``means`` is a key of ``documents.facturae.codes.PAYMENT_MEANS``."""

    due_date: date
    amount: Decimal
    means: str
    iban: str | None = None
    """The account that the money goes to or, for a direct debit, comes from; without spaces."""
    due_date_stated: bool = True
    """False where the document names no date: then ``due_date`` is the date of issue."""
    means_code: str | None = None
    """As the document codes it: Facturae 01 to 19, or UNTDID 4461 (BT-81)."""
    means_text: str | None = None
    """BT-82."""
    credited: Account | None = None
    debited: Account | None = None
    reference: str | None = None
    """``PaymentReconciliationReference``; BT-83."""
    debit_reference: str | None = None
    """``DebitReconciliationReference``."""
    information: str | None = None
    """``CollectionAdditionalInformation``."""
    regulatory: str | None = None
    """``RegulatoryReportingData``."""
    mandate: str | None = None
    """BT-89."""
    creditor_id: str | None = None
    """BT-90."""
    card_number: str | None = None
    """BT-87, the last digits."""
    card_holder: str | None = None
    """BT-88."""
    card_network: str | None = None
    """Whose card it is, as UBL's ``NetworkID`` says, such as VISA."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a corrective invoice corrects: Facturae ``Corrective``, with the format's codes (01 … 85; 01–04).

    UBL names the preceding invoice only: there ``reason_code`` and ``method`` are empty.
    """

    reason_code: str
    reason: str
    method: str
    number: str | None = None
    series: str | None = None
    issue_date: date | None = None
    detail: str | None = None
    """``AdditionalReasonDescription``."""
    period: Period | None = None
    """``TaxPeriod``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFile:
    """A file that travels with an invoice, inside its XML or beside it."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
    description: str | None = None
    reference: str | None = None
    """BT-122, the identifier of the supporting document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportingDocument:
    """A document that the invoice names without carrying it (BG-24)."""

    reference: str
    description: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A free text about the whole invoice (BG-1). ``subject`` is UNTDID 4451 (BT-21)."""

    text: str
    subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactoringDocument:
    """A paper of the assignment: Facturae ``FactoringAssignmentDocument``, from 3.2.2 on."""

    character: str
    """``DocumentCharacter``."""
    type: str
    """``DocumentType``."""
    representative: str | None = None
    """``RepresentationIdentity``."""
    repository: str | None = None
    """``RepositoryName``, where the document is kept."""
    url: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Factoring:
    """To whom the claim was assigned: Facturae ``FactoringAssignmentData``."""

    assignee: DocumentParty
    payments: tuple[Payment, ...] = ()
    clauses: str | None = None
    documents: tuple[FactoringDocument, ...] = ()


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
    settlement: Settlement = Settlement()
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
