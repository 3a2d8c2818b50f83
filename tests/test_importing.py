"""An invoice comes in as a file: its bytes are kept as they came, or everything that is wrong with it is told."""

from __future__ import annotations

import base64
import hashlib

import pytest

from tramesa.models.domain.transitions import PartyKind, UserRole
from tramesa.tests.facturae_files import edited, with_attachment
from tramesa.tests.operations import IMPORT, VALIDATE, bring_file, kept, refused_document, user_error
from tramesa.tests.world import Person, World

PNG = b"\x89PNG\r\n\x1a\n..."
PDF = b"%PDF-1.7\n..."


def document_of(issuer: Person, receiver: Person, *changes: tuple[str, str]) -> bytes:
    """The good document from one to the other, dated in the past."""
    parties = (("12345678Z", issuer.tax_id), ("ESQ2826000H", f"es{receiver.tax_id.lower()}"))
    return edited(*parties, ("2026-11-20", "2026-01-15"), *changes)


async def test_an_imported_file_is_kept_as_it_came(world: World) -> None:
    issuer, receiver = await world.person(UserRole.ISSUER), await world.person(kind=PartyKind.PUBLIC_BODY)
    document = document_of(issuer, receiver).replace(b"\n", b"\r\n") + b"<!-- end -->\n"

    payload = await bring_file(issuer, document, ("albarà.PDF", PDF), ("../foto.png", PNG))

    invoice = payload["invoice"]
    assert payload["errors"] == []
    assert (invoice["number"], invoice["series"], invoice["status"]) == ("F-1", "2026A", "REGISTERED")
    assert (invoice["issuer"]["taxId"], invoice["receiver"]["taxId"]) == (issuer.tax_id, receiver.tax_id)
    names = ("gross", "discounts", "charges", "taxable", "taxes", "withheld", "total", "payable")
    amounts = ("90.00", "0.00", "0.00", "90.00", "18.90", "13.50", "95.40", "95.40")
    assert invoice["totals"] == dict(zip(names, amounts, strict=True))
    url = invoice["document"].pop("url")
    assert invoice["document"] == {
        "format": "FACTURAE_3_2_2",
        "size": len(document),
        "sha256": hashlib.sha256(document).hexdigest(),
        "signature": {"status": "ABSENT", "detail": None},
    }
    attached = [file.pop("url") for file in invoice["attachments"]]
    assert invoice["attachments"] == [
        {"name": "albarà.PDF", "mediaType": "application/pdf", "size": len(PDF), "description": None},
        {"name": "foto.png", "mediaType": "image/png", "size": len(PNG), "description": None},
    ]
    bearer = {"authorization": f"Bearer {receiver.token}"}
    downloads = [(await world.client.get(address, headers=bearer)).content for address in (url, *attached)]
    assert downloads == [document, PDF, PNG]


async def test_a_file_inside_the_document_is_kept_before_those_beside_it(small_world: World) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    inner = with_attachment(base64.b64encode(PDF).decode())
    document = inner.replace(b"12345678Z", issuer.tax_id.encode()).replace(b"ESQ2826000H", receiver.tax_id.encode())

    payload = await bring_file(issuer, document.replace(b"2026-11-20", b"2026-01-15"), ("b.txt", b"text"))

    files = payload["invoice"]["attachments"]
    assert [(file["mediaType"], file["size"], file["description"]) for file in files] == [
        ("application/pdf", len(PDF), "Full"),
        ("text/plain", 4, None),
    ]


KNOWN = "Facturae 3.2, 3.2.1 or 3.2.2; UBL 2.1 Invoice or CreditNote"
OLD = "http://www.facturae.es/Facturae/2007/v3.1/Facturae"


@pytest.mark.parametrize(
    ("document", "finding"),
    [
        (b"", ("HF01", "ERROR", None, None)),
        (b"<!DOCTYPE a><a/>", ("HF01", "ERROR", None, None)),
        (b"<Invoice/>", ("HF08", "ERROR", KNOWN, "{}Invoice")),
        (f'<f:Facturae xmlns:f="{OLD}"/>'.encode(), ("HF08", "ERROR", KNOWN, OLD)),
    ],
)
async def test_what_is_no_known_document_is_refused(
    small_world: World, document: bytes, finding: tuple[str, str, str | None, str | None]
) -> None:
    issuer = await small_world.person()
    before = await kept(small_world.services.database)

    imported = await bring_file(issuer, document)
    checked = await bring_file(issuer, document, operation=VALIDATE)

    refusal = refused_document(finding)
    assert imported == {"invoice": None, "errors": [refusal]}
    assert checked == {"valid": False, "findings": refusal["findings"]}
    assert await kept(small_world.services.database) == before


def header(text: bytes, name: str, content: str) -> bytes:
    """The document with another content in the first element of this name in its header."""
    before, _, rest = text.partition(f"<{name}>".encode())
    return before + f"<{name}>{content}</{name}>".encode() + rest.partition(f"</{name}>".encode())[2]


