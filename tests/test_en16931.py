"""The rules of EN 16931: the official ones in their worker, ours, and that both say the same."""

import os
import subprocess
import sys
import threading
from importlib import resources
from pathlib import Path
from random import Random
from time import monotonic, sleep

import pytest
from lxml import etree

from tramesa.documents.ubl import en16931, rules
from tramesa.documents.ubl.codes import EXT
from tramesa.documents.ubl.en16931 import STYLESHEET, Worker, official_findings
from tramesa.documents.ubl.rules import NOT_RUN, OWN_RULES, check_rules, own_findings
from tramesa.documents.ubl.rules_lists import LIST_RULES, lists
from tramesa.documents.xml import open_document
from tramesa.models.domain.findings import Finding, Severity
from tramesa.tests.facturae_files import NO_SAMPLES
from tramesa.tests.ubl_hunting import verdicts
from tramesa.tests.ubl_mutants import UBL_SAMPLES, is_valid, mutants, ubl_samples

needs_samples = pytest.mark.skipif(not UBL_SAMPLES.exists(), reason=NO_SAMPLES)

INVOICE = """<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<b:CustomizationID>urn:cen.eu:en16931:2017</b:CustomizationID>
<b:ID>2026A/F-1</b:ID>
<b:IssueDate>2026-11-20</b:IssueDate>
<b:InvoiceTypeCode>380</b:InvoiceTypeCode>
<b:DocumentCurrencyCode>EUR</b:DocumentCurrencyCode>
<a:AccountingSupplierParty><a:Party>
<a:PostalAddress><a:Country><b:IdentificationCode>ES</b:IdentificationCode></a:Country></a:PostalAddress>
<a:PartyTaxScheme><b:CompanyID>ESB28015865</b:CompanyID><a:TaxScheme><b:ID>VAT</b:ID></a:TaxScheme></a:PartyTaxScheme>
<a:PartyLegalEntity><b:RegistrationName>Emissora SL</b:RegistrationName></a:PartyLegalEntity>
</a:Party></a:AccountingSupplierParty>
<a:AccountingCustomerParty><a:Party>
<a:PostalAddress><a:Country><b:IdentificationCode>ES</b:IdentificationCode></a:Country></a:PostalAddress>
<a:PartyLegalEntity><b:RegistrationName>Ajuntament</b:RegistrationName></a:PartyLegalEntity>
</a:Party></a:AccountingCustomerParty>
<a:AllowanceCharge><b:ChargeIndicator>false</b:ChargeIndicator><b:AllowanceChargeReason>Amic</b:AllowanceChargeReason>
<b:Amount currencyID="EUR">10.00</b:Amount><a:TaxCategory><b:ID>S</b:ID><b:Percent>21</b:Percent>
<a:TaxScheme><b:ID>VAT</b:ID></a:TaxScheme></a:TaxCategory></a:AllowanceCharge>
<a:TaxTotal><b:TaxAmount currencyID="EUR">18.90</b:TaxAmount>
<a:TaxSubtotal><b:TaxableAmount currencyID="EUR">90.00</b:TaxableAmount>
<b:TaxAmount currencyID="EUR">18.90</b:TaxAmount>
<a:TaxCategory><b:ID>S</b:ID><b:Percent>21</b:Percent><a:TaxScheme><b:ID>VAT</b:ID></a:TaxScheme></a:TaxCategory>
</a:TaxSubtotal></a:TaxTotal>
<a:LegalMonetaryTotal><b:LineExtensionAmount currencyID="EUR">100.00</b:LineExtensionAmount>
<b:TaxExclusiveAmount currencyID="EUR">90.00</b:TaxExclusiveAmount>
<b:TaxInclusiveAmount currencyID="EUR">108.90</b:TaxInclusiveAmount>
<b:AllowanceTotalAmount currencyID="EUR">10.00</b:AllowanceTotalAmount>
<b:PayableAmount currencyID="EUR">108.90</b:PayableAmount></a:LegalMonetaryTotal>
<a:InvoiceLine><b:ID>1</b:ID><b:InvoicedQuantity unitCode="HUR">1</b:InvoicedQuantity>
<b:LineExtensionAmount currencyID="EUR">40.00</b:LineExtensionAmount>
<a:Item><b:Name>Hores</b:Name><a:ClassifiedTaxCategory><b:ID>S</b:ID><b:Percent>21</b:Percent>
<a:TaxScheme><b:ID>VAT</b:ID></a:TaxScheme></a:ClassifiedTaxCategory></a:Item>
<a:Price><b:PriceAmount currencyID="EUR">40.00</b:PriceAmount></a:Price></a:InvoiceLine>
<a:InvoiceLine><b:ID>2</b:ID><b:InvoicedQuantity unitCode="HUR">2</b:InvoicedQuantity>
<b:LineExtensionAmount currencyID="EUR">60.00</b:LineExtensionAmount>
<a:Item><b:Name>Més hores</b:Name><a:ClassifiedTaxCategory><b:ID>S</b:ID><b:Percent>21</b:Percent>
<a:TaxScheme><b:ID>VAT</b:ID></a:TaxScheme></a:ClassifiedTaxCategory></a:Item>
<a:Price><b:PriceAmount currencyID="EUR">30.00</b:PriceAmount></a:Price></a:InvoiceLine>
</Invoice>"""

