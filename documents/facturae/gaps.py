"""Where a Facturae of a wrong structure may say more, or less, than was read of it: no rule is judged by that.

Reading goes by the names of elements. So one under a wrong name, one that stands twice, or a number that is none leaves
a gap: an optional amount that reads as zero, a list that lacks one. What stands in the wrong order leaves none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final, NamedTuple

from ..grammar.formats import facturae_grammar
from ..grammar.matching import model_of
from ..grammar.notation import Child, Grammar, Record, Value
from ..values import read_double
from ..xml import Element

_NUMBERS: Final = frozenset({"double", "decimal"})


class _Slot(NamedTuple):
    kind: Record | Value
    repeats: bool


@dataclass(frozen=True, slots=True)
class Gaps:
    """Elements with a child that nobody understands, and those with one too many of a child; none in a sound file."""

    lost: set[Element] = field(default_factory=set)
    doubled: set[Element] = field(default_factory=set)

    def at(self, element: Element | None) -> bool:
        """Whether what an element holds is not surely what was read of it; True for one that is not there."""
        return element is None or element in self.lost or element in self.doubled

    def within(self, element: Element | None) -> bool:
        """The same of an element or any inside it, but for one that is not there."""
        return element is not None and any(map(self.at, element.iter("*")))

    def of_line(self, line: Element) -> bool:
        """Whether amounts of a line are not surely all that it says."""
        return self.at(line) or any(self.within(line.find(name)) for name in ("DiscountsAndRebates", "Charges"))

    def of_batch(self, root: Element) -> bool:
        """Whether the sums of the file, or its invoices, are not surely all that it says."""
        whole = (root, root.find("FileHeader"), root.find("Invoices"))
        return not self.doubled.isdisjoint(whole) or self.within(root.find("FileHeader/Batch"))


def find_gaps(root: Element, version: str) -> Gaps:
    """The gaps of a file whose children of the root have no namespace. Linear time."""
    grammar, gaps = facturae_grammar(version), Gaps()
    ways: list[tuple[Element, Record]] = [(root, grammar.records[_record(grammar)])]
    while ways:
        element, record = ways.pop()
        slots, met = _slots(record, grammar), set()
        if not len(element):
            gaps.lost.add(element)
        for child in element.iterchildren("*"):
            slot = slots.get(child.tag)
            if slot is None:
                if not child.tag.startswith("{"):
                    gaps.lost.add(element)
                continue
            if child.tag in met and not slot.repeats:
                gaps.doubled.add(element)
            met.add(child.tag)
            if isinstance(slot.kind, Record):
                ways.append((child, slot.kind))
            elif slot.kind.base in _NUMBERS and not _is_number(child.text):
                gaps.lost.add(element)
    return gaps


def unsure_sums(invoice: Element, gaps: Gaps) -> frozenset[str]:
    """The sums of one invoice, by their elements, that are made of what may not be all there is."""
    totals, items = invoice.find("InvoiceTotals"), invoice.find("Items")
    unsure: set[str] = set()
    if totals is None or totals in gaps.doubled or invoice in gaps.doubled:
        return frozenset({*_OF_LINES, *_OF_TAXES, *_OF_WITHHELD, *_OF_OPTIONAL, "InvoiceTotal"})
    if gaps.at(items) or any(line in gaps.doubled for line in items):
        unsure |= _OF_LINES
    if gaps.within(totals):
        unsure |= _OF_OPTIONAL
    for names, element in ((_OF_TAXES, "TaxesOutputs"), (_OF_WITHHELD, "TaxesWithheld")):
        taxes = invoice.find(element)
        if gaps.within(taxes) or (taxes is None and (element == "TaxesOutputs" or invoice in gaps.lost)):
            unsure |= names
    return frozenset(unsure)


_OF_LINES: Final = frozenset({"TotalGrossAmount"})
_OF_TAXES: Final = frozenset({"TotalTaxOutputs"})
_OF_WITHHELD: Final = frozenset({"TotalTaxesWithheld"})
_OF_OPTIONAL: Final = frozenset(
    {
        "TotalGrossAmountBeforeTaxes",
        "TotalGeneralDiscounts",
        "TotalGeneralSurcharges",
        "TotalOutstandingAmount",
        "TotalExecutableAmount",
    }
)
"""Sums of parts that are left out where they are nothing, or of lists of them."""


def _record(grammar: Grammar) -> str:
    return grammar.elements["Facturae"]


@cache
def _slots(record: Record, grammar: Grammar) -> Mapping[str, _Slot]:
    model = model_of(record)
    slots: dict[str, _Slot] = {}
    for at, place in enumerate(model.places):
        if isinstance(place, Child) and ":" not in place.name:
            again = place.name in slots
            slots[place.name] = _Slot(grammar.kind(place), again or at in model.follow[at])
    return slots


def _is_number(text: str | None) -> bool:
    try:
        return bool(read_double((text or "").strip()) is not None)
    except ValueError:
        return False
