"""The invoice and everything that hangs on it. Fields are attributes of ``models.rows`` and of the domain's types."""

from __future__ import annotations

from typing import Any

import strawberry

from ..models.domain.transitions import available_transitions
from ..models.rows import AttachmentRow, ChangeRow, DocumentRow, InvoiceRow, ReceiptRow
from .cancellation.types import CancellationFields
from .context import Info
from .documents.converting import converted, language_query
from .documents.details import CorrectedInvoice, InvoiceDetails
from .documents.enums import DocumentFormat, InvoiceClass, InvoiceDocumentType, SignatureStatus, SignerRelation
from .documents.findings import Finding, findings_of
from .documents.lines import InvoiceLine
from .documents.parties import DocumentParty, Office
from .documents.payments import PaymentInstallment
from .enums import InvoiceStatus, Language
from .nodes import Node
from .parties import Party
from .platforms.travel import InvoiceTravel
from .scalars import Date, DateTime, Decimal


@strawberry.type(description="The sums of an invoice, in its currency, each with two decimals.")
class InvoiceTotals:
    """Resolved from ``domain.invoice.Totals``."""

    gross: Decimal = strawberry.field(description="Sum of the lines, before general discounts and taxes.")
    discounts: Decimal = strawberry.field(description="General discounts, as a positive amount.")
    charges: Decimal = strawberry.field(description="General surcharges.")
    taxable: Decimal = strawberry.field(description="Gross less discounts plus charges: gross before taxes.")
    taxes: Decimal = strawberry.field(description="All taxes added, equivalence surcharge included.")
    withheld: Decimal = strawberry.field(description="All taxes withheld, as a positive amount.")
    total: Decimal = strawberry.field(description="Taxable plus taxes less withheld: the invoice's total.")
    payable: Decimal = strawberry.field(description="What is to be paid (Facturae TotalExecutableAmount).")


@strawberry.type(description="One tax of one rate over the whole invoice.")
class TaxTotal:
    """Resolved from ``domain.invoice.TaxTotal``."""

    type: str = strawberry.field(description="IVA, IGIC, IPSI, IRPF, …; a code of the format where it has no name.")
    rate: Decimal = strawberry.field(description="Per cent.")
    base: Decimal = strawberry.field(description="What the tax is computed on.")
    amount: Decimal = strawberry.field(description="The tax itself.")
    withheld: bool = strawberry.field(description="Kept back by the payer rather than added.")
    surcharge_rate: Decimal | None = strawberry.field(description="Equivalence surcharge, per cent.")
    surcharge_amount: Decimal | None = strawberry.field(description="Equivalence surcharge, over and above the amount.")
    special_base: Decimal | None = strawberry.field(description="SpecialTaxableBase, of groups of companies.")
    special_amount: Decimal | None = strawberry.field(description="SpecialTaxAmount.")
    base_in_euros: Decimal | None = strawberry.field(description="The base in euros, where that is not the currency.")
    amount_in_euros: Decimal | None = strawberry.field(description="The tax in euros, likewise.")
    special_base_in_euros: Decimal | None = strawberry.field(description="SpecialTaxableBase in euros.")
    special_amount_in_euros: Decimal | None = strawberry.field(description="SpecialTaxAmount in euros.")
    surcharge_in_euros: Decimal | None = strawberry.field(description="The equivalence surcharge in euros.")
    category: str | None = strawberry.field(description="VAT category, UNTDID 5305: S, Z, E, AE, K, G, O, L, M.")
    exemption_reason: str | None = strawberry.field(description="Why no tax is charged, in words.")
    exemption_code: str | None = strawberry.field(description="The same as a code (VATEX).")


@strawberry.type(description="What is known of a document's signature.")
class SignatureCheck:
    """Resolved from ``domain.signature.SignatureReport``."""

    status: SignatureStatus = strawberry.field(description="Whether the document is signed, and what that is worth.")
    signer: str | None = strawberry.field(description="Who signed, by the certificate.")
    signer_tax_id: str | None = strawberry.field(description="The signer's tax id, where the certificate has one.")
    relation: SignerRelation | None = strawberry.field(
        description="Whether that is the issuer; null where certificate or document has no tax id."
    )
    certificate_issuer: str | None = strawberry.field(description="Who issued the certificate.")
    serial: str | None = strawberry.field(description="The certificate's serial number, decimal digits.")
    signed_at: DateTime | None = strawberry.field(description="When, as the signer says.")
    policy: str | None = strawberry.field(description="The signature policy's identifier.")
    role: str | None = strawberry.field(description="In what role, as the signer says: supplier, third party, …")
    detail: str | None = strawberry.field(description="Why the status is what it is, for a person.")


