"""UBL invoices and credit notes: what a person reads in them is what is read here."""

from __future__ import annotations

import base64
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from tramesa.documents.reading import read_content, read_document
from tramesa.documents.report import Report
from tramesa.documents.ubl import codes, countries
from tramesa.documents.ubl.reading import extract, read_ubl
from tramesa.documents.ubl.turning import turned
from tramesa.documents.xml import open_document
from tramesa.models.domain.findings import Severity
from tramesa.models.domain.invoice import (
    Account,
    Address,
    Adjustment,
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
    InvoiceDocumentType,
    IssuerType,
    Item,
    ItemProperty,
    Line,
    LineTax,
    Note,
    Office,
    OfficeRole,
    Payment,
    PaymentOnAccount,
    Period,
    Reference,
    ReferenceKind,
    Registration,
    Settlement,
    SupportingDocument,
    TaxTotal,
    Totals,
)
from tramesa.tests.ubl_files import PDF, VALID, amount, as_credit_note, category, content_of, edited, errors_of

D = Decimal
OCTOBER = Period(start=date(2026, 10, 1), end=date(2026, 10, 31))

SELLER = DocumentParty(
    tax_id="B28015865",
    name="Llum i Força, SL",
    trade_name="Llum",
    address=Address(
        street="Carrer Nou, 1", post_code="17001", town="Girona", province="Girona", more=("Baixos", "Porta B")
    ),
    contact=Contact(person="Marta Puig", telephone="972000000", email="marta@example.org"),
    registration=Registration(other="Registre Mercantil de Girona"),
    identifiers=(Identifier(value="8400000000017", scheme="0088"),),
    legal_id=Identifier(value="GI-1234", scheme="0002"),
    electronic_address=Identifier(value="ESB28015865", scheme="9920"),
)
BUYER = DocumentParty(
    tax_id="Q2826000H",
    name="Agència",
    address=Address(street="Plaça Major", post_code="28001", town="Madrid", province=""),
    identifiers=(Identifier(value="8400000000024", scheme="0088"),),
    electronic_address=Identifier(value="ESQ2826000H", scheme="9920"),
)
LINE = Line(
    position=1,
    id="L1",
    description="Hores",
    quantity=D("10"),
    unit="HOUR",
    unit_code="HUR",
    unit_price=D("10.00"),
    gross=D("95.00"),
    discounts=(Adjustment(reason="Amic", amount=D("10.00"), rate=D("10"), base=D("100.00"), code="95"),),
    charges=(Adjustment(reason="Viatge", amount=D("5.00")),),
    taxes=(LineTax(type="IVA", rate=D("21"), base=D("95.00"), category="S"),),
    article_code="S-7",
    period=OCTOBER,
    references=(
        Reference(kind=ReferenceKind.ORDER_LINE, value="3"),
        Reference(kind=ReferenceKind.INVOICED_OBJECT, value="METER-2", scheme="AAA"),
        Reference(kind=ReferenceKind.BUYER_ACCOUNTING, value="4025"),
    ),
    information="Feina d'octubre",
    item=Item(
        detail="De dia",
        buyer_code="B-7",
        standard_code=Identifier(value="8400000000031", scheme="0160"),
        classifications=(Identifier(value="72000000", scheme="STI", version="2"),),
        origin="FRA",
        properties=(ItemProperty(name="Torn", value="Matí"),),
        gross_price=D("12.00"),
        price_discount=D("2.00"),
        base_quantity=D("1"),
        base_unit="HUR",
    ),
)
ALL = InvoiceContent(
    format=DocumentFormat.UBL_2_1_INVOICE,
    number="U-1",
    issue_date=date(2026, 11, 20),
    issuer=SELLER,
    receiver=BUYER,
    currency="EUR",
    totals=Totals(
        gross=D("95.00"),
        discounts=D("5.00"),
        charges=D("10.00"),
        taxable=D("100.00"),
        taxes=D("21.00"),
        withheld=D("0.00"),
        total=D("121.00"),
        payable=D("100.10"),
    ),
    taxes=(TaxTotal(type="IVA", rate=D("21"), base=D("100.00"), amount=D("21.00"), category="S"),),
    lines=(LINE,),
    payments=(
        Payment(
            due_date=date(2026, 12, 20),
            amount=D("100.10"),
            means="TRANSFER",
            means_code="58",
            means_text="Transferència",
            iban="ES9121000418450200051332",
            credited=Account(iban="ES9121000418450200051332", bic="CAIXESBB", holder="Llum"),
            reference="RF-1",
            creditor_id="ES24ZZZB28015865",
        ),
    ),
    details=Details(
        payee=DocumentParty(tax_id="", name="Factor, SA", identifiers=(Identifier(value="P-1"),)),
        delivery=Delivery(
            name="Magatzem",
            location=Identifier(value="8400000000048", scheme="0088"),
            day=date(2026, 10, 31),
            address=Address(street="Moll, 3", post_code="17230", town="Palamós", province=""),
        ),
        operation_date=date(2026, 11, 19),
        period=OCTOBER,
        references=(
            Reference(kind=ReferenceKind.BUYER_REFERENCE, value="EXP-9"),
            Reference(kind=ReferenceKind.BUYER_ACCOUNTING, value="6000"),
            Reference(kind=ReferenceKind.RECEIVER_ORDER, value="O-1"),
            Reference(kind=ReferenceKind.ISSUER_ORDER, value="SO-1"),
            Reference(kind=ReferenceKind.RECEIVER_CONTRACT, value="C-1"),
            Reference(kind=ReferenceKind.DELIVERY_NOTE, value="D-1"),
            Reference(kind=ReferenceKind.RECEIVING_ADVICE, value="R-1"),
            Reference(kind=ReferenceKind.TENDER, value="LOT-1"),
            Reference(kind=ReferenceKind.PROJECT, value="PR-1"),
            Reference(kind=ReferenceKind.INVOICED_OBJECT, value="METER-1", scheme="ABT"),
            Reference(kind=ReferenceKind.PRECEDING_INVOICE, value="U-0", day=date(2026, 11, 1)),
            Reference(kind=ReferenceKind.PRECEDING_INVOICE, value="T-9"),
        ),
        discounts=(Adjustment(reason="Volum", amount=D("5.00"), tax_category="S", tax_rate=D("21")),),
        charges=(Adjustment(reason="Ports", amount=D("10.00"), code="FC", tax_category="S", tax_rate=D("21")),),
        settlement=Settlement(on_account_total=D("21.00"), rounding=D("0.10")),
        notes=(Note(text="Gràcies", subject="ADU"),),
        payment_terms="Trenta dies",
        supporting_documents=(SupportingDocument(reference="A-2", url="https://example.org/a2"),),
        process="P1",
        specification="urn:cen.eu:en16931:2017",
        type_code="380",
    ),
    attachments=(
        AttachedFile(
            name="hores.pdf",
            media_type="application/pdf",
            content=PDF,
            description="Full d'hores",
            reference="A-1",
        ),
    ),
)


