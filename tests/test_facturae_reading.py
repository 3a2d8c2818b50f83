import base64
import gzip
import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tramesa.documents.facturae.attachments import FORMATS
from tramesa.documents.facturae.codes import CORRECTION_METHODS
from tramesa.documents.media import check_attachment, check_attachments, media_type_of
from tramesa.documents.reading import ReadResult, read_content, read_document
from tramesa.documents.report import MAX_FINDINGS
from tramesa.documents.values import read_date, read_decimal, read_double
from tramesa.models.domain.findings import Finding, Severity, errors_among
from tramesa.models.domain.invoice import (
    Account,
    Address,
    Adjustment,
    AttachedFile,
    Correction,
    Details,
    DocumentFormat,
    DocumentParty,
    InvoiceClass,
    InvoiceContent,
    InvoiceDocumentType,
    Line,
    LineTax,
    Office,
    OfficeRole,
    Payment,
    Period,
    PersonName,
    Reference,
    ReferenceKind,
    Settlement,
    TaxTotal,
    Totals,
)
from tramesa.tests.facturae_files import NO_SAMPLES, SAMPLES, VALID, corrective, edited, with_attachment

needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason=NO_SAMPLES)

D = Decimal
HEADER = "/Facturae/Invoices/Invoice/InvoiceHeader"
TOTALS = "/Facturae/Invoices/Invoice/InvoiceTotals"
LINE = "/Facturae/Invoices/Invoice/Items/InvoiceLine"
SELLER = "/Facturae/Parties/SellerParty"


def said(data: bytes) -> list[tuple[str, str | None]]:
    """Rule and place of each finding."""
    return [(finding.rule, finding.location) for finding in read_document(data).findings]


def content_of(data: bytes) -> InvoiceContent:
    result = read_document(data)
    assert result.content is not None, result.findings
    return result.content


# What a good document says


def test_everything_that_a_document_says_is_read():
    result = read_document(VALID.encode())

    iva = LineTax(type="IVA", rate=D("21"), base=D("90"), amount=D("18.90"))
    place = Address(street="a", post_code="08001", town="b", province="c")
    irpf = LineTax(type="IRPF", rate=D("15"), base=D("90"), amount=D("13.50"), withheld=True)
    assert result.findings == ()
    assert result.content == InvoiceContent(
        format=DocumentFormat.FACTURAE_3_2_2,
        number="F-1",
        series="2026A",
        document_type=InvoiceDocumentType.COMPLETE,
        invoice_class=InvoiceClass.ORIGINAL,
        issue_date=date(2026, 11, 20),
        currency="EUR",
        issuer=DocumentParty(
            tax_id="12345678Z",
            name="Marta Puig Serra",
            person=True,
            person_name=PersonName(given="Marta", surname="Puig", second_surname="Serra"),
            address=Address(street="Carrer Nou, 1", post_code="08001", town="Barcelona", province="Barcelona"),
        ),
        receiver=DocumentParty(
            tax_id="Q2826000H",
            name="Agència & Cia",
            trade_name="Agència",
            address=Address(
                street="Rue de la Paix",
                post_code="75002",
                town="Paris",
                province="Île-de-France",
                country_code="FRA",
            ),
        ),
        offices=(
            Office(
                role=OfficeRole.ACCOUNTING_OFFICE,
                code="L01081593",
                name="Intervenció",
                responsible=PersonName(given="Person"),
                address=place,
            ),
            Office(role=OfficeRole.PROPOSING_BODY, code="1", address=place),
            Office(role=OfficeRole.ISSUER, code="X", address=place),
        ),
        totals=Totals(
            gross=D("90"),
            discounts=D("0"),
            charges=D("0"),
            taxable=D("90"),
            taxes=D("18.90"),
            withheld=D("13.50"),
            total=D("95.40"),
            payable=D("95.40"),
        ),
        taxes=(
            TaxTotal(type="IVA", rate=D("21"), base=D("90"), amount=D("18.90")),
            TaxTotal(type="IRPF", rate=D("15"), base=D("90"), amount=D("13.50"), withheld=True),
        ),
        lines=(
            Line(
                position=1,
                description="Hores de feina",
                quantity=D("2"),
                unit="HOUR",
                unit_code="02",
                unit_price=D("50"),
                cost=D("100"),
                discounts=(Adjustment(reason="Amic", amount=D("15"), rate=D("15")),),
                charges=(Adjustment(reason="Desplaçament", amount=D("5")),),
                gross=D("90"),
                taxes=(iva, irpf),
                references=(Reference(kind=ReferenceKind.ORDER_LINE, value="7"),),
            ),
        ),
        payments=(
            Payment(
                due_date=date(2026, 12, 20),
                amount=D("95.40"),
                means="TRANSFER",
                means_code="04",
                iban="ES9121000418450200051332",
                credited=Account(iban="ES9121000418450200051332"),
            ),
        ),
        details=Details(
            modality="I",
            batch_id="BATCH-77",
            tax_currency="EUR",
            language="ca",
            settlement=Settlement(outstanding=D("95.40")),
        ),
    )


@pytest.mark.parametrize(
    ("version", "format_"),
    [
        ("3.2", DocumentFormat.FACTURAE_3_2),
        ("3.2.1", DocumentFormat.FACTURAE_3_2_1),
        ("3.2.2", DocumentFormat.FACTURAE_3_2_2),
    ],
)
def test_each_version_is_known_by_its_namespace(version, format_):
    assert read_content(edited(version=version)).format is format_


