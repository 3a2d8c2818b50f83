"""Where the document that an invoice was read from says a thing, for findings of one that is written of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from ...models.domain.invoice import DocumentFormat
from .field_places import place_in_facturae

_PARTIES: Final = {
    "issuer": "AccountingSupplierParty/Party",
    "receiver": "AccountingCustomerParty/Party",
    "details.payee": "PayeeParty",
    "details.tax_representative": "TaxRepresentativeParty",
}
_PARTY: Final = {
    "": "",
    "identifiers": "PartyIdentification/ID",
    "legal_id": "PartyLegalEntity/CompanyID",
    "tax_registration": "PartyTaxScheme/CompanyID",
    "electronic_address": "EndpointID",
    "tax_id": "PartyTaxScheme/CompanyID",
    "name": "PartyLegalEntity/RegistrationName",
    "trade_name": "PartyName/Name",
    "registration": "PartyLegalEntity/CompanyLegalForm",
    "registration.other": "PartyLegalEntity/CompanyLegalForm",
    "address": "PostalAddress",
    "address.street": "PostalAddress/StreetName",
    "address.more": "PostalAddress/AdditionalStreetName",
    "address.town": "PostalAddress/CityName",
    "address.post_code": "PostalAddress/PostalZone",
    "address.province": "PostalAddress/CountrySubentity",
    "address.country_code": "PostalAddress/Country/IdentificationCode",
    "contact.person": "Contact/Name",
    "contact.telephone": "Contact/Telephone",
    "contact.email": "Contact/ElectronicMail",
}
_LINE: Final = {
    "id": "ID",
    "description": "Item/Name",
    "quantity": "{line}Quantity",
    "unit": "{line}Quantity/@unitCode",
    "unit_code": "{line}Quantity/@unitCode",
    "references.ORDER_LINE": "OrderLineReference/LineID",
    "references.BUYER_ACCOUNTING": "AccountingCost",
    "references.INVOICED_OBJECT": "DocumentReference/ID",
    "unit_price": "Price/PriceAmount",
    "gross": "LineExtensionAmount",
    "information": "Note",
    "period": "InvoicePeriod",
    "article_code": "Item/SellersItemIdentification/ID",
    "taxes": "Item/ClassifiedTaxCategory",
    "item.detail": "Item/Description",
    "item.buyer_code": "Item/BuyersItemIdentification/ID",
    "item.standard_code": "Item/StandardItemIdentification/ID",
    "item.classifications": "Item/CommodityClassification/ItemClassificationCode",
    "item.origin": "Item/OriginCountry/IdentificationCode",
    "item.instances": "Item/ItemInstance",
    "sub_lines": "Sub{root}Line",
    "item.properties": "Item/AdditionalItemProperty",
    "item.gross_price": "Price/AllowanceCharge/BaseAmount",
    "item.price_discount": "Price/AllowanceCharge/Amount",
    "item.base_quantity": "Price/BaseQuantity",
    "item.base_unit": "Price/BaseQuantity/@unitCode",
}
_CHANGE: Final = {
    "": "",
    "base": "BaseAmount",
    "code": "AllowanceChargeReasonCode",
    "tax_category": "TaxCategory/ID",
    "tax_rate": "TaxCategory/Percent",
    "reason": "AllowanceChargeReason",
}
_PAYMENT: Final = {
    "": "",
    "means": "PaymentMeansCode",
    "means_text": "PaymentMeansCode/@name",
    "mandate": "PaymentMandate/ID",
    "card_number": "CardAccount/PrimaryAccountNumberID",
    "card_holder": "CardAccount/HolderName",
    "reference": "PaymentID",
    "credited": "PayeeFinancialAccount",
    "credited.holder": "PayeeFinancialAccount/Name",
    "credited.bic": "PayeeFinancialAccount/FinancialInstitutionBranch/ID",
    "debited": "PaymentMandate/PayerFinancialAccount",
    "debited.holder": "PaymentMandate/PayerFinancialAccount/Name",
}
_WHOLE: Final = {
    "number": "ID",
    "currency": "DocumentCurrencyCode",
    "document_type": "{root}TypeCode",
    "invoice_class": "{root}TypeCode",
    "issue_date": "IssueDate",
    "corrects": "BillingReference/InvoiceDocumentReference",
    "corrects.number": "BillingReference/InvoiceDocumentReference/ID",
    "payments.due_date": "DueDate",
    "payments.creditor_id": "AccountingSupplierParty/Party/PartyIdentification/ID",
    "details.references.FILE": "AdditionalDocumentReference/ID",
    "details.references.RECEIVER_CONTRACT": "ContractDocumentReference/ID",
    "details.references.RECEIVER_ORDER": "OrderReference/ID",
    "details.references.ISSUER_ORDER": "OrderReference/SalesOrderID",
    "details.references.DELIVERY_NOTE": "DespatchDocumentReference/ID",
    "details.references.RECEIVING_ADVICE": "ReceiptDocumentReference/ID",
    "details.references.BUYER_REFERENCE": "BuyerReference",
    "details.references.PROJECT": "ProjectReference/ID",
    "details.references.TENDER": "OriginatorDocumentReference/ID",
    "details.references.INVOICED_OBJECT": "AdditionalDocumentReference/ID",
    "details.references.BUYER_ACCOUNTING": "AccountingCost",
    "details.references.PRECEDING_INVOICE": "BillingReference/InvoiceDocumentReference/ID",
    "details.discounts": "AllowanceCharge",
    "details.charges": "AllowanceCharge",
    "details.operation_date": "TaxPointDate",
    "details.delivery": "Delivery",
    "details.tax_point_code": "InvoicePeriod/DescriptionCode",
    "details.notes": "Note",
    "details.payment_terms": "PaymentTerms/Note",
    "details.supporting_documents": "AdditionalDocumentReference",
    "details.process": "ProfileID",
    "details.specification": "CustomizationID",
    "details.type_code": "{root}TypeCode",
    "details.period": "InvoicePeriod",
    "details.file_extensions": "UBLExtensions",
    "details.settlement.rounding": "LegalMonetaryTotal/PayableRoundingAmount",
    "details.settlement.on_account": "LegalMonetaryTotal/PrepaidAmount",
    "details.settlement.taxes_in_tax_currency": "TaxTotal[2]/TaxAmount",
    "details.tax_currency": "TaxCurrencyCode",
    "taxes": "TaxTotal/TaxSubtotal",
    "taxes.exemption_reason": "TaxTotal/TaxSubtotal/TaxCategory/TaxExemptionReason",
    "taxes.exemption_code": "TaxTotal/TaxSubtotal/TaxCategory/TaxExemptionReasonCode",
    "taxes.category": "TaxTotal/TaxSubtotal/TaxCategory/ID",
    "attachments": "AdditionalDocumentReference",
    "attachments.reference": "AdditionalDocumentReference/ID",
    "attachments.name": "AdditionalDocumentReference/Attachment/EmbeddedDocumentBinaryObject/@filename",
    "totals": "LegalMonetaryTotal",
}

_POSITION = re.compile(r"\[([0-9]+)\]")


def place_in_source(field: str, format_: DocumentFormat) -> str:
    """The XPath of a field of ``InvoiceContent``, or of the nearest thing, in a document of this format.

    >>> place_in_source("lines[2].item.origin", DocumentFormat.UBL_2_1_INVOICE)
    '/Invoice/InvoiceLine[2]/Item/OriginCountry/IdentificationCode'
    """
    if format_.is_facturae:
        return place_in_facturae(field)
    credit = format_ is DocumentFormat.UBL_2_1_CREDIT_NOTE
    root, line = ("CreditNote", "Credited") if credit else ("Invoice", "Invoiced")
    found = _path(field)
    return f"/{root}/{(found or '').format(root=root, line=line)}".rstrip("/")


_TARGETS: Final = {
    "/Facturae/Invoices/Invoice/InvoiceHeader/InvoiceNumber": "number",
    "/Facturae/Invoices/Invoice/InvoiceHeader/Corrective": "corrects",
    "/Facturae/Invoices/Invoice/InvoiceHeader/Corrective/InvoiceNumber": "corrects.number",
    "/Facturae/Invoices/Invoice/InvoiceIssueData/InvoiceCurrencyCode": "currency",
    "/Facturae/Invoices/Invoice/InvoiceTotals": "totals",
    "/Facturae/Invoices/Invoice/TaxesOutputs": "taxes",
    "/Facturae/Invoices/Invoice/Items/InvoiceLine": "lines",
    "/Facturae/Invoices/Invoice/PaymentDetails/Installment": "payments",
    "/Facturae/Invoices/Invoice/AdditionalData/RelatedDocuments/Attachment": "attachments",
    "/Facturae/Parties/SellerParty": "issuer",
    "/Facturae/Parties/BuyerParty": "receiver",
}
_TARGET_PARTS: Final = {
    "TaxIdentificationNumber": "tax_id",
    "ResidenceTypeCode": "address.country_code",
    "CorporateName": "name",
    "Name": "name",
    "Address": "address.street",
    "PostCode": "address.post_code",
    "CountryCode": "address.country_code",
    "ItemDescription": "description",
    "Quantity": "quantity",
    "UnitPriceWithoutTax": "unit_price",
    "GrossAmount": "gross",
    "UnitOfMeasure": "unit",
    "TaxesOutputs": "taxes",
    "PaymentMeans": "means",
    "IBAN": "credited",
    "AccountNumber": "credited",
}


def target_in_source(place: str, format_: DocumentFormat) -> str:
    """The place that the source has for what would stand there in a Facturae; the same where it has none.

    >>> target_in_source("/Facturae/Invoices/Invoice/InvoiceHeader/InvoiceNumber", DocumentFormat.UBL_2_1_INVOICE)
    '/Invoice/ID'
    """
    if format_.is_facturae:
        return place
    above, position = place, ""
    while above and _POSITION.sub("", above) not in _TARGETS:
        above = above.rpartition("/")[0]
    if not above:
        return place
    field = _TARGETS[_POSITION.sub("", above)]
    if field in ("lines", "payments"):
        position = "".join(f"[{number}]" for number in _POSITION.findall(above)[-1:]) or "[1]"
    part = _TARGET_PARTS.get(place[len(above) :].rpartition("/")[2], "")
    return place_in_source(f"{field}{position}.{part}".rstrip("."), format_)


def _path(field: str) -> str | None:
    for party, place in _PARTIES.items():
        if field == party or field.startswith(f"{party}."):
            return _below(place, _PARTY, field[len(party) + 1 :])
    head, _, rest = field.partition(".")
    position = "".join(_POSITION.findall(head)[:1])
    if head.startswith("lines["):
        return _in_line(f"{{root}}Line[{position}]", rest)
    if head.startswith("payments[") and f"payments.{rest}" not in _WHOLE:
        return _below(f"PaymentMeans[{position}]", _PAYMENT, rest)
    if field.startswith(("details.discounts[", "details.charges[")):
        return _below("AllowanceCharge", _CHANGE, rest.partition("]")[2].lstrip("."))
    return _nearest(_WHOLE, _POSITION.sub("", field))


def _in_line(line: str, rest: str) -> str:
    if rest.startswith(("discounts[", "charges[")):
        return _below(f"{line}/AllowanceCharge", _CHANGE, rest.partition("]")[2].lstrip("."))
    return _below(line, _LINE, _POSITION.sub("", rest))


def _below(above: str, places: Mapping[str, str], rest: str) -> str:
    return f"{above}/{_nearest(places, rest) or ''}".rstrip("/")


def _nearest(places: Mapping[str, str], field: str) -> str | None:
    """The place of the field, or of the nearest one that it is part of."""
    while field and field not in places:
        field = field.rpartition(".")[0]
    return places.get(field)