def test_everything_that_the_norm_can_say_is_read() -> None:
    result = read_document(edited())

    assert result.findings == ()
    assert result.content == ALL


def test_a_credit_note_reduces_what_is_owed() -> None:
    content = content_of(as_credit_note().encode())

    invoice = turned(ALL)
    details = replace(
        invoice.details,
        type_code="381",
        references=tuple(
            reference
            for reference in invoice.details.references
            if reference.kind is not ReferenceKind.PROJECT and reference.value != "U-0"
        ),
    )
    assert content == replace(
        invoice,
        format=DocumentFormat.UBL_2_1_CREDIT_NOTE,
        invoice_class=InvoiceClass.CORRECTIVE,
        corrects=Correction(reason_code="", reason="", method="", number="U-0", issue_date=date(2026, 11, 1)),
        payments=(replace(invoice.payments[0], due_date=date(2026, 11, 20), due_date_stated=False),),
        details=details,
    )
    assert (content.totals.payable, content.lines[0].quantity, content.lines[0].unit_price) == (
        D("-100.10"),
        D("-10"),
        D("10.00"),
    )
    assert content.payments[0].amount == D("-100.10")


def amounts_in(value: Any, path: str = "") -> dict[str, Decimal]:
    """Every decimal number in a content, by its path."""
    if isinstance(value, Decimal):
        return {path: value}
    if isinstance(value, tuple):
        parts = [amounts_in(part, f"{path}[{at}]") for at, part in enumerate(value)]
    elif is_dataclass(value):
        parts = [amounts_in(getattr(value, field.name), f"{path}.{field.name}") for field in fields(value)]
    else:
        parts = []
    return {name: number for part in parts for name, number in part.items()}


