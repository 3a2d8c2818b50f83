"""The structure of UBL: the verdict of the official schema, every problem in words and with its place."""

from __future__ import annotations

import time
from functools import cache
from random import Random
from typing import Any

import pytest
from lxml import etree

from tramesa.documents.ubl.codes import CBC, EXT, INVOICE
from tramesa.documents.ubl.schema import compiled, table
from tramesa.documents.ubl.structure import check_structure
from tramesa.documents.ubl.walking import Spot, Walk
from tramesa.documents.xml import open_document
from tramesa.tests.facturae_files import NO_SAMPLES, SAMPLES
from tramesa.tests.ubl_broken import broken
from tramesa.tests.ubl_files import VALID, as_credit_note, edited
from tramesa.tests.ubl_mutants import ubl_samples

Element = Any

XSD = SAMPLES / "xsd" / "ubl-2.1" / "maindoc"
MUTANTS = 3000

needs_schemas = pytest.mark.skipif(not XSD.exists(), reason=NO_SAMPLES)


@cache
def official(name: str) -> etree.XMLSchema:
    """The schema as OASIS publishes it."""
    return etree.XMLSchema(file=str(XSD / f"UBL-{name}-2.1.xsd"))


def root_of(data: bytes) -> Element:
    root = open_document(data).root
    assert root is not None
    return root


def told(data: bytes) -> list[tuple[str, str | None, str | None, str | None]]:
    return [(f.message, f.location, f.expected, f.found) for f in check_structure(root_of(data))]


def walked(root: Element) -> bool:
    """Whether our own words find nothing to say."""
    namespace = etree.QName(root).namespace
    return not list(Walk(table(namespace), compiled(namespace)).element(root, Spot(root, None)))


def trimmed(root: Element) -> Element:
    """Without white space around dates and times, where libxml2 is stricter than XML Schema."""
    for leaf in root.iter(etree.Element):
        if not len(leaf) and leaf.text and etree.QName(leaf).localname.endswith(("Date", "Time")):
            leaf.text = leaf.text.strip()
    return root


def test_good_documents_have_the_right_structure() -> None:
    assert check_structure(root_of(edited())) == ()
    assert check_structure(root_of(as_credit_note().encode())) == ()


@needs_schemas
def test_the_samples_get_the_official_verdict() -> None:
    for path in ubl_samples():
        root = root_of(path.read_bytes())
        assert official(etree.QName(root).localname).validate(root) is (check_structure(root) == ()), path


@needs_schemas
def test_mutants_get_the_official_verdict_and_words_for_it() -> None:
    documents = [path.read_bytes() for path in ubl_samples() if path.stat().st_size < 6_000]
    verdicts = {True: 0, False: 0}
    for _, root in zip(range(MUTANTS), broken(Random(31), documents), strict=False):
        verdict = official(etree.QName(root).localname).validate(trimmed(root))
        findings = check_structure(root)
        assert verdict is (findings == ()), etree.tostring(root)
        verdicts[verdict] += 1
        assert all(finding.rule == "HF08" and finding.location and finding.line for finding in findings)

    assert verdicts == {True: 892, False: 2108}


@needs_schemas
def test_the_words_alone_know_what_the_schema_knows() -> None:
    documents = [path.read_bytes() for path in ubl_samples() if path.stat().st_size < 6_000]
    for _, root in zip(range(500), broken(Random(32), documents), strict=False):
        if root.find(f"{{{EXT}}}UBLExtensions") is not None:
            continue
        verdict = official(etree.QName(root).localname).validate(trimmed(root))

        assert walked(root) is verdict, etree.tostring(root)