WRONG_SUM = ("60.00</b:LineExtensionAmount>", "61.00</b:LineExtensionAmount>")


def opened(*changes: tuple[str, str]):
    text = INVOICE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    root = open_document(text.encode()).root
    assert is_valid(root)
    return root


def errors(findings: tuple[Finding, ...]) -> list[tuple[str, str | None]]:
    return [(finding.rule, finding.location) for finding in findings if finding.severity is Severity.ERROR]


def test_a_good_invoice_breaks_no_rule() -> None:
    root = opened()

    assert own_findings(root) == ()
    assert official_findings(root) == ()


def test_an_official_finding_has_its_rule_place_and_line() -> None:
    root = opened(WRONG_SUM)

    found = official_findings(root)

    assert found is not None
    assert [(finding.rule, finding.severity, finding.location, finding.line) for finding in found] == [
        ("BR-S-08", Severity.ERROR, "/Invoice/TaxTotal/TaxSubtotal/TaxCategory", 24),
        ("BR-CO-10", Severity.ERROR, "/Invoice/LegalMonetaryTotal", 26),
    ]
    assert found[1].message == "Sum of Invoice line net amount (BT-106) = Σ Invoice line net amount (BT-131)."


def test_what_is_not_fatal_is_a_warning() -> None:
    root = opened(("<b:InvoiceTypeCode>", "<b:IssueTime>10:00:00</b:IssueTime><b:InvoiceTypeCode>"))

    found = official_findings(root)

    assert found is not None
    assert [(finding.rule, finding.severity) for finding in found] == [("UBL-CR-006", Severity.WARNING)]
    assert own_findings(root) == ()


