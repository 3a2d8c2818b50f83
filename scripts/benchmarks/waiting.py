"""Receivers that are not here yet, with as many invoices waiting for them as one wants, and both their keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from tramesa.models.database import Unit
from tramesa.models.domain.invoice import DocumentParty
from tramesa.models.domain.keys import KeyKind, hash_of, new_key
from tramesa.models.domain.transitions import PartyKind
from tramesa.models.feeds.places import hold_feeds
from tramesa.models.feeds.positions import STATUS_FEED
from tramesa.models.identifiers import new_id
from tramesa.models.life.addressees import make_unregistered
from tramesa.models.life.invitations import KEY_LIFETIME
from tramesa.models.sql import Statement, value_rows
from tramesa.models.writing import Columns, insert_row, insert_rows

ADDRESS = "compres@bench.example.org"
_OTHERS = {
    "status": "'SENT'",
    "version": "1",
    "notify_email": "'facturacio@bench.example.org'",
    **dict.fromkeys(
        ("registry_number", "registered_at", "registered_on", "rcf_number", "payment_date", "rejection_reason"), "NULL"
    ),
    "duplicate_key": "NULL",
}


@dataclass(frozen=True, slots=True)
class Awaited:
    """Whom ``count`` invoices wait for."""

    tax_id: str
    key_one: str
    key_two: str
    count: int


async def await_receiver(unit: Unit, tax_id: str, count: int) -> Awaited:
    """Have copies of so many invoices, of whomever, wait for a party that is known by its tax id alone."""
    now = datetime.now(UTC)
    await make_unregistered(unit, DocumentParty(tax_id=tax_id, name="Fusteria"), PartyKind.COMPANY, now)
    query = Statement(unit.dialect)
    found = await unit.fetch(f"SELECT id FROM party WHERE tax_id = {query.bind(tax_id)}", query.values)
    receiver = str(found[0][0])
    copies = await _copy_invoices(unit, receiver, count)
    await _enter(unit, receiver, copies, now)
    invoice, issuer = next(iter(copies.items()))
    return await _invite(unit, Awaited(tax_id, new_key(), new_key(), count), issuer, receiver, invoice, now)


async def _copy_invoices(unit: Unit, receiver: str, count: int) -> dict[str, str]:
    """The copies' ids, and whose each is."""
    rows = await unit.fetch(f"SELECT id, issuer_id FROM invoice ORDER BY number_key, id LIMIT {count}", [])
    copies = {str(new_id()): (str(row[0]), str(row[1])) for row in rows}
    for table, key in (("invoice", "id"), ("invoice_content", "invoice_id"), ("invoice_text", "invoice_id")):
        query = Statement(unit.dialect)
        pairs = [(copy, source) for copy, (source, _) in copies.items()]
        ids = value_rows(query, {"copy": "uuid", "source": "uuid"}, pairs)
        given = {key: "v.copy"} | (_OTHERS if table == "invoice" else {})
        if table != "invoice_content":
            given["receiver_id"] = f"{query.bind(receiver)}{'::uuid' if unit.dialect == 'postgres' else ''}"
        columns = [name for name in await _columns(unit, table) if name not in given]
        await unit.execute(
            f"INSERT INTO {table} ({', '.join([*given, *columns])}) SELECT {', '.join(given.values())}, "
            f"{', '.join(f't.{name}' for name in columns)} FROM {ids} JOIN {table} t ON t.{key} = v.source",
            query.values,
        )
    return {copy: issuer for copy, (_, issuer) in copies.items()}


async def _columns(unit: Unit, table: str) -> list[str]:
    if unit.dialect == "sqlite":
        return [row[1] for row in await unit.fetch(f"PRAGMA table_info({table})", [])]
    sql = "SELECT column_name FROM information_schema.columns WHERE table_name = $1"
    return [row[0] for row in await unit.fetch(sql, [table])]


async def _enter(unit: Unit, receiver: str, copies: dict[str, str], now: datetime) -> None:
    feeds = await hold_feeds(unit, STATUS_FEED, copies.values(), receiver)
    rows: list[Columns] = []
    for invoice, issuer in copies.items():
        places = feeds.take(issuer)
        rows.append(
            {
                "id": str(new_id()),
                "invoice_id": invoice,
                "version": 1,
                "to_status": "SENT",
                "at": now,
                "actor": "Bench",
                "automated": False,
                "issuer_id": issuer,
                "issuer_position": places.issuer,
                "receiver_id": receiver,
                "receiver_position": places.receiver,
            }
        )
    await insert_rows(unit, "status_change", rows)
    await feeds.write(unit)


async def _invite(unit: Unit, awaited: Awaited, issuer: str, receiver: str, invoice: str, now: datetime) -> Awaited:
    common: dict[str, object] = {
        "issuer_id": issuer,
        "receiver_id": receiver,
        "email": ADDRESS,
        "created_at": now,
        "expires_at": now + KEY_LIFETIME,
    }
    one = hash_of(KeyKind.ONE, awaited.tax_id, awaited.key_one)
    two = hash_of(KeyKind.TWO, awaited.tax_id, awaited.key_two)
    first = {"id": str(new_id()), "language": "CA", "key_hash": one, "invoice_id": invoice, **common}
    await insert_row(unit, "invitation", first)
    await insert_row(unit, "receiver_key", {"id": str(new_id()), "key_hash": two, "created_by": "Bench", **common})
    return awaited
