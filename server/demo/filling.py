"""``tramesa demo``: something to look at. Two companies, two public bodies, their people, two hundred invoices.

All of it is one unit of work: an interrupted run leaves nothing, and the next one does it all. What is told happened
before now, its mails too, so nothing is sent to anybody. The same now gives the same demo.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from random import Random

from ...models.database import Database, Unit
from ...models.people.passwords import hash_password
from ...models.tables import User
from .lives import tell_lives
from .people import PARTIES, PASSWORD, accounts
from .recording import Recorder

_DICE = 2026
_LOCK_KEY = 0x74726164656D6F
"""The advisory lock that one run waits for another with: ``trademo`` in ASCII."""


async def fill(database: Database, now: datetime | None = None, secret: str | None = None) -> str:
    """Fill the demo in, up to now, where it is not there yet; the accounts to sign in with, either way.

    ``secret`` is the service's. Without it the demo's first key and its webhook's secret are nobody's.
    """
    if not await _is_there(database):
        password_hash = await hash_password(PASSWORD)
        keeper = secret or secrets.token_urlsafe(32)
        await database.unit_of_work(lambda unit: _fill(unit, password_hash, now or datetime.now(UTC), keeper))
    return accounts()


async def _is_there(database: Database) -> bool:
    with database.bound():
        return await User.filter(email=PARTIES[0].people[0].email).exists()


async def _fill(unit: Unit, password_hash: str, now: datetime, secret: str) -> None:
    if unit.dialect == "postgres":
        # Two at once: the second waits here, then finds everything done. SQLite's units exclude one another anyway.
        await unit.fetch("SELECT pg_advisory_xact_lock($1)", [_LOCK_KEY])
    if await User.filter(email=PARTIES[0].people[0].email).exists():
        return
    dice = Random(_DICE)  # noqa: S311 - nothing here is secret
    lives = tell_lives(dice, now)
    recorder = Recorder(unit, dice, now, secret)
    await recorder.found(password_hash, lives[0].sent_at - timedelta(days=7))
    await recorder.record(lives)
