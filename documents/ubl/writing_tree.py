"""How elements of UBL are made: in the order of the schema, without empty ones, amounts with two decimals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from lxml import etree

from ...models.domain.invoice import Identifier
from ...models.domain.money import half_up, plain_text
from ..xml import Element
from .codes import CAC, CBC

INVOICE_ORDER: Final = """
    UBLExtensions CustomizationID ProfileID ID CopyIndicator IssueDate DueDate InvoiceTypeCode Note TaxPointDate
    DocumentCurrencyCode TaxCurrencyCode AccountingCost BuyerReference InvoicePeriod OrderReference BillingReference
    DespatchDocumentReference ReceiptDocumentReference OriginatorDocumentReference ContractDocumentReference
    AdditionalDocumentReference ProjectReference AccountingSupplierParty AccountingCustomerParty PayeeParty
    TaxRepresentativeParty Delivery PaymentMeans PaymentTerms PrepaidPayment AllowanceCharge TaxExchangeRate TaxTotal
    WithholdingTaxTotal LegalMonetaryTotal InvoiceLine"""

CREDIT_NOTE_ORDER: Final = """
    UBLExtensions CustomizationID ProfileID ID CopyIndicator IssueDate TaxPointDate CreditNoteTypeCode Note
    DocumentCurrencyCode TaxCurrencyCode AccountingCost BuyerReference InvoicePeriod OrderReference BillingReference
    DespatchDocumentReference ReceiptDocumentReference ContractDocumentReference AdditionalDocumentReference
    OriginatorDocumentReference AccountingSupplierParty AccountingCustomerParty PayeeParty TaxRepresentativeParty
    Delivery PaymentMeans PaymentTerms TaxExchangeRate AllowanceCharge TaxTotal LegalMonetaryTotal
    CreditNoteLine"""


def part(parent: Element, name: str) -> Element:
    """A new aggregate below a parent."""
    return etree.SubElement(parent, f"{{{CAC}}}{name}")


def path(parent: Element, *names: str) -> Element:
    """New aggregates, one inside the other; the innermost."""
    for name in names:
        parent = part(parent, name)
    return parent


def text(parent: Element, name: str, value: str | None, /, **attributes: str | None) -> Element | None:
    """A basic element, unless there is nothing to say in it; attributes that are None are left out."""
    value = (value or "").strip()
    if not value:
        return None
    element = etree.SubElement(parent, f"{{{CBC}}}{name}")
    element.text = value
    for attribute, said in attributes.items():
        if said:
            element.set(attribute, said)
    return element


def identifier(parent: Element, name: str, value: Identifier | None) -> None:
    """An identifier with its scheme."""
    if value is not None:
        text(parent, name, value.value, schemeID=value.scheme)


def day(parent: Element, name: str, value: date | None) -> None:
    """A date."""
    text(parent, name, value.isoformat() if value else None)


def number(parent: Element, name: str, value: Decimal | None, /, **attributes: str | None) -> None:
    """A rate or a quantity, with the decimals that it has."""
    text(parent, name, None if value is None else plain_text(value), **attributes)


def amount(parent: Element, name: str, value: Decimal | None, currency: str) -> None:
    """An amount of money, rounded half up to hundredths."""
    if value is not None:
        text(parent, name, plain_text(half_up(value)), currencyID=currency)


def price(parent: Element, name: str, value: Decimal | None, currency: str) -> None:
    """A price, which may have as many decimals as it likes."""
    if value is not None:
        text(parent, name, plain_text(value), currencyID=currency)


def drop_if_empty(element: Element) -> None:
    """Take an aggregate out again that nothing was put into."""
    if not len(element):
        element.getparent().remove(element)


def in_order(root: Element, names: str) -> None:
    """Sort the children as the schema wants them; of one name, they stay as they were."""
    places = {name: place for place, name in enumerate(names.split())}
    root[:] = sorted(root, key=lambda child: places[etree.QName(child).localname])