@strawberry.type(
    description="The document that the invoice came as, its bytes kept as they came; or, where another format was asked"
    " for, what is made of it."
)
class InvoiceDocument:
    """Resolved from ``DocumentRow``."""

    format: DocumentFormat = strawberry.field(description="The format of the bytes.")
    size: int = strawberry.field(description="Bytes.")
    sha256: str = strawberry.field(description="SHA-256 of the bytes, 64 hexadecimal digits.")

    @strawberry.field(
        description="Where the bytes are downloaded: without `format`, as they came in. Needs the same credentials,"
        " expires never."
    )
    @staticmethod
    def url(root: strawberry.Parent[DocumentRow], info: Info) -> str:
        return info.context.links.document(root.invoice_key, query=root.query)

    @strawberry.field(
        description="The same for a link or an image: carries its own permission, good for fifteen minutes."
    )
    @staticmethod
    def signed_url(root: strawberry.Parent[DocumentRow], info: Info) -> str:
        return info.context.links.document(root.invoice_key, signed_for=info.context.signed_in(), query=root.query)

    signature: SignatureCheck = strawberry.field(
        description="Whether the document is signed, and what that is worth, as verified when it came in."
    )

    @strawberry.field(
        description="What the format that was asked for cannot say of this invoice; empty for the document as it came."
    )
    @staticmethod
    def findings(root: strawberry.Parent[DocumentRow]) -> list[Finding]:
        return findings_of(root.findings)


@strawberry.type(description="The receipt of an entry (rebut): what came in, when, its registry number and SHA-256.")
class Receipt:
    """Resolved from ``ReceiptRow``."""

    @strawberry.field(description="Where the PDF is downloaded; needs the same credentials, expires never.")
    @staticmethod
    def url(root: strawberry.Parent[ReceiptRow], info: Info) -> str:
        return info.context.links.receipt(root.invoice_key, query=root.query)

    @strawberry.field(description="The same with its own permission, good for fifteen minutes.")
    @staticmethod
    def signed_url(root: strawberry.Parent[ReceiptRow], info: Info) -> str:
        return info.context.links.receipt(root.invoice_key, signed_for=info.context.signed_in(), query=root.query)


@strawberry.type(description="A file that came with the invoice, inside its document or beside it.")
class Attachment(Node):
    """Resolved from ``AttachmentRow``."""

    name: str = strawberry.field(description="File name.")
    media_type: str = strawberry.field(description="Such as application/pdf.")
    size: int = strawberry.field(description="Bytes.")
    sha256: str = strawberry.field(description="SHA-256 of the bytes, 64 hexadecimal digits.")
    description: str | None = strawberry.field(description="What it is, in the issuer's words.")
    reference: str | None = strawberry.field(description="The document's identifier for it (BT-122); UBL only.")

    @strawberry.field(description="Where it is downloaded; needs the same credentials, expires never.")
    @staticmethod
    def url(root: strawberry.Parent[AttachmentRow], info: Info) -> str:
        return info.context.links.attachment(root.key)

    @strawberry.field(description="The same with its own permission, good for fifteen minutes.")
    @staticmethod
    def signed_url(root: strawberry.Parent[AttachmentRow], info: Info) -> str:
        return info.context.links.attachment(root.key, signed_for=info.context.signed_in())

    @classmethod
    def is_type_of(cls, row: Any, _: Any) -> bool:
        return isinstance(row, AttachmentRow)


@strawberry.type(description="One step of an invoice's history; never altered, never removed.")
class StatusChange(Node):
    """Resolved from ``ChangeRow``."""

    from_status: InvoiceStatus | None = strawberry.field(name="from", description="Null for the first step.")
    to_status: InvoiceStatus = strawberry.field(name="to", description="The state that the step led to.")
    at: DateTime = strawberry.field(description="Data de transacció: when it happened.")
    actor: str = strawberry.field(
        description="Nom de l'usuari: who did it; `Tramesa` where the service itself did, the platform's name where"
        " another one reports it.",
    )
    automated: bool = strawberry.field(description="True where the service itself did it.")
    additional_information: str | None = strawberry.field(
        name="info",
        description="Informació addicional, as a person reads it: registry number, RCF number, reason or payment date.",
    )
    registry_number: str | None = strawberry.field(description="Given with REGISTERED.")
    rcf_number: str | None = strawberry.field(description="Given with REGISTERED_IN_RCF.")
    reason: str | None = strawberry.field(description="Given with REJECTED and CANCELLED.")
    reason_code: str | None = strawberry.field(description="The receiver's own code of the reason.")
    payment_date: Date | None = strawberry.field(description="Given with PAID.")
    reported_at: DateTime | None = strawberry.field(
        description="When it happened on another platform, as that says; `at` is when it was heard of here. Null for"
        " what happened here."
    )
    unexpected: bool = strawberry.field(
        description="True where another platform reports a step that the rules here would have refused: kept as it is."
    )
    invoice: Invoice = strawberry.field(description="The invoice, as it is now.")

    @classmethod
    def is_type_of(cls, row: Any, _: Any) -> bool:
        return isinstance(row, ChangeRow)


