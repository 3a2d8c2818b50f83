"""What any element says that the schemas allow in an invoice is in a field of the domain, and so in GraphQL."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from lxml import etree

from tramesa.documents.composing import compose_facturae
from tramesa.documents.converting import convert
from tramesa.documents.facturae.codes import NAMESPACE_3_2_2
from tramesa.documents.grammar.formats import facturae_schema
from tramesa.documents.grammar.notation import Child, Choice, Grammar, Particle, Record, Value
from tramesa.documents.reading import read_content
from tramesa.documents.ubl.codes import CREDIT_NOTE, INVOICE
from tramesa.documents.ubl.further import LONGEST, MOST
from tramesa.documents.ubl.schema import Aggregate, Simple, Table, table
from tramesa.documents.ubl.writing import compose_ubl
from tramesa.models.domain.invoice import DocumentFormat, FurtherElement, InvoiceContent, ItemInstance
from tramesa.tests.facturae_files import VALID as FACTURAE
from tramesa.tests.facturae_mutants import Author, grammar
from tramesa.tests.operations import bring_file
from tramesa.tests.test_ubl_writing import broken_rules
from tramesa.tests.ubl_files import VALID, amount, as_credit_note, edited
from tramesa.tests.world import World

D = Decimal
FACTURAE_3_2_2 = DocumentFormat.FACTURAE_3_2_2

# Facturae

DERIVED = {
    "/Facturae/FileHeader/SchemaVersion": "the format",
    "/Facturae/FileHeader/Batch/InvoicesCount": "one: a rule says so",
    "/Facturae/FileHeader/Batch/TotalInvoicesAmount/TotalAmount": "the invoice's own total: a rule says so",
    "/Facturae/FileHeader/Batch/TotalOutstandingAmount/TotalAmount": "likewise",
    "/Facturae/FileHeader/Batch/TotalExecutableAmount/TotalAmount": "likewise",
    "/Facturae/FileHeader/Batch/InvoiceCurrencyCode": "the invoice's currency",
    "/Facturae/Invoices/Invoice/InvoiceHeader/Corrective/CorrectionMethodDescription": "what its code is called",
}
"""What is not kept, since another field says it."""
OTHER = {"double": "7919.13", "decimal": "7919.13", "date": "2031-07-19"}


def leaves_of(record: Record, known: Grammar, path: str) -> Iterator[tuple[str, Value]]:
    for child in children_of(record.content):
        kind = known.kind(child)
        if isinstance(kind, Record) and kind.value is None:
            yield from leaves_of(kind, known, f"{path}/{child.name}")
        elif ":" not in child.name:
            yield f"{path}/{child.name}", kind.value if isinstance(kind, Record) and kind.value else kind  # type: ignore[misc]


def children_of(content: tuple[Particle, ...]) -> Iterator[Child]:
    for particle in content:
        if isinstance(particle, Choice):
            for sequence in particle.sequences:
                yield from children_of(sequence)
        elif isinstance(particle, Child) and ":" not in particle.name:
            yield particle


def path_of(element: Any) -> str:
    above = [etree.QName(one).localname for one in element.iterancestors()]
    return "/" + "/".join([*reversed(above), etree.QName(element).localname])


def another(value: Value, said: str | None) -> str | None:
    if value.codes:
        return next((code for code in value.codes if code != said), None)
    return OTHER.get(value.base, f"QZX{(said or '')[3:]}")


def test_each_element_of_facturae_says_something_that_is_kept() -> None:
    known = grammar("3.2.2")
    values = dict(leaves_of(known.records[known.elements["Facturae"]], known, "/Facturae"))
    kept: set[str] = set()

    for seed in range(20):
        root = Author(Random(seed), "3.2.2", likely=0.9).document()
        content = read_content(etree.tostring(root))
        for element in root.iter("*"):
            path, said = path_of(element), element.text
            if len(element) or path in kept or path not in values:
                continue
            changed = another(values[path], said)
            if changed is not None:
                element.text = changed
                if read_content(etree.tostring(root)) != content:
                    kept.add(path)
                element.text = said

    assert len(values) > 480
    assert set(values) - kept == set(DERIVED)


def test_who_paid_an_expense_and_for_whom_is_kept_and_written_again() -> None:
    party = "<TaxIdentificationNumber>{0}</TaxIdentificationNumber>"
    people = "".join(
        f"<ReimbursableExpenses{name}Party><PersonTypeCode>{person}</PersonTypeCode>"
        f"<ResidenceTypeCode>{residence}</ResidenceTypeCode>{party.format(number)}</ReimbursableExpenses{name}Party>"
        for name, person, residence, number in (("Seller", "J", "U", "FR12345678901"), ("Buyer", "F", "E", "CH1234567"))
    )
    expense = f"<ReimbursableExpenses>{people}<ReimbursableExpensesAmount>0</ReimbursableExpensesAmount>"
    block = f"<ReimbursableExpenses>{expense}</ReimbursableExpenses></ReimbursableExpenses>"
    data = FACTURAE.replace("<TotalOutstandingAmount>", f"{block}<TotalOutstandingAmount>", 2)
    at = data.index(block)
    data = data[:at] + data[at + len(block) :] if "Batch" in data[:at] and data.count(block) == 2 else data

    content = read_content(data.encode())
    [found] = content.details.settlement.reimbursable

    assert (found.issuer_tax_id, found.issuer_person, found.issuer_residence) == ("FR12345678901", False, "U")
    assert (found.receiver_tax_id, found.receiver_person, found.receiver_residence) == ("CH1234567", True, "E")
    assert read_content(compose_facturae(content)).details.settlement.reimbursable == (found,)


# UBL

NOT_KEPT = re.compile("Signature/.*|(PayeeParty|TaxRepresentativeParty)/PostalAddress/Country/IdentificationCode")
"""What is about the signature, which ``InvoiceDocument.signature`` tells of, and a country that is none: an error."""


def aggregates(kinds: Table, path: tuple[str, ...], depth: int) -> Iterator[tuple[str, ...]]:
    kind = kinds.get(path[-1])
    if isinstance(kind, Aggregate):
        yield path
        for tag in kind.slots if len(path) <= depth else ():
            if tag not in path:
                yield from aggregates(kinds, (*path, tag), depth)


def sentinel(kind: Simple, number: int) -> str | None:
    """A text that stands nowhere else; none for the types that have too few."""
    if kind.type == "date":
        return (date(2031, 1, 1) + timedelta(days=number)).isoformat()
    if kind.type in {"boolean", "base64Binary", "time"}:
        return None
    return f"{5000 + number}.37" if kind.type == "decimal" else f"QZX{number}Q"


def with_all_leaves(base: Any, path: tuple[str, ...], kinds: Table) -> tuple[Any, dict[str, str]]:
    """The document with every simple child that an aggregate may have and has not, and what each says."""
    root = copy.deepcopy(base)
    element, said = root, {}
    for tag in path[1:]:
        found = element.find(tag)
        element = etree.SubElement(element, tag) if found is None else found
    slots = kinds[path[-1]].slots  # type: ignore[union-attr]
    for tag in slots:
        kind = kinds.get(tag)
        text = sentinel(kind, len(said)) if isinstance(kind, Simple) and element.find(tag) is None else None
        if text is not None:
            etree.SubElement(element, tag).text = text
            said[text] = tag
    element[:] = sorted(element, key=lambda child: slots[child.tag].position)
    return root, said


@pytest.mark.parametrize(("namespace", "text", "depth"), [(INVOICE, VALID, 3), (CREDIT_NOTE, as_credit_note(), 2)])
def test_each_element_of_ubl_says_something_that_is_kept(namespace: str, text: str, depth: int) -> None:
    kinds, base, lost, count = table(namespace), etree.fromstring(text.encode()), [], 0

    for path in aggregates(kinds, (base.tag,), depth):
        root, said = with_all_leaves(base, path, kinds)
        shown = repr(read_content(etree.tostring(root)))
        count += len(said)
        for value, tag in said.items():
            day = repr(date.fromisoformat(value)) if value[0] == "2" else value
            if value not in shown and day not in shown:
                lost.append("/".join(etree.QName(one).localname for one in (*path[1:], tag)))

    assert count > (4000 if depth == 3 else 900)
    assert [path for path in lost if not NOT_KEPT.fullmatch(path)] == []


def with_terms(*terms: str) -> bytes:
    said = "".join(f"<cac:PaymentTerms>{term}</cac:PaymentTerms>" for term in terms)
    return edited(("<cac:PaymentTerms><cbc:Note>Trenta dies</cbc:Note></cac:PaymentTerms>", said))


def by_amount(day: str, euros: str) -> str:
    return f"{amount('Amount', euros)}<cbc:InstallmentDueDate>{day}</cbc:InstallmentDueDate>"


def by_percent(day: str, percent: str) -> str:
    return f"<cbc:PaymentPercent>{percent}</cbc:PaymentPercent><cbc:PaymentDueDate>{day}</cbc:PaymentDueDate>"


def parts(content: InvoiceContent) -> list[tuple[str, Decimal]]:
    return [(payment.due_date.isoformat(), payment.amount) for payment in content.payments]


def test_several_terms_of_payment_are_instalments() -> None:
    content = read_content(with_terms(by_amount("2026-12-20", "40.10"), by_amount("2027-01-20", "60.00")))

    assert parts(content) == [("2026-12-20", D("40.10")), ("2027-01-20", D("60.00"))]
    assert {payment.iban for payment in content.payments} == {"ES9121000418450200051332"}
    assert content.details.further_elements == ()


def test_the_last_share_takes_the_cents() -> None:
    shares = [by_percent("2026-12-20", "33.3"), by_percent("2027-01-20", "33.3"), by_percent("2027-02-20", "33.4")]

    payments = read_content(with_terms(*shares)).payments

    assert [(payment.percent, payment.amount) for payment in payments] == [
        (D("33.3"), D("33.33")),
        (D("33.3"), D("33.33")),
        (D("33.4"), D("33.44")),
    ]


def test_terms_that_are_not_the_whole_are_kept_as_they_stand() -> None:
    """A sum by one day, or a higher one by another."""
    content = read_content(with_terms(by_amount("2026-12-01", "98.10"), by_amount("2026-12-20", "100.10")))

    assert parts(content) == [("2026-12-20", D("100.10"))]
    places = {element.place: element.text for element in content.details.further_elements}
    assert places == {
        "/Invoice/PaymentTerms[1]/Amount": "98.10",
        "/Invoice/PaymentTerms[1]/InstallmentDueDate": "2026-12-01",
    }


def test_instalments_come_back_from_the_other_format() -> None:
    data = with_terms(by_amount("2026-12-20", "40.10"), by_amount("2027-01-20", "60.00"))

    made = convert(data, FACTURAE_3_2_2)
    again = convert(made.content, DocumentFormat.UBL_2_1_INVOICE)

    assert facturae_schema("3.2.2", NAMESPACE_3_2_2).validate(etree.fromstring(made.content))
    assert parts(read_content(made.content)) == parts(read_content(data)) == parts(read_content(again.content))
    assert broken_rules(again.content) == []
    notes = etree.fromstring(again.content).findall("{*}PaymentTerms/{*}Note")
    assert [note.text for note in notes] == ["2026-12-20: 40.10 EUR; 2027-01-20: 60.00 EUR"]


def test_instalments_to_several_accounts_stay_with_their_accounts() -> None:
    content = read_content(VALID.encode())
    first = replace(content.payments[0], amount=D("40.10"))
    other = replace(
        first, amount=D("60.00"), due_date=date(2027, 1, 20), iban="ES7921000813610123456789", credited=None
    )
    said = replace(content, payments=(first, other))

    document = compose_ubl(said)

    assert broken_rules(document) == []
    assert [payment.iban for payment in read_content(document).payments] == [first.iban, other.iban]
    assert parts(read_content(document)) == parts(said)


@pytest.mark.parametrize("text", [VALID, as_credit_note()])
def test_what_a_line_is_made_of_is_read_and_written(text: str) -> None:
    kind = "CreditNote" if "CreditNoteLine" in text else "Invoice"
    start = text.index(f"<cac:{kind}Line>")
    line = text[start : text.index(f"</cac:{kind}Line>")]
    inner = line.replace(f"cac:{kind}Line", f"cac:Sub{kind}Line").replace("<cbc:ID>L1<", "<cbc:ID>L1.1<")
    lots = (
        "<cac:ItemInstance><cbc:ProductTraceID>T-1</cbc:ProductTraceID><cbc:ManufactureDate>2026-01-02"
        "</cbc:ManufactureDate><cbc:BestBeforeDate>2027-01-02</cbc:BestBeforeDate><cbc:RegistrationID>1234BCD"
        "</cbc:RegistrationID><cbc:SerialID>S-9</cbc:SerialID><cac:LotIdentification><cbc:LotNumberID>LOT-7"
        "</cbc:LotNumberID><cbc:ExpiryDate>2028-01-02</cbc:ExpiryDate></cac:LotIdentification></cac:ItemInstance>"
    )
    whole = text.replace(f"</cac:{kind}Line>", f"{inner}</cac:Sub{kind}Line></cac:{kind}Line>", 1)
    whole = whole.replace("</cac:AdditionalItemProperty>", f"</cac:AdditionalItemProperty>{lots}")

    content = read_content(whole.encode())
    [outer] = content.lines
    [sub] = outer.sub_lines

    assert (sub.id, sub.position, sub.description) == ("L1.1", 1, outer.description)
    assert replace(outer, sub_lines=(), id="L1.1") == sub
    assert sub.item is not None
    assert sub.item.instances == (
        ItemInstance(
            lot="LOT-7",
            expires=date(2028, 1, 2),
            serial="S-9",
            trace="T-1",
            registration="1234BCD",
            made=date(2026, 1, 2),
            best_before=date(2027, 1, 2),
        ),
    )
    document = compose_ubl(content)
    assert broken_rules(document) == []
    assert read_content(document).lines == content.lines
    told = convert(whole.encode(), FACTURAE_3_2_2).findings if kind == "Invoice" else ()
    named = {finding.location for finding in told}
    assert kind == "CreditNote" or {"/Invoice/InvoiceLine[1]/SubInvoiceLine"} <= named
    assert kind == "CreditNote" or {"/Invoice/InvoiceLine[1]/Item/ItemInstance"} <= named


def test_what_no_field_holds_is_kept_and_named_where_it_is_lost() -> None:
    data = edited(("<cbc:IssueDate>2026-11-20<", "<cbc:UUID>u-u-i-d</cbc:UUID><cbc:IssueDate>2026-11-20<"))

    content = read_content(data)

    assert content.details.further_elements == (FurtherElement(place="/Invoice/UUID", text="u-u-i-d"),)
    message = "Facturae has no place for what EN 16931 has none for either; it is left out."
    told = {finding.message: finding.found for finding in convert(data, FACTURAE_3_2_2).findings}
    assert told[message] == "/Invoice/UUID"


def test_so_many_of_them_are_kept_and_so_much_of_each() -> None:
    many = f"<cbc:AccountingCostCode>{'x' * 3000}</cbc:AccountingCostCode>" * 1100
    data = edited(("<cbc:BuyerReference>", f"{many}<cbc:BuyerReference>"))

    found = read_content(data).details.further_elements

    assert len(found) == MOST == 1000
    assert {len(one.text) for one in found} == {LONGEST} == {2000}
    assert found[-1].place == "/Invoice/AccountingCostCode[1000]"


async def test_all_of_it_can_be_asked_for(small_world: World) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    data = with_terms(by_percent("2026-12-20", "40"), by_percent("2027-01-20", "60")).decode()
    data = data.replace("B28015865", issuer.tax_id).replace("Q2826000H", receiver.tax_id)
    data = data.replace("<cbc:IssueDate>2026-11-20<", "<cbc:UUID>u-u-i-d</cbc:UUID><cbc:IssueDate>2026-11-20<")
    payload = await bring_file(issuer, data.encode())
    assert payload["errors"] == []
    query = (
        "query ($id: ID!) { invoice(id: $id) { payments { percent amount } lines { subLines { lineNumber } item {"
        " instances { lot } } } details { furtherElements { place text } } } }"
    )

    answer = await issuer.ask(query, id=payload["invoice"]["id"])

    assert answer["invoice"] == {
        "payments": [{"percent": "40", "amount": "40.04"}, {"percent": "60", "amount": "60.06"}],
        "lines": [{"subLines": [], "item": {"instances": []}}],
        "details": {"furtherElements": [{"place": "/Invoice/UUID", "text": "u-u-i-d"}]},
    }
