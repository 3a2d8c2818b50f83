"""Plain UBL: what the narrow schema takes, the whole schema and each rule take too, and it is read as any other."""

from __future__ import annotations

import re
from itertools import islice
from random import Random
from typing import Any

import pytest

from tramesa.documents.report import Report
from tramesa.documents.ubl.plain import ELEMENTS
from tramesa.documents.ubl.plain_schema import one_of
from tramesa.documents.ubl.reading import extract
from tramesa.documents.ubl.rules import own_findings
from tramesa.documents.ubl.rules_lists import codes_of
from tramesa.documents.ubl.rules_plain import is_plain, surely_keeps_all
from tramesa.documents.ubl.writing import compose_ubl
from tramesa.documents.xml import open_document
from tramesa.scripts.benchmarks.papers import content_of
from tramesa.tests.facturae_files import NO_SAMPLES
from tramesa.tests.ubl_broken import broken
from tramesa.tests.ubl_mutants import UBL_SAMPLES, is_valid, mutants, ubl_samples

needs_samples = pytest.mark.skipif(not UBL_SAMPLES.exists(), reason=NO_SAMPLES)

COMPOSED = re.sub(r">\s+<", "><", compose_ubl(content_of(12)).decode())
PERIOD = (
    "<cac:InvoicePeriod><cbc:StartDate>2026-02-01</cbc:StartDate><cbc:EndDate>2026-01-01</cbc:EndDate>"
    "</cac:InvoicePeriod>"
)
DISCOUNT = (
    "<cac:AllowanceCharge><cbc:ChargeIndicator>{}</cbc:ChargeIndicator><cbc:AllowanceChargeReasonCode>{}"
    '</cbc:AllowanceChargeReasonCode><cbc:Amount currencyID="EUR">0</cbc:Amount></cac:AllowanceCharge>'
)


def edited(old: str, new: str) -> Any:
    """A composed invoice, with one text of it replaced."""
    assert COMPOSED.count(old) > 0
    return open_document(COMPOSED.replace(old, new, 1).encode()).root


def samples() -> list[bytes]:
    return [path.read_bytes() for path in ubl_samples()]


def read(root: Any, *, plain: bool) -> tuple[Any, Any]:
    report = Report()
    content = extract(root, report, None, plain=plain)
    return content, report.findings


def test_what_we_write_is_plain() -> None:
    root = edited("a", "a")

    assert is_plain(root)
    assert surely_keeps_all(root, read(root, plain=True)[0])
    assert own_findings(root) == ()
    assert read(root, plain=True) == read(root, plain=False)


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ("<cac:Item>", f"{DISCOUNT.format('false', 'FC')}<cac:Item>", {"BR-CL-19"}),
        ("<cac:Item>", f"{DISCOUNT.format('true', '95')}<cac:Item>", {"BR-CL-20"}),
        ("ESB28015865</cbc:CompanyID>", "B28015865</cbc:CompanyID>", {"BR-CO-09"}),
        ("<cbc:DocumentCurrencyCode>", "<cbc:Note>#999#</cbc:Note><cbc:DocumentCurrencyCode>", {"BR-CL-08"}),
        ("<cac:AllowanceCharge>", f"{PERIOD}<cac:AllowanceCharge>", {"BR-30"}),
    ],
)
def test_what_a_plain_document_can_break_is_asked(old: str, new: str, rules: set[str]) -> None:
    root = edited(old, new)

    assert is_plain(root)
    assert {finding.rule for finding in own_findings(root, read(root, plain=True)[0])} == rules


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("LineExtensionAmount", {"BR-CO-10", "BR-CO-13"}),
        ("TaxExclusiveAmount", {"BR-CO-13", "BR-CO-15"}),
        ("TaxInclusiveAmount", {"BR-CO-15", "BR-CO-16"}),
        ("PayableAmount", {"BR-CO-16"}),
        ("TaxableAmount", {"BR-CO-17", "BR-S-08", "BR-S-09"}),
        ("TaxAmount", {"BR-CO-14", "BR-CO-17", "BR-S-09"}),
    ],
)
def test_a_sum_of_a_plain_document_that_is_wrong_is_found_with_its_place(name: str, rules: set[str]) -> None:
    last = COMPOSED.rindex(f"<cbc:{name} ", 0, COMPOSED.index("<cac:InvoiceLine>"))
    root = open_document((COMPOSED[:last] + COMPOSED[last:].replace('">', '">9', 1)).encode()).root
    content, _ = read(root, plain=True)

    assert is_plain(root)
    assert not surely_keeps_all(root, content)
    assert {finding.rule for finding in own_findings(root, content)} == rules


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (">21.00<", "> 21.00 <"),
        (">S<", ">O<"),
        ("</cbc:Percent><cac:TaxScheme><cbc:ID>VAT<", "</cbc:Percent><cac:TaxScheme><cbc:ID>GST<"),
        ('"EUR"', '"XXY"'),
        ('unitCode="C62"', 'unitCode="PIECE"'),
        ("<cac:Price>", "<cac:DeliveryTerms/><cac:Price>"),
        ("</cbc:PriceAmount>", "01234567890</cbc:PriceAmount>"),
    ],
)
def test_what_is_written_otherwise_is_not_plain(old: str, new: str) -> None:
    assert not is_plain(edited(old, new))


def test_a_name_of_spaces_that_only_unicode_knows_is_read_like_any_other() -> None:
    root = edited(">Subministrament de material fungible, comanda 2026/00000<", ">\u00a0<")

    assert is_plain(root)
    assert [finding.rule for finding in read(root, plain=True)[1]] == ["RCF09001"]
    assert read(root, plain=True) == read(root, plain=False)


def test_a_pattern_takes_just_its_codes() -> None:
    codes = codes_of("BR-CL-23") | codes_of("BR-CL-22") | {"application/pdf", ""}
    pattern = re.compile(one_of(codes))

    assert {code for code in codes if pattern.fullmatch(code)} == codes
    assert not any(
        pattern.fullmatch(f"{code}~") or pattern.fullmatch(code[:-1]) for code in codes if code[:-1] not in codes
    )


def test_every_kind_is_used() -> None:
    named = {
        match[1] or match[0]
        for row in ELEMENTS.values()
        for match in (re.match(r"\w+(?:=(\w+))?", item) for items in row.split() for item in items.split("|"))
        if match
    }

    assert ELEMENTS.keys() - named == {"Invoice", "CreditNote"}


@needs_samples
def test_most_of_what_programs_write_is_plain() -> None:
    found = [is_plain(open_document(data).root) for data in samples()]

    assert (sum(found), len(found)) == (48, 60)


@needs_samples
def test_a_plain_mutant_is_judged_and_read_as_any_other() -> None:
    plain = list(filter(is_plain, islice(mutants(Random(7), samples()), 400)))

    assert len(plain) > 150
    for root in plain:
        assert own_findings(root, read(root, plain=True)[0]) == own_findings(root)
        assert read(root, plain=True) == read(root, plain=False)


@needs_samples
def test_no_document_is_plain_that_the_schema_of_ubl_refuses() -> None:
    plain = list(filter(is_plain, islice(broken(Random(7), samples()), 1000)))

    assert len(plain) > 100
    assert all(map(is_valid, plain))