def test_turning_twice_is_nothing_and_once_changes_all_but_prices_and_rates() -> None:
    kept = ("rate", "unit_price", "gross_price", "price_discount", "base_quantity")

    once = amounts_in(turned(ALL))

    assert turned(turned(ALL)) == ALL
    assert once == {path: number if path.endswith(kept) else -number for path, number in amounts_in(ALL).items()}
    assert str(once[".totals.withheld"]) == "0.00"


@pytest.mark.parametrize(
    ("code", "type_", "class_", "issuer"),
    [
        ("380", "COMPLETE", "ORIGINAL", IssuerType.ISSUER),
        ("384", "COMPLETE", "CORRECTIVE", IssuerType.ISSUER),
        ("389", "SELF_BILLED", "ORIGINAL", IssuerType.RECEIVER),
        ("386", "COMPLETE", "ORIGINAL", IssuerType.ISSUER),
        ("326", "COMPLETE", "ORIGINAL", IssuerType.ISSUER),
        ("471", "SELF_BILLED", "CORRECTIVE", IssuerType.RECEIVER),
    ],
)
def test_the_type_code_says_what_kind_of_invoice_it_is(code: str, type_: str, class_: str, issuer: IssuerType) -> None:
    content = content_of(edited((">380<", f">{code}<")))

    assert (content.document_type, content.invoice_class) == (InvoiceDocumentType(type_), InvoiceClass(class_))
    assert (content.details.type_code, content.details.issuer_type) == (code, issuer)
    corrected = content.corrects.number if content.corrects else None
    assert corrected == ("U-0" if class_ == "CORRECTIVE" else None)


def test_an_invoice_of_negative_amounts_that_names_another_one_corrects_it() -> None:
    content = content_of(negative(VALID))

    assert content.invoice_class is InvoiceClass.CORRECTIVE
    assert content.totals.payable == D("-100.10")
    assert content.corrects == Correction(
        reason_code="", reason="", method="", number="U-0", issue_date=date(2026, 11, 1)
    )
    further = [r.value for r in content.details.references if r.kind is ReferenceKind.PRECEDING_INVOICE]
    assert further == ["T-9"]


def test_an_invoice_of_negative_amounts_alone_corrects_nothing() -> None:
    start, end = VALID.index("<cac:BillingReference>"), VALID.index("<cac:DespatchDocumentReference>")

    content = read_ubl(open_document(negative(VALID[:start] + VALID[end:])).root)

    assert (content.invoice_class, content.corrects) == (InvoiceClass.ORIGINAL, None)
    assert content.totals.payable == D("-100.10")


def negative(text: str) -> bytes:
    """With every amount but prices of the other sign, as Peppol corrects by invoice."""
    head, price = text.split("<cac:Price>")
    for before in ('currencyID="EUR">', 'unitCode="HUR">'):
        head = head.replace(before, f"{before}-")
    return f"{head}<cac:Price>{price}".encode()


@pytest.mark.parametrize(
    ("stated", "tax_id"),
    [
        ("ESB28015865", "B28015865"),
        ("B28015865", "B28015865"),
        ("esb28015865", "B28015865"),
        (" ESB28015865 ", "B28015865"),
    ],
)
def test_tax_ids_have_one_spelling(stated: str, tax_id: str) -> None:
    data = edited(("<cbc:CompanyID>ESB28015865<", f"<cbc:CompanyID>{stated}<"))

    content = read_ubl(open_document(data).root)

    assert content.issuer.tax_id == tax_id


VAT_NUMBER = (
    "<cac:PartyTaxScheme><cbc:CompanyID>ESQ2826000H</cbc:CompanyID>"
    "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>"
)
BUYERS_NAME = "<cbc:RegistrationName>Agència</cbc:RegistrationName>"


