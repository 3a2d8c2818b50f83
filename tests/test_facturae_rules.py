"""The entry rules of a Facturae: what each refuses or tells, where, and with what it should have been."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tramesa.documents.facturae.checking import APPROVED_EXTENSIONS
from tramesa.documents.reading import read_document
from tramesa.models.domain.findings import Finding, Severity
from tramesa.models.domain.money import half_up, plain_text
from tramesa.tests.facturae_files import VALID, edited

D = Decimal
INVOICE = "/Facturae/Invoices/Invoice"
HEADER = f"{INVOICE}/InvoiceHeader"
TOTALS = f"{INVOICE}/InvoiceTotals"
LINE = f"{INVOICE}/Items/InvoiceLine"
ASSIGNEE = "/Facturae/FileHeader/FactoringAssignmentData/Assignee"
ERROR, WARNING = Severity.ERROR, Severity.WARNING

CURRENCY = "<InvoiceCurrencyCode>EUR</InvoiceCurrencyCode>\n<TaxC"
IN_DOLLARS = (CURRENCY, CURRENCY.replace("EUR", "USD"))
BATCH_CURRENCY = "<InvoiceCurrencyCode>EUR</InvoiceCurrencyCode></Batch>"
BATCH_IN_DOLLARS = (BATCH_CURRENCY, BATCH_CURRENCY.replace("EUR", "USD"))
BATCH_SUMS = ("TotalInvoicesAmount", "TotalOutstandingAmount", "TotalExecutableAmount")


def findings(*changes: tuple[str, str]) -> tuple[Finding, ...]:
    return read_document(edited(*changes)).findings


def told(*changes: tuple[str, str]) -> list[tuple[str, Severity, str | None, str | None, str | None]]:
    return [(f.rule, f.severity, f.location, f.expected, f.found) for f in findings(*changes)]


def line_with(quantity: str, price: str, cost: str, gross: str) -> str:
    """One line without discounts or charges whose taxes are zero."""
    return f"""<InvoiceLine><ItemDescription>Sorra</ItemDescription><Quantity>{quantity}</Quantity>
<UnitPriceWithoutTax>{price}</UnitPriceWithoutTax><TotalCost>{cost}</TotalCost><GrossAmount>{gross}</GrossAmount>
<TaxesOutputs><Tax><TaxTypeCode>01</TaxTypeCode><TaxRate>0</TaxRate><TaxableBase><TotalAmount>0</TotalAmount>
</TaxableBase></Tax></TaxesOutputs></InvoiceLine>"""


def with_line(quantity: str, price: str, cost: str, *, gross: str | None = None) -> list[tuple[str, str]]:
    """The valid document with a second line; the invoice's sums follow the gross amount, in cents."""
    gross = cost if gross is None else gross
    more = half_up(D(gross))
    sums = {
        "TotalGrossAmount": 90 + more,
        "TotalGrossAmountBeforeTaxes": 90 + more,
        "InvoiceTotal": D("95.40") + more,
        "TotalOutstandingAmount": D("95.40") + more,
        "TotalExecutableAmount": D("95.40") + more,
    }
    total = plain_text(sums["InvoiceTotal"])
    before = {"TotalGrossAmount": "90.00", "TotalGrossAmountBeforeTaxes": "90.00"}
    changes = [("</Items>", line_with(quantity, price, cost, gross) + "</Items>")]
    changes += [(f"<{name}><TotalAmount>95.40<", f"<{name}><TotalAmount>{total}<") for name in BATCH_SUMS]
    for name, value in sums.items():
        changes.append((f"<{name}>{before.get(name, '95.40')}<", f"<{name}>{plain_text(value)}<"))
    return changes


def test_the_valid_document_has_no_findings():
    assert findings() == ()


# Lines


@pytest.mark.parametrize(
    ("quantity", "price", "cost"),
    [
        ("1.5", "33.3333", "50.00"),
        ("1.5", "33.3333", "50"),
        ("3", "0.33333333", "1"),
        ("2.5", "0.01", "0.03"),
        ("-2.5", "0.01", "-0.03"),
        ("1E2", "1.00", "100.00000000"),
    ],
)
def test_a_cost_that_is_rounded_half_up_is_right(quantity, price, cost):
    assert findings(*with_line(quantity, price, cost)) == ()


