"""UBL that we write: valid by the schema and the official rules, and reading it gives back what it was written from."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings

from tramesa.documents.reading import read_document
from tramesa.documents.ubl.en16931 import official_findings
from tramesa.documents.ubl.writing import compose_ubl
from tramesa.documents.ubl.writing_checks import check_sayable
from tramesa.documents.xml import open_document
from tramesa.models.domain.errors import Invalid
from tramesa.models.domain.findings import Severity, errors_among
from tramesa.models.domain.invoice import (
    Account,
    Adjustment,
    AttachedFile,
    Correction,
    DocumentFormat,
    DocumentParty,
    InvoiceClass,
    InvoiceContent,
    Line,
    LineTax,
    Payment,
    PaymentOnAccount,
    Period,
    ReimbursableExpense,
    Settlement,
    SpecialTaxableEvent,
    TaxTotal,
    Totals,
)
from tramesa.tests.contents import facturae_contents
from tramesa.tests.facturae_files import NO_SAMPLES, SAMPLES, VALID
from tramesa.tests.ubl_mutants import UBL_SAMPLES, is_valid, ubl_samples

D = Decimal
needs_samples = pytest.mark.skipif(not UBL_SAMPLES.exists(), reason=NO_SAMPLES)


def broken_rules(document: bytes) -> list[str]:
    root = open_document(document).root
    assert is_valid(root)
    found = official_findings(root)
    assert found is not None
    return [finding.rule for finding in found if finding.severity is Severity.ERROR]


def read_back(content: InvoiceContent) -> InvoiceContent:
    document = compose_ubl(content)
    assert broken_rules(document) == []
    found = read_document(document).content
    assert found is not None
    return found


def texts(document: bytes, path: str) -> list[str | None]:
    steps = "/".join(f"{{*}}{step}" for step in path.split("/"))
    return [element.text for element in open_document(document).root.findall(steps)]


def valid() -> InvoiceContent:
    content = read_document(VALID.encode()).content
    assert content is not None
    return content


def billed(*lines: tuple[str, str, str], discounts: tuple[Adjustment, ...] = ()) -> InvoiceContent:
    """An invoice of lines of one unit: type of tax, rate, amount. Discounts are taken off the first tax's base."""
    made, taxes = [], {}
    for position, (type_, rate, amount) in enumerate(lines, start=1):
        tax = LineTax(type=type_, rate=D(rate), base=D(amount))
        made.append(
            Line(
                position=position,
                description=f"Line {position}",
                quantity=D(1),
                unit_price=D(amount),
                gross=D(amount),
                taxes=(tax,),
            )
        )
        taxes[type_, D(rate)] = taxes.get((type_, D(rate)), D(0)) + D(amount)
    discount = sum((one.amount for one in discounts), D(0))
    gross = sum(taxes.values(), D(0))
    taxes[next(iter(taxes))] -= discount
    totals = tuple(
        TaxTotal(type=type_, rate=rate, base=base, amount=(base * rate / 100).quantize(D("0.01")))
        for (type_, rate), base in taxes.items()
    )
    charged = sum((tax.amount for tax in totals), D(0))
    total = gross - discount + charged
    content = valid()
    return replace(
        content,
        lines=tuple(made),
        taxes=totals,
        payments=(),
        totals=Totals(
            gross=gross,
            discounts=discount,
            charges=D(0),
            taxable=gross - discount,
            taxes=charged,
            withheld=D(0),
            total=total,
            payable=total,
        ),
        details=replace(content.details, discounts=discounts),
    )


def categories(content: InvoiceContent) -> list[tuple[str | None, Decimal, Decimal, Decimal]]:
    return [(tax.category, tax.rate, tax.base, tax.amount) for tax in content.taxes]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(facturae_contents())
