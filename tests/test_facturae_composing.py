from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from tramesa.documents.composing import check_composable, compose_facturae
from tramesa.documents.facturae.codes import (
    CLASSES,
    CORRECTION_REASONS,
    DOCUMENT_TYPES,
    NAMESPACE_3_2_2,
    PAYMENT_MEANS,
    TAX_TYPES,
    UNITS,
    code_of,
)
from tramesa.documents.facturae.composing_parties import split_person_name
from tramesa.documents.facturae.composing_payments import accounts_of
from tramesa.documents.facturae.places import province_that_fits
from tramesa.documents.grammar.formats import facturae_schema
from tramesa.documents.reading import read_content
from tramesa.models.domain.errors import Invalid
from tramesa.models.domain.findings import Severity
from tramesa.models.domain.invoice import (
    Address,
    Adjustment,
    AttachedFile,
    Correction,
    DocumentFormat,
    DocumentParty,
    InvoiceClass,
    InvoiceContent,
    Line,
    LineTax,
    Office,
    OfficeRole,
    Payment,
    Period,
    PersonName,
    TaxTotal,
)
from tramesa.models.domain.totals import LineOrder, compute
from tramesa.tests.contents import facturae_contents
from tramesa.tests.facturae_files import NO_SAMPLES, SAMPLES, VALID

D = Decimal
SCHEMA = SAMPLES / "xsd" / "facturae" / "Facturaev3_2_2.xsd"
needs_schema = pytest.mark.skipif(not SCHEMA.is_file(), reason=NO_SAMPLES)

ADDRESS = Address(street="Carrer Nou, 1", post_code="08001", town="Barcelona", province="Barcelona")
ABROAD = Address(street="Rue de la Paix", post_code="75002", town="Paris", province="Île-de-France", country_code="FRA")
ISSUER = DocumentParty(tax_id="B28015865", name="Empresa & Filles, S.L.", trade_name="<Empresa>", address=ADDRESS)
PERSON = DocumentParty(tax_id="12345678Z", name="Marta Puig i Serra", person=True, address=ABROAD)
RECEIVER = DocumentParty(tax_id="Q2826000H", name="Agència", address=ADDRESS)
ORDERS = (
    LineOrder(
        description="Feina",
        quantity=D("1.5"),
        unit_price=D("33.3333"),
        tax_rate=D("21"),
        discount_rate=D("10"),
        withholding_rate=D("15"),
        unit="HOUR",
    ),
    LineOrder(description="Llibres", quantity=D("-2"), unit_price=D("10"), tax_rate=D("4")),
)


def invoice(orders: tuple[LineOrder, ...] = ORDERS, **changes: Any) -> InvoiceContent:
    computed = compute(orders)
    content = InvoiceContent(
        format=DocumentFormat.FACTURAE_3_2_2,
        number="F-1",
        series="2026A",
        issue_date=date(2026, 11, 20),
        issuer=ISSUER,
        receiver=RECEIVER,
        currency="EUR",
        totals=computed.totals,
        # Facturae writes the charged taxes before the withheld ones.
        taxes=tuple(sorted(computed.taxes, key=lambda tax: tax.withheld)),
        lines=computed.lines,
    )
    return replace(content, **changes)


def full() -> InvoiceContent:
    """An invoice with everything that the format has a place for."""
    iva = TaxTotal(
        type="IVA", rate=D("21"), base=D("90"), amount=D("18.9"), surcharge_rate=D("5.2"), surcharge_amount=D("4.68")
    )
    irpf = TaxTotal(type="IRPF", rate=D("15"), base=D("90"), amount=D("13.5"), withheld=True)
    line = Line(
        position=1,
        description="Feina\nfeta",
        quantity=D("2"),
        unit="KILOWATT_HOUR",
        unit_price=D("50.12345678"),
        cost=D("100"),
        discounts=(Adjustment(reason="Amic", amount=D("15"), rate=D("15")), Adjustment(reason="Més", amount=D("1"))),
        charges=(Adjustment(reason="Viatge", amount=D("6"), rate=D("0.5")),),
        gross=D("90"),
        taxes=(
            LineTax(type="IVA", rate=D("21"), base=D("90"), amount=D("18.9")),
            LineTax(type="IRPF", rate=D("15"), base=D("90"), withheld=True),
        ),
    )
    return invoice(
        issuer=PERSON,
        invoice_class=InvoiceClass.CORRECTIVE,
        corrects=Correction(
            reason_code="83",
            reason="Un descompte que faltava",
            method="02",
            number="F-0",
            series="2026A",
            issue_date=date(2026, 10, 1),
        ),
        offices=(
            Office(role=OfficeRole.ACCOUNTING_OFFICE, code="L01081593", name="Intervenció"),
            Office(role=OfficeRole.PROPOSING_BODY, code="LA0007408"),
        ),
        taxes=(iva, irpf),
        lines=(line,),
        payments=(
            Payment(due_date=date(2026, 12, 20), amount=D("95.4"), means="TRANSFER", iban="ES9121000418450200051332"),
            Payment(due_date=date(2027, 1, 20), amount=D("0"), means="DIRECT_DEBIT", iban="ES7921000813610123456789"),
            Payment(due_date=date(2027, 2, 20), amount=D("1"), means="CARD", iban="21000418450200051332"),
        ),
        attachments=(
            AttachedFile(name="full.pdf", media_type="application/pdf", content=b"%PDF-1.7"),
            AttachedFile(name="foto.jpeg", media_type="image/jpeg", content=b"\xff\xd8\xff"),
        ),
    )


