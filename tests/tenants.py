"""Tenants with a secret in every text that they can write, and what somebody else is told of it.

Each text holds a mark of its own, ``ZQ`` with the letter of its owner, four digits and ``X``: whoever finds one where
it does not belong knows where it came from. Ids and texts of the database's rows are told apart by when they came in.
"""

from __future__ import annotations

import base64
import binascii
import itertools
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLSchema
from tortoise import Model

from tramesa.models import tables
from tramesa.models.database import Database
from tramesa.models.identifiers import global_id, new_id, parse_global_id
from tramesa.tests.facturae_files import edited
from tramesa.tests.generating import LEAVE_OUT, File, Maker, Operation, Place, files_of, leaves, roots, without_files
from tramesa.tests.world import Person, company_tax_id

MARK = re.compile(r"zq([a-z])[0-9]{4}x")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
PLACE = re.compile(r"(SVNTVUVSO|UkVDRUlWRVI6)[A-Za-z0-9]{1,8}={0,2}")
"""A cursor of a feed: ISSUER: or RECEIVER: and a number, in base64."""
ENCODED = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
IBAN = "ES9121000418450200051332"
OFFICE, OTHER_OFFICE = "L01080193", "A09018933"

PLAIN: dict[str, Any] = {
    "Boolean": True,
    "Date": "2026-01-15",
    "DateTime": "2027-01-15T10:00:00Z",
    "Decimal": "21",
    "Int": 3,
}
FIXED = {
    "code": OTHER_OFFICE,
    "countryCode": "ESP",
    "currency": "EUR",
    "iban": IBAN,
    "means": "TRANSFER",
    "method": "01",
    "postCode": "08001",
    "reasonCode": "01",
    "taxType": "IVA",
    "unit": "HOUR",
}
"""What has to be just so, by the name of the place."""
ADDRESSES = {"address", "email", "notifyEmail", "receiverEmail"}
SECRETS = {"email", "idempotencyKey", "keyOne", "keyTwo", "password", "refreshToken", "secret", "token"}
"""What is tried in mutations as its owner has it: whoever guesses one must get nothing of it."""
SPARED = {"password", "expectedVersion", "office", "officeRole", "officeCodes"}


class Marks:
    """Marks of one letter."""

    def __init__(self, letter: str) -> None:
        self.letter = letter
        self._numbers = itertools.count(1)

    def __call__(self) -> str:
        return f"ZQ{self.letter}{next(self._numbers):04d}X".upper()


@dataclass
class Pool:
    """What somebody has been told: ids by type, texts by the name that they stood under, addresses of downloads."""

    ids: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    texts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    urls: list[str] = field(default_factory=list)

    def take(self, body: Any) -> None:
        for key, value in leaves(body):
            if isinstance(value, str) and value:
                self._keep(key, value)

    def _keep(self, key: str, value: str) -> None:
        parsed = parse_global_id(value)
        if parsed is not None and parsed[1]:
            known = self.ids[parsed[0]]
        else:
            known = self.urls if value.startswith("http") else self.texts[key]
        if value not in known:
            known.append(value)

    def merged(self, other: Pool) -> Pool:
        both = Pool(defaultdict(list), defaultdict(list), [*self.urls, *other.urls])
        for one in (self, other):
            for name in ("ids", "texts"):
                for key, values in getattr(one, name).items():
                    getattr(both, name)[key] += values
        return both

    def only(self, keys: frozenset[str]) -> Pool:
        """The same without the ids of anything else."""
        kept = {type_: [id_ for id_ in known if key_in(id_) in keys] for type_, known in self.ids.items()}
        return Pool(defaultdict(list, kept), self.texts, self.urls)

    def id_for(self, place: Place, chance: random.Random) -> Any:
        """An id of the type that the place speaks of, else of any."""
        asked = f"{place.coordinate} {place.name}".lower().replace("userid", "viewer").replace("tokenid", "apitoken")
        fitting = [type_ for type_, known in self.ids.items() if known and type_.lower() in asked]
        type_ = max(fitting, key=len) if fitting else None
        if type_ is None:
            if not any(self.ids.values()):
                return LEAVE_OUT
            type_ = chance.choice(sorted(type_ for type_, known in self.ids.items() if known))
        return chance.choice(self.ids[type_])


def key_in(id_: str) -> str:
    return (parse_global_id(id_) or ("", ""))[1]


