"""What invoices and their lines point to: identifiers, periods, other documents, files."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from .document_kinds import ReferenceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Something else that the invoice or the line is about."""

    kind: ReferenceKind
    value: str
    day: date | None = None
    scheme: str | None = None
    """The scheme of the identifier, where the format names one (UBL ``schemeID``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """An identifier and the scheme it belongs to (UBL ``schemeID`` or ``listID``; ``version`` is ``listVersionID``)."""

    value: str
    scheme: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From a day to a day, both within; UBL may leave one out."""

    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a corrective invoice corrects: Facturae ``Corrective``, with the format's codes (01 … 85; 01–04).

    UBL names the preceding invoice only: there ``reason_code`` and ``method`` are empty.
    """

    reason_code: str
    reason: str
    method: str
    number: str | None = None
    series: str | None = None
    issue_date: date | None = None
    detail: str | None = None
    """``AdditionalReasonDescription``."""
    period: Period | None = None
    """``TaxPeriod``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFile:
    """A file that travels with an invoice, inside its XML or beside it."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
    description: str | None = None
    reference: str | None = None
    """BT-122, the identifier of the supporting document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportingDocument:
    """A document that the invoice names without carrying it (BG-24)."""

    reference: str
    description: str | None = None
    url: str | None = None
