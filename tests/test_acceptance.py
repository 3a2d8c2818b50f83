"""A receiver that was invited signs up with two keys: what comes about at once, and everything that is no way in."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tramesa.models.domain.errors import Invalid
from tramesa.models.domain.keys import new_key, spelt
from tramesa.models.domain.numbering import legal_date
from tramesa.models.domain.states import Language
from tramesa.models.domain.transitions import PartyKind
from tramesa.models.people.attempts import ANSWER_AFTER
from tramesa.models.people.parties import NewParty, add_party
from tramesa.tests.conftest import settings_for
from tramesa.tests.onboarding import (
    ACCEPT,
    ADDRESS,
    STRANGER,
    WRONG,
    accept,
    acceptance,
    key_ones,
    key_two,
    sent_mails,
    to_stranger,
)
from tramesa.tests.operations import kept, write
from tramesa.tests.world import ISSUE, Person, World, company_tax_id, open_world

OTHER = company_tax_id(7_000_009)


async def invited(world: World, *issuers: Person, tax_id: str = STRANGER, address: str = ADDRESS) -> tuple[str, str]:
    """Both keys for a receiver that each of these has sent an invoice; the second is the first one's."""
    for issuer in issuers:
        wanted = to_stranger(world, issuer, tax_id)
        wanted["receiver"]["email"] = address
        await issuer.ask(ISSUE, input=wanted)
    return (await key_ones(world, address))[-1], await key_two(issuers[0], tax_id)


async def test_a_receiver_signs_up_and_finds_what_waited_from_whomever(world: World) -> None:
    one = await world.person(party_email="one@example.org", language=Language.EN, party_name="One, SA")
    two = await world.person(party_email="two@example.org", party_name="Two, SA")
    for issuer in (one, two, one):
        await issuer.ask(ISSUE, input=to_stranger(world, issuer))
    keys = (await key_ones(world))[0], await key_two(two)
    at = (await one.ask("{ feedCursor(role: ISSUER) }"))["feedCursor"]

    payload = await accept(world, acceptance(*keys, language="ES"))

    token, refresh = payload.pop("accessToken"), payload.pop("refreshToken")
    party = {"taxId": STRANGER, "name": "Fusteria Puig i Fills, SL", "kind": "COMPANY", "registered": True}
    viewer = {"name": "Marta Puig", "email": "marta@exemple.cat", "roles": ["ADMIN"], "party": party}
    assert payload == {"registeredInvoices": 3, "viewer": viewer, "errors": []}
    assert len(refresh) > 40
    inbox = await world.execute(
        "{ invoices(role: RECEIVER, orderBy: { field: CREATED_AT, direction: ASC }) { nodes { status version"
        " registryNumber issuer { name } history { to actor automated } availableTransitions } }"
        " statusChanges(role: RECEIVER) { nodes { to } } }",
        {},
        token,
    )
    year = legal_date(datetime.now(UTC)).year
    nodes = inbox["data"]["invoices"]["nodes"]
    # The whole inbox, in the order in which the invoices came.
    assert [(node["issuer"]["name"], node["registryNumber"]) for node in nodes] == [
        (name, f"E/{year}/00000{place}") for place, name in enumerate(("One, SA", "Two, SA", "One, SA"), start=1)
    ]
    assert {(node["status"], node["version"]) for node in nodes} == {("REGISTERED", 2)}
    assert nodes[0]["history"][1] == {"to": "REGISTERED", "actor": "Tramesa", "automated": True}
    assert nodes[0]["availableTransitions"] == ["DELIVERED", "CONFORMED", "REJECTED", "PAID"]
    assert [node["to"] for node in inbox["data"]["statusChanges"]["nodes"]] == ["SENT"] * 3 + ["REGISTERED"] * 3
    # The issuers are told, in their feeds and by mail.
    told = await one.ask(
        "query ($at: String) { statusChanges(role: ISSUER, after: $at) { nodes { to invoice { number } } } }", at=at
    )
    assert [node["to"] for node in told["statusChanges"]["nodes"]] == ["REGISTERED", "REGISTERED"]
    subjects = [(mail["To"], mail["Subject"]) for mail in await sent_mails(world) if mail["To"] != ADDRESS]
    assert sorted(subject for subject in subjects if "REGISTERED" not in subject[1] and ":" not in subject[1]) == [
        ("one@example.org", "Fusteria Puig i Fills, SL is on Tramesa now"),
        ("two@example.org", "Fusteria Puig i Fills, SL ja és a Tramesa"),
    ]
    assert sorted(to for to, subject in subjects if ":" in subject) == ["one@example.org"] * 2 + ["two@example.org"]


