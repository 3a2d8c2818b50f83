"""The lines of a UBL document (BG-25 to BG-32), one as the other for invoices and credit notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from ...models.domain.invoice import (
    Identifier,
    Item,
    ItemInstance,
    ItemProperty,
    Line,
    LineTax,
    Period,
    Reference,
    ReferenceKind,
)
from ..quick import maker_of
from ..xml import Element
from .codes import INVOICED_OBJECT, UNIT_KEYS
from .nodes import Part
from .reading_amounts import read_adjustments, read_tax_type
from .reading_bare_lines import read_bare_line
from .reading_parties import read_country
from .writing_lines import PROPERTIES, TRANSACTION_DATE

_PROPERTIES: Final[Mapping[str, ReferenceKind]] = {name: kind for kind, name in PROPERTIES.items()}
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_line_of = maker_of(Line)
_tax_of = maker_of(LineTax)

DEEPEST: Final = 10
"""How deep lines are read within lines; what is below stands among the further elements."""

_NOTHING = Item()
_NO_INSTANCE = ItemInstance()
_DETAILS: Final = frozenset(
    {
        "BuyersItemIdentification",
        "StandardItemIdentification",
        "CommodityClassification",
        "OriginCountry",
        "AdditionalItemProperty",
        "ItemInstance",
    }
)
"""What an item may have beyond its name and the issuer's code: most have none of it."""


_REFERRING: Final = frozenset(
    {
        "OrderLineReference",
        "DespatchLineReference",
        "ReceiptLineReference",
        "DocumentReference",
        "BillingReference",
        "AccountingCost",
    }
)
"""What a line refers to other documents by: most refer to none."""


class Lines(NamedTuple):
    """The lines, and the elements of those that have been read to the last word."""

    read: tuple[Line, ...]
    bare: frozenset[Element]


def read_lines(root: Part, *, plain: bool) -> Lines:
    """The lines in the document's order, numbered from 1: those of an invoice, or of a credit note.

    ``plain`` says whether the document is known to be (``plain``), so that most lines are read the short way.
    """
    credit = root.name == "CreditNote"
    name, quantity = ("CreditNoteLine", "CreditedQuantity") if credit else ("InvoiceLine", "InvoicedQuantity")
    lines: list[Line] = []
    bare: list[Element] = []
    for position, element in enumerate(root.elements(name), start=1):
        line = read_bare_line(element, position) if plain else None
        if line is None:
            line = _line(root.numbered(name, position), position, quantity)
        else:
            bare.append(element)
        lines.append(line)
    return Lines(tuple(lines), frozenset(bare))


def read_period(period: Part) -> Period | None:
    """From a day to a day; UBL may leave one out, or say neither."""
    start, end = period.optional_day("StartDate"), period.optional_day("EndDate")
    return Period(start=start, end=end) if start or end else None


def _line(node: Part, position: int, quantity: str, level: int = 0) -> Line:
    item, price, has = node.child("Item"), node.child("Price"), node.has
    gross = node.decimal("LineExtensionAmount")
    discounts, charges = read_adjustments(node) if has("AllowanceCharge") else ((), ())
    own = _own_properties(item) if item.has("AdditionalItemProperty") else _NONE_OWN
    unit = node.attribute("unitCode", quantity)
    return _line_of(
        position=position,
        description=_description(item),
        quantity=node.optional_decimal(quantity) or Decimal(0),
        unit=UNIT_KEYS.get(unit, unit) if unit else None,
        unit_code=unit,
        unit_price=price.optional_decimal("PriceAmount") or Decimal(0),
        gross=gross,
        discounts=discounts,
        charges=charges,
        taxes=tuple(_taxes(node, item, gross)),
        id=node.text("ID") or None,
        article_code=_number_of(item, "SellersItemIdentification"),
        period=read_period(node.child("InvoicePeriod")) if has("InvoicePeriod") else None,
        transaction_date=own.day,
        references=(*_references(node), *own.references) if node.has_any(_REFERRING) else own.references,
        information="\n".join(node.texts("Note")) or None if has("Note") else None,
        item=_item(item, price),
        sub_lines=_sub_lines(node, quantity, level),
    )


def _sub_lines(node: Part, quantity: str, level: int) -> tuple[Line, ...]:
    """What a line is made of: lines that may have lines of their own, of which EN 16931 has none."""
    name = "SubInvoiceLine" if quantity == "InvoicedQuantity" else "SubCreditNoteLine"
    if level == DEEPEST or not node.has(name):
        return ()
    return tuple(
        _line(part, position, quantity, level + 1) for position, part in enumerate(node.children(name), start=1)
    )


def _description(item: Part) -> str:
    name = item.text("Name") or item.text("Description")
    if not name:
        item.complain("RCF09001", "The name of what is billed is missing.", child="Name")
    return name


def _taxes(node: Part, item: Part, gross: Decimal) -> Iterator[LineTax]:
    shares = [share for total in node.children("TaxTotal") for share in total.children("TaxSubtotal")]
    categories = item.children("ClassifiedTaxCategory")
    for category in categories:
        tax, share = _tax(category, gross, withheld=False), _share_of(category, shares)
        yield tax if share is None else replace(tax, amount=share.optional_decimal("TaxAmount"))
    # Programs of before EN 16931 put the tax of a line here alone.
    for share in () if categories else shares:
        base = share.optional_decimal("TaxableAmount")
        tax = _tax(share.child("TaxCategory"), gross if base is None else base, withheld=False)
        yield replace(tax, amount=share.optional_decimal("TaxAmount"))
    for total in node.children("WithholdingTaxTotal"):
        for share in total.children("TaxSubtotal"):
            base = share.optional_decimal("TaxableAmount")
            tax = _tax(share.child("TaxCategory"), gross if base is None else base, withheld=True)
            yield replace(tax, amount=share.decimal("TaxAmount"))


