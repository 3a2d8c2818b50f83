"""The lines of an invoice in Facturae 3.2.2. Mind that taxes withheld come first here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ...models.domain.invoice import Line, Reference, ReferenceKind
from ...models.domain.money import half_up, multiply, plain_text
from ..xml import Element
from .codes import SPECIAL_EVENTS, UNITS, code_of
from .composing_totals import add_adjustments, add_taxes
from .composing_values import add, add_amount, add_day, add_optional, add_period, add_text

LINE_REFERENCES: Final[Mapping[ReferenceKind, tuple[str, str]]] = {
    ReferenceKind.ISSUER_CONTRACT: ("IssuerContractReference", "IssuerContractDate"),
    ReferenceKind.ISSUER_ORDER: ("IssuerTransactionReference", "IssuerTransactionDate"),
    ReferenceKind.RECEIVER_CONTRACT: ("ReceiverContractReference", "ReceiverContractDate"),
    ReferenceKind.RECEIVER_ORDER: ("ReceiverTransactionReference", "ReceiverTransactionDate"),
    ReferenceKind.FILE: ("FileReference", "FileDate"),
}
"""What a line can refer to, in its order: one of each, with its date."""


def add_line(element: Element, line: Line) -> None:
    """Fill ``InvoiceLine``, but for its extensions."""
    cost = half_up(multiply(line.quantity, line.unit_price)) if line.cost is None else line.cost
    if line.references:
        _add_references(element, line.references)
    add_text(element, "ItemDescription", line.description)
    add_text(element, "Quantity", plain_text(line.quantity))
    if line.unit is not None:
        add_text(element, "UnitOfMeasure", code_of(UNITS, line.unit) or "")
    add_amount(element, "UnitPriceWithoutTax", line.unit_price)
    add_amount(element, "TotalCost", cost)
    add_adjustments(element, "DiscountsAndRebates", "Discount", line.discounts)
    add_adjustments(element, "Charges", "Charge", line.charges)
    add_amount(element, "GrossAmount", line.gross)
    add_taxes(element, "TaxesWithheld", (tax for tax in line.taxes if tax.withheld))
    add_taxes(element, "TaxesOutputs", (tax for tax in line.taxes if not tax.withheld))
    add_period(element, "LineItemPeriod", line.period)
    add_day(element, "TransactionDate", line.transaction_date)
    add_optional(element, "AdditionalLineItemInformation", line.information)
    if line.special_event is not None:
        event = add(element, "SpecialTaxableEvent")
        add_text(event, "SpecialTaxableEventCode", code_of(SPECIAL_EVENTS, line.special_event) or "")
        add_text(event, "SpecialTaxableEventReason", line.special_event_reason or "")
    add_optional(element, "ArticleCode", line.article_code)


def _add_references(element: Element, references: tuple[Reference, ...]) -> None:
    first = {reference.kind: reference for reference in reversed(references)}
    for kind, (value_name, day_name) in LINE_REFERENCES.items():
        if kind in first:
            add_optional(element, value_name, first[kind].value)
            add_day(element, day_name, first[kind].day)
    if ReferenceKind.ORDER_LINE in first:
        add_optional(element, "SequenceNumber", first[ReferenceKind.ORDER_LINE].value)
    notes = [reference for reference in references if reference.kind is ReferenceKind.DELIVERY_NOTE]
    if notes:
        block = add(element, "DeliveryNotesReferences")
        for note in notes:
            part = add(block, "DeliveryNote")
            add_text(part, "DeliveryNoteNumber", note.value)
            add_day(part, "DeliveryNoteDate", note.day)
