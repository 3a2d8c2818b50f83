"""Where an element stands, in words that lead a person there: ``/Facturae/Invoices/Invoice/Items/InvoiceLine[3]``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from ..xml import Element
from .formats import SIGNATURES

_LONGEST: Final = 200


class Spot:
    """One element and the way to it; the way is written out only when somebody asks."""

    __slots__ = ("above", "element", "name", "position")

    def __init__(self, element: Element, above: Spot | None = None, position: int | None = None) -> None:
        self.element = element
        self.name = shown_name(element)
        self.above = above
        self.position = position

    @property
    def line(self) -> int:
        """The line of the start tag."""
        return int(self.element.sourceline or 0)

    @property
    def path(self) -> str:
        """The XPath of the element, positions only where siblings of the name repeat."""
        steps = []
        spot: Spot | None = self
        while spot is not None:
            steps.append(spot.name if spot.position is None else f"{spot.name}[{spot.position}]")
            spot = spot.above
        return "/" + "/".join(reversed(steps))


class Siblings:
    """The children of one element on their way past: which are still to come, and at which position each stands."""

    def __init__(self, above: Spot) -> None:
        self._above = above
        self._totals = Counter(child.tag for child in above.element.iterchildren("*"))
        self._met: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Spot]:
        for element in self._above.element.iterchildren("*"):
            tag = element.tag
            self._met[tag] += 1
            yield Spot(element, self._above, self._met[tag] if self._totals[tag] > 1 else None)

    def is_still_to_come(self, tag: str) -> bool:
        """Whether one of that tag follows."""
        return self._met[tag] < self._totals[tag]


def shown_name(element: Element) -> str:
    """The name as a path shows it: local, with ``ds:`` for signatures and the document's prefix for strangers."""
    namespace, brace, name = element.tag.rpartition("}")
    if namespace == f"{{{SIGNATURES}":
        return f"ds:{name}"[:_LONGEST]
    if brace and element.prefix and element.getparent() is not None:
        return f"{element.prefix}:{name}"[:_LONGEST]
    return str(name)[:_LONGEST]
