"""The lines of a document. Attributes of ``models.domain.invoice``."""

from __future__ import annotations

import strawberry

from ..scalars import Date, Decimal
from .amounts import Adjustment, LineTax
from .enums import SpecialTaxableEvent
from .references import Identifier, Period, Reference


@strawberry.type(description="A property of what is billed, such as Colour: red.")
class ItemProperty:
    """Resolved from ``domain.invoice.ItemProperty``."""

    name: str = strawberry.field(description="Which property.")
    value: str = strawberry.field(description="Its value.")


@strawberry.type(description="Which pieces were delivered: a lot, a serial number. UBL only.")
class ItemInstance:
    """Resolved from ``domain.invoice.ItemInstance``."""

    lot: str | None = strawberry.field(description="Number of the lot.")
    expires: Date | None = strawberry.field(description="When the lot expires.")
    serial: str | None = strawberry.field(description="Serial number.")
    trace: str | None = strawberry.field(description="Number by which the piece is traced (ProductTraceID).")
    registration: str | None = strawberry.field(description="Registration, such as a vehicle's number plate.")
    made: Date | None = strawberry.field(description="When it was made.")
    best_before: Date | None = strawberry.field(description="Best before this day.")


@strawberry.type(description="What EN 16931 says of the thing billed, beyond its description.")
class Item:
    """Resolved from ``domain.invoice.Item``."""

    detail: str | None = strawberry.field(description="A longer description (BT-154).")
    buyer_code: str | None = strawberry.field(description="The receiver's article number (BT-156).")
    standard_code: Identifier | None = strawberry.field(description="Such as a GTIN, scheme 0160 (BT-157).")
    classifications: list[Identifier] = strawberry.field(description="Classes of goods, such as CPV (BT-158).")
    origin: str | None = strawberry.field(description="Country of origin, ISO 3166-1 alpha-3 (BT-159).")
    properties: list[ItemProperty] = strawberry.field(description="Further properties (BG-32).")
    instances: list[ItemInstance] = strawberry.field(description="Lots and serial numbers.")
    gross_price: Decimal | None = strawberry.field(description="Price before the price's discount (BT-148).")
    price_discount: Decimal | None = strawberry.field(description="Discount of the price (BT-147).")
    base_quantity: Decimal | None = strawberry.field(description="The unit price is for so many units (BT-149).")
    base_unit: str | None = strawberry.field(description="Unit of that quantity, UN/ECE Recommendation 20 (BT-150).")


@strawberry.type(description="One line of an invoice.")
class InvoiceLine:
    """Resolved from ``domain.invoice.Line``."""

    position: int = strawberry.field(description="1 for the first.")
    line_number: str | None = strawberry.field(description="As the document numbers it (BT-126).")
    description: str = strawberry.field(description="What is billed.")
    quantity: Decimal = strawberry.field(description="How many units.")
    unit: str | None = strawberry.field(description="UNIT, HOUR, KILOGRAM, …; null where the document names none.")
    unit_code: str | None = strawberry.field(
        description="As the document codes it: Facturae 01 to 36, UN/ECE Recommendation 20."
    )
    unit_price: Decimal = strawberry.field(description="Price of one unit, before taxes.")
    cost: Decimal | None = strawberry.field(description="Quantity × unit price, where the document states it.")
    discounts: list[Adjustment] = strawberry.field(description="Discounts of the line.")
    charges: list[Adjustment] = strawberry.field(description="Surcharges of the line.")
    gross: Decimal = strawberry.field(description="Quantity × unit price less discounts plus charges, before taxes.")
    tax_rate: Decimal | None = strawberry.field(description="Rate of the line's first added tax, per cent.")
    taxes: list[LineTax] = strawberry.field(description="Its taxes, added ones first.")
    article_code: str | None = strawberry.field(description="The issuer's article number.")
    period: Period | None = strawberry.field(description="The period that it bills.")
    transaction_date: Date | None = strawberry.field(description="When the operation was made.")
    references: list[Reference] = strawberry.field(description="Files, orders, contracts, delivery notes.")
    special_event: SpecialTaxableEvent | None = strawberry.field(description="Exempt, or not subject to the tax.")
    special_event_reason: str | None = strawberry.field(description="Why, usually the article of the law.")
    information: str | None = strawberry.field(description="A note on the line.")
    item: Item | None = strawberry.field(description="More about the thing billed; UBL only.")
    sub_lines: list[InvoiceLine] = strawberry.field(
        description="What the line is made of, with lines of their own in turn (UBL SubInvoiceLine), ten levels deep."
        " Their sums are within the line's; positions are counted from 1 in each line."
    )
    extensions: list[str] = strawberry.field(description="XML of other namespaces, as it is. Not checked.")