class Filling:
    """Values with which an owner fills what is its own: marks in every text."""

    def __init__(self, person: Person, partner: Person, marks: Marks, pool: Pool, chance: random.Random) -> None:
        self.person, self.partner, self.marks, self.pool, self.chance = person, partner, marks, pool, chance

    def __call__(self, place: Place) -> Any:
        if place.scalar == "ID":
            return self.pool.id_for(place, self.chance)
        if place.scalar == "Upload":
            return self.file(place)
        if place.scalar == "String":
            return self.text(place.name)
        if place.name in SPARED or place.coordinate.endswith("(last:)"):
            return LEAVE_OUT
        return PLAIN.get(place.scalar, LEAVE_OUT)

    def text(self, name: str) -> Any:
        if name in SPARED or name in {"after", "before"}:
            return "a password" if name == "password" else LEAVE_OUT
        mark = self.marks()
        if name in ADDRESSES:
            return f"{mark.lower()}@example.org"
        if name.lower().endswith("taxid"):
            return self.partner.tax_id if name == "taxId" else company_tax_id(8_000_000 + self.chance.randrange(9999))
        if name == "url":
            return f"https://{mark.lower()}.example.org/{mark}"
        return FIXED.get(name, mark)

    def file(self, place: Place) -> File:
        mark = self.marks()
        if place.name == "attachments":
            return File(f"{mark}.txt", mark.encode())
        return File(f"{mark}.xml", document(self.person, self.partner, self.marks))


def document(issuer: Person, receiver: Person, marks: Marks) -> bytes:
    """A Facturae from one to the other with marks in it."""
    return edited(
        ("12345678Z", issuer.tax_id),
        ("ESQ2826000H", receiver.tax_id),
        ("2026-11-20", "2026-01-15"),
        *((old, marks()) for old in ("BATCH-77", "Carrer Nou, 1", "F-1", "2026A", "Amic", "Desplaçament")),
        *((old, marks()) for old in ("Hores de feina", "Intervenció", "Rue de la Paix", "Marta", "Puig")),
    )


class Guessing:
    """Values with which somebody goes looking: another's ids, cursors, texts, tokens. Texts to keep are its own."""

    def __init__(self, own: Filling, theirs: Pool, kind: str, chance: random.Random) -> None:
        self.own, self.theirs, self.kind, self.chance = own, theirs, kind, chance

    def __call__(self, place: Place) -> Any:
        if place.scalar == "ID":
            return self.theirs.id_for(place, self.chance)
        if place.scalar == "String":
            return self.text(place.name)
        return self.own(place)

    def text(self, name: str) -> Any:
        if name in {"after", "before"}:
            known = [text for key, texts in self.theirs.texts.items() if "ursor" in key for text in texts]
            return LEAVE_OUT if name == "before" or not known else self.chance.choice(known)
        if self.kind == "mutation" and name not in SECRETS:
            return self.own.text(name)
        known = self.theirs.texts.get(name) or [
            text for texts in self.theirs.texts.values() for text in texts if MARK.search(text.lower())
        ]
        return self.chance.choice(known) if known else self.own.text(name)


Rows = dict[tuple[str, str], tuple[Any, ...]]


async def rows_of(database: Database) -> Rows:
    """Every row of every table, by table and by what is in it."""
    found: Rows = {}
    for model in vars(tables).values():
        if isinstance(model, type) and issubclass(model, Model) and model is not Model:
            table = model._meta.db_table
            columns = ", ".join(sorted(set(model._meta.fields_db_projection.values()) - {"last_used_at"}))
            for row in await database.fetch(f"SELECT {columns} FROM {table}"):
                values = tuple(row)
                found[table, repr(values)] = values
    return found


def words_of(rows: Iterable[tuple[Any, ...]]) -> tuple[set[str], set[str]]:
    """The UUIDs in some rows, and every other text of some length that has a digit, those inside JSON too."""
    ids: set[str] = set()
    texts: set[str] = set()
    for value in itertools.chain.from_iterable(rows):
        if value is None or isinstance(value, bytes | memoryview | bool | int):
            continue
        text = str(value)
        ids |= set(UUID.findall(text))
        inside = _json(text) if text[:1] in "[{" else text
        texts |= {str(leaf) for _, leaf in leaves(inside) if isinstance(leaf, str)}
    return ids, {text for text in texts if len(text) >= 7 and any(map(str.isdigit, text)) and not UUID.fullmatch(text)}


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