def _share_of(category: Part, shares: list[Part]) -> Part | None:
    """What the line says of the tax of a category, of which it may say nothing."""
    same = [share for share in shares if share.text_in("TaxCategory", "ID") == category.text("ID")]
    return same[0] if len(same) == 1 else None


def _tax(category: Part, base: Decimal, *, withheld: bool) -> LineTax:
    return _tax_of(
        type=read_tax_type(category, withheld=withheld),
        rate=category.optional_decimal("Percent") or Decimal(0),
        base=base,
        withheld=withheld,
        category=category.text("ID") or None,
    )


def _references(node: Part) -> Iterator[Reference]:
    for order_line in node.children("OrderLineReference"):
        yield from _reference(ReferenceKind.ORDER_LINE, order_line.text("LineID"))
        yield from _reference(ReferenceKind.RECEIVER_ORDER, order_line.text_in("OrderReference", "ID"))
    for despatch in node.children("DespatchLineReference"):
        note = despatch.child("DocumentReference")
        if note.text("ID"):
            day = note.optional_day("IssueDate")
            yield Reference(kind=ReferenceKind.DELIVERY_NOTE, value=note.text("ID"), day=day)
    for receipt in node.children("ReceiptLineReference"):
        yield from _reference(ReferenceKind.RECEIVING_ADVICE, receipt.text_in("DocumentReference", "ID"))
    for document in node.children("DocumentReference"):
        # Programs of before the code was asked for leave it out; a line has no other documents in EN 16931.
        if document.text("DocumentTypeCode") in {INVOICED_OBJECT, ""}:
            scheme = document.attribute("schemeID", "ID")
            yield from _reference(ReferenceKind.INVOICED_OBJECT, document.text("ID"), scheme)
    for billing in node.children("BillingReference"):
        preceding = billing.child("InvoiceDocumentReference")
        yield from _reference(ReferenceKind.PRECEDING_INVOICE, preceding.text("ID"))
    yield from _reference(ReferenceKind.BUYER_ACCOUNTING, node.text("AccountingCost"))


def _reference(kind: ReferenceKind, value: str, scheme: str | None = None) -> Iterator[Reference]:
    if value:
        yield Reference(kind=kind, value=value, scheme=scheme)


def _item(item: Part, price: Part) -> Item | None:
    # Its name is the line's description: where there is none, the description of the item is.
    detail = "\n".join(item.texts("Description")) if item.has("Description") and item.text("Name") else None
    of_price = price.has("BaseQuantity") or price.has("AllowanceCharge")
    if detail is None and not of_price and not item.has_any(_DETAILS):
        return None
    discount = price.child("AllowanceCharge")
    read = Item(
        detail=detail or None,
        buyer_code=_number_of(item, "BuyersItemIdentification"),
        standard_code=item.child("StandardItemIdentification").identifier("ID"),
        classifications=tuple(_classifications(item)),
        origin=read_country(item.child("OriginCountry")),
        properties=tuple(_properties(item)),
        instances=tuple(_instances(item)),
        gross_price=discount.optional_decimal("BaseAmount"),
        price_discount=discount.optional_decimal("Amount"),
        base_quantity=price.optional_decimal("BaseQuantity"),
        base_unit=price.attribute("unitCode", "BaseQuantity"),
    )
    return None if read == _NOTHING else read


def _number_of(item: Part, name: str) -> str | None:
    return item.text_in(name, "ID") or None if item.has(name) else None


def _classifications(item: Part) -> Iterator[Identifier]:
    for classification in item.children("CommodityClassification"):
        code = classification.text("ItemClassificationCode")
        if code:
            yield Identifier(
                value=code,
                scheme=classification.attribute("listID", "ItemClassificationCode"),
                version=classification.attribute("listVersionID", "ItemClassificationCode"),
            )
        commodity = classification.text("CommodityCode")
        if commodity:
            yield Identifier(value=commodity, scheme=classification.attribute("listID", "CommodityCode"))


def _properties(item: Part) -> Iterator[ItemProperty]:
    for node in item.children("AdditionalItemProperty"):
        name, value = node.text("Name"), node.text("Value")
        if (name or value) and not _is_own(name, value):
            yield ItemProperty(name=name, value=value)


def _instances(item: Part) -> Iterator[ItemInstance]:
    for node in item.children("ItemInstance"):
        lot = node.child("LotIdentification")
        read = ItemInstance(
            lot=lot.text("LotNumberID") or None,
            expires=lot.optional_day("ExpiryDate"),
            serial=node.text("SerialID") or None,
            trace=node.text("ProductTraceID") or None,
            registration=node.text("RegistrationID") or None,
            made=node.optional_day("ManufactureDate"),
            best_before=node.optional_day("BestBeforeDate"),
        )
        if read != _NO_INSTANCE:
            yield read


class _Own(NamedTuple):
    """What our own writing puts into properties, for want of elements: Facturae's names say what."""

    day: date | None
    references: tuple[Reference, ...]


_NONE_OWN: Final = _Own(None, ())


def _own_properties(item: Part) -> _Own:
    day, references = None, []
    for node in item.children("AdditionalItemProperty"):
        name, value = node.text("Name"), node.text("Value")
        if name in _PROPERTIES and value:
            references.append(Reference(kind=_PROPERTIES[name], value=value))
        day = day or _own_day(name, value)
    return _Own(day, tuple(references))


def _is_own(name: str, value: str) -> bool:
    return (name in _PROPERTIES and bool(value)) or _own_day(name, value) is not None


def _own_day(name: str, value: str) -> date | None:
    if name != TRANSACTION_DATE or not _DAY.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
