"""What is written reads as it was: within Facturae, and for every document of other programs that is at hand."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from lxml import etree

from tramesa.documents.comparing import differences
from tramesa.documents.composing import compose_facturae
from tramesa.documents.converting import convert
from tramesa.documents.facturae.codes import NAMESPACE_3_2_2
from tramesa.documents.grammar.formats import facturae_schema
from tramesa.documents.reading import read_content
from tramesa.documents.ubl.writing import check_sayable, compose_ubl
from tramesa.models.domain.errors import DocumentRefused
from tramesa.models.domain.findings import errors_among
from tramesa.models.domain.invoice import DocumentFormat, InvoiceContent
from tramesa.tests.contents import facturae_contents, ubl_contents
from tramesa.tests.facturae_files import NO_SAMPLES, SAMPLES

FACTURAE = DocumentFormat.FACTURAE_3_2_2
OFFICIAL = SAMPLES / "xsd" / "facturae" / "Facturaev3_2_2.xsd"
slow = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


barely = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
"""Without shrinking, which takes minutes for invoices that say so much."""


OTHER_VERSIONS = {"facturae/omeuid/Facturae-3.1-firmada-real.xsig.xml"}
"""Samples that no reader here knows."""

WITHOUT_A_NUMBER = {"facturae/omeuid/Facturae-3.2.2-esquema-invalido.xml"}
"""Samples that are no invoice that can be written."""


def samples_of(format_: str) -> list[Path]:
    found = sorted((SAMPLES / format_).rglob("*.xml")) if SAMPLES.is_dir() else []
    return [path for path in found if names(path) not in OTHER_VERSIONS | WITHOUT_A_NUMBER]


def names(path: Path) -> str:
    return str(path.relative_to(SAMPLES))


def content_of(path: Path) -> InvoiceContent:
    return read_content(path.read_bytes())


@pytest.mark.skipif(not SAMPLES.is_dir(), reason=NO_SAMPLES)
def test_the_samples_that_are_not_converted_are_those_that_cannot_be():
    for name in OTHER_VERSIONS:
        with pytest.raises(ValueError, match="not a document of a known format"):
            content_of(SAMPLES / name)
    assert {content_of(SAMPLES / name).number for name in WITHOUT_A_NUMBER} == {""}


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


@barely
@given(facturae_contents())
def test_facturae_that_goes_through_ubl_comes_back_or_a_finding_says_what_does_not(content: InvoiceContent) -> None:
    assume(not errors_among(check_sayable(content)))

    assert unnamed(compose_facturae(content), DocumentFormat.UBL_2_1) == []


@barely
@given(ubl_contents())
def test_ubl_that_goes_through_facturae_comes_back_or_a_finding_says_what_does_not(content: InvoiceContent) -> None:
    assert unnamed(compose_ubl(content), FACTURAE) == []


@pytest.mark.skipif(not SAMPLES.is_dir(), reason=NO_SAMPLES)
@pytest.mark.parametrize("path", samples_of("facturae"), ids=names)
def test_every_facturae_that_goes_through_ubl_loses_only_what_is_named(path: Path) -> None:
    if not content_of(path).number:
        pytest.skip("an invoice without a number is none that can be written")

    assert unnamed(path.read_bytes(), DocumentFormat.UBL_2_1) == []


@pytest.mark.skipif(not SAMPLES.is_dir(), reason=NO_SAMPLES)
@pytest.mark.parametrize("path", samples_of("ubl"), ids=names)
def test_every_ubl_that_goes_through_facturae_loses_only_what_is_named(path: Path) -> None:
    if refused_for(content_of(path)):
        pytest.skip("no Facturae can be made of it")

    assert unnamed(path.read_bytes(), FACTURAE) == []


_LOST_IN_UBL = """
    details.batch_id details.exchange details.extensions details.factoring details.file_extensions details.information
    details.issuer_type details.language details.place_of_issue details.tax_currency details.third_party
    details.settlement.outstanding_in_euros details.settlement.payable_in_euros details.settlement.total_in_euros
    details.settlement.reimbursable.issuer_tax_id details.settlement.reimbursable.receiver_tax_id
    details.settlement.reimbursable.issuer_person details.settlement.reimbursable.issuer_residence
    details.settlement.reimbursable.receiver_person details.settlement.reimbursable.receiver_residence
    details.settlement.reimbursable.series details.settlement.retention.rate details.settlement.subsidies.rate
    document_type invoice_class
    issuer.address issuer.contact.town_code issuer.offices.contact.town_code issuer.person issuer.person_name
    issuer.registration issuer.residence issuer.trade_name
    lines.extensions lines.references.day lines.special_event lines.special_event_reason lines.taxes.amount
    lines.taxes.rate lines.unit lines.unit_code
    offices.contact.town_code
    payments payments.amount payments.debited payments.debit_reference payments.due_date payments.iban
    payments.information payments.means payments.means_code payments.reference payments.regulatory
    receiver.address receiver.contact.town_code receiver.person receiver.person_name receiver.registration
    receiver.residence receiver.trade_name
    taxes
"""
_LOST_IN_FACTURAE = """
    attachments corrects details.delivery details.further_elements
    details.notes details.operation_date details.payee details.payment_terms
    details.type_code details.period details.process details.references details.settlement.retention
    details.settlement.rounding details.supporting_documents details.tax_point_code
    issuer.address issuer.electronic_address issuer.identifiers issuer.legal_id issuer.person_name
    issuer.tax_registration issuer.trade_name
    lines.article_code lines.id lines.information lines.item lines.references lines.taxes.category lines.unit
    lines.unit_code lines.unit_price
    payments.credited.bic payments.credited.holder payments.debited.bic payments.debited.holder
    payments.due_date_stated payments.information payments.mandate payments.means payments.means_code
    payments.means_text
    receiver.address receiver.electronic_address receiver.identifiers receiver.legal_id receiver.person_name
    receiver.tax_registration receiver.trade_name
    taxes
