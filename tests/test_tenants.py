"""Two tenants, one who trades with both, one limited to an office: generated operations show none what is another's."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest

from tramesa.graphql.schema import build_schema
from tramesa.models.domain.transitions import PartyKind, UserRole
from tramesa.models.identifiers import new_id
from tramesa.tests.conftest import settings_for
from tramesa.tests.following import FOLLOW
from tramesa.tests.fuzzing import our_fault
from tramesa.tests.generating import Maker, Operation, leaves, reachable, roots
from tramesa.tests.operations import bring_file
from tramesa.tests.servers.inprocess import listening
from tramesa.tests.sockets import open_socket
from tramesa.tests.tenants import (
    OFFICE,
    OTHER_OFFICE,
    UUID,
    Answer,
    Filling,
    Guessing,
    Marks,
    Pool,
    Secrets,
    answer_of,
    decoded,
    document,
    fill,
    harvest,
    key_in,
    missing_for,
    replaced,
    rows_of,
    send,
    words_of,
)
from tramesa.tests.test_scopes import DOWNLOADS
from tramesa.tests.test_statements import counted
from tramesa.tests.world import ISSUE, Person, World, open_world

SCHEMA = build_schema()
FIELDS = reachable(SCHEMA)
ASKED_FOR = reachable(SCHEMA, "query")


@dataclass
class Looker:
    """Somebody who goes looking: with what values, for what that is not his or hers."""

    person: Person
    own: Filling
    theirs: Pool
    secrets: Secrets
    sent: str = ""

    def heard(self, said: str) -> None:
        """What this one has sent is no secret any more."""
        self.sent += "\n".join([said, *decoded(said.encode())]).lower()

    async def ask(self, operation: Operation) -> Answer:
        self.heard(repr(operation.variables))
        answer = await send(self.person, operation)
        assert our_fault(answer.status, answer.json) is None, (operation, answer.body)
        assert self.secrets.among(answer.whole, self.sent) == [], (self.person.email, operation, answer.body)
        return answer


@dataclass
class Scene:
    world: World
    lookers: dict[str, Looker]
    hidden: set[Any]
    theirs: Person
    partner: Person
    common: Person
    other: Person
    private: Marks
    shared: Marks

    async def change(self) -> str:
        """Something happens to everybody; the number of the last invoice, which every looker may see."""
        await self.world.issue(self.theirs, self.partner, number=self.private())
        await self.world.issue(self.theirs, self.common, number=self.shared())
        number = Marks("t")().replace("0001", f"{len(await rows_of(self.world.services.database)):04d}")
        await _issue_to_office(self.other, self.common, number, OFFICE)
        return number


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    settings = replace(settings_for(database_url, tmp_path), rate_limit=0)
    async with open_world(settings) as world:
        yield await _scene(world)


async def _scene(world: World) -> Scene:
    chance, database = random.Random(4), world.services.database
    shared, private = Marks("s"), Marks("a")
    common = await world.person(kind=PartyKind.PUBLIC_BODY, party_name=Marks("c")())
    clerk = await world.person(UserRole.ACCOUNTANT, UserRole.REGISTRAR, party=common)
    await database.fetch(f"UPDATE person SET offices = '[\"{OFFICE}\"]' WHERE id = '{clerk.user_id}'")
    first = set(await rows_of(database))

    # A tenant of two parties, with everything that can be filled in.
    theirs = await world.person(name=shared(), party_name=shared(), party_email="zqa9999x@example.org")
    partner = await world.person(kind=PartyKind.PUBLIC_BODY, name=private(), party_name=private())
    await world.person(UserRole.ISSUER, party=theirs, name=private())
    pool = Pool()
    await world.issue(theirs, partner, number=private())
    await bring_file(theirs, document(theirs, partner, private), (f"{private()}.txt", private().encode()))
    for person, other in ((theirs, partner), (partner, theirs)):
        await harvest(SCHEMA, person, pool, chance)
        await fill(SCHEMA, person, other, private, pool, chance)
    for person in (theirs, partner):
        await harvest(SCHEMA, person, pool, chance)
    second = await rows_of(database)

    # What it sends to the one who trades with both.
    with_common = Pool()
    document_ = document(theirs, common, shared)
    invoice = (await bring_file(theirs, document_, (f"{shared()}.txt", shared().encode())))["invoice"]
    to_common = Filling(theirs, common, shared, with_common, chance)
    await send(theirs, Maker(SCHEMA, to_common, chance).operation("mutation", "issueInvoice"))
    await common.ask(
        "mutation ($i: RejectInvoiceInput!) { rejectInvoice(input: $i) { errors { code } } }",
        i={"invoiceId": invoice["id"], "reason": shared()},
    )
    await harvest(SCHEMA, common, with_common, chance)
    third = await rows_of(database)

    # The other tenant, and what the clerk's office has of it.
    other = await world.person(name="B", party_name="B")
    await _issue_to_office(other, common, "ZQT0001X", OFFICE)
    await _issue_to_office(other, common, "ZQU0001X", OTHER_OFFICE)
    fourth = await rows_of(database)

    parts = [
        {row: values for row, values in later.items() if row not in earlier}
        for earlier, later in ((first, second), (set(second), third), (set(third), fourth))
    ]
    seen = [words_of(part.values()) for part in parts]
    begin = words_of(values for row, values in second.items() if row in first)
    secret_of = _secrets(seen, begin)
    everything = pool.merged(with_common)
    lookers = {
        name: Looker(person, Filling(person, partner_, Marks(letter), Pool(), chance), told.only(secrets.ids), secrets)
        for name, person, partner_, letter, told, secrets in (
            ("stranger", other, common, "b", everything, secret_of("as", (0, 1), (2,))),
            ("who trades with both", common, other, "c", pool, secret_of("a", (0,), (1, 2))),
            ("limited to an office", clerk, other, "d", everything, secret_of("asu", (0, 1), (2,))),
        )
    }
    return Scene(world, lookers, set(parts[0]) & set(fourth), theirs, partner, common, other, private, shared)


async def _issue_to_office(issuer: Person, receiver: Person, number: str, code: str) -> None:
    roles = ("ACCOUNTING_OFFICE", "MANAGING_BODY", "PROCESSING_UNIT")
    to = {"taxId": receiver.tax_id, "offices": [{"role": role, "code": code} for role in roles]}
    given = issuer.world.invoice_input(receiver) | {"number": number, "receiver": to}
    assert (await issuer.ask(ISSUE, input=given))["issueInvoice"]["errors"] == []


def _secrets(seen: list[tuple[set[str], set[str]]], begin: tuple[set[str], set[str]]) -> Any:
    def secret_of(letters: str, of: tuple[int, ...], known: tuple[int, ...]) -> Secrets:
        ids, texts = [
            set().union(*(seen[place][kind] for place in of)) - set().union(*(seen[place][kind] for place in known))
            for kind in (0, 1)
        ]
        return Secrets(frozenset(letters), frozenset(ids - begin[0]), frozenset(texts - begin[1]))

    return secret_of


INSTANT = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+(?:\+00:00|Z)")
LITERAL = re.compile(r"'(?:[^']|'')*'|\b\d+\b|\$\d+")


def masked(answer: Answer, ids: dict[str, str]) -> tuple[int, bytes]:
    body = INSTANT.sub(b"INSTANT", answer.body)
    for theirs, missing in ids.items():
        body = body.replace(theirs.encode(), b"ID").replace(missing.encode(), b"ID")
    return answer.status, body


@asynccontextmanager
async def noted(world: World) -> AsyncIterator[list[str]]:
    """The statements that the drivers run inside; on PostgreSQL those of the connections that are open by then."""
    if world.services.database.dialect == "sqlite":
        async with counted(world) as seen:
            yield seen
        return
    pool: Any = cast("Any", world.services.database.client)._pool
    seen = []
    connections = [holder._con for holder in pool._holders if holder._con is not None]

    def note(record: Any) -> None:
        seen.append(record.query)

    for connection in connections:
        connection.add_query_logger(note)
    try:
        yield seen
    finally:
        for connection in connections:
            if not connection.is_closed():
                connection.remove_query_logger(note)


async def asked(looker: Looker, operation: Operation) -> tuple[Answer, Counter[str]]:
    """The answer, and the statements that it took, without their values."""
    async with noted(looker.person.world) as seen:
        answer = await looker.ask(operation)
    return answer, Counter(LITERAL.sub("?", statement) for statement in seen)


async def compare(looker: Looker, operation: Operation, ids: dict[str, str]) -> None:
    """An id of another and one that there never was: the same answer, by the same statements."""
    absent = replace(operation, variables=replaced(operation.variables, ids))
    for _ in range(3):  # What runs beside it, such as the keeping of times of use, is no part of the answer.
        theirs, none = await asked(looker, operation), await asked(looker, absent)
        assert masked(theirs[0], ids) == masked(none[0], ids), operation
        if theirs[1] == none[1]:
            return
    assert theirs[1] == none[1], operation


def operations_of(looker: Looker, kind: str, root: str, chance: random.Random, covered: set[str]) -> list[Operation]:
    """Operations that begin with a field: of the same texts for everybody, so that they are prepared once."""
    pools = [looker.theirs]
    if root in {"node", "nodes"}:
        pools = [replace(looker.theirs, ids={type_: known}) for type_, known in looker.theirs.ids.items() if known]
    made = []
    for place, pool in enumerate(pools * (1 if kind == "mutation" or len(pools) > 1 else 2)):
        values = Guessing(looker.own, pool, kind, chance)
        maker = Maker(SCHEMA, values, random.Random(f"{kind} {root} {place}"), whole=place % 2 == 0, covered=covered)
        made.append(maker.operation(kind, root))
        covered |= made[-1].coordinates
    return made


async def look_everywhere(looker: Looker, chance: random.Random) -> set[str]:
    """Ask for everything that there is with what is another's; the fields that were asked for."""
    covered: set[str] = set()
    known = {id_ for ids in looker.theirs.ids.values() for id_ in ids}
    for kind, root, _ in roots(SCHEMA, "query", "mutation"):
        for operation in operations_of(looker, kind, root, chance, covered):
            given = {value for _, value in leaves(operation.variables) if isinstance(value, str)} & known
            if given:
                await compare(looker, operation, missing_for(sorted(given)))
            else:
                await looker.ask(operation)
    for coordinate in sorted(FIELDS - covered):
        if coordinate in ASKED_FOR:
            values = Guessing(looker.own, looker.theirs, "query", chance)
            operation = Maker(SCHEMA, values, chance).straight_to(coordinate)
            covered |= operation.coordinates
            await looker.ask(operation)
    return covered


