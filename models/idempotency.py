"""The same request sent twice has one effect: keys kept with their caller, in the transaction of what they did."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from .database import Unit
from .domain.errors import IdempotencyKeyReused, Invalid
from .sql import Statement
from .viewer import Viewer

MAX_LENGTH = 255
KEPT = timedelta(days=30)
"""What a key stands for is known for so long."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change brought about: the invoice, and the last step of its history where there is one."""

    invoice_id: str
    change_id: str | None


@dataclass(frozen=True, slots=True)
class Claim:
    """A caller's key for one operation. ``input_hash`` tells whether the input is the same again."""

    user_id: str
    operation: str
    key: str
    input_hash: str


def claim_for(viewer: Viewer, operation: str, key: str | None, arguments: Mapping[str, object]) -> Claim | None:
    """The claim that a request makes, or None where it brought no key. ``arguments`` must be JSON or have ``str``."""
    if key is None:
        return None
    if not 1 <= len(key) <= MAX_LENGTH:
        raise Invalid(f"A key has 1 to {MAX_LENGTH} characters.", path=("input", "idempotencyKey"))
    canonical = orjson.dumps(arguments, default=str, option=orjson.OPT_SORT_KEYS)
    return Claim(viewer.user_id, operation, key, hashlib.sha256(canonical).hexdigest())


async def earlier_outcome(unit: Unit, claim: Claim | None) -> Outcome | None:
    """What the key brought about before; from here to the commit no other unit works under the same key.

    Raises :class:`IdempotencyKeyReused` where it was used with another input.
    """
    if claim is None:
        return None
    await hold(unit, claim)
    query = Statement(unit.dialect)
    rows = await unit.fetch(
        f"SELECT input_hash, invoice_id, change_id FROM idempotency_key WHERE user_id = {query.bind(claim.user_id)}"
        f" AND operation = {query.bind(claim.operation)} AND key = {query.bind(claim.key)}",
        query.values,
    )
    if not rows:
        return None
    input_hash, invoice_id, change_id = rows[0]
    if input_hash != claim.input_hash:
        raise IdempotencyKeyReused(path=("input", "idempotencyKey"))
    return Outcome(str(invoice_id), None if change_id is None else str(change_id))


async def hold(unit: Unit, claim: Claim) -> None:
    """Wait until no other unit works under the key; from here to the commit none does."""
    if unit.dialect == "postgres":
        # SQLite's units exclude one another anyway.
        name = f"{claim.user_id}\x1f{claim.operation}\x1f{claim.key}".encode()
        lock = int.from_bytes(hashlib.sha256(name).digest()[:8], "big", signed=True)
        await unit.fetch("SELECT pg_advisory_xact_lock($1)", [lock])


async def remember(unit: Unit, claim: Claim | None, outcome: Outcome, now: datetime) -> None:
    """Keep what the key stands for from now on."""
    if claim is None:
        return
    query = Statement(unit.dialect)
    values = [claim.user_id, claim.operation, claim.key, claim.input_hash, outcome.invoice_id, outcome.change_id, now]
    places = ", ".join(query.bind(value) for value in values)
    await unit.execute(
        "INSERT INTO idempotency_key (user_id, operation, key, input_hash, invoice_id, change_id, created_at)"
        f" VALUES ({places})",
        query.values,
    )
