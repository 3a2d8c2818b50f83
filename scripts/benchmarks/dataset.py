"""Invoices that look like a region's three years: who bills whom, when, how much, and how far each has come.

The same seed gives the same rows. Most old invoices are paid, most new ones are open; there are
five steps of history to an invoice, exactly.
"""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tramesa.models.domain.numbering import duplicate_key, folded, full_number_key, number_key, registry_number
from tramesa.models.reading.content import dump
from tramesa.tests.world import company_tax_id

SEED = 20_261
START = datetime(2023, 7, 1, 6, tzinfo=UTC)
DAYS = 1095
RECEIVER_TOKEN, ISSUER_TOKEN = "tra_bench_receiver", "tra_bench_issuer"

Rows = dict[str, tuple[list[str], list[tuple[Any, ...]]]]
"""Columns and rows by table, in an order that foreign keys like."""

# Twenty lives of a hundred steps together, from the unfinished to the finished.
_ENTRY = ("SENT", "REGISTERED")
_LIVES = (
    *[_ENTRY] * 2,
    *[(*_ENTRY, "DELIVERED")] * 2,
    *[(*_ENTRY, "DELIVERED", "REGISTERED_IN_RCF")] * 3,
    *[(*_ENTRY, "DELIVERED", "REGISTERED_IN_RCF", "RECEIVED")] * 2,
    *[(*_ENTRY, "DELIVERED", "REGISTERED_IN_RCF", "RECEIVED", "CONFORMED")] * 2,
    *[(*_ENTRY, "DELIVERED", "REGISTERED_IN_RCF", "RECEIVED", "CONFORMED", "RECOGNISED")] * 2,
    (*_ENTRY, "DELIVERED", "REGISTERED_IN_RCF", "RECEIVED", "REJECTED"),
    *[(*_ENTRY, "REGISTERED_IN_RCF", "RECOGNISED", "PAID")] * 4,
    *[(*_ENTRY, "DELIVERED", "REGISTERED_IN_RCF", "RECEIVED", "CONFORMED", "RECOGNISED", "PAID")] * 2,
)
_TOWNS = (
    *("Girona", "Lleida", "Manresa", "Reus", "Vic", "Olot", "Tortosa", "Berga"),
    *("Mataró", "Igualada", "Valls", "Sort", "Figueres", "Blanes", "Falset", "Tremp"),
)
_BODIES = ("Ajuntament", "Consell Comarcal", "Diputació", "Hospital", "Institut", "Consorci")
_TRADES = ("Construccions", "Serveis", "Subministraments", "Electricitat", "Jardineria", "Impremta", "Transports")
_SURNAMES = (
    *("Àngel", "Bosch", "Casals", "Domènech", "Esteve", "Farré", "Güell", "Homs"),
    *("Iglésias", "Juvé", "Llobet", "Martí", "Núñez", "Oller", "Puig", "Roca"),
)
_WORK = ("Manteniment", "Material d'oficina", "Obra menor", "Consultoria", "Neteja", "Combustible", "Llicències")
_PEOPLE = ("Marta Vila", "Jordi Serra", "Núria Camps", "Pau Ferrer", "Laia Soler")


@dataclass(slots=True)
class _Party:
    id: str
    tax_id: str
    name: str
    kind: str


@dataclass(slots=True)
class _Builder:
    """Grows the tables of one data set."""

    count: int
    random: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 - the same each time
    rows: defaultdict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(list))

    def id(self, at: datetime) -> str:
        """A UUID of version 7 made at that time."""
        first, second = self.random.getrandbits(12), 8 << 60 | self.random.getrandbits(60)
        text = f"{int(at.timestamp() * 1000):012x}7{first:03x}{second:016x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def party(self, serial: int, name: str, kind: str) -> _Party:
        at = START - timedelta(days=30)
        party = _Party(self.id(at), company_tax_id(serial), name, kind)
        self.rows["party"].append((party.id, party.tax_id, name, folded(name), kind, True, False, None, "CA", None, at))
        return party

    def person(self, party: _Party, token: str) -> None:
        at = START - timedelta(days=29)
        user = self.id(at)
        self.rows["person"].append((user, f"{token}@example.org", _PEOPLE[0], None, party.id, "ADMIN", True, at))
        digest = hashlib.sha256(token.encode()).hexdigest()
        self.rows["api_token"].append((self.id(at), user, digest, "bench", at, None))


