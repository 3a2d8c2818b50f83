"""Relay's object identification."""

from __future__ import annotations

from typing import Any

import strawberry

from ..models.notices.log import MailRow
from ..models.rows import AttachmentRow, ChangeRow, InvoiceRow, PartyRow

_TYPE_NAMES: dict[type, str] = {
    InvoiceRow: "Invoice",
    ChangeRow: "StatusChange",
    PartyRow: "Party",
    AttachmentRow: "Attachment",
    MailRow: "Notification",
}


@strawberry.interface(description="Anything with a global id, which `node` and `nodes` find again.")
class Node:
    """Rows are told apart by their class."""

    id: strawberry.ID = strawberry.field(description="Opaque and stable; good in `node`, `nodes` and every input.")

    @classmethod
    def resolve_type(cls, row: Any, *_: Any) -> str:
        return _TYPE_NAMES[type(row)]