"""
LOST = {
    DocumentFormat.UBL_2_1: frozenset(_LOST_IN_UBL.split()),
    FACTURAE: frozenset(_LOST_IN_FACTURAE.split()),
}
"""What a format cannot say of the other, or not always. All else has to come back."""


@barely
@given(facturae_contents(), ubl_contents())
def test_what_both_formats_can_say_comes_back(facturae: InvoiceContent, ubl: InvoiceContent) -> None:
    assume(not errors_among(check_sayable(facturae)))

    for document, through in (
        (compose_facturae(facturae), DocumentFormat.UBL_2_1),
        (compose_ubl(ubl), FACTURAE),
    ):
        lost = {plain(field) for field in changed(document, through)}
        assert {field for field in lost if not any(is_below(field, known) for known in LOST[through])} == set()


def test_every_field_is_compared_whatever_fields_there_are() -> None:
    content = full(InvoiceContent)

    fields_of = list(leaves(content))
    missed = [
        field
        for field, other in fields_of
        if not any(it.field in (field, field.rpartition(".")[0]) for it in differences(content, other))
    ]

    assert len(fields_of) > 350
    assert missed == []


def unnamed(document: bytes, through: DocumentFormat) -> list[str]:
    """The fields of a document that are lost on the way through another format and back, and named in no finding."""
    content = read_content(document)
    converted = convert(document, through)
    assert {finding.rule for finding in converted.findings} <= {"UBL", "HF08"}
    assert all(finding.message and finding.location for finding in converted.findings)
    return [field for field in changed(document, through) if not is_told(field, converted.told)] if content else []


def changed(document: bytes, through: DocumentFormat) -> set[str]:
    """The fields that are not what they were, by a comparison of this module's own."""
    content = read_content(document)
    there = convert(document, through).content
    back = convert(there, FACTURAE if content.format.is_facturae else kind_of(content)).content
    returned = replace(read_content(back), format=content.format, signed=content.signed)
    return set(differing(content, returned))


def kind_of(content: InvoiceContent) -> DocumentFormat:
    """The kind of UBL that it was; a credit note that names no invoice comes back as an invoice with its signs."""
    if content.format is DocumentFormat.UBL_2_1_CREDIT_NOTE and content.corrects is None:
        return DocumentFormat.UBL_2_1
    return content.format


def differing(left: Any, right: Any, field: str = "") -> Iterator[str]:
    """Fields that differ, such as ``lines[1].item.origin``; a list in another order is the same."""
    if left == right:
        return
    if is_dataclass(left) and type(left) is type(right):
        for part in fields(left):
            below = f"{field}.{part.name}".strip(".")
            yield from differing(getattr(left, part.name), getattr(right, part.name), below)
    elif isinstance(left, tuple) and isinstance(right, tuple):
        gone, come = [one for one in left if one not in right], [one for one in right if one not in left]
        if len(gone) != len(come):
            yield field
            return
        for one, other in zip(sorted(gone, key=sort_of), sorted(come, key=sort_of), strict=True):
            yield from differing(one, other, f"{field}[1]")
    else:
        yield field


def sort_of(entry: Any) -> tuple[str, ...]:
    """What kind of entry of a list it is: those of one kind are compared with each other."""
    return tuple(str(getattr(entry, name, "")) for name in ("kind", "withheld", "type", "role"))


def is_told(field: str, told: frozenset[str]) -> bool:
    """Whether the field was told of, something that it is part of, or, as lists are compared whole, a part of it."""
    return any(is_below(plain(field), plain(one)) or is_below(plain(one), plain(field)) for one in told)


def is_below(field: str, above: str) -> bool:
    return field == above or field.startswith(f"{above}.")


def plain(place: str) -> str:
    """A place without positions."""
    return re.sub(r"\[[0-9]+\]", "", place)


def full(type_: Any, above: tuple[Any, ...] = ()) -> Any:
    """A value of a type with something in every field, one entry in every list; of what is in its own like, once."""
    origin, arguments = get_origin(type_), get_args(type_)
    if origin is tuple:
        return () if above.count(arguments[0]) > 1 else (full(arguments[0], above),)
    if arguments:
        return full(next(one for one in arguments if one is not type(None)), above)
    if is_dataclass(type_):
        hints = get_type_hints(type_)
        return type_(**{part.name: full(hints[part.name], (*above, type_)) for part in fields(type_)})
    if issubclass(type_, Enum):
        return next(iter(type_))
    return {bool: True, int: 1, Decimal: Decimal("1.5"), date: date(2026, 1, 2), bytes: b"x"}.get(type_, "x")


def leaves(value: Any, field: str = "") -> Iterator[tuple[str, Any]]:
    """Each field at the bottom, with the whole as it is where that one is another."""
    if is_dataclass(value):
        for part in fields(value):
            for below, other in leaves(getattr(value, part.name), f"{field}.{part.name}".strip(".")):
                yield below, replace(value, **{part.name: other})
    elif isinstance(value, tuple) and len(value) == 1 and is_dataclass(value[0]):
        for below, other in leaves(value[0], f"{field}[1]"):
            yield below, (other,)
    else:
        yield (f"{field}[1]", ("y",)) if isinstance(value, tuple) else (field, "other")