def test_children_may_be_unqualified_prefixed_or_in_the_default_namespace():
    default = VALID.replace("<fe:", "<").replace("</fe:", "</").replace("xmlns:fe", "xmlns")
    prefixed = VALID
    for name in ("Invoices", "Invoice", "InvoiceHeader", "InvoiceNumber"):
        prefixed = prefixed.replace(f"<{name}>", f"<fe:{name}>").replace(f"</{name}>", f"</fe:{name}>")

    for text in (default, prefixed):
        assert {rule for rule, _ in said(text.encode())} == {"HF08"}
        assert read_content(text.encode()) == content_of(VALID.encode())


def test_an_element_of_a_foreign_namespace_is_not_taken_for_ours():
    data = edited(("<InvoiceNumber>", '<InvoiceNumber xmlns="urn:other">EVIL</InvoiceNumber><InvoiceNumber>'))

    assert {rule for rule, _ in said(data)} == {"HF08"}
    assert read_content(data).number == "F-1"


@pytest.mark.parametrize(
    "written",
    [
        "F<!-- a comment -->-1",
        "<![CDATA[F-1]]>",
        "F<?target data?>-1",
        "\n\t F-1 \r\n",
        "<!---->F<![CDATA[-]]>1",
        "&#70;-1",
    ],
)
def test_comments_cdata_and_white_space_do_not_change_a_text(written):
    assert content_of(edited((">F-1<", f">{written}<"))).number == "F-1"


def test_the_order_of_elements_and_unknown_ones_are_found_wrong_and_do_not_change_what_is_read():
    data = edited(
        ("<InvoiceNumber>F-1</InvoiceNumber>", "<Novelty>x</Novelty>"),
        ("<InvoiceClass>", "<InvoiceNumber>F-1</InvoiceNumber><InvoiceClass>"),
    )

    assert {rule for rule, _ in said(data)} == {"HF08"}
    assert read_content(data) == content_of(VALID.encode())


def test_a_byte_order_mark_is_no_problem():
    assert content_of(b"\xef\xbb\xbf" + VALID.encode()).number == "F-1"


def test_totals_that_are_left_out_are_zero():
    data = edited(("<TotalTaxesWithheld>13.50</TotalTaxesWithheld>", ""))

    assert read_content(data).totals.withheld == 0


def test_general_discounts_and_charges_are_read_from_their_totals():
    total = "<TotalGrossAmountBeforeTaxes>"
    general = "<TotalGeneralDiscounts>1.5</TotalGeneralDiscounts><TotalGeneralSurcharges>1.50</TotalGeneralSurcharges>"

    totals = content_of(edited((total, general + total))).totals

    assert (totals.discounts, totals.charges) == (D("1.50"), D("1.50"))


def test_totals_always_have_two_decimals():
    totals = content_of(edited(("<InvoiceTotal>95.40", "<InvoiceTotal>95.400000"))).totals

    assert str(totals.total) == "95.40"


def test_negative_zero_is_zero():
    data = edited(("<TotalTaxesWithheld>13.50", "<TotalTaxesWithheld>-0.00"))

    assert str(read_content(data).totals.withheld) == "0.00"


def test_equivalence_surcharge_and_equivalent_in_euros_are_told_apart():
    old = "<TaxAmount><TotalAmount>18.90</TotalAmount></TaxAmount>"
    new = (
        "<TaxAmount><TotalAmount>18.90</TotalAmount><EquivalentInEuros>99.99</EquivalentInEuros></TaxAmount>"
        "<EquivalenceSurcharge>5.20</EquivalenceSurcharge>"
        "<EquivalenceSurchargeAmount><TotalAmount>4.68</TotalAmount></EquivalenceSurchargeAmount>"
    )

    tax = content_of(edited((old, new))).taxes[0]

    assert (tax.amount, tax.surcharge_rate, tax.surcharge_amount) == (D("18.90"), D("5.20"), D("4.68"))


def test_a_tax_without_its_amount_has_what_the_rate_makes():
    data = edited(("<TaxAmount><TotalAmount>18.90</TotalAmount></TaxAmount>", ""))

    assert content_of(data).taxes[0].amount == D("18.90")


def test_unknown_codes_read_as_themselves():
    data = edited(
        ("<TaxTypeCode>01", "<TaxTypeCode>77"),
        ("<UnitOfMeasure>02", "<UnitOfMeasure>99"),
        ("<PaymentMeans>04", "<PaymentMeans>55"),
    )

    content = read_content(data)

    assert [finding.rule for finding in read_document(data).findings] == ["HF08", "HF08", "HF08"]
    assert (content.taxes[0].type, content.lines[0].unit, content.payments[0].means) == ("77", "99", "55")


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        ("<AccountToBeCredited><AccountNumber>2100 0418</AccountNumber></AccountToBeCredited>", "21000418"),
        ("<AccountToBeDebited><IBAN>ES123</IBAN></AccountToBeDebited>", "ES123"),
        ("", None),
    ],
)
def test_the_account_of_an_instalment_in_each_of_its_places(account, expected):
    old = "<AccountToBeCredited><IBAN>ES91 2100 0418 4502 0005 1332</IBAN></AccountToBeCredited>"

    assert content_of(edited((old, account))).payments[0].iban == expected


def test_a_person_whose_first_surname_is_blank_is_read_with_a_warning():
    data = edited(("<FirstSurname>Puig</FirstSurname><SecondSurname>Serra</SecondSurname>", "<FirstSurname/>"))

    result = read_document(data)

    assert [(f.rule, f.severity, f.location) for f in result.findings] == [
        ("RCF05004", Severity.WARNING, f"{SELLER}/Individual/FirstSurname")
    ]
    assert result.content is not None
    assert result.content.issuer.name == "Marta"


