"""Hypothesis strategies for invoices that say a great deal, with sums that are right."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tramesa.documents.facturae.codes import (
    CORRECTION_METHODS,
    CORRECTION_REASONS,
    LANGUAGES,
    PAYMENT_MEANS,
    UNITS,
)
from tramesa.models.domain.invoice import (
    Account,
    Address,
    Adjustment,
    AttachedFile,
    Contact,
    Correction,
    Details,
    DocumentFormat,
    DocumentParty,
    Exchange,
    Factoring,
    FactoringDocument,
    InvoiceClass,
    InvoiceContent,
    InvoiceDocumentType,
    IssuerType,
    Line,
    LineTax,
    Office,
    OfficeRole,
    Payment,
    PaymentOnAccount,
    Period,
    PersonName,
    PlaceOfIssue,
    Reference,
    ReferenceKind,
    Registration,
    ReimbursableExpense,
    Settlement,
    SpecialTaxableEvent,
    TaxTotal,
    Totals,
)
from tramesa.models.domain.money import half_up, multiply, percentage

D = Decimal
ZERO = D("0.00")
CORRECTIVE = {InvoiceClass.CORRECTIVE, InvoiceClass.COPY_OF_CORRECTIVE}

_ALPHABET = "abcçdeéfghiïjklmnñopqrstuúvxyzABCÀ0123456789 .,-/&<>\"'€·"


def texts(most: int, least: int = 1) -> st.SearchStrategy[str]:
    """Printable text without white space around it, since no reader of XML keeps that."""
    text = st.text(_ALPHABET, min_size=least, max_size=min(most, 24)).map(lambda found: " ".join(found.split()))
    return text.filter(lambda found: least <= len(found) <= most)


def digits(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length)


days = st.dates(date(2020, 1, 1), date(2026, 11, 20))
cents = st.integers(-(10**7), 10**7).map(lambda number: D(number).scaleb(-2))
positive_cents = st.integers(1, 10**6).map(lambda number: D(number).scaleb(-2))
rates = st.integers(0, 10**4).map(lambda number: D(number).scaleb(-2))
periods = st.tuples(days, days).map(lambda pair: Period(start=min(pair), end=max(pair)))

spanish_addresses = st.builds(
    Address,
    street=texts(80),
    post_code=digits(5).filter(lambda code: code != "00000"),
    town=texts(50),
    province=texts(20),
)
foreign_addresses = st.builds(
    Address,
    street=texts(80),
    post_code=digits(5),
    town=st.sampled_from(["Paris", "Saint-Denis", "Köln am Rhein"]),
    province=texts(20),
    country_code=st.sampled_from(["FRA", "DEU", "GBR", "USA"]),
)
addresses = spanish_addresses | foreign_addresses

contacts = st.builds(
    Contact,
    person=st.none() | texts(40),
    telephone=st.none() | texts(15),
    fax=st.none() | texts(15),
    email=st.sampled_from(["a@example.org", "factures@exemple.cat"]),
    web=st.none() | texts(60),
    activity_code=st.none() | digits(5),
    town_code=st.none() | digits(9),
    other=st.none() | texts(60),
)
registrations = st.builds(
    Registration,
    book=st.none() | texts(20),
    register=texts(20),
    sheet=st.none() | texts(20),
    other=st.none() | texts(20),
)
words = st.sampled_from(["Marta", "Puig", "Serra", "Ñandú", "Sánchez", "O'Neill"])
person_names = st.builds(PersonName, given=words, surname=words, second_surname=st.none() | words)
tax_ids = st.sampled_from(["B28015865", "A28855260", "Q2826000H", "12345678Z", "B12345674"])


def whole_name(name: PersonName) -> str:
    return " ".join(part for part in (name.given, name.surname, name.second_surname) if part)


def offices() -> st.SearchStrategy[Office]:
    return st.builds(
        Office,
        role=st.sampled_from(OfficeRole),
        code=texts(10),
        name=st.none() | texts(200),
        responsible=st.none() | person_names,
        address=addresses,
        contact=st.none() | contacts,
        gln=st.none() | digits(14),
        operational_point=st.none() | digits(14),
    ).map(_named)


def _named(office: Office) -> Office:
    """Without a description, a centre goes by the name in it."""
    return replace(office, name=office.responsible.given) if office.responsible and not office.name else office


@st.composite
def parties(
    draw: st.DrawFn, *, tax_id: str | None = None, centres: bool = False, numbered: bool = True
) -> DocumentParty:
    person = draw(st.booleans())
    name = draw(person_names)
    return DocumentParty(
        tax_id=tax_id or draw(tax_ids),
        name=whole_name(name) if person else draw(texts(80)),
        person=person,
        person_name=name if person else None,
        trade_name=None if person else draw(st.none() | texts(40)),
        address=draw(st.none() | addresses),
        contact=draw(st.none() | contacts),
        registration=None if person else draw(st.none() | registrations),
        party_id=draw(st.none() | digits(10)) if numbered else None,
        offices=tuple(draw(st.lists(offices(), max_size=2))) if centres else (),
    )


def adjustments(rated: bool = True) -> st.SearchStrategy[Adjustment]:
    return st.builds(Adjustment, reason=texts(100), amount=positive_cents)


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    iban = draw(st.none() | st.sampled_from(["ES9121000418450200051332", "ES7921000813610123456789"]))
    return Account(
        iban=iban,
        number=None if iban else draw(digits(20)),
        bic=draw(st.none() | st.just("CAIXESBBXXX")),
        bank_code=draw(st.none() | texts(60)),
        branch_code=draw(st.none() | texts(60)),
        branch_address=draw(st.none() | addresses),
    )


@st.composite
def payments(draw: st.DrawFn, amount: Decimal | None = None) -> Payment:
    code, means = draw(st.sampled_from(sorted(PAYMENT_MEANS.items())))
    credited, debited = draw(st.none() | accounts()), draw(st.none() | accounts())
    shown = credited or debited
    return Payment(
        due_date=draw(days),
        amount=draw(cents) if amount is None else amount,
        means=means,
        means_code=code,
        iban=None if shown is None else shown.iban or shown.number,
        credited=credited,
        debited=debited,
        reference=draw(st.none() | texts(60)),
        debit_reference=draw(st.none() | texts(60)),
        information=draw(st.none() | texts(100)),
        regulatory=draw(st.none() | digits(6)),
    )


LINE_REFERENCES = [
    ReferenceKind.ISSUER_CONTRACT,
    ReferenceKind.ISSUER_ORDER,
    ReferenceKind.RECEIVER_CONTRACT,
    ReferenceKind.RECEIVER_ORDER,
    ReferenceKind.FILE,
]
"""In the order of the format."""


@st.composite
def line_references(draw: st.DrawFn) -> tuple[Reference, ...]:
    found = [
        Reference(kind=kind, value=draw(texts(20)), day=draw(st.none() | days))
        for kind in LINE_REFERENCES
        if draw(st.booleans())
    ]
    if draw(st.booleans()):
        found.append(Reference(kind=ReferenceKind.ORDER_LINE, value=str(draw(st.integers(1, 99)))))
    notes = draw(st.lists(st.builds(Reference, kind=st.just(ReferenceKind.DELIVERY_NOTE), value=texts(30)), max_size=2))
    return (*found, *notes)


@st.composite
def lines(draw: st.DrawFn, position: int) -> Line:
    quantity = D(draw(st.integers(-(10**6), 10**6))).scaleb(-3)
    price = D(draw(st.integers(0, 10**8))).scaleb(-4)
    cost = half_up(multiply(quantity, price))
    discounts = tuple(draw(st.lists(adjustments(), max_size=2)))
    charges = tuple(draw(st.lists(adjustments(), max_size=2)))
    gross = cost - total_of(discounts) + total_of(charges)
    type_ = draw(st.sampled_from(["IVA", "IGIC", "IPSI"]))
    taxes = [line_tax(type_, draw(rates), gross)]
    if draw(st.booleans()):
        taxes.append(line_tax("IRPF", draw(rates), gross, withheld=True))
    unit_code, unit = draw(st.none() | st.sampled_from(sorted(UNITS.items()))) or (None, None)
    event = draw(st.none() | st.sampled_from(SpecialTaxableEvent))
    return Line(
        position=position,
        description=draw(texts(200)),
        quantity=quantity,
        unit_price=price,
        cost=cost,
        gross=gross,
        unit=unit,
        unit_code=unit_code,
        discounts=discounts,
        charges=charges,
        taxes=tuple(taxes),
        article_code=draw(st.none() | texts(20)),
        period=draw(st.none() | periods),
        transaction_date=draw(st.none() | days),
        references=draw(line_references()),
        special_event=event,
        special_event_reason=draw(texts(60)) if event else None,
        information=draw(st.none() | texts(100)),
        extensions=draw(st.sampled_from([(), (), ('<x:of xmlns:x="urn:line"><x:a b="1"> t </x:a></x:of>',)])),
    )


def line_tax(type_: str, rate: Decimal, base: Decimal, *, withheld: bool = False) -> LineTax:
    return LineTax(type=type_, rate=rate, base=base, amount=percentage(base, rate), withheld=withheld)


def total_of(changes: tuple[Any, ...]) -> Decimal:
    return sum((change.amount for change in changes), ZERO)


def taxes_of(invoiced: tuple[Line, ...]) -> tuple[TaxTotal, ...]:
    """The taxes of the lines by type and rate, charged ones first."""
    bases: dict[tuple[bool, str, Decimal], Decimal] = {}
    for line in invoiced:
        for tax in line.taxes:
            key = (tax.withheld, tax.type, tax.rate)
            bases[key] = bases.get(key, ZERO) + tax.base
    return tuple(
        TaxTotal(type=type_, rate=rate, base=base, amount=percentage(base, rate), withheld=withheld)
        for (withheld, type_, rate), base in sorted(bases.items())
    )


def totals_of(taxes: tuple[TaxTotal, ...], invoiced: tuple[Line, ...], details: Details) -> Totals:
    """The sums that belong to these lines, taxes, general discounts and settlement."""
    gross = sum((line.gross for line in invoiced), ZERO)
    discounts, charges = total_of(details.discounts), total_of(details.charges)
    taxable = gross - discounts + charges
    charged = sum((tax.amount + (tax.surcharge_amount or ZERO) for tax in taxes if not tax.withheld), ZERO)
    withheld = sum((tax.amount for tax in taxes if tax.withheld), ZERO)
    total = taxable + charged - withheld
    return Totals(
        gross=gross,
        discounts=discounts,
        charges=charges,
        taxable=taxable,
        taxes=charged,
        withheld=withheld,
        total=total,
        payable=total,
    )


@st.composite
def settlements(draw: st.DrawFn) -> Settlement:
    """All but the sums that depend on the invoice's total."""
    paid = tuple(draw(st.lists(st.builds(PaymentOnAccount, amount=positive_cents, day=days), max_size=2)))
    spent = draw(
        st.lists(
            st.builds(
                ReimbursableExpense,
                amount=positive_cents,
                issuer_tax_id=st.none() | tax_ids,
                receiver_tax_id=st.none() | tax_ids,
                issue_date=st.none() | days,
                number=st.none() | texts(20),
                series=st.none() | texts(20),
            ),
            max_size=2,
        )
    )
    return Settlement(
        subsidies=tuple(draw(st.lists(adjustments(), max_size=2))),
        on_account=paid,
        on_account_total=total_of(paid) if paid else None,
        reimbursable=tuple(spent),
        reimbursable_total=total_of(tuple(spent)) if spent else None,
        financial_expenses=draw(st.none() | positive_cents),
        retention=draw(st.none() | adjustments()),
        in_kind=draw(st.none() | adjustments()),
    )