LINE = "/Invoice/InvoiceLine"
ITEM = (
    "Description, PackQuantity, PackSizeNumeric, CatalogueIndicator, Name, HazardousRiskIndicator, "
    "AdditionalInformation, Keyword, …"
)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (
            [("<cbc:ID>U-1</cbc:ID>", "")],
            ("ID is missing in Invoice.", "/Invoice/ID", "ID", None),
        ),
        (
            [("<cbc:ID>U-1</cbc:ID>", "<cbc:ID>U-1</cbc:ID><cbc:ID>U-2</cbc:ID>")],
            ("ID stands here more than once.", "/Invoice/ID[2]", "one ID", None),
        ),
        (
            [("<cbc:ID>U-1</cbc:ID>", ""), ("<cbc:DueDate>", "<cbc:ID>U-1</cbc:ID><cbc:DueDate>")],
            ("ID stands too late: it belongs before IssueDate.", "/Invoice/ID", "ID before IssueDate", None),
        ),
        (
            [("<cbc:Name>Hores</cbc:Name>", "<cbc:Nom>Hores</cbc:Nom>")],
            (
                "Nom does not belong in Item.",
                f"{LINE}/Item/Nom",
                ITEM,
                "Nom",
            ),
        ),
        (
            [("<cbc:ID>L1</cbc:ID>", '<x:ID xmlns:x="urn:example:x">L1</x:ID><cbc:ID>L1</cbc:ID>')],
            ("ID is of another namespace than the one of UBL.", f"{LINE}/ID[1]", CBC, "urn:example:x"),
        ),
        (
            [('"EUR">100.10<', '"EUR">100,10<')],
            (
                "PayableAmount is not a number such as 12.50.",
                "/Invoice/LegalMonetaryTotal/PayableAmount",
                "a number such as 12.50",
                "100,10",
            ),
        ),
        (
            [("2026-12-20", "20/12/2026")],
            (
                "DueDate is not a date such as 2026-11-21.",
                "/Invoice/DueDate",
                "a date such as 2026-11-21",
                "20/12/2026",
            ),
        ),
        (
            [("<cbc:ChargeIndicator>true<", "<cbc:ChargeIndicator>yes<")],
            (
                "ChargeIndicator is not true or false.",
                "/Invoice/AllowanceCharge[2]/ChargeIndicator",
                "true or false",
                "yes",
            ),
        ),
        (
            [('<cbc:PayableAmount currencyID="EUR">', "<cbc:PayableAmount>")],
            (
                "PayableAmount must have the attribute currencyID.",
                "/Invoice/LegalMonetaryTotal/PayableAmount",
                "currencyID",
                None,
            ),
        ),
        (
            [("<cbc:IssueDate>", '<cbc:IssueDate lang="ca">')],
            ("IssueDate has no attribute lang.", "/Invoice/IssueDate", None, "lang"),
        ),
        (
            [("<cbc:ID>U-1</cbc:ID>", "<cbc:ID><b>U-1</b></cbc:ID>")],
            ("ID holds a text only, no elements.", "/Invoice/ID", "a text", "b"),
        ),
        (
            [("<cac:PaymentTerms>", "<cac:PaymentTerms>soon")],
            ("There is text where only elements may stand.", "/Invoice/PaymentTerms", None, "soon"),
        ),
    ],
)
def test_each_problem_is_told_in_words_with_its_place(
    changes: list[tuple[str, str]], problem: tuple[str, str, str | None, str | None]
) -> None:
    # Where a name is not known, the one that is missing for it is told as well.
    assert told(edited(*changes))[0] == problem


def test_every_problem_is_told_with_its_line() -> None:
    data = edited(("2026-11-20", "x"), ('"EUR">100.10<', '"EUR">y<'), ('HUR">10<', 'HUR">z<'))

    findings = check_structure(root_of(data))

    lines = data.decode().split("\n")
    assert [finding.found for finding in findings] == ["x", "y", "z"]
    assert all(f">{finding.found}<" in lines[(finding.line or 0) - 1] for finding in findings)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('<x:Own xmlns:x="urn:example:own"><x:A/></x:Own>', []),
        ("", ["An extension holds just one element, of a namespace of its own."]),
        ("<Own/>", ["An extension holds just one element, of a namespace of its own."]),
        (f'<b:ID xmlns:b="{CBC}"/>', []),
        (
            f'<b:IssueDate xmlns:b="{CBC}">x</b:IssueDate>',
            ["The content of the extension is not what its schema allows."],
        ),
    ],
)
def test_extensions_are_of_others_but_what_the_schema_knows_is_checked(content: str, expected: list[str]) -> None:
    extension = f"<e:UBLExtension><e:ExtensionContent>{content}</e:ExtensionContent></e:UBLExtension>"
    block = f'<e:UBLExtensions xmlns:e="{EXT}">{extension}</e:UBLExtensions><cbc:CustomizationID>'
    data = VALID.replace("<cbc:CustomizationID>", block, 1).replace(f' xmlns="{INVOICE}"', f' xmlns:i="{INVOICE}"')
    data = data.replace("<Invoice ", "<i:Invoice ").replace("</Invoice>", "</i:Invoice>")

    assert [message for message, *_ in told(data.encode())] == expected


def test_white_space_around_a_date_is_nothing() -> None:
    assert check_structure(root_of(edited(("2026-11-20", "\n  2026-11-20 ")))) == ()


def big(lines: int, *changes: tuple[str, str]) -> bytes:
    """The valid document with its line many times over; the changes are made in the last one."""
    start = VALID.index("<cac:InvoiceLine>")
    end = VALID.index("</cac:InvoiceLine>") + len("</cac:InvoiceLine>")
    line = VALID[start:end]
    last = line
    for old, new in changes:
        assert old in last
        last = last.replace(old, new, 1)
    return (VALID[:start] + line * (lines - 1) + last + VALID[end:]).encode()


def test_big_documents_are_checked_as_small_ones() -> None:
    assert check_structure(root_of(big(300))) == ()
    assert told(big(300, ('HUR">10<', 'HUR">ten<'))) == [
        (
            "InvoicedQuantity is not a number such as 12.50.",
            "/Invoice/InvoiceLine[300]/InvoicedQuantity",
            "a number such as 12.50",
            "ten",
        )
    ]


def test_a_document_of_nothing_but_problems_takes_no_longer() -> None:
    data = VALID.replace("<cbc:DueDate>", "<cbc:Oops/>" * 100_000 + "<cbc:DueDate>", 1).encode()
    root = root_of(data)

    start = time.process_time()
    findings = check_structure(root, limit=50)

    assert [finding.location for finding in findings] == [f"/Invoice/Oops[{at}]" for at in range(1, 51)]
    # Counting the siblings before each, as libxml2 does, would take minutes.
    assert time.process_time() - start < 5