def test_a_person_without_the_first_surname_is_refused():
    data = edited(("<FirstSurname>Puig</FirstSurname><SecondSurname>Serra</SecondSurname>", ""))

    result = read_document(data)

    assert [(f.rule, f.severity) for f in result.findings] == [("RCF05004", Severity.ERROR)]
    assert result.content is None


def test_a_person_of_one_word_is_read_without_the_dot():
    data = edited(
        ("<FirstSurname>Puig</FirstSurname><SecondSurname>Serra</SecondSurname>", "<FirstSurname>.</FirstSurname>")
    )

    assert content_of(data).issuer.name == "Marta"


@pytest.mark.parametrize(
    ("text", "post_code", "town"),
    [
        ("75002 Paris", "75002", "Paris"),
        ("SW1A 1AA London", "SW1A 1AA", "London"),
        ("Saint-Denis", "", "Saint-Denis"),
        ("Paris 8", "", "Paris 8"),
        ("", "", ""),
    ],
)
def test_post_code_and_town_abroad_are_split_where_digits_end(text, post_code, town):
    address = content_of(edited(("75002 Paris", text))).receiver.address

    assert address is not None
    assert (address.post_code, address.town) == (post_code, town)


def test_an_address_that_nobody_knows_is_none():
    data = edited(
        ("<Address>Carrer Nou, 1</Address>", "<Address>No consta</Address>"),
        ("<PostCode>08001</PostCode><Town>Barcelona</Town>", "<PostCode>00000</PostCode><Town>No consta</Town>"),
        ("<Province>Barcelona</Province>", "<Province>No consta</Province>"),
    )

    assert content_of(data).issuer.address is None


def test_a_date_may_carry_a_time_zone():
    assert content_of(edited((">2026-11-20<", ">2026-11-20+01:00<"))).issue_date == date(2026, 11, 20)


# Numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [("+1.50", "1.5"), ("-0.00", "0"), (".5", "0.5"), ("7.", "7"), ("007", "7"), ("100.00000000", "100")],
)
def test_decimals_in_every_lexical_form(text, value):
    assert read_decimal(text) == D(value)
    assert not read_decimal(text).is_signed()


@pytest.mark.parametrize(
    "text", ["", "1,5", "1 000", "1e2", "NaN", "INF", "-INF", "٣", "1_0", "0x1", "1.2.3", ".", "-", "--1", "1" * 5000]
)
def test_what_is_no_decimal_is_refused(text):
    with pytest.raises(ValueError, match="decimal"):
        read_decimal(text)


@pytest.mark.parametrize("text", ["1234567890123456789", "1." + "0" * 30 + "1", "12345678901234567.89"])
def test_more_than_eighteen_digits_are_refused(text):
    with pytest.raises(ValueError, match="more than 18"):
        read_decimal(text)


@pytest.mark.parametrize(("text", "value"), [("1E2", "100"), ("-2.5e-1", "-0.25"), ("3", "3"), ("0E999", "0")])
def test_doubles_may_have_an_exponent(text, value):
    assert str(read_double(text)) == value


@pytest.mark.parametrize("text", ["1E99", "1E-99", "1E9999", "1E-9999", "1E99999", "E5", "1E", "NaN", "INF"])
def test_doubles_that_cannot_be_kept_are_refused(text):
    with pytest.raises(ValueError, match="it "):
        read_double(text)