async def download_everything(looker: Looker, chance: random.Random) -> None:
    """Whatever is another's, at every address that files have, looks like what is not there, signed links too."""
    world, headers = looker.person.world, {"authorization": f"Bearer {looker.person.token}"}
    keys = [key_in(id_) for ids in looker.theirs.ids.values() for id_ in chance.sample(ids, min(2, len(ids)))]
    for path in DOWNLOADS:
        for key in keys:
            told = []
            for one in (key, str(new_id())):
                async with noted(world) as seen:
                    answer = answer_of(await world.client.get(path.replace("{key}", one), headers=headers))
                told.append((answer, Counter(LITERAL.sub("?", statement) for statement in seen)))
            assert told[0] == told[1], path
            assert told[0][0].status == 404
    hidden = [url for url in looker.theirs.urls if set(UUID.findall(url.partition("?")[0])) & looker.secrets.ids]
    assert hidden
    for url in hidden:
        mine = re.sub("for=[^&]*", f"for={looker.person.user_id}", url)
        response = await world.client.get(mine, headers={} if "signature" in url else headers)
        assert response.status_code == (401 if "signature" in url else 404), url


async def follow_everything(url: str, looker: Looker, scene: Scene, chance: random.Random) -> set[str]:
    """Follow all that there is with what is another's, while it changes; the fields that were asked for."""
    covered: set[str] = set()
    async with open_socket(url, looker.person.token) as socket:
        for kind, root, _ in roots(SCHEMA, "subscription"):
            for place in range(3):
                values = Guessing(looker.own, looker.theirs, kind, chance)
                maker = Maker(SCHEMA, values, random.Random(f"{root} {place}"), whole=place > 0, covered=covered)
                operation = maker.operation(kind, root)
                covered |= operation.coordinates
                missing = missing_for(id_ for ids in looker.theirs.ids.values() for id_ in ids)
                for name, variables in (
                    ("theirs", operation.variables),
                    ("none", replaced(operation.variables, missing)),
                ):
                    await socket.subscribe(f"{name} {root} {place}", operation.text, **variables)
                looker.heard(repr(operation.variables))
        for role in ("ISSUER", "RECEIVER"):
            await socket.subscribe(f"own {role}", FOLLOW, role=role)
        await socket.subscribe("fence", "query { __typename }")
        said = [await socket.receive()]
        while (said[-1]["type"], said[-1]["id"]) != ("complete", "fence"):
            said.append(await socket.receive())
        number = await scene.change()
        while not (number in json.dumps(said[-1]) and said[-1]["type"] == "next"):
            said.append(await socket.receive())
        await socket.send({"type": "ping"})
        while said[-1]["type"] != "pong":
            said.append(await socket.receive())
    assert looker.secrets.among(json.dumps(said).encode(), looker.sent) == []
    assert _ends(said, "theirs") == _ends(said, "none")
    return covered


def _ends(said: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """What was refused of the operations with this name, and how; instants and ids are no matter."""
    return {
        message["id"].removeprefix(name): [error["extensions"] for error in message["payload"]]
        for message in said
        if message["type"] == "error" and message["id"].startswith(name)
    }


async def test_nobody_is_shown_what_is_anothers(scene: Scene) -> None:
    chance, covered = random.Random(5), set[str]()

    for looker in scene.lookers.values():
        covered |= await look_everywhere(looker, chance)
        await download_everything(looker, chance)
    assert set(await rows_of(scene.world.services.database)) >= scene.hidden
    async with listening(scene.world.app) as url:
        for looker in scene.lookers.values():
            covered |= await follow_everything(url, looker, scene, chance)

    assert FIELDS - covered == set()
