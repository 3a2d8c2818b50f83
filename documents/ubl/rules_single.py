"""What EN 16931 has room for once, though the schema of UBL would take more (UBL-SR-01 to UBL-SR-56)."""

from __future__ import annotations

from typing import Final

from .rules_tree import ALLOWANCE, CHARGE, IS_VAT, LINE, Screen, Subject

_SELLER: Final = "cac:AccountingSupplierParty/cac:Party"
_BUYER: Final = "cac:AccountingCustomerParty/cac:Party"
_NOT_VAT: Final = "[cac:TaxScheme[translate(cbc:ID, 'vat', 'VAT') != 'VAT']]"

SINGLE: Final[tuple[tuple[str, str, str], ...]] = (
    ("UBL-SR-01", "self::*", "cac:ContractDocumentReference/cbc:ID"),
    ("UBL-SR-02", "self::*", "cac:ReceiptDocumentReference/cbc:ID"),
    ("UBL-SR-03", "self::*", "cac:DespatchDocumentReference/cbc:ID"),
    ("UBL-SR-04", "self::*", "cac:AdditionalDocumentReference[cbc:DocumentTypeCode='130']/cbc:ID"),
    ("UBL-SR-05", "self::*", "cac:PaymentTerms/cbc:Note"),
    ("UBL-SR-06", "cac:BillingReference", "cac:InvoiceDocumentReference"),
    ("UBL-SR-08", "self::*", "cac:InvoicePeriod"),
    ("UBL-SR-09", "self::*", f"{_SELLER}/cac:PartyLegalEntity/cbc:RegistrationName"),
    ("UBL-SR-10", "self::*", f"{_SELLER}/cac:PartyName/cbc:Name"),
    ("UBL-SR-11", "self::*", f"{_SELLER}/cac:PartyLegalEntity/cbc:CompanyID"),
    ("UBL-SR-12", "self::*", f"{_SELLER}/cac:PartyTaxScheme{IS_VAT}/cbc:CompanyID"),
    ("UBL-SR-13", "self::*", f"{_SELLER}/cac:PartyTaxScheme{_NOT_VAT}/cbc:CompanyID"),
    ("UBL-SR-14", "self::*", f"{_SELLER}/cac:PartyLegalEntity/cbc:CompanyLegalForm"),
    ("UBL-SR-15", "self::*", f"{_BUYER}/cac:PartyLegalEntity/cbc:RegistrationName"),
    ("UBL-SR-16", "self::*", f"{_BUYER}/cac:PartyIdentification/cbc:ID"),
    ("UBL-SR-17", "self::*", f"{_BUYER}/cac:PartyLegalEntity/cbc:CompanyID"),
    ("UBL-SR-18", "self::*", f"{_BUYER}/cac:PartyTaxScheme{IS_VAT}/cbc:CompanyID"),
    ("UBL-SR-22", "cac:TaxRepresentativeParty", "cac:PartyName/cbc:Name"),
    ("UBL-SR-23", "cac:TaxRepresentativeParty", "cac:PartyTaxScheme/cbc:CompanyID"),
    ("UBL-SR-24", "self::*", "cac:Delivery"),
    ("UBL-SR-25", "cac:Delivery", "cac:DeliveryParty/cac:PartyName/cbc:Name"),
    ("UBL-SR-26", "cac:PaymentMeans", "cbc:PaymentID"),
    ("UBL-SR-27", "cac:PaymentMeans", "cbc:PaymentMeansCode"),
    ("UBL-SR-28", "cac:PaymentMeans", "cac:PaymentMandate/cbc:ID"),
    ("UBL-SR-30", f"//{ALLOWANCE}", "cbc:AllowanceChargeReason"),
    ("UBL-SR-31", f"//{CHARGE}", "cbc:AllowanceChargeReason"),
    ("UBL-SR-32", "//cac:TaxSubtotal", "cac:TaxCategory/cbc:TaxExemptionReason"),
    ("UBL-SR-33", "cac:AdditionalDocumentReference", "cbc:DocumentDescription"),
    ("UBL-SR-34", LINE, "cbc:Note"),
    ("UBL-SR-35", LINE, "cac:OrderLineReference/cbc:LineID"),
    ("UBL-SR-36", LINE, "cac:InvoicePeriod"),
    ("UBL-SR-37", LINE, "cac:Price/cac:AllowanceCharge/cbc:Amount"),
    ("UBL-SR-39", "self::*", "cac:ProjectReference/cbc:ID"),
    ("UBL-SR-40", "self::*", f"{_BUYER}/cac:PartyName/cbc:Name"),
    ("UBL-SR-45", "self::*", "cac:PaymentMeans/cbc:PaymentDueDate"),
    ("UBL-SR-46", "self::*", "cac:PaymentMeans/cbc:PaymentMeansCode/@name"),
    ("UBL-SR-49", "self::*", "cac:InvoicePeriod/cbc:DescriptionCode"),
    ("UBL-SR-50", LINE, "cac:Item/cbc:Description"),
    ("UBL-SR-51", "//cac:PostalAddress", "cac:AddressLine"),
    ("UBL-SR-51", "//cac:Address", "cac:AddressLine"),
    ("UBL-SR-52", LINE, "cac:DocumentReference"),
    ("UBL-SR-54", "self::*", "cac:PaymentMeans/cac:CardAccount"),
    ("UBL-SR-55", "self::*", "cac:PaymentMeans/cac:PaymentMandate"),
    ("UBL-SR-56", "self::*", "cac:OriginatorDocumentReference/cbc:ID"),
)
"""Rule, the elements it is about (seen from the root element), and what each of them may have once."""

ALIKE: Final = (
    ("UBL-SR-44", "cac:PaymentMeans/cbc:PaymentID"),
    ("UBL-SR-47", "cac:PaymentMeans/cbc:PaymentMeansCode"),
)
"""What may be said several times, but is then the same."""


_SEVERAL: Final = Screen({f"{owners}[count({path}) > 1]": f"{owners}/{path}" for _, owners, path in SINGLE})


def check_single(subject: Subject) -> None:
    """Note everything that there is too much of."""
    for rule, owners, path in SINGLE if subject.any_at(_SEVERAL) else ():
        for owner in subject.select(f"{owners}[count({path}) > 1]"):
            subject.fail(rule, owner, f"EN 16931 takes only one {_spoken(path)}.")
    for owner in subject.select(f"{LINE}[count(cac:Item/cac:ClassifiedTaxCategory) != 1]"):
        subject.fail("UBL-SR-48", owner, "A line needs one VAT category (BT-151).")
    for owner in subject.select("//cac:PartyTaxScheme[not(cac:TaxScheme/cbc:ID and cbc:CompanyID)]"):
        subject.fail("UBL-SR-53", owner, "A tax registration needs its tax and its number.")
    for rule, path in ALIKE:
        if len({element.text for element in subject.select(path)}) > 1:
            subject.fail(rule, subject.root, f"EN 16931 takes only one {_spoken(path)}.")


def _spoken(path: str) -> str:
    return path.rpartition("cac:")[2].partition("[")[0].replace("cbc:", "")
