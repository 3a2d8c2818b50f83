"""Reading what was selected: fragments, directives, nested steps; the catalogue; who asks; what was seen."""

from __future__ import annotations

from typing import Any

import pytest

from tramesa.models.domain.states import STATES, InvoiceStatus, Language
from tramesa.models.domain.transitions import PartyKind, UserRole, next_states
from tramesa.tests.operations import bring, kept, mutation, user_error
from tramesa.tests.world import World


async def test_fragments_aliases_and_directives_select_what_is_read(world: World) -> None:
    issuer, receiver = await world.person(party_name="Seller"), await world.person(party_name="Buyer")
    invoice = await world.issue(issuer, receiver, number="7")
    query = """query ($id: ID!, $with: Boolean!) { one: invoice(id: $id) { ...Names series @skip(if: $with)
      ... on Invoice { history @include(if: $with) { to invoice { issuer { name } status lines { description } } } }
      ... @include(if: $with) { corrects { number } } ...Never @skip(if: $with) } }
      fragment Names on Invoice { number receiver { ...Party } } fragment Party on Party { called: name }
      fragment Never on Invoice { currency }"""

    nested = {"issuer": {"name": "Seller"}, "status": "REGISTERED", "lines": [{"description": "Work"}]}
    base: dict[str, Any] = {"number": "7", "receiver": {"called": "Buyer"}}
    steps = [{"to": to, "invoice": nested} for to in ("SENT", "REGISTERED")]
    with_ = await issuer.ask(query, id=invoice["id"], **{"with": True})
    assert with_["one"] == base | {"history": steps, "corrects": None}
    without = await issuer.ask(query, id=invoice["id"], **{"with": False})
    assert without["one"] == base | {"series": None, "currency": "EUR"}