async def test_a_tax_id_may_be_typed_as_it_is_printed(world: World) -> None:
    issuer = await world.person()
    keys = await invited(world, issuer)

    payload = await accept(world, acceptance(*keys, taxId=f" es {STRANGER[0].lower()}-{STRANGER[1:]} "))

    assert payload["errors"] == []
    assert payload["viewer"]["party"]["taxId"] == STRANGER


async def test_who_has_signed_up_signs_in_and_is_like_any_other(world: World) -> None:
    issuer = await world.person()
    keys = await invited(world, issuer)
    await accept(world, acceptance(*keys, kind="PUBLIC_BODY", noticesOfNewInvoices=False))

    signed_in = await world.execute(
        'mutation { signIn(input: { email: "Marta@exemple.cat", password: "serradures" }) {'
        " viewer { party { kind } } errors { code } } }",
        {},
    )
    later = (await issuer.ask(ISSUE, input=to_stranger(world, issuer)))["issueInvoice"]["invoice"]

    assert signed_in["data"]["signIn"] == {"viewer": {"party": {"kind": "PUBLIC_BODY"}}, "errors": []}
    assert (later["status"], later["version"]) == ("REGISTERED", 2)
    party = await world.services.database.fetch(
        "SELECT a.address, a.language, a.events FROM notice_address a JOIN party p ON p.id = a.party_id"
        f" WHERE p.tax_id = '{STRANGER}'"
    )
    assert (party[0][0], party[0][1], "NEW_INVOICE" in party[0][2]) == ("marta@exemple.cat", "CA", False)
    again = await issuer.ask(
        "mutation ($tax: String!) { createReceiverKey(input: { receiverTaxId: $tax }) { errors { code message } } }",
        tax=STRANGER,
    )
    message = "This receiver is registered here: it needs no keys."
    assert again["createReceiverKey"]["errors"] == [{"code": "INVALID", "message": message}]


def after(world: World, **more: float) -> None:
    """Let the clock of what is read and decided go on."""
    later = timedelta(**more)
    world.services.authority.clock = lambda: datetime.now(UTC) + later


Given = dict[str, Any]


async def _wrong_key_one(_: World, __: Person, good: Given) -> Given:
    return good | {"keyOne": spelt(new_key())}


async def _wrong_key_two(_: World, __: Person, good: Given) -> Given:
    return good | {"keyTwo": spelt(new_key())}


async def _swapped(_: World, __: Person, good: Given) -> Given:
    return good | {"keyOne": good["keyTwo"], "keyTwo": good["keyOne"]}


async def _another_tax_id(world: World, issuer: Person, good: Given) -> Given:
    await invited(world, issuer, tax_id=OTHER)
    return good | {"taxId": OTHER}


async def _unknown_tax_id(_: World, __: Person, good: Given) -> Given:
    return good | {"taxId": company_tax_id(7_000_010)}


async def _expired(world: World, _: Person, good: Given) -> Given:
    after(world, days=30, seconds=1)
    return good


async def _key_two_revoked(_: World, issuer: Person, good: Given) -> Given:
    await issuer.ask(REVOKE, id=(await only_key(issuer))["id"])
    return good


async def _key_two_renewed(_: World, issuer: Person, good: Given) -> Given:
    await issuer.ask(RENEW, id=(await only_key(issuer))["id"])
    return good


async def _key_one_renewed(_: World, issuer: Person, good: Given) -> Given:
    await issuer.ask(REINVITE, input={"receiverTaxId": STRANGER})
    return good


async def _used(world: World, _: Person, good: Given) -> Given:
    await accept(world, good | {"email": "first@exemple.cat"})
    return good


async def _of_another_address(world: World, issuer: Person, good: Given) -> Given:
    await issuer.ask(REINVITE, input={"receiverTaxId": STRANGER, "email": "other@exemple.cat"})
    return good | {"keyOne": (await key_ones(world, "other@exemple.cat"))[-1]}


async def _of_another_receiver(world: World, issuer: Person, good: Given) -> Given:
    return good | {"keyTwo": (await invited(world, issuer, tax_id=OTHER))[1]}


async def _endless(_: World, __: Person, good: Given) -> Given:
    return good | {"keyOne": "3" * 100_000, "taxId": "B" * 100_000}


async def _nothing(_: World, __: Person, good: Given) -> Given:
    return good | {"keyOne": "", "keyTwo": "", "taxId": ""}


WAYS = [
    _wrong_key_one,
    _wrong_key_two,
    _swapped,
    _another_tax_id,
    _unknown_tax_id,
    _expired,
    _key_two_revoked,
    _key_two_renewed,
    _key_one_renewed,
    _used,
    _of_another_address,
    _of_another_receiver,
    _endless,
    _nothing,
]


REVOKE = "mutation ($id: ID!) { revokeReceiverKey(input: { keyId: $id }) { errors { code } } }"
RENEW = "mutation ($id: ID!) { renewReceiverKey(input: { keyId: $id }) { secret errors { code } } }"
REINVITE = """mutation ($input: RenewInvitationInput!) { renewInvitation(input: $input) {
  invitation { email state language } errors { code message path } } }"""


