"""The one function that says which invoices a viewer may see (domain.md, "Who sees what").

Every read of invoices, their history, documents, feeds and sums goes through it; a test forbids going around.
"""

from __future__ import annotations

from .domain.transitions import PartyRole
from .sql import Statement
from .viewer import Viewer


def visible(statement: Statement, viewer: Viewer, role: PartyRole | None = None, *, alias: str = "i") -> str:
    """A condition on ``invoice`` (or on ``status_change``, which carries both parties too).

    As issuer one sees what one issued, as receiver what is addressed to one; without a role either. What may not be
    seen looks like what is not there.
    """
    party = statement.bind(viewer.party_id)
    if role is PartyRole.ISSUER:
        return f"{alias}.issuer_id = {party}"
    if role is PartyRole.RECEIVER:
        return f"{alias}.receiver_id = {party}"
    # Not two comparisons joined by OR: SQLite would look through all that the party has on either side.
    return f"{party} IN ({alias}.issuer_id, {alias}.receiver_id)"
