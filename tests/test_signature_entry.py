"""Signatures at the door and on what is written here, as clients see them over GraphQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tramesa.documents.signatures.verifying import verify_signature
from tramesa.models.certificates import NewCertificate, add_certificate
from tramesa.models.domain.invoice import SignatureStatus
from tramesa.models.domain.transitions import PartyKind
from tramesa.models.people.parties import change_party
from tramesa.tests.conftest import SECRET, settings_for
from tramesa.tests.facturae_files import edited
from tramesa.tests.operations import IMPORT, VALIDATE, bring_file
from tramesa.tests.signers import LONG_AGO, NOW, Holder, anchors, company, holder, sign
from tramesa.tests.world import Person, World, open_world

READ = """query ($id: ID!) { invoice(id: $id) {
  findings { rule severity message location line }
  document { url signature { status detail
    signer signerTaxId relation serial certificateIssuer signedAt policy role } } } }"""
ISSUE = """mutation ($input: IssueInvoiceInput!) { issueInvoice(input: $input) { invoice { id }
  errors { __typename code message path ... on DocumentRefused { findings { rule severity message } } } } }"""
POLICY = "http://www.facturae.es/politica_de_firma_formato_facturae/politica_de_firma_formato_facturae_v3_1.pdf"
UNANCHORED = "This server has no trust anchors (TRAMESA_TRUST_ANCHORS)."


@pytest.fixture
async def trusting(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A server that trusts the tests' root authority."""
    async with open_world(replace(settings_for(database_url, tmp_path), anchors=anchors())) as opened:
        yield opened


def document(issuer: Person, receiver: Person) -> bytes:
    return edited(
        ("12345678Z", issuer.tax_id), ("ESQ2826000H", f"es{receiver.tax_id.lower()}"), ("2026-11-20", "2026-01-15")
    )


def signed_by(issuer: Person, receiver: Person, **changes: Any) -> bytes:
    return sign(document(issuer, receiver), company(issuer.tax_id), time="2026-11-01T10:00:00Z", **changes)


async def two(world: World) -> tuple[Person, Person]:
    return await world.person(), await world.person(kind=PartyKind.PUBLIC_BODY)


