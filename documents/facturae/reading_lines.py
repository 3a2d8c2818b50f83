"""The lines of a Facturae."""

from __future__ import annotations

from typing import Any, Final

from ...models.domain.invoice import Line, Period, Reference, ReferenceKind
from ..opaque import extensions
from ..quick import maker_of
from ..records import Reading, Table, all_of, code, day, decimal, double, fill, record, text
from ..xml import Element
from .codes import SPECIAL_EVENTS, UNITS
from .reading_amounts import CHARGES, DISCOUNTS, LINE_TAXES, LINE_TAXES_WITHHELD

_line_of = maker_of(Line)
_reference_of = maker_of(Reference)

PERIOD: Final = record(Period, {"StartDate": ("start", day), "EndDate": ("end", day)})

_REFERENCES: Final = (
    ("IssuerContractReference", "IssuerContractDate", ReferenceKind.ISSUER_CONTRACT),
    ("IssuerTransactionReference", "IssuerTransactionDate", ReferenceKind.ISSUER_ORDER),
    ("ReceiverContractReference", "ReceiverContractDate", ReferenceKind.RECEIVER_CONTRACT),
    ("ReceiverTransactionReference", "ReceiverTransactionDate", ReferenceKind.RECEIVER_ORDER),
    ("FileReference", "FileDate", ReferenceKind.FILE),
)


def _delivery_note(*, value: str, day: Any = None) -> Reference:
    return Reference(kind=ReferenceKind.DELIVERY_NOTE, value=value, day=day)


_NOTES = all_of(
    "DeliveryNote",
    record(_delivery_note, {"DeliveryNoteNumber": ("value", text), "DeliveryNoteDate": ("day", day)}, value=""),
)

_LINE: Table = {
    **{name: (name, text) for name, _, _ in _REFERENCES},
    **{name: (name, day) for _, name, _ in _REFERENCES},
    "SequenceNumber": ("order_line", text),
    "DeliveryNotesReferences": ("delivery_notes", _NOTES),
    "ItemDescription": ("description", text),
    "Quantity": ("quantity", double),
    "UnitOfMeasure": ("unit_code", text),
    "UnitPriceWithoutTax": ("unit_price", decimal),
    "TotalCost": ("cost", decimal),
    "DiscountsAndRebates": ("discounts", DISCOUNTS),
    "Charges": ("charges", CHARGES),
    "GrossAmount": ("gross", decimal),
    "TaxesWithheld": ("taxes_withheld", LINE_TAXES_WITHHELD),
    "TaxesOutputs": ("taxes", LINE_TAXES),
    "LineItemPeriod": ("period", PERIOD),
    "TransactionDate": ("transaction_date", day),
    "AdditionalLineItemInformation": ("information", text),
    "SpecialTaxableEvent": {
        "SpecialTaxableEventCode": ("special_event", code(SPECIAL_EVENTS)),
        "SpecialTaxableEventReason": ("special_event_reason", text),
    },
    "ArticleCode": ("article_code", text),
    "Extensions": ("extensions", extensions),
}

_NUMBERS: Final = ("quantity", "unit_price", "gross")


def lines(items: Element, reading: Reading) -> tuple[Line, ...]:
    """The lines in the document's order, numbered from 1."""
    found = (element for element in items if element.tag == "InvoiceLine")
    return tuple(_line(element, position, reading) for position, element in enumerate(found, start=1))


def _line(element: Element, position: int, reading: Reading) -> Line:
    values = fill(element, _LINE, reading, {"position": position, "description": ""})
    for name in _NUMBERS:
        if name not in values:
            values[name] = reading.nothing
    if "unit_code" in values:
        values["unit"] = UNITS.get(values["unit_code"], values["unit_code"])
    withheld = values.pop("taxes_withheld", None)
    if withheld:
        # Taxes charged come first in our types, whatever the order in the document.
        values["taxes"] = values.get("taxes", ()) + withheld
    references = _references(values)
    if references:
        values["references"] = references
    return _line_of(**values)


def _references(values: dict[str, Any]) -> tuple[Reference, ...]:
    found = []
    for name, date_name, kind in _REFERENCES:
        if name in values or date_name in values:
            found.append(_reference_of(kind=kind, value=values.pop(name, ""), day=values.pop(date_name, None)))
    if "order_line" in values:
        found.append(_reference_of(kind=ReferenceKind.ORDER_LINE, value=values.pop("order_line")))
    return (*found, *values.pop("delivery_notes", ()))
