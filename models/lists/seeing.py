"""Who has seen what: each person of the receiver for himself or herself; to the issuer, whether anybody has.

An invoice that was seen before that was kept for each person has been seen by everybody.
"""

from __future__ import annotations

from datetime import UTC, datetime

from ..database import Unit
from ..domain.errors import Forbidden, NotFound
from ..domain.transitions import PartyRole
from ..signals import FeedKey
from ..sql import Statement
from ..viewer import Viewer
from ..visibility import visible

SEEN = (
    "CASE WHEN i.receiver_id <> {party} THEN i.seen WHEN i.seen_by_all = true THEN true ELSE"
    " EXISTS (SELECT 1 FROM invoice_seen w WHERE w.user_id = {user} AND w.invoice_id = i.id) END"
)
"""What ``Invoice.seen`` is to a reader, with the places of his or her party and person."""


def unseen_by(statement: Statement, viewer: Viewer, role: PartyRole) -> str:
    """A condition on ``invoice i``: as receiver, not yet seen by the viewer; as issuer, not by anybody."""
    if role is PartyRole.ISSUER:
        return "i.seen = false"
    return f"i.seen_by_all = false AND NOT {_looked(statement, viewer)}"


def seen_by(statement: Statement, viewer: Viewer, role: PartyRole) -> str:
    """The opposite."""
    if role is PartyRole.ISSUER:
        return "i.seen = true"
    return f"(i.seen_by_all = true OR {_looked(statement, viewer)})"


def _looked(statement: Statement, viewer: Viewer) -> str:
    user = statement.bind(viewer.user_id)
    return f"EXISTS (SELECT 1 FROM invoice_seen w WHERE w.user_id = {user} AND w.invoice_id = i.id)"


async def mark_seen_in(unit: Unit, viewer: Viewer, invoice_key: str) -> None:
    """Note that the viewer, of the receiver, has opened the invoice; doing so again changes nothing.

    :class:`NotFound`, or :class:`Forbidden` for its issuer.
    """
    query = Statement(unit.dialect)
    found = await unit.fetch(
        f"SELECT i.issuer_id, i.receiver_id FROM invoice i WHERE i.id = {query.bind(invoice_key)}"
        f" AND {visible(query, viewer)}",
        query.values,
    )
    if not found:
        raise NotFound(path=("input", "invoiceId"))
    if str(found[0][1]) != viewer.party_id:
        raise Forbidden("Only its receiver marks an invoice seen.", path=("input", "invoiceId"))
    query = Statement(unit.dialect)
    places = ", ".join(query.bind(value) for value in (viewer.user_id, invoice_key, datetime.now(UTC)))
    first = await unit.fetch(
        f"INSERT INTO invoice_seen (user_id, invoice_id, at) VALUES ({places})"
        " ON CONFLICT (user_id, invoice_id) DO NOTHING RETURNING id",
        query.values,
    )
    if not first:
        return
    query = Statement(unit.dialect)
    await unit.execute(
        f"UPDATE invoice SET seen = true WHERE id = {query.bind(invoice_key)} AND seen = false", query.values
    )
    # Sums of what is unseen are followed live.
    issuer_id, receiver_id = (str(party) for party in found[0])
    unit.touched |= {FeedKey(issuer_id, PartyRole.ISSUER), FeedKey(receiver_id, PartyRole.RECEIVER)}
