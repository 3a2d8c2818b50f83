"""Lines, discounts and charges, as UBL has them (BG-20, BG-21, BG-25 to BG-32)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from ...models.domain.invoice import (
    Adjustment,
    InvoiceContent,
    Item,
    ItemInstance,
    Line,
    LineTax,
    Period,
    Reference,
    ReferenceKind,
    SpecialTaxableEvent,
)
from ..xml import Element
from .codes import INVOICED_OBJECT, UNIT_CODES, UNIT_KEYS
from .countries import alpha_2_of
from .writing_money import Category, Plan
from .writing_tree import amount, day, drop_if_empty, identifier, number, part, path, price, text

NOT_SUBJECT: Final = "VATEX-EU-O"
NO_LINE: Final = "NA"
"""The schema wants a line of the order or delivery note, of which the invoice names the whole."""

PROPERTIES: Final = {
    ReferenceKind.FILE: "FileReference",
    ReferenceKind.RECEIVER_CONTRACT: "ReceiverContractReference",
    ReferenceKind.RECEIVER_ORDER: "ReceiverTransactionReference",
    ReferenceKind.ISSUER_CONTRACT: "IssuerContractReference",
    ReferenceKind.ISSUER_ORDER: "IssuerTransactionReference",
}
"""References of a line that UBL has no element for, or only beside the line of an order: Facturae's names for them."""

TRANSACTION_DATE: Final = "TransactionDate"
"""The property that is the day of what a line bills, by Facturae's name."""


def add_lines(root: Element, content: InvoiceContent, plan: Plan) -> None:
    """The lines of the invoice or credit note, each in its category and with its amount."""
    credit = root.tag.endswith("CreditNote")
    name, quantity = ("CreditNoteLine", "CreditedQuantity") if credit else ("InvoiceLine", "InvoicedQuantity")
    for line, category, gross in zip(content.lines, plan.categories, plan.amounts, strict=True):
        _add_line(part(root, name), line, category, gross, content, quantity)


def _add_line(
    element: Element, line: Line, category: Category | None, gross: Decimal, content: InvoiceContent, quantity: str
) -> None:
    """Fill a line, and below it the lines that it is made of; of those, each in the category that it names itself."""
    text(element, "ID", line.id or str(line.position))
    text(element, "Note", line.information)
    count, unit_price = counted(line)
    number(element, quantity, count, unitCode=unit_code(line))
    amount(element, "LineExtensionAmount", gross, content.currency)
    _add_references(element, line)
    for change, charge in [(it, False) for it in line.discounts] + [(it, True) for it in line.charges]:
        add_change(element, change, change.amount, content.currency, charge=charge)
    if not content.format.is_facturae:
        _add_taxes(element, line, category, content.currency)
    _add_withheld(element, line, content.currency)
    _add_item(part(element, "Item"), line, category)
    _add_price(part(element, "Price"), line.item or Item(), unit_price, content.currency)
    below = "SubInvoiceLine" if quantity == "InvoicedQuantity" else "SubCreditNoteLine"
    for one in line.sub_lines:
        _add_line(part(element, below), one, _own_category(one), one.gross, content, quantity)


def _own_category(line: Line) -> Category | None:
    tax = next((tax for tax in line.taxes if not tax.withheld), None)
    if tax is None or tax.category is None:
        return None
    return Category(tax.category, None if tax.category == "O" else tax.rate)


def counted(line: Line) -> tuple[Decimal, Decimal]:
    """Quantity and price of one. A price must not be negative in EN 16931: then the quantity is."""
    if line.unit_price < 0:
        return line.quantity.copy_negate(), line.unit_price.copy_abs()
    return line.quantity, line.unit_price


def unit_code(line: Line) -> str:
    """The unit by Recommendation 20: as the document had it, else for our key; "one" where there is none."""
    if line.unit_code is not None and UNIT_KEYS.get(line.unit_code) == line.unit:
        return line.unit_code
    if line.unit is None:
        return line.unit_code or "C62"
    return UNIT_CODES.get(line.unit, line.unit)


def add_change(
    parent: Element,
    change: Adjustment,
    value: Decimal,
    currency: str,
    *,
    charge: bool,
    category: Category | None = None,
) -> None:
    """A discount or charge. Without a reason, a code says that it is one."""
    element = part(parent, "AllowanceCharge")
    text(element, "ChargeIndicator", "true" if charge else "false")
    code = change.code or (None if change.reason.strip() else "ZZZ" if charge else "95")
    text(element, "AllowanceChargeReasonCode", code)
    text(element, "AllowanceChargeReason", change.reason)
    number(element, "MultiplierFactorNumeric", change.rate)
    amount(element, "Amount", value, currency)
    amount(element, "BaseAmount", change.base, currency)
    if category is not None:
        add_category(part(element, "TaxCategory"), category)


def add_category(element: Element, category: Category, *, reason: str | None = None, code: str | None = None) -> None:
    """Fill a VAT category."""
    text(element, "ID", category.code)
    number(element, "Percent", category.percent)
    text(element, "TaxExemptionReasonCode", code)
    text(element, "TaxExemptionReason", reason)
    text(part(element, "TaxScheme"), "ID", category.scheme)


def add_period(parent: Element, period: Period | None, code: str | None = None) -> None:
    """A period, and the code of the tax point."""
    element = part(parent, "InvoicePeriod")
    day(element, "StartDate", period.start if period else None)
    day(element, "EndDate", period.end if period else None)
    text(element, "DescriptionCode", code)
    drop_if_empty(element)


