"""Where a UBL document of a wrong structure may say more, or less, than was read of it: no rule is judged by that.

Reading goes by the names of elements. So one under a wrong name, one that stands twice, one that is missing or a number
that is none leaves a gap: a pair of an element and the name of what it may lack. A wrong order leaves none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

from ..xml import Element
from .rules_tree import IS_VAT, NOT_VAT
from .schema import Aggregate, Simple, Table, table
from .texts import reads

_NUMBERS: Final = frozenset({"decimal"})
_POSITION: Final = re.compile(r"\[[0-9]+\]")

_PARTY: Final = frozenset({"Party", "PartyTaxScheme", "PartyLegalEntity", "PartyIdentification", "TaxScheme"})
_MONEY: Final = frozenset(
    {"LegalMonetaryTotal", "TaxTotal", "TaxSubtotal", "TaxCategory", "ClassifiedTaxCategory", "AllowanceCharge"}
)
_SUMMED: Final = frozenset(
    {
        "AllowanceCharge",
        "CreditNoteLine",
        "DocumentCurrencyCode",
        "InvoiceLine",
        "Item",
        "LegalMonetaryTotal",
        "LineExtensionAmount",
        "TaxTotal",
    }
)
_OTHER: Final = frozenset(
    {
        "AccountingCustomerParty",
        "AccountingSupplierParty",
        "ClassifiedTaxCategory",
        "Delivery",
        "InvoicePeriod",
        "Party",
        "TaxRepresentativeParty",
    }
)


@dataclass(frozen=True, slots=True)
class Gap:
    """An element that may lack a child of this name, for all that can be told; ``place`` as in findings."""

    place: str
    parent: str
    child: str


class Gaps:
    """All gaps of one document, and what they leave in doubt."""

    def __init__(self, found: Iterator[Gap]) -> None:
        self._found = frozenset(found)
        self._pairs = {(gap.parent, gap.child) for gap in self._found}

    def doubts_path(self, path: str) -> bool:
        """Whether a rule that looks along this XPath, seen from the root element, may miss something there."""
        if not any("TaxScheme" in pair for pair in self._pairs):
            path = path.replace(IS_VAT, "").replace(NOT_VAT, "")
        return any(
            re.search(rf"\b{child}\b", path)
            and (parent in {"Invoice", "CreditNote"} or re.search(rf"\b{parent}\b", path))
            for parent, child in self._pairs
        )

    def doubts_sums(self) -> bool:
        """Whether totals, or the taxes by category, may be made of what was not read."""
        return any(
            parent in _MONEY or parent in _PARTY or child in _SUMMED or child in _OTHER for parent, child in self._pairs
        )

    def doubts_place(self, place: str) -> bool:
        """Whether there is a gap at a place, around it or inside it."""
        wanted = _POSITION.sub("", place)
        return any(
            _is_within(each, wanted) or _is_within(wanted, each)
            for each in (f"{gap.place}/{gap.child}" for gap in self._found)
        )


def _is_within(place: str, other: str) -> bool:
    return place == other or place.startswith(f"{other}/")


def find_gaps(root: Element) -> Gaps:
    """The gaps of an invoice or credit note. Linear time where few elements have gaps."""
    return Gaps(_gaps(root, table(etree.QName(root).namespace)))


def _gaps(root: Element, kinds: Table) -> Iterator[Gap]:
    ways = [(root, f"/{_name(root.tag)}")]
    while ways:
        element, place = ways.pop()
        kind = kinds.get(element.tag)
        if not isinstance(kind, Aggregate):
            continue
        met: set[str] = set()
        strangers: set[bool] = set()
        doubtful: set[str] = set()
        for child in element.iterchildren("*"):
            tag = child.tag
            slot = kind.slots.get(tag)
            if slot is None:
                strangers.add(len(child) > 0)
                continue
            if (tag in met and not slot.many) or _is_no_number(child, kinds):
                doubtful.add(tag)
            met.add(tag)
            if isinstance(kinds.get(tag), Aggregate):
                ways.append((child, f"{place}/{_name(tag)}"))
        doubtful |= kind.required - met
        if strangers:
            # Which of those that are not there it was meant for, nobody can tell.
            doubtful |= {
                tag for tag in kind.slots.keys() - met if (not isinstance(kinds.get(tag), Simple)) in strangers
            }
        yield from (Gap(place, _name(element.tag), _name(tag)) for tag in doubtful)


def _is_no_number(element: Element, kinds: Table) -> bool:
    kind = kinds.get(element.tag)
    return isinstance(kind, Simple) and kind.type in _NUMBERS and not reads(element.text or "", kind.type)


def _name(tag: str) -> str:
    return tag.rpartition("}")[2]