async def test_every_reason_to_refuse_a_document_is_told_at_once(world: World) -> None:
    issuer, other = await world.person(), await world.person()
    before = await kept(world.services.database)
    document = (
        document_of(other, other)
        .replace(other.tax_id.lower().encode(), b"B28015865")
        .replace(other.tax_id.encode(), b"B28015865")
    )
    attachments = [(f"{place}.txt", b"text") for place in range(4)] + [("a.exe", b"MZ"), ("b.pdf", b"no pdf")]

    payload = await bring_file(issuer, document, *attachments)

    kinds = "pdf, doc, docx, xls, xlsx, odt, ods, txt, xml, jpg, jpeg, png"
    assert payload == {
        "invoice": None,
        "errors": [
            refused_document(
                ("TR0002", "ERROR", kinds, "exe"),
                ("TR0002", "ERROR", "application/pdf", None),
                ("TR0002", "ERROR", "5", "6"),
                ("TR0004", "ERROR", issuer.tax_id, "B28015865"),
                ("TR0003", "ERROR", None, "B28015865"),
                ("HF04", "WARNING", None, None),
            )
        ],
    }
    assert await kept(world.services.database) == before


async def test_numbers_of_the_longest_length_are_kept_whole(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    document = header(document_of(issuer, receiver), "InvoiceNumber", "\N{MATHEMATICAL DOUBLE-STRUCK DIGIT ZERO}" * 20)

    payload = await bring_file(issuer, header(document, "InvoiceSeriesCode", "ﷺ" * 20))

    assert payload["errors"] == []
    assert (len(payload["invoice"]["number"]), len(payload["invoice"]["series"])) == (20, 20)


async def test_somebody_elses_invoice_is_refused(world: World) -> None:
    sender, issuer, receiver = [await world.person() for _ in range(3)]
    before = await kept(world.services.database)

    payload = await bring_file(sender, document_of(issuer, receiver))

    refusal = refused_document(("TR0004", "ERROR", sender.tax_id, issuer.tax_id), ("HF04", "WARNING", None, None))
    assert payload == {"invoice": None, "errors": [refusal]}
    assert await kept(world.services.database) == before


async def test_two_invoices_in_one_file_are_refused(small_world: World) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    before = await kept(small_world.services.database)
    head, opening, rest = document_of(issuer, receiver).partition(b"<Invoices>")
    invoice, closing, tail = rest.partition(b"</Invoices>")

    payload = await bring_file(issuer, head + opening + invoice + invoice + closing + tail)

    sums = [("RCF06006", "WARNING", "190.80", "95.40")] * 3
    refusal = refused_document(*sums, ("TR0001", "ERROR", "1", "2"), ("HF04", "WARNING", None, None))
    assert payload == {"invoice": None, "errors": [refusal]}
    assert await kept(small_world.services.database) == before


async def test_a_variable_that_is_no_file_is_refused(small_world: World) -> None:
    issuer = await small_world.person()

    payload = (await issuer.ask(IMPORT, input={"file": "factura.xml"}))["importInvoice"]

    message = "A file of a multipart request is expected."
    assert payload == {"invoice": None, "errors": [user_error("INVALID", message, "file")]}


@pytest.mark.parametrize("address", ["nobody", "@example.org", "a b@example.org", "<a@example.org>", "a@", "a@b,c@d"])
async def test_what_is_no_address_is_not_notified(small_world: World, address: str) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    before = await kept(small_world.services.database)

    payload = await bring_file(issuer, document_of(issuer, receiver), notifyEmail=address)

    assert payload == {"invoice": None, "errors": [user_error("INVALID", "This is no e-mail address.", "notifyEmail")]}
    assert await kept(small_world.services.database) == before


async def test_checking_tells_everything_and_keeps_nothing(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    document = document_of(issuer, receiver)
    before = await kept(world.services.database)

    good = await bring_file(issuer, document, operation=VALIDATE)
    warned = await bring_file(
        issuer, document.replace(receiver.tax_id.lower().encode(), b"b12345678"), operation=VALIDATE
    )

    unsigned = {"rule": "HF04", "severity": "WARNING", "expected": None, "found": None}
    assert good == {"valid": True, "findings": [unsigned]}
    assert (warned["valid"], {(found["rule"], found["severity"]) for found in warned["findings"]}) == (
        False,
        {("RCF05002", "WARNING"), ("TR0003", "ERROR"), ("HF04", "WARNING")},
    )
    assert await kept(world.services.database) == before
    assert (await bring_file(issuer, document))["errors"] == []
    again = await bring_file(issuer, document, operation=VALIDATE)
    duplicate = {"rule": "RCF03002", "severity": "ERROR", "expected": None, "found": "F-1"}
    assert again == {"valid": False, "findings": [duplicate, unsigned]}