@pytest.mark.parametrize(
    ("changes", "tax_id"),
    [
        ([(BUYERS_NAME, f"{BUYERS_NAME}<cbc:CompanyID>Q2826000H</cbc:CompanyID>")], "Q2826000H"),
        ([("8400000000024", "Q2826000H")], "Q2826000H"),
        ([], "Q2826000H"),
        ([("ESQ2826000H", "8400000000024")], "8400000000024"),
    ],
)
def test_without_a_vat_number_the_next_best_number_identifies_a_party(
    changes: list[tuple[str, str]], tax_id: str
) -> None:
    content = read_ubl(open_document(edited((VAT_NUMBER, ""), *changes)).root)

    assert content.receiver.tax_id == tax_id


def test_the_vat_number_comes_before_the_number_of_another_tax() -> None:
    other = VAT_NUMBER.replace("ESQ2826000H", "LOCAL-1").replace("<cbc:ID>VAT<", "<cbc:ID>LOC<")

    receiver = read_ubl(open_document(edited((VAT_NUMBER, other + VAT_NUMBER))).root).receiver

    assert (receiver.tax_id, receiver.tax_registration) == ("Q2826000H", "LOCAL-1")


@pytest.mark.parametrize("words", ["Godkänd för F-skatt", "Foretaksregisteret"])
def test_words_in_the_place_of_a_number_identify_nobody(words: str) -> None:
    tax = "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>"
    stated = f"<cac:PartyTaxScheme><cbc:CompanyID>ESB28015865</cbc:CompanyID>{tax}"
    other = stated.replace("ESB28015865", words).replace(">VAT<", ">TAX<")
    number = ('<cbc:CompanyID schemeID="0002">GI-1234<', '<cbc:CompanyID schemeID="0002">B28015865<')

    found = read_ubl(open_document(edited((stated, other), number)).root).issuer

    assert (found.tax_id, found.tax_registration) == ("B28015865", words)


def test_tax_ids_of_other_countries_are_written_with_dots() -> None:
    country = "<cbc:PostalZone>28001</cbc:PostalZone>\n<cac:Country><cbc:IdentificationCode>"
    data = edited(
        (VAT_NUMBER, VAT_NUMBER.replace("ESQ2826000H", "NL8200.98.395.B.01")), (f"{country}ES", f"{country}NL")
    )

    content = content_of(data)

    assert (content.receiver.tax_id, content.receiver.residence) == ("NL820098395B01", "U")
    assert content.receiver.address is not None
    assert content.receiver.address.country_code == "NLD"


def test_a_natural_person_is_known_by_the_tax_id() -> None:
    name = "<cbc:FirstName>Joan</cbc:FirstName><cbc:FamilyName>Puig</cbc:FamilyName>"
    person = f"<cac:Person>{name}</cac:Person></cac:Party>"
    data = edited((VAT_NUMBER, VAT_NUMBER.replace("Q2826000H", "12345678Z")))
    at = data.rindex(b"</cac:Party>", 0, data.index(b"<cac:PayeeParty>"))
    data = data[:at] + person.encode() + data[at + len("</cac:Party>") :]

    receiver = read_ubl(open_document(data).root).receiver

    assert (receiver.person, receiver.tax_id, receiver.name) == (True, "12345678Z", "Agència")
    assert receiver.person_name is not None
    assert (receiver.person_name.given, receiver.person_name.surname) == ("Joan", "Puig")


def test_offices_are_identifiers_whose_scheme_says_their_role() -> None:
    office = '<cac:PartyIdentification><cbc:ID schemeID="{}">{}</cbc:ID></cac:PartyIdentification>'
    before = '<cac:PartyIdentification><cbc:ID schemeID="0088">8400000000024</cbc:ID></cac:PartyIdentification>'
    given = [("DIR3-OC", "L01081593"), ("Órgano gestor", "A09002970"), ("UT", "EA0000118"), ("DIR3", "U00000001")]
    data = edited((before, before + "".join(office.format(*each) for each in given)))

    content = read_ubl(open_document(data).root)

    assert content.offices == (
        Office(role=OfficeRole.ACCOUNTING_OFFICE, code="L01081593"),
        Office(role=OfficeRole.MANAGING_BODY, code="A09002970"),
        Office(role=OfficeRole.PROCESSING_UNIT, code="EA0000118"),
    )
    # Which office the last one is, nobody can tell.
    assert content.receiver.identifiers == (
        Identifier(value="8400000000024", scheme="0088"),
        Identifier(value="U00000001", scheme="DIR3"),
    )


