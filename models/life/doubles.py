"""Whether an invoice is here already: issuer, number, series and issue date (rule RCF03002)."""

from __future__ import annotations

from ..database import Database, Unit
from ..domain.corrections import COPIES
from ..domain.invoice import InvoiceContent
from ..domain.numbering import duplicate_key
from ..sql import Statement


async def find_duplicate(unit: Unit, content: InvoiceContent) -> str | None:
    """The live invoice with the same issuer, number, series and date (rule RCF03002), if there is one."""
    query = Statement(unit.dialect)
    rows = await unit.fetch(
        f"SELECT id FROM invoice WHERE duplicate_key = {query.bind(duplicate_key_of(content))}", query.values
    )
    return str(rows[0][0]) if rows else None


async def find_duplicate_of(database: Database, content: InvoiceContent) -> str | None:
    """The same outside a unit of work, for a check that keeps nothing."""
    return await database.unit_of_work(lambda unit: find_duplicate(unit, content))


async def has_original_of(database: Database, copy: InvoiceContent) -> bool:
    """Whether the invoice that this one copies is here: same issuer, number, series and date (rule RCF04003)."""
    query = Statement(database.dialect)
    found = await database.fetch(
        f"SELECT 1 FROM invoice WHERE duplicate_key = {query.bind(_number_key(copy))}", query.values
    )
    return bool(found)


def duplicate_key_of(content: InvoiceContent) -> str:
    """What two live invoices never share; a copy has one of its own."""
    key = _number_key(content)
    # A copy bears the number of what it copies; two copies of one kind are doubles of each other.
    return f"{key}\x1f{content.invoice_class.value}" if content.invoice_class in COPIES else key


def _number_key(content: InvoiceContent) -> str:
    return duplicate_key(content.issuer.tax_id, content.number, content.series, content.issue_date)