def settled(settlement: Settlement, total: Decimal) -> tuple[Settlement, Decimal]:
    """The settlement with what is outstanding of that total, and what is to be paid."""
    outstanding = total - total_of(settlement.subsidies) - total_of(settlement.on_account)
    kept = total_of(tuple(part for part in (settlement.retention, settlement.in_kind) if part))
    added = total_of(settlement.reimbursable) + (settlement.financial_expenses or ZERO)
    return replace(settlement, outstanding=outstanding), outstanding - kept + added


@st.composite
def corrections(draw: st.DrawFn) -> Correction:
    code = draw(st.sampled_from(sorted(CORRECTION_REASONS)))
    detail = draw(st.none() | texts(100))
    return Correction(
        reason_code=code,
        reason=detail or CORRECTION_REASONS[code],
        detail=detail,
        method=draw(st.sampled_from(sorted(CORRECTION_METHODS))),
        number=draw(texts(20)),
        series=draw(st.none() | texts(20)),
        issue_date=draw(st.none() | days),
        period=draw(periods),
    )


@st.composite
def header_references(draw: st.DrawFn) -> tuple[Reference, ...]:
    kinds = [ReferenceKind.RECEIVER_ORDER, ReferenceKind.FILE, ReferenceKind.RECEIVER_CONTRACT]
    found = [Reference(kind=kind, value=draw(texts(20))) for kind in kinds if draw(st.booleans())]
    related = draw(st.none() | texts(40))
    return (*found, Reference(kind=ReferenceKind.RELATED_INVOICE, value=related)) if related else tuple(found)


