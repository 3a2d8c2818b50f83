"""Documents in another format than they came in, by GraphQL and by HTTP: what is given, told and refused."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from tramesa.documents.reading import read_content
from tramesa.models.domain.transitions import PartyKind, UserRole
from tramesa.tests.operations import bring_file
from tramesa.tests.ubl_files import edited
from tramesa.tests.world import Person, World

DOCUMENT = """query ($id: ID!, $format: DocumentFormat) { invoice(id: $id) {
  document(format: $format) { format size url findings { rule severity location } } } }"""
LONG_NUMBER = "F-2026-000000000000000000001"


async def brought(world: World, *changes: tuple[str, str]) -> tuple[Person, Person, dict[str, Any]]:
    """An invoice that came as UBL, with both its sides."""
    issuer = await world.person(UserRole.ISSUER)
    receiver = await world.person(UserRole.ACCOUNTANT, kind=PartyKind.PUBLIC_BODY)
    text = edited(*changes).decode().replace("B28015865", issuer.tax_id).replace("Q2826000H", receiver.tax_id)
    payload = await bring_file(issuer, text.replace("2026-11-", "2026-01-").encode())
    assert payload["errors"] == []
    return issuer, receiver, payload["invoice"]


async def download(world: World, person: Person, invoice: dict[str, Any], format_: str) -> Any:
    url = f"{urlsplit(invoice['document']['url']).path}?format={format_}"
    return await world.client.get(url, headers={"authorization": f"Bearer {person.token}"})


async def test_a_ubl_invoice_is_given_as_facturae_with_what_it_cannot_say(small_world: World) -> None:
    _, receiver, invoice = await brought(small_world)

    shown = (await receiver.ask(DOCUMENT, id=invoice["id"], format="FACTURAE_3_2_2"))["invoice"]["document"]
    response = await download(small_world, receiver, invoice, "facturae")

    content = read_content(response.content)
    assert (response.status_code, shown["format"], shown["size"]) == (200, "FACTURAE_3_2_2", len(response.content))
    assert etree.fromstring(response.content).findtext("FileHeader/SchemaVersion") == "3.2.2"
    assert (content.number, str(content.totals.payable)) == (invoice["number"], invoice["totals"]["payable"])
    assert {finding["severity"] for finding in shown["findings"]} == {"WARNING"}
    told = json.loads(response.headers["tramesa-findings"])
    assert [finding["location"] for finding in told if finding["rule"]] == [
        finding["location"] for finding in shown["findings"][: len(told) - (told[-1]["rule"] == "")]
    ]
    assert "/Invoice/AccountingSupplierParty/Party/EndpointID" in [finding["location"] for finding in shown["findings"]]


async def test_what_cannot_be_written_is_a_clear_refusal_by_both_ways(small_world: World) -> None:
    _, receiver, invoice = await brought(small_world, ("<cbc:ID>U-1</cbc:ID>", f"<cbc:ID>{LONG_NUMBER}</cbc:ID>"))

    errors = (await receiver.execute(DOCUMENT, id=invoice["id"], format="FACTURAE_3_2_2"))["errors"]
    response = await download(small_world, receiver, invoice, "facturae")

    assert errors[0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert errors[0]["extensions"]["findings"][0]["location"] == "/Invoice/ID"
    assert errors[0]["message"] == (
        "This invoice cannot be given as FACTURAE_3_2_2: InvoiceNumber is longer than Facturae allows."
    )
    assert response.status_code == 422
    refused = [finding for finding in response.json()["findings"] if finding["severity"] == "ERROR"]
    assert [(finding["rule"], finding["location"]) for finding in refused] == [("RCF03001", "/Invoice/ID")]


async def test_an_invoice_cannot_be_had_as_a_credit_note(small_world: World) -> None:
    _, receiver, invoice = await brought(small_world)

    original = await download(small_world, receiver, invoice, "original")
    same = await download(small_world, receiver, invoice, "UBL_2_1")
    other = await download(small_world, receiver, invoice, "UBL_2_1_CREDIT_NOTE")

    assert same.content == original.content
    assert (other.status_code, [finding["rule"] for finding in other.json()["findings"]]) == (422, ["HF08"])
