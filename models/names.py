"""What parties are called. One that has not signed up has no name of its own here, only what documents call it.

Each issuer has written its own documents, so what one of them calls such a party is nobody else's to see: on an
invoice stands the name that its own document gives, elsewhere the one that the viewer's newest document gives.
"""

from __future__ import annotations

from typing import Literal

from .database import Dialect
from .domain.transitions import PartyRole
from .sql import Statement
from .viewer import Viewer
from .visibility import visible

Side = Literal["issuer", "receiver"]


def shown_name(dialect: Dialect, party: str, side: Side, invoice: str = "i") -> str:
    """The name of the ``party`` on that side of the ``invoice``, both given by their aliases."""
    called = f"SELECT {_named(dialect, side)} FROM invoice_content d WHERE d.invoice_id = {invoice}.id"
    return f"CASE WHEN {party}.registered THEN {party}.name ELSE COALESCE(({called}), {party}.tax_id) END"


def known_name(statement: Statement, viewer: Viewer, party: str = "p") -> str:
    """The name of a ``party`` that the viewer deals with, outside an invoice."""
    as_issuer, as_receiver = (
        _newest(statement, viewer, party, role) for role in (PartyRole.ISSUER, PartyRole.RECEIVER)
    )
    called = f"COALESCE(({as_issuer}), ({as_receiver}), {party}.tax_id)"
    return f"CASE WHEN {party}.registered THEN {party}.name ELSE {called} END"


def _newest(statement: Statement, viewer: Viewer, party: str, role: PartyRole) -> str:
    side: Side = "receiver" if role is PartyRole.ISSUER else "issuer"
    return (
        f"SELECT {_named(statement.dialect, side)} FROM invoice i JOIN invoice_content d ON d.invoice_id = i.id"
        f" WHERE {visible(statement, viewer, role)} AND i.{side}_id = {party}.id"
        " ORDER BY i.created_at DESC, i.id DESC LIMIT 1"
    )


def _named(dialect: Dialect, side: Side) -> str:
    # What a column holds of the document's party is JSON text.
    return f"json_extract(d.{side}, '$.name')" if dialect == "sqlite" else f"d.{side}::json ->> 'name'"
