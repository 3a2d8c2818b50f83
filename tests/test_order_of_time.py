"""Positions and instants run the same way, so a walk by time misses no more than a walk along the feed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tramesa.models.domain.transitions import PartyKind
from tramesa.models.feeds.places import Places
from tramesa.tests.conftest import settings_for
from tramesa.tests.world import Person, World, open_world

REGISTER = """mutation ($input: RegisterInvoiceInput!) { registerInvoice(input: $input) {
  errors { __typename code } } }"""
FEED = """query ($after: String) { statusChanges(role: ISSUER, after: $after) { edges { cursor } } }"""


def test_an_instant_is_later_than_what_happened_before_whatever_the_clock_says() -> None:
    ahead = datetime.now(UTC) + timedelta(hours=1)
    behind = datetime.now(UTC) - timedelta(hours=1)

    assert Places(2, 2, ahead).now() == ahead + timedelta(microseconds=1)
    assert Places(2, 2, behind).now() > behind
    assert Places(1, 1, None).now().tzinfo is UTC


async def test_instants_grow_along_both_feeds_though_two_processes_write(
    world: World, database_url: str, tmp_path: Path
) -> None:
    issuers = [await world.person() for _ in range(3)]
    receiver = await world.person(kind=PartyKind.PUBLIC_BODY)
    async with open_world(settings_for(database_url, tmp_path)) as other:
        there = [Person(other, p.email, p.token, p.tax_id, p.user_id, p.party_id) for p in issuers]

        await asyncio.gather(
            *(
                p.world.issue(p, receiver, number=f"{n}")
                for n in range(10)
                for p in (issuers[n % 3], there[(n + 1) % 3])
            )
        )

    rows = await world.services.database.fetch(
        "SELECT c.receiver_position, c.at, i.created_at FROM status_change c JOIN invoice i ON i.id = c.invoice_id"
        " ORDER BY c.receiver_position"
    )
    assert [row[0] for row in rows] == list(range(1, 41))
    assert [row[1] for row in rows[::2]] == sorted({row[1] for row in rows})
    assert [row[2] for row in rows] == [row[1] for row in rows]


async def test_who_registers_an_invoice_with_the_number_that_it_just_got_is_told_the_state(world: World) -> None:
    issuer = await world.person()
    receiver = await world.person(manual_registration=True)
    invoice = await world.issue(issuer, receiver)
    wanted = {"invoiceId": invoice["id"], "registryNumber": "R-1"}

    answers = await asyncio.gather(*(receiver.ask(REGISTER, input=wanted) for _ in range(20)))

    errors = sorted(str(answer["registerInvoice"]["errors"]) for answer in answers)
    refused = [{"__typename": "TransitionRefused", "code": "TRANSITION_NOT_ALLOWED"}]
    assert errors == sorted(["[]"] + [str(refused)] * 19)


async def test_a_cursor_beyond_the_end_of_the_feed_is_refused(small_world: World) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    await small_world.issue(issuer, receiver)
    edges = (await issuer.ask(FEED))["statusChanges"]["edges"]

    response = await receiver.execute(FEED, after=edges[-1]["cursor"])

    assert (await issuer.ask(FEED, after=edges[-1]["cursor"]))["statusChanges"]["edges"] == []
    assert [(error["message"], error["extensions"]["argumentPath"]) for error in response["errors"]] == [
        ("This is no cursor of this feed.", ["after"])
    ]


@pytest.mark.parametrize("length", [512, 513, 100_000])
async def test_an_address_of_any_length_is_only_a_wrong_address(small_world: World, length: int) -> None:
    query = """mutation ($email: String!) { signIn(input: { email: $email, password: "x" }) {
      accessToken errors { code message path } } }"""

    response = await small_world.execute(query, {"email": "x" * (length - 4) + "@a.b"})

    refused = {"code": "BAD_CREDENTIALS", "message": "E-mail address or password is wrong.", "path": ["input"]}
    assert response == {"data": {"signIn": {"accessToken": None, "errors": [refused]}}}
