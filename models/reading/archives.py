"""Documents chosen to be downloaded together: the choice is kept for a day, what is in it is read while it is sent.

Each invoice is read by itself, for who may see it at that moment; no connection is held while a slow client takes it.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from ..database import Database, Unit
from ..domain.archive_names import Names
from ..domain.errors import Invalid, Refusal
from ..domain.transitions import PartyRole
from ..identifiers import global_id, key_of, new_id
from ..lists.filtering import Filter, conditions
from ..purging import ARCHIVES_KEPT
from ..rows import InvoiceRow
from ..sql import Statement, as_instant
from ..viewer import Viewer
from ..visibility import visible
from .files import mark_seen, read_attachment, read_document
from .invoices import read_invoice
from .selection import Selection

MAX_DOCUMENTS = 500
GONE = "There is no such invoice, or you may not see it."

_SELECTION = Selection(
    columns=frozenset(
        ("number", "series", "issue_date", "status", "registry_number", "registered_at", "rcf_number", "created_at")
    ),
    issuer=True,
    receiver=True,
    attachments=True,
)


@dataclass(frozen=True, slots=True)
class Archive:
    """A choice. ``invoices`` are global ids as they were given."""

    key: str
    invoices: tuple[str, ...]
    attachments: bool
    created_at: datetime

    @property
    def expires_at(self) -> datetime:
        """Until when it can be downloaded."""
        return self.created_at + ARCHIVES_KEPT


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive."""

    path: str
    content: bytes
    at: datetime


@dataclass(slots=True)
class Contents:
    """What an archive turns out to hold: filled while its members are read."""

    invoices: list[dict[str, Any]] = field(default_factory=list)
    missing: list[dict[str, str]] = field(default_factory=list)
    sums: list[tuple[str, str]] = field(default_factory=list)


async def choose(
    database: Database, viewer: Viewer, ids: Sequence[str], now: datetime, *, attachments: bool
) -> Archive:
    """Keep a choice. :class:`Invalid` where there are too many or none."""
    wanted = tuple(dict.fromkeys(ids))
    if not 1 <= len(wanted) <= MAX_DOCUMENTS:
        raise Invalid(f"Choose 1 to {MAX_DOCUMENTS} invoices.", path=("input", "invoiceIds"))
    archive = Archive(str(new_id()), wanted, attachments, now)

    async def work(unit: Unit) -> None:
        query = Statement(unit.dialect)
        row = {
            "id": archive.key,
            "user_id": viewer.user_id,
            "invoices": orjson.dumps(wanted).decode(),
            "attachments": attachments,
            "created_at": now,
        }
        places = ", ".join(query.bind(value) for value in row.values())
        await unit.execute(f"INSERT INTO document_archive ({', '.join(row)}) VALUES ({places})", query.values)

    await database.unit_of_work(work)
    return archive


async def matching(database: Database, viewer: Viewer, role: PartyRole, wanted: Filter) -> tuple[list[str], bool]:
    """The global ids of the newest 500 invoices of a list, and whether it has more."""
    query = Statement(database.dialect)
    where = [visible(query, viewer, role), *conditions(query, viewer, role, wanted)]
    found = await database.fetch(
        f"SELECT i.id FROM invoice i WHERE {' AND '.join(where)}"
        f" ORDER BY i.created_at DESC, i.id DESC LIMIT {MAX_DOCUMENTS + 1}",
        query.values,
    )
    return [global_id("Invoice", str(row[0])) for row in found[:MAX_DOCUMENTS]], len(found) > MAX_DOCUMENTS


async def read_archive(database: Database, viewer: Viewer, key: str, now: datetime) -> Archive | None:
    """A choice that this person made, while it is kept; else None."""
    query = Statement(database.dialect)
    found = await database.fetch(
        f"SELECT invoices, attachments, created_at FROM document_archive WHERE id = {query.bind(key)}"
        f" AND user_id = {query.bind(viewer.user_id)}",
        query.values,
    )
    if not found:
        return None
    invoices, attachments, created_at = found[0]
    archive = Archive(key, tuple(orjson.loads(invoices)), bool(attachments), as_instant(created_at))
    return archive if now < archive.expires_at else None


async def members(database: Database, viewer: Viewer, archive: Archive, contents: Contents) -> AsyncIterator[Member]:
    """The files, one invoice's after another's, then what there is to say of them all."""
    names = Names()
    for reserved in ("manifest.json", "SHA256SUMS"):
        names.take(reserved)
    for invoice_id in archive.invoices:
        async for member in _of_invoice(database, viewer, archive, invoice_id, names, contents):
            contents.sums.append((hashlib.sha256(member.content).hexdigest(), member.path))
            yield member
    manifest = {
        "createdAt": archive.created_at.isoformat(),
        "party": {"taxId": viewer.party_tax_id, "name": viewer.party_name},
        "invoices": contents.invoices,
        "missing": contents.missing,
    }
    told = orjson.dumps(manifest, option=orjson.OPT_INDENT_2)
    sums = [*contents.sums, (hashlib.sha256(told).hexdigest(), "manifest.json")]
    yield Member("manifest.json", told, archive.created_at)
    yield Member("SHA256SUMS", "".join(f"{digest}  {path}\n" for digest, path in sums).encode(), archive.created_at)


async def _of_invoice(
    database: Database, viewer: Viewer, archive: Archive, invoice_id: str, names: Names, contents: Contents
) -> AsyncIterator[Member]:
    row = await read_invoice(database, viewer, key_of("Invoice", invoice_id), _SELECTION)
    document = None if row is None else await read_document(database, viewer, row.key)
    if row is None or document is None:
        contents.missing.append({"id": invoice_id, "reason": GONE})
        return
    await _seen(database, viewer, row.key)
    folder, name = row.issuer.tax_id, "-".join(part for part in (row.series, row.number) if part)
    path = names.take(folder, f"{name}.xml")
    entry = _entry(row, path, document.file.content)
    contents.invoices.append(entry)
    yield Member(path, document.file.content, row.created_at)
    if not archive.attachments:
        return
    for attachment in row.attachments:
        file = await read_attachment(database, viewer, attachment.key)
        if file is not None:
            path = names.take(folder, name, file.name)
            entry["attachments"].append(_file(path, file.content) | {"name": file.name, "mediaType": file.media_type})
            yield Member(path, file.content, row.created_at)


def _file(path: str, content: bytes) -> dict[str, Any]:
    return {"path": path, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _entry(row: InvoiceRow, path: str, content: bytes) -> dict[str, Any]:
    return {
        "id": row.id,
        **_file(path, content),
        "series": row.series,
        "number": row.number,
        "issueDate": row.issue_date.isoformat(),
        "issuerTaxId": row.issuer.tax_id,
        "receiverTaxId": row.receiver.tax_id,
        "status": row.status,
        "registryNumber": row.registry_number,
        "registeredAt": None if row.registered_at is None else row.registered_at.isoformat(),
        "rcfNumber": row.rcf_number,
        "attachments": [],
    }


async def _seen(database: Database, viewer: Viewer, invoice_key: str) -> None:
    try:
        await mark_seen(database, viewer, invoice_key)
    except Refusal:
        return  # Its issuer downloads it.
