"""The one function that says which invoices a viewer may see (domain.md, "Who sees what").

Every read of invoices, their history, documents, feeds and sums goes through it; a test forbids going around.
"""

from __future__ import annotations

from .domain.transitions import PartyRole
from .sql import Statement
from .viewer import Viewer


def visible(statement: Statement, viewer: Viewer, role: PartyRole | None = None, *, alias: str = "i") -> str:
    """A condition on ``invoice i`` (or on a table that carries ``invoice_id`` and both parties, by its alias).

    As issuer one sees what one issued, as receiver what is addressed to one; without a role either. Who is limited to
    offices sees, as receiver, what names one of them. What may not be seen looks like what is not there.
    """
    party = statement.bind(viewer.party_id)
    if role is PartyRole.ISSUER:
        return f"{alias}.issuer_id = {party}"
    within = _names_an_office(statement, viewer, f"{alias}.id" if alias == "i" else f"{alias}.invoice_id")
    if role is PartyRole.RECEIVER:
        return f"{alias}.receiver_id = {party}{f' AND {within}' if within else ''}"
    # Not two comparisons joined by OR: SQLite would look through all that the party has on either side.
    either = f"{party} IN ({alias}.issuer_id, {alias}.receiver_id)"
    return f"{either} AND ({alias}.issuer_id = {party} OR {within})" if within else either


def _names_an_office(statement: Statement, viewer: Viewer, invoice: str) -> str:
    """The condition that an invoice is the business of a limited viewer; empty for who is not limited."""
    if viewer.offices is None:
        return ""
    codes = statement.bind_all(sorted(viewer.offices))
    return f"EXISTS (SELECT 1 FROM invoice_office v WHERE v.invoice_id = {invoice} AND v.code IN {codes})"
