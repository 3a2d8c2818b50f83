"""What UBL by EN 16931 cannot say of an invoice."""

from __future__ import annotations

from ...models.domain.findings import Finding
from ...models.domain.invoice import InvoiceContent


def check_sayable(content: InvoiceContent) -> tuple[Finding, ...]:
    """Everything."""
    return ()