@pytest.mark.parametrize(
    ("quantity", "price", "cost", "expected"),
    [("2.5", "0.01", "0.02", "0.03"), ("1.5", "33.3333", "49.99", "50.00"), ("3", "0.3371", "1.02", "1.01")],
)
def test_a_cost_within_a_cent_is_told_and_not_refused(quantity, price, cost, expected):
    assert told(*with_line(quantity, price, cost)) == [("RCF06002", WARNING, f"{LINE}[2]/TotalCost", expected, cost)]


def test_a_cost_that_is_not_rounded_at_all_has_too_many_decimals():
    assert told(*with_line("2.5", "0.01", "0.025", gross="0.03")) == [
        ("RCF06001", ERROR, f"{LINE}[2]/TotalCost", "two decimals", "0.025")
    ]


@pytest.mark.parametrize("cost", ["0.04", "0.01", "-0.03", "3.00"])
def test_a_cost_that_is_a_cent_or_more_away_is_refused(cost):
    assert told(*with_line("2.5", "0.01", cost)) == [("RCF06002", ERROR, f"{LINE}[2]/TotalCost", "0.03", cost)]


def test_a_gross_amount_is_the_cost_less_discounts_plus_charges():
    assert told(("<GrossAmount>90.00", "<GrossAmount>90.01")) == [
        ("RCF06005", ERROR, f"{TOTALS}/TotalGrossAmount", "90.01", "90.00"),
        ("RCF06003", ERROR, f"{LINE}/GrossAmount", "90.00", "90.01"),
    ]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (("<TotalCost>100.00", "<TotalCost>100.001"), f"{LINE}/TotalCost"),
        (("<GrossAmount>90.00", "<GrossAmount>90.001"), f"{LINE}/GrossAmount"),
        (("<DiscountAmount>15.00", "<DiscountAmount>15.001"), f"{LINE}/DiscountsAndRebates/Discount/DiscountAmount"),
        (("<ChargeAmount>5.00", "<ChargeAmount>5.001"), f"{LINE}/Charges/Charge/ChargeAmount"),
    ],
)
def test_an_amount_of_a_line_with_three_decimals_is_refused(change, place):
    found = change[1].partition(">")[2]

    assert ("RCF06001", ERROR, place, "two decimals", found) in told(change)


@pytest.mark.parametrize("text", ["100.000000", "100.10000000", "100"])
def test_decimals_are_counted_by_value(text):
    changes = [
        ("<TotalCost>100.00", f"<TotalCost>{text}"),
        ("<UnitPriceWithoutTax>50.00", f"<UnitPriceWithoutTax>{D(text) / 2}"),
    ]
    charge = ("<ChargeAmount>5.00", f"<ChargeAmount>{105 - D(text)}")

    assert findings(*changes, charge) == ()


@pytest.mark.parametrize(("block", "position"), [("TaxesWithheld", 1), ("TaxesOutputs", 2)])
def test_a_tax_of_a_line_with_more_decimals_is_told(block, position):
    line = VALID.index("<InvoiceLine>")
    start = VALID.index(f"<{block}>", line)
    text = VALID[:start] + VALID[start:].replace("<TotalAmount>90.00", "<TotalAmount>90.001", 1)

    said = [(f.rule, f.severity, f.location) for f in read_document(text.encode()).findings]

    assert said == [("RCF06001", WARNING, f"{LINE}/{block}/Tax/TaxableBase/TotalAmount")]


def test_in_another_currency_the_amounts_of_lines_are_only_told():
    said = told(IN_DOLLARS, BATCH_IN_DOLLARS, ("<GrossAmount>90.00", "<GrossAmount>91.00"))

    assert [(rule, severity) for rule, severity, *_ in said] == [("RCF06005", WARNING), ("RCF06003", WARNING)]


# Sums


@pytest.mark.parametrize(
    ("name", "old", "rule", "expected"),
    [
        ("TotalGrossAmount", "90.00", "RCF06005", "90.00"),
        ("TotalGrossAmountBeforeTaxes", "90.00", "RCF06006", "90.00"),
        ("InvoiceTotal", "95.40", "RCF06006", "95.40"),
    ],
)
def test_a_sum_that_the_order_binds_is_refused_where_it_is_wrong(name, old, rule, expected):
    wrong = str(D(old) + D("0.01"))

    assert (rule, ERROR, f"{TOTALS}/{name}", expected, wrong) in told((f"<{name}>{old}", f"<{name}>{wrong}"))