def build(count: int) -> Rows:
    """A data set of so many invoices. One receiver and one issuer have a tenth of them each."""
    builder = _Builder(count)
    dice = builder.random
    bodies = [
        builder.party(serial, f"{_BODIES[serial % 6]} de {_TOWNS[serial % 16]} {serial // 16 + 1}", "PUBLIC_BODY")
        for serial in range(1, 401)
    ]
    firms = [
        builder.party(serial, f"{_TRADES[serial % 7]} {_SURNAMES[serial % 16]} {serial - 400}, SL", "COMPANY")
        for serial in range(401, 3401)
    ]
    builder.person(bodies[0], RECEIVER_TOKEN)
    builder.person(firms[0], ISSUER_TOKEN)
    moments = sorted(START + timedelta(seconds=dice.randrange(DAYS * 86_400), microseconds=1) for _ in range(count))
    lives = [_LIVES[place % len(_LIVES)] for place in range(count)]
    # What has come furthest is, by and large, what came in first.
    ranked = sorted(range(count), key=lambda place: _progress(lives[place]) + dice.random() * 0.7, reverse=True)
    pairs = list(_pairs(count, bodies, firms, dice))
    for place, (moment, life) in enumerate(zip(moments, ranked, strict=True)):
        _invoice(builder, place, moment, lives[life], *pairs[place])
    _feeds(builder)
    return {table: (_COLUMNS[table].split(), builder.rows[table]) for table in _COLUMNS}


def _progress(life: tuple[str, ...]) -> float:
    return 1.0 if life[-1] in {"PAID", "REJECTED"} else len(life) / 10


def _pairs(
    count: int, bodies: list[_Party], firms: list[_Party], dice: random.Random
) -> Iterator[tuple[_Party, _Party]]:
    sides = ["receiver", "issuer"] + ["others"] * 8
    chosen = [sides[place % 10] for place in range(count)]
    dice.shuffle(chosen)
    for side in chosen:
        # Few are billed much: the square of an even spread.
        body = bodies[1 + int((len(bodies) - 1) * dice.random() ** 2)]
        firm = firms[1 + int((len(firms) - 1) * dice.random() ** 2)]
        yield (firms[0] if side == "issuer" else firm), (bodies[0] if side == "receiver" else body)


def _invoice(
    builder: _Builder, place: int, at: datetime, life: tuple[str, ...], issuer: _Party, receiver: _Party
) -> None:
    dice, key = builder.random, builder.id(at)
    number, series = f"{place % 9973 + 1:05d}", f"{'ABCF'[place % 4]}{at.year}-{place // 9973}-"
    issue_date = (at - timedelta(days=dice.randrange(6))).date()
    lines, taxable = _lines(dice)
    taxes = (taxable * 21 + 50) // 100
    due = issue_date + timedelta(days=30)
    entry = registry_number(at.year, place + 1)
    given = _history(builder, key, at, life, issuer, receiver, entry)
    live = given["status"] not in {"REJECTED", "CANCELLED"}
    builder.rows["invoice"].append(
        (
            key, issuer.id, receiver.id, number, series, "COMPLETE", "ORIGINAL", issue_date, "EUR",
            taxable, 0, 0, taxable, taxes, 0, taxable + taxes, taxable + taxes,
            given["status"], given["changed"], len(life), entry, at, given["rcf"], given["reason"], given["paid"],
            due, len(life) > 2, None,
            duplicate_key(issuer.tax_id, number, series, issue_date) if live else None,
            number_key(number), full_number_key(number, series),
            at,
        )
    )  # fmt: skip
    _files(builder, key, issuer, receiver, lines, (taxable, taxes), due)


def _lines(dice: random.Random) -> tuple[list[dict[str, Any]], int]:
    lines, taxable = [], 0
    for position in range(1, dice.randrange(2, 5)):
        quantity, price = dice.randrange(1, 20), dice.randrange(500, 90_000)
        taxable += quantity * price
        gross = _amount(quantity * price)
        lines.append(
            {
                "position": position,
                "description": f"{dice.choice(_WORK)}, {dice.choice(_TOWNS)}",
                "quantity": str(quantity),
                "unit_price": _amount(price),
                "gross": gross,
                "unit": "UNIT",
                "cost": gross,
                "discounts": [],
                "charges": [],
                "taxes": [{"type": "IVA", "rate": "21.00", "base": gross, "amount": None, "withheld": False}],
            }
        )
    return lines, taxable