def add_withheld(parent: Element, taxes: list[tuple[LineTax, Decimal]], currency: str) -> None:
    """Taxes that are withheld, with their amounts: UBL's ``WithholdingTaxTotal``, which EN 16931 does not have."""
    for tax, value in taxes:
        total = part(parent, "WithholdingTaxTotal")
        amount(total, "TaxAmount", value, currency)
        share = part(total, "TaxSubtotal")
        amount(share, "TaxableAmount", tax.base, currency)
        amount(share, "TaxAmount", value, currency)
        category = part(share, "TaxCategory")
        text(category, "ID", tax.category)
        number(category, "Percent", tax.rate)
        text(part(category, "TaxScheme"), "ID", tax.type)


def _add_withheld(element: Element, line: Line, currency: str) -> None:
    if element.tag.endswith("InvoiceLine"):
        add_withheld(
            element, [(tax, tax.amount) for tax in line.taxes if tax.withheld and tax.amount is not None], currency
        )


def _add_taxes(element: Element, line: Line, category: Category | None, currency: str) -> None:
    """What a UBL document stated of the taxes of its lines, which EN 16931 leaves out."""
    for tax in line.taxes:
        if tax.withheld or tax.amount is None:
            continue
        total = part(element, "TaxTotal")
        amount(total, "TaxAmount", tax.amount, currency)
        share = part(total, "TaxSubtotal")
        amount(share, "TaxableAmount", tax.base, currency)
        amount(share, "TaxAmount", tax.amount, currency)
        if category is not None:
            add_category(part(share, "TaxCategory"), category)


def _add_references(element: Element, line: Line) -> None:
    said = {kind: [one for one in line.references if one.kind is kind] for kind in ReferenceKind}
    for one in said[ReferenceKind.BUYER_ACCOUNTING][:1]:
        text(element, "AccountingCost", one.value)
    add_period(element, line.period)
    _add_order(element, said)
    for one in said[ReferenceKind.DELIVERY_NOTE]:
        _add_document(element, "DespatchLineReference", one)
    for one in said[ReferenceKind.RECEIVING_ADVICE]:
        _add_document(element, "ReceiptLineReference", one)
    for one in said[ReferenceKind.PRECEDING_INVOICE]:
        text(part(part(element, "BillingReference"), "InvoiceDocumentReference"), "ID", one.value)
    for one in said[ReferenceKind.INVOICED_OBJECT][:1]:
        document = part(element, "DocumentReference")
        text(document, "ID", one.value, schemeID=one.scheme)
        text(document, "DocumentTypeCode", INVOICED_OBJECT)


def _add_order(element: Element, said: dict[ReferenceKind, list[Reference]]) -> None:
    for one in said[ReferenceKind.ORDER_LINE][:1]:
        order = part(element, "OrderLineReference")
        text(order, "LineID", one.value)


def _add_document(element: Element, name: str, reference: Reference) -> None:
    line = part(element, name)
    text(line, "LineID", NO_LINE)
    document = part(line, "DocumentReference")
    text(document, "ID", reference.value)
    day(document, "IssueDate", reference.day)


def _add_item(element: Element, line: Line, category: Category | None) -> None:
    item = line.item or Item()
    text(element, "Description", item.detail)
    text(element, "Name", line.description)
    if item.buyer_code:
        text(part(element, "BuyersItemIdentification"), "ID", item.buyer_code)
    if line.article_code:
        text(part(element, "SellersItemIdentification"), "ID", line.article_code)
    if item.standard_code is not None:
        identifier(part(element, "StandardItemIdentification"), "ID", item.standard_code)
    if item.origin:
        text(path(element, "OriginCountry"), "IdentificationCode", alpha_2_of(item.origin) or item.origin)
    for one in item.classifications:
        classification = part(element, "CommodityClassification")
        text(classification, "ItemClassificationCode", one.value, listID=one.scheme, listVersionID=one.version)
    if category is not None:
        classified = part(element, "ClassifiedTaxCategory")
        add_category(classified, category, reason=line.special_event_reason, code=_event_code(line))
    _add_properties(element, line, item)
    for instance in item.instances:
        _add_instance(part(element, "ItemInstance"), instance)


def _add_instance(element: Element, instance: ItemInstance) -> None:
    text(element, "ProductTraceID", instance.trace)
    day(element, "ManufactureDate", instance.made)
    day(element, "BestBeforeDate", instance.best_before)
    text(element, "RegistrationID", instance.registration)
    text(element, "SerialID", instance.serial)
    lot = part(element, "LotIdentification")
    text(lot, "LotNumberID", instance.lot)
    day(lot, "ExpiryDate", instance.expires)
    drop_if_empty(lot)


def _event_code(line: Line) -> str | None:
    return NOT_SUBJECT if line.special_event is SpecialTaxableEvent.NOT_SUBJECT else None


def _add_properties(element: Element, line: Line, item: Item) -> None:
    named = [(one.name, one.value) for one in item.properties]
    named += [(PROPERTIES[one.kind], one.value) for one in line.references if one.kind in PROPERTIES]
    if line.transaction_date is not None:
        named.append((TRANSACTION_DATE, line.transaction_date.isoformat()))
    for name, value in named:
        said = part(element, "AdditionalItemProperty")
        text(said, "Name", name)
        text(said, "Value", value)


def _add_price(element: Element, item: Item, unit_price: Decimal, currency: str) -> None:
    price(element, "PriceAmount", unit_price, currency)
    number(element, "BaseQuantity", item.base_quantity, unitCode=item.base_unit)
    if item.price_discount is not None or item.gross_price is not None:
        change = part(element, "AllowanceCharge")
        text(change, "ChargeIndicator", "false")
        price(change, "Amount", item.price_discount or Decimal(0), currency)
        price(change, "BaseAmount", item.gross_price, currency)
