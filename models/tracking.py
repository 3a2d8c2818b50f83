"""Following an invoice without an account: who names number, both parties and the amount learns its states, no more.

The answer is the same, and comes after the same time, whichever part is wrong. Guesses are counted in the database, so
by all processes together: those from one place, and the wrong ones about one invoice, wherever they come from, since
who has many addresses could find out an amount otherwise.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from ipaddress import IPv6Address, ip_address

from .database import Database, Row
from .domain.cancellation import CancellationState
from .domain.corrections import Named, is_named
from .domain.money import to_cents
from .domain.numbering import number_key
from .domain.states import InvoiceStatus
from .domain.tax_ids import normalise
from .people.attempts import Limit, count_attempt, forget
from .people.tokens import digest_of
from .sql import Statement, as_date, as_instant

LOOKS_PER_ADDRESS = 60
"""In a quarter of an hour, right or wrong."""
WRONG_PER_INVOICE = 10
"""The same, of wrong ones about one number between the same two."""
ANSWER_AFTER = 0.1
"""Seconds that an answer takes at least, whatever it is."""
_CANDIDATES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody knows of an invoice. ``amount`` is what is to be paid, exactly."""

    number: str
    issuer_tax_id: str
    receiver_tax_id: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class TrackedStep:
    """A state that the invoice has been in, and since when."""

    status: InvoiceStatus
    at: datetime


@dataclass(frozen=True, slots=True)
class Tracked:
    """What a stranger may know: no names, no numbers, no reasons."""

    status: InvoiceStatus
    status_changed_at: datetime
    cancellation: CancellationState
    history: list[TrackedStep]


async def track(database: Database, question: Question, address: str, now: datetime) -> Tracked | None:
    """The invoice that is all of this, or None. :class:`~.domain.faults.RateLimited` after too many looks."""
    loop = asyncio.get_running_loop()
    answer_at = loop.time() + ANSWER_AFTER
    limits = (
        Limit(digest_of(f"track from:{_place(address)}"), LOOKS_PER_ADDRESS),
        Limit(digest_of(f"track:{_about(question)}"), WRONG_PER_INVOICE),
    )
    _, wrong = await count_attempt(database, limits, now)
    found = await _find(database, question)
    tracked = None if found is None else await _tell(database, found)
    if tracked is not None:
        await database.unit_of_work(lambda unit: forget(unit, [wrong]))
    await asyncio.sleep(answer_at - loop.time())
    return tracked


def _place(address: str) -> str:
    """Where somebody asks from: a network of IPv6 is one place, since whoever has one has all of its addresses."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(IPv6Address(int(parsed) >> 64 << 64)) if isinstance(parsed, IPv6Address) else str(parsed)


def _about(question: Question) -> str:
    parties = normalise(question.issuer_tax_id), normalise(question.receiver_tax_id)
    return "\x1f".join((number_key(question.number), *parties))


async def _find(database: Database, question: Question) -> Row | None:
    try:
        cents: int | None = to_cents(question.amount)
    except ValueError:
        cents = None  # No invoice has such an amount; it is looked for all the same.
    query = Statement(database.dialect)
    issuer, receiver = (
        f"(SELECT p.id FROM party p WHERE p.tax_id = {query.bind(normalise(tax_id))})"
        for tax_id in (question.issuer_tax_id, question.receiver_tax_id)
    )
    key = query.bind(number_key(question.number))
    ids = f"SELECT n.id FROM invoice n WHERE n.issuer_id = {issuer}"
    # CROSS JOIN: in this order, or SQLite goes through all that the receiver has.
    rows = await database.fetch(
        "SELECT i.id, COALESCE(r.state, 'NONE'), i.number, i.series, i.issue_date"
        f" FROM ({ids} AND n.number_key = {key} UNION {ids} AND n.full_number_key = {key}) named CROSS JOIN invoice i"
        " LEFT JOIN cancellation_request r ON r.invoice_id = i.id"
        f" WHERE i.id = named.id AND i.receiver_id = {receiver} AND i.payable = {query.bind(cents)}"
        f" ORDER BY i.duplicate_key IS NULL, i.created_at DESC, i.id DESC LIMIT {_CANDIDATES}",
        query.values,
    )
    return next((row for row in rows if _is_asked_for(question, *row[2:])), None)


def _is_asked_for(question: Question, number: str, series: str | None, issue_date: date | str) -> bool:
    """People write the number alone or with its series before it, as lists are searched too."""
    asked, day = Named(question.number, None, None), as_date(issue_date)
    return is_named(asked, Named(number, None, day)) or is_named(asked, Named(number, series, day))


async def _tell(database: Database, found: Row) -> Tracked:
    query = Statement(database.dialect)
    steps = await database.fetch(
        f"SELECT c.to_status, c.at FROM status_change c WHERE c.invoice_id = {query.bind(str(found[0]))}"
        " ORDER BY c.version",
        query.values,
    )
    history = [TrackedStep(InvoiceStatus(status), as_instant(at)) for status, at in steps]
    # The state is the last step's, so that both agree whatever happens between two statements.
    return Tracked(history[-1].status, history[-1].at, CancellationState(found[1]), history)
