"""Other platforms as an operator enters them: by command or in a file. What they may do is for their keys to show."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import orjson

from ..database import Database, Row, Unit
from ..domain.errors import Invalid
from ..sql import Statement, as_instant
from ..tables import Platform
from .jwks import Jwk

KINDS = ("TRAMESA",)
"""The adapters that there are (``mail.platforms.adapters``)."""
MAX_NAME, MAX_ADDRESS = 100, 512


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlatform:
    """A platform to enter. ``address`` begins its GraphQL endpoint, and is what its tokens are issued by."""

    name: str
    address: str
    keys: Sequence[Jwk]
    kind: str = "TRAMESA"
    tax_ids: Collection[str] = ()
    """Who lives there, as far as is known beforehand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformRow:
    """A platform that is known. ``taken`` is the cursor in its feed up to which it has been read."""

    id: str
    name: str
    address: str
    kind: str
    keys: tuple[Jwk, ...]
    active: bool
    source: str
    taken: str | None
    last_heard_at: datetime | None
    last_error: str | None


_COLUMNS = "p.id, p.name, p.address, p.kind, p.keys, p.active, p.source, p.taken, p.last_heard_at, p.last_error"


def checked_address(text: str) -> str:
    """An address without a slash at the end; :class:`Invalid` where it is no http:// or https:// one."""
    try:
        parts = urlsplit(text)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and not (parts.query or parts.fragment)
        good = good and parts.username is None and len(text) <= MAX_ADDRESS and text.isascii() and text.isprintable()
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        good = False
    if not good:
        raise Invalid(f"{text!r} is no http:// or https:// address.", path=("address",))
    return text.rstrip("/")


def checked_platform(wanted: NewPlatform) -> NewPlatform:
    """The same with everything in its one spelling; :class:`Invalid` where something cannot be."""
    name = " ".join(wanted.name.split())
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable():
        raise Invalid(f"A platform's name has 1 to {MAX_NAME} characters.", path=("name",))
    if wanted.kind not in KINDS:
        raise Invalid(f"There is no adapter {wanted.kind!r}; there are {', '.join(KINDS)}.", path=("kind",))
    if not wanted.keys:
        raise Invalid("A platform needs a key.", path=("keys",))
    return NewPlatform(
        name=name,
        address=checked_address(wanted.address.strip()),
        keys=wanted.keys,
        kind=wanted.kind,
        tax_ids=wanted.tax_ids,
    )


async def add_platform(database: Database, wanted: NewPlatform, *, source: str = "COMMAND") -> None:
    """Enter a platform; one of that name gets the new address and keys, and is active again.

    :class:`Invalid` where another platform has the address.
    """
    checked = checked_platform(wanted)

    async def work(unit: Unit) -> None:
        await add_platform_in(unit, checked, source)

    await database.unit_of_work(work)


async def add_platform_in(unit: Unit, wanted: NewPlatform, source: str) -> str:
    """The same in a unit of the caller's, of a checked platform; its UUID."""
    other = await Platform.filter(address=wanted.address).exclude(name=wanted.name).first()
    if other is not None:
        raise Invalid(f"{other.name} has this address already.", path=("address",))
    now = datetime.now(UTC)
    query = Statement(unit.dialect)
    row: dict[str, object] = {
        "id": str(Platform().id),
        "name": wanted.name,
        "address": wanted.address,
        "kind": wanted.kind,
        "keys": orjson.dumps(list(wanted.keys)).decode(),
        "source": source,
        "active": True,
        "told": 0,
        "next_pull_at": now,
        "created_at": now,
    }
    values = ", ".join(query.bind(value) for value in row.values())
    changed = ", ".join(f"{name} = excluded.{name}" for name in ("address", "kind", "keys", "source", "active"))
    rows = await unit.fetch(
        f"INSERT INTO platform ({', '.join(row)}) VALUES ({values})"
        f" ON CONFLICT (name) DO UPDATE SET {changed} RETURNING id",
        query.values,
    )
    return str(rows[0][0])


async def remove_platform(database: Database, name: str) -> None:
    """Have nothing more to do with a platform: it may not come in, nothing is sent. What was exchanged is kept."""

    async def work(_: Unit) -> None:
        if not await Platform.filter(name=name, active=True).update(active=False):
            raise Invalid(f"There is no platform {name!r}.", path=("name",))

    await database.unit_of_work(work)


async def list_platforms(database: Database, *, active: bool = True) -> list[PlatformRow]:
    """The platforms by name; with ``active`` false the removed ones too."""
    where = " WHERE p.active = true" if active else ""
    return [
        platform_row(row) for row in await database.fetch(f"SELECT {_COLUMNS} FROM platform p{where} ORDER BY name")
    ]


async def platform_at(database: Database, address: str) -> PlatformRow | None:
    """The active platform whose tokens are issued by this address."""
    query = Statement(database.dialect)
    found = await database.fetch(
        f"SELECT {_COLUMNS} FROM platform p WHERE p.address = {query.bind(address)} AND p.active = true", query.values
    )
    return platform_row(found[0]) if found else None


async def platform_by_id(database: Database, platform_id: str) -> PlatformRow:
    """A platform of a row that names it."""
    query = Statement(database.dialect)
    found = await database.fetch(
        f"SELECT {_COLUMNS} FROM platform p WHERE p.id = {query.bind(platform_id)}", query.values
    )
    return platform_row(found[0])


async def platform_named(name: str) -> Platform:
    """The active platform of a name, inside a unit; :class:`Invalid` where there is none."""
    found = await Platform.filter(name=name, active=True).first()
    if found is None:
        raise Invalid(f"There is no platform {name!r}.", path=("platform",))
    return found


def platform_row(row: Row) -> PlatformRow:
    """A platform of its columns."""
    platform_id, name, address, kind, keys, active, source, taken, heard, error = row
    return PlatformRow(
        id=str(platform_id),
        name=name,
        address=address,
        kind=kind,
        keys=tuple(orjson.loads(keys)),
        active=bool(active),
        source=source,
        taken=taken,
        last_heard_at=None if heard is None else as_instant(heard),
        last_error=error,
    )


async def count_entries(database: Database) -> dict[str, int]:
    """How many tax ids are known to live on each platform, by its UUID."""
    rows = await database.fetch(
        "SELECT platform_id, count(*) FROM directory_entry WHERE lives = true GROUP BY platform_id"
    )
    return {str(platform_id): int(count) for platform_id, count in rows}