def test_ours_say_what_was_expected() -> None:
    found = own_findings(opened(WRONG_SUM))

    assert found[0] == Finding(
        rule="BR-CO-10",
        message="The sum of the lines (BT-106) is not what the lines add up to.",
        location="/Invoice/LegalMonetaryTotal/LineExtensionAmount",
        line=26,
        expected="101.00",
        found="100.00",
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("<b:ID>2026A/F-1</b:ID>", "<b:ID> </b:ID>"), [("BR-02", "/Invoice")]),
        # Officially, the base of a rate may also be what its discounts and charges come to without any line.
        (
            ("90.00</b:TaxableAmount>", "-10.00</b:TaxableAmount>"),
            [
                ("BR-CO-17", "/Invoice/TaxTotal/TaxSubtotal/TaxAmount"),
                ("BR-S-09", "/Invoice/TaxTotal/TaxSubtotal"),
            ],
        ),
        (
            ("<b:Name>Més hores</b:Name>", ""),
            [("BR-25", "/Invoice/InvoiceLine[2]")],
        ),
        (
            ('<b:PriceAmount currencyID="EUR">30.00', '<b:PriceAmount currencyID="EUR">-30.00'),
            [("BR-27", "/Invoice/InvoiceLine[2]")],
        ),
        (
            ('EUR">18.90</b:TaxAmount>\n<a', 'EUR">18.91</b:TaxAmount>\n<a'),
            [
                ("BR-CO-15", "/Invoice/LegalMonetaryTotal/TaxInclusiveAmount"),
                ("BR-CO-14", "/Invoice/TaxTotal/TaxAmount"),
            ],
        ),
        (("108.90</b:PayableAmount>", "108.91</b:PayableAmount>"), [("BR-CO-16", "/Invoice/LegalMonetaryTotal")]),
        (
            ("10.00</b:Amount>", "10.000</b:Amount>"),
            [("BR-DEC-01", "/Invoice/AllowanceCharge/Amount"), ("UBL-DT-01", "/Invoice/AllowanceCharge/Amount")],
        ),
        (
            ("<b:AllowanceChargeReason>Amic</b:AllowanceChargeReason>", ""),
            [("BR-33", "/Invoice/AllowanceCharge"), ("BR-CO-21", "/Invoice/AllowanceCharge")],
        ),
        (
            ("<b:IdentificationCode>ES", "<b:IdentificationCode>XX"),
            [("BR-CL-14", "/Invoice/AccountingSupplierParty/Party/PostalAddress/Country/IdentificationCode")],
        ),
        (('unitCode="HUR"', 'unitCode="HRS"'), [("BR-CL-23", "/Invoice/InvoiceLine[1]/InvoicedQuantity")]),
        (
            ("<b:DocumentCurrencyCode>", "<b:Note>#QQQ#Text</b:Note><b:DocumentCurrencyCode>"),
            [("BR-CL-08", "/Invoice/Note")],
        ),
        (
            ("<b:CompanyID>ESB", "<b:CompanyID>esB"),
            [("BR-CO-09", "/Invoice/AccountingSupplierParty/Party/PartyTaxScheme")],
        ),
        (
            ("<b:DocumentCurrencyCode>EUR", "<b:DocumentCurrencyCode>XXY"),
            [("BR-CL-04", "/Invoice/DocumentCurrencyCode"), ("BR-CO-15", "/Invoice")],
        ),
        (
            (
                "<b:ID>S</b:ID><b:Percent>21</b:Percent><a:TaxScheme>",
                "<b:ID>E</b:ID><b:Percent>21</b:Percent><a:TaxScheme>",
            ),
            [
                ("BR-S-01", "/Invoice"),
                ("BR-E-08", "/Invoice/TaxTotal/TaxSubtotal"),
                ("BR-E-09", "/Invoice/TaxTotal/TaxSubtotal"),
                ("BR-E-10", "/Invoice/TaxTotal/TaxSubtotal/TaxCategory"),
            ],
        ),
    ],
)
def test_each_kind_of_rule(change: tuple[str, str], expected: list[tuple[str, str]]) -> None:
    root = opened(change)

    ours = own_findings(root)
    theirs = official_findings(root)

    assert errors(ours) == expected
    assert theirs is not None
    assert {rule for rule, _ in errors(theirs)} == {rule for rule, _ in expected}


def official_ids(flag: str) -> set[str]:
    """The ids of the official rules that are fatal, or that only warn."""
    prefixes = {"s": "http://purl.oclc.org/dsdl/svrl", "x": "http://www.w3.org/1999/XSL/Transform"}
    root = etree.fromstring((resources.files("facturx") / STYLESHEET).read_bytes())
    path = f"//s:failed-assert[x:attribute[@name='flag'] = '{flag}']/x:attribute[@name='id']/text()"
    return set(root.xpath(path, namespaces=prefixes))