@st.composite
def factorings(draw: st.DrawFn) -> Factoring:
    papers = st.builds(
        FactoringDocument,
        character=texts(50),
        type=texts(50),
        representative=st.none() | texts(80),
        repository=st.just("Notaria"),
        url=st.none() | st.just("https://example.org/a"),
        reference=texts(60),
    )
    return Factoring(
        assignee=draw(parties(tax_id="A58818501", numbered=False)),
        payments=tuple(draw(st.lists(payments(), min_size=1, max_size=2))),
        clauses=draw(texts(200)),
        documents=tuple(draw(st.lists(papers, max_size=1))),
    )


@st.composite
def facturae_details(draw: st.DrawFn) -> Details:
    return Details(
        modality="I",
        batch_id=draw(texts(70)),
        issuer_type=draw(st.sampled_from(IssuerType)),
        third_party=draw(st.none() | parties(numbered=False)),
        factoring=draw(st.none() | factorings()),
        operation_date=draw(st.none() | days),
        place_of_issue=draw(st.none() | st.builds(PlaceOfIssue, description=texts(20), post_code=digits(5))),
        period=draw(st.none() | periods),
        exchange=draw(st.none() | st.builds(Exchange, rate=rates, day=days)),
        tax_currency="EUR",
        language=draw(st.sampled_from(sorted(LANGUAGES))),
        description=draw(st.none() | texts(100)),
        references=draw(header_references()),
        discounts=tuple(draw(st.lists(adjustments(), max_size=2))),
        charges=tuple(draw(st.lists(adjustments(), max_size=2))),
        settlement=draw(settlements()),
        legal_literals=tuple(draw(st.lists(texts(250), max_size=2))),
        information=draw(st.none() | texts(100)),
        extensions=draw(st.sampled_from([(), ('<x xmlns="urn:other">a<y/>b</x>',)])),
        file_extensions=draw(st.sampled_from([(), ('<z:z xmlns:z="urn:file"/>', '<w xmlns="urn:w">&lt;</w>')])),
    )