@pytest.mark.parametrize(
    ("name", "old", "wrong"),
    [("TotalOutstandingAmount", "95.40", "95.41"), ("TotalExecutableAmount", "95.40", "95.41")],
)
def test_a_sum_that_only_the_format_defines_is_told(name, old, wrong):
    start = VALID.index("<InvoiceTotals>")
    text = VALID[:start] + VALID[start:].replace(f"<{name}>{old}", f"<{name}>{wrong}", 1)

    said = [(f.rule, f.severity) for f in read_document(text.encode()).findings if f.location == f"{TOTALS}/{name}"]

    assert said == [("RCF06006", WARNING)]


def test_taxes_that_were_summed_before_rounding_are_right_within_a_cent_each():
    changes = [
        *((f"<{name}><TotalAmount>95.40", f"<{name}><TotalAmount>95.41") for name in BATCH_SUMS),
        ("<TotalTaxOutputs>18.90", "<TotalTaxOutputs>18.91"),
        ("<InvoiceTotal>95.40", "<InvoiceTotal>95.41"),
        ("<TotalOutstandingAmount>95.40", "<TotalOutstandingAmount>95.41"),
        ("<TotalExecutableAmount>95.40", "<TotalExecutableAmount>95.41"),
    ]

    assert findings(*changes) == ()


@pytest.mark.parametrize("name", BATCH_SUMS)
def test_a_sum_of_the_file_that_its_invoices_do_not_come_to_is_told(name):
    place = f"/Facturae/FileHeader/Batch/{name}/TotalAmount"
    right, wrong = f"<{name}><TotalAmount>95.40", f"<{name}><TotalAmount>95.41"

    assert told((right, wrong)) == [("RCF06006", WARNING, place, "95.40", "95.41")]


def test_a_file_in_another_currency_than_its_invoice_is_told_and_its_sums_are_not_compared():
    place = "/Facturae/FileHeader/Batch/InvoiceCurrencyCode"

    said = told(BATCH_IN_DOLLARS, ("<TotalInvoicesAmount><TotalAmount>95.40", "<TotalInvoicesAmount><TotalAmount>105"))

    assert said == [("RCF06004", WARNING, place, "EUR", "USD")]


def test_the_sums_of_a_file_are_those_of_all_its_invoices():
    invoice = VALID[VALID.index("<Invoice>") : VALID.index("</Invoices>")]
    twice = VALID.replace(invoice, invoice + invoice).replace("<InvoicesCount>1", "<InvoicesCount>2")
    for name in BATCH_SUMS:
        twice = twice.replace(f"<{name}><TotalAmount>95.40", f"<{name}><TotalAmount>190.80")

    assert [finding.rule for finding in read_document(twice.encode()).findings] == ["TR0001"]


@pytest.mark.parametrize("text", ["-0.00", "-0.0000", "-0.01"])
def test_what_is_withheld_is_not_negative_over_a_positive_base(text):
    said = told(("<TotalTaxesWithheld>13.50", f"<TotalTaxesWithheld>{text}"))

    assert ("RCF06007", ERROR, f"{TOTALS}/TotalTaxesWithheld", "0.00 or more", text) in said


def test_what_is_withheld_may_be_negative_over_a_negative_base():
    text = VALID
    for amount in ("90.00", "18.90", "13.50", "95.40", "100.00", "15.00", "5.00"):
        text = text.replace(f">{amount}<", f">-{amount}<")
    text = text.replace("<Quantity>2<", "<Quantity>-2<").replace("Rate>-", "Rate>")

    assert read_document(text.encode()).findings == ()


def test_general_discounts_are_those_that_were_summed():
    block = (
        "</TotalGrossAmount><GeneralDiscounts><Discount><DiscountReason>x</DiscountReason>"
        "<DiscountAmount>2.00</DiscountAmount></Discount></GeneralDiscounts>"
        "<TotalGeneralDiscounts>1.00</TotalGeneralDiscounts><TotalGrossAmountBeforeTaxes>89.00<"
    )
    said = told(("</TotalGrossAmount><TotalGrossAmountBeforeTaxes>90.00<", block))

    assert ("RCF06006", WARNING, f"{TOTALS}/TotalGeneralDiscounts", "2.00", "1.00") in said
    assert "TotalGrossAmountBeforeTaxes" not in str(said)