def test_what_is_written_is_valid_whatever_facturae_says(content: InvoiceContent) -> None:
    # A rate under one half is no rate to the official rule BR-CO-17; there is no such VAT.
    assume(not errors_among(check_sayable(content)))

    document = compose_ubl(content)

    assert broken_rules(document) == []
    found = read_document(document).content
    assert found is not None
    assert found.totals == content.totals
    assert (found.series, found.number, found.corrects) == (content.series, content.number, content.corrects)


REFUSED_FACTURAE = {
    "facturae/gobl/invoice-vat-irpf-inc.xml",
    "facturae/gobl/invoice-vat-irpf.xml",
    "facturae/omeuid/Facturae-3.1-firmada-real.xsig.xml",
    "facturae/omeuid/Facturae-3.2.2-esquema-invalido.xml",
    "facturae/omeuid/Facturae-3.2.2-lote-valid.xml",
}
"""What is withheld is in the total of two; another version; no number; two invoices."""

REFUSED_UBL = {
    "ubl/gobl/parse/discount-taxes.xml",
    "ubl/gobl/parse/en16931/credit-note1.xml",
    "ubl/gobl/parse/en16931/custom-namespace-prefixes.xml",
    "ubl/gobl/parse/peppol/sg-invoice.xml",
}
"""They break rules of EN 16931."""


def taken_of(paths: list[Path]) -> dict[str, InvoiceContent]:
    """What the samples say that would come in here, by name."""
    found = {str(path.relative_to(SAMPLES)): read_document(path.read_bytes()).content for path in paths}
    return {name: content for name, content in found.items() if content is not None}


def refused_of(format_: str, taken: dict[str, InvoiceContent]) -> list[str]:
    return [name for path in (SAMPLES / format_).rglob("*.x*") if (name := str(path.relative_to(SAMPLES))) not in taken]


@needs_samples
def test_every_valid_facturae_sample_can_be_written() -> None:
    taken = taken_of(sorted((SAMPLES / "facturae").rglob("*.x*")))
    contents = list(taken.values())

    found = [(broken_rules(compose_ubl(content)), read_back(content).totals.payable) for content in contents]

    assert set(refused_of("facturae", taken)) == REFUSED_FACTURAE
    assert found == [([], content.totals.payable) for content in contents]


@needs_samples
def test_what_a_ubl_sample_says_is_written_again() -> None:
    taken = taken_of(ubl_samples())

    assert set(refused_of("ubl", taken)) == REFUSED_UBL
    for content in taken.values():
        said = replace(content, details=replace(content.details, further_elements=()))
        assert read_document(compose_ubl(content)).content == said


def test_withheld_tax_is_not_to_be_paid() -> None:
    document = compose_ubl(valid())

    assert broken_rules(document) == []
    assert texts(document, "LegalMonetaryTotal/TaxInclusiveAmount") == ["108.90"]
    assert texts(document, "LegalMonetaryTotal/PrepaidAmount") == ["13.50"]
    assert texts(document, "LegalMonetaryTotal/PayableAmount") == ["95.40"]
    assert texts(document, "WithholdingTaxTotal/TaxAmount") == ["13.50"]
    assert texts(document, "WithholdingTaxTotal/TaxSubtotal/TaxCategory/TaxScheme/ID") == ["IRPF"]


