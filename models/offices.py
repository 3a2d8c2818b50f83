"""The DIR3 offices that invoices name: kept in a table of their own, so that lists can be narrowed to one."""

from __future__ import annotations

from collections.abc import Iterable

from .database import Unit
from .domain.invoice import Office, OfficeRole
from .domain.transitions import PartyRole
from .sql import Statement
from .viewer import Viewer

CODE_LENGTH = 64
"""Characters of a code that are kept; DIR3's have at most ten."""


def office_code(text: str) -> str:
    """A code as it is kept and compared: in capitals, without outer space."""
    return text.strip().upper()[:CODE_LENGTH]


def named_offices(offices: Iterable[Office]) -> list[tuple[OfficeRole, str]]:
    """Role and code of each, once."""
    return list(
        dict.fromkeys((office.role, office_code(office.code)) for office in offices if office_code(office.code))
    )


async def write_offices(
    unit: Unit, invoice_id: str, issuer_id: str, receiver_id: str, offices: Iterable[Office]
) -> None:
    """Keep the offices of an invoice that comes in."""
    named = named_offices(offices)
    if not named:
        return
    query = Statement(unit.dialect)
    invoice, issuer, receiver = query.bind(invoice_id), query.bind(issuer_id), query.bind(receiver_id)
    rows = ", ".join(
        f"({invoice}, {issuer}, {receiver}, {query.bind(role.value)}, {query.bind(code)})" for role, code in named
    )
    await unit.execute(
        f"INSERT INTO invoice_office (invoice_id, issuer_id, receiver_id, role, code) VALUES {rows}", query.values
    )


def of_office(statement: Statement, viewer: Viewer, role: PartyRole, code: str, office_role: OfficeRole | None) -> str:
    """The ids of the party's invoices that name an office, as a statement to look into."""
    party, wanted = statement.bind(viewer.party_id), statement.bind(office_code(code))
    where = f"o.{role.value.lower()}_id = {party} AND o.code = {wanted}"
    if office_role is not None:
        where += f" AND o.role = {statement.bind(office_role.value)}"
    return f"SELECT o.invoice_id FROM invoice_office o WHERE {where}"


async def codes_named(unit: Unit, party_id: str, codes: list[str]) -> set[str]:
    """Which of these codes some invoice to a party names."""
    query = Statement(unit.dialect)
    party, wanted = query.bind(party_id), query.bind_all(codes)
    found = await unit.fetch(
        f"SELECT DISTINCT o.code FROM invoice_office o WHERE o.receiver_id = {party} AND o.code IN {wanted}",
        query.values,
    )
    return {row[0] for row in found}