def test_a_direct_debit_names_mandate_creditor_and_the_account_that_pays() -> None:
    start, end = VALID.index("<cac:PaymentMeans>"), VALID.index("<cac:PaymentTerms>")
    debit = """<cac:PaymentMeans><cbc:PaymentMeansCode>59</cbc:PaymentMeansCode><cac:PaymentMandate><cbc:ID>M-1</cbc:ID>
<cac:PayerFinancialAccount><cbc:ID>ES9121000418450200051332</cbc:ID></cac:PayerFinancialAccount></cac:PaymentMandate></cac:PaymentMeans>"""

    payments = content_of(edited((VALID[start:end], debit))).payments

    assert payments == (
        Payment(
            due_date=date(2026, 12, 20),
            amount=D("100.10"),
            means="DIRECT_DEBIT",
            means_code="59",
            iban="ES9121000418450200051332",
            debited=Account(iban="ES9121000418450200051332"),
            mandate="M-1",
            creditor_id="ES24ZZZB28015865",
        ),
    )


def test_several_means_are_ways_to_pay_one_sum() -> None:
    second = """<cac:PaymentMeans><cbc:PaymentMeansCode>48</cbc:PaymentMeansCode><cac:CardAccount>
<cbc:PrimaryAccountNumberID>1234</cbc:PrimaryAccountNumberID><cbc:NetworkID>VISA</cbc:NetworkID>
<cbc:HolderName>Agència</cbc:HolderName></cac:CardAccount></cac:PaymentMeans><cac:PaymentTerms>"""

    first, card = read_ubl(open_document(edited(("<cac:PaymentTerms>", second))).root).payments

    assert (first.means, first.amount) == ("TRANSFER", D("100.10"))
    assert card == Payment(
        due_date=date(2026, 12, 20),
        amount=D("0.00"),
        means="CARD",
        means_code="48",
        card_number="1234",
        card_holder="Agència",
        card_network="VISA",
    )


@pytest.mark.parametrize(("due", "payments"), [("<cbc:DueDate>2026-12-20</cbc:DueDate>", 1), ("", 0)])
def test_without_means_the_due_date_is_kept_where_there_is_one(due: str, payments: int) -> None:
    start, end = VALID.index("<cac:PaymentMeans>"), VALID.index("<cac:PaymentTerms>")
    data = edited((VALID[start:end], ""), ("<cbc:DueDate>2026-12-20</cbc:DueDate>", due))

    found = read_ubl(open_document(data).root).payments

    expected = Payment(due_date=date(2026, 12, 20), amount=D("100.10"), means="1", creditor_id="ES24ZZZB28015865")
    assert found == (expected,) * payments


def test_withholdings_of_spanish_use_are_taxes_that_the_receiver_keeps() -> None:
    held = f"""<cac:WithholdingTaxTotal>{amount("TaxAmount", "15.00")}<cac:TaxSubtotal>
{amount("TaxableAmount", "100.00")}{amount("TaxAmount", "15.00")}{category("S", "15", scheme="IRPF")}
</cac:TaxSubtotal></cac:WithholdingTaxTotal>
<cac:LegalMonetaryTotal>"""

    content = content_of(edited(("<cac:LegalMonetaryTotal>", held)))

    assert content.totals.withheld == D("15.00")
    assert content.taxes[1] == TaxTotal(
        type="IRPF", rate=D("15"), base=D("100.00"), amount=D("15.00"), withheld=True, category="S"
    )
    assert content.totals.payable == D("100.10")


def test_the_receiver_keeps_tax_of_a_line_too_where_the_document_says_so() -> None:
    held = f"""<cac:WithholdingTaxTotal>{amount("TaxAmount", "14.25")}<cac:TaxSubtotal>
{amount("TaxableAmount", "95.00")}{amount("TaxAmount", "14.25")}{category("S", "15", scheme="IRPF")}
</cac:TaxSubtotal></cac:WithholdingTaxTotal><cac:Item>"""

    content = content_of(edited(("<cac:Item>", held)))

    assert content.lines[0].taxes == (
        LINE.taxes[0],
        LineTax(type="IRPF", rate=D("15"), base=D("95.00"), amount=D("14.25"), withheld=True, category="S"),
    )