def test_ours_cover_every_official_rule_that_refuses() -> None:
    assert official_ids("fatal") <= OWN_RULES
    assert OWN_RULES - official_ids("fatal") == {"BR-51"}


LISTS = {"BR-CL-07": 818, "BR-CL-08": 383, "BR-CL-13": 185, "BR-CL-22": 88, "BR-CL-23": 2162, "BR-CL-25": 104}


def test_the_long_lists_are_those_of_the_official_rules() -> None:
    found = lists()

    assert set(found) == LIST_RULES
    assert {rule: len(found[rule][0].split()) for rule in LISTS} == LISTS
    assert [codes.split()[-1:] for codes in found["BR-CL-10"]][1] == ["SEPA"]


MEANS = "<a:PaymentMeans><b:PaymentMeansCode>48</b:PaymentMeansCode>"


@pytest.mark.parametrize("number", ["1234567890", "12345678901"])
def test_a_cards_whole_number_is_told_by_both(number: str) -> None:
    card = f"{MEANS}<a:CardAccount><b:PrimaryAccountNumberID>{number}</b:PrimaryAccountNumberID>"
    means = f"{card}<b:NetworkID>NA</b:NetworkID></a:CardAccount></a:PaymentMeans><a:AllowanceCharge>"
    root = opened(("<a:AllowanceCharge>", means))

    warned = {finding.rule for finding in own_findings(root) if finding.severity is Severity.WARNING}
    theirs = {finding.rule for finding in official_findings(root) or ()}

    assert warned == ({"BR-51"} if len(number) > 10 else set())
    assert ("BR-51" in theirs) is (len(number) > 10)


@needs_samples
def test_ours_and_the_official_rules_agree_on_the_samples() -> None:
    roots = {path: open_document(path.read_bytes()).root for path in ubl_samples()}

    differing = {path.name: both for path, root in roots.items() if (both := verdicts(root)) and both[0] != both[1]}

    assert len(roots) == 60
    assert differing == {}


@needs_samples
def test_ours_and_the_official_rules_agree_on_mutants() -> None:
    found = mutants(Random(20261125), [path.read_bytes() for path in ubl_samples()])

    both = [verdicts(next(found)) for _ in range(1000)]
    answered = [pair for pair in both if pair is not None]

    assert [pair for pair in answered if pair[0] != pair[1]] == []
    assert len(answered) > 980
    assert len(set().union(*(pair[0] for pair in answered))) > 80


def test_without_saxon_ours_are_run(monkeypatch: pytest.MonkeyPatch) -> None:
    root = opened(WRONG_SUM)
    monkeypatch.setattr(en16931, "is_installed", lambda: False)
    monkeypatch.setattr(rules, "is_installed", lambda: False)

    assert official_findings(root) is None
    assert check_rules(root) == own_findings(root)


def test_where_saxon_is_the_official_rules_are_run() -> None:
    root = opened(WRONG_SUM)

    assert check_rules(root) == official_findings(root)


def test_rules_that_cannot_be_run_are_said_to_be() -> None:
    # Two totals in one currency: an expression of the official rules that takes one number then gets two.
    root = opened(
        (
            "<a:LegalMonetaryTotal>",
            '<a:TaxTotal><b:TaxAmount currencyID="EUR">1</b:TaxAmount></a:TaxTotal><a:LegalMonetaryTotal>',
        )
    )
    root.find("{*}LegalMonetaryTotal/{*}PayableAmount").text = "much"

    found = check_rules(root)

    assert [(finding.rule, finding.severity) for finding in found if finding.rule in {NOT_RUN, "BR-CO-15"}] == [
        ("BR-CO-15", Severity.ERROR),
        (NOT_RUN, Severity.WARNING),
    ]


def test_findings_are_bounded() -> None:
    root = opened()
    line = root.findall("{*}InvoiceLine")[1]
    line.remove(line.find("{*}Price"))
    for _ in range(600):
        root.append(etree.fromstring(etree.tostring(line)))

    ours, theirs = own_findings(root), official_findings(root)

    assert len(ours) == 1001
    assert theirs is not None
    assert len(theirs) == 1001


