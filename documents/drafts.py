"""What could be read of a document, whatever is wrong with it: for rules that look beyond the document itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..models.domain.invoice import InvoiceContent


@dataclass(frozen=True, slots=True)
class Draft:
    """What a document says, with stand-ins (empty texts, zero or NaN, ``date.min``) for what cannot be read of it."""

    content: InvoiceContent
    unsure: frozenset[str] = frozenset()
    """Of "number" (with the date of issue), "class", "issuer" and "receiver": what the document does not surely say."""

    def says(self, *parts: str) -> bool:
        """Whether it says all of these, so that a rule may go by them."""
        return self.unsure.isdisjoint(parts)

    def signed(self) -> Draft:
        """The same of a document that carries a signature."""
        return replace(self, content=replace(self.content, signed=True))