def test_what_facturae_says_beyond_en_16931_can_be_read_back() -> None:
    content = valid()
    settlement = Settlement(
        subsidies=(Adjustment(reason="FEDER", amount=D("5.00")),),
        on_account=(PaymentOnAccount(amount=D("10.00"), day=date(2026, 10, 1)),),
        on_account_total=D("10.00"),
        reimbursable=(ReimbursableExpense(amount=D("3.00"), number="T-1", issue_date=date(2026, 10, 2)),),
        reimbursable_total=D("3.00"),
        financial_expenses=D("1.00"),
        retention=Adjustment(reason="Garantia", amount=D("4.00")),
        in_kind=Adjustment(reason="Palla", amount=D("2.00")),
    )
    content = replace(
        content,
        invoice_class=InvoiceClass.CORRECTIVE,
        corrects=Correction(
            reason_code="10",
            reason="Hores de més",
            method="02",
            number="F-0",
            series="2025",
            issue_date=date(2026, 1, 2),
            period=Period(start=date(2026, 1, 1), end=date(2026, 1, 31)),
        ),
        details=replace(content.details, settlement=settlement),
        totals=replace(content.totals, payable=D("78.40")),
    )

    found = read_back(content)

    assert (found.series, found.number) == ("2026A", "F-1")
    assert found.totals == content.totals
    assert found.details.settlement == settlement
    assert found.corrects == content.corrects
    assert [(office.role, office.code, office.name) for office in found.offices] == [
        (office.role, office.code, office.name) for office in content.offices
    ]


def test_taxes_withheld_that_are_to_be_paid_stay_so() -> None:
    # As others write UBL: with WithholdingTaxTotal, and an amount due without regard to it.
    content = valid()
    content = replace(
        content,
        format=DocumentFormat.UBL_2_1_INVOICE,
        totals=replace(content.totals, total=D("108.90"), payable=D("108.90")),
    )

    document = compose_ubl(content)

    assert broken_rules(document) == []
    assert texts(document, "LegalMonetaryTotal/PrepaidAmount") == []
    assert texts(document, "PrepaidPayment/ID") == []


def test_a_discount_goes_to_the_rate_whose_base_it_was_taken_off() -> None:
    content = billed(
        ("IVA", "21", "100.00"),
        ("IVA", "10", "50.00"),
        discounts=(Adjustment(reason="Amic", amount=D("30.00")),),
    )

    found = read_back(content)

    assert categories(found) == [("S", D(21), D("70.00"), D("14.70")), ("S", D(10), D("50.00"), D("5.00"))]
    assert [(one.reason, one.amount, one.tax_rate) for one in found.details.discounts] == [("Amic", D("30.00"), D(21))]


def test_a_discount_of_no_base_is_outside_of_the_tax() -> None:
    content = billed(("IVA", "21", "100.00"))
    discount = Adjustment(reason="Amic", amount=D("30.00"))
    content = replace(
        content,
        details=replace(content.details, discounts=(discount,)),
        totals=replace(content.totals, discounts=D(30), taxable=D(70), total=D(91), payable=D(91)),
    )

    found = read_back(content)

    assert categories(found) == [("S", D(21), D("100.00"), D("21.00")), ("E", D(0), D("-30.00"), D(0))]
    assert found.totals.total == D("91.00")


def test_equivalence_surcharge_is_part_of_the_rate() -> None:
    content = billed(("IVA", "21", "100.00"))
    tax = replace(content.taxes[0], surcharge_rate=D("5.2"), surcharge_amount=D("5.20"))
    content = replace(
        content,
        taxes=(tax,),
        totals=replace(content.totals, taxes=D("26.20"), total=D("126.20"), payable=D("126.20")),
    )

    document = compose_ubl(content)

    assert broken_rules(document) == []
    assert texts(document, "TaxTotal/TaxSubtotal/TaxCategory/Percent") == ["26.2"]
    assert texts(document, "TaxTotal/TaxAmount") == ["26.20"]
    assert texts(document, "InvoiceLine/Item/ClassifiedTaxCategory/Percent") == ["26.2"]


def test_taxes_of_the_islands_have_their_categories() -> None:
    found = read_back(billed(("IGIC", "7", "100.00"), ("IPSI", "0.5", "50.00")))

    assert categories(found) == [("L", D(7), D("100.00"), D("7.00")), ("M", D("0.5"), D("50.00"), D("0.25"))]
    assert [tax.type for tax in found.taxes] == ["IGIC", "IPSI"]