def test_what_was_paid_before_is_told_payment_by_payment() -> None:
    paid = f"<cac:PrepaidPayment>{amount('PaidAmount', '21.00')}<cbc:ReceivedDate>2026-10-05</cbc:ReceivedDate>"
    data = edited(("<cac:AllowanceCharge>", f"{paid}</cac:PrepaidPayment><cac:AllowanceCharge>"))

    settlement = content_of(data).details.settlement

    assert settlement.on_account == (PaymentOnAccount(amount=D("21.00"), day=date(2026, 10, 5)),)
    assert settlement.on_account_total == D("21.00")


def test_the_total_of_taxes_in_another_currency_is_not_added_up() -> None:
    second = f"<cac:TaxTotal>{amount('TaxAmount', '24.00', 'USD')}</cac:TaxTotal><cac:LegalMonetaryTotal>"
    currency = "</cbc:DocumentCurrencyCode>"
    data = edited(
        (currency, f"{currency}<cbc:TaxCurrencyCode>USD</cbc:TaxCurrencyCode>"), ("<cac:LegalMonetaryTotal>", second)
    )

    content = content_of(data)

    assert (content.totals.taxes, len(content.taxes)) == (D("21.00"), 1)
    assert content.details.tax_currency == "USD"
    assert content.details.settlement.taxes_in_tax_currency == D("24.00")


def test_nor_is_it_where_it_is_broken_down_as_outside_europe() -> None:
    share = f"<cac:TaxSubtotal>{amount('TaxAmount', '24.00', 'USD')}{category()}</cac:TaxSubtotal>"
    second = f"<cac:TaxTotal>{amount('TaxAmount', '24.00', 'USD')}{share}</cac:TaxTotal><cac:LegalMonetaryTotal>"

    content = read_content(edited(("<cac:LegalMonetaryTotal>", second)))

    assert (content.totals.taxes, [tax.amount for tax in content.taxes]) == (D("21.00"), [D("21.00")])


@pytest.mark.parametrize(("code", "type_"), [("S", "IVA"), ("L", "IGIC"), ("M", "IPSI"), ("E", "IVA")])
def test_the_category_says_which_tax_it_is(code: str, type_: str) -> None:
    data = VALID.replace("<cbc:ID>S</cbc:ID>", f"<cbc:ID>{code}</cbc:ID>").encode()

    content = read_ubl(open_document(data).root)

    assert (content.taxes[0].type, content.taxes[0].category) == (type_, code)
    assert (content.lines[0].taxes[0].type, content.lines[0].taxes[0].category) == (type_, code)


PARTY = "/Invoice/{}/Party"
DELIVERED_TO = "<cbc:PostalZone>17230</cbc:PostalZone>\n<cac:Country><cbc:IdentificationCode>"
NAMELESS = [("<cbc:Name>Hores</cbc:Name>", "<cbc:Name/>"), ("<cbc:Description>De dia</cbc:Description>", "")]


@pytest.mark.parametrize(
    ("changes", "rule", "location"),
    [
        ([("<cbc:ID>U-1<", "<cbc:ID> <")], "RCF03001", "/Invoice/ID"),
        ([("<cbc:ID>U-1<", f"<cbc:ID>{'9' * 201}<")], "RCF03001", "/Invoice/ID"),
        ([(">EUR</cbc:Document", ">eur</cbc:Document")], "RCF06004", "/Invoice/DocumentCurrencyCode"),
        (NAMELESS, "RCF09001", "/Invoice/InvoiceLine/Item/Name"),
        ([('"EUR">100.10<', '"EUR">100.101<')], "RCF06001", "/Invoice/LegalMonetaryTotal/PayableAmount"),
        (
            [("<cbc:CompanyID>ESB28015865<", "<cbc:CompanyID>B-28015865<")],
            "RCF05002",
            f"{PARTY.format('AccountingSupplierParty')}/PartyTaxScheme/CompanyID",
        ),
        ([(">Agència<", "><")], "RCF05005", PARTY.format("AccountingCustomerParty")),
        (
            [(f"{DELIVERED_TO}ES", f"{DELIVERED_TO}QQ")],
            "RCF05003",
            "/Invoice/Delivery/DeliveryLocation/Address/Country/IdentificationCode",
        ),
    ],
)
def test_each_rule_of_entry_is_told_with_its_place(changes: list[tuple[str, str]], rule: str, location: str) -> None:
    data = edited(*changes)

    result = read_document(data)

    found = [finding for finding in result.findings if finding.rule == rule]
    assert [(finding.location, finding.severity) for finding in found] == [(location, Severity.ERROR)]
    steps = [f"*[local-name()='{step}']" for step in location[1:].split("/")]
    [element] = etree.fromstring(data).xpath(f"/{'/'.join(steps)}")
    assert found[0].line == element.sourceline
    assert result.content is None