@st.composite
def facturae_contents(draw: st.DrawFn) -> InvoiceContent:
    """Any invoice that Facturae 3.2.2 can say, as reading gives it; all sums are right."""
    invoiced = tuple(draw(lines(position)) for position in range(1, draw(st.integers(1, 3)) + 1))
    details = draw(facturae_details())
    taxes = taxes_of(invoiced)
    totals = totals_of(taxes, invoiced, details)
    settlement, payable = settled(details.settlement, totals.total)
    class_ = draw(st.sampled_from(InvoiceClass))
    return InvoiceContent(
        format=DocumentFormat.FACTURAE_3_2_2,
        number=draw(texts(20)),
        series=draw(st.none() | texts(20)),
        document_type=draw(st.sampled_from(InvoiceDocumentType)),
        invoice_class=class_,
        corrects=draw(corrections()) if class_ in CORRECTIVE else None,
        issue_date=draw(days),
        issuer=draw(parties(centres=True)),
        receiver=draw(parties()),
        offices=tuple(draw(st.lists(offices(), max_size=3))),
        currency=draw(st.sampled_from(["EUR", "USD"])),
        totals=replace(totals, payable=payable),
        taxes=taxes,
        lines=invoiced,
        payments=tuple(draw(st.lists(payments(), max_size=2))),
        details=replace(details, settlement=settlement),
        attachments=draw(
            st.sampled_from([(), (AttachedFile(name="a b.pdf", media_type="application/pdf", content=b"%PDF-1.7"),)])
        ),
    )
