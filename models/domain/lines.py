"""The lines of an invoice, and what they say of the things billed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .amounts import Adjustment, LineTax
from .document_kinds import SpecialTaxableEvent
from .references import Identifier, Period, Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemProperty:
    """BG-32: a property of what is billed, such as Colour: red."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemInstance:
    """Which pieces were delivered: UBL ``ItemInstance``, of which EN 16931 has nothing."""

    lot: str | None = None
    """``LotIdentification/LotNumberID``."""
    expires: date | None = None
    """``LotIdentification/ExpiryDate``."""
    serial: str | None = None
    """``SerialID``."""
    trace: str | None = None
    """``ProductTraceID``."""
    registration: str | None = None
    """``RegistrationID``, such as the number plate of a vehicle."""
    made: date | None = None
    """``ManufactureDate``."""
    best_before: date | None = None
    """``BestBeforeDate``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What EN 16931 says of the thing billed, beyond its description (BG-29 to BG-32)."""

    detail: str | None = None
    """BT-154; the name, BT-153, is the line's description."""
    buyer_code: str | None = None
    """BT-156."""
    standard_code: Identifier | None = None
    """BT-157, such as a GTIN (scheme 0160)."""
    classifications: tuple[Identifier, ...] = ()
    """BT-158."""
    origin: str | None = None
    """BT-159, ISO 3166-1 alpha-3."""
    properties: tuple[ItemProperty, ...] = ()
    instances: tuple[ItemInstance, ...] = ()
    """Lots and serial numbers."""
    gross_price: Decimal | None = None
    """BT-148, before ``price_discount`` (BT-147)."""
    price_discount: Decimal | None = None
    base_quantity: Decimal | None = None
    """BT-149: the unit price is for so many units; ``Line.unit_price`` is as the document gives it."""
    base_unit: str | None = None
    """BT-150, UN/ECE Recommendation 20."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line. ``gross`` = quantity × unit price − discounts + charges, before taxes (``GrossAmount``)."""

    position: int
    description: str
    quantity: Decimal
    unit_price: Decimal
    gross: Decimal
    unit: str | None = None
    cost: Decimal | None = None
    """Quantity × unit price (``TotalCost``)."""
    discounts: tuple[Adjustment, ...] = ()
    charges: tuple[Adjustment, ...] = ()
    taxes: tuple[LineTax, ...] = ()
    id: str | None = None
    """BT-126, as the document numbers the line."""
    unit_code: str | None = None
    """The unit as the document codes it: Facturae 01 to 36, or UN/ECE Recommendation 20 (BT-130)."""
    article_code: str | None = None
    """``ArticleCode``; BT-155, the issuer's."""
    period: Period | None = None
    """``LineItemPeriod``; BG-26."""
    transaction_date: date | None = None
    """``TransactionDate``."""
    references: tuple[Reference, ...] = ()
    special_event: SpecialTaxableEvent | None = None
    special_event_reason: str | None = None
    information: str | None = None
    """``AdditionalLineItemInformation``; BT-127."""
    item: Item | None = None
    sub_lines: tuple[Line, ...] = ()
    """What the line is made of (UBL ``SubInvoiceLine``, ten levels deep), numbered from 1 in each line."""
    extensions: tuple[str, ...] = ()
    """XML of other namespaces, kept as it is."""

    @property
    def line_number(self) -> str | None:
        """``id``, by a name that no client takes for the id of an object."""
        return self.id

    @property
    def tax_rate(self) -> Decimal | None:
        """The rate of the line's first tax that is not withheld."""
        return next((tax.rate for tax in self.taxes if not tax.withheld), None)