def test_an_invoice_of_tomorrow_is_refused() -> None:
    result = read_document(edited(), today=date(2026, 11, 19))

    assert [(f.rule, f.location, f.expected, f.found) for f in result.findings] == [
        ("RCF07001", "/Invoice/IssueDate", "at most 2026-11-19", "2026-11-20")
    ]
    assert read_document(edited(), today=date(2026, 11, 20)).content == ALL


def test_a_wrong_check_character_is_a_warning() -> None:
    result = read_document(edited(("<cbc:CompanyID>ESB28015865<", "<cbc:CompanyID>ESB28015866<")))

    assert [(f.rule, f.severity, f.found) for f in result.findings] == [("RCF05002", Severity.WARNING, "B28015866")]
    assert result.content is not None


def test_a_party_in_spain_must_have_a_tax_id_and_one_abroad_need_not() -> None:
    country = "<cbc:PostalZone>28001</cbc:PostalZone>\n<cac:Country><cbc:IdentificationCode>"
    bare = [
        (VAT_NUMBER, ""),
        ('<cac:PartyIdentification><cbc:ID schemeID="0088">8400000000024</cbc:ID></cac:PartyIdentification>', ""),
        ('<cbc:EndpointID schemeID="9920">ESQ2826000H</cbc:EndpointID>', ""),
    ]

    here = read_document(edited(*bare))
    abroad = read_document(edited(*bare, (f"{country}ES", f"{country}DE")))

    assert [(f.rule, f.severity) for f in here.findings] == [("RCF05002", Severity.ERROR)]
    assert [(f.rule, f.severity) for f in abroad.findings] == [("RCF05002", Severity.WARNING)]
    assert abroad.content is not None
    assert (abroad.content.receiver.tax_id, abroad.content.receiver.residence) == ("", "U")


def test_files_inside_that_are_not_what_they_say_are_kept_with_a_warning() -> None:
    result = read_document(edited(("hores.pdf", "hores.png")))

    assert [(f.rule, f.severity, f.location) for f in result.findings] == [
        (
            "TR0002",
            Severity.WARNING,
            "/Invoice/AdditionalDocumentReference[2]/Attachment/EmbeddedDocumentBinaryObject",
        )
    ]
    assert result.content is not None
    assert [file.name for file in result.content.attachments] == ["hores.png"]


@pytest.mark.parametrize(("data", "why"), [("", "it is empty"), ("%%%", "its data are not BASE64")])
def test_files_inside_that_cannot_be_opened_are_left_out(data: str, why: str) -> None:
    root = open_document(edited((base64.b64encode(PDF).decode(), data))).root
    report = Report()

    content = extract(root, report, None)

    assert content.attachments == ()
    assert [(f.rule, f.severity, f.message, f.found) for f in report.findings] == [
        ("TR0002", Severity.WARNING, f"The attachment cannot be opened and is left out: {why}.", "hores.pdf")
    ]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "_.._etc_passwd.pdf"),
        ("C:\\a.pdf", "C_a.pdf"),
        ("", "A-1.pdf"),
        ("x" * 300 + ".pdf", "x" * 180 + ".pdf"),
    ],
)
def test_names_of_files_inside_are_names_everywhere(name: str, kept: str) -> None:
    attribute = f' filename="{name}"' if name else ""

    content = read_ubl(open_document(edited((' filename="hores.pdf"', attribute))).root)

    assert [file.name for file in content.attachments] == [kept]