def test_exempt_lines_have_their_reason() -> None:
    content = billed(("IVA", "0", "100.00"), ("IVA", "21", "10.00"))
    exempt = replace(
        content.lines[0], special_event=SpecialTaxableEvent.EXEMPT, special_event_reason="Art. 20.Uno.9 LIVA"
    )
    content = replace(content, lines=(exempt, content.lines[1]))

    found = read_back(content)

    assert categories(found) == [("E", D(0), D("100.00"), D(0)), ("S", D(21), D("10.00"), D("2.10"))]
    assert found.taxes[0].exemption_reason == "Art. 20.Uno.9 LIVA"


def test_a_tax_that_is_not_vat_is_a_charge() -> None:
    content = billed(("IVA", "21", "100.00"))
    excise = TaxTotal(type="IE", rate=D(5), base=D(100), amount=D("5.00"))
    content = replace(
        content,
        taxes=(*content.taxes, excise),
        totals=replace(content.totals, taxes=D(26), total=D(126), payable=D(126)),
    )

    found = read_back(content)

    assert [(one.reason, one.amount, one.tax_category) for one in found.details.charges] == [("IE 5 %", D(5), "E")]
    assert found.totals.total == D("126.00")


def test_amounts_of_many_decimals_add_up() -> None:
    content = billed(("IVA", "21", "0.004"), ("IVA", "21", "0.004"), ("IVA", "21", "0.004"))
    totals = replace(content.totals, gross=D("0.01"), taxable=D("0.01"), taxes=D(0), total=D("0.01"), payable=D("0.01"))
    content = replace(content, totals=totals, taxes=(replace(content.taxes[0], base=D("0.012"), amount=D(0)),))

    document = compose_ubl(content)

    assert broken_rules(document) == []
    assert texts(document, "InvoiceLine/LineExtensionAmount") == ["0.00", "0.01", "0.00"]
    assert texts(document, "InvoiceLine/Price/PriceAmount") == ["0.004", "0.004", "0.004"]


def test_a_negative_price_becomes_a_negative_quantity() -> None:
    document = compose_ubl(billed(("IVA", "21", "-100.00")))

    assert broken_rules(document) == []
    assert texts(document, "InvoiceLine/InvoicedQuantity") == ["-1"]
    assert texts(document, "InvoiceLine/Price/PriceAmount") == ["100.00"]


def test_a_correction_that_takes_back_money_is_a_credit_note_and_any_other_an_invoice() -> None:
    back = replace(billed(("IVA", "21", "-100.00")), invoice_class=InvoiceClass.CORRECTIVE)
    more = replace(billed(("IVA", "21", "100.00")), invoice_class=InvoiceClass.CORRECTIVE)
    original = billed(("IVA", "21", "-100.00"))

    note, invoice, plain = compose_ubl(back), compose_ubl(more), compose_ubl(original)

    assert texts(note, "CreditNoteTypeCode") == ["381"]
    assert texts(note, "LegalMonetaryTotal/PayableAmount") == ["121.00"]
    assert (texts(invoice, "InvoiceTypeCode"), texts(plain, "InvoiceTypeCode")) == (["384"], ["380"])
    assert texts(plain, "LegalMonetaryTotal/PayableAmount") == ["-121.00"]
    assert [broken_rules(document) for document in (note, invoice, plain)] == [[], [], []]
    assert read_back(back).totals == back.totals
    told = [finding.message for finding in check_sayable(back) if finding.location == "/CreditNote/CreditNoteTypeCode"]
    assert told == ["This correction takes back more than it asks for: it is written as a credit note, signs turned."]