@pytest.mark.parametrize(
    "text", ["2026-02-30", "20261120", "2026-11-20T00:00:00", "0000-01-01", "20-11-2026", "٢٠٢٦-11-20"]
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        read_date(text)


def test_a_quantity_may_be_written_as_a_double():
    assert content_of(edited((">2</Quantity>", ">2E0</Quantity>"))).lines[0].quantity == 2


@pytest.mark.parametrize("text", ["NaN", "INF", "ninety", "1e2", "90.001", "12345678901234567.00", "99999999999999999"])
def test_an_unfit_total_is_refused(text):
    found = said(edited(("<TotalGrossAmount>90.00", f"<TotalGrossAmount>{text}")))

    assert found[0] == ("RCF06001", f"{TOTALS}/TotalGrossAmount")
    assert "HF08" not in dict(found)


@pytest.mark.parametrize(
    "name",
    [
        "TotalGrossAmount",
        "TotalGrossAmountBeforeTaxes",
        "TotalTaxOutputs",
        "InvoiceTotal",
        "TotalExecutableAmount",
    ],
)
def test_a_missing_total_is_named(name):
    start = VALID.rindex(f"<{name}>")
    end = VALID.index(f"</{name}>", start) + len(name) + 3

    assert said((VALID[:start] + VALID[end:]).encode()) == [("HF08", f"{TOTALS}/{name}")]


@pytest.mark.parametrize(
    ("old", "name"),
    [
        ("<Quantity>2", "Quantity"),
        ("<UnitPriceWithoutTax>50.00", "UnitPriceWithoutTax"),
        ("<TotalCost>100.00", "TotalCost"),
        ("<GrossAmount>90.00", "GrossAmount"),
        ("<DiscountAmount>15.00", "DiscountsAndRebates/Discount/DiscountAmount"),
        ("<ChargeAmount>5.00", "Charges/Charge/ChargeAmount"),
    ],
)
def test_an_unreadable_amount_of_a_line_is_refused_where_it_stands(old, name):
    element = old[: old.index(">") + 1]

    assert said(edited((old, f"{element}many"))) == [("RCF06001", f"{LINE}/{name}")]


# Findings


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ((">F-1<", ">  <"), ("RCF03001", f"{HEADER}/InvoiceNumber")),
        (("<PersonTypeCode>F<", "<PersonTypeCode>f<"), ("RCF05001", f"{SELLER}/TaxIdentification/PersonTypeCode")),
        (
            (">12345678Z<", ">12.345.678-Z<"),
            ("RCF05002", f"{SELLER}/TaxIdentification/TaxIdentificationNumber"),
        ),
        ((">12345678Z<", "><"), ("RCF05002", f"{SELLER}/TaxIdentification/TaxIdentificationNumber")),
        (
            ("<ResidenceTypeCode>R<", "<ResidenceTypeCode>X<"),
            ("RCF05003", f"{SELLER}/TaxIdentification/ResidenceTypeCode"),
        ),
        (("<Name>Marta</Name>", ""), ("RCF05004", f"{SELLER}/Individual/Name")),
        (
            ("<CorporateName>Agència &amp; Cia</CorporateName>", ""),
            ("RCF05005", "/Facturae/Parties/BuyerParty/LegalEntity/CorporateName"),
        ),
        (
            ("<CountryCode>ESP", "<CountryCode>Spain"),
            ("RCF05003", f"{SELLER}/Individual/AddressInSpain/CountryCode"),
        ),
        (
            (
                "<InvoiceCurrencyCode>EUR</InvoiceCurrencyCode>\n<TaxC",
                "<InvoiceCurrencyCode>euro</InvoiceCurrencyCode>\n<TaxC",
            ),
            ("RCF06004", "/Facturae/Invoices/Invoice/InvoiceIssueData/InvoiceCurrencyCode"),
        ),
        ((">2026-11-20<", ">20/11/2026<"), ("RCF07001", "/Facturae/Invoices/Invoice/InvoiceIssueData/IssueDate")),
        (("Hores de feina", " "), ("RCF09001", f"{LINE}/ItemDescription")),
        (("<InvoiceClass>OO", "<InvoiceClass>ZZ"), ("HF08", f"{HEADER}/InvoiceClass")),
        (("<InvoiceDocumentType>FC", "<InvoiceDocumentType>"), ("HF08", f"{HEADER}/InvoiceDocumentType")),
        (("<SchemaVersion>3.2.2", "<SchemaVersion>3.2"), ("HF08", "/Facturae/FileHeader/SchemaVersion")),
        (
            (">2026-12-20<", ">soon<"),
            ("HF08", "/Facturae/Invoices/Invoice/PaymentDetails/Installment/InstallmentDueDate"),
        ),
    ],
)
def test_each_problem_is_found_where_it_stands(change, expected):
    result = read_document(edited(change))

    assert [(finding.rule, finding.location) for finding in result.findings] == [expected]
    assert result.content is None


def test_a_finding_says_all_that_it_knows():
    result = read_document(edited(("<PersonTypeCode>F<", "<PersonTypeCode>X<")))

    assert result.findings == (
        Finding(
            rule="RCF05001",
            message="The person type must be F, a natural person, or J, a legal one.",
            severity=Severity.ERROR,
            location=f"{SELLER}/TaxIdentification/PersonTypeCode",
            line=10,
            expected="F, J",
            found="X",
        ),
    )


def test_all_problems_are_reported_together():
    data = edited(
        (">F-1<", "><"),
        (">2026-11-20<", ">never<"),
        ("<TotalGrossAmount>90.00", "<TotalGrossAmount>x"),
        ("Hores de feina", ""),
    )

    assert said(data) == [
        ("RCF03001", f"{HEADER}/InvoiceNumber"),
        ("RCF07001", "/Facturae/Invoices/Invoice/InvoiceIssueData/IssueDate"),
        ("RCF06001", f"{TOTALS}/TotalGrossAmount"),
        ("RCF09001", f"{LINE}/ItemDescription"),
    ]


def test_missing_parties_are_reported_once_each():
    start, end = VALID.index("<Parties>"), VALID.index("</Parties>")

    told = said((VALID[:start] + "<Parties>" + VALID[end:]).encode())

    assert told == [("HF08", "/Facturae/Parties/SellerParty"), ("HF08", "/Facturae/Parties/BuyerParty")]


def test_a_wrong_check_character_is_a_warning_for_residents():
    result = read_document(edited((">12345678Z<", ">12345678A<")))

    assert [(f.rule, f.severity) for f in result.findings] == [("RCF05002", Severity.WARNING)]
    assert result.content is not None


def test_there_is_no_check_character_abroad():
    data = edited(("<ResidenceTypeCode>R<", "<ResidenceTypeCode>U<"), (">12345678Z<", ">FR12345678901<"))

    assert read_document(data).findings == ()


def test_the_issue_date_may_not_be_after_today():
    data = VALID.encode()

    assert read_document(data, today=date(2026, 11, 20)).findings == ()
    late = read_document(data, today=date(2026, 11, 19))
    assert [(f.rule, f.expected, f.found) for f in late.findings] == [("RCF07001", "at most 2026-11-19", "2026-11-20")]
    assert late.content is None


def test_a_line_is_placed_by_its_position():
    lines = VALID[VALID.index("<InvoiceLine>") : VALID.index("</Items>")]
    free = """<InvoiceLine><ItemDescription> </ItemDescription><Quantity>3</Quantity>
<UnitPriceWithoutTax>0</UnitPriceWithoutTax><TotalCost>0</TotalCost><GrossAmount>0</GrossAmount><TaxesOutputs><Tax>
<TaxTypeCode>01</TaxTypeCode><TaxRate>0</TaxRate><TaxableBase><TotalAmount>0</TotalAmount></TaxableBase></Tax>
</TaxesOutputs></InvoiceLine>"""

    assert said(edited((lines, lines + free))) == [("RCF09001", f"{LINE}[2]/ItemDescription")]


