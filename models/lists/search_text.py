"""The text of an invoice that a search looks into: what its document says, and what its life has added.

Dates are in it as ``2026-01-31`` and amounts as ``1234.50``; ``models.lists.searching`` knows the other spellings.
The names and tax ids of both parties are not: they are looked up as they are today. One that has not signed up has
no name to look up, so what the document calls it is in the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

from ..database import Unit
from ..domain.invoice import DocumentParty, InvoiceContent, Line, Payment, Reference, Totals
from ..domain.money import plain_text
from ..domain.numbering import folded, legal_date
from ..sql import Statement, value_rows

TEXT_LENGTH = 20_000
"""Characters of a document that are searched. Two pages of lines have some 4,000."""

Part = str | date | Decimal | None


def document_text(content: InvoiceContent, more: Iterable[str] = ()) -> str:
    """What the document says, folded, a line each, nothing twice; at most ``TEXT_LENGTH`` characters."""
    return _joined((*_of_document(content), *more))[:TEXT_LENGTH]


def step_text(
    *,
    registry_number: str | None,
    registered_at: datetime | None,
    rcf_number: str | None,
    reason: str | None,
    payment_date: date | None,
) -> str:
    """What one step of its life adds, folded; empty where it adds nothing."""
    registered_on = None if registered_at is None else legal_date(registered_at)
    return _joined((registry_number, registered_on, rcf_number, reason, payment_date))


async def write_text(unit: Unit, invoice_id: str, issuer_id: str, receiver_id: str, document: str, life: str) -> None:
    """Keep the text of an invoice that comes in."""
    query = Statement(unit.dialect)
    places = ", ".join(query.bind(value) for value in (invoice_id, issuer_id, receiver_id, document, life))
    await unit.execute(
        f"INSERT INTO invoice_text (invoice_id, issuer_id, receiver_id, document, life) VALUES ({places})",
        query.values,
    )


async def extend_text(unit: Unit, invoice_id: str, more: str) -> None:
    """Add what a step brought."""
    await extend_texts(unit, [(invoice_id, more)])


async def extend_texts(unit: Unit, additions: Iterable[tuple[str, str]]) -> None:
    """The same for several invoices."""
    added: dict[str, str] = {}
    for invoice_id, more in additions:
        if more:
            added[invoice_id] = added.get(invoice_id, "") + more
    if not added:
        return
    query = Statement(unit.dialect)
    rows = value_rows(query, {"id": "uuid", "more": "text"}, list(added.items()))
    await unit.execute(
        f"UPDATE invoice_text SET life = life || v.more FROM {rows} WHERE invoice_id = v.id", query.values
    )


def _joined(parts: Iterable[Part]) -> str:
    lines = dict.fromkeys(folded(_written(part)) for part in parts if part is not None)
    return "".join(f"{line}\n" for line in lines if line)


def _written(part: str | date | Decimal) -> str:
    if isinstance(part, Decimal):
        return plain_text(part)
    return part if isinstance(part, str) else part.isoformat()


def _of_document(content: InvoiceContent) -> Iterator[Part]:
    details, corrects = content.details, content.corrects
    yield from ((content.series or "") + content.number, content.number, content.series)
    yield from (content.issue_date, details.operation_date, content.currency)
    yield from _of_totals(content.totals)
    for office in content.offices:
        yield from (office.code, office.name)
    yield from _of_references(details.references)
    if corrects is not None:
        yield from (corrects.number, corrects.series, corrects.issue_date, corrects.reason, corrects.detail)
    yield from (details.batch_id, details.description, details.information, details.payment_terms)
    yield from (note.text for note in details.notes)
    assignee = None if details.factoring is None else details.factoring.assignee
    for party in (details.third_party, details.payee, details.tax_representative, assignee):
        yield from _of_party(party)
    yield from (content.issuer.trade_name, content.receiver.trade_name)
    for payment in content.payments:
        yield from _of_payment(payment)
    for file in content.attachments:
        yield from (file.name, file.description)
    for line in content.lines:
        yield from _of_line(line)


def _of_totals(totals: Totals) -> Iterator[Part]:
    yield from (totals.total, totals.payable, totals.taxable, totals.taxes, totals.withheld or None)


def _of_references(references: Iterable[Reference]) -> Iterator[Part]:
    return (reference.value for reference in references)


def _of_party(party: DocumentParty | None) -> Iterator[Part]:
    if party is not None:
        yield from (party.name, party.tax_id)


def _of_payment(payment: Payment) -> Iterator[Part]:
    yield payment.due_date if payment.due_date_stated else None
    yield from (payment.amount, payment.iban, payment.reference, payment.information)


def _of_line(line: Line) -> Iterator[Part]:
    yield from (line.description, line.article_code, line.information, line.gross)
    yield from _of_references(line.references)
