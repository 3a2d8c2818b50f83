"""What kinds of things an invoice can be and speak of: formats, types, classes, roles."""

from __future__ import annotations

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


class SpecialTaxableEvent(StrEnum):
    """Facturae ``SpecialTaxableEventCode`` 01 and 02."""

    EXEMPT = "EXEMPT"
    NOT_SUBJECT = "NOT_SUBJECT"