def test_two_invoices_are_refused_with_the_problems_of_both():
    invoice = VALID[VALID.index("<Invoice>") : VALID.index("</Invoices>")]
    data = VALID.replace(invoice, invoice + invoice.replace(">F-1<", "><")).encode()

    result = read_document(data)

    assert [(f.rule, f.found) for f in result.findings if f.severity is Severity.ERROR] == [
        ("TR0001", "2"),
        ("RCF03001", None),
    ]
    assert {f.found for f in result.findings if f.rule == "RCF06006"} == {"95.40"}
    assert result.content is None


def test_no_invoice_is_refused():
    start, end = VALID.index("<Invoice>"), VALID.index("</Invoices>")

    result = read_document((VALID[:start] + VALID[end:]).encode())

    assert {(f.rule, f.found) for f in result.findings} == {("TR0001", "0"), ("HF08", None)}
    assert result.content is None


def test_a_wrong_count_in_the_header_is_only_a_note():
    result = read_document(edited(("<InvoicesCount>1", "<InvoicesCount>5")))

    assert [(f.rule, f.severity) for f in result.findings] == [("TR0001", Severity.WARNING)]
    assert result.content is not None


# Corrections

FULL_CORRECTION = (
    "<InvoiceNumber>F-0</InvoiceNumber><InvoiceSeriesCode>2026A</InvoiceSeriesCode><ReasonCode>11</ReasonCode>"
    "<ReasonDescription>Porcentaje impositivo a aplicar</ReasonDescription>"
    "<TaxPeriod><StartDate>2026-10-01</StartDate><EndDate>2026-10-31</EndDate></TaxPeriod>"
    "<CorrectionMethod>01</CorrectionMethod>"
    "<CorrectionMethodDescription>Rectificación íntegra</CorrectionMethodDescription>"
    "<InvoiceIssueDate>2026-10-01</InvoiceIssueDate>"
)


def test_a_correction_is_read():
    content = content_of(corrective(FULL_CORRECTION))

    assert content.invoice_class is InvoiceClass.CORRECTIVE
    assert content.corrects == Correction(
        reason_code="11",
        reason="Porcentaje impositivo a aplicar",
        method="01",
        number="F-0",
        series="2026A",
        issue_date=date(2026, 10, 1),
        period=Period(start=date(2026, 10, 1), end=date(2026, 10, 31)),
    )


def test_an_additional_reason_says_more_than_the_listed_one():
    more = "<AdditionalReasonDescription>Era del 10%</AdditionalReasonDescription>"
    block = FULL_CORRECTION.replace("<InvoiceIssueDate>", f"{more}<InvoiceIssueDate>")

    corrects = content_of(corrective(block)).corrects

    assert corrects is not None
    assert (corrects.reason_code, corrects.reason, corrects.detail) == ("11", "Era del 10%", "Era del 10%")


@pytest.mark.parametrize("invoice_class", ["OR", "CR"])
def test_a_corrective_invoice_must_say_what_it_corrects(invoice_class):
    assert said(corrective("", invoice_class)) == [("RCF04001", f"{HEADER}/Corrective")]


def by_method(method: str, number: str = "") -> bytes:
    """The document as a correction by a method, of an invoice of this number; no element where there is none."""
    block = FULL_CORRECTION.replace("<InvoiceNumber>F-0</InvoiceNumber>", number)
    return corrective(block.replace(">01<", f">{method}<").replace("Rectificación íntegra", CORRECTION_METHODS[method]))


@pytest.mark.parametrize("written", ["<CorrectionMethod>05</CorrectionMethod>", ""])
def test_a_correction_needs_a_method(written):
    data = corrective(FULL_CORRECTION.replace("<CorrectionMethod>01</CorrectionMethod>", written))

    assert said(data) == [("RCF04001", f"{HEADER}/Corrective/CorrectionMethod")]


@pytest.mark.parametrize("number", ["", "<InvoiceNumber> </InvoiceNumber>"])
@pytest.mark.parametrize("method", ["01", "02"])
def test_a_correction_by_two_of_the_methods_needs_a_number(method, number):
    assert said(by_method(method, number)) == [("RCF04002", f"{HEADER}/Corrective/InvoiceNumber")]


@pytest.mark.parametrize("method", ["03", "04"])
def test_the_other_methods_need_no_number(method):
    corrects = content_of(by_method(method)).corrects

    assert corrects is not None
    assert (corrects.method, corrects.number) == (method, None)


def test_what_is_corrected_by_an_invoice_of_another_class_is_read_with_a_warning():
    result = read_document(corrective(FULL_CORRECTION, "OO"))

    assert [(f.rule, f.severity) for f in result.findings] == [("RCF04001", Severity.WARNING)]
    assert result.content is not None
    assert result.content.corrects is not None


# Formats


def test_an_older_facturae_is_a_version_that_is_not_accepted():
    data = VALID.replace("http://www.facturae.gob.es/formato/Versiones/Facturaev3_2_2.xml", "urn:v3.1")
    data = data.replace("<SchemaVersion>3.2.2", "<SchemaVersion>3.1")

    result = read_document(data.encode())

    assert [(f.rule, f.message, f.expected, f.found) for f in result.findings] == [
        (
            "HF08",
            "This version of Facturae is not accepted.",
            "Facturae 3.2, 3.2.1 or 3.2.2; UBL 2.1 Invoice or CreditNote",
            "Facturae 3.1",
        )
    ]