AMOUNTS = {
    "TotalCost": "100.00",
    "DiscountAmount": "15.00",
    "ChargeAmount": "5.00",
    "GrossAmount": "90.00",
    "TotalGrossAmount": "90.00",
    "TotalGrossAmountBeforeTaxes": "90.00",
    "TotalTaxOutputs": "18.90",
    "TotalTaxesWithheld": "13.50",
    "InvoiceTotal": "95.40",
    "UnitPriceWithoutTax": "50.00",
}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(AMOUNTS)), st.integers(-(10**9), 10**9))
def test_no_other_amount_passes_in_the_place_of_one_that_is_bound(name, cents):
    """Each of these is fixed by the others to the cent: whatever else is written there is refused."""
    amount = D(cents).scaleb(-2)
    old = AMOUNTS[name]

    refused = {f.rule for f in findings((f"<{name}>{old}<", f"<{name}>{plain_text(amount)}<")) if f.severity is ERROR}

    assert (refused == set()) == (amount == D(old))
    assert refused <= {"RCF06002", "RCF06003", "RCF06005", "RCF06006", "RCF06007"}


# Parties


def factored(tax_id: str) -> tuple[str, str]:
    data = f"""</Batch><FactoringAssignmentData><Assignee><TaxIdentification><PersonTypeCode>J</PersonTypeCode>
<ResidenceTypeCode>R</ResidenceTypeCode><TaxIdentificationNumber>{tax_id}</TaxIdentificationNumber></TaxIdentification>
<LegalEntity><CorporateName>Factor</CorporateName><AddressInSpain><Address>a</Address><PostCode>08001</PostCode>
<Town>b</Town><Province>c</Province><CountryCode>ESP</CountryCode></AddressInSpain></LegalEntity></Assignee>
<PaymentDetails><Installment><InstallmentDueDate>2026-12-20</InstallmentDueDate><InstallmentAmount>95.40</InstallmentAmount>
<PaymentMeans>04</PaymentMeans></Installment></PaymentDetails>
<FactoringAssignmentClauses>Clause</FactoringAssignmentClauses></FactoringAssignmentData>"""
    return "</Batch>", data


def test_the_claim_may_be_assigned_to_somebody_else_than_the_issuer():
    assert findings(factored("A58818501")) == ()


@pytest.mark.parametrize("tax_id", ["12345678Z", "ES12345678Z", "es12345678z"])
def test_the_claim_may_not_be_assigned_to_the_issuer(tax_id):
    place = f"{ASSIGNEE}/TaxIdentification/TaxIdentificationNumber"

    assert told(factored(tax_id)) == [("RCF05006", ERROR, place, "another number", "12345678Z")]


def test_an_assignee_and_a_third_party_are_looked_at_like_the_others():
    third = factored("B12345678")[1].partition("<TaxIdentification>")[2].partition("</Assignee>")[0]
    changes = (factored("B12345678"), ("<Batch>", f"<ThirdParty><TaxIdentification>{third}</ThirdParty><Batch>"))

    place = "TaxIdentification/TaxIdentificationNumber"
    assert told(*changes) == [
        ("RCF05002", WARNING, f"/Facturae/FileHeader/ThirdParty/{place}", None, "B12345678"),
        ("RCF05002", WARNING, f"{ASSIGNEE}/{place}", None, "B12345678"),
    ]


def test_a_person_in_the_place_of_a_company_is_refused_and_named():
    said = told(("<PersonTypeCode>F<", "<PersonTypeCode>J<"))

    assert said == [("RCF05005", ERROR, "/Facturae/Parties/SellerParty/LegalEntity/CorporateName", None, None)]


# Together with the structure


def test_what_a_rule_says_the_grammar_does_not_say_again():
    said = told((CURRENCY, CURRENCY.replace("EUR", "EURO")), ("<InvoiceClass>OO", "<InvoiceClass>XX"))

    assert [(rule, place) for rule, _, place, *_ in said] == [
        ("HF08", f"{HEADER}/InvoiceClass"),
        ("RCF06004", f"{INVOICE}/InvoiceIssueData/InvoiceCurrencyCode"),
    ]


def test_wrong_sums_are_told_beside_a_wrong_structure():
    wrong = ("<TotalGrossAmount>90.00", "<TotalGrossAmount>90.50")

    said = told(("<LanguageName>ca", "<LanguageName>xx"), wrong)

    assert [(rule, severity) for rule, severity, *_ in said] == [
        ("HF08", ERROR),
        ("RCF06005", ERROR),
        ("RCF06006", ERROR),
    ]


