"""What is written reads as it was: within Facturae, and for every document of other programs that is at hand."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from tramesa.documents.composing import compose_facturae
from tramesa.documents.converting import convert
from tramesa.documents.facturae.codes import NAMESPACE_3_2_2
from tramesa.documents.grammar.formats import facturae_schema
from tramesa.documents.reading import read_content
from tramesa.models.domain.errors import DocumentRefused
from tramesa.models.domain.findings import errors_among
from tramesa.models.domain.invoice import DocumentFormat, InvoiceContent
from tramesa.tests.contents import facturae_contents
from tramesa.tests.facturae_files import NO_SAMPLES, SAMPLES

FACTURAE = DocumentFormat.FACTURAE_3_2_2
OFFICIAL = SAMPLES / "xsd" / "facturae" / "Facturaev3_2_2.xsd"
slow = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def samples_of(format_: str) -> list[Path]:
    return sorted((SAMPLES / format_).rglob("*.xml")) if SAMPLES.is_dir() else []


def names(path: Path) -> str:
    return str(path.relative_to(SAMPLES))


def content_of(path: Path) -> InvoiceContent:
    """What a sample says; those that no reader knows, or that say too little, are no matter of conversion."""
    try:
        return read_content(path.read_bytes())
    except ValueError as error:
        pytest.skip(str(error))


@cache
def official() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(OFFICIAL, etree.XMLParser(load_dtd=True, no_network=True)))


def as_facturae(path: Path) -> bytes:
    """The sample as Facturae 3.2.2, which both schemas take."""
    document = convert(path.read_bytes(), FACTURAE).content
    for schema in (facturae_schema("3.2.2", NAMESPACE_3_2_2), official()):
        assert schema.validate(etree.fromstring(document)), schema.error_log
    return document


@slow
@given(facturae_contents())
def test_whatever_facturae_can_say_reads_as_it_was_written(content):
    assert read_content(compose_facturae(content)) == content


@pytest.mark.skipif(not SAMPLES.is_dir(), reason=NO_SAMPLES)
@pytest.mark.parametrize("path", samples_of("facturae"), ids=names)
def test_every_facturae_of_other_programs_loses_nothing_as_the_newest_version(path):
    content = content_of(path)
    if not content.number:
        pytest.skip("an invoice without a number is none that can be written")

    document = as_facturae(path)

    assert convert(path.read_bytes(), FACTURAE).findings == ()
    assert read_content(document) == replace(content, format=FACTURAE, signed=False)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason=NO_SAMPLES)
@pytest.mark.parametrize("path", samples_of("ubl"), ids=names)
def test_every_ubl_of_other_programs_is_a_facturae_of_the_same_amounts_or_says_why_not(path):
    content = content_of(path)
    if refused_for(content):
        with pytest.raises(DocumentRefused) as refusal:
            convert(path.read_bytes(), FACTURAE)
        errors = errors_among(refusal.value.findings)
        assert {str(finding.location).split("/")[1] for finding in errors} <= {"Invoice", "CreditNote"}
        return

    written = read_content(as_facturae(path))

    assert (written.number, written.issue_date, written.currency) == (
        content.number,
        content.issue_date,
        content.currency,
    )
    assert (written.issuer.name, written.receiver.name) == (content.issuer.name, content.receiver.name)
    assert written.totals == content.totals
    assert [line.gross for line in written.lines] == [line.gross for line in content.lines]
    assert [(tax.type, tax.rate, tax.base, tax.amount) for tax in written.taxes] == [
        (tax.type, tax.rate, tax.base, tax.amount) for tax in content.taxes
    ]


def refused_for(content: InvoiceContent) -> list[str]:
    """What no Facturae can be without, and these invoices are."""
    lacking = {
        "a number of at most 20 characters": len(content.number) > 20,
        "the receiver's tax number": not content.receiver.tax_id,
        "a currency": not content.currency,
    }
    return [what for what, lacks in lacking.items() if lacks]
