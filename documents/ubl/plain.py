"""What a plain invoice looks like: a narrower UBL, in which hardly anything can stand that one of our rules forbids.

Most documents are plain. Of one that is, libxml2 has then said, at its own speed, that it has the structure of UBL and
keeps all rules about one place at a time but those that ``rules_plain`` lists. Of one that is not, nothing is known: it
is looked at by the whole schema and by each rule. ``plain_schema`` makes the schema of these tables and of UBL's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final, NamedTuple

from .codes import SEPA
from .rules_codes import COUNTRIES, CREDIT_NOTES, CURRENCIES, INVOICES, MEANS, MEDIA
from .rules_lists import codes_of

_PARTY: Final = """WebsiteURI? IndustryClassificationCode? PartyName? PostalAddress=Address PartyLegalEntity=Entity
    Contact? Person? ServiceProviderParty*"""
_HEAD: Final = """UBLVersionID? CustomizationID=said ProfileID? ID=said CopyIndicator? UUID? IssueDate Note*
    TaxPointDate? DocumentCurrencyCode=currency AccountingCost? BuyerReference? InvoicePeriod=Period? OrderReference?
    BillingReference* DespatchDocumentReference=Document? ReceiptDocumentReference=Document?
    OriginatorDocumentReference=Document? ContractDocumentReference=Document?
    AdditionalDocumentReference=Supporting* AccountingSupplierParty=Seller AccountingCustomerParty=Buyer
    PayeeParty=Payee? TaxRepresentativeParty=Representative? Delivery? PaymentMeans? PaymentTerms? AllowanceCharge*
    TaxTotal LegalMonetaryTotal"""
_LINE: Final = """ID=said Note? LineExtensionAmount=amount AccountingCost? InvoicePeriod=LinePeriod?
    OrderLineReference? AllowanceCharge=LineChange* Item Price"""

ELEMENTS: Final[Mapping[str, str]] = {
    "Invoice": f"{_HEAD} DueDate? InvoiceTypeCode=invoice ProjectReference=Document? InvoiceLine+",
    "CreditNote": f"{_HEAD} CreditNoteTypeCode=credit_note CreditNoteLine+",
    "InvoiceLine": f"{_LINE} InvoicedQuantity=quantity",
    "CreditNoteLine": f"{_LINE} CreditedQuantity=quantity",
    "Period": "StartDate|EndDate|DescriptionCode=tax_point",
    "LinePeriod": "StartDate|EndDate",
    "OrderReference": "ID SalesOrderID? IssueDate?",
    "BillingReference": "InvoiceDocumentReference=Preceding",
    "Preceding": "ID IssueDate? UUID? DocumentTypeCode? DocumentStatusCode? DocumentDescription*",
    "Document": "ID IssueDate?",
    "Supporting": "ID=unclassified IssueDate? DocumentType? DocumentDescription? Attachment?",
    "Attachment": "EmbeddedDocumentBinaryObject=file? ExternalReference?",
    "ExternalReference": "URI? FileName? MimeCode?",
    "Seller": "CustomerAssignedAccountID? Party=SellerParty AccountingContact=Contact? SellerContact=Contact?",
    "Buyer": "SupplierAssignedAccountID? Party=BuyerParty AccountingContact=Contact? BuyerContact=Contact?",
    "SellerParty": f"{_PARTY} EndpointID=address? PartyIdentification=Creditor* PartyTaxScheme=Registration:2",
    "BuyerParty": f"{_PARTY} EndpointID=address? PartyIdentification? PartyTaxScheme=Registration?",
    "Payee": "PartyIdentification=Creditor? PartyName PartyLegalEntity=Register?",
    "Representative": "PartyName=SaidName PostalAddress=Address PartyTaxScheme=VatRegistration",
    "Entity": "RegistrationName=said CompanyID=registered? CompanyLegalForm?",
    "Register": "CompanyID=registered",
    "ServiceProviderParty": "ServiceTypeCode? Party=Office",
    "Office": """EndpointID=address? PartyIdentification* PartyName? PostalAddress=AnyAddress? PartyLegalEntity=Entity?
        Contact? Person?""",
    "PartyIdentification": "ID=registered",
    "Creditor": "ID=creditor",
    "PartyName": "Name",
    "SaidName": "Name=said",
    "Registration": "RegistrationName? CompanyID TaxScheme=Tax",
    "VatRegistration": "CompanyID TaxScheme=Vat",
    "Tax": "ID TaxTypeCode?",
    "Vat": "ID=vat TaxTypeCode?",
    "Contact": "Name? Telephone? Telefax? ElectronicMail? Note*",
    "Person": "FirstName? MiddleName? FamilyName? OtherName?",
    "Address": "StreetName? AdditionalStreetName? Postbox? BuildingName? BuildingNumber? CityName? PostalZone?"
    " CountrySubentity? CountrySubentityCode? AddressLine? Country",
    "AnyAddress": "StreetName? AdditionalStreetName? Postbox? BuildingName? BuildingNumber? CityName? PostalZone?"
    " CountrySubentity? CountrySubentityCode? AddressLine? Country?",
    "AddressLine": "Line",
    "Country": "IdentificationCode=country Name?",
    "Delivery": "ActualDeliveryDate? DeliveryLocation? DeliveryParty?",
    "DeliveryLocation": "ID=registered? Address?",
    "DeliveryParty": "PartyName?",
    "PaymentMeans": """PaymentMeansCode=means PaymentDueDate? InstructionNote* PaymentID?
        PayeeFinancialAccount=Account? PaymentMandate=Mandate?""",
    "Account": "ID=said Name? FinancialInstitutionBranch=Branch?",
    "Branch": "ID? Name? FinancialInstitution=Institution?",
    "Institution": "ID? Name?",
    "Mandate": "ID? PayerFinancialAccount=Payer?",
    "Payer": "ID? Name? FinancialInstitutionBranch=Branch?",
    "PaymentTerms": "Note? PaymentDueDate?",
    "AllowanceCharge": """ChargeIndicator AllowanceChargeReasonCode|AllowanceChargeReason MultiplierFactorNumeric?
        Amount=amount BaseAmount=amount? TaxCategory=Category""",
    "LineChange": """ChargeIndicator AllowanceChargeReasonCode|AllowanceChargeReason MultiplierFactorNumeric?
        Amount=amount BaseAmount=amount?""",
    "Category": "ID=category Percent=rate TaxScheme=Vat",
    "TaxTotal": "TaxAmount=amount TaxSubtotal+",
    "TaxSubtotal": "TaxableAmount=amount TaxAmount=amount TaxCategory=Breakdown",
    "Breakdown": "ID=category Percent=rate TaxExemptionReasonCode=exemption? TaxExemptionReason=reason? TaxScheme=Vat",
    "LegalMonetaryTotal": """LineExtensionAmount=amount TaxExclusiveAmount=amount TaxInclusiveAmount=amount
        AllowanceTotalAmount=amount? ChargeTotalAmount=amount? PrepaidAmount=amount? PayableRoundingAmount=amount?
        PayableAmount=amount""",
    "OrderLineReference": "LineID",
    "Item": """Description? Name=said BuyersItemIdentification=Article? SellersItemIdentification=Article?
        StandardItemIdentification=Standard? OriginCountry=Country? CommodityClassification=Commodity*
        ClassifiedTaxCategory=Category AdditionalItemProperty=Property*""",
    "Article": "ID",
    "Standard": "ID=article",
    "Commodity": "CommodityCode? ItemClassificationCode=classification?",
    "Property": "Name Value",
    "Price": "PriceAmount=price BaseQuantity=base? AllowanceCharge=PriceChange?",
    "PriceChange": "ChargeIndicator Amount=money BaseAmount=price?",
}
"""By kind, the children that an element may have. Of each: its name, its kind where that has another name, and how many
there may be; ``?`` is one at most, ``*`` and ``+`` many, ``:2`` two at most, and ``A|B`` one of them or both. A simple
one that names no kind says whatever UBL lets it say."""


class Attribute(NamedTuple):
    """What an attribute may say: one of some codes, or any text where there are none."""

    codes: frozenset[str] = frozenset()
    use: str = "required"


class Text(NamedTuple):
    """What a simple element may say: one of some codes, what matches a pattern, or anything."""

    codes: frozenset[str] = frozenset()
    pattern: str | None = None
    said: bool = False
    """Not nothing."""
    attributes: Mapping[str, Attribute] = {}
    """Those of which UBL would take more."""


_NUMBER: Final = r"-?[0-9]{1,9}(\.[0-9]{1,8})?"
_optional = partial(Attribute, use="optional")


def texts() -> Mapping[str, Text]:
    """The kinds of simple elements; the long lists are read from the official rules."""
    currency = {"currencyID": Attribute(CURRENCIES)}
    units, registers = codes_of("BR-CL-23"), codes_of("BR-CL-10") & codes_of("BR-CL-11") & codes_of("BR-CL-26")
    return {
        "said": Text(said=True),
        "reason": Text(pattern=r"(.|\s)*[0-9A-Za-z](.|\s)*"),
        "category": Text(frozenset({"S", "Z", "E", "AE", "K", "G", "L", "M"})),
        "vat": Text(frozenset({"VAT"})),
        "amount": Text(pattern=r"-?[0-9]{1,15}(\.[0-9]{1,2})?", attributes=currency),
        "price": Text(pattern=r"[0-9]{1,9}(\.[0-9]{1,9})?", attributes=currency),
        "money": Text(attributes=currency),
        "rate": Text(pattern=_NUMBER),
        "quantity": Text(pattern=_NUMBER, attributes={"unitCode": Attribute(units)}),
        "base": Text(pattern=_NUMBER, attributes={"unitCode": _optional(units)}),
        "currency": Text(CURRENCIES),
        "country": Text(COUNTRIES),
        "invoice": Text(INVOICES),
        "credit_note": Text(CREDIT_NOTES),
        "means": Text(MEANS),
        "tax_point": Text(frozenset({"3", "35", "432"})),
        "exemption": Text(codes_of("BR-CL-22")),
        "address": Text(attributes={"schemeID": Attribute(codes_of("BR-CL-25"))}),
        "registered": Text(attributes={"schemeID": _optional(registers)}),
        "creditor": Text(attributes={"schemeID": _optional(registers | {SEPA})}),
        "unclassified": Text(said=True, attributes={"schemeID": Attribute(use="prohibited")}),
        "article": Text(attributes={"schemeID": Attribute(codes_of("BR-CL-21"))}),
        "classification": Text(attributes={"listID": Attribute(codes_of("BR-CL-13"))}),
        "file": Text(attributes={"mimeCode": Attribute(MEDIA), "filename": Attribute()}),
    }
