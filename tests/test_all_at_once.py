"""A document of a wrong structure: what else is wrong with it is told in the same answer, and nothing that is not."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from lxml import etree

from tramesa.documents.reading import ReadResult, read_document
from tramesa.models.domain.transitions import PartyKind
from tramesa.tests import facturae_files, ubl_files
from tramesa.tests.operations import VALIDATE, bring_file
from tramesa.tests.test_importing import document_of
from tramesa.tests.world import World

Change = tuple[str, str]

FACTURAE_STRUCTURE: list[Change] = [
    ("<LanguageName>ca", "<LanguageName>xx"),
    ("<Modality>I</Modality>", ""),
    ("<Town>Barcelona</Town>\n", ""),
    ("<TaxCurrencyCode>EUR</TaxCurrencyCode><LanguageName>ca</LanguageName>", "<LanguageName>ca</LanguageName>"),
    ("<SequenceNumber>7", "<Strange>1</Strange><SequenceNumber>7"),
    ("<Items>", "<Foreign/><Items>"),
    ("<PaymentMeans>04</PaymentMeans>", "<PaymentMeans>44</PaymentMeans>"),
    ("<DiscountRate>15.00</DiscountRate>", "<DiscountRate>15,00</DiscountRate>"),
    ("<SecondSurname>Serra</SecondSurname>", f"<SecondSurname>{'S' * 60}</SecondSurname>"),
    ("</fe:Facturae>", "<Nothing/></fe:Facturae>"),
    ("<InvoiceTotals>", "<InvoiceTotals><More>1</More>"),
    ("<TradeName>Agència</TradeName>", "<TradeName>Agència</TradeName><TradeName>Agència</TradeName>"),
]
"""Each breaks the schema; the last but one in the midst of the sums, which are all there."""

FACTURAE_CONTENT: list[tuple[Change, str]] = [
    ((">F-1<", "> <"), "RCF03001"),
    ((">12345678Z<", ">12.345.678-Z<"), "RCF05002"),
    ((">12345678Z<", ">12345678A<"), "RCF05002"),
    (("<PersonTypeCode>F<", "<PersonTypeCode>J<"), "RCF05005"),
    (("<Name>Marta</Name>", "<Name> </Name>"), "RCF05004"),
    (("<IssueDate>2026-11-20", "<IssueDate>2999-11-20"), "RCF07001"),
    (("<InvoiceTotal>95.40", "<InvoiceTotal>95.50"), "RCF06006"),
    (("<TotalGrossAmount>90.00", "<TotalGrossAmount>91.00"), "RCF06005"),
    (("<TotalTaxesWithheld>13.50", "<TotalTaxesWithheld>-0.00"), "RCF06007"),
    (("<InvoiceClass>OO", "<InvoiceClass>OR"), "RCF04001"),
    (("<ItemDescription>Hores de feina", "<ItemDescription>"), "RCF09001"),
    (("<InvoicesCount>1", "<InvoicesCount>3"), "TR0001"),
]

CITY = "<cbc:CityName>Girona</cbc:CityName>"
ZONE = "<cbc:PostalZone>17001</cbc:PostalZone>"

UBL_STRUCTURE: list[Change] = [
    (f"{CITY}{ZONE}", f"{ZONE}{CITY}"),
    ("<cbc:CustomizationID>", "<cbc:Strange>x</cbc:Strange><cbc:CustomizationID>"),
    ("<cbc:ElectronicMail>marta@example.org</cbc:ElectronicMail>", "<cbc:Mail>marta@example.org</cbc:Mail>"),
    ("<cbc:StreetName>Carrer Nou, 1</cbc:StreetName>", "<cbc:StreetName>Carrer</cbc:StreetName>" * 2),
    ("<cbc:StartDate>2026-10-01", "<cbc:StartDate>1/10/2026"),
]

UBL_CONTENT: list[tuple[Change, str]] = [
    (("<cbc:CompanyID>ESB28015865<", "<cbc:CompanyID>B-28015865<"), "RCF05002"),
    ((">2026-11-20</cbc:IssueDate", ">2999-11-20</cbc:IssueDate"), "RCF07001"),
    ((">EUR</cbc:Document", ">eur</cbc:Document"), "RCF06004"),
    ((">EUR</cbc:Document", ">EUX</cbc:Document"), "BR-CL-04"),
    (('"EUR">100.10<', '"EUR">100.20<'), "BR-CO-16"),
    (("<cbc:ID>U-1<", "<cbc:ID> <"), "RCF03001"),
]


def read(data: bytes) -> ReadResult:
    return read_document(data, today=date(2026, 11, 25))


def rules(data: bytes) -> set[str]:
    return {finding.rule for finding in read(data).findings}


def pairs(structure: list[Change], content: list[tuple[Change, str]]) -> Iterator[tuple[Change, Change, str]]:
    for fault in structure:
        for change, rule in content:
            yield fault, change, rule


def test_a_facturae_with_a_fault_of_structure_and_one_of_content_shows_both() -> None:
    for fault, change, rule in pairs(FACTURAE_STRUCTURE, FACTURAE_CONTENT):
        data = facturae_files.edited(fault, change)

        found = rules(data)
        assert rule in found, (fault, change)
        assert found & {"HF08", "RCF06001"}, (fault, change)
        assert read(data).content is None


def test_a_ubl_document_with_a_fault_of_structure_and_one_of_content_shows_both() -> None:
    for fault, change, rule in pairs(UBL_STRUCTURE, UBL_CONTENT):
        data = ubl_files.edited(fault, change)

        assert {"HF08", rule} <= rules(data), (fault, change)
        assert read(data).content is None


@pytest.mark.parametrize("fault", FACTURAE_STRUCTURE)
def test_a_fault_of_structure_alone_raises_no_other_alarm_in_a_facturae(fault: Change) -> None:
    found = read(facturae_files.edited(fault)).findings

    assert {finding.rule for finding in found} <= {"HF08", "RCF06001"}
    assert len({finding.location for finding in found}) == len(found)


@pytest.mark.parametrize("fault", UBL_STRUCTURE)
def test_a_fault_of_structure_alone_raises_no_other_alarm_in_ubl(fault: Change) -> None:
    assert rules(ubl_files.edited(fault)) == {"HF08"}


Break = Callable[[Any], None]


def misname(element: Any) -> None:
    element.tag = f"{element.tag}X"


def double(element: Any) -> None:
    element.addnext(copy.deepcopy(element))


def swap(element: Any) -> None:
    following = element.getnext()
    if following is not None and following.tag != element.tag:
        element.addprevious(following)


def delete(element: Any) -> None:
    element.getparent().remove(element)


def broken(text: bytes, break_: Break, *, every: int = 1) -> Iterator[tuple[str, bytes]]:
    """The document with one of its elements broken, for each element but the root or for every second or so."""
    count = sum(1 for _ in etree.fromstring(text).iter("*"))
    for at in range(1 + BREAKS.index(break_) % every, count, every):
        root = etree.fromstring(text)
        element = list(root.iter("*"))[at]
        tag = element.tag
        break_(element)
        yield tag, etree.tostring(root)


BREAKS = [misname, double, swap, delete]

SAID_BESIDES = {"TR0001", "RCF03001", "RCF05001", "RCF05002", "RCF05003", "RCF05004", "RCF05005", "RCF06004"}
SAID_BESIDES |= {"RCF09001", "RCF06001"}
"""Rules that say in their own words what is missing where it should be."""


@pytest.mark.parametrize("break_", BREAKS)
def test_no_sum_is_wrong_because_an_element_of_a_facturae_was_broken(break_: Break) -> None:
    for tag, data in broken(facturae_files.VALID.encode(), break_):
        found = read(data).findings
        structural = [finding for finding in found if finding.rule == "HF08"]
        others = {finding.rule for finding in found} - {"HF08"}
        if structural:
            assert others <= SAID_BESIDES, (tag, found)


@pytest.mark.parametrize("break_", BREAKS)
def test_no_sum_is_wrong_because_an_element_of_ubl_was_broken(break_: Break) -> None:
    for tag, data in broken(ubl_files.VALID.encode(), break_, every=3):
        found = read(data).findings
        if any(finding.rule == "HF08" for finding in found):
            others = {finding.rule for finding in found} - {"HF08"}
            assert others <= SAID_BESIDES | {"RCF07001"}, (tag, found)


def in_disorder(document: bytes) -> bytes:
    """The document with a fault of structure that concerns nothing else: its language is none."""
    return document.replace(b"<LanguageName>ca", b"<LanguageName>xx")


def rules_told(payload: dict[str, Any]) -> list[str]:
    [error] = payload["errors"]
    return sorted(finding["rule"] for finding in error["findings"])


async def test_who_sends_to_whom_is_judged_beside_a_wrong_structure(world: World) -> None:
    sender, issuer, receiver = await world.person(), await world.person(), await world.person(kind=PartyKind.COMPANY)
    document = document_of(issuer, receiver).replace(receiver.tax_id.lower().encode(), b"B28015865")

    refused = await bring_file(sender, in_disorder(document))
    checked = await bring_file(sender, in_disorder(document), operation=VALIDATE)

    assert rules_told(refused) == ["HF04", "HF08", "TR0003", "TR0004"]
    assert sorted(finding["rule"] for finding in checked["findings"]) == ["HF04", "HF08", "TR0003", "TR0004"]


async def test_a_double_is_told_beside_a_wrong_structure_and_an_unknown_receiver(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    document = document_of(issuer, receiver)
    assert (await bring_file(issuer, document))["errors"] == []

    again = await bring_file(issuer, in_disorder(document))
    elsewhere = await bring_file(issuer, document.replace(receiver.tax_id.lower().encode(), b"B28015865"))

    assert rules_told(again) == ["HF04", "HF08", "RCF03002"]
    assert rules_told(elsewhere) == ["HF04", "RCF03002", "TR0003"]


async def test_what_a_wrong_structure_leaves_in_doubt_is_not_judged(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    document = document_of(issuer, receiver)
    assert (await bring_file(issuer, document))["errors"] == []
    nameless = document.replace(b"TaxIdentificationNumber>", b"TaxNumber>")
    twice = document.replace(b"<InvoiceNumber>F-1</InvoiceNumber>", b"<InvoiceNumber>F-1</InvoiceNumber>" * 2)

    assert {*rules_told(await bring_file(issuer, nameless))} == {"HF04", "HF08", "RCF05002"}
    assert rules_told(await bring_file(issuer, twice)) == ["HF04", "HF08"]


async def test_the_same_of_ubl(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    spelt = {b"B28015865": issuer.tax_id.encode(), b"Q2826000H": receiver.tax_id.encode(), b"2026-11-20": b"2026-01-15"}
    document = ubl_files.VALID.encode()
    for old, new in spelt.items():
        document = document.replace(old, new)
    disorder = document.replace(b"<cbc:CustomizationID>", b"<cbc:Strange>x</cbc:Strange><cbc:CustomizationID>")
    assert (await bring_file(issuer, document))["errors"] == []

    assert rules_told(await bring_file(issuer, disorder)) == ["HF08", "RCF03002"]
    assert rules_told(await bring_file(receiver, disorder)) == ["HF08", "TR0004"]
