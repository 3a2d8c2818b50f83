"""Whether what a corrective invoice says that it corrects is this invoice: by number, series and, where said, date.

The issuer is the same, which the caller has seen to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .invoice import InvoiceClass

COPIES = frozenset({InvoiceClass.COPY_OF_ORIGINAL, InvoiceClass.COPY_OF_CORRECTIVE, InvoiceClass.COPY_OF_SUMMARY})
"""Classes of invoices that bear the number of what they copy."""

_JOINTS = ("", "-", "/", " ", ".", "_")
"""What stands between series and number where a document writes both as one."""


@dataclass(frozen=True, slots=True)
class Named:
    """An invoice as it is named: UBL joins series and number, Facturae before 3.2.2 leaves out the date."""

    number: str
    series: str | None
    issue_date: date | None

    def spellings(self) -> frozenset[str]:
        """All ways in which series and number are written as one."""
        number, series = self.number.strip().casefold(), (self.series or "").strip().casefold()
        return frozenset(f"{series}{joint}{number}" for joint in _JOINTS) if series else frozenset({number})


def is_named(reference: Named, invoice: Named) -> bool:
    """Whether the reference means this invoice.

    >>> is_named(Named("A/7", None, None), Named("7", "A", date(2026, 1, 15)))
    True
    """
    if reference.issue_date is not None and reference.issue_date != invoice.issue_date:
        return False
    if (reference.series or "").strip() and (invoice.series or "").strip():
        return _pair(reference) == _pair(invoice)
    return not reference.spellings().isdisjoint(invoice.spellings())


def _pair(named: Named) -> tuple[str, str]:
    return (named.series or "").strip().casefold(), named.number.strip().casefold()