@pytest.mark.parametrize("data", [b"<a/>", b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>'])
def test_other_documents_are_of_an_unknown_format(data):
    result = read_document(data)

    assert [(f.rule, f.message) for f in result.findings] == [("HF08", "The document is of an unknown format.")]
    assert result.content is None


# Hostile documents

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \n ",
        b"not xml",
        b"<a>",
        b"<a></b>",
        b"<a/><b/>",
        b"<a>&nbsp;</a>",
        b"<a>\x00</a>",
        b"<a>&#0;</a>",
        b"<x:a/>",
        b"<a b='1' b='2'/>",
        b"\xff\xfe\x00",
        f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a>&l11;</a>'.encode(),
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!-- c --><?pi d?>\n<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
        b"\xef\xbb\xbf<!DOCTYPE a><a/>",
        b"<a>" * 100_000,
        b"<a>" * 100_000 + b"</a>" * 100_000,
        VALID.encode("utf-32"),
        VALID.replace("UTF-8", "UTF-16").encode(),
        VALID.replace("UTF-8", "utf-7").encode(),
        VALID.replace("UTF-8", "no-such-encoding").encode(),
        VALID.encode("latin-1", "replace"),
        VALID.encode()[:-20],
    ],
)
def test_what_is_not_well_formed_utf8_without_dtd_is_refused(data):
    result = read_document(data)

    assert [finding.rule for finding in result.findings] == ["HF01"]
    assert result.content is None


def test_a_doctype_in_a_text_is_only_text():
    assert content_of(edited((">F-1<", "><![CDATA[<!DOCTYPE a>]]><"))).number == "<!DOCTYPE a>"


def test_a_document_over_ten_megabytes_is_not_even_parsed():
    result = read_document(b"<" * (10 * 1024 * 1024 + 1))

    assert [finding.rule for finding in result.findings] == ["TR0002"]


def test_of_a_hundred_thousand_broken_lines_a_thousand_problems_are_listed():
    start, end = VALID.index("<InvoiceLine>"), VALID.index("</Items>")
    data = (VALID[:start] + "<InvoiceLine/>" * 100_000 + VALID[end:]).encode()

    result = read_document(data)

    assert len(result.findings) == MAX_FINDINGS + 1
    assert result.findings[-1].message == "The document has more than 1000 problems; the others are not listed."
    assert result.content is None


def test_as_many_lines_as_fit_are_read():
    line = (
        "<InvoiceLine><ItemDescription>x</ItemDescription><Quantity>1</Quantity>"
        "<UnitPriceWithoutTax>0</UnitPriceWithoutTax><TotalCost>0</TotalCost><GrossAmount>0</GrossAmount>"
        "<TaxesOutputs><Tax><TaxTypeCode>01</TaxTypeCode><TaxRate>0</TaxRate><TaxableBase>"
        "<TotalAmount>0</TotalAmount></TaxableBase></Tax></TaxesOutputs></InvoiceLine>"
    )
    end = VALID.index("</Items>")

    content = content_of((VALID[:end] + line * 30_999 + VALID[end:]).encode())

    assert content.lines[-1].position == 31_000


@given(st.binary(max_size=300))
@example(b"<!")
@example(b"<?")
@example(b"<!--")
@example(b"\xef\xbb\xbf")
@example(b"\xff\xfe")
def test_random_bytes_never_raise(data):
    assert read_document(data).content is None


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_mutations_of_a_valid_document_never_raise(data):
    document = bytearray(VALID.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(document) - 1))
        end = min(len(document), start + data.draw(st.sampled_from([0, 1, 2, 10, 200])))
        document[start:end] = data.draw(st.binary(max_size=8))

    result = read_document(bytes(document))

    assert (result.content is None) == bool(errors_among(result.findings))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_text_in_any_element_never_raises(data):
    texts = [part for part in VALID.split(">")[2:] if part.partition("<")[0].strip()]
    old = data.draw(st.sampled_from(texts))
    alphabet = st.characters(exclude_characters="<&", exclude_categories=["Cs", "Cc"])
    new = data.draw(st.text(alphabet, max_size=40) | st.from_regex(r"\A[-+]?[0-9.eE]{1,60}\Z"))

    result = read_document(edited((f">{old}", f">{new}<{old.partition('<')[2]}")))

    assert (result.content is None) == bool(errors_among(result.findings))


# Attachments inside

PDF = b"%PDF-1.7 something"


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def zipped(method: int = zipfile.ZIP_DEFLATED, **files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("algorithm", "data"),
    [("NONE", PDF), ("GZIP", gzip.compress(PDF, mtime=0)), ("ZIP", zipped(inner=PDF))],
)
def test_an_attachment_is_opened_whatever_its_compression(algorithm, data):
    content = content_of(with_attachment(encoded(data), algorithm=algorithm))

    assert content.attachments == (
        AttachedFile(name="Full.pdf", media_type="application/pdf", content=PDF, description="Full"),
    )


INSIDE = {
    "xml": b"<a/>",
    "doc": bytes.fromhex("D0CF11E0A1B11AE1"),
    "gif": b"GIF89a",
    "rtf": b"{\\rtf1 a}",
    "pdf": PDF,
    "xls": bytes.fromhex("D0CF11E0A1B11AE1"),
    "jpg": b"\xff\xd8\xff\xe0",
    "bmp": b"BM6",
    "tiff": b"II*\0",
    "html": b"<!DOCTYPE html><p>a</p>",
}
"""Of each kind that the format has, the least that looks like it."""


def test_the_kinds_of_files_are_those_of_the_format():
    assert set(INSIDE) == set(FORMATS)


