"""The enums of documents, each value explained."""

from __future__ import annotations

from ...models.domain.findings import Severity
from ...models.domain.invoice import (
    DocumentFormat,
    InvoiceClass,
    InvoiceDocumentType,
    IssuerType,
    OfficeRole,
    ReferenceKind,
    SignatureStatus,
    SpecialTaxableEvent,
)
from ...models.domain.signature import SignerRelation
from ..enums import explain

__all__ = [
    "DocumentFormat",
    "InvoiceClass",
    "InvoiceDocumentType",
    "IssuerType",
    "OfficeRole",
    "ReferenceKind",
    "Severity",
    "SignatureStatus",
    "SignerRelation",
    "SpecialTaxableEvent",
]

explain(
    InvoiceDocumentType,
    "InvoiceDocumentType",
    "How complete the invoice is by law (Facturae InvoiceDocumentType).",
    {
        "COMPLETE": "A full invoice (FC).",
        "SIMPLIFIED": "A simplified invoice (FA).",
        "SELF_BILLED": "Issued by the receiver in the issuer's name (AF).",
    },
)

explain(
    InvoiceClass,
    "InvoiceClass",
    "What the invoice is to others (Facturae InvoiceClass).",
    {
        "ORIGINAL": "An invoice of its own (OO).",
        "CORRECTIVE": "Corrects another; `corrects` says which and why (OR).",
        "SUMMARY": "Sums up others (OC).",
        "COPY_OF_ORIGINAL": "A duplicate of an original (CO).",
        "COPY_OF_CORRECTIVE": "A duplicate of a corrective (CR).",
        "COPY_OF_SUMMARY": "A duplicate of a summary (CC).",
    },
)

explain(
    DocumentFormat,
    "DocumentFormat",
    "The format in which an invoice came or, as PDF and UBL_2_1 too, is asked for.",
    {
        "FACTURAE_3_2": "Facturae 3.2.",
        "FACTURAE_3_2_1": "Facturae 3.2.1.",
        "FACTURAE_3_2_2": "Facturae 3.2.2; what `issueInvoice` writes.",
        "UBL_2_1_INVOICE": "UBL 2.1 Invoice.",
        "UBL_2_1_CREDIT_NOTE": "UBL 2.1 CreditNote.",
        "UBL_2_1": "UBL 2.1, Invoice or CreditNote as fits: only to ask for, never an answer.",
        "PDF": "A picture of the invoice to read and print (PDF/A): only to ask for.",
    },
)

explain(
    OfficeRole,
    "OfficeRole",
    "What a centre of a party does with the invoice; 01 to 04 are DIR3 offices.",
    {
        "ACCOUNTING_OFFICE": "Oficina comptable (01).",
        "MANAGING_BODY": "Òrgan gestor (02).",
        "PROCESSING_UNIT": "Unitat tramitadora (03).",
        "PROPOSING_BODY": "Òrgan proponent (04).",
        "COLLECTOR": "Collects the money (05).",
        "SELLER": "Sells (06).",
        "PAYEE": "Is paid (07).",
        "COLLECTION": "Receives what was collected (08).",
        "ISSUER": "Issues the invoice (09).",
    },
)

explain(
    IssuerType,
    "IssuerType",
    "Who wrote the document (Facturae InvoiceIssuerType).",
    {
        "ISSUER": "The issuer itself (EM).",
        "RECEIVER": "The receiver, in the issuer's name (RE).",
        "THIRD_PARTY": "A third party, in the issuer's name (TE).",
    },
)

explain(
    ReferenceKind,
    "ReferenceKind",
    "What a reference of an invoice or of a line points to.",
    {
        "FILE": "The administration's file (expedient).",
        "RECEIVER_CONTRACT": "The receiver's contract (BT-12).",
        "RECEIVER_ORDER": "The receiver's order (BT-13).",
        "ISSUER_CONTRACT": "The issuer's contract.",
        "ISSUER_ORDER": "The issuer's order (BT-14).",
        "ORDER_LINE": "A line of the order (BT-132).",
        "DELIVERY_NOTE": "A delivery note (BT-16).",
        "RECEIVING_ADVICE": "A receiving advice (BT-15).",
        "BUYER_REFERENCE": "What the receiver asked to be quoted (BT-10).",
        "PROJECT": "A project (BT-11).",
        "TENDER": "A tender or lot (BT-17).",
        "INVOICED_OBJECT": "An object such as a meter or a telephone line (BT-18, BT-128).",
        "BUYER_ACCOUNTING": "Where the receiver is to book it (BT-19, BT-133).",
        "RELATED_INVOICE": "A related invoice.",
        "PRECEDING_INVOICE": "A further invoice that this one corrects; the first is `corrects`.",
    },
)

explain(
    SpecialTaxableEvent,
    "SpecialTaxableEvent",
    "Why no tax is charged on a line.",
    {"EXEMPT": "Subject to the tax and exempt (01).", "NOT_SUBJECT": "Not subject to the tax (02)."},
)

explain(
    SignatureStatus,
    "SignatureStatus",
    "What is known of a document's signature.",
    {
        "VALID": "Intact, and signed by somebody trusted.",
        "UNTRUSTED": "Signed, but trust in the signature has not been established.",
        "INVALID": "The signature is broken: the document was altered or the signature is malformed.",
        "ABSENT": "Not signed.",
    },
)

explain(
    SignerRelation,
    "SignerRelation",
    "Who signed a document, by the tax ids in the certificate.",
    {
        "ISSUER": "The issuer of the invoice, or somebody whose certificate says that they act for it.",
        "RECEIVER": "The receiver, as in self-billing.",
        "THIRD_PARTY": "Somebody else.",
    },
)

explain(
    Severity,
    "Severity",
    "Whether a finding stops a document at the door.",
    {"ERROR": "The document is refused.", "WARNING": "The document is taken; somebody should know."},
)