def test_a_correction_with_taxes_withheld_stays_an_invoice_since_only_that_has_a_place_for_them() -> None:
    back = replace(billed(("IVA", "21", "-100.00")), invoice_class=InvoiceClass.CORRECTIVE)
    held = TaxTotal(type="IRPF", rate=D(15), base=D("-100.00"), amount=D("-15.00"), withheld=True)
    totals = replace(back.totals, withheld=D("-15.00"), total=D("-106.00"), payable=D("-106.00"))
    content = replace(back, taxes=(*back.taxes, held), totals=totals)

    invoice, note = compose_ubl(content), compose_ubl(content, credit=True)

    assert texts(invoice, "InvoiceTypeCode") == ["384"]
    assert texts(invoice, "WithholdingTaxTotal/TaxAmount") == ["-15.00"]
    assert read_back(content).totals == totals
    assert texts(note, "LegalMonetaryTotal/PayableAmount") == ["106.00"]
    assert (broken_rules(invoice), broken_rules(note)) == ([], [])
    message = "A credit note has no place for taxes withheld: they are part of what was prepaid."
    assert message in {finding.message for finding in check_sayable(content, credit=True)}


def test_a_party_without_vat_number_is_identified() -> None:
    content = replace(valid(), issuer=DocumentParty(tax_id="123456789", name="Overseas", residence="E"))

    document = compose_ubl(content)

    assert broken_rules(document) == []
    assert texts(document, "AccountingSupplierParty/Party/PartyLegalEntity/CompanyID") == ["123456789"]


def test_everything_that_is_lost_is_said() -> None:
    content = valid()
    content = replace(
        content,
        attachments=(AttachedFile(name="a.doc", media_type="application/msword", content=b"x"),),
        payments=(
            Payment(due_date=date(2026, 12, 1), amount=D("45.40"), means="CONTRACT_AWARD"),
            Payment(due_date=date(2026, 12, 20), amount=D("50.00"), means="TRANSFER"),
        ),
    )

    found = check_sayable(content)

    assert errors_among(found) == ()
    assert [(finding.location, finding.message) for finding in found if "PaymentMeans" in (finding.location or "")] == [
        ("/Invoice/PaymentMeans", "UNTDID 4461 has no code for the means of payment."),
        ("/Invoice/PaymentMeans", "EN 16931 has one means of payment: that of the first instalment is written."),
    ]
    messages = {finding.message for finding in found}
    assert "EN 16931 takes no file of this kind; only its name is written." in messages
    assert (
        "EN 16931 has one sum by one day, the last: the instalments are in the terms, in words and in UBL's own."
        in messages
    )
    assert texts(compose_ubl(content), "PaymentTerms/Note") == ["2026-12-01: 45.40 EUR; 2026-12-20: 50.00 EUR"]


def test_several_direct_debits_have_one_mandate() -> None:
    debit = Payment(
        due_date=date(2026, 12, 1),
        amount=D("47.70"),
        means="DIRECT_DEBIT",
        debited=Account(iban="ES9121000418450200051332"),
        mandate="M-1",
    )
    content = replace(valid(), payments=(debit, replace(debit, mandate="M-2")))

    document = compose_ubl(content)

    assert broken_rules(document) == []
    assert texts(document, "PaymentMeans/PaymentMandate/ID") == ["M-1"]
    message = "EN 16931 has one card and one mandate: those of the first instalment are written."
    assert message in {finding.message for finding in check_sayable(content)}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"number": " "}, "BR-02"),
        ({"currency": "XXY"}, "BR-CL-04"),
        ({"lines": ()}, "BR-16"),
        ({"number": "a\x00b"}, "HF01"),
        ({"issuer": DocumentParty(tax_id="", name="Nobody")}, "BR-CO-26"),
        ({"receiver": DocumentParty(tax_id="B28015865", name="")}, "BR-07"),
        ({"taxes": (TaxTotal(type="IVA", rate=D(21), base=D(90), amount=D(100)),)}, "BR-CO-17"),
    ],
)
def test_what_cannot_be_written_is_refused(change: dict[str, object], rule: str) -> None:
    content = replace(valid(), **change)

    found = errors_among(check_sayable(content))

    assert rule in {finding.rule for finding in found}
    with pytest.raises(Invalid):
        compose_ubl(content)