@pytest.mark.parametrize("kind", INSIDE)
@pytest.mark.parametrize("algorithm", ["NONE", "GZIP", "ZIP"])
def test_a_file_of_each_kind_is_read_and_told_from_what_only_bears_its_name(kind, algorithm):
    pack = {"NONE": bytes, "GZIP": lambda data: gzip.compress(data, mtime=0), "ZIP": lambda data: zipped(inner=data)}

    for content, right in ((INSIDE[kind], True), (b"\0\x01 neither", False)):
        data = with_attachment(encoded(pack[algorithm](content)), format_=kind, algorithm=algorithm)
        result = read_document(data)

        assert result.content is not None
        [file] = result.content.attachments
        assert (file.name, file.media_type, file.content) == (f"Full.{kind}", FORMATS[kind], content)
        assert [f.rule for f in result.findings] == ([] if right else ["TR0002"])


@pytest.mark.parametrize("encoding", ["BASE64", "BER", "DER", ""])
def test_data_are_in_base64_whatever_the_encoding_is_called(encoding):
    data = with_attachment(encoded(PDF)).replace(
        b"<AttachmentEncoding>BASE64</AttachmentEncoding>",
        f"<AttachmentEncoding>{encoding}</AttachmentEncoding>".encode() if encoding else b"",
    )

    assert content_of(data).attachments[0].content == PDF


@pytest.mark.parametrize(
    ("text", "kept"),
    [(encoded(PDF), PDF), ("\n".join([encoded(PDF)[:8], encoded(PDF)[8:]]), PDF), ("aGVsbG8=", b"aGVsbG8=")],
)
def test_data_that_are_said_to_be_plain_and_cannot_be_are_in_base64_all_the_same(text, kept):
    data = with_attachment(text).replace(b">BASE64<", b">NONE<")

    assert read_content(data).attachments[0].content == kept


def test_base64_may_be_broken_into_lines():
    text = "\n".join(encoded(PDF)[at : at + 10] for at in range(0, 40, 10))

    assert content_of(with_attachment(text)).attachments[0].content == PDF


def test_an_attachment_may_be_plain_text_of_the_document():
    data = with_attachment("&lt;p>açò&lt;/p>", format_="html").replace(b">BASE64<", b">NONE<")

    file = content_of(data).attachments[0]

    assert (file.name, file.media_type, file.content) == ("Full.html", "text/html", "<p>açò</p>".encode())


def test_an_attachment_of_an_unknown_format_is_only_bytes():
    data = with_attachment(encoded(b"x"), format_="step")
    file = read_content(data).attachments[0]

    assert [rule for rule, _ in said(data)] == ["HF08"]

    assert (file.name, file.media_type) == ("Full.step", "application/octet-stream")


def test_an_archive_of_several_files_gives_each_its_own_name():
    data = zipped(**{"a/one.pdf": PDF, "../two.xml": b"<a/>"})

    files = content_of(with_attachment(encoded(data), algorithm="ZIP")).attachments

    assert [(file.name, file.media_type, file.content) for file in files] == [
        ("one.pdf", "application/pdf", PDF),
        ("two.xml", "application/xml", b"<a/>"),
    ]


@pytest.mark.parametrize(
    ("description", "name"),
    [
        ("Annex.PDF", "Annex.PDF"),
        ("../../etc/passwd", "_.._etc_passwd.pdf"),
        ("", "annex-1.pdf"),
        ("x" * 2000, "x" * 120 + ".pdf"),
        ("v1.2", "v1.2.pdf"),
        ("..", "annex.pdf"),
    ],
)
def test_the_name_of_an_attachment_is_safe_and_has_its_extension(description, name):
    data = with_attachment(encoded(PDF), description=description)

    assert content_of(data).attachments[0].name == name


@pytest.mark.parametrize(
    ("algorithm", "data"),
    [
        ("NONE", "§§§"),
        ("NONE", ""),
        ("GZIP", encoded(PDF)),
        ("ZIP", encoded(PDF)),
        ("ZIP", encoded(zipped(**{f"f{n}": b"" for n in range(21)}))),
        ("GZIP", encoded(gzip.compress(bytes(11 * 1024 * 1024), mtime=0))),
        ("ZIP", encoded(zipped(bomb=bytes(11 * 1024 * 1024)))),
        ("ZIP", encoded(zipped(one=bytes(6 * 1024 * 1024), two=bytes(6 * 1024 * 1024)))),
        ("GZIP", encoded(gzip.compress(PDF, mtime=0)[:-9])),
        ("ZIP", encoded(zipped(method=zipfile.ZIP_BZIP2, inner=PDF))),
        ("ZIP", encoded(zipped(inner=PDF).replace(b"inner", b"\0nner"))),
    ],
)
def test_an_attachment_that_cannot_be_opened_is_left_out_with_a_warning(algorithm, data):
    result = read_document(with_attachment(data, algorithm=algorithm))

    assert [(f.rule, f.severity) for f in result.findings] == [("TR0002", Severity.WARNING)]
    assert result.content is not None
    assert result.content.attachments == ()


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 200), st.binary(max_size=6), st.sampled_from(["ZIP", "GZIP"]))
def test_broken_archives_never_raise(at, noise, algorithm):
    data = bytearray(zipped(inner=PDF) if algorithm == "ZIP" else gzip.compress(PDF, mtime=0))
    data[at : at + len(noise)] = noise

    result = read_document(with_attachment(encoded(bytes(data)), algorithm=algorithm))

    assert result.content is not None


# Attachments beside

