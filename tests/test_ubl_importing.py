"""Published UBL documents over GraphQL: imported, walked through every state and read back as the file has them."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

import pytest

from tramesa.documents.ubl.codes import CAC, CBC
from tramesa.documents.xml import open_document
from tramesa.models.domain.tax_ids import normalise
from tramesa.models.domain.transitions import PartyKind
from tramesa.tests.facturae_files import NO_SAMPLES
from tramesa.tests.operations import PUBLIC_BODY_WALK, bring, bring_file
from tramesa.tests.test_importing_samples import person_of
from tramesa.tests.ubl_mutants import UBL_SAMPLES
from tramesa.tests.world import World

GOBL = UBL_SAMPLES / "gobl"

pytestmark = pytest.mark.skipif(not GOBL.exists(), reason=NO_SAMPLES)

IMPORTED = [
    "convert/peppol/out/peppol-1-advance.xml",
    "parse/en16931/ubl-example2.xml",
    "parse/en16931/ubl-example5.xml",
    "parse/peppol/base-example.xml",
    "parse/peppol/base-creditnote-correction.xml",
]

READ = """query ($id: ID!) { invoice(id: $id) {
  number series issueDate currency invoiceClass issuer { taxId } receiver { taxId }
  documentIssuer { taxId name } documentReceiver { taxId name }
  totals { gross discounts charges taxable taxes withheld total payable }
  lines { description quantity unitPrice gross } payments { means amount }
  document { sha256 size format signature { status } } attachments { name sha256 } status history { to } } }"""
SUMMARY = "{ invoiceSummary(role: RECEIVER) { status count payable } }"


def said_by(document: bytes) -> dict[str, Any]:
    """What the file says, read by its own paths; a credit note's amounts are negative here."""
    root = open_document(document).root
    assert root is not None
    credit = root.tag.endswith("CreditNote")
    sign = -1 if credit else 1

    def text(path: str, start: Any = root) -> str:
        return (start.findtext(path, namespaces={"cac": CAC, "cbc": CBC}) or "").strip()

    def number(path: str, start: Any = root) -> Decimal:
        return sign * Decimal(text(path, start) or 0)

    sums = "cac:LegalMonetaryTotal/cbc:"
    kind, quantity = ("CreditNote", "Credited") if credit else ("Invoice", "Invoiced")
    return {
        "number": text("cbc:ID"),
        "issueDate": text("cbc:IssueDate"),
        "currency": text("cbc:DocumentCurrencyCode"),
        "invoiceClass": "CORRECTIVE" if credit else "ORIGINAL",
        "issuer": {"taxId": party(text, "Supplier")["taxId"]},
        "receiver": {"taxId": party(text, "Customer")["taxId"]},
        "documentIssuer": party(text, "Supplier"),
        "documentReceiver": party(text, "Customer"),
        "totals": {
            "gross": number(f"{sums}LineExtensionAmount"),
            "discounts": number(f"{sums}AllowanceTotalAmount"),
            "charges": number(f"{sums}ChargeTotalAmount"),
            "taxable": number(f"{sums}TaxExclusiveAmount"),
            "taxes": number("cac:TaxTotal/cbc:TaxAmount"),
            "withheld": Decimal(0),
            "total": number(f"{sums}TaxInclusiveAmount"),
            "payable": number(f"{sums}PayableAmount"),
        },
        "lines": [
            (
                text("cac:Item/cbc:Name", line),
                number(f"cbc:{quantity}Quantity", line),
                Decimal(text("cac:Price/cbc:PriceAmount", line)),
                number("cbc:LineExtensionAmount", line),
            )
            for line in root.findall(f"{{{CAC}}}{kind}Line")
        ],
    }


def party(text: Any, element: str) -> dict[str, str]:
    place = f"cac:Accounting{element}Party/cac:Party"
    return {
        "taxId": normalise(text(f"{place}/cac:PartyTaxScheme/cbc:CompanyID")),
        "name": text(f"{place}/cac:PartyLegalEntity/cbc:RegistrationName"),
    }


def as_read(invoice: dict[str, Any]) -> dict[str, Any]:
    """The answer with amounts as numbers, as :func:`said_by` gives them."""
    return invoice | {
        "totals": {name: Decimal(amount) for name, amount in invoice["totals"].items()},
        "lines": [
            (line["description"], *(Decimal(line[name]) for name in ("quantity", "unitPrice", "gross")))
            for line in invoice["lines"]
        ],
    }


@pytest.mark.parametrize("name", IMPORTED)
async def test_a_sample_is_imported_walked_to_paid_and_read_back(world: World, name: str) -> None:
    document = (GOBL / name).read_bytes()
    said = said_by(document)
    issuer = await person_of(world, said["issuer"]["taxId"], PartyKind.COMPANY)
    receiver = await person_of(world, said["receiver"]["taxId"], PartyKind.PUBLIC_BODY)

    imported = await bring_file(issuer, document)
    assert imported["errors"] == []
    invoice_id = imported["invoice"]["id"]
    for to in PUBLIC_BODY_WALK:
        await bring(receiver, to, invoice_id)

    for person in (issuer, receiver):
        invoice = as_read((await person.ask(READ, id=invoice_id))["invoice"])
        assert {part: invoice[part] for part in said} == said
        assert (invoice["series"], invoice["status"]) == (None, "PAID")
        assert [change["to"] for change in invoice["history"]] == ["SENT", "REGISTERED", *map(str, PUBLIC_BODY_WALK)]
        assert sum(Decimal(payment["amount"]) for payment in invoice["payments"]) == said["totals"]["payable"]
        credit = said["invoiceClass"] == "CORRECTIVE"
        assert invoice["document"] == {
            "sha256": hashlib.sha256(document).hexdigest(),
            "size": len(document),
            "format": "UBL_2_1_CREDIT_NOTE" if credit else "UBL_2_1_INVOICE",
            "signature": {"status": "ABSENT"},
        }
        assert len(invoice["attachments"]) == document.count(b"<cbc:EmbeddedDocumentBinaryObject ")
    key = (await world.services.database.fetch("SELECT id FROM invoice"))[0][0]
    bearer = {"authorization": f"Bearer {receiver.token}"}
    assert (await world.client.get(f"/invoices/{key}/document", headers=bearer)).content == document


async def test_a_credit_note_takes_its_amount_off_what_is_owed(small_world: World) -> None:
    invoice, credit = ((GOBL / name).read_bytes() for name in IMPORTED[-2:])
    said = said_by(invoice)
    issuer = await person_of(small_world, said["issuer"]["taxId"], PartyKind.COMPANY)
    receiver = await person_of(small_world, said["receiver"]["taxId"], PartyKind.PUBLIC_BODY)

    await bring_file(issuer, invoice)
    # Its published number is the one of the invoice that it corrects.
    await bring_file(issuer, credit.replace(b"<cbc:ID>Snippet1<", b"<cbc:ID>CN-1<", 1))

    summary = (await receiver.ask(SUMMARY))["invoiceSummary"]
    assert [(row["count"], Decimal(row["payable"])) for row in summary if row["count"]] == [(2, Decimal("0.00"))]
