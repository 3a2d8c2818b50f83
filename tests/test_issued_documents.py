"""Whatever issueInvoice is asked for: the Facturae is valid and right by our rules, and so is the UBL made of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from tramesa.documents.composing import check_composable, compose_facturae
from tramesa.documents.converting import convert
from tramesa.documents.facturae.codes import CORRECTION_METHODS, CORRECTION_REASONS, PAYMENT_MEANS, TAX_TYPES, UNITS
from tramesa.documents.reading import read_document
from tramesa.documents.ubl.en16931 import official_findings
from tramesa.documents.xml import open_document
from tramesa.models.domain.findings import errors_among
from tramesa.models.domain.invoice import (
    Address,
    Contact,
    Correction,
    DocumentFormat,
    DocumentParty,
    InvoiceClass,
    InvoiceContent,
    Office,
    OfficeRole,
    Payment,
)
from tramesa.models.domain.totals import LineOrder, compute
from tramesa.tests.contents import texts
from tramesa.tests.facturae_files import SAMPLES
from tramesa.tests.ubl_mutants import is_valid

OFFICIAL = SAMPLES / "xsd" / "facturae" / "Facturaev3_2_2.xsd"
TODAY = date(2026, 11, 25)

rates = st.sampled_from(["0", "4", "5", "7", "10", "21", "0.5", "100"]).map(Decimal) | st.decimals(
    Decimal(1), Decimal(100), places=2
)
prices = st.decimals(Decimal(-1000), Decimal(100000), places=2) | st.decimals(Decimal(0), Decimal(10), places=8)
orders = st.builds(
    LineOrder,
    description=texts(200),
    quantity=st.decimals(Decimal(-50), Decimal(1000), places=3),
    unit_price=prices,
    tax_rate=rates,
    tax_type=st.sampled_from(["IVA", "IVA", "IGIC", "IPSI", *sorted(TAX_TYPES.values())]),
    discount_rate=st.none() | rates,
    withholding_rate=st.none() | st.sampled_from([Decimal(7), Decimal(15), Decimal(19)]),
    unit=st.none() | st.sampled_from(sorted(UNITS.values())),
)
addresses = st.builds(
    Address, street=texts(80), post_code=st.just("08001"), town=texts(50), province=texts(20)
) | st.builds(
    Address,
    street=texts(80),
    post_code=st.just("75001"),
    town=st.just("Paris"),
    province=texts(20),
    country_code=st.just("FRA"),
)


@st.composite
def issued(draw: st.DrawFn) -> InvoiceContent:
    """The content that ``graphql.entering.issuing`` makes of an input."""
    computed = compute(tuple(draw(st.lists(orders, min_size=1, max_size=4))))
    corrects = draw(
        st.none()
        | st.builds(
            Correction,
            reason_code=st.sampled_from(sorted(CORRECTION_REASONS)),
            reason=st.just(""),
            method=st.sampled_from(sorted(CORRECTION_METHODS)),
            number=texts(20),
            series=st.none() | texts(20),
            issue_date=st.none() | st.just(date(2026, 1, 2)),
        )
    )
    if corrects is not None:
        corrects = replace(corrects, reason=CORRECTION_REASONS[corrects.reason_code])
    payment = st.builds(
        Payment,
        due_date=st.just(date(2026, 12, 31)),
        amount=st.just(computed.totals.payable),
        means=st.sampled_from(sorted(PAYMENT_MEANS.values())),
        iban=st.none() | st.just("ES9121000418450200051332"),
    )
    paid = draw(st.none() | payment)
    office = st.builds(Office, role=st.sampled_from(list(OfficeRole)[:4]), code=st.just("LA0000751"))
    return InvoiceContent(
        format=DocumentFormat.FACTURAE_3_2_2,
        number=draw(texts(20)),
        series=draw(st.none() | texts(20)),
        issue_date=date(2026, 11, 20),
        issuer=DocumentParty(tax_id="B28015865", name=draw(texts(80)), address=draw(st.none() | addresses)),
        receiver=DocumentParty(
            tax_id=draw(st.sampled_from(["Q2826000H", "A28855260"])),
            name=draw(texts(80)),
            address=draw(st.none() | addresses),
            contact=draw(st.none() | st.just(Contact(email="a@example.org"))),
        ),
        offices=tuple(draw(st.lists(office, max_size=3))),
        currency="EUR",
        totals=computed.totals,
        taxes=computed.taxes,
        lines=computed.lines,
        payments=() if paid is None else (paid,),
        invoice_class=InvoiceClass.ORIGINAL if corrects is None else InvoiceClass.CORRECTIVE,
        corrects=corrects,
    )


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(issued())
def test_what_is_issued_is_valid_in_both_formats(content: InvoiceContent) -> None:
    assume(not errors_among(check_composable(content)))
    document = compose_facturae(content)

    read = read_document(document, today=TODAY)

    assert is_valid_facturae(document)
    assert {finding.rule for finding in errors_among(read.findings)} <= {"RCF06007"}
    if read.content is not None:
        assert_valid_ubl(document)


def assert_valid_ubl(document: bytes) -> None:
    made = convert(document, DocumentFormat.UBL_2_1)
    root = open_document(made.content).root
    assert is_valid(root)
    official = official_findings(root)
    assert official is not None
    assert [(finding.rule, finding.message) for finding in errors_among(official)] == []
    assert errors_among(read_document(made.content, today=TODAY).findings) == ()


def is_valid_facturae(document: bytes) -> bool:
    """By the official schema, where it is at hand; our own has said so in reading."""
    return not OFFICIAL.is_file() or bool(official().validate(etree.fromstring(document)))


@cache
def official() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(OFFICIAL, etree.XMLParser(load_dtd=True, no_network=True)))