@dataclass(frozen=True)
class Secrets:
    """What somebody must not be told."""

    letters: frozenset[str]
    ids: frozenset[str]
    texts: frozenset[str]

    def among(self, said: bytes, sent: str) -> list[str]:
        """What of it an answer holds that its reader had not sent before, plainly or encoded."""
        text = "\n".join([said.decode("utf-8", "replace"), *decoded(said)]).lower()
        marks = {match[0] for match in MARK.finditer(text) if match[1] in self.letters}
        told = marks | (set(UUID.findall(text)) & self.ids) | self._texts(said)
        return sorted(one for one in told if one.lower() not in sent)

    def _texts(self, said: bytes) -> set[str]:
        try:
            told = {leaf for _, leaf in leaves(json.loads(said)) if isinstance(leaf, str)} & self.texts
        except ValueError:
            return set()
        # Every feed counts from 1, so that two parties' may well have come as far.
        return {text for text in told if not PLACE.fullmatch(text)}


def decoded(said: bytes) -> list[str]:
    """What the base64 in an answer says: ids and cursors."""
    found = []
    for match in set(ENCODED.findall(said)):
        body = match.rstrip(b"=")
        with_padding = body + b"=" * (-len(body) % 4)
        try:
            found.append(
                base64.urlsafe_b64decode(with_padding.replace(b"+", b"-").replace(b"/", b"_")).decode("latin-1")
            )
        except (binascii.Error, ValueError):
            continue
    return found


@dataclass(frozen=True)
class Answer:
    """Everything that comes back: status, headers but for the request's id, body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def whole(self) -> bytes:
        return self.body + b"\n" + repr(self.headers).encode()

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


async def send(person: Person, operation: Operation) -> Answer:
    """Run an operation over HTTP, by multipart where it has files."""
    files = dict(files_of(operation.variables))
    asked = {"query": operation.text, "variables": without_files(operation.variables)}
    headers = {"authorization": f"Bearer {person.token}"}
    client = person.world.client
    if files:
        places = {str(place): [path] for place, path in enumerate(files)}
        parts = {str(place): (file.name, file.content) for place, file in enumerate(files.values())}
        fields = {"operations": json.dumps(asked), "map": json.dumps(places)}
        response = await client.post("/graphql", data=fields, files=parts, headers=headers)
    else:
        response = await client.post("/graphql", json=asked, headers=headers)
    return answer_of(response)


def answer_of(response: Any) -> Answer:
    headers = tuple(sorted((name, value) for name, value in response.headers.items() if name != "x-request-id"))
    return Answer(response.status_code, headers, response.content)


async def harvest(schema: GraphQLSchema, person: Person, pool: Pool, chance: random.Random) -> None:
    """Ask every query for what is one's own."""
    filling = Filling(person, person, Marks("z"), pool, chance)
    for _, root, _ in roots(schema, "query"):
        for _ in range(2 if root in {"invoices", "node", "nodes"} else 1):
            operation = Maker(schema, filling, chance, whole=False).operation("query", root)
            pool.take((await send(person, operation)).json.get("data"))


async def fill(
    schema: GraphQLSchema, person: Person, partner: Person, marks: Marks, pool: Pool, chance: random.Random
) -> set[str]:
    """Do whatever can be done, twice over, with marks in every text; the mutations that ever succeeded."""
    done: set[str] = set()
    tokens = await person.world.services.database.fetch("SELECT id FROM api_token")
    # Nobody is to saw off the branch that the test sits on.
    spared = {global_id("Viewer", person.user_id), *(global_id("ApiToken", str(key)) for [key] in tokens)}
    for _ in range(2):
        for _, root, _ in roots(schema, "mutation"):
            for known in pool.ids.values():
                known[:] = [id_ for id_ in known if id_ not in spared]
            filling = Filling(person, partner, marks, pool, chance)
            operation = Maker(schema, filling, chance).operation("mutation", root, depth=3)
            body = (await send(person, operation)).json
            payload = (body.get("data") or {}).get(root) or {}
            if payload.get("errors") == []:
                done.add(root)
            pool.take(body.get("data"))
    return done


def missing_for(theirs: Iterable[str]) -> dict[str, str]:
    """For each id one of the same type that there never was."""
    return {id_: global_id((parse_global_id(id_) or ("", ""))[0], str(new_id())) for id_ in theirs}


def replaced(value: Any, by: dict[str, str]) -> Any:
    """Variables with each of these ids replaced."""
    if isinstance(value, dict):
        return {key: replaced(part, by) for key, part in value.items()}
    if isinstance(value, list):
        return [replaced(part, by) for part in value]
    return by.get(value, value) if isinstance(value, str) else value
