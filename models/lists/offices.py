"""The DIR3 offices that invoices name: kept in a table of their own, so that lists can be narrowed to one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..database import Database, Unit
from ..domain.invoice import Office, OfficeRole
from ..domain.transitions import PartyRole
from ..sql import Statement, text_set
from ..viewer import Viewer
from ..visibility import visible
from ..writing import Columns, insert_rows

CODE_LENGTH = 64
"""Characters of a code that are kept; DIR3's have at most ten."""
NAME_LENGTH = 255


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
    offices = tuple(offices)
    names = {
        (office.role, office_code(office.code)): " ".join(office.name.split())[:NAME_LENGTH] or None
        for office in reversed(offices)
        if office.name is not None
    }
    rows: list[Columns] = [
        {
            "invoice_id": invoice_id,
            "issuer_id": issuer_id,
            "receiver_id": receiver_id,
            "role": role.value,
            "code": code,
            "name": names.get((role, code)),
        }
        for role, code in named_offices(offices)
    ]
    await insert_rows(unit, "invoice_office", rows)


def of_office(statement: Statement, viewer: Viewer, role: PartyRole, code: str, office_role: OfficeRole | None) -> str:
    """The ids of the party's invoices that name an office, as a statement to look into."""
    party, wanted = statement.bind(viewer.party_id), statement.bind(office_code(code))
    where = f"o.{role.value.lower()}_id = {party} AND o.code = {wanted}"
    if office_role is not None:
        where += f" AND o.role = {statement.bind(office_role.value)}"
    return f"SELECT o.invoice_id FROM invoice_office o WHERE {where}"


async def office_names(
    database: Database, viewer: Viewer, role: PartyRole, office_role: OfficeRole, codes: Sequence[str]
) -> dict[str, str]:
    """What the newest document that the viewer sees, and that gives an office a name, calls it; by code."""
    query = Statement(database.dialect)
    found = await database.fetch(
        "SELECT o.code, o.name, MAX(CAST(o.invoice_id AS VARCHAR(36))) FROM invoice_office o"
        f" JOIN invoice i ON i.id = o.invoice_id WHERE {visible(query, viewer, role)}"
        f" AND o.{role.value.lower()}_id = {query.bind(viewer.party_id)} AND o.role = {query.bind(office_role.value)}"
        f" AND o.code IN {text_set(query, codes)} AND o.name IS NOT NULL GROUP BY o.code, o.name ORDER BY 3",
        query.values,
    )
    return {code: name for code, name, _ in found}


async def codes_named(unit: Unit, party_id: str, codes: list[str]) -> set[str]:
    """Which of these codes some invoice to a party names."""
    query = Statement(unit.dialect)
    party, wanted = query.bind(party_id), query.bind_all(codes)
    found = await unit.fetch(
        f"SELECT DISTINCT o.code FROM invoice_office o WHERE o.receiver_id = {party} AND o.code IN {wanted}",
        query.values,
    )
    return {row[0] for row in found}