async def kept(person: Person, invoice_id: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The signature and the findings that an invoice is kept with."""
    invoice = (await person.ask(READ, id=invoice_id))["invoice"]
    return invoice["document"]["signature"], invoice["findings"]


async def test_a_trusted_signature_is_valid_and_says_everything(trusting: World) -> None:
    issuer, receiver = await two(trusting)

    payload = await bring_file(issuer, signed_by(issuer, receiver))

    assert payload["errors"] == []
    signature, findings = await kept(receiver, payload["invoice"]["id"])
    assert findings == []
    serial = signature.pop("serial")
    assert serial.isdigit()
    assert signature == {
        "status": "VALID",
        "signer": "Empresa",
        "signerTaxId": issuer.tax_id,
        "relation": "ISSUER",
        "certificateIssuer": "Intermèdia de proves",
        "signedAt": "2026-11-01T10:00:00+00:00",
        "policy": POLICY,
        "role": "emisor",
        "detail": None,
    }


async def test_without_anchors_a_good_signature_is_taken_with_a_warning(world: World) -> None:
    issuer, receiver = await two(world)
    file = signed_by(issuer, receiver, policy="")

    checked = await bring_file(issuer, file, operation=VALIDATE)
    payload = await bring_file(issuer, file)

    assert [(one["rule"], one["severity"]) for one in checked["findings"]] == [("HV01", "WARNING"), ("HV02", "WARNING")]
    assert (checked["valid"], payload["errors"]) == (True, [])
    signature, findings = await kept(receiver, payload["invoice"]["id"])
    assert signature["status"] == "UNTRUSTED"
    assert signature["detail"].startswith(UNANCHORED.removesuffix("."))
    assert [(one["rule"], one["severity"], one["location"]) for one in findings] == [
        ("HV01", "WARNING", "/Facturae/Signature"),
        ("HV02", "WARNING", "/Facturae/Signature"),
    ]
    assert findings[0]["message"] == f"The signature is not trusted: {UNANCHORED[0].lower()}{UNANCHORED[1:]}"


async def test_an_unsigned_document_is_taken_with_a_warning(world: World) -> None:
    issuer, receiver = await two(world)

    payload = await bring_file(issuer, document(issuer, receiver))

    signature, findings = await kept(receiver, payload["invoice"]["id"])
    assert (signature["status"], signature["detail"]) == ("ABSENT", None)
    message = "The document is not signed."
    assert findings == [{"rule": "HF04", "severity": "WARNING", "message": message, "location": "/", "line": None}]


async def test_a_document_altered_after_signing_is_refused(trusting: World) -> None:
    issuer, receiver = await two(trusting)
    altered = signed_by(issuer, receiver).replace(b"Hores de feina", b"Hores de festa")

    payload = await bring_file(issuer, altered)

    [refusal] = payload["errors"]
    assert (payload["invoice"], refusal["code"]) == (None, "DOCUMENT_REFUSED")
    assert [(one["rule"], one["severity"]) for one in refusal["findings"]] == [("HV01", "ERROR")]
    assert await trusting.services.database.fetch("SELECT id FROM invoice") == []


async def test_what_else_is_wrong_is_told_beside_the_signature(trusting: World) -> None:
    issuer, receiver = await two(trusting)
    altered = signed_by(issuer, receiver).replace(b"<InvoiceNumber>F-1<", b"<InvoiceNumber> <")

    payload = await bring_file(issuer, altered)

    [refusal] = payload["errors"]
    assert {one["rule"] for one in refusal["findings"]} >= {"RCF03001", "HV01"}


DEMANDED: list[tuple[str, Any, list[str]]] = [
    ("unsigned", document, ["HF04"]),
    (
        "untrusted",
        lambda issuer, receiver: sign(
            document(issuer, receiver), holder("Nobody", key=company(issuer.tax_id).key), time="2026-11-01T10:00:00Z"
        ),
        ["HV01"],
    ),
    ("another policy", lambda issuer, receiver: signed_by(issuer, receiver, policy=""), ["HV02"]),
    ("valid", signed_by, []),
]


@pytest.mark.parametrize(("make", "rules"), [one[1:] for one in DEMANDED], ids=[one[0] for one in DEMANDED])
async def test_a_receiver_may_demand_a_trusted_signature(trusting: World, make: Any, rules: list[str]) -> None:
    issuer, receiver = await two(trusting)
    await change_party(trusting.services.database, receiver.tax_id, signature_required=True)

    payload = await bring_file(issuer, make(issuer, receiver), operation=IMPORT)

    found = [one for refusal in payload["errors"] for one in refusal["findings"]]
    assert [(one["rule"], one["severity"]) for one in found if one["rule"][0] == "H"] == [
        (rule, "ERROR") for rule in rules
    ]
    assert (payload["invoice"] is None) == bool(rules)


async def give_certificate(world: World, owner: str | None, one: Holder) -> None:
    given = one.credentials()
    wanted = NewCertificate(
        key=given.key,
        chain=given.chain,
        subject="Empresa",
        tax_id=owner,
        serial="1",
        not_before=one.certificate.not_valid_before_utc,
        not_after=one.certificate.not_valid_after_utc,
        fingerprint="0" * 64,
    )
    await add_certificate(world.services.database, owner, wanted, SECRET)


async def test_an_invoice_is_signed_with_the_issuers_certificate(trusting: World) -> None:
    issuer, receiver = await two(trusting)
    await change_party(trusting.services.database, receiver.tax_id, signature_required=True)
    await give_certificate(trusting, issuer.tax_id, company(issuer.tax_id))

    invoice = await trusting.issue(issuer, receiver)

    signature, findings = await kept(receiver, invoice["id"])
    assert findings == []
    assert (signature["status"], signature["signerTaxId"], signature["relation"], signature["role"]) == (
        "VALID",
        issuer.tax_id,
        "ISSUER",
        "emisor",
    )
    url = (await receiver.ask(READ, id=invoice["id"]))["invoice"]["document"]["url"]
    bearer = {"authorization": f"Bearer {receiver.token}"}
    downloaded = (await trusting.client.get(url, headers=bearer)).content
    assert verify_signature(downloaded, anchors(), now=NOW.replace(year=2030)).status is SignatureStatus.VALID
    assert (await bring_file(issuer, downloaded, operation=VALIDATE))["findings"] == [
        {"rule": "RCF03002", "severity": "ERROR", "expected": None, "found": invoice["number"]}
    ]


async def test_without_one_the_service_signs_as_third_party(world: World) -> None:
    issuer, receiver = await two(world)
    await give_certificate(world, None, company("B28015865"))
    expired = company(issuer.tax_id, ends=LONG_AGO.replace(year=2021))
    await give_certificate(world, issuer.tax_id, expired)

    invoice = await world.issue(issuer, receiver)

    signature, findings = await kept(receiver, invoice["id"])
    assert findings == []
    assert (signature["status"], signature["detail"]) == ("UNTRUSTED", UNANCHORED)
    assert (signature["signerTaxId"], signature["relation"], signature["role"]) == (
        "B28015865",
        "THIRD_PARTY",
        "tercero",
    )


async def test_an_unsigned_invoice_does_not_reach_a_receiver_that_demands_a_signature(world: World) -> None:
    issuer, receiver = await two(world)
    await change_party(world.services.database, receiver.tax_id, signature_required=True)

    payload = (await issuer.ask(ISSUE, input=world.invoice_input(receiver)))["issueInvoice"]

    finding = {"rule": "HF04", "severity": "ERROR", "message": "The document is not signed."}
    [refusal] = payload["errors"]
    assert (payload["invoice"], refusal["path"], refusal["findings"]) == (None, ["input"], [finding])


async def test_a_key_that_does_not_open_refuses_rather_than_leave_the_signature_out(world: World) -> None:
    issuer, receiver = await two(world)
    await give_certificate(world, issuer.tax_id, company(issuer.tax_id))

    async def damage(unit: Any) -> None:
        await unit.execute(f"UPDATE certificate SET fingerprint = '{'1' * 64}'", [])

    await world.services.database.unit_of_work(damage)
    payload = (await issuer.ask(ISSUE, input=world.invoice_input(receiver)))["issueInvoice"]

    message = "The certificate to sign with was added under another secret of this service; add it again."
    refusal = {"__typename": "InputError", "code": "INVALID", "message": message, "path": ["input"]}
    assert payload == {"invoice": None, "errors": [refusal]}