def as_stated(content: InvoiceContent) -> InvoiceContent:
    """With what every Facturae states, where the invoice leaves it to us: how it reads once it is written."""
    settlement = replace(content.details.settlement, outstanding=content.totals.payable)
    details = replace(
        content.details,
        modality="I",
        batch_id=f"{content.issuer.tax_id}{content.series or ''}{content.number}",
        tax_currency=content.currency,
        language="ca",
        settlement=settlement,
    )
    return replace(
        content,
        details=details,
        issuer=party_as_stated(content.issuer),
        receiver=party_as_stated(content.receiver),
        offices=tuple(replace(office, address=content.receiver.address) for office in content.offices),
        lines=tuple(replace(line, unit_code=line.unit and code_of(UNITS, line.unit)) for line in content.lines),
        payments=tuple(payment_as_stated(payment) for payment in content.payments),
        corrects=None if content.corrects is None else correction_as_stated(content.corrects, content.issue_date),
    )


def party_as_stated(party: DocumentParty) -> DocumentParty:
    if not party.person:
        return party
    given, first, second = split_person_name(party.name)
    surname = None if first == "." else first
    return replace(party, person_name=PersonName(given=given, surname=surname, second_surname=second or None))


def payment_as_stated(payment: Payment) -> Payment:
    credited, debited = accounts_of(payment)
    return replace(payment, means_code=code_of(PAYMENT_MEANS, payment.means), credited=credited, debited=debited)


def correction_as_stated(correction: Correction, issue_date: date) -> Correction:
    day = correction.issue_date or issue_date
    own = correction.reason if correction.reason != CORRECTION_REASONS[correction.reason_code] else None
    return replace(correction, period=Period(start=day, end=day), detail=own)


def read_back(content: InvoiceContent) -> InvoiceContent:
    return read_content(compose_facturae(content))


def values_of(document: bytes, name: str) -> list[str | None]:
    return [element.text for element in etree.fromstring(document).iter(name)]


def places(content: InvoiceContent) -> list[tuple[str, str | None]]:
    return [(finding.rule, finding.location) for finding in check_composable(content)]


# Round trips


def test_what_was_composed_reads_as_it_was():
    assert read_back(invoice()) == as_stated(invoice())


def test_an_invoice_with_everything_reads_as_it_was():
    assert read_back(full()) == as_stated(full())


def test_what_was_read_from_an_older_version_is_composed_as_the_newest():
    content = invoice(format=DocumentFormat.FACTURAE_3_2)

    assert read_back(content) == as_stated(replace(content, format=DocumentFormat.FACTURAE_3_2_2))


def test_what_another_program_wrote_survives_being_written_again():
    content = read_content(VALID.encode())

    assert read_back(content) == content


@pytest.mark.parametrize("address", [None, ADDRESS, ABROAD])
@pytest.mark.parametrize("party", [ISSUER, PERSON])
def test_parties_with_each_kind_of_address_read_as_they_were(party, address):
    content = invoice(issuer=replace(party, address=address), receiver=replace(RECEIVER, address=address))

    assert read_back(content) == as_stated(content)


@pytest.mark.parametrize("key", TAX_TYPES.values())
def test_each_tax_reads_as_it_was(key):
    orders = (replace(ORDERS[1], tax_type=key),)

    assert read_back(invoice(orders)) == as_stated(invoice(orders))


