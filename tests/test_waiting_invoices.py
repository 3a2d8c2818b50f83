"""An invoice for a receiver that is not here yet: kept as sent, shown to its issuer, and the receiver invited."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tramesa.models.domain.transitions import PartyKind, UserRole
from tramesa.models.identifiers import global_id
from tramesa.tests.facturae_files import edited
from tramesa.tests.onboarding import ADDRESS, STRANGER, key_ones, sent_mails, text_of, to_stranger
from tramesa.tests.operations import ERRORS, VALIDATE, bring_file, kept, user_error
from tramesa.tests.world import ISSUE, Person, World, company_tax_id, person_tax_id

ISSUE_OR_WHY = ISSUE.replace("errors { __typename code message path }", ERRORS)

CONTACT = "</OverseasAddress><ContactDetails><ElectronicMail>{}</ElectronicMail></ContactDetails></LegalEntity>"


def document_to_stranger(issuer: Person, *, contact: str | None = None, number: str = "F-1") -> bytes:
    changes = [("12345678Z", issuer.tax_id), ("ESQ2826000H", STRANGER), ("2026-11-20", "2026-01-15"), ("F-1", number)]
    if contact is not None:
        changes.append(("</OverseasAddress></LegalEntity>", CONTACT.format(contact)))
    return edited(*changes)


async def events(world: World) -> list[tuple[Any, ...]]:
    rows = await world.services.database.fetch("SELECT kind, actor, email FROM invitation_event ORDER BY id")
    return [tuple(row) for row in rows]


async def test_an_issued_invoice_waits_and_the_receiver_is_invited(world: World) -> None:
    issuer = await world.person(name="Laura", party_name="Ferrer, SA", party_email="laura@example.org")

    payload = (await issuer.ask(ISSUE_OR_WHY, input=to_stranger(world, issuer, number="7", series="A")))["issueInvoice"]

    assert payload["errors"] == []
    assert (payload["invoice"]["status"], payload["invoice"]["version"]) == ("SENT", 1)
    seen = await issuer.ask(
        "query ($id: ID!) { invoice(id: $id) { receiver { taxId name kind registered } availableTransitions"
        " history { to actor automated } registryNumber documentReceiver { contact { email } } }"
        " invoices(role: ISSUER) { nodes { id status } } }",
        id=payload["invoice"]["id"],
    )
    assert seen == {
        "invoice": {
            "receiver": {"taxId": STRANGER, "name": "Fusteria Puig, SL", "kind": "COMPANY", "registered": False},
            "availableTransitions": [],
            "history": [{"to": "SENT", "actor": "Laura", "automated": False}],
            "registryNumber": None,
            "documentReceiver": {"contact": {"email": ADDRESS}},
        },
        "invoices": {"nodes": [{"id": payload["invoice"]["id"], "status": "SENT"}]},
    }
    [mail] = await sent_mails(world)
    assert (mail["To"], mail["Subject"]) == (ADDRESS, "Ferrer, SA us ha enviat la factura A-7")
    assert "Import: 121,00 €\n" in text_of(mail)
    assert f"http://tramesa.test/live?invitation={STRANGER}#" in text_of(mail)
    assert await events(world) == [("INVITED", "Laura", ADDRESS)]


async def test_key_one_is_kept_nowhere(world: World) -> None:
    issuer = await world.person()
    await issuer.ask(ISSUE, input=to_stranger(world, issuer))

    [key] = await key_ones(world)

    everything = repr(await kept(world.services.database)).upper()
    assert key not in everything
    assert key.replace("-", "") not in everything


async def test_another_secret_than_the_one_that_invited_mails_no_useless_key(world: World) -> None:
    issuer = await world.person()
    await issuer.ask(ISSUE, input=to_stranger(world, issuer))
    world.services.settings = replace(world.services.settings, secret_key="another secret that is long enough, too")

    assert await sent_mails(world) == []

    [row] = await world.services.database.fetch("SELECT state, last_error FROM mail_message")
    assert tuple(row) == (
        "FAILED",
        "The service's secret is another than when this was written: invite or ask anew.",
    )


@pytest.mark.parametrize("given", [None, "Altres@Exemple.CAT"])
async def test_an_imported_document_invites_by_its_contact_or_as_told(world: World, given: str | None) -> None:
    issuer = await world.person()
    document = document_to_stranger(issuer, contact=ADDRESS)

    checked = await bring_file(issuer, document, operation=VALIDATE, receiverEmail=given)
    payload = await bring_file(issuer, document, receiverEmail=given, invitationLanguage="EN")

    finding = {"rule": "TR0003", "severity": "WARNING", "expected": None, "found": STRANGER}
    assert checked["valid"]
    assert finding in checked["findings"]
    assert payload["errors"] == []
    assert payload["invoice"]["status"] == "SENT"
    [mail] = await sent_mails(world)
    assert mail["To"] == ("altres@exemple.cat" if given else ADDRESS)
    assert mail["Subject"] == f"{(await party_names(world))[issuer.tax_id]} has sent you invoice 2026A-F-1"


async def party_names(world: World) -> dict[str, str]:
    return {row[0]: row[1] for row in await world.services.database.fetch("SELECT tax_id, name FROM party")}


@pytest.mark.parametrize("contact", [None, "no address", "a@b.cat Bcc: x@example.com", "ab", "x@exemple.cat>"])
async def test_a_document_without_a_good_address_is_refused_as_before(small_world: World, contact: str | None) -> None:
    issuer = await small_world.person()
    before = await kept(small_world.services.database)
    document = document_to_stranger(issuer, contact=None if contact is None else contact.replace(">", "&gt;"))

    checked = await bring_file(issuer, document, operation=VALIDATE)
    payload = await bring_file(issuer, document)

    assert not checked["valid"]
    assert {"rule": "TR0003", "severity": "ERROR", "expected": None, "found": STRANGER} in checked["findings"]
    message = f"The receiver {STRANGER} is not registered here."
    assert payload == {"invoice": None, "errors": [user_error("RECEIVER_UNKNOWN", message, "file")]}
    assert await kept(small_world.services.database) == before


HOSTILE = ["a@exemple.cat\r\nBcc: x@example.com", "a@exemple.cat\nX: y", "<a@exemple.cat>", "a b@exemple.cat", "nobody"]


@pytest.mark.parametrize("address", HOSTILE)
async def test_addresses_that_would_write_headers_are_refused(small_world: World, address: str) -> None:
    issuer = await small_world.person()
    before = await kept(small_world.services.database)
    receiver = {"taxId": STRANGER, "name": "Fusteria", "email": address}

    issued = await issuer.ask(ISSUE_OR_WHY, input=small_world.invoice_input(issuer) | {"receiver": receiver})
    imported = await issuer.upload(
        "mutation ($input: ImportInvoiceInput!) {"
        " importInvoice(input: $input) { invoice { id } errors { code path } } }",
        {"input": {"file": None, "receiverEmail": address}},
        {"variables.input.file": ("f.xml", document_to_stranger(issuer))},
    )

    refusal = user_error("INVALID", "This is no e-mail address.", "receiver", "email")
    assert issued["issueInvoice"] == {"invoice": None, "errors": [refusal]}
    place = ["input", "receiverEmail"]
    assert imported["importInvoice"] == {"invoice": None, "errors": [{"code": "INVALID", "path": place}]}
    assert await kept(small_world.services.database) == before


@pytest.mark.parametrize(
    ("receiver", "refusal"),
    [
        ({}, user_error("REQUIRED", "A receiver that is not registered here needs a name.", "receiver", "name")),
        (
            {"name": "X", "taxId": "B-1"},
            user_error("INVALID", "A tax id has 3 to 30 letters and digits.", "receiver", "taxId"),
        ),
        (
            {"name": "X", "email": f"{'a' * 60}@b.cat"},
            user_error("INVALID", "At most 60 characters.", "receiver", "email"),
        ),
    ],
)
async def test_what_a_new_receiver_needs(small_world: World, receiver: dict[str, Any], refusal: dict[str, Any]) -> None:
    issuer = await small_world.person()
    wanted = {"taxId": STRANGER, "email": ADDRESS} | receiver

    payload = await issuer.ask(ISSUE_OR_WHY, input=small_world.invoice_input(issuer) | {"receiver": wanted})

    assert payload["issueInvoice"] == {"invoice": None, "errors": [refusal]}


@pytest.mark.parametrize(
    ("tax_id", "kind"),
    [
        ("P0800000B", PartyKind.PUBLIC_BODY),
        (person_tax_id(7_000_002), PartyKind.PERSON),
        (company_tax_id(7_000_003), PartyKind.COMPANY),
    ],
)
async def test_what_a_new_receiver_seems_to_be(small_world: World, tax_id: str, kind: PartyKind) -> None:
    issuer = await small_world.person()

    await issuer.ask(ISSUE, input=to_stranger(small_world, issuer, tax_id))

    rows = await small_world.services.database.fetch(f"SELECT kind, registered FROM party WHERE tax_id = '{tax_id}'")
    assert [(row[0], bool(row[1])) for row in rows] == [(kind.value, False)]


async def test_more_invoices_of_a_day_bring_no_more_mail_and_other_issuers_do(world: World) -> None:
    issuer, other = await world.person(name="One"), await world.person(name="Two")
    for _ in range(3):
        await issuer.ask(ISSUE, input=to_stranger(world, issuer))
    await other.ask(ISSUE, input=to_stranger(world, other))

    assert len(await sent_mails(world)) == 2
    assert await events(world) == [
        ("INVITED", "One", ADDRESS),
        ("WAITING", "One", ADDRESS),
        ("WAITING", "One", ADDRESS),
        ("INVITED", "Two", ADDRESS),
    ]
    parties = await world.services.database.fetch("SELECT COUNT(*) FROM party WHERE registered = false")
    assert parties[0][0] == 1


async def test_many_issuers_at_once_send_to_one_who_is_not_here(world: World) -> None:
    issuers = [await world.person() for _ in range(5)]

    async with asyncio.timeout(30):
        answers = await asyncio.gather(
            *(issuer.ask(ISSUE_OR_WHY, input=to_stranger(world, issuer)) for issuer in issuers for _ in range(2))
        )

    payloads = [answer["issueInvoice"] for answer in answers]
    assert [payload["errors"] for payload in payloads] == [[]] * 10
    assert {payload["invoice"]["status"] for payload in payloads} == {"SENT"}
    database = world.services.database
    assert [row[0] for row in await database.fetch("SELECT COUNT(*) FROM party WHERE registered = false")] == [1]
    positions = await database.fetch("SELECT receiver_position FROM status_change ORDER BY 1")
    assert [row[0] for row in positions] == list(range(1, 11))
    assert len(await sent_mails(world)) == 5


async def test_a_waiting_invoice_blocks_its_number_and_nobody_moves_it(world: World) -> None:
    issuer = await world.person(UserRole.ISSUER)
    first = (await issuer.ask(ISSUE, input=to_stranger(world, issuer, number="9")))["issueInvoice"]["invoice"]
    admin = await world.person(UserRole.ADMIN, party=issuer)

    again = (await issuer.ask(ISSUE_OR_WHY, input=to_stranger(world, issuer, number="9")))["issueInvoice"]
    moved = await admin.ask(
        f"mutation ($id: ID!) {{ registerInvoice(input: {{ invoiceId: $id }}) {{ {ERRORS} }} }}", id=first["id"]
    )

    assert [error["code"] for error in again["errors"]] == ["DUPLICATE_INVOICE"]
    assert moved["registerInvoice"]["errors"] == [
        user_error("FORBIDDEN", "Your role does not allow this.", "invoiceId")
    ]


async def test_an_idempotency_key_invites_once(world: World) -> None:
    issuer = await world.person()
    wanted = to_stranger(world, issuer, idempotencyKey="k")

    answers = await asyncio.gather(*(issuer.ask(ISSUE, input=wanted) for _ in range(4)))

    assert len({answer["issueInvoice"]["invoice"]["id"] for answer in answers}) == 1
    assert len(await sent_mails(world)) == 1


async def test_an_issuer_is_not_told_what_another_calls_a_receiver_that_is_not_here(world: World) -> None:
    first, second = await world.person(), await world.person()
    query = f"""mutation ($input: IssueInvoiceInput!) {{ issueInvoice(input: $input) {{
      invoice {{ documentReceiver {{ name address {{ street }} }} }} {ERRORS} }} }}"""
    assert (await first.ask(query, input=to_stranger(world, first)))["issueInvoice"]["errors"] == []

    nameless = to_stranger(world, second, receiver={"taxId": STRANGER, "email": ADDRESS})
    refused = (await second.ask(query, input=nameless))["issueInvoice"]

    assert refused["invoice"] is None
    message = "A receiver that is not registered here needs a name."
    assert refused["errors"] == [user_error("REQUIRED", message, "receiver", "name")]


async def test_what_one_issuer_calls_a_receiver_that_is_not_here_nobody_else_reads_anywhere(world: World) -> None:
    first, second = await world.person(party_email="a@example.org"), await world.person(party_email="b@example.org")
    names = ("Secreta Primera SL", "Segona SL")
    ids = []
    for issuer, name in zip((first, second), names, strict=True):
        wanted = to_stranger(world, issuer)
        wanted["receiver"] = {**wanted["receiver"], "name": name}
        ids.append((await issuer.ask(ISSUE, input=wanted))["issueInvoice"]["invoice"]["id"])
    [party] = await world.services.database.fetch("SELECT id FROM party WHERE registered = false")
    party_id = global_id("Party", str(party[0]))
    query = """query ($party: ID!, $secret: String!) {
      invoices(role: ISSUER, first: 10) { nodes { receiver { name taxId } } }
      node(id: $party) { ... on Party { name } }
      invitations(first: 10) { nodes { receiver { name } } }
      invoiceSummary(role: ISSUER, groupBy: [COUNTERPARTY]) { counterparty { name } }
      byParty: invoices(role: ISSUER, filter: { counterparty: $secret }) { totalCount }
      bySearch: invoices(role: ISSUER, filter: { search: $secret }) { totalCount }
      notifications(first: 10) { nodes { kind } } }"""

    answers = [await issuer.ask(query, party=party_id, secret="secreta primera") for issuer in (first, second)]

    for answer, name in zip(answers, names, strict=True):
        assert answer["invoices"]["nodes"] == [{"receiver": {"name": name, "taxId": STRANGER}}]
        assert answer["node"] == {"name": name}
        assert answer["invitations"]["nodes"] == [{"receiver": {"name": name}}]
        assert answer["invoiceSummary"] == [{"counterparty": {"name": name}}]
        assert answer["byParty"] == {"totalCount": 0}
    assert [answer["bySearch"]["totalCount"] for answer in answers] == [1, 0]
    facts = {row[0]: row[1] for row in await world.services.database.fetch("SELECT recipient, facts FROM mail_message")}
    assert all(names[0] not in str(text) for to, text in facts.items() if "a@" not in to and to != ADDRESS)