def test_notes_say_their_subject_or_not() -> None:
    data = edited(("#ADU#Gràcies", "Ordered #1#2"))

    assert content_of(data).details.notes == (Note(text="Ordered #1#2"),)


def test_extensions_are_kept_and_a_signature_is_told() -> None:
    other = '<x:Own xmlns:x="urn:example:own"><x:A>1</x:A></x:Own>'
    signature = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'
    extension = "<ext:UBLExtension><ext:ExtensionContent>{}</ext:ExtensionContent></ext:UBLExtension>"
    both = extension.format(other) + extension.format(f'<s:S xmlns:s="urn:example:s">{signature}</s:S>')
    block = f'<ext:UBLExtensions xmlns:ext="{codes.EXT}">{both}</ext:UBLExtensions><cbc:CustomizationID>'

    content = read_ubl(open_document(edited(("<cbc:CustomizationID>", block))).root)

    [kept] = content.details.file_extensions
    assert "<x:A>1</x:A>" in kept
    assert content.signed
    assert not ALL.signed


def test_prefixes_comments_cdata_and_white_space_change_nothing() -> None:
    text = (
        VALID.replace("cbc:", "b:")
        .replace("xmlns:cbc", "xmlns:b")
        .replace("U-1", "U<!-- no -->-1")
        .replace("Hores", "<![CDATA[Hores]]>")
        .replace(">2026-11-20<", ">\n 2026-11-20 <")
        .replace("<b:Name>Llum<", "<b:Name>\n  Llum  <")
    )

    assert content_of(text.encode()) == ALL


def test_a_document_in_an_envelope_or_an_old_encoding_says_the_same() -> None:
    header = "<StandardBusinessDocumentHeader/>"
    name = 'xmlns="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"'
    body = VALID.partition("?>\n")[2]
    wrapped = f"<StandardBusinessDocument {name}>{header}{body}</StandardBusinessDocument>"
    latin = VALID.replace("UTF-8", "ISO-8859-1").encode("latin-1")

    assert content_of(wrapped.encode()) == ALL
    assert content_of(latin) == ALL


def test_all_problems_are_told_at_once_and_reading_never_raises() -> None:
    result = read_document(f'<Invoice xmlns="{codes.INVOICE}"/>'.encode())

    rules = set(errors_of(result))
    assert {"HF08", "RCF03001", "RCF06004", "RCF07001"} <= rules
    assert result.content is None


def test_a_text_that_cannot_be_read_is_told_once() -> None:
    result = read_document(edited(('"EUR">100.10<', '"EUR">100,10<')))

    assert [(f.rule, f.location) for f in result.findings] == [("HF08", "/Invoice/LegalMonetaryTotal/PayableAmount")]


@pytest.mark.parametrize("name", ["Order", "invoice", "CreditNote"])
def test_other_documents_of_ubl_are_not_invoices(name: str) -> None:
    result = read_document(f'<{name} xmlns="{codes.INVOICE}"/>'.encode())

    assert [(f.rule, f.message) for f in result.findings] == [("HF08", "The document is of an unknown format.")]


def test_codes_lead_back_to_the_keys_that_have_one() -> None:
    lost = {"RECEIPT", "PROMISSORY_NOTE_NOT_TO_ORDER", "CASH_ON_DELIVERY", "DOCUMENTARY_CREDIT", "CONTRACT_AWARD"}
    lost |= {"REIMBURSEMENT", "TETRA_BRIK", "SIX_PACK"}
    there_and_back = {
        **{key: codes.MEANS_KEYS[code] for key, code in codes.MEANS_CODES.items()},
        **{key: codes.UNIT_KEYS[code] for key, code in codes.UNIT_CODES.items()},
    }

    assert {key for key, back in there_and_back.items() if key != back} == lost
    assert {countries.alpha_2_of(three) for three in countries.ALPHA_2} == set(countries.ALPHA_3)
    assert (len(countries.ALPHA_3), countries.alpha_3_of("ES"), countries.alpha_3_of("QQ")) == (249, "ESP", None)