@pytest.mark.parametrize("key", UNITS.values())
def test_each_unit_reads_as_it_was(key):
    orders = (replace(ORDERS[1], unit=key),)

    assert read_back(invoice(orders)) == as_stated(invoice(orders))


@pytest.mark.parametrize("key", PAYMENT_MEANS.values())
def test_each_means_of_payment_reads_as_it_was(key):
    payment = Payment(due_date=date(2026, 12, 1), amount=D("1.00"), means=key, iban="ES9121000418450200051332")

    assert read_back(invoice(payments=(payment,))).payments == (payment_as_stated(payment),)


@pytest.mark.parametrize("code", CORRECTION_REASONS)
def test_each_reason_of_a_correction_reads_as_it_was(code):
    correction = Correction(reason_code=code, reason=CORRECTION_REASONS[code], method="01", number="F-0")
    content = invoice(invoice_class=InvoiceClass.CORRECTIVE, corrects=correction)

    assert read_back(content).corrects == correction_as_stated(correction, content.issue_date)


def test_a_code_in_the_place_of_a_key_is_written_as_that_code():
    orders = (replace(ORDERS[1], unit="05", tax_type="01"),)

    content = read_back(invoice(orders))

    assert (content.lines[0].unit, content.taxes[0].type) == ("OTHER", "IVA")


@pytest.mark.parametrize("document_type", DOCUMENT_TYPES.values())
def test_each_document_type_reads_as_it_was(document_type):
    assert read_back(invoice(document_type=document_type)).document_type is document_type


@pytest.mark.parametrize("name", ["Marta", "Marta Puig", "Marta Puig Serra", "Maria del Mar Puig i Serra"])
def test_a_person_keeps_the_whole_name(name):
    assert read_back(invoice(issuer=replace(PERSON, name=name))).issuer.name == name


@pytest.mark.parametrize(
    ("name", "parts"),
    [("Marta", ("Marta", ".", "")), ("Marta  Puig", ("Marta", "Puig", "")), ("A B C D", ("A", "B", "C D"))],
)
def test_a_name_is_split_by_its_words(name, parts):
    assert split_person_name(name) == parts


amounts = st.decimals("-99999", "99999", places=4)
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)
orders = st.builds(
    LineOrder,
    description=texts,
    quantity=amounts,
    unit_price=st.decimals("-99999", "99999", places=6),
    tax_rate=st.decimals("0", "100", places=2),
    tax_type=st.sampled_from(sorted(set(TAX_TYPES.values()) - {"IRPF"})),
    discount_rate=st.none() | st.decimals("0", "100", places=3),
    withholding_rate=st.none() | st.decimals("0.01", "50", places=2),
    unit=st.none() | st.sampled_from(sorted(UNITS.values())),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(orders, min_size=1, max_size=4), texts, texts, st.none() | texts, st.sampled_from([ISSUER, PERSON]))
def test_any_invoice_that_can_be_composed_reads_as_it_was(lines, number, name, series, issuer):
    content = invoice(tuple(lines), number=number, series=series, issuer=issuer, receiver=replace(RECEIVER, name=name))
    content = stripped(content)
    assume(check_composable(content) == ())

    assert read_back(content) == as_stated(content)


def stripped(content: InvoiceContent) -> InvoiceContent:
    """Without the white space around texts, which no reader of XML keeps."""
    return replace(
        content,
        number=content.number.strip()[:20].strip(),
        series=(content.series or "").strip()[:20].strip() or None,
        receiver=replace(content.receiver, name=content.receiver.name.strip()),
        lines=tuple(replace(line, description=line.description.strip()) for line in content.lines),
    )


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30), amounts)
def test_texts_of_any_kind_where_they_do_not_fit_are_refused_and_break_nothing(number, name, text, amount):
    content = invoice(
        number=number,
        series=text,
        currency=text[:3],
        issuer=replace(PERSON, name=name),
        receiver=replace(RECEIVER, tax_id=text, address=replace(ADDRESS, post_code=text, country_code=name)),
        offices=(Office(role=OfficeRole.MANAGING_BODY, code=text, name=name),),
        payments=(Payment(due_date=date(2026, 1, 1), amount=amount, means=text, iban=name),),
    )

    with pytest.raises(Invalid):
        compose_facturae(content)


# The schema


@cache
def official_schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMA, etree.XMLParser(load_dtd=True, no_network=True)))