OLE2 = bytes.fromhex("D0CF11E0A1B11AE1") + b"rest"
DOCX = zipped(**{"[Content_Types].xml": b"<t/>", "word/document.xml": b"<d/>"})
XLSX = zipped(**{"[Content_Types].xml": b"<t/>", "xl/workbook.xml": b"<d/>"})
ODT = zipped(mimetype=b"application/vnd.oasis.opendocument.text")
ODS = zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet")
GOOD_FILES = {
    "a.pdf": PDF,
    "a.PDF": PDF,
    "a.doc": OLE2,
    "a.xls": OLE2,
    "a.docx": DOCX,
    "a.xlsx": XLSX,
    "a.odt": ODT,
    "a.ods": ODS,
    "a.txt": "açò".encode(),
    "b.txt": "açò".encode("cp1252"),
    "a.xml": b'\xef\xbb\xbf <?xml version="1.0"?><a/>',
    "a.jpg": b"\xff\xd8\xff\xe0",
    "a.jpeg": b"\xff\xd8\xff\xe1",
    "a.png": b"\x89PNG\r\n\x1a\n...",
}


@pytest.mark.parametrize("name", GOOD_FILES)
def test_a_file_that_is_what_its_name_says_is_accepted(name):
    assert check_attachment(name, GOOD_FILES[name]) == ()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", b"MZ"),
        ("pdf", PDF),
        (".pdf", PDF),
        ("", PDF),
        ("a.pdf.exe", PDF),
        ("a.pdf", b""),
        ("a.pdf", b"MZ"),
        ("a.docx", XLSX),
        ("a.xlsx", b"PK\x03\x04"),
        ("a.odt", ODS),
        ("a.ods", zipped(other=b"")),
        ("a.txt", b"a\x00b"),
        ("a.txt", b"\x81"),
        ("a.odt", b"PK\x03\x04"),
        ("a.xml", b"{}"),
        ("a.png", b"GIF89a"),
        ("a.jpg", PDF),
        ("a.doc", DOCX),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(name, content):
    assert [finding.rule for finding in check_attachment(name, content)] == ["TR0002"]


@pytest.mark.parametrize(("name", "media_type"), [("a.PDF", "application/pdf"), ("a.exe", "application/octet-stream")])
def test_the_media_type_is_told_by_the_name(name, media_type):
    assert media_type_of(name) == media_type


def attached(content: bytes) -> AttachedFile:
    return AttachedFile(name="a.pdf", media_type="application/pdf", content=content)


def test_five_attachments_are_the_most():
    assert check_attachments([attached(PDF)] * 5, 100) == ()
    assert [(f.rule, f.expected, f.found) for f in check_attachments([attached(PDF)] * 6, 100)] == [
        ("TR0002", "5", "6")
    ]


def test_ten_megabytes_together_are_the_most():
    limit = 10 * 1024 * 1024

    assert check_attachments([attached(PDF)], limit - len(PDF)) == ()
    assert [f.rule for f in check_attachments([attached(PDF)], limit - len(PDF) + 1)] == ["TR0002"]


# Samples of others


def sample(name: str) -> ReadResult:
    return read_document((SAMPLES / "facturae" / name).read_bytes())


@needs_samples
@pytest.mark.parametrize(
    ("name", "number", "parties", "payable", "lines"),
    [
        ("fawno/factura-prueba-v1-2-0.xml", "2", ("12345678Z", "B12345674"), "1384.58", 1),
        ("fawno/factura-prueba-v1-2-0.xsig", "2", ("12345678Z", "B12345674"), "1384.58", 1),
        ("gobl/credit-note.xml", "TEST01001R", ("B23103039", "B77436020"), "-5084.42", 2),
        ("gobl/invoice-face.xml", "TEST01002F", ("B23103039", "P2807900B"), "4840.00", 1),
        ("gobl/invoice-overseas-individual.xml", "TEST01005F", ("123456789012", "B77436020"), "1815.00", 1),
        ("gobl/invoice-vat-provider.xml", "TEST01001F", ("B23103039", "B77436020"), "2019.20", 2),
        ("gobl/invoice-vat.xml", "TEST01001F", ("B23103039", "B77436020"), "5084.42", 2),
        ("omeuid/Facturae-3.2-valid.xml", "1", ("B28015865", "B12345674"), "66.03", 2),
        ("omeuid/Facturae-3.2.1-valid.xml", "1", ("B28015865", "B12345674"), "66.03", 2),
        ("omeuid/Facturae-3.2.2-valid.xml", "1", ("B28015865", "B12345674"), "66.03", 2),
    ],
)
def test_good_samples_are_read_as_a_person_reads_them(name, number, parties, payable, lines):
    result = sample(name)

    assert result.findings == ()
    content = result.content
    assert content is not None
    assert (content.number, (content.issuer.tax_id, content.receiver.tax_id)) == (number, parties)
    assert (content.totals.payable, len(content.lines)) == (D(payable), lines)


@needs_samples
@pytest.mark.parametrize(
    ("name", "findings"),
    [
        ("omeuid/Facturae-3.1-firmada-real.xsig.xml", [("HF08", Severity.ERROR)]),
        ("omeuid/Facturae-3.2.2-lote-valid.xml", [("TR0001", Severity.ERROR)]),
        ("omeuid/Facturae-3.2.2-esquema-invalido.xml", [("RCF03001", Severity.ERROR)]),
        ("omeuid/Facturae-3.2.2-nif-invalido.xml", [("RCF05002", Severity.WARNING)]),
        # Their InvoiceTotal leaves the withholding in; their TotalOutstandingAmount takes it off.
        ("gobl/invoice-vat-irpf-inc.xml", [("RCF06006", Severity.ERROR)]),
        ("gobl/invoice-vat-irpf.xml", [("RCF06006", Severity.ERROR)]),
    ],
)
def test_bad_samples_are_found_out(name, findings):
    result = sample(name)

    assert [(finding.rule, finding.severity) for finding in result.findings] == findings
    assert (result.content is None) == (findings[0][1] is Severity.ERROR)
