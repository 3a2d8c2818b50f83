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
    Delivery,
    Details,
    DocumentFormat,
    DocumentParty,
    Exchange,
    Factoring,
    FactoringDocument,
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
    PersonName,
    PlaceOfIssue,
    Reference,
    ReferenceKind,
    Registration,
    ReimbursableExpense,
    Settlement,
    SpecialTaxableEvent,
    SupportingDocument,
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


def adjustments(*, rated: bool = False) -> st.SearchStrategy[Adjustment]:
    """Amounts with their reasons; those that are rated may give the rate, in as many decimals as there are."""
    rate = st.none() | st.integers(0, 10**10).map(lambda number: D(number).scaleb(-8)) if rated else st.none()
    return st.builds(Adjustment, reason=texts(100), amount=positive_cents, rate=rate)


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
    note = st.builds(Reference, kind=st.just(ReferenceKind.DELIVERY_NOTE), value=texts(30), day=st.none() | days)
    notes = draw(st.lists(note, max_size=2))
    return (*found, *notes)


@st.composite
def lines(draw: st.DrawFn, position: int) -> Line:
    quantity = D(draw(st.integers(-(10**6), 10**6))).scaleb(-3)
    price = D(draw(st.integers(0, 10**8))).scaleb(-4)
    cost = half_up(multiply(quantity, price))
    discounts = tuple(draw(st.lists(adjustments(rated=True), max_size=2)))
    charges = tuple(draw(st.lists(adjustments(rated=True), max_size=2)))
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


@st.composite
def whole_taxes(draw: st.DrawFn, tax: TaxTotal) -> TaxTotal:
    """The tax with an equivalence surcharge, a special base and what it is in euros, or without."""
    euros = st.none() | cents
    tax = replace(tax, base_in_euros=draw(euros), amount_in_euros=draw(euros))
    if tax.withheld:
        return tax
    if draw(st.booleans()):
        rate = draw(rates)
        amount = percentage(tax.base, rate)
        tax = replace(tax, surcharge_rate=rate, surcharge_amount=amount, surcharge_in_euros=draw(euros))
    if draw(st.booleans()):
        tax = replace(tax, special_base=draw(cents), special_amount=draw(cents), special_base_in_euros=draw(euros))
    return tax


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
def expenses(draw: st.DrawFn) -> ReimbursableExpense:
    """An expense; of its parties that have a number, who they are."""
    sides: dict[str, Any] = {}
    for side in ("issuer", "receiver"):
        if draw(st.booleans()):
            sides |= {
                f"{side}_tax_id": draw(tax_ids),
                f"{side}_person": draw(st.booleans()),
                f"{side}_residence": draw(st.sampled_from("RUE")),
            }
    return ReimbursableExpense(
        amount=draw(positive_cents),
        issue_date=draw(st.none() | days),
        number=draw(st.none() | texts(20)),
        series=draw(st.none() | texts(20)),
        **sides,
    )


