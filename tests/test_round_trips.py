"""What is written reads as it was: within Facturae, and for every document of other programs that is at hand."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from tramesa.documents.composing import compose_facturae
from tramesa.documents.converting import convert
from tramesa.documents.facturae.codes import NAMESPACE_3_2_2
from tramesa.documents.facturae.source_places import place_in_source
from tramesa.documents.grammar.formats import facturae_schema
from tramesa.documents.reading import read_content
from tramesa.models.domain.errors import DocumentRefused
from tramesa.models.domain.findings import errors_among
from tramesa.models.domain.invoice import DocumentFormat, InvoiceContent, ReferenceKind
from tramesa.tests.contents import facturae_contents
from tramesa.tests.facturae_files import NO_SAMPLES, SAMPLES

FACTURAE = DocumentFormat.FACTURAE_3_2_2
OFFICIAL = SAMPLES / "xsd" / "facturae" / "Facturaev3_2_2.xsd"
slow = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
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


# Across the formats

CONSEQUENCES = {
    "corrects": ("corrects",),
    "details.charges": ("details.charges[1].tax_category", "details.charges[1].code"),
    "details.discounts": ("details.discounts[1].tax_category", "details.discounts[1].code"),
    "details.notes": ("details.references", "details.payment_terms", "details.notes"),
    "details.notes[1].text": ("details.references", "details.payment_terms"),
    "details.operation_date": ("details.delivery",),
    "details.references": ("details.references",),
    "details.settlement.on_account_total": ("details.settlement.rounding",),
    "details.settlement.retention": ("details.settlement.rounding",),
    "details.supporting_documents": ("details.references",),
    "invoice_class": ("corrects",),
    "issuer.address.street": ("issuer.address.more",),
    "issuer.address.town": ("issuer.address.post_code",),
    "lines[1].information": ("lines[1].item.detail",),
    "payments[1].information": ("details.payment_terms",),
    "receiver.address.street": ("receiver.address.more",),
    "receiver.address.town": ("receiver.address.post_code",),
}
"""What is changed by something that a finding names elsewhere: where one thing goes, another is."""

SILENT = {
    # Terms of payment are what the first payment adds in Facturae, and UBL writes as an instruction; nothing is lost.
    "details.payment_terms",
    "payments[1].information",
    # The note of a Facturae has no subject, and its further information is a note on the goods (AAI) in UBL.
    "details.notes[1].subject",
}


@pytest.mark.skipif(not SAMPLES.is_dir(), reason=NO_SAMPLES)
@pytest.mark.parametrize("path", samples_of("ubl"), ids=names)
def test_ubl_that_goes_through_facturae_loses_what_the_findings_name_and_nothing_else(path):
    content = content_of(path)
    if refused_for(content):
        pytest.skip("no Facturae can be made of it")
    through = convert(path.read_bytes(), FACTURAE)
    back = convert(through.content, DocumentFormat.UBL_2_1)
    named = {plain(finding.location or "") for finding in (*through.findings, *back.findings)}

    returned = replace(read_content(back.content), format=content.format, signed=content.signed)

    changed = set(differences(content, returned))
    assert {field for field in changed if not is_named(field, named, content.format)} <= SILENT


@pytest.mark.skipif(not SAMPLES.is_dir(), reason=NO_SAMPLES)
@pytest.mark.parametrize("path", samples_of("facturae"), ids=names)
def test_facturae_that_goes_through_ubl_asks_for_the_same_money_of_the_same_parties(path):
    content = content_of(path)
    if not content.number:
        pytest.skip("an invoice without a number is none that can be written")

    through = convert(path.read_bytes(), DocumentFormat.UBL_2_1)
    back = read_content(convert(through.content, FACTURAE).content)

    assert back.totals.payable == content.totals.payable
    assert (back.totals.gross, back.totals.withheld) == (content.totals.gross, content.totals.withheld)
    assert (back.issuer.tax_id, back.receiver.tax_id) == (content.issuer.tax_id, content.receiver.tax_id)
    assert (back.number, back.series) == (content.number, content.series)
    assert [payment.due_date for payment in back.payments[:1]] == [payment.due_date for payment in content.payments[:1]]


def differences(left: Any, right: Any, field: str = "") -> Iterator[str]:
    """The fields that differ, such as ``lines[1].item.origin``; of several in a list, the first stands for all."""
    if left == right:
        return
    if is_dataclass(left) and type(left) is type(right):
        for part in fields(left):
            below = f"{field}.{part.name}".strip(".")
            yield from differences(getattr(left, part.name), getattr(right, part.name), below)
    elif isinstance(left, tuple) and isinstance(right, tuple) and len(left) == len(right):
        for one, other in zip(left, right, strict=True):
            yield from differences(one, other, f"{field}[1]")
    else:
        yield field


def is_named(field: str, named: set[str], source: DocumentFormat) -> bool:
    """Whether a finding names the field, what it is part of, or what it follows from."""
    for cause in (field, *CONSEQUENCES.get(field, ())):
        if cause == "details.references" and named & {
            plain(place_in_source(f"{cause}.{kind}", source)) for kind in ReferenceKind
        }:
            return True
        place = plain(place_in_source(cause, source))
        if any(place == one or one.startswith(f"{place}/") or place.startswith(f"{one}/") for one in named):
            return True
    return False


def plain(place: str) -> str:
    """A place without positions."""
    return re.sub(r"\[[0-9]+\]", "", place)