def test_a_number_that_is_missing_makes_no_sum_wrong():
    said = told(
        ("<UnitPriceWithoutTax>50.00</UnitPriceWithoutTax>", ""), ("<TotalTaxOutputs>18.90</TotalTaxOutputs>", "")
    )

    assert [(rule, place) for rule, _, place, *_ in said] == [
        ("HF08", f"{TOTALS}/TotalTaxOutputs"),
        ("HF08", f"{LINE}/UnitPriceWithoutTax"),
    ]


FACEB2B = "http://www.facturae.es/Facturae/Extensions/FaceB2BExtensionv1_1"


@pytest.mark.parametrize("namespace", sorted(APPROVED_EXTENSIONS))
def test_an_approved_extension_comes_in_unchecked_with_a_warning(namespace):
    extension = f'<e:x xmlns:e="{namespace}" b="1">a<y/></e:x>'

    result = read_document(edited(("</fe:Facturae>", f"<Extensions>{extension}</Extensions></fe:Facturae>")))

    assert [(f.rule, f.severity, f.found) for f in result.findings] == [("HF08", WARNING, f"{{{namespace}}}x")]
    assert result.content is not None
    assert result.content.details.file_extensions == (extension,)


def lined(*lines: str) -> bytes:
    """The valid invoice in dollars, where amounts that disagree are warnings, with these lines."""
    start, end = VALID.index("<InvoiceLine>"), VALID.index("</Items>")
    return (VALID[:start] + "".join(lines) + VALID[end:]).replace(">EUR</InvoiceC", ">USD</InvoiceC").encode()


ONE_LINE = VALID[VALID.index("<InvoiceLine>") : VALID.index("</Items>")]


def test_an_invoice_of_however_many_warnings_is_taken_and_the_first_are_listed():
    result = read_document(lined(*[ONE_LINE.replace("<GrossAmount>90", "<GrossAmount>91")] * 1100))

    assert result.content is not None
    assert len(result.content.lines) == 1100
    assert {finding.severity for finding in result.findings} == {WARNING}
    assert len(result.findings) == 1001
    assert "The document has more than 1000 warnings; the others are not listed." in {
        f.message for f in result.findings
    }


def test_extensions_on_every_line_are_told_once_and_hide_nothing():
    extension = f'<Extensions><e:x xmlns:e="{FACEB2B}"/></Extensions></InvoiceLine>'
    extended = [ONE_LINE.replace("</InvoiceLine>", extension)] * 1100

    result = read_document(lined(*extended, "<InvoiceLine><Wrong/></InvoiceLine>"))

    assert [f.severity for f in result.findings if f.rule == "HF08" and "approved" in f.message] == [WARNING]
    assert [f.location for f in result.findings if f.found == "Wrong"] == [
        "/Facturae/Invoices/Invoice/Items/InvoiceLine[1101]/Wrong"
    ]
    assert result.content is None


@pytest.mark.parametrize(
    "extension", ['<x xmlns="urn:x">a<y/></x>', '<e:x xmlns:e="urn:x" e:b="1"/>', f'<x xmlns="{FACEB2B}2"/>']
)
@pytest.mark.parametrize("change", [("</fe:Facturae>", "{}</fe:Facturae>"), ("</InvoiceLine>", "{}</InvoiceLine>")])
def test_another_extension_is_refused_as_the_schema_refuses_it(extension, change):
    old, new = change

    said = told((old, new.format(f"<Extensions>{extension}</Extensions>")))

    assert [(rule, severity) for rule, severity, *_ in said] == [("HF08", ERROR)]


def test_what_is_no_extension_is_refused_in_its_place():
    said = told(("</fe:Facturae>", "<Extensions><Name>x</Name></Extensions></fe:Facturae>"))

    assert [(rule, severity) for rule, severity, *_ in said] == [("HF08", ERROR)]


# Lines of a file


def test_lines_are_right_beyond_what_libxml2_counts():
    text = VALID.replace("</Items>", "\n" * 70_000 + line_with("1", "1", "2", "2") + "</Items>")
    line = text[: text.rindex("<TotalCost>")].count("\n") + 1

    found = {f.location: f.line for f in read_document(text.encode()).findings}

    assert found[f"{LINE}[2]/TotalCost"] == line
    assert found[f"{TOTALS}/TotalGrossAmount"] == VALID[: VALID.index("<TotalGrossAmount>")].count("\n") + 1