@strawberry.type(description="An electronic invoice and where it stands.")
class Invoice(CancellationFields, Node):
    """Resolved from ``InvoiceRow``, which holds what the operation selected and nothing else."""

    number: str = strawberry.field(description="As the issuer gave it, without the series.")
    series: str | None = strawberry.field(description="The issuer's series, if any.")
    document_type: InvoiceDocumentType = strawberry.field(description="Complete, simplified or self-billed.")
    invoice_class: InvoiceClass = strawberry.field(description="Original, corrective, summary, or a copy.")
    issue_date: Date = strawberry.field(description="The date on the invoice.")
    issuer: Party = strawberry.field(description="Who sends it.")
    receiver: Party = strawberry.field(description="Whom it is addressed to.")
    offices: list[Office] = strawberry.field(
        description="DIR3 offices of the receiver: accounting office 01, managing body 02, processing unit 03."
    )
    currency: str = strawberry.field(description="ISO 4217 code of every amount of the invoice.")
    totals: InvoiceTotals = strawberry.field(description="Its sums.")
    taxes: list[TaxTotal] = strawberry.field(description="Its taxes by type and rate, added ones first.")
    lines: list[InvoiceLine] = strawberry.field(description="Its lines, in their order.")
    payments: list[PaymentInstallment] = strawberry.field(description="The payments expected, in their order.")
    corrects: CorrectedInvoice | None = strawberry.field(description="Only on a corrective invoice.")
    corrected_by: list[Invoice] = strawberry.field(
        description="The invoices here that correct this one, the newest first, at most 20; rejected and cancelled ones"
        " too. Only those that the viewer may see."
    )
    status: InvoiceStatus = strawberry.field(description="Where it stands.")
    status_changed_at: DateTime = strawberry.field(description="Since when.")
    registry_number: str | None = strawberry.field(description="Número de registre d'entrada; from REGISTERED on.")
    registered_at: DateTime | None = strawberry.field(description="When it was entered in the register.")
    rcf_number: str | None = strawberry.field(description="Número de registre comptable; from REGISTERED_IN_RCF on.")
    rejection_reason: str | None = strawberry.field(description="Why it was rejected.")
    payment_date: Date | None = strawberry.field(description="When it was paid.")
    history: list[StatusChange] = strawberry.field(description="Every step it took, oldest first, complete.")
    attachments: list[Attachment] = strawberry.field(description="The files that came with it.")
    details: InvoiceDetails = strawberry.field(description="What the document says besides.")
    document_issuer: DocumentParty = strawberry.field(description="The issuer as the document names it.")
    document_receiver: DocumentParty = strawberry.field(description="The receiver as the document names it.")
    findings: list[Finding] = strawberry.field(
        description="The warnings that it came in with; errors would have kept it out."
    )
    travel: InvoiceTravel | None = strawberry.field(
        description="Its way to another platform or from one; null where issuer and receiver are both here."
    )
    seen: bool = strawberry.field(
        description="False until the receiver has opened or downloaded it: to its people, each for himself or herself;"
        " to the issuer, anybody of them."
    )
    version: int = strawberry.field(
        description="Grows by one with each change of state; send it back as expectedVersion."
    )
    created_at: DateTime = strawberry.field(description="When it came in here.")

    @strawberry.field(
        description="The document that it came as; with `format`, the same invoice in that format, made on demand:"
        " FACTURAE_3_2_2, UBL_2_1 or, to read and print, PDF. At most five conversions an operation."
    )
    @staticmethod
    def document(
        root: strawberry.Parent[InvoiceRow],
        info: Info,
        format: DocumentFormat | None = None,  # noqa: A002 - the contract's name
        language: Language | None = None,
    ) -> InvoiceDocument:
        if format is None or format == root.document.format:
            return root.document  # type: ignore[return-value]
        # Awaited by the executor: without a format, which is the rule, there is nothing to wait for.
        return converted(info, root, format, language)  # type: ignore[return-value]

    @strawberry.field(description="The receipt of its entry; null until it is registered.")
    @staticmethod
    def receipt(root: strawberry.Parent[InvoiceRow], language: Language | None = None) -> Receipt | None:
        if root.registry_number is None:
            return None
        return ReceiptRow(root.key, language_query(language))  # type: ignore[return-value]

    @strawberry.field(description="What the viewer may do to this invoice now; empty for who may do nothing.")
    @staticmethod
    def available_transitions(root: strawberry.Parent[InvoiceRow], info: Info) -> list[InvoiceStatus]:
        viewer = info.context.signed_in()
        moves_here = root.receiver_key == viewer.party_id and not root.away
        roles = viewer.roles if moves_here else frozenset()
        return list(available_transitions(root.receiver_kind, root.status, roles))

    @classmethod
    def is_type_of(cls, row: Any, _: Any) -> bool:
        return isinstance(row, InvoiceRow)