def errors_by(schema: etree.XMLSchema, document: bytes) -> list[str]:
    schema.validate(etree.fromstring(document))
    return [error.message for error in schema.error_log]


def schema_errors(document: bytes) -> list[str]:
    return errors_by(official_schema(), document)


@needs_schema
@pytest.mark.parametrize(
    "content",
    [
        invoice(),
        full(),
        invoice(issuer=replace(PERSON, name="Marta", address=None), receiver=replace(RECEIVER, address=ABROAD)),
        invoice(series=None, receiver=replace(RECEIVER, address=None), offices=full().offices),
        invoice(invoice_class=InvoiceClass.CORRECTIVE, corrects=Correction(reason_code="01", reason="", method="03")),
    ],
)
def test_what_is_composed_is_valid_by_the_official_schema(content):
    assert schema_errors(compose_facturae(content)) == []


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(facturae_contents())
def test_whatever_the_format_can_say_is_written_so_that_both_schemas_take_it(content):
    content = without_extensions(content)

    document = compose_facturae(content)

    assert check_composable(content) == ()
    assert errors_by(facturae_schema("3.2.2", NAMESPACE_3_2_2), document) == []
    if SCHEMA.is_file():
        assert schema_errors(document) == []


def without_extensions(content: InvoiceContent) -> InvoiceContent:
    """The schema takes extensions of known namespaces only."""
    return replace(
        content,
        details=replace(content.details, extensions=(), file_extensions=()),
        lines=tuple(replace(line, extensions=()) for line in content.lines),
    )


@needs_schema
@settings(max_examples=15, deadline=None)
@given(st.lists(orders, min_size=1, max_size=3), st.sampled_from(sorted(CLASSES.values())))
def test_any_computed_invoice_is_valid_by_the_official_schema(lines, invoice_class):
    corrective = invoice_class in {InvoiceClass.CORRECTIVE, InvoiceClass.COPY_OF_CORRECTIVE}
    correction = Correction(reason_code="16", reason="", method="01", number="F-0") if corrective else None
    content = invoice(tuple(lines), invoice_class=invoice_class, corrects=correction)
    assume(check_composable(content) == ())

    assert schema_errors(compose_facturae(content)) == []


# What is written


def test_the_document_is_utf8_with_its_declaration_and_indented():
    document = compose_facturae(invoice())

    assert document.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<fe:Facturae xmlns:fe=")
    assert b"\n        <InvoiceNumber>F-1</InvoiceNumber>\n" in document
    assert "Agència".encode() in document


def test_the_batch_is_named_by_issuer_series_and_number():
    document = compose_facturae(invoice())

    assert values_of(document, "BatchIdentifier") == ["B280158652026AF-1"]
    assert values_of(document, "SchemaVersion") == ["3.2.2"]
    assert values_of(document, "LanguageName") == ["ca"]


def test_amounts_have_two_decimals_or_as_many_as_they_need():
    document = compose_facturae(full())

    assert values_of(document, "UnitPriceWithoutTax") == ["50.12345678"]
    assert values_of(document, "TaxRate") == ["21.00", "15.00", "15.00", "21.00"]
    assert values_of(document, "EquivalenceSurcharge") == ["5.20"]


@pytest.mark.parametrize(("corrected", "day"), [(date(2026, 10, 1), "2026-10-01"), (None, "2026-11-20")])
def test_the_period_of_a_correction_is_one_day(corrected, day):
    correction = Correction(reason_code="01", reason="", method="01", number="F-0", issue_date=corrected)

    document = compose_facturae(invoice(invoice_class=InvoiceClass.CORRECTIVE, corrects=correction))

    assert values_of(document, "StartDate") == values_of(document, "EndDate") == [day]


def test_an_unknown_address_is_written_as_the_administration_does():
    document = compose_facturae(invoice(receiver=replace(RECEIVER, address=None)))

    assert values_of(document, "PostCode") == ["08001", "00000"]
    assert values_of(document, "Town") == ["Barcelona", "No consta"]


def test_an_account_is_written_without_spaces_and_where_it_belongs():
    credit = Payment(due_date=date(2026, 1, 1), amount=D(1), means="TRANSFER", iban=" ES91 2100 0418 ")
    debit = replace(credit, means="DIRECT_DEBIT", iban="ES00 1")

    root = etree.fromstring(compose_facturae(invoice(payments=(credit, debit))))

    assert [element.text for element in root.iterfind(".//AccountToBeCredited/IBAN")] == ["ES9121000418"]
    assert [element.text for element in root.iterfind(".//AccountToBeDebited/IBAN")] == ["ES001"]


