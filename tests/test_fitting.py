"""What another format says, fitted to Facturae 3.2.2: each thing in its place, and the rest named."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from tramesa.documents.composing import check_composable, compose_facturae
from tramesa.documents.facturae.codes import NAMESPACE_3_2_2
from tramesa.documents.facturae.fitting import fit_to_facturae
from tramesa.documents.facturae.fitting_notes import gathered
from tramesa.documents.facturae.left_out import left_out
from tramesa.documents.facturae.source_places import place_in_source, target_in_source
from tramesa.documents.grammar.formats import facturae_schema
from tramesa.models.domain.findings import Severity, errors_among
from tramesa.models.domain.invoice import (
    Account,
    Address,
    AttachedFile,
    Contact,
    Correction,
    Delivery,
    Details,
    DocumentFormat,
    DocumentParty,
    Identifier,
    InvoiceClass,
    InvoiceContent,
    Item,
    Line,
    LineTax,
    Note,
    Payment,
    Reference,
    ReferenceKind,
    Registration,
    Settlement,
    SpecialTaxableEvent,
    TaxTotal,
    Totals,
)
from tramesa.tests.contents import facturae_contents, ubl_contents

D = Decimal
slow = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
PARTY = DocumentParty(
    tax_id="B28015865",
    name="Empresa",
    address=Address(street="Carrer Nou, 1", post_code="08001", town="Barcelona", province="Barcelona"),
)
TAX = LineTax(type="IVA", rate=D(21), base=D(100), category="S")
LINE = Line(position=1, id="1", description="Feina", quantity=D(2), unit_price=D(50), gross=D(100), taxes=(TAX,))
TOTALS = Totals(
    gross=D(100), discounts=D(0), charges=D(0), taxable=D(100), taxes=D(21), withheld=D(0), total=D(121), payable=D(121)
)
PAYMENT = Payment(due_date=date(2026, 12, 1), amount=D(121), means="TRANSFER", means_code="30")


def invoice(**changes: Any) -> InvoiceContent:
    content = InvoiceContent(
        format=DocumentFormat.UBL_2_1_INVOICE,
        number="F-1",
        issue_date=date(2026, 11, 20),
        issuer=PARTY,
        receiver=PARTY,
        currency="EUR",
        totals=TOTALS,
        taxes=(TaxTotal(type="IVA", rate=D(21), base=D(100), amount=D(21), category="S"),),
        lines=(LINE,),
    )
    return replace(content, **changes)


def detailed(**changes: Any) -> InvoiceContent:
    return invoice(details=Details(**changes))


def lined(**changes: Any) -> InvoiceContent:
    return invoice(lines=(replace(LINE, **changes),))


def fitted(content: InvoiceContent) -> tuple[InvoiceContent, list[str | None]]:
    """What is to be written, and where the source says what is changed or left out."""
    result = fit_to_facturae(content)
    findings = (*result.findings, *left_out(result.content))
    assert {finding.severity for finding in findings} <= {Severity.WARNING}
    return result.content, [finding.location for finding in findings]


def written(content: InvoiceContent) -> Any:
    return etree.fromstring(compose_facturae(fit_to_facturae(content).content))


@slow
@given(facturae_contents())
def test_what_facturae_can_say_is_left_as_it_is(content):
    result = fit_to_facturae(content)

    assert (result.content, result.findings) == (content, ())


@slow
@given(ubl_contents())
def test_whatever_ubl_says_can_be_written_as_facturae(content):
    result = fit_to_facturae(content)
    document = compose_facturae(result.content)
    schema = facturae_schema("3.2.2", NAMESPACE_3_2_2)

    assert errors_among(check_composable(result.content)) == ()
    assert schema.validate(etree.fromstring(document)), schema.error_log
    assert result.content.totals == content.totals
    assert {finding.location for finding in result.findings if not str(finding.location).startswith("/Invoice")} <= {
        f"details.references[{at}].{kind}"
        for at in (1, 2, 3)
        for kind in (ReferenceKind.ISSUER_CONTRACT, ReferenceKind.RELATED_INVOICE)
    }


def test_a_plain_invoice_is_written_without_a_word():
    assert fitted(invoice())[1] == []


# Header


def test_notes_are_further_information():
    content, places = fitted(detailed(notes=(Note(text="Gràcies"),)))

    assert (content.details.information, content.details.notes, places) == ("Gràcies", (), [])


def test_several_notes_and_their_subjects_are_one_text():
    content, places = fitted(detailed(notes=(Note(text="Gràcies", subject="SUR"), Note(text="Adeu"))))

    assert (content.details.information, places) == ("#SUR#Gràcies\nAdeu", ["/Invoice/Note"])


def test_notes_on_what_facturae_has_an_element_for_go_there():
    content, places = fitted(
        detailed(
            notes=(
                Note(text="Art. 20", subject="REG"),
                Note(text="Obres", subject="AAA"),
                Note(text="Gràcies", subject="AAI"),
            )
        )
    )

    details = content.details
    assert (details.legal_literals, details.description, details.information) == (("Art. 20",), "Obres", "Gràcies")
    assert places == []


def test_terms_of_payment_are_what_the_first_payment_adds():
    content, places = fitted(replace(detailed(payment_terms="30 dies"), payments=(PAYMENT,)))

    assert (content.payments[0].information, content.details.payment_terms, places) == ("30 dies", None, [])


def test_terms_without_a_payment_are_further_information():
    content, places = fitted(detailed(payment_terms="30 dies"))

    assert (content.details.information, places) == ("30 dies", ["/Invoice/PaymentTerms/Note"])


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (ReferenceKind.RECEIVER_ORDER, "ReceiverTransactionReference"),
        (ReferenceKind.RECEIVER_CONTRACT, "ReceiverContractReference"),
    ],
)
def test_the_order_and_the_contract_have_their_places(kind, name):
    content = detailed(references=(Reference(kind=kind, value="C-7"),))

    assert fitted(content)[1] == []
    assert written(content).findtext(f".//InvoiceIssueData/{name}") == "C-7"


def test_the_buyers_reference_is_the_files():
    content, places = fitted(detailed(references=(Reference(kind=ReferenceKind.BUYER_REFERENCE, value="E/7"),)))

    assert content.details.references == (Reference(kind=ReferenceKind.FILE, value="E/7"),)
    assert places == ["/Invoice/BuyerReference"]


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        (Reference(kind=ReferenceKind.PROJECT, value="P-1"), "Proyecto: P-1"),
        (Reference(kind=ReferenceKind.RECEIVER_ORDER, value="1" * 21), f"Pedido del receptor: {'1' * 21}"),
    ],
)
def test_a_reference_without_room_is_further_information(reference, text):
    content, places = fitted(detailed(references=(reference,)))

    assert (content.details.references, content.details.information) == ((), text)
    assert len(places) == 1


def test_the_day_of_delivery_is_the_date_of_the_operation():
    content, places = fitted(detailed(delivery=Delivery(day=date(2026, 11, 1))))

    assert (content.details.operation_date, content.details.delivery) == (date(2026, 11, 1), None)
    assert places == ["/Invoice/Delivery"]


@pytest.mark.parametrize(
    ("format_", "class_", "expected"),
    [
        (DocumentFormat.UBL_2_1_CREDIT_NOTE, InvoiceClass.CORRECTIVE, ("16", "02")),
        (DocumentFormat.UBL_2_1_INVOICE, InvoiceClass.CORRECTIVE, ("10", "01")),
    ],
)
def test_a_correction_gets_the_reason_and_method_that_ubl_has_no_words_for(format_, class_, expected):
    correction = Correction(reason_code="", reason="", method="", number="F-0")
    content, places = fitted(invoice(format=format_, invoice_class=class_, corrects=correction))

    assert content.corrects is not None
    assert (content.corrects.reason_code, content.corrects.method, content.corrects.number) == (*expected, "F-0")
    assert [str(place).rpartition("/")[2] for place in places] == ["InvoiceDocumentReference"]


def test_an_earlier_invoice_that_is_not_corrected_is_a_related_one():
    correction = Correction(reason_code="", reason="", method="", number="F-0")
    content, _ = fitted(invoice(corrects=correction))

    assert content.corrects is None
    assert content.details.references == (Reference(kind=ReferenceKind.RELATED_INVOICE, value="F-0"),)


# Money


def test_a_rounding_is_an_amount_kept_back_so_that_the_sums_agree():
    totals = replace(TOTALS, payable=D("100.50"))
    settlement = Settlement(on_account_total=D("21.00"), rounding=D("0.50"))
    content = replace(detailed(settlement=settlement), totals=totals)

    sums = written(content).find(".//InvoiceTotals")

    assert sums.findtext("TotalOutstandingAmount") == "100.00"
    assert sums.findtext("TotalPaymentsOnAccount") == "21.00"
    assert sums.findtext("AmountsWithheld/WithholdingAmount") == "-0.50"
    assert sums.findtext("TotalExecutableAmount") == "100.50"
    assert fitted(content)[1] == ["/Invoice/LegalMonetaryTotal/PayableRoundingAmount"]


@pytest.mark.parametrize(
    ("payable", "prepaid", "expected"),
    [
        (D(121), None, (D(106), D(106), None, None)),
        (D(106), D(15), (D(106), D(106), None, None)),
        (D("106.01"), D("14.99"), (D(106), D("106.01"), None, D("-0.01"))),
        (D(86), D(35), (D(106), D(86), D(20), None)),
    ],
)
def test_what_is_withheld_is_deducted_as_facturae_does(payable, prepaid, expected):
    irpf = TaxTotal(type="IRPF", rate=D(15), base=D(100), amount=D(15), withheld=True)
    content = replace(
        detailed(settlement=Settlement(on_account_total=prepaid)),
        taxes=(*invoice().taxes, irpf),
        totals=replace(TOTALS, withheld=D(15), payable=payable),
    )

    fit, places = fitted(content)

    settlement = fit.details.settlement
    kept = settlement.retention and settlement.retention.amount
    assert (fit.totals.total, fit.totals.payable, settlement.on_account_total, kept) == expected
    assert places[0] == "/Invoice/LegalMonetaryTotal"


@pytest.mark.parametrize(
    ("means", "code", "expected"),
    [("TRANSFER", "58", "TRANSFER"), ("DIRECT_DEBIT", "49", "DIRECT_DEBIT"), ("1", "1", "SPECIAL")],
)
def test_means_of_payment_are_the_nearest_kind(means, code, expected):
    content, places = fitted(invoice(payments=(replace(PAYMENT, means=means, means_code=code),)))

    assert content.payments[0].means == expected
    assert places == ([] if code == "49" else ["/Invoice/PaymentMeans[1]/PaymentMeansCode"])


def test_a_short_bic_is_completed_and_an_account_without_a_number_is_left_out():
    account = Account(iban="ES9121000418450200051332", bic="CAIXESBB")
    content, _ = fitted(
        invoice(payments=(replace(PAYMENT, credited=account), replace(PAYMENT, credited=Account(bic="X" * 8))))
    )

    assert content.payments[0].credited == replace(account, bic="CAIXESBBXXX")
    assert content.payments[1].credited is None


def test_the_day_of_issue_stands_for_a_day_that_is_not_named():
    assert fitted(invoice(payments=(replace(PAYMENT, due_date_stated=False),)))[1] == ["/Invoice/DueDate"]


# Lines


@pytest.mark.parametrize(
    ("unit", "code", "expected", "named"),
    [("HOUR", "HUR", "HOUR", 0), ("UNIT", "EA", "UNIT", 1), ("KTN", "KTN", "OTHER", 1), ("XBX", "XBX", "BOX", 0)],
)
def test_units_are_the_nearest_of_the_format(unit, code, expected, named):
    content, places = fitted(lined(unit=unit, unit_code=code))

    assert content.lines[0].unit == expected
    assert places == ["/Invoice/InvoiceLine[1]/InvoicedQuantity/@unitCode"] * named


@pytest.mark.parametrize(
    ("category", "event"),
    [
        ("E", SpecialTaxableEvent.EXEMPT),
        ("K", SpecialTaxableEvent.EXEMPT),
        ("G", SpecialTaxableEvent.EXEMPT),
        ("O", SpecialTaxableEvent.NOT_SUBJECT),
        ("Z", None),
        ("AE", None),
    ],
)
def test_why_no_tax_is_charged_is_a_special_event_of_the_line(category, event):
    tax = replace(TAX, rate=D(0), category=category)
    total = TaxTotal(type="IVA", rate=D(0), base=D(100), amount=D(0), category=category, exemption_reason="Art. 20")
    content, places = fitted(invoice(lines=(replace(LINE, taxes=(tax,)),), taxes=(total,)))

    assert content.lines[0].special_event is event
    assert content.lines[0].special_event_reason == ("Art. 20" if event else None)
    assert content.details.legal_literals == (("Art. 20",) if category == "AE" else ())
    assert len(places) == (1 if category in {"K", "G", "AE"} else 0)


def test_a_price_for_many_is_the_price_of_one_and_the_cost_is_what_the_sum_implies():
    content, places = fitted(lined(unit_price=D("500"), item=Item(base_quantity=D(10))))

    assert (content.lines[0].unit_price, content.lines[0].cost) == (D(50), D(100))
    assert places == ["/Invoice/InvoiceLine[1]/Price/BaseQuantity"]


def test_what_has_no_place_in_a_line_is_named_where_the_source_says_it():
    item = Item(detail="Llarga", origin="FRA", standard_code=Identifier(value="8437", scheme="0160"))
    content, places = fitted(lined(id="A", item=item, article_code="x" * 21))

    assert content.lines[0].information == "Llarga"
    assert sorted(map(str, places)) == [
        "/Invoice/InvoiceLine[1]/ID",
        "/Invoice/InvoiceLine[1]/Item/Description",
        "/Invoice/InvoiceLine[1]/Item/OriginCountry/IdentificationCode",
        "/Invoice/InvoiceLine[1]/Item/SellersItemIdentification/ID",
        "/Invoice/InvoiceLine[1]/Item/StandardItemIdentification/ID",
    ]


# Parties


def test_what_is_too_long_of_a_party_is_cut_or_left_out_and_named():
    party = replace(
        PARTY,
        name="x" * 81,
        trade_name="y" * 41,
        contact=Contact(telephone="1" * 16, email="a@b.example"),
        registration=Registration(other="Registre Mercantil de Barcelona"),
        address=Address(street="a" * 79, post_code="B-1", town="t", province="p" * 21, more=("porta",)),
    )
    content, places = fitted(invoice(issuer=party))

    issuer = content.issuer
    assert (issuer.name, issuer.trade_name, issuer.registration) == ("x" * 80, None, None)
    assert issuer.contact == Contact(email="a@b.example")
    assert issuer.address == Address(street="a" * 79 + ",", post_code="00000", town="t", province="p" * 20)
    assert len(places) == 8
    assert errors_among(check_composable(content)) == ()


def test_a_party_is_known_by_another_number_where_it_has_none_for_tax():
    party = replace(PARTY, tax_id="", legal_id=Identifier(value="987-654 321", scheme="0192"))

    assert fit_to_facturae(invoice(receiver=party)).content.receiver.tax_id == "987654321"


def test_a_file_of_a_kind_that_facturae_does_not_know_is_left_out():
    files = (
        AttachedFile(name="a.png", media_type="image/png", content=b"x"),
        AttachedFile(name="b.pdf", media_type="application/pdf", content=b"x"),
    )
    content, places = fitted(invoice(attachments=files))

    assert (content.attachments, places) == (files[1:], ["/Invoice/AdditionalDocumentReference"])


# Findings


def test_one_warning_about_many_lines_is_said_once():
    lines = tuple(replace(LINE, position=at, item=Item(origin="FRA")) for at in range(1, 4))
    findings = gathered(left_out(invoice(lines=lines)))

    assert [finding.location for finding in findings] == [
        "/Invoice/InvoiceLine[1]/Item/OriginCountry/IdentificationCode",
        "/Invoice/InvoiceLine[2]/ID",
    ]
    assert findings[0].message.endswith("(3 times, here first.)")


@pytest.mark.parametrize(
    ("field", "place"),
    [
        ("number", "/CreditNote/ID"),
        ("lines[2].quantity", "/CreditNote/CreditNoteLine[2]/CreditedQuantity"),
        ("lines[2].discounts[1].code", "/CreditNote/CreditNoteLine[2]/AllowanceCharge/AllowanceChargeReasonCode"),
        ("details.type_code", "/CreditNote/CreditNoteTypeCode"),
        ("receiver.address.more", "/CreditNote/AccountingCustomerParty/Party/PostalAddress/AdditionalStreetName"),
        ("details.payee", "/CreditNote/PayeeParty"),
        ("what.nobody.knows", "/CreditNote"),
    ],
)
def test_places_are_those_of_the_source(field, place):
    assert place_in_source(field, DocumentFormat.UBL_2_1_CREDIT_NOTE) == place


@pytest.mark.parametrize(
    ("field", "place"),
    [
        ("number", "/Facturae/Invoices/Invoice/InvoiceHeader/InvoiceNumber"),
        ("lines[2].unit", "/Facturae/Invoices/Invoice/Items/InvoiceLine[2]/UnitOfMeasure"),
        ("issuer.address.town", "/Facturae/Parties/SellerParty/*/AddressInSpain"),
        ("details.settlement.subsidies[1].rate", "/Facturae/Invoices/Invoice/InvoiceTotals/Subsidies/Subsidy"),
        ("what.nobody.knows", "/Facturae"),
    ],
)
def test_places_of_a_facturae_are_its_own(field, place):
    assert place_in_source(field, DocumentFormat.FACTURAE_3_2) == place


@pytest.mark.parametrize(
    ("target", "place"),
    [
        ("/Facturae/Invoices/Invoice/InvoiceHeader/InvoiceNumber", "/Invoice/ID"),
        ("/Facturae/Invoices/Invoice/Items/InvoiceLine[3]/ItemDescription", "/Invoice/InvoiceLine[3]/Item/Name"),
        (
            "/Facturae/Parties/BuyerParty/TaxIdentification/TaxIdentificationNumber",
            "/Invoice/AccountingCustomerParty/Party/PartyTaxScheme/CompanyID",
        ),
        ("/Facturae/FileHeader/Batch/BatchIdentifier", "/Facturae/FileHeader/Batch/BatchIdentifier"),
    ],
)
def test_what_cannot_be_written_is_placed_where_the_source_says_it(target, place):
    assert target_in_source(target, DocumentFormat.UBL_2_1_INVOICE) == place
    assert target_in_source(target, DocumentFormat.FACTURAE_3_2_1) == target
