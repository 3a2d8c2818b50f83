"""What EN 16931 wants to be there, and in what form: a table of what breaks each rule.

Each row is the official id, an XPath (seen from the root element) of the elements that break it, and what is wrong.
Code lists, sums and tax categories have modules of their own.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from .rules_tree import ALLOWANCE, CHARGE, IS_VAT, LINE, Screen, Subject


class Row(NamedTuple):
    """A rule, the elements that break it, and what is wrong with them."""

    rule: str
    broken_at: str
    message: str


_SELLER: Final = "cac:AccountingSupplierParty/cac:Party"
_BUYER: Final = "cac:AccountingCustomerParty/cac:Party"
_NO_REASON: Final = "[not(cbc:AllowanceChargeReason or cbc:AllowanceChargeReasonCode)]"
_NO_CATEGORY: Final = f"[not(cac:TaxCategory{IS_VAT}/cbc:ID)]"
_NO_NUMBER: Final = "[not(cac:InvoiceDocumentReference/cbc:ID)]"
_ENDS_EARLY: Final = "[number(translate(cbc:EndDate, '-', '')) < number(translate(cbc:StartDate, '-', ''))]"
_NO_SELLER_ID: Final = f"""[not(cac:Party/cac:PartyTaxScheme{IS_VAT}/cbc:CompanyID
    or cac:Party/cac:PartyIdentification/cbc:ID[not(@schemeID = 'SEPA')]
    or cac:Party/cac:PartyLegalEntity/cbc:CompanyID)]"""
_CREDIT_TRANSFER: Final = "contains('|30|58|', concat('|', normalize-space(cbc:PaymentMeansCode), '|'))"


def _blank(path: str) -> str:
    """The root element, where the text at a path is empty or missing."""
    return f"self::*[not(normalize-space({path}))]"


def _without(path: str) -> str:
    """The root element, where there is nothing at a path."""
    return f"self::*[not({path})]"


REQUIRED: Final[tuple[Row, ...]] = (
    Row("BR-01", _blank("cbc:CustomizationID"), "The specification identifier (BT-24) is missing."),
    Row("BR-02", _blank("cbc:ID"), "The invoice number (BT-1) is missing."),
    Row("BR-03", _blank("cbc:IssueDate"), "The issue date (BT-2) is missing."),
    Row(
        "BR-04",
        "self::*[not(normalize-space(cbc:InvoiceTypeCode) or normalize-space(cbc:CreditNoteTypeCode))]",
        "The type of invoice (BT-3) is missing.",
    ),
    Row("BR-05", _blank("cbc:DocumentCurrencyCode"), "The currency (BT-5) is missing."),
    Row(
        "BR-06", _blank(f"{_SELLER}/cac:PartyLegalEntity/cbc:RegistrationName"), "The seller's name (BT-27) is missing."
    ),
    Row("BR-07", _blank(f"{_BUYER}/cac:PartyLegalEntity/cbc:RegistrationName"), "The buyer's name (BT-44) is missing."),
    Row("BR-08", _without(f"{_SELLER}/cac:PostalAddress"), "The seller's address (BG-5) is missing."),
    Row(
        "BR-09",
        f"{_SELLER}/cac:PostalAddress[not(normalize-space(cac:Country/cbc:IdentificationCode))]",
        "The seller's country (BT-40) is missing.",
    ),
    Row("BR-10", _without(f"{_BUYER}/cac:PostalAddress"), "The buyer's address (BG-8) is missing."),
    Row(
        "BR-11",
        f"{_BUYER}/cac:PostalAddress[not(normalize-space(cac:Country/cbc:IdentificationCode))]",
        "The buyer's country (BT-55) is missing.",
    ),
    Row(
        "BR-12",
        "cac:LegalMonetaryTotal[not(cbc:LineExtensionAmount)]",
        "The sum of the line amounts (BT-106) is missing.",
    ),
    Row(
        "BR-13",
        "cac:LegalMonetaryTotal[not(cbc:TaxExclusiveAmount)]",
        "The total without VAT (BT-109) is missing.",
    ),
    Row("BR-14", "cac:LegalMonetaryTotal[not(cbc:TaxInclusiveAmount)]", "The total with VAT (BT-112) is missing."),
    Row("BR-15", "cac:LegalMonetaryTotal[not(cbc:PayableAmount)]", "The amount due (BT-115) is missing."),
    Row("BR-16", _without("cac:InvoiceLine or cac:CreditNoteLine"), "The invoice has no line (BG-25)."),
    Row(
        "BR-18",
        "cac:TaxRepresentativeParty[not(normalize-space(cac:PartyName/cbc:Name))]",
        "The tax representative's name (BT-62) is missing.",
    ),
    Row(
        "BR-19",
        "cac:TaxRepresentativeParty[not(cac:PostalAddress)]",
        "The tax representative's address (BG-12) is missing.",
    ),
    Row(
        "BR-20",
        "cac:TaxRepresentativeParty/cac:PostalAddress[not(normalize-space(cac:Country/cbc:IdentificationCode))]",
        "The tax representative's country (BT-69) is missing.",
    ),
    Row("BR-21", f"{LINE}[not(normalize-space(cbc:ID))]", "The line's identifier (BT-126) is missing."),
    Row(
        "BR-22",
        f"{LINE}[not(cbc:InvoicedQuantity or cbc:CreditedQuantity)]",
        "The line's quantity (BT-129) is missing.",
    ),
    Row(
        "BR-23",
        f"{LINE}[not(cbc:InvoicedQuantity/@unitCode or cbc:CreditedQuantity/@unitCode)]",
        "The unit (BT-130) of the line's quantity is missing.",
    ),
    Row("BR-24", f"{LINE}[not(cbc:LineExtensionAmount)]", "The line's amount (BT-131) is missing."),
    Row("BR-25", f"{LINE}[not(normalize-space(cac:Item/cbc:Name))]", "The item's name (BT-153) is missing."),
    Row("BR-26", f"{LINE}[not(cac:Price/cbc:PriceAmount)]", "The item's price (BT-146) is missing."),
    Row(
        "BR-27",
        f"{LINE}[not(translate(cac:Price/cbc:PriceAmount, '+', '') >= 0)]",
        "The item's price (BT-146) must not be negative; a credit has a negative quantity.",
    ),
    Row(
        "BR-28",
        f"{LINE}[cac:Price/cac:AllowanceCharge/cbc:BaseAmount"
        " and not(translate(cac:Price/cac:AllowanceCharge/cbc:BaseAmount, '+', '') >= 0)]",
        "The item's price before discount (BT-148) must not be negative.",
    ),
    Row("BR-29", f"cac:InvoicePeriod{_ENDS_EARLY}", "The invoicing period ends before it starts."),
    Row("BR-30", f"{LINE}/cac:InvoicePeriod{_ENDS_EARLY}", "The line's period ends before it starts."),
    Row("BR-31", f"{ALLOWANCE}[not(cbc:Amount)]", "The discount's amount (BT-92) is missing."),
    Row("BR-32", f"{ALLOWANCE}{_NO_CATEGORY}", "The discount's VAT category (BT-95) is missing."),
    Row("BR-33", f"{ALLOWANCE}{_NO_REASON}", "The discount's reason (BT-97 or BT-98) is missing."),
    Row("BR-36", f"{CHARGE}[not(cbc:Amount)]", "The charge's amount (BT-99) is missing."),
    Row("BR-37", f"{CHARGE}{_NO_CATEGORY}", "The charge's VAT category (BT-102) is missing."),
    Row("BR-38", f"{CHARGE}{_NO_REASON}", "The charge's reason (BT-104 or BT-105) is missing."),
    Row("BR-41", f"{LINE}/{ALLOWANCE}[not(cbc:Amount)]", "The amount (BT-136) of the line's discount is missing."),
    Row("BR-42", f"{LINE}/{ALLOWANCE}{_NO_REASON}", "The reason (BT-139) of the line's discount is missing."),
    Row("BR-43", f"{LINE}/{CHARGE}[not(cbc:Amount)]", "The amount (BT-141) of the line's charge is missing."),
    Row("BR-44", f"{LINE}/{CHARGE}{_NO_REASON}", "The reason (BT-144) of the line's charge is missing."),
    Row("BR-45", "//cac:TaxTotal/cac:TaxSubtotal[not(cbc:TaxableAmount)]", "The category's base (BT-116) is missing."),
    Row("BR-46", "//cac:TaxTotal/cac:TaxSubtotal[not(cbc:TaxAmount)]", "The category's tax (BT-117) is missing."),
    Row(
        "BR-47",
        f"//cac:TaxTotal/cac:TaxSubtotal[not(cac:TaxCategory{IS_VAT}/cbc:ID)]",
        "The code of the VAT category (BT-118) is missing.",
    ),
    Row(
        "BR-48",
        f"//cac:TaxTotal/cac:TaxSubtotal[not(cac:TaxCategory{IS_VAT}/cbc:Percent"
        f" or cac:TaxCategory{IS_VAT}[normalize-space(cbc:ID) = 'O'])]",
        "The category's rate (BT-119) is missing.",
    ),
    Row("BR-49", "cac:PaymentMeans[not(cbc:PaymentMeansCode)]", "The means of payment (BT-81) is missing."),
    Row(
        "BR-50",
        "cac:PaymentMeans[cbc:PaymentMeansCode = '30' or cbc:PaymentMeansCode = '58']"
        "/cac:PayeeFinancialAccount[not(normalize-space(cbc:ID))]",
        "The account (BT-84) that the transfer goes to is missing.",
    ),
    Row("BR-52", "cac:AdditionalDocumentReference[not(normalize-space(cbc:ID))]", "The document (BT-122) has no id."),
    Row(
        "BR-53",
        "self::*[cbc:TaxCurrencyCode and not(cac:TaxTotal/cbc:TaxAmount[@currencyID = /*/cbc:TaxCurrencyCode])]",
        "The VAT total in the tax currency (BT-111) is missing.",
    ),
    Row(
        "BR-54",
        f"{LINE}/cac:Item/cac:AdditionalItemProperty[not(cbc:Name and cbc:Value)]",
        "A property needs a name and a value.",
    ),
    Row(
        "BR-55",
        f"cac:BillingReference{_NO_NUMBER} | {LINE}/cac:BillingReference{_NO_NUMBER}",
        "The number of the preceding invoice (BT-25) is missing.",
    ),
    Row(
        "BR-56",
        f"cac:TaxRepresentativeParty[not(cac:PartyTaxScheme{IS_VAT}/cbc:CompanyID)]",
        "The tax representative's VAT number (BT-63) is missing.",
    ),
    Row(
        "BR-57",
        "cac:Delivery/cac:DeliveryLocation/cac:Address[not(cac:Country/cbc:IdentificationCode)]",
        "The country of delivery (BT-80) is missing.",
    ),
    Row(
        "BR-61",
        f"cac:PaymentMeans[{_CREDIT_TRANSFER} and not(cac:PayeeFinancialAccount/cbc:ID)]",
        "A credit transfer needs the account (BT-84) that it goes to.",
    ),
    Row("BR-62", f"{_SELLER}/cbc:EndpointID[not(@schemeID)]", "The seller's electronic address has no scheme."),
    Row("BR-63", f"{_BUYER}/cbc:EndpointID[not(@schemeID)]", "The buyer's electronic address has no scheme."),
    Row(
        "BR-64",
        f"{LINE}/cac:Item/cac:StandardItemIdentification/cbc:ID[not(@schemeID)]",
        "The item's standard identifier (BT-157) has no scheme.",
    ),
    Row(
        "BR-65",
        f"{LINE}/cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode[not(@listID)]",
        "The item's classification (BT-158) has no scheme.",
    ),
    Row(
        "BR-CO-03",
        "self::*[cbc:TaxPointDate and cac:InvoicePeriod/cbc:DescriptionCode]",
        "A tax point date (BT-7) and a tax point code (BT-8) exclude each other.",
    ),
    Row(
        "BR-CO-04",
        f"{LINE}[not(cac:Item/cac:ClassifiedTaxCategory{IS_VAT}/cbc:ID)]",
        "The line's VAT category (BT-151) is missing.",
    ),
    Row("BR-CO-18", _without("cac:TaxTotal/cac:TaxSubtotal"), "The VAT breakdown (BG-23) is missing."),
    Row(
        "BR-CO-19",
        "cac:InvoicePeriod[not(cbc:StartDate or cbc:EndDate or cbc:DescriptionCode)]",
        "A period needs a start, an end, or both.",
    ),
    Row(
        "BR-CO-20",
        f"{LINE}/cac:InvoicePeriod[not(cbc:StartDate or cbc:EndDate)]",
        "The line's period needs a start, an end, or both.",
    ),
    Row("BR-CO-21", f"{ALLOWANCE}{_NO_REASON}", "The discount needs a reason or the code of one."),
    Row("BR-CO-22", f"{CHARGE}{_NO_REASON}", "The charge needs a reason or the code of one."),
    Row("BR-CO-23", f"{LINE}/{ALLOWANCE}{_NO_REASON}", "The line's discount needs a reason or the code of one."),
    Row("BR-CO-24", f"{LINE}/{CHARGE}{_NO_REASON}", "The line's charge needs a reason or the code of one."),
    Row(
        "BR-CO-26",
        f"cac:AccountingSupplierParty{_NO_SELLER_ID}",
        "The seller needs an identifier (BT-29), a registration (BT-30) or a VAT number (BT-31).",
    ),
)


_BROKEN_AT: Final = Screen({row.broken_at: row.broken_at for row in REQUIRED})


def check_required(subject: Subject) -> None:
    """Note every element that breaks a row of the table."""
    for row in REQUIRED if subject.any_at(_BROKEN_AT) else ():
        for element in subject.select(row.broken_at):
            subject.fail(row.rule, element, row.message)
