"""The structure of Facturae: what is wrong, and where, in words."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from lxml import etree

from tramesa.documents.grammar.checking import check_structure
from tramesa.documents.grammar.formats import facturae_schema
from tramesa.models.domain.findings import Finding, Severity
from tramesa.tests.facturae_files import NAMESPACES, VALID, edited

DS = "http://www.w3.org/2000/09/xmldsig#"
HEADER = "/Facturae/Invoices/Invoice/InvoiceHeader"
LINE = "/Facturae/Invoices/Invoice/Items/InvoiceLine"
NUMBER = "<InvoiceNumber>F-1</InvoiceNumber>"
SERIES = "<InvoiceSeriesCode>2026A</InvoiceSeriesCode>"
ADDRESS = VALID[VALID.index("<AddressInSpain>") : VALID.index("</Individual>")]
BUYER = VALID[VALID.index("<LegalEntity>") : VALID.index("</BuyerParty>")]
END = "</fe:Facturae>"


def checked(*changes: tuple[str, str], version: str = "3.2.2", limit: int = 1000) -> tuple[Finding, ...]:
    root = etree.fromstring(edited(*changes, version=version))
    return check_structure(root, version, NAMESPACES[version], limit=limit)


def signature(inner: str, attributes: str = "") -> tuple[str, str]:
    return END, f'<ds:Signature xmlns:ds="{DS}" {attributes}>{inner}</ds:Signature>{END}'


SIGNED_INFO = """<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="urn:c"/><ds:SignatureMethod Algorithm="urn:s"/>
<ds:Reference URI=""><ds:DigestMethod Algorithm="urn:d"/><ds:DigestValue>TWFu</ds:DigestValue></ds:Reference>
</ds:SignedInfo>"""

CASES = [
    ((NUMBER, ""), f"{HEADER}/InvoiceNumber", "InvoiceNumber is missing; expected before InvoiceSeriesCode."),
    (
        ("<InvoiceClass>OO</InvoiceClass>", ""),
        f"{HEADER}/InvoiceClass",
        "InvoiceClass is missing; expected at the end of InvoiceHeader.",
    ),
    (
        (BUYER, ""),
        "/Facturae/Parties/BuyerParty/LegalEntity",
        "LegalEntity or Individual is missing; expected at the end of BuyerParty.",
    ),
    (
        ("</PaymentDetails>", "</PaymentDetails><AdditionalData><RelatedDocuments/></AdditionalData>"),
        "/Facturae/Invoices/Invoice/AdditionalData/RelatedDocuments/Attachment",
        "Attachment is missing; expected in RelatedDocuments.",
    ),
    (
        (f"{NUMBER}{SERIES}", f"{SERIES}{NUMBER}"),
        f"{HEADER}/InvoiceSeriesCode",
        "InvoiceSeriesCode stands too early; it belongs after InvoiceNumber.",
    ),
    (
        ("<InvoiceClass>OO</InvoiceClass>", f"<InvoiceClass>OO</InvoiceClass>{NUMBER}"),
        f"{HEADER}/InvoiceNumber[2]",
        "InvoiceNumber must not be repeated here.",
    ),
    (
        (
            "<TotalTaxesWithheld>13.50</TotalTaxesWithheld><InvoiceTotal>95.40</InvoiceTotal>",
            "<InvoiceTotal>95.40</InvoiceTotal>",
        ),
        "/Facturae/Invoices/Invoice/InvoiceTotals/TotalTaxesWithheld",
        "TotalTaxesWithheld is missing; expected before InvoiceTotal.",
    ),
    (
        (NUMBER, f"{NUMBER}<Number>F-1</Number>"),
        f"{HEADER}/Number",
        "Number does not belong in InvoiceHeader.",
    ),
    (
        (NUMBER, "<invoiceNumber>F-1</invoiceNumber>"),
        f"{HEADER}/invoiceNumber",
        "invoiceNumber is written wrongly; its name is InvoiceNumber.",
    ),
    (
        (NUMBER, "<fe:InvoiceNumber>F-1</fe:InvoiceNumber>"),
        f"{HEADER}/fe:InvoiceNumber",
        "fe:InvoiceNumber is in the wrong namespace; it must be in no namespace.",
    ),
    (
        (NUMBER, '<InvoiceNumber xmlns="urn:x">F-1</InvoiceNumber>'),
        f"{HEADER}/InvoiceNumber",
        "InvoiceNumber is in the wrong namespace; it must be in no namespace.",
    ),
    (
        (NUMBER, f"<InvoiceNumber>{'9' * 21}</InvoiceNumber>"),
        f"{HEADER}/InvoiceNumber",
        "InvoiceNumber is too long (21 characters).",
    ),
    (
        ("<IBAN>ES91 2100 0418 4502 0005 1332</IBAN>", "<IBAN>ES91</IBAN>"),
        "/Facturae/Invoices/Invoice/PaymentDetails/Installment/AccountToBeCredited/IBAN",
        "IBAN is too short (4 characters).",
    ),
    (
        ("<UnitOfMeasure>02<", "<UnitOfMeasure>99<"),
        f"{LINE}/UnitOfMeasure",
        "UnitOfMeasure is not one of the codes that are accepted.",
    ),
    (
        ("<Quantity>2<", "<Quantity>2,5<"),
        f"{LINE}/Quantity",
        "Quantity is not a number such as 2 or 2.5.",
    ),
    (
        ("<TotalCost>100.00<", "<TotalCost>100.123456789<"),
        f"{LINE}/TotalCost",
        "TotalCost is not a number with at most eight decimals, such as 12.50.",
    ),
    (
        ("<IssueDate>2026-11-20<", "<IssueDate>2026-11-31<"),
        "/Facturae/Invoices/Invoice/InvoiceIssueData/IssueDate",
        "IssueDate is not a date such as 2026-11-21.",
    ),
    (
        ("<IssueDate>2026-11-20<", "<IssueDate><"),
        "/Facturae/Invoices/Invoice/InvoiceIssueData/IssueDate",
        "IssueDate is empty.",
    ),
    (
        ("<PostCode>08001<", "<PostCode>8001<"),
        "/Facturae/Parties/SellerParty/Individual/AddressInSpain/PostCode",
        "PostCode is not five digits.",
    ),
    (
        (NUMBER, f"number:{NUMBER}"),
        HEADER,
        "InvoiceHeader must hold elements only, no text.",
    ),
    (
        (NUMBER, "<InvoiceNumber>F-1<b/></InvoiceNumber>"),
        f"{HEADER}/InvoiceNumber",
        "InvoiceNumber must hold text only, no elements.",
    ),
    (
        (NUMBER, '<InvoiceNumber id="1">F-1</InvoiceNumber>'),
        f"{HEADER}/InvoiceNumber/@id",
        "InvoiceNumber cannot have the attribute id.",
    ),
    (
        (END, f'<Extensions><x:a xmlns:x="urn:x"/></Extensions>{END}'),
        "/Facturae/Extensions/x:a",
        "x:a is of a format that is not accepted here.",
    ),
    (
        (BUYER, f"{BUYER}<Individual><Name>a</Name><FirstSurname>b</FirstSurname>{ADDRESS}</Individual>"),
        "/Facturae/Parties/BuyerParty/Individual",
        "Individual cannot stand here in BuyerParty, beside what precedes it.",
    ),
    (
        signature(SIGNED_INFO),
        "/Facturae/ds:Signature/ds:SignatureValue",
        "ds:SignatureValue is missing; expected at the end of ds:Signature.",
    ),
]


@pytest.mark.parametrize(("change", "location", "message"), CASES, ids=[case[2] for case in CASES])
def test_one_mistake_is_one_finding_where_it_was_made(change: tuple[str, str], location: str, message: str) -> None:
    findings = checked(change)

    assert [(finding.location, finding.message) for finding in findings] == [(location, message)]
    assert (findings[0].rule, findings[0].severity) == ("HF08", Severity.ERROR)


def test_a_document_as_it_should_be_has_no_findings() -> None:
    assert checked() == ()


def test_everything_that_an_empty_line_lacks_is_named_in_order() -> None:
    findings = checked(("</InvoiceLine>", "</InvoiceLine><InvoiceLine/>"))

    names = ["ItemDescription", "Quantity", "UnitPriceWithoutTax", "TotalCost", "GrossAmount", "TaxesOutputs"]
    assert [finding.location for finding in findings] == [f"{LINE}[2]/{name}" for name in names]


def test_problems_come_all_and_in_the_order_of_the_document_with_their_lines() -> None:
    findings = checked((NUMBER, ""), ("ESP", "ES"), ("<Quantity>2<", "<Quantity>two<"))

    rows = [(finding.line, finding.location, finding.expected, finding.found) for finding in findings]
    assert rows == [
        (
            14,
            "/Facturae/Parties/SellerParty/Individual/AddressInSpain/CountryCode",
            "a country code of three letters (ISO 3166-1), such as ESP",
            "ES",
        ),
        (33, f"{HEADER}/InvoiceNumber", "InvoiceNumber", None),
        (45, f"{LINE}/Quantity", "a number such as 2 or 2.5", "two"),
    ]


def test_no_more_problems_are_listed_than_were_asked_for() -> None:
    assert len(checked(("</InvoiceLine>", "</InvoiceLine>" + "<InvoiceLine/>" * 50), limit=7)) == 7


def test_the_schema_is_made_once_for_all_threads() -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: facturae_schema("3.2.1", NAMESPACES["3.2.1"]), range(64)))

    assert len({id(schema) for schema in made}) == 1


def test_a_root_element_of_another_name_is_told() -> None:
    data = edited().replace(b"fe:Facturae", b"fe:Invoice")

    (finding,) = check_structure(etree.fromstring(data), "3.2.2", NAMESPACES["3.2.2"])

    assert (finding.location, finding.message) == ("/Invoice", "The root element is not Facturae.")
    assert finding.expected == f"{{{NAMESPACES['3.2.2']}}}Facturae"


@pytest.mark.parametrize("lines", [1, 400])
def test_big_documents_are_checked_as_small_ones_are(lines: int) -> None:
    line = VALID[VALID.index("<InvoiceLine>") : VALID.index("</Items>")]
    wrong = line.replace("<Quantity>2<", "<Quantity>two<")

    assert checked(("</Items>", line * lines + "</Items>")) == ()
    (finding,) = checked(("</Items>", line * lines + wrong + "</Items>"))

    assert finding.location == f"{LINE}[{lines + 2}]/Quantity"


@pytest.mark.parametrize("lines", [1, 400])
def test_two_elements_of_a_signature_cannot_have_one_id(lines: int) -> None:
    line = VALID[VALID.index("<InvoiceLine>") : VALID.index("</Items>")]
    twins = '<ds:SignatureValue Id="a">TWFu</ds:SignatureValue><ds:KeyInfo Id="a"><ds:KeyName/></ds:KeyInfo>'

    (finding,) = checked(("</Items>", line * lines + "</Items>"), signature(SIGNED_INFO + twins))

    assert finding.location == "/Facturae/ds:Signature/ds:KeyInfo/@Id"
