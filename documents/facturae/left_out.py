"""What an invoice says that Facturae 3.2.2 has no place for: left out when it is written, and named in a warning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ...models.domain.findings import Finding, Severity
from ...models.domain.invoice import (
    Account,
    Adjustment,
    AttachedFile,
    Details,
    DocumentFormat,
    DocumentParty,
    InvoiceContent,
    Item,
    Line,
    Payment,
    Period,
    Reference,
    ReferenceKind,
    Settlement,
    TaxTotal,
)
from .checks import printable
from .composing_header import HEADER_REFERENCES
from .composing_lines import LINE_REFERENCES
from .source_places import place_in_source

RULE: Final = "HF08"

_PARTY: Final = {
    "identifiers": "the identifiers of a party",
    "legal_id": "the number in a register of companies",
    "tax_registration": "a tax number that is not for VAT",
    "electronic_address": "the electronic address of a party",
}
_WHOLE: Final = {
    "payee": "a payee other than the seller",
    "tax_representative": "the tax representative of the seller",
    "delivery": "the place of delivery",
    "tax_point_code": "the code of the tax point",
    "notes": "the kind of a note",
    "payment_terms": "terms of payment without a payment",
    "supporting_documents": "documents that are named and not carried",
    "further_elements": "what EN 16931 has none for either",
    "process": "the business process",
    "specification": "the specification that the document followed",
    "type_code": "the code of the document's type",
}
_ITEM: Final = {
    "detail": "a description beside the name of what is billed",
    "buyer_code": "the buyer's code of what is billed",
    "standard_code": "the standard code of what is billed",
    "classifications": "the classification of what is billed",
    "origin": "the country of origin of what is billed",
    "properties": "the properties of what is billed",
    "instances": "the lots and serial numbers of what is billed",
    "gross_price": "the price before its discount",
    "price_discount": "the discount of the price",
    "base_quantity": "the quantity that the price is for",
    "base_unit": "the unit of the quantity that the price is for",
}
_ADJUSTMENT: Final = {
    "base": "what the rate of a discount or charge is of",
    "code": "the code of a discount or charge",
    "tax_category": "the tax category of a discount or charge",
    "tax_rate": "the tax rate of a discount or charge",
}
_PAYMENT: Final = {
    "percent": "the share that an instalment is of the whole",
    "means_text": "the text of the means of payment",
    "mandate": "the mandate of a direct debit",
    "creditor_id": "the identifier of the creditor",
    "card_number": "the number of a card",
    "card_holder": "the holder of a card",
}
_TAX: Final = {"exemption_reason": "the reason of an exemption", "exemption_code": "the code of an exemption"}


@dataclass(frozen=True, slots=True)
class Omission:
    """One thing left out: the field, such as ``lines[2].item.origin`` counted from 1, what it is and its value."""

    field: str
    what: str
    value: object

    def finding(self, format_: DocumentFormat) -> Finding:
        """The warning, with the place that a document of the format it was read from has for it."""
        return warning(self.field, f"Facturae has no place for {self.what}; it is left out.", self.value, format_)


def left_out(content: InvoiceContent) -> tuple[Finding, ...]:
    """A warning for each thing that writing the invoice as Facturae leaves out."""
    return tuple(omission.finding(content.format) for omission in omissions(content))


def warning(field: str, message: str, value: object, format_: DocumentFormat) -> Finding:
    """A warning about a field, placed where the source has it."""
    found = printable(_shown(value))[:200] or None
    place = place_in_source(field, format_)
    return Finding(rule=RULE, message=message, severity=Severity.WARNING, location=place, found=found)


def omissions(content: InvoiceContent) -> Iterator[Omission]:
    """All that has no place, in the order of the document."""
    yield from _of_party(content.issuer, "issuer")
    yield from _of_party(content.receiver, "receiver")
    if content.receiver.offices:
        yield Omission("receiver.offices", "further offices of the receiver", len(content.receiver.offices))
    yield from _of_details(content.details)
    for at, tax in enumerate(content.taxes):
        yield from _of_tax(tax, f"taxes[{at + 1}]")
    for at, line in enumerate(content.lines):
        yield from _of_line(line, f"lines[{at + 1}]")
    for at, payment in enumerate(content.payments):
        yield from _of_payment(payment, f"payments[{at + 1}]")
    for at, file in enumerate(content.attachments):
        yield from _of_file(file, f"attachments[{at + 1}]")


def _of_party(party: DocumentParty, field: str) -> Iterator[Omission]:
    yield from _set_fields(party, field, _PARTY)
    if party.person and party.trade_name:
        yield Omission(f"{field}.trade_name", "the trade name of a natural person", party.trade_name)
    if party.person and party.registration is not None:
        yield Omission(f"{field}.registration", "the registration of a natural person", party.registration.other)
    if party.address is not None and party.address.more:
        yield Omission(f"{field}.address.more", "further lines of an address", ", ".join(party.address.more))


def _of_named_party(party: DocumentParty, field: str) -> Iterator[Omission]:
    yield from _of_party(party, field)
    if party.party_id:
        yield Omission(f"{field}.party_id", "the sender's number for this party", party.party_id)
    if party.offices:
        yield Omission(f"{field}.offices", "the offices of this party", len(party.offices))


def _of_details(details: Details) -> Iterator[Omission]:
    yield from _set_fields(details, "details", _WHOLE)
    if details.third_party is not None:
        yield from _of_named_party(details.third_party, "details.third_party")
    if details.factoring is not None:
        yield from _of_named_party(details.factoring.assignee, "details.factoring.assignee")
    yield from _of_period(details.period, "details.period")
    yield from _of_references(details.references, "details.references", _HEADER_PLACES)
    for name, adjustments in (("discounts", details.discounts), ("charges", details.charges)):
        for at, adjustment in enumerate(adjustments):
            yield from _set_fields(adjustment, f"details.{name}[{at + 1}]", _ADJUSTMENT)
    yield from _of_settlement(details.settlement, "details.settlement")


def _of_settlement(settlement: Settlement, field: str) -> Iterator[Omission]:
    if settlement.rounding:
        yield Omission(f"{field}.rounding", "the rounding of what is to be paid", settlement.rounding)
    taxes = settlement.taxes_in_tax_currency
    if taxes is not None:
        yield Omission(f"{field}.taxes_in_tax_currency", "the taxes in another currency", taxes)
    for at, payment in enumerate(settlement.on_account):
        if payment.day is None:
            yield Omission(f"{field}.on_account[{at + 1}]", "a payment on account without its date", payment.amount)
    for name in ("retention", "in_kind"):
        part: Adjustment | None = getattr(settlement, name)
        if part is not None:
            yield from _set_fields(part, f"{field}.{name}", _ADJUSTMENT)
    if settlement.in_kind is not None and settlement.in_kind.rate is not None:
        yield Omission(f"{field}.in_kind.rate", "the rate of a payment in kind", settlement.in_kind.rate)


def _of_tax(tax: TaxTotal, field: str) -> Iterator[Omission]:
    yield from _set_fields(tax, field, _TAX)


def _of_line(line: Line, field: str) -> Iterator[Omission]:
    if line.id is not None and line.id != str(line.position):
        yield Omission(f"{field}.id", "a line's own number", line.id)
    if line.item is not None:
        yield from _set_fields(line.item, f"{field}.item", _ITEM)
    if line.sub_lines:
        yield Omission(f"{field}.sub_lines", "the lines that a line is made of", line.sub_lines)
    if line.period is not None:
        yield from _of_period(line.period, f"{field}.period")
    if line.references:
        yield from _of_references(line.references, f"{field}.references", _LINE_PLACES)
    for name, adjustments in (("discounts", line.discounts), ("charges", line.charges)):
        for at, adjustment in enumerate(adjustments):
            yield from _set_fields(adjustment, f"{field}.{name}[{at + 1}]", _ADJUSTMENT)


def _of_period(period: Period | None, field: str) -> Iterator[Omission]:
    if period is not None and (period.start is None or period.end is None):
        yield Omission(field, "a period of which one end is not known", period.start or period.end)


_HEADER_PLACES: Final[Mapping[ReferenceKind, bool]] = {
    **dict.fromkeys(HEADER_REFERENCES, False),
    ReferenceKind.RELATED_INVOICE: False,
}
_LINE_PLACES: Final[Mapping[ReferenceKind, bool]] = {
    **dict.fromkeys(LINE_REFERENCES, False),
    ReferenceKind.ORDER_LINE: False,
    ReferenceKind.DELIVERY_NOTE: True,
}
"""The references that have a place, and whether there is room for several of them."""


def _of_references(
    references: Iterable[Reference], field: str, places: Mapping[ReferenceKind, bool]
) -> Iterator[Omission]:
    seen: set[ReferenceKind] = set()
    for at, reference in enumerate(references):
        if reference.kind not in places or (reference.kind in seen and not places[reference.kind]):
            what = f"this reference ({reference.kind.value})"
            yield Omission(f"{field}[{at + 1}].{reference.kind}", what, reference.value)
        elif reference.scheme is not None:
            yield Omission(f"{field}[{at + 1}].scheme", "the scheme of a reference", reference.scheme)
        seen.add(reference.kind)


def _of_payment(payment: Payment, field: str) -> Iterator[Omission]:
    yield from _set_fields(payment, field, _PAYMENT)
    for name in ("credited", "debited"):
        account: Account | None = getattr(payment, name)
        if account is not None and account.holder:
            yield Omission(f"{field}.{name}.holder", "the holder of an account", account.holder)


def _of_file(file: AttachedFile, field: str) -> Iterator[Omission]:
    if file.reference:
        yield Omission(f"{field}.reference", "the identifier of a supporting document", file.reference)


def _set_fields(
    part: Adjustment | Details | DocumentParty | Item | Payment | TaxTotal, field: str, names: Mapping[str, str]
) -> Iterator[Omission]:
    for name, what in names.items():
        value = getattr(part, name)
        if value is not None and value != ():
            yield Omission(f"{field}.{name}", what, value)


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    for name in ("value", "place", "text", "name", "reference", "description", "lot", "serial", "trace"):
        text = getattr(value, name, None)
        if isinstance(text, str):
            return text
    return str(value)
