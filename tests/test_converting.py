"""From one format to another: what the result says, what is told of it, and what is refused."""

from __future__ import annotations

import pytest
from lxml import etree

from tramesa.documents.converting import convert
from tramesa.models.domain.errors import DocumentRefused
from tramesa.models.domain.invoice import DocumentFormat
from tramesa.tests.facturae_files import VALID, edited

FACTURAE = DocumentFormat.FACTURAE_3_2_2


def refusal(data: bytes, wanted: DocumentFormat) -> list[tuple[str, str | None]]:
    with pytest.raises(DocumentRefused) as refused:
        convert(data, wanted)
    return [(finding.rule, finding.location) for finding in refused.value.findings]


@pytest.mark.parametrize("version", ["3.2", "3.2.1"])
def test_an_older_facturae_becomes_the_newest_and_says_the_same(version):
    old = edited(version=version)

    converted = convert(old, FACTURAE)

    assert (converted.format, converted.findings) == (FACTURAE, ())
    assert etree.fromstring(converted.content).findtext("FileHeader/SchemaVersion") == "3.2.2"
    assert convert(VALID.encode(), FACTURAE).content == converted.content


def test_an_invoice_without_a_number_cannot_be_written():
    data = edited(("<InvoiceNumber>F-1</InvoiceNumber>", "<InvoiceNumber/>"))

    assert refusal(data, FACTURAE) == [("RCF03001", "/Facturae/Invoices/Invoice/InvoiceHeader/InvoiceNumber")]


@pytest.mark.parametrize("data", [b"", b"<a/>", b"no document", VALID.encode()[:500]])
def test_what_cannot_be_read_is_refused(data):
    assert refusal(data, FACTURAE) == [("HF08", "/")]


@pytest.mark.parametrize("wanted", [DocumentFormat.FACTURAE_3_2, DocumentFormat.FACTURAE_3_2_1, DocumentFormat.PDF])
def test_only_the_newest_facturae_is_written(wanted):
    assert refusal(VALID.encode(), wanted) == [("HF08", "/")]