def _amount(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _history(
    builder: _Builder, key: str, at: datetime, life: tuple[str, ...], issuer: _Party, receiver: _Party, entry: str
) -> dict[str, Any]:
    """Write the steps; what the last of them leaves on the invoice."""
    dice, moment, before = builder.random, at, None
    given: dict[str, Any] = {"rcf": None, "reason": None, "paid": None}
    for version, status in enumerate(life, start=1):
        if version > 2:
            moment += timedelta(seconds=dice.randrange(600, 12 * 86_400), microseconds=dice.randrange(10**6))
        rcf = f"RCF/{moment.year}/{dice.randrange(10**6):06d}" if status == "REGISTERED_IN_RCF" else None
        reason = "No correspon a cap comanda" if status == "REJECTED" else None
        paid: date | None = moment.date() if status == "PAID" else None
        given = {"rcf": rcf or given["rcf"], "reason": reason, "paid": paid, "status": status, "changed": moment}
        builder.rows["status_change"].append(
            (
                builder.id(moment), key, version, before, status, moment,
                "Tramesa" if version == 2 else dice.choice(_PEOPLE), None, version == 2,
                entry if version == 2 else None, rcf, reason, None, paid, issuer.id, receiver.id,
            )
        )  # fmt: skip
        before = status
    return given


_DOCUMENT = b"<?xml version='1.0'?><Facturae>" + b"<!-- where the document would be -->" * 20 + b"</Facturae>"
_SHA256 = hashlib.sha256(_DOCUMENT).hexdigest()


def _files(
    builder: _Builder,
    key: str,
    issuer: _Party,
    receiver: _Party,
    lines: list[dict[str, Any]],
    sums: tuple[int, int],
    due: date,
) -> None:
    codes = (("ACCOUNTING_OFFICE", "L01"), ("MANAGING_BODY", "L02"), ("PROCESSING_UNIT", "L03"))
    unit = builder.random.randrange(20)
    offices = [{"role": role, "code": f"{start}{unit:02d}1593", "name": receiver.name} for role, start in codes]
    base, tax = map(_amount, sums)
    taxes = [{"type": "IVA", "rate": "21.00", "base": base, "amount": tax, "withheld": False}]
    iban = "ES9121000418450200051332"
    payments = [{"due_date": due.isoformat(), "amount": _amount(sum(sums)), "means": "TRANSFER", "iban": iban}]
    parties = [dump({"tax_id": party.tax_id, "name": party.name}) for party in (issuer, receiver)]
    texts = [dump(part) for part in (offices, taxes, lines, payments)]
    builder.rows["invoice_content"].append((key, *parties, *texts, None))
    builder.rows["invoice_document"].append((key, "FACTURAE_3_2_2", len(_DOCUMENT), _SHA256, "ABSENT", _DOCUMENT))


def _feeds(builder: _Builder) -> None:
    """Positions in both parties' feeds, in the order of time; the feeds' ends; who knows whom."""
    ends: defaultdict[tuple[str, str], int] = defaultdict(int)
    steps = sorted(builder.rows["status_change"], key=lambda step: (step[5], step[2]))
    known = dict.fromkeys(step[-2:] for step in steps)
    placed = []
    for step in steps:
        issuer, receiver = (step[-2], "ISSUER"), (step[-1], "RECEIVER")
        ends[issuer] += 1
        ends[receiver] += 1
        placed.append((*step[:-1], ends[issuer], step[-1], ends[receiver]))
    builder.rows["status_change"] = placed
    builder.rows["feed"] = [(party, role, end) for (party, role), end in ends.items()]
    for issuer_id, receiver_id in known:
        builder.rows["counterparty"] += [(issuer_id, "ISSUER", receiver_id), (receiver_id, "RECEIVER", issuer_id)]


_COLUMNS = {
    "party": "id tax_id name search_name kind registered manual_registration email language address created_at",
    "person": "id email name password_hash party_id roles active created_at",
    "api_token": "id user_id hash name created_at revoked_at",
    "counterparty": "owner_id role party_id",
    "feed": "party_id role position",
    "invoice": "id issuer_id receiver_id number series document_type invoice_class issue_date currency gross discounts"
    " charges taxable taxes withheld total payable status status_changed_at version registry_number registered_at"
    " rcf_number rejection_reason payment_date due_date seen notify_email duplicate_key number_key full_number_key"
    " created_at",
    "invoice_content": "invoice_id issuer receiver offices taxes lines payments corrects",
    "invoice_document": "invoice_id format size sha256 signature bytes",
    "status_change": "id invoice_id version from_status to_status at actor user_id automated registry_number rcf_number"
    " reason reason_code payment_date issuer_id issuer_position receiver_id receiver_position",
}
