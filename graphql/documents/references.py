"""What a document points to: identifiers, periods, references, notes, papers; of ``models.domain.invoice``."""

from __future__ import annotations

import strawberry

from ..scalars import Date
from .enums import ReferenceKind


@strawberry.type(description="An identifier, and the scheme that it belongs to.")
class Identifier:
    """Resolved from ``domain.invoice.Identifier``."""

    value: str = strawberry.field(description="The identifier itself.")
    scheme: str | None = strawberry.field(description="Its scheme, where there is one (UBL schemeID, listID).")
    version: str | None = strawberry.field(description="The scheme's version (UBL listVersionID).")


@strawberry.type(description="From a day to a day, both within; UBL may leave one out.")
class Period:
    """Resolved from ``domain.invoice.Period``."""

    start: Date | None = strawberry.field(description="The first day.")
    end: Date | None = strawberry.field(description="The last day.")


@strawberry.type(description="Something else that the invoice or the line is about: a file, an order, a contract.")
class Reference:
    """Resolved from ``domain.invoice.Reference``."""

    kind: ReferenceKind = strawberry.field(description="What it points to.")
    value: str = strawberry.field(description="The number or text that the document gives.")
    day: Date | None = strawberry.field(name="date", description="Of what date that is, where the document says so.")
    scheme: str | None = strawberry.field(description="The scheme of the identifier (UBL schemeID).")


@strawberry.type(description="A free text about the whole invoice.")
class Note:
    """Resolved from ``domain.invoice.Note``."""

    text: str = strawberry.field(description="The text.")
    subject: str | None = strawberry.field(description="What it is about, UNTDID 4451.")


@strawberry.type(description="A document that the invoice names without carrying it.")
class SupportingDocument:
    """Resolved from ``domain.invoice.SupportingDocument``."""

    reference: str = strawberry.field(description="Its identifier.")
    description: str | None = strawberry.field(description="What it is.")
    url: str | None = strawberry.field(description="Where it is, as the issuer says; never fetched here.")
