"""Many changes of state asked for at once, made in order and in portions: each decided by itself, with its own result.

A portion is one transaction, short enough for others to have their turn. With a key the results are remembered in the
transaction of the changes that they tell of, refusals too. Who asks again gets what was done, and what had not been
begun is done then. A refusal is remembered here, unlike a single request's: decided anew after what followed it in the
batch, it could become a step that nobody has asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from tortoise.exceptions import IntegrityError

from ..database import Database, Unit
from ..domain.errors import IdempotencyKeyReused, Refusal, TransitionNotAllowed, UserErrorCode, VersionConflict
from ..domain.states import InvoiceStatus
from ..idempotency import Claim, Outcome, claim_for, hold
from ..sql import Statement
from ..viewer import Viewer
from ..writing import Columns, insert_rows
from .moving import StatusRequest, taking_numbers
from .portions import Result, change_several

MAX_CHANGES = 500
PORTION = 50
"""Changes that are committed together."""


class Remembered(Refusal):
    """A refusal without details of its own, as it was told before."""

    def __init__(self, code: UserErrorCode, message: str, path: tuple[str, ...]) -> None:
        super().__init__(message, path=path)
        self.code = code  # type: ignore[misc]


async def change_statuses(
    database: Database,
    viewer: Viewer,
    requests: Sequence[StatusRequest | Refusal],
    key: str | None,
    arguments: Mapping[str, object],
) -> list[Result]:
    """The result of each change. What could not even be read as one is its own result.

    Raises :class:`IdempotencyKeyReused` where the key stands for other changes, before anything is done.
    """
    claim = claim_for(viewer, "changeStatuses", key, arguments)
    if claim is not None:
        await database.unit_of_work(lambda unit: _earlier(unit, claim, range(0)))
    return await change_all(database, viewer, requests, claim)


async def change_all(
    database: Database, viewer: Viewer, requests: Sequence[StatusRequest | Refusal], claim: Claim | None = None
) -> list[Result]:
    """The same for a claim that has been looked at, or none."""
    results: list[Result] = []
    for start in range(0, len(requests), PORTION):
        results += await _portion(database, viewer, requests[start : start + PORTION], claim, start)
    return results


async def _portion(
    database: Database, viewer: Viewer, requests: Sequence[StatusRequest | Refusal], claim: Claim | None, start: int
) -> list[Result]:
    async def work(unit: Unit) -> list[Result]:
        places = range(start, start + len(requests))
        done = {} if claim is None else await _earlier(unit, claim, places)
        remaining = {
            place: request
            for place, request in zip(places, requests, strict=True)
            if place not in done and not isinstance(request, Refusal)
        }
        made = dict(zip(remaining, await change_several(unit, viewer, list(remaining.values())), strict=True))
        if claim is not None:
            await _remember(unit, claim, made, datetime.now(UTC))
        done |= made
        return [
            request if isinstance(request, Refusal) else done[place]
            for place, request in zip(places, requests, strict=True)
        ]

    try:
        return await database.unit_of_work(work)
    except IdempotencyKeyReused as refusal:
        return [one if isinstance(one, Refusal) else IdempotencyKeyReused(path=refusal.path) for one in requests]
    except IntegrityError:
        # One of them met something that nobody could see before: the others shall not suffer for it.
        return [await _alone(database, viewer, request, claim, place) for place, request in enumerate(requests, start)]


async def _alone(
    database: Database, viewer: Viewer, request: StatusRequest | Refusal, claim: Claim | None, place: int
) -> Result:
    if isinstance(request, Refusal):
        return request

    async def work(unit: Unit) -> Result:
        earlier = None if claim is None else (await _earlier(unit, claim, range(place, place + 1))).get(place)
        if earlier is not None:
            return earlier
        [result] = await change_several(unit, viewer, [request])
        if claim is not None:
            await _remember(unit, claim, {place: result}, datetime.now(UTC))
        return result

    try:
        return await taking_numbers(database, request, work)
    except Refusal as refusal:
        return refusal


async def _earlier(unit: Unit, claim: Claim, places: range) -> dict[int, Result]:
    """What these places of the batch came to before; nobody else works under the key from here to the commit."""
    await hold(unit, claim)
    query = Statement(unit.dialect)
    user, key, input_hash = query.bind(claim.user_id), query.bind(claim.key), query.bind(claim.input_hash)
    found = await unit.fetch(
        f"SELECT position, input_hash, outcome FROM batch_result WHERE user_id = {user} AND key = {key} AND"
        f" (input_hash <> {input_hash}"
        f" OR (position >= {query.bind(places.start)} AND position < {query.bind(places.stop)}))",
        query.values,
    )
    if any(row[1] != claim.input_hash for row in found):
        raise IdempotencyKeyReused(path=("input", "idempotencyKey"))
    return {row[0]: _loaded(orjson.loads(row[2])) for row in found}


async def _remember(unit: Unit, claim: Claim, results: Mapping[int, Result], now: datetime) -> None:
    rows: list[Columns] = [
        {
            "user_id": claim.user_id,
            "key": claim.key,
            "position": place,
            "input_hash": claim.input_hash,
            "outcome": orjson.dumps(_dumped(result)).decode(),
            "created_at": now,
        }
        for place, result in results.items()
    ]
    await insert_rows(unit, "batch_result", rows)


def _dumped(result: Result) -> dict[str, Any]:
    if isinstance(result, Outcome):
        return {"invoice": result.invoice_id, "change": result.change_id}
    row: dict[str, Any] = {"code": result.code.value, "message": result.message, "path": result.path}
    if isinstance(result, TransitionNotAllowed):
        row |= {"from": result.from_status.value, "to": result.to_status.value, "allowed": result.allowed}
    if isinstance(result, VersionConflict):
        row["version"] = result.current_version
    return row


def _loaded(row: dict[str, Any]) -> Result:
    if "invoice" in row:
        return Outcome(row["invoice"], row["change"])
    path = tuple(row["path"])
    if "from" in row:
        allowed = tuple(InvoiceStatus(status) for status in row["allowed"])
        return TransitionNotAllowed(InvoiceStatus(row["from"]), InvoiceStatus(row["to"]), allowed, path=path)
    if "version" in row:
        return VersionConflict(row["version"], path=path)
    return Remembered(UserErrorCode(row["code"]), row["message"], path)
