"""What a document says beyond the core of the contract: attributes of ``models.domain.invoice``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from .enums import IssuerType, OfficeRole, ReferenceKind, SpecialTaxableEvent
from .scalars import Date, Decimal

if TYPE_CHECKING:
    from .invoices import Invoice


@strawberry.type(description="An identifier, and the scheme that it belongs to.")
class Identifier:
    """Resolved from ``domain.invoice.Identifier``."""

    value: str = strawberry.field(description="The identifier itself.")
    scheme: str | None = strawberry.field(description="Its scheme, where there is one (UBL schemeID, listID).")
    version: str | None = strawberry.field(description="The scheme's version (UBL listVersionID).")


@strawberry.type(description="From a day to a day, both within; UBL may leave one out.")
class Period:
    """Resolved from ``domain.invoice.Period``."""

    start: Date | None = strawberry.field(description="The first day.")
    end: Date | None = strawberry.field(description="The last day.")


@strawberry.type(description="Something else that the invoice or the line is about: a file, an order, a contract.")
class Reference:
    """Resolved from ``domain.invoice.Reference``."""

    kind: ReferenceKind = strawberry.field(description="What it points to.")
    value: str = strawberry.field(description="The number or text that the document gives.")
    day: Date | None = strawberry.field(name="date", description="Of what date that is, where the document says so.")
    scheme: str | None = strawberry.field(description="The scheme of the identifier (UBL schemeID).")


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


@strawberry.type(description="A discount, surcharge, subsidy or retention.")
class Adjustment:
    """Resolved from ``domain.invoice.Adjustment``."""

    reason: str = strawberry.field(description="Why, in words.")
    amount: Decimal = strawberry.field(description="How much, as a positive amount.")
    rate: Decimal | None = strawberry.field(description="The rate that it came from, per cent.")
    base: Decimal | None = strawberry.field(description="What the rate is of.")
    code: str | None = strawberry.field(description="The reason's code, UNTDID 5189 or 7161.")
    tax_category: str | None = strawberry.field(description="VAT category of the amount, UNTDID 5305.")
    tax_rate: Decimal | None = strawberry.field(description="VAT rate of the amount, per cent.")


@strawberry.type(description="A tax of one line.")
class LineTax:
    """Resolved from ``domain.invoice.LineTax``."""

    type: str = strawberry.field(description="IVA, IGIC, IPSI, IRPF, …; a code of the format where it has no name.")
    rate: Decimal = strawberry.field(description="Per cent.")
    base: Decimal = strawberry.field(description="What the tax is computed on.")
    amount: Decimal | None = strawberry.field(description="The tax itself, where the document states it.")
    withheld: bool = strawberry.field(description="Kept back by the payer rather than added.")
    surcharge_rate: Decimal | None = strawberry.field(description="Equivalence surcharge, per cent.")
    surcharge_amount: Decimal | None = strawberry.field(description="Equivalence surcharge.")
    special_base: Decimal | None = strawberry.field(description="SpecialTaxableBase, of groups of companies.")
    special_amount: Decimal | None = strawberry.field(description="SpecialTaxAmount.")
    base_in_euros: Decimal | None = strawberry.field(description="The base in euros, where that is not the currency.")
    amount_in_euros: Decimal | None = strawberry.field(description="The tax in euros, likewise.")
    special_base_in_euros: Decimal | None = strawberry.field(description="SpecialTaxableBase in euros.")
    special_amount_in_euros: Decimal | None = strawberry.field(description="SpecialTaxAmount in euros.")
    surcharge_in_euros: Decimal | None = strawberry.field(description="The equivalence surcharge in euros.")
    category: str | None = strawberry.field(description="VAT category, UNTDID 5305: S, Z, E, AE, K, G, O, L, M.")


@strawberry.type(description="A property of what is billed, such as Colour: red.")
class ItemProperty:
    """Resolved from ``domain.invoice.ItemProperty``."""

    name: str = strawberry.field(description="Which property.")
    value: str = strawberry.field(description="Its value.")


@strawberry.type(description="What EN 16931 says of the thing billed, beyond its description.")
class Item:
    """Resolved from ``domain.invoice.Item``."""

    detail: str | None = strawberry.field(description="A longer description (BT-154).")
    buyer_code: str | None = strawberry.field(description="The receiver's article number (BT-156).")
    standard_code: Identifier | None = strawberry.field(description="Such as a GTIN, scheme 0160 (BT-157).")
    classifications: list[Identifier] = strawberry.field(description="Classes of goods, such as CPV (BT-158).")
    origin: str | None = strawberry.field(description="Country of origin, ISO 3166-1 alpha-3 (BT-159).")
    properties: list[ItemProperty] = strawberry.field(description="Further properties (BG-32).")
    gross_price: Decimal | None = strawberry.field(description="Price before the price's discount (BT-148).")
    price_discount: Decimal | None = strawberry.field(description="Discount of the price (BT-147).")
    base_quantity: Decimal | None = strawberry.field(description="The unit price is for so many units (BT-149).")
    base_unit: str | None = strawberry.field(description="Unit of that quantity, UN/ECE Recommendation 20 (BT-150).")


@strawberry.type(description="A bank account: an IBAN, or a number of another kind.")
class Account:
    """Resolved from ``domain.invoice.Account``."""

    iban: str | None = strawberry.field(description="Without spaces.")
    number: str | None = strawberry.field(description="A number that is not an IBAN.")
    bic: str | None = strawberry.field(description="The bank's BIC.")
    bank_code: str | None = strawberry.field(description="The bank's national code.")
    branch_code: str | None = strawberry.field(description="The branch's national code.")
    branch_address: Address | None = strawberry.field(description="Where the branch is.")
    holder: str | None = strawberry.field(description="Whose account it is.")


@strawberry.type(description="What was paid before.")
class PaymentOnAccount:
    """Resolved from ``domain.invoice.PaymentOnAccount``."""

    amount: Decimal = strawberry.field(description="How much.")
    day: Date | None = strawberry.field(name="date", description="When, where the document says so.")


@strawberry.type(description="An expense paid for the receiver (suplidos).")
class ReimbursableExpense:
    """Resolved from ``domain.invoice.ReimbursableExpense``."""

    amount: Decimal = strawberry.field(description="How much.")
    issuer_tax_id: str | None = strawberry.field(description="Whom it was paid to.")
    receiver_tax_id: str | None = strawberry.field(description="For whom.")
    issue_date: Date | None = strawberry.field(description="Date of that invoice.")
    number: str | None = strawberry.field(description="Its number.")
    series: str | None = strawberry.field(description="Its series.")


@strawberry.type(description="The way from the total to what is to be paid. A sum that the document omits is null.")
class Settlement:
    """Resolved from ``domain.invoice.Settlement``."""

    outstanding: Decimal | None = strawberry.field(description="TotalOutstandingAmount.")
    subsidies: list[Adjustment] = strawberry.field(description="Subsidies deducted.")
    on_account: list[PaymentOnAccount] = strawberry.field(description="Payments made before.")
    on_account_total: Decimal | None = strawberry.field(description="Their sum (BT-113).")
    reimbursable: list[ReimbursableExpense] = strawberry.field(description="Expenses paid for the receiver.")
    reimbursable_total: Decimal | None = strawberry.field(description="Their sum.")
    financial_expenses: Decimal | None = strawberry.field(description="TotalFinancialExpenses.")
    retention: Adjustment | None = strawberry.field(
        description="What the receiver keeps as a guarantee (AmountsWithheld)."
    )
    in_kind: Adjustment | None = strawberry.field(description="Paid in kind (PaymentInKind).")
    rounding: Decimal | None = strawberry.field(description="Added to round what is to be paid (BT-114).")
    taxes_in_tax_currency: Decimal | None = strawberry.field(description="Sum of taxes in `taxCurrency` (BT-111).")
    total_in_euros: Decimal | None = strawberry.field(
        description="The total in euros, where the invoice is in another currency and says so."
    )
    outstanding_in_euros: Decimal | None = strawberry.field(description="What is outstanding in euros, likewise.")
    payable_in_euros: Decimal | None = strawberry.field(description="What is to be paid in euros, likewise.")


@strawberry.type(description="A free text about the whole invoice.")
class Note:
    """Resolved from ``domain.invoice.Note``."""

    text: str = strawberry.field(description="The text.")
    subject: str | None = strawberry.field(description="What it is about, UNTDID 4451.")


@strawberry.type(description="A document that the invoice names without carrying it.")
class SupportingDocument:
    """Resolved from ``domain.invoice.SupportingDocument``."""

    reference: str = strawberry.field(description="Its identifier.")
    description: str | None = strawberry.field(description="What it is.")
    url: str | None = strawberry.field(description="Where it is, as the issuer says; never fetched here.")


@strawberry.type(description="Where and when the goods went.")
class Delivery:
    """Resolved from ``domain.invoice.Delivery``."""

    name: str | None = strawberry.field(description="To whom.")
    location: Identifier | None = strawberry.field(description="Identifier of the place.")
    day: Date | None = strawberry.field(name="date", description="When.")
    address: Address | None = strawberry.field(description="Where to.")


@strawberry.type(description="Where the invoice was issued.")
class PlaceOfIssue:
    """Resolved from ``domain.invoice.PlaceOfIssue``."""

    description: str = strawberry.field(description="The place.")
    post_code: str | None = strawberry.field(description="Its post code.")


@strawberry.type(description="The exchange rate of an invoice in another currency than the euro.")
class Exchange:
    """Resolved from ``domain.invoice.Exchange``."""

    rate: Decimal = strawberry.field(description="As the document states it.")
    day: Date = strawberry.field(name="date", description="Of which day.")


@strawberry.type(description="One payment that the issuer expects.")
class PaymentInstallment:
    """Resolved from ``domain.invoice.Payment``."""

    due_date: Date = strawberry.field(description="When it is due; the date of issue where the document names none.")
    due_date_stated: bool = strawberry.field(description="False where the document names no date.")
    amount: Decimal = strawberry.field(description="How much.")
    means: str = strawberry.field(description="TRANSFER, DIRECT_DEBIT, CASH, CARD, …")
    means_code: str | None = strawberry.field(description="As the document codes it: Facturae 01 to 19, UNTDID 4461.")
    means_text: str | None = strawberry.field(description="The means in words.")
    iban: str | None = strawberry.field(description="The account, without spaces.")
    credited: Account | None = strawberry.field(description="The account that the money goes to.")
    debited: Account | None = strawberry.field(description="The account that it comes from, of a direct debit.")
    reference: str | None = strawberry.field(description="What to write on the transfer.")
    debit_reference: str | None = strawberry.field(description="Reference for the payer's own books.")
    information: str | None = strawberry.field(description="Further information on the collection.")
    regulatory: str | None = strawberry.field(description="Data that the central bank asks for.")
    mandate: str | None = strawberry.field(description="Reference of the direct debit's mandate.")
    creditor_id: str | None = strawberry.field(description="The creditor's identifier for direct debits.")
    card_number: str | None = strawberry.field(description="The last digits of the card.")
    card_holder: str | None = strawberry.field(description="Whose card.")
    card_network: str | None = strawberry.field(description="Of which network, such as VISA; UBL only.")


@strawberry.type(description="A paper of an assignment (FactoringAssignmentDocument, from Facturae 3.2.2 on).")
class FactoringDocument:
    """Resolved from ``domain.invoice.FactoringDocument``."""

    character: str = strawberry.field(description="What it is worth (DocumentCharacter).")
    type: str = strawberry.field(description="What it is (DocumentType).")
    representative: str | None = strawberry.field(description="Who signed for the assignee.")
    repository: str | None = strawberry.field(description="Where it is kept.")
    url: str | None = strawberry.field(description="Its address there, as the issuer says; never fetched here.")
    reference: str | None = strawberry.field(description="Its number there.")


@strawberry.type(description="To whom the claim was assigned.")
class Factoring:
    """Resolved from ``domain.invoice.Factoring``."""

    assignee: DocumentParty = strawberry.field(description="Who is to be paid.")
    payments: list[PaymentInstallment] = strawberry.field(description="How.")
    clauses: str | None = strawberry.field(description="The assignment's clauses.")
    documents: list[FactoringDocument] = strawberry.field(description="Its papers, in the document's order.")


@strawberry.type(description="One line of an invoice.")
class InvoiceLine:
    """Resolved from ``domain.invoice.Line``."""

    position: int = strawberry.field(description="1 for the first.")
    line_number: str | None = strawberry.field(description="As the document numbers it (BT-126).")
    description: str = strawberry.field(description="What is billed.")
    quantity: Decimal = strawberry.field(description="How many units.")
    unit: str | None = strawberry.field(description="UNIT, HOUR, KILOGRAM, …; null where the document names none.")
    unit_code: str | None = strawberry.field(
        description="As the document codes it: Facturae 01 to 36, UN/ECE Recommendation 20."
    )
    unit_price: Decimal = strawberry.field(description="Price of one unit, before taxes.")
    cost: Decimal | None = strawberry.field(description="Quantity × unit price, where the document states it.")
    discounts: list[Adjustment] = strawberry.field(description="Discounts of the line.")
    charges: list[Adjustment] = strawberry.field(description="Surcharges of the line.")
    gross: Decimal = strawberry.field(description="Quantity × unit price less discounts plus charges, before taxes.")
    tax_rate: Decimal | None = strawberry.field(description="Rate of the line's first added tax, per cent.")
    taxes: list[LineTax] = strawberry.field(description="Its taxes, added ones first.")
    article_code: str | None = strawberry.field(description="The issuer's article number.")
    period: Period | None = strawberry.field(description="The period that it bills.")
    transaction_date: Date | None = strawberry.field(description="When the operation was made.")
    references: list[Reference] = strawberry.field(description="Files, orders, contracts, delivery notes.")
    special_event: SpecialTaxableEvent | None = strawberry.field(description="Exempt, or not subject to the tax.")
    special_event_reason: str | None = strawberry.field(description="Why, usually the article of the law.")
    information: str | None = strawberry.field(description="A note on the line.")
    item: Item | None = strawberry.field(description="More about the thing billed; UBL only.")
    extensions: list[str] = strawberry.field(description="XML of other namespaces, as it is. Not checked.")


@strawberry.type(description="What a corrective invoice corrects, and why.")
class CorrectedInvoice:
    """Resolved from ``models.corrections.CorrectionRow``."""

    invoice: Annotated[Invoice, strawberry.lazy(".invoices")] | None = strawberry.field(
        description="The corrected invoice, where it is here and the viewer may see it; of several of this number the"
        " one that counts, else the newest. Null otherwise."
    )
    number: str | None = strawberry.field(description="Number of the corrected invoice.")
    series: str | None = strawberry.field(description="Its series.")
    reason_code: str = strawberry.field(description="Facturae ReasonCode, 01 to 16 and 80 to 85; empty in UBL.")
    reason: str = strawberry.field(description="The reason in words.")
    method: str = strawberry.field(description="Facturae CorrectionMethod: 01 whole, 02 differences, 03, 04; or empty.")
    issue_date: Date | None = strawberry.field(description="Date of the corrected invoice; in Facturae from 3.2.2 on.")
    detail: str | None = strawberry.field(description="A further explanation (AdditionalReasonDescription).")
    period: Period | None = strawberry.field(description="The tax period of the corrected invoice.")


@strawberry.type(description="What the document says beyond what most readers ask for; most fields are null or empty.")
class InvoiceDetails:
    """Resolved from ``domain.invoice.Details``."""

    modality: str | None = strawberry.field(description="Facturae Modality: I one invoice, L a batch.")
    batch_id: str | None = strawberry.field(description="BatchIdentifier.")
    issuer_type: IssuerType = strawberry.field(description="Who wrote the document.")
    third_party: DocumentParty | None = strawberry.field(description="Who wrote it in the issuer's name.")
    factoring: Factoring | None = strawberry.field(description="To whom the claim was assigned.")
    payee: DocumentParty | None = strawberry.field(description="Who is paid, where that is not the issuer (BG-10).")
    tax_representative: DocumentParty | None = strawberry.field(description="The issuer's tax representative (BG-11).")
    delivery: Delivery | None = strawberry.field(description="Where and when the goods went (BG-13).")
    operation_date: Date | None = strawberry.field(description="When the operation was made: the tax point.")
    tax_point_code: str | None = strawberry.field(description="What decides the tax point, UNTDID 2005.")
    place_of_issue: PlaceOfIssue | None = strawberry.field(description="Where it was issued.")
    period: Period | None = strawberry.field(description="The period that it bills.")
    exchange: Exchange | None = strawberry.field(description="The exchange rate.")
    tax_currency: str | None = strawberry.field(description="Currency of the taxes, ISO 4217.")
    language: str | None = strawberry.field(description="Language of the document, ISO 639-1.")
    description: str | None = strawberry.field(description="What the invoice is about.")
    references: list[Reference] = strawberry.field(description="Files, orders, contracts, related invoices.")
    discounts: list[Adjustment] = strawberry.field(description="Discounts of the whole invoice.")
    charges: list[Adjustment] = strawberry.field(description="Surcharges of the whole invoice.")
    settlement: Settlement = strawberry.field(description="From the total to what is to be paid.")
    legal_literals: list[str] = strawberry.field(description="Texts that the law asks for.")
    information: str | None = strawberry.field(description="Additional information.")
    notes: list[Note] = strawberry.field(description="Free texts (BG-1).")
    payment_terms: str | None = strawberry.field(description="Terms of payment in words (BT-20).")
    supporting_documents: list[SupportingDocument] = strawberry.field(description="Documents named, not carried.")
    process: str | None = strawberry.field(description="The business process, UBL ProfileID.")
    specification: str | None = strawberry.field(description="The rules that it follows, UBL CustomizationID.")
    type_code: str | None = strawberry.field(description="Kind of document, UNTDID 1001, as UBL has it.")
    extensions: list[str] = strawberry.field(description="XML of other namespaces, as it is. Not checked.")
    file_extensions: list[str] = strawberry.field(description="The same of what is about the file as a whole.")