async def test_a_payload_reads_what_its_invoice_and_its_change_select(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    invoice = await world.issue(issuer, receiver, number="7")
    steps = [InvoiceStatus.DELIVERED, InvoiceStatus.CONFORMED, InvoiceStatus.PAID]
    shapes: list[tuple[str, dict[str, Any]]] = [
        ("{ errors { code } }", {"errors": []}),
        (
            "{ invoice { number } change { to invoice { status history { to } } } }",
            {
                "invoice": {"number": "7"},
                "change": {
                    "to": "CONFORMED",
                    "invoice": {
                        "status": "CONFORMED",
                        "history": [{"to": to} for to in ("SENT", "REGISTERED", "DELIVERED", "CONFORMED")],
                    },
                },
            },
        ),
        ("{ change { from to } }", {"change": {"from": "CONFORMED", "to": "PAID"}}),
    ]

    for to, (payload, expected) in zip(steps, shapes, strict=True):
        more = {"paymentDate": "2026-02-01"} if to is InvoiceStatus.PAID else {}
        [found] = (await receiver.ask(mutation(to, payload), input={"invoiceId": invoice["id"], **more})).values()
        assert found == expected


async def test_a_list_of_relations_is_read_by_nodes_and_edges_alike(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    await world.issue(issuer, receiver, number="1")
    await world.issue(issuer, receiver, number="2")
    query = """{ invoices(role: ISSUER) {
      edges { node { number offices { code } payments { means } attachments { name } } }
      nodes { taxes { type } document { format } } } }"""

    found = (await issuer.ask(query))["invoices"]

    empty: dict[str, Any] = {"offices": [], "payments": [], "attachments": []}
    assert found["edges"] == [{"node": {"number": number, **empty}} for number in ("2", "1")]
    assert found["nodes"] == [{"taxes": [{"type": "IVA"}], "document": {"format": "FACTURAE_3_2_2"}}] * 2


async def test_the_catalogue_has_every_state_in_every_language(small_world: World) -> None:
    query = """{ statuses { status efactCode publicCode technicalCode final mandatory mailsIssuer
      name es: name(language: ES) en: name(language: EN)
      transitions company: transitions(receiverKind: COMPANY) person: transitions(receiverKind: PERSON) } }"""

    found = (await small_world.execute(query, {}))["data"]["statuses"]

    assert found == [
        {
            "status": status.value,
            "efactCode": state.efact_code,
            "publicCode": state.public_code,
            "technicalCode": state.technical_code,
            "final": state.final,
            "mandatory": state.mandatory,
            "mailsIssuer": state.mandatory,
            "name": state.names[Language.CA],
            "es": state.names[Language.ES],
            "en": state.names[Language.EN],
            "transitions": [to.value for to in next_states(PartyKind.PUBLIC_BODY, status)],
            "company": [to.value for to in next_states(PartyKind.COMPANY, status)],
            "person": [to.value for to in next_states(PartyKind.PERSON, status)],
        }
        for status, state in STATES.items()
    ]


async def test_the_viewer_is_who_asks_or_nobody(small_world: World) -> None:
    person = await small_world.person(
        UserRole.REGISTRAR, UserRole.ACCOUNTANT, name="Núria", party_name="Òdena", kind=PartyKind.PUBLIC_BODY
    )
    query = "{ viewer { name email roles party { name taxId kind registered } } }"

    assert await person.ask(query) == {
        "viewer": {
            "name": "Núria",
            "email": person.email,
            "roles": ["ACCOUNTANT", "REGISTRAR"],
            "party": {"name": "Òdena", "taxId": person.tax_id, "kind": "PUBLIC_BODY", "registered": True},
        }
    }
    assert await small_world.execute(query, {}) == {"data": {"viewer": None}}


SEEN = """mutation ($input: MarkInvoiceSeenInput!) { markInvoiceSeen(input: $input) {
  invoice { seen version status } errors { __typename code message path } } }"""


async def test_the_receiver_marks_an_invoice_seen_and_that_is_no_change_of_state(world: World) -> None:
    issuer, receiver = await world.person(), await world.person(UserRole.REGISTRAR)
    invoice = await world.issue(issuer, receiver)
    before = await kept(world.services.database, "status_change", "feed", "mail_message")

    for _ in range(2):
        payload = (await receiver.ask(SEEN, input={"invoiceId": invoice["id"]}))["markInvoiceSeen"]
        assert payload == {"invoice": {"seen": True, "version": 2, "status": "REGISTERED"}, "errors": []}

    assert await kept(world.services.database, "status_change", "feed", "mail_message") == before


async def test_its_issuer_does_not_mark_an_invoice_seen(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    invoice = await world.issue(issuer, receiver)
    before = await kept(world.services.database)

    forbidden = (await issuer.ask(SEEN, input={"invoiceId": invoice["id"]}))["markInvoiceSeen"]
    missing = (await issuer.ask(SEEN, input={"invoiceId": "rubbish"}))["markInvoiceSeen"]

    message = "Only its receiver marks an invoice seen."
    assert forbidden == {"invoice": None, "errors": [user_error("FORBIDDEN", message, "invoiceId")]}
    nowhere = "There is no such invoice, or you may not see it."
    assert missing == {"invoice": None, "errors": [user_error("NOT_FOUND", nowhere, "invoiceId")]}
    assert await kept(world.services.database) == before


@pytest.mark.parametrize("by", ["document", "attachment"])
async def test_the_receivers_first_download_marks_an_invoice_seen_and_the_issuers_does_not(
    world: World, by: str
) -> None:
    issuer, receiver = await world.person(), await world.person()
    operation = "mutation ($input: IssueInvoiceInput!) { issueInvoice(input: $input) { invoice { id %s } } }"
    wanted = world.invoice_input(receiver) | {"attachments": [None]}
    issued = await issuer.upload(
        operation % "document { url } attachments { url }",
        {"input": wanted},
        {"variables.input.attachments.0": ("a.txt", b"text")},
    )
    invoice = issued["issueInvoice"]["invoice"]
    url = invoice["document"]["url"] if by == "document" else invoice["attachments"][0]["url"]
    seen = []

    for person in (issuer, receiver):
        response = await world.client.get(url, headers={"authorization": f"Bearer {person.token}"})
        assert response.status_code == 200
        [row] = await world.services.database.fetch("SELECT seen FROM invoice")
        seen.append(bool(row[0]))

    assert seen == [False, True]
    await bring(receiver, InvoiceStatus.CONFORMED, invoice["id"], expectedVersion=2)
