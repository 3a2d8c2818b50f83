"""The entry rule about offices (RCF08001), which needs to know the receiver; the others stand in ``rules_*``."""

from __future__ import annotations

from ...models.domain.findings import Finding
from ...models.domain.invoice import InvoiceContent, OfficeRole

DIR3_ROLES = frozenset(
    {
        OfficeRole.ACCOUNTING_OFFICE,
        OfficeRole.MANAGING_BODY,
        OfficeRole.PROCESSING_UNIT,
        OfficeRole.PROPOSING_BODY,
    }
)
"""The roles of a public body's offices; the others are a company's own centres."""


def check_offices(content: InvoiceContent, listed: frozenset[str] | None) -> tuple[Finding, ...]:
    """RCF08001: each DIR3 office is one that the receiver lists; ``None`` has no list and takes all."""
    if listed is None:
        return ()
    return tuple(
        Finding(
            rule="RCF08001",
            message="The receiver has no office of this code.",
            location=f"/Facturae/Parties/BuyerParty/AdministrativeCentres/AdministrativeCentre[{position}]/CentreCode",
            expected=", ".join(sorted(listed))[:200] or None,
            found=office.code[:200],
        )
        for position, office in enumerate(content.offices, start=1)
        if office.role in DIR3_ROLES and office.code not in listed
    )
