"""A search finds words anywhere in an invoice, however they are spelt."""

from __future__ import annotations

import pytest

from tramesa.models.domain.states import InvoiceStatus
from tramesa.models.domain.transitions import PartyKind, UserRole
from tramesa.models.lists.searching import MAX_WORD, MAX_WORDS, spellings, words_of
from tramesa.tests.operations import bring
from tramesa.tests.test_offices import OURS
from tramesa.tests.world import ISSUE, Person, World

LIST = "query ($f: InvoiceFilter) { invoices(role: RECEIVER, filter: $f) { totalCount nodes { number } } }"


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("a7", ["a7"]),
        ("121", ["121"]),
        ("121,5", ["121,5", "121.5"]),
        ("1.234,50", ["1.234,50", "1234.50"]),
        ("1,234.5", ["1,234.5", "1234.5"]),
        ("1'234.50", ["1'234.50", "1234.50"]),
        ("1.234.567", ["1.234.567", "1234567"]),
        ("-1.234", ["-1.234", "-1234"]),
        ("31/1/2026", ["31/1/2026", "2026-01-31"]),
        ("01-02-2026", ["01-02-2026", "2026-02-01"]),
        ("1/2026", ["1/2026", "2026-01-"]),
        ("2026-01-31", ["2026-01-31"]),
        (",", [","]),
        ("1.", ["1."]),
    ],
)
def test_amounts_and_dates_are_known_by_their_spellings(word: str, found: list[str]) -> None:
    assert spellings(word) == found


def test_what_follows_the_last_word_stands_as_it_is() -> None:
    assert words_of("a b c d e f g h i j") == [*"abcdefgh", "i j"]
    assert len(words_of("x " * 100)) == MAX_WORDS + 1


@pytest.fixture
async def desk(world: World) -> Person:
    """A public body with one invoice of 1,234.50 and another beside it."""
    issuer = await world.person(party_name="Construccions Àngel, S.L.")
    body = await world.person(UserRole.ADMIN, kind=PartyKind.PUBLIC_BODY)
    roles = ("ACCOUNTING_OFFICE", "MANAGING_BODY", "PROCESSING_UNIT")
    to = {"taxId": body.tax_id, "offices": [{"role": role, "code": OURS} for role in roles]}
    line = {"description": "Paper reciclat A4, 50% menys", "quantity": "1", "unitPrice": "1234.5", "taxRate": "0"}
    payment = {"dueDate": "2026-03-31", "iban": "ES9121000418450200051332"}
    given = {"receiver": to, "number": "7", "series": "Sèrie-", "issueDate": "2026-01-31", "lines": [line]}
    issued = (await issuer.ask(ISSUE, input={**given, "payment": payment}))["issueInvoice"]
    assert issued["errors"] == []
    await bring(body, InvoiceStatus.REGISTERED_IN_RCF, issued["invoice"]["id"], rcfNumber="RCF/2026-Ü")
    await bring(body, InvoiceStatus.REJECTED, issued["invoice"]["id"], reason="Falta la comanda")
    await world.issue(await world.person(party_name="Altra"), body, number="other")
    return body


async def test_every_field_is_found_and_nothing_else(desk: Person) -> None:
    async def found(text: str) -> list[str]:
        answer = (await desk.ask(LIST, f={"search": text}))["invoices"]
        assert answer["totalCount"] == len(answer["nodes"])
        return [node["number"] for node in answer["nodes"]]

    for text in (
        *("sèrie-7", "SERIE", "rcf/2026-u", "E/", "construccions ÀNGEL", "1.234,50", "1234,5", "1234.50", "1,234.50"),
        *("31/01/2026", "31/1/2026", "2026-01-31", "31/3/2026", "paper", "RECICLAT a4", "50%", "es91", OURS.lower()),
        *("comanda falta", "angel paper 1234.5", "paper  angel\tcomanda", "Falta la comanda"),
    ):
        assert await found(text) in (["7"], ["other", "7"] if text == "E/" else ["7"]), text
    for text in ("paper altra", "51%", "_aper", "p%r", "1234.51", "30/1/2026", "x" * (MAX_WORD + 1), "paper " * 20):
        assert await found(text) == [], text
    assert await found(" ") == ["other", "7"]