@st.composite
def settlements(draw: st.DrawFn) -> Settlement:
    """All but the sums that depend on the invoice's total."""
    paid = tuple(draw(st.lists(st.builds(PaymentOnAccount, amount=positive_cents, day=days), max_size=2)))
    spent = draw(st.lists(expenses(), max_size=2))
    return Settlement(
        subsidies=tuple(draw(st.lists(adjustments(rated=True), max_size=2))),
        on_account=paid,
        on_account_total=total_of(paid) if paid else None,
        reimbursable=tuple(spent),
        reimbursable_total=total_of(tuple(spent)) if spent else None,
        financial_expenses=draw(st.none() | positive_cents),
        retention=draw(st.none() | adjustments(rated=True)),
        in_kind=draw(st.none() | adjustments()),
        total_in_euros=draw(st.none() | cents),
        outstanding_in_euros=draw(st.none() | cents),
        payable_in_euros=draw(st.none() | cents),
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
        discounts=tuple(draw(st.lists(adjustments(rated=True), max_size=2))),
        charges=tuple(draw(st.lists(adjustments(rated=True), max_size=2))),
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
    taxes = tuple(draw(whole_taxes(tax)) for tax in taxes_of(invoiced))
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


# What UBL says


ubl_addresses = st.builds(
    Address,
    street=texts(60),
    post_code=digits(5).filter(lambda code: code != "00000"),
    town=texts(30),
    province=texts(20),
    country_code=st.sampled_from(["ESP", "FRA", "DEU"]),
    more=st.lists(texts(20), max_size=2).map(tuple),
)
identifiers = st.builds(Identifier, value=digits(8), scheme=st.none() | st.just("0088"))


@st.composite
def ubl_parties(draw: st.DrawFn) -> DocumentParty:
    return DocumentParty(
        tax_id=draw(tax_ids),
        name=draw(texts(80)),
        trade_name=draw(st.none() | texts(40)),
        address=draw(ubl_addresses),
        contact=draw(
            st.none() | st.builds(Contact, person=texts(40), telephone=digits(9), email=st.just("a@b.example"))
        ),
        identifiers=tuple(draw(st.lists(identifiers, max_size=2))),
        legal_id=draw(st.none() | identifiers),
        tax_registration=draw(st.none() | digits(9)),
        electronic_address=draw(st.none() | st.builds(Identifier, value=digits(13), scheme=st.just("0088"))),
    )


items = st.builds(
    Item,
    detail=st.none() | texts(60),
    buyer_code=st.none() | texts(20),
    standard_code=st.none() | st.builds(Identifier, value=digits(13), scheme=st.just("0160")),
    classifications=st.lists(st.builds(Identifier, value=digits(8), scheme=st.just("STI")), max_size=1).map(tuple),
    origin=st.none() | st.just("FRA"),
    properties=st.lists(st.builds(ItemProperty, name=texts(20), value=texts(20)), max_size=1).map(tuple),
    base_quantity=st.none() | st.sampled_from([D(1), D(10), D(3)]),
)


@st.composite
def ubl_lines(draw: st.DrawFn, position: int) -> Line:
    quantity = D(draw(st.integers(1, 10**4)))
    price = D(draw(st.integers(0, 10**6))).scaleb(-2)
    category, type_, rate = draw(
        st.sampled_from(
            [
                ("S", "IVA", D(21)),
                ("S", "IVA", D(10)),
                ("Z", "IVA", D(0)),
                ("E", "IVA", D(0)),
                ("AE", "IVA", D(0)),
                ("G", "IVA", D(0)),
                ("L", "IGIC", D(7)),
            ]
        )
    )
    item = draw(st.none() | items)
    cost = half_up(multiply(quantity, price))
    discounts = tuple(draw(st.lists(adjustments(), max_size=1)))
    gross = cost - total_of(discounts)
    unit, code = draw(st.sampled_from([("UNIT", "C62"), ("UNIT", "EA"), ("HOUR", "HUR"), ("KTN", "KTN")]))
    return Line(
        position=position,
        id=draw(st.just(str(position)) | texts(10)),
        description=draw(texts(200)),
        quantity=quantity,
        unit=unit,
        unit_code=code,
        unit_price=price,
        gross=gross,
        discounts=discounts,
        taxes=(LineTax(type=type_, rate=rate, base=gross, category=category),),
        article_code=draw(st.none() | texts(30)),
        period=draw(st.none() | periods),
        references=draw(
            st.sampled_from(
                [
                    (),
                    (Reference(kind=ReferenceKind.ORDER_LINE, value="7"),),
                    (Reference(kind=ReferenceKind.ORDER_LINE, value="A-7"),),
                    (Reference(kind=ReferenceKind.BUYER_ACCOUNTING, value="4000"),),
                ]
            )
        ),
        information=draw(st.none() | texts(60)),
        item=item,
    )


@st.composite
def ubl_payments(draw: st.DrawFn, issue_date: date, amount: Decimal) -> Payment:
    code, means = draw(st.sampled_from([("30", "TRANSFER"), ("58", "TRANSFER"), ("59", "DIRECT_DEBIT"), ("1", "1")]))
    iban = draw(st.none() | st.just("ES9121000418450200051332"))
    account = Account(iban=iban, bic=draw(st.none() | st.just("CAIXESBB")), holder=draw(st.none() | texts(40)))
    day = draw(st.none() | days)
    return Payment(
        due_date=day or issue_date,
        due_date_stated=day is not None,
        amount=amount,
        means=means,
        means_code=code,
        means_text=draw(st.none() | texts(20)),
        iban=iban,
        credited=account if iban and code != "59" else None,
        debited=account if iban and code == "59" else None,
        reference=draw(st.none() | texts(40)),
        mandate=draw(st.none() | texts(20)) if code == "59" else None,
    )


def ubl_taxes_of(invoiced: tuple[Line, ...]) -> tuple[TaxTotal, ...]:
    bases: dict[tuple[str, str, Decimal], Decimal] = {}
    for line in invoiced:
        for tax in line.taxes:
            key = (tax.category or "", tax.type, tax.rate)
            bases[key] = bases.get(key, ZERO) + tax.base
    return tuple(
        TaxTotal(
            type=type_,
            rate=rate,
            base=base,
            amount=percentage(base, rate),
            category=category,
            exemption_reason=f"Reason of {category}" if category in {"E", "AE", "G"} else None,
        )
        for (category, type_, rate), base in sorted(bases.items())
    )


@st.composite
def ubl_details(draw: st.DrawFn) -> Details:
    kinds = [kind for kind in ReferenceKind if kind is not ReferenceKind.ORDER_LINE]
    references = st.builds(Reference, kind=st.sampled_from(kinds), value=texts(30))
    return Details(
        specification="urn:cen.eu:en16931:2017",
        process=draw(st.none() | st.just("urn:fdc:peppol.eu:2017:poacc:billing:01:1.0")),
        notes=tuple(draw(st.lists(st.builds(Note, text=texts(60), subject=st.none() | st.just("AAI")), max_size=2))),
        payment_terms=draw(st.none() | texts(60)),
        payee=draw(st.none() | st.just(DocumentParty(tax_id="", name="Cobrador"))),
        delivery=draw(st.none() | st.builds(Delivery, name=st.none() | texts(20), day=st.none() | days)),
        period=draw(st.none() | periods | st.builds(Period, start=days)),
        tax_point_code=draw(st.none() | st.just("35")),
        references=tuple(draw(st.lists(references, max_size=3, unique_by=lambda reference: reference.kind))),
        supporting_documents=tuple(draw(st.lists(st.builds(SupportingDocument, reference=texts(20)), max_size=1))),
        settlement=Settlement(
            on_account_total=draw(st.none() | positive_cents),
            rounding=draw(st.none() | st.sampled_from([D("0.01"), D("-0.02")])),
        ),
    )


@st.composite
def ubl_contents(draw: st.DrawFn) -> InvoiceContent:
    """An invoice as reading UBL gives it, with what Facturae has no place for; all sums are right."""
    invoiced = tuple(draw(ubl_lines(position)) for position in range(1, draw(st.integers(1, 3)) + 1))
    details = draw(ubl_details())
    taxes = ubl_taxes_of(invoiced)
    totals = totals_of(taxes, invoiced, details)
    settlement = details.settlement
    payable = totals.total - (settlement.on_account_total or ZERO) + (settlement.rounding or ZERO)
    issue_date = draw(days)
    return InvoiceContent(
        format=DocumentFormat.UBL_2_1_INVOICE,
        number=draw(texts(20)),
        issue_date=issue_date,
        issuer=draw(ubl_parties()),
        receiver=draw(ubl_parties()),
        currency=draw(st.sampled_from(["EUR", "USD"])),
        totals=replace(totals, payable=payable),
        taxes=taxes,
        lines=invoiced,
        payments=tuple(draw(st.lists(ubl_payments(issue_date, payable), max_size=1))),
        details=details,
        attachments=draw(
            st.sampled_from(
                [
                    (),
                    (AttachedFile(name="a.pdf", media_type="application/pdf", content=b"%PDF-1.7", reference="7"),),
                    (AttachedFile(name="a.png", media_type="image/png", content=b"\x89PNG"),),
                ]
            )
        ),
    )