async def only_key(issuer: Person) -> dict[str, Any]:
    nodes = (await issuer.ask("{ receiverKeys { nodes { id state } } }"))["receiverKeys"]["nodes"]
    return dict(nodes[0])


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__.strip("_"))
async def test_whatever_is_wrong_has_the_same_answer_after_the_same_time(small_world: World, way: Any) -> None:
    issuer = await small_world.person()
    given = await way(small_world, issuer, acceptance(*await invited(small_world, issuer)))
    before = await kept(small_world.services.database, "invitation", "invoice", "party", "person", "receiver_key")

    began = time.monotonic()
    payload = await accept(small_world, given)
    took = time.monotonic() - began

    assert payload == {
        "accessToken": None,
        "refreshToken": None,
        "registeredInvoices": 0,
        "viewer": None,
        "errors": [WRONG],
    }
    assert took > ANSWER_AFTER
    assert await kept(small_world.services.database, *before) == before


async def test_after_five_attempts_there_is_a_pause_for_real_and_made_up_tax_ids(world: World) -> None:
    issuer = await world.person()
    keys = await invited(world, issuer)
    nobody = company_tax_id(7_000_010)

    for tax_id in (STRANGER, nobody):
        wrong = acceptance(keys[0], new_key(), tax_id=tax_id)
        answers = await asyncio.gather(*(world.execute(ACCEPT, {"input": wrong}) for _ in range(7)))
        told = [answer["data"]["acceptInvitation"]["errors"] for answer in answers if "errors" not in answer]
        assert told == [[WRONG]] * 5
        paused = [answer["errors"][0]["extensions"] for answer in answers if "errors" in answer]
        assert [fault["code"] for fault in paused] == ["RATE_LIMITED"] * 2
        assert all(880 < fault["retryAfter"] <= 901 for fault in paused)

    good = await world.execute(ACCEPT, {"input": acceptance(*keys)})
    assert good["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    after(world, minutes=15, seconds=1)
    assert (await accept(world, acceptance(*keys)))["errors"] == []


async def test_attempts_are_counted_by_all_processes_together(database_url: str, tmp_path: Any) -> None:
    settings = settings_for(database_url, tmp_path)
    async with open_world(settings) as world, open_world(settings) as other:
        issuer = await world.person()
        keys = await invited(world, issuer)
        wrong = {"input": acceptance(keys[0], new_key())}

        answers = await asyncio.gather(*(one.execute(ACCEPT, wrong) for one in (world, other) for _ in range(5)))

        assert sum("errors" in answer for answer in answers) == 5


async def test_of_several_at_once_one_signs_up(world: World) -> None:
    issuer = await world.person()
    await issuer.ask(ISSUE, input=to_stranger(world, issuer))
    keys = await invited(world, issuer)

    async with asyncio.timeout(60):
        answers = await asyncio.gather(
            *(world.execute(ACCEPT, {"input": acceptance(*keys, email=f"person{n}@exemple.cat")}) for n in range(10))
        )

    payloads = [answer["data"]["acceptInvitation"] for answer in answers if "errors" not in answer]
    won = [payload for payload in payloads if payload["errors"] == []]
    assert [payload["registeredInvoices"] for payload in won] == [2]
    assert [payload["errors"] for payload in payloads if payload["errors"]] == [[WRONG]] * 4
    database = world.services.database
    users = await database.fetch(
        f"SELECT COUNT(*) FROM person u JOIN party p ON p.id = u.party_id WHERE p.tax_id = '{STRANGER}'"
    )
    assert users[0][0] == 1
    positions = await database.fetch("SELECT receiver_position FROM status_change ORDER BY 1")
    assert [row[0] for row in positions] == [1, 2, 3, 4]


async def test_invoices_that_come_while_it_signs_up_are_registered_all_the_same(world: World) -> None:
    issuers = [await world.person() for _ in range(3)]
    keys = await invited(world, *issuers)

    async with asyncio.timeout(60):
        answers = await asyncio.gather(
            *(issuer.ask(ISSUE, input=to_stranger(world, issuer)) for issuer in issuers for _ in range(3)),
            accept(world, acceptance(*keys)),
            *(issuer.ask(ISSUE, input=to_stranger(world, issuer)) for issuer in issuers for _ in range(3)),
        )

    assert [answer["errors"] for answer in answers if "errors" in answer] == [[]]
    database = world.services.database
    found = await database.fetch("SELECT status, version, registry_number FROM invoice ORDER BY registry_number")
    year = legal_date(datetime.now(UTC)).year
    assert [tuple(row) for row in found] == [("REGISTERED", 2, f"E/{year}/{n:06d}") for n in range(1, 22)]
    positions = await database.fetch("SELECT receiver_position FROM status_change ORDER BY 1")
    assert [row[0] for row in positions] == list(range(1, 43))
    for issuer in issuers:
        own = await database.fetch(
            f"SELECT issuer_position FROM status_change WHERE issuer_id = '{issuer.party_id}' ORDER BY 1"
        )
        assert [row[0] for row in own] == list(range(1, 15))


async def test_an_address_that_somebody_signs_in_with_is_told_to_who_has_the_keys_alone(world: World) -> None:
    issuer = await world.person()
    keys = await invited(world, issuer)
    before = await kept(world.services.database, "invitation", "invoice", "party", "person", "receiver_key")

    taken = await accept(world, acceptance(*keys, email=issuer.email))
    wrong = await accept(world, acceptance(keys[0], new_key(), email=issuer.email))

    message = "Somebody signs in with this address already."
    assert taken["errors"] == [{"code": "INVALID", "message": message, "path": ["input", "email"]}]
    assert wrong["errors"] == [WRONG]
    assert await kept(world.services.database, *before) == before
    assert (await accept(world, acceptance(*keys)))["errors"] == []


@pytest.mark.parametrize(
    ("wrong", "code", "place"),
    [
        ({"password": "short"}, "INVALID", "password"),
        ({"password": "x" * 1025}, "INVALID", "password"),
        ({"email": "a@b.cat\r\nBcc: x@example.com"}, "INVALID", "email"),
        ({"email": " "}, "REQUIRED", "email"),
        ({"name": " "}, "REQUIRED", "name"),
        ({"name": "A\nB"}, "INVALID", "name"),
        ({"userName": "\u202eA"}, "INVALID", "userName"),
        ({"userName": "x" * 256}, "INVALID", "userName"),
    ],
)
async def test_what_a_newcomer_says_of_itself_is_looked_at_first_and_uses_up_no_attempt(
    small_world: World, wrong: dict[str, Any], code: str, place: str
) -> None:
    payload = await accept(small_world, acceptance("", "") | wrong)

    assert [(error["code"], error["path"]) for error in payload["errors"]] == [(code, ["input", place])]
    assert (await kept(small_world.services.database, "sign_in_attempt"))["sign_in_attempt"] == []


async def test_any_key_one_fits_any_issuers_key_two_for_the_same_address(world: World) -> None:
    one, two = await world.person(), await world.person()
    await invited(world, one)
    await two.ask(ISSUE, input=to_stranger(world, two))

    payload = await accept(world, acceptance((await key_ones(world))[0], await key_two(two)))

    assert (payload["errors"], payload["registeredInvoices"]) == ([], 2)


async def test_a_thousand_waiting_invoices_are_registered_within_seconds(world: World) -> None:
    issuers = [await world.person(party_email=f"i{n}@example.org") for n in range(4)]
    keys = await invited(world, *issuers)
    await copy_invoices(world, 250)

    began = time.monotonic()
    payload = await accept(world, acceptance(*keys))
    took = time.monotonic() - began

    assert payload["registeredInvoices"] == 1004
    assert took < 30
    database = world.services.database
    assert [tuple(row) for row in await database.fetch("SELECT MAX(registry_number), COUNT(*) FROM invoice")] == [
        (f"E/{legal_date(datetime.now(UTC)).year}/001004", 1004)
    ]


async def copy_invoices(world: World, times: int) -> None:
    """So many more of each invoice, as they would be had they come in one by one, but for their documents."""
    database = world.services.database
    columns = [name for name in dict((await database.fetch("SELECT * FROM invoice"))[0]) if name not in COPIED]
    listed = ", ".join(columns)
    numbers = f"WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < {times})"
    key = "gen_random_uuid()" if database.dialect == "postgres" else UUID_IN_SQLITE
    await write(
        database,
        f"{numbers} INSERT INTO invoice (id, duplicate_key, {listed}) SELECT {key}, i.duplicate_key || n.value, "
        + ", ".join(f"i.{column}" for column in columns)
        + " FROM invoice i, n",
    )


COPIED = {"id", "duplicate_key"}
UUID_IN_SQLITE = (
    "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a'"
    " || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))"
)


async def test_an_operator_who_adds_an_awaited_party_brings_what_waited(world: World) -> None:
    issuer = await world.person()
    keys = await invited(world, issuer)
    wanted = NewParty(tax_id=STRANGER, name="Fusteria", kind=PartyKind.COMPANY)

    await add_party(world.services.database, wanted)

    found = await world.services.database.fetch("SELECT status, version FROM invoice")
    assert [tuple(row) for row in found] == [("REGISTERED", 2)]
    assert (await accept(world, acceptance(*keys)))["errors"] == [WRONG]
    with pytest.raises(Invalid):
        await add_party(world.services.database, wanted)
