"""Many changes of state asked for at once: each its own transaction, in order, each its own result.

With a key the results are remembered one by one, in the transaction of the change that they tell of, refusals too. Who
asks again gets what was done, and what had not been begun is done then. A refusal is remembered here, unlike a single
request's: decided anew after what followed it in the batch, it could become a step that nobody has asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from .database import Database, Unit
from .domain.errors import IdempotencyKeyReused, Refusal, TransitionNotAllowed, UserErrorCode, VersionConflict
from .domain.states import InvoiceStatus
from .idempotency import Claim, Outcome, claim_for, hold
from .life import StatusRequest, change_in, change_status, taking_numbers
from .sql import Statement
from .viewer import Viewer

MAX_CHANGES = 500

Result = Outcome | Refusal
"""What became of one change."""


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
        await database.unit_of_work(lambda unit: _earlier(unit, claim, 0))
    results: list[Result] = []
    for position, request in enumerate(requests):
        results.append(
            request if isinstance(request, Refusal) else await _one(database, viewer, request, claim, position)
        )
    return results


async def _one(
    database: Database, viewer: Viewer, request: StatusRequest, claim: Claim | None, position: int
) -> Result:
    if claim is None:
        try:
            return await change_status(database, viewer, request)
        except Refusal as refusal:
            return refusal

    async def work(unit: Unit) -> Result:
        earlier = await _earlier(unit, claim, position)
        if earlier is not None:
            return earlier
        outcome, _ = await change_in(unit, viewer, request)
        await _remember(unit, claim, position, outcome)
        return outcome

    try:
        return await taking_numbers(database, request, work)
    except IdempotencyKeyReused as refusal:
        return refusal
    except Refusal as refusal:
        return await _refused(database, claim, position, refusal)


async def _refused(database: Database, claim: Claim, position: int, refusal: Refusal) -> Result:
    """The refusal, remembered; or what somebody with the same key did meanwhile."""

    async def work(unit: Unit) -> Result:
        earlier = await _earlier(unit, claim, position)
        if earlier is None:
            await _remember(unit, claim, position, refusal)
        return earlier or refusal

    return await database.unit_of_work(work)


async def _earlier(unit: Unit, claim: Claim, position: int) -> Result | None:
    """What this place of the batch came to before; nobody else works under the key from here to the commit."""
    await hold(unit, claim)
    query = Statement(unit.dialect)
    user, key, input_hash = query.bind(claim.user_id), query.bind(claim.key), query.bind(claim.input_hash)
    found = await unit.fetch(
        f"SELECT input_hash, outcome FROM batch_result WHERE user_id = {user} AND key = {key}"
        f" AND (position = {query.bind(position)} OR input_hash <> {input_hash})",
        query.values,
    )
    if any(row[0] != claim.input_hash for row in found):
        raise IdempotencyKeyReused(path=("input", "idempotencyKey"))
    return _loaded(orjson.loads(found[0][1])) if found else None


async def _remember(unit: Unit, claim: Claim, position: int, result: Result) -> None:
    query = Statement(unit.dialect)
    row = {
        "user_id": claim.user_id,
        "key": claim.key,
        "position": position,
        "input_hash": claim.input_hash,
        "outcome": orjson.dumps(_dumped(result)).decode(),
    }
    places = ", ".join(query.bind(value) for value in row.values())
    await unit.execute(f"INSERT INTO batch_result ({', '.join(row)}) VALUES ({places})", query.values)


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
