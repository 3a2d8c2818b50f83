"""What a document says beyond the core of the contract, and what it corrects: of ``models.domain.invoice``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from ..scalars import Date
from .amounts import Adjustment, Exchange, Settlement
from .enums import IssuerType
from .parties import Address, DocumentParty
from .payments import Factoring
from .references import Identifier, Note, Period, Reference, SupportingDocument

if TYPE_CHECKING:
    from ..invoices import Invoice


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


@strawberry.type(description="What a corrective invoice corrects, and why.")
class CorrectedInvoice:
    """Resolved from ``models.reading.corrections.CorrectionRow``."""

    invoice: Annotated[Invoice, strawberry.lazy("..invoices")] | None = strawberry.field(
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


@strawberry.type(description="An element of a UBL document that no other field here holds.")
class FurtherElement:
    """Resolved from ``domain.invoice.FurtherElement``."""

    place: str = strawberry.field(description="Where it stands, as a path of elements: /Invoice/UUID.")
    text: str = strawberry.field(description="Its text; of a longer one, the first 2,000 characters.")


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
    further_elements: list[FurtherElement] = strawberry.field(
        description="What a UBL document says beyond all other fields, in its order: at most 1,000 elements; all that"
        " there is stands in the document itself. Not checked."
    )