def test_warnings_without_number_hide_nothing_that_is_fatal() -> None:
    card = f"{MEANS}<a:CardAccount><b:PrimaryAccountNumberID>12345678901</b:PrimaryAccountNumberID>"
    cards = f"{card}<b:NetworkID>NA</b:NetworkID></a:CardAccount></a:PaymentMeans>" * 1100
    root = opened(("<a:AllowanceCharge>", f"{cards}<a:AllowanceCharge>"), (">18.90<", ">18.91<"))

    ours, theirs = own_findings(root), official_findings(root)

    assert theirs is not None
    assert [sum(one.severity is Severity.WARNING for one in found) for found in (ours, theirs)] == [1001, 1001]
    assert {rule for rule, _ in errors(ours)} == {rule for rule, _ in errors(theirs)}
    assert {"BR-CO-14", "BR-CO-15"} < {rule for rule, _ in errors(ours)}


def test_currencies_are_those_of_amounts_of_the_document() -> None:
    inside = '<x:Price xmlns:x="urn:x" currencyID="SCHMECKLE">7</x:Price>'
    extension = f"""<ext:UBLExtensions xmlns:ext="{EXT}"><ext:UBLExtension><ext:ExtensionContent>{inside}
</ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions><b:CustomizationID>"""

    assert own_findings(opened(("<b:CustomizationID>", extension))) == ()


def data(*changes: tuple[str, str]) -> bytes:
    return etree.tostring(opened(*changes))


def test_a_worker_that_died_is_replaced() -> None:
    worker = Worker()
    assert worker.check(data()) == []

    assert worker.process_id is not None
    os.kill(worker.process_id, 9)

    assert worker.check(data()) == []
    worker.close()


def test_a_document_that_takes_too_long_is_given_up() -> None:
    worker = Worker(seconds=0.2)
    line = INVOICE[INVOICE.index("<a:InvoiceLine>") : INVOICE.index("</Invoice>")]
    large = INVOICE.replace(line, line * 5000).encode()
    started = monotonic()

    found = worker.check(large)

    assert found is None
    assert monotonic() - started < 20
    worker.close()


def test_memory_is_bounded() -> None:
    worker = Worker(megabytes=64)

    assert worker.check(data()) is None
    worker.close()


def test_many_threads_may_ask() -> None:
    worker = Worker()
    answers: list[object] = []
    threads = [threading.Thread(target=lambda: answers.append(worker.check(data(WRONG_SUM)))) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [len(answer) for answer in answers] == [2] * 8
    worker.close()


@pytest.mark.skipif(not Path("/proc").exists(), reason="no /proc here")
def test_the_worker_inherits_neither_files_nor_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRAMESA_SECRET", "very-secret")
    with (tmp_path / "open").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        worker = Worker()
        worker.check(data())
        process = Path("/proc") / str(worker.process_id)

        targets = {str(link.readlink()) for link in (process / "fd").iterdir()}
        environment = (process / "environ").read_bytes()

    assert not [target for target in targets if "socket" in target or str(tmp_path) in target]
    assert b"very-secret" not in environment
    worker.close()


@pytest.mark.skipif(not Path("/proc").exists(), reason="no /proc here")
def test_the_worker_dies_with_its_parent() -> None:
    code = (
        "import os, sys; from tramesa.documents.ubl.en16931 import Worker; w = Worker();"
        "w.check(sys.stdin.buffer.read()); print(w.process_id, flush=True); os.kill(os.getpid(), 9)"
    )
    parent = subprocess.run([sys.executable, "-P", "-c", code], input=data(), capture_output=True, check=False)
    worker = Path("/proc") / parent.stdout.decode().strip()

    for _ in range(500):
        if not worker.exists():
            break
        sleep(0.01)

    assert parent.stdout.strip() != b""
    assert not worker.exists()
