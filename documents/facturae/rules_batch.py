"""What a file says of all its invoices together, in ``FileHeader/Batch``: told where it is not what they come to.

The order has no rule about it, but registers and portals show these sums, and look invoices up by the last of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from ...models.domain.invoice import InvoiceContent
from ...models.domain.money import plain_text
from ..notes import Notes
from .places import CURRENCIES
from .rules_lines import differ

_BATCH: Final = "/Facturae/FileHeader/Batch"
_ZERO: Final = Decimal(0)


def check_batch(file: dict[str, Any], invoices: Sequence[InvoiceContent], notes: Notes) -> None:
    """RCF06004 and RCF06006 of the file, as warnings. ``file`` is what the tables of the file header read."""
    currency = file.get("batch_currency")
    if currency is not None and any(invoice.currency != currency for invoice in invoices):
        # A currency that is none is told where it stands.
        message = "The file is in another currency than its invoice."
        place = f"{_BATCH}/InvoiceCurrencyCode"
        if all(invoice.currency in CURRENCIES for invoice in invoices):
            notes.warning("RCF06004", place, message, expected=invoices[0].currency, found=currency)
        return
    outstanding = [invoice.details.settlement.outstanding for invoice in invoices]
    for key, element, parts in (
        ("batch_total", "TotalInvoicesAmount", [invoice.totals.total for invoice in invoices]),
        ("batch_outstanding", "TotalOutstandingAmount", outstanding),
        ("batch_payable", "TotalExecutableAmount", [invoice.totals.payable for invoice in invoices]),
    ):
        stated = file.get(key)
        known = [part for part in parts if part is not None]
        expected = sum(known, _ZERO)
        if stated is not None and len(known) == len(parts) and differ(stated, expected):
            place, message = (
                f"{_BATCH}/{element}/TotalAmount",
                f"{element} of the file is not what its invoices add up to.",
            )
            notes.warning("RCF06006", place, message, expected=plain_text(expected), found=plain_text(stated))