# What the format cannot carry

HEADER = "/Facturae/Invoices/Invoice/InvoiceHeader"
BUYER = "/Facturae/Parties/BuyerParty"
LINE = "/Facturae/Invoices/Invoice/Items/InvoiceLine[1]"
ADDRESS_PLACE = f"{BUYER}/LegalEntity/AddressInSpain"


def first_line(**changes: Any) -> InvoiceContent:
    content = invoice()
    return replace(content, lines=(replace(content.lines[0], **changes), *content.lines[1:]))


def paid(**changes: Any) -> InvoiceContent:
    payment = Payment(due_date=date(2026, 1, 1), amount=D(1), means="CASH")
    return invoice(payments=(replace(payment, **changes),))


def addressed(**changes: Any) -> InvoiceContent:
    return invoice(receiver=replace(RECEIVER, address=replace(ADDRESS, **changes)))


def received(**changes: Any) -> InvoiceContent:
    return invoice(receiver=replace(RECEIVER, **changes))


def holding(name: str, content: bytes = b"x") -> InvoiceContent:
    return invoice(attachments=(AttachedFile(name=name, media_type="x/y", content=content),))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (invoice(number=" "), ("RCF03001", f"{HEADER}/InvoiceNumber")),
        (invoice(number="1" * 21), ("RCF03001", f"{HEADER}/InvoiceNumber")),
        (invoice(number="a\x00b"), ("RCF03001", f"{HEADER}/InvoiceNumber")),
        (invoice(number="a\ud800"), ("RCF03001", f"{HEADER}/InvoiceNumber")),
        (invoice(series="a\ufffe"), ("HF08", f"{HEADER}/InvoiceSeriesCode")),
        (invoice(currency="XXX"), ("RCF06004", "/Facturae/Invoices/Invoice/InvoiceIssueData/InvoiceCurrencyCode")),
        (received(tax_id="B-1"), ("RCF05002", f"{BUYER}/TaxIdentification/TaxIdentificationNumber")),
        (received(residence="Z"), ("RCF05003", f"{BUYER}/TaxIdentification/ResidenceTypeCode")),
        (received(name=""), ("RCF05005", f"{BUYER}/LegalEntity/CorporateName")),
        (received(name="x" * 81), ("RCF05005", f"{BUYER}/LegalEntity/CorporateName")),
        (received(trade_name="x" * 41), ("HF08", f"{BUYER}/LegalEntity/TradeName")),
        (received(person=True, name=""), ("RCF05004", f"{BUYER}/Individual/Name")),
        (received(person=True, name="A B " + "x" * 41), ("RCF05004", f"{BUYER}/Individual/SecondSurname")),
        (addressed(street="x" * 81), ("HF08", f"{ADDRESS_PLACE}/Address")),
        (addressed(post_code="8001"), ("HF08", f"{ADDRESS_PLACE}/PostCode")),
        (addressed(post_code="٠٨٠٠١"), ("HF08", f"{ADDRESS_PLACE}/PostCode")),
        (addressed(town="x" * 51), ("HF08", f"{ADDRESS_PLACE}/Town")),
        (addressed(province="A province of many words"), ("HF08", f"{ADDRESS_PLACE}/Province")),
        (addressed(country_code="XXX"), ("RCF05003", f"{BUYER}/LegalEntity/OverseasAddress/CountryCode")),
        (
            addressed(country_code="FRA", town="x" * 45),
            ("HF08", f"{BUYER}/LegalEntity/OverseasAddress/PostCodeAndTown"),
        ),
        (
            invoice(offices=(Office(role=OfficeRole.MANAGING_BODY, code="12345678901"),)),
            ("RCF08001", f"{BUYER}/AdministrativeCentres/AdministrativeCentre[1]/CentreCode"),
        ),
        (
            invoice(taxes=(*invoice().taxes, replace(full().taxes[0], withheld=True))),
            ("HF08", "/Facturae/Invoices/Invoice/TaxesWithheld/Tax/EquivalenceSurcharge"),
        ),
        (
            invoice(taxes=(replace(invoice().taxes[0], type="TITHE"),)),
            ("HF08", "/Facturae/Invoices/Invoice/TaxesOutputs/Tax/TaxTypeCode"),
        ),
        (
            invoice(totals=replace(invoice().totals, total=D("Infinity"))),
            ("RCF06001", "/Facturae/Invoices/Invoice/InvoiceTotals/InvoiceTotal"),
        ),
        (invoice(lines=()), ("HF08", "/Facturae/Invoices/Invoice/Items/InvoiceLine")),
        (invoice(taxes=()), ("HF08", "/Facturae/Invoices/Invoice/TaxesOutputs")),
        (first_line(taxes=()), ("HF08", f"{LINE}/TaxesOutputs")),
        (first_line(description="\x07bell"), ("RCF09001", f"{LINE}/ItemDescription")),
        (first_line(description="x" * 2501), ("RCF09001", f"{LINE}/ItemDescription")),
        (first_line(unit="PARSEC"), ("HF08", f"{LINE}/UnitOfMeasure")),
        (first_line(unit_price=D("0.123456789")), ("RCF06001", f"{LINE}/UnitPriceWithoutTax")),
        (first_line(quantity=D("NaN")), ("RCF06001", f"{LINE}/Quantity")),
        (first_line(gross=D("1234567890123456789")), ("RCF06001", f"{LINE}/GrossAmount")),
        (
            invoice(totals=replace(invoice().totals, total=D("1.001"))),
            ("RCF06001", "/Facturae/Invoices/Invoice/InvoiceTotals/InvoiceTotal"),
        ),
        (paid(means="BARTER"), ("HF08", "/Facturae/Invoices/Invoice/PaymentDetails/Installment[1]/PaymentMeans")),
        (
            paid(amount=D("1.001")),
            ("RCF06001", "/Facturae/Invoices/Invoice/PaymentDetails/Installment[1]/InstallmentAmount"),
        ),
        (
            paid(iban="ES1"),
            ("HF08", "/Facturae/Invoices/Invoice/PaymentDetails/Installment[1]/AccountToBeCredited/AccountNumber"),
        ),
        (invoice(invoice_class=InvoiceClass.CORRECTIVE), ("RCF04001", f"{HEADER}/Corrective")),
        (
            invoice(corrects=Correction(reason_code="01", reason="", method="03")),
            ("RCF04001", f"{HEADER}/Corrective"),
        ),
        (
            replace(full(), corrects=Correction(reason_code="99", reason="", method="03")),
            ("RCF04001", f"{HEADER}/Corrective/ReasonCode"),
        ),
        (
            replace(full(), corrects=Correction(reason_code="01", reason="", method="05")),
            ("RCF04001", f"{HEADER}/Corrective/CorrectionMethod"),
        ),
        (
            replace(full(), corrects=Correction(reason_code="01", reason="", method="01")),
            ("RCF04002", f"{HEADER}/Corrective/InvoiceNumber"),
        ),
        (
            holding("a.docx"),
            ("TR0002", "/Facturae/Invoices/Invoice/AdditionalData/RelatedDocuments/Attachment[1]"),
        ),
        (
            holding("a.pdf", b""),
            ("TR0002", "/Facturae/Invoices/Invoice/AdditionalData/RelatedDocuments/Attachment[1]"),
        ),
    ],
)
def test_what_the_format_cannot_carry_is_found_and_refused(content, expected):
    assert places(content) == [expected]
    with pytest.raises(Invalid) as refusal:
        compose_facturae(content)
    assert refusal.value.message == check_composable(content)[0].message
    assert refusal.value.path == ()


def test_all_that_the_format_cannot_carry_is_found_together():
    content = replace(first_line(description=""), number="", currency="?")

    assert [rule for rule, _ in places(content)] == ["RCF03001", "RCF06004", "RCF09001"]


def test_the_trade_name_of_a_person_is_left_out_with_a_warning():
    content = invoice(issuer=replace(PERSON, trade_name="Can Puig"))

    findings = check_composable(content)

    assert [(finding.rule, finding.severity) for finding in findings] == [("HF08", Severity.WARNING)]
    assert read_back(content).issuer == party_as_stated(PERSON)


def test_the_longest_texts_fit():
    content = replace(first_line(description="x" * 2500), number="1" * 20, series="2" * 20)
    content = replace(content, receiver=replace(RECEIVER, name="é" * 80, trade_name="é" * 40))

    assert read_back(content) == as_stated(content)


def test_the_longest_province_of_spain_is_shortened_to_what_the_format_holds() -> None:
    assert province_that_fits("Santa Cruz de Tenerife") == "Santa Cruz Tenerife"
    assert province_that_fits("Girona") == "Girona"
