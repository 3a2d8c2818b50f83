"""What a reader wants of an invoice, free of GraphQL; ``models.reading.invoices`` alone turns it into SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..database import Dialect
from ..domain.invoice import Totals
from ..domain.money import from_cents
from ..domain.states import InvoiceStatus
from ..lists.seeing import SEEN
from ..sql import as_date, as_instant

TOTALS = tuple(Totals.__dataclass_fields__)

Reader = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Selection:
    """The parts of an invoice to read.

    ``columns`` are attributes of ``InvoiceRow`` that come from the table itself (``COLUMNS``), ``content`` those that
    come from ``invoice_content``; the rest are relations. The key is always read.
    """

    columns: frozenset[str] = field(default_factory=frozenset)
    content: frozenset[str] = field(default_factory=frozenset)
    issuer: bool = False
    receiver: bool = False
    history: bool = False
    document: bool = False
    attachments: bool = False
    cancellation: bool = False
    cancellation_history: bool = False
    corrected: Selection | None = None
    """What is wanted of the invoice that this one corrects; None where it is not asked for."""
    corrected_by: Selection | None = None
    travel: bool = False

    def joined(self, other: Selection) -> Selection:
        """What serves both."""
        return Selection(
            self.columns | other.columns,
            self.content | other.content,
            self.issuer or other.issuer,
            self.receiver or other.receiver,
            self.history or other.history,
            self.document or other.document,
            self.attachments or other.attachments,
            self.cancellation or other.cancellation,
            self.cancellation_history or other.cancellation_history,
            _either(self.corrected, other.corrected),
            _either(self.corrected_by, other.corrected_by),
            self.travel or other.travel,
        )


def _either(one: Selection | None, other: Selection | None) -> Selection | None:
    return one.joined(other) if one is not None and other is not None else one or other


def _nullable(reader: Reader) -> Reader:
    return lambda value: None if value is None else reader(value)


_STATUSES = {status.value: status for status in InvoiceStatus}

# How a column of each name is read where the database does not give it as it should be; SQLite keeps dates as text.
_ALWAYS: dict[str, Reader] = {
    "status": _STATUSES.__getitem__,
    "seen": bool,
    "away": bool,
    "issuer_key": str,
    "receiver_key": str,
}
_ON_SQLITE: dict[str, Reader] = {
    "issue_date": as_date,
    "payment_date": _nullable(as_date),
    "status_changed_at": as_instant,
    "registered_at": _nullable(as_instant),
    "created_at": as_instant,
}

COLUMNS: dict[str, str] = {
    "issuer_key": "i.issuer_id",
    "receiver_key": "i.receiver_id",
    "receiver_kind": "b.kind",
    "away": "EXISTS (SELECT 1 FROM exchange x WHERE x.invoice_id = i.id AND x.direction = 'OUT')",
    **{
        name: f"i.{name}"
        for name in (
            "number",
            "series",
            "document_type",
            "invoice_class",
            "issue_date",
            "currency",
            "status",
            "status_changed_at",
            "registry_number",
            "registered_at",
            "rcf_number",
            "rejection_reason",
            "payment_date",
            "version",
            "created_at",
        )
    },
    "seen": SEEN,
    "totals": ", ".join(f"i.{name}" for name in TOTALS),
}
"""Attribute of ``InvoiceRow`` → the SQL that gives it; ``{party}`` and ``{user}`` stand for the reader's places."""


def column_readers(dialect: Dialect) -> dict[str, Reader]:
    """Readers for the columns that need one on this database."""
    return {**_ALWAYS, **_ON_SQLITE} if dialect == "sqlite" else dict(_ALWAYS)


def read_totals(cents: tuple[int, ...]) -> Totals:
    """Totals of their eight columns, in the order of ``TOTALS``."""
    return Totals(**dict(zip(TOTALS, map(from_cents, cents), strict=True)))
