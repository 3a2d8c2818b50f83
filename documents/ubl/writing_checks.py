"""What UBL by EN 16931 cannot say of an invoice, found before writing: errors keep it from being written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ...models.domain.findings import Finding, Severity
from ...models.domain.invoice import (
    Details,
    DocumentParty,
    InvoiceClass,
    InvoiceContent,
    InvoiceDocumentType,
    IssuerType,
    Line,
)
from ...models.domain.money import half_up
from ..facturae.codes import CORRECTIVE_CLASSES
from ..xml import forbidden_character
from .codes import MEANS_CODES, MEANS_KEYS, UNIT_KEYS
from .countries import alpha_2_of
from .instalments import are_instalments
from .rules_codes import CURRENCIES
from .rules_sums import is_tax_of
from .turning import is_credit_note, turned
from .writing_lines import PROPERTIES, unit_code
from .writing_money import BY_RATE, ZERO, Plan, plan_of
from .writing_parties import registration_text, vat_number
from .writing_payments import means_code, reference_of
from .writing_references import EMBEDDABLE, others_of

RULE: Final = "UBL"
"""The rule of what EN 16931 has no place for."""


@dataclass(frozen=True, slots=True)
class Sayable:
    """What there is to say before an invoice is written, and the fields of ``InvoiceContent`` that it is about."""

    findings: tuple[Finding, ...]
    told: frozenset[str]


class _Checks:
    """The findings so far."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.findings: list[Finding] = []
        self.told: set[str] = set()

    def lost(self, message: str, place: str = "", *fields: str, found: str | None = None) -> None:
        """Note something that is left out, or said otherwise, and the fields that are lost by it."""
        self._add(RULE, message, place, Severity.WARNING, found)
        self.told.update(fields)

    def wrong(self, rule: str, message: str, place: str = "", *, found: str | None = None) -> None:
        """Note what keeps the invoice from being written."""
        self._add(rule, message, place, Severity.ERROR, found)

    def _add(self, rule: str, message: str, place: str, severity: Severity, found: str | None) -> None:
        shown = None if found is None else found.encode("ascii", "backslashreplace").decode()[:200]
        location = f"/{self.root}{place}"
        self.findings.append(Finding(rule=rule, message=message, severity=severity, location=location, found=shown))


def check_sayable(content: InvoiceContent, *, credit: bool | None = None) -> tuple[Finding, ...]:
    """Errors for what keeps an invoice from being written as UBL, warnings for what it would lose or say otherwise.

    ``credit`` is whether it is to be a credit note; by default ``is_credit_note`` says. Locations are those of the UBL
    document; where it has no place at all, the nearest one.
    """
    return sayable(content, credit=is_credit_note(content) if credit is None else credit).findings


def sayable(content: InvoiceContent, *, credit: bool) -> Sayable:
    """The same, with the fields that the warnings are about."""
    checks = _Checks("CreditNote" if credit else "Invoice")
    _check(checks, content, credit=credit)
    return Sayable(tuple(checks.findings), frozenset(checks.told))


def _check(checks: _Checks, content: InvoiceContent, *, credit: bool) -> None:
    _check_texts(checks, content)
    if not all(map(_is_finite, _numbers(content))):
        checks.wrong("RCF06001", "An amount is not a number.")
        return
    said = turned(content) if credit else content
    plan = plan_of(said)
    _check_needed(checks, said)
    _check_money(checks, said, plan)
    _check_lines(checks, said)
    _check_payments(checks, said)
    for said_of in _WITHOUT_PLACE:
        for message, place, *fields in said_of(said):
            checks.lost(message, place, *fields)
    if credit:
        _check_credit_note(checks, said)


def _check_credit_note(checks: _Checks, content: InvoiceContent) -> None:
    if content.format.is_facturae:
        message = "This correction takes back more than it asks for: it is written as a credit note, signs turned."
        checks.lost(message, "/CreditNoteTypeCode")
    if content.totals.withheld:
        message = "A credit note has no place for taxes withheld: they are part of what was prepaid."
        checks.lost(message, "/LegalMonetaryTotal/PrepaidAmount")


def _check_needed(checks: _Checks, content: InvoiceContent) -> None:
    if not content.number.strip():
        checks.wrong("BR-02", "The invoice number must not be empty.", "/ID")
    if content.currency not in CURRENCIES:
        checks.wrong(
            "BR-CL-04", "The currency is not one of ISO 4217.", "/DocumentCurrencyCode", found=content.currency
        )
    if not content.lines:
        checks.wrong("BR-16", "An invoice must have at least one line.", f"/{checks.root}Line")
    for rule, party, place in (
        ("BR-06", content.issuer, "/AccountingSupplierParty/Party"),
        ("BR-07", content.receiver, "/AccountingCustomerParty/Party"),
    ):
        if not party.name.strip():
            checks.wrong(rule, "The party must have a name.", f"{place}/PartyLegalEntity/RegistrationName")
        _check_country(checks, party, place)
    if not content.issuer.tax_id.strip() and not content.issuer.identifiers and content.issuer.legal_id is None:
        checks.wrong("BR-CO-26", "The issuer must have a tax identification number.", "/AccountingSupplierParty/Party")


def _check_country(checks: _Checks, party: DocumentParty, place: str) -> None:
    address = party.address
    if address is not None and address.country_code and alpha_2_of(address.country_code) is None:
        message = "The country is not one of ISO 3166-1; that of the tax number is written."
        checks.lost(message, f"{place}/PostalAddress/Country", found=address.country_code)
    if address is None:
        message = "EN 16931 wants an address: the country of the tax number is written."
        checks.lost(message, f"{place}/PostalAddress")
    if party.tax_id and vat_number(party) is None:
        message = "The tax number does not start with a country, so it is not written as one for VAT."
        checks.lost(message, f"{place}/PartyTaxScheme", found=party.tax_id)


def _check_money(checks: _Checks, content: InvoiceContent, plan: Plan) -> None:
    place = "/LegalMonetaryTotal"
    totals = content.totals
    for share in plan.shares:
        rate = share.category.percent
        if not is_tax_of(share.tax, share.base, rate) or (share.tax and share.category.code not in BY_RATE):
            message = (
                "The tax is not the rate's share of its base, which EN 16931 wants to within one unit of currency."
            )
            checks.wrong("BR-CO-17", message, "/TaxTotal", found=f"{share.base} at {rate} %: {share.tax}")
        if share.category.code in BY_RATE and share.base and rate is not None and rate < 0:
            checks.wrong("BR-S-05", "A rate must not be negative.", "/TaxTotal", found=str(rate))
    if plan.gross != totals.gross:
        message = "The lines do not add up to the total of the lines; their sum is written."
        checks.lost(message, f"{place}/LineExtensionAmount", found=f"{plan.gross}, stated {totals.gross}")
    other = sum((half_up(tax.amount) for tax in plan.other_taxes), ZERO)
    if plan.taxes + other != totals.taxes:
        message = "The taxes do not add up to the total of the taxes; their sum is written."
        checks.lost(message, "/TaxTotal/TaxAmount", found=f"{plan.taxes + other}, stated {totals.taxes}")
    for tax in plan.other_taxes:
        checks.lost("A tax that is not VAT is a charge in EN 16931.", "/AllowanceCharge", found=tax.type)
    if any(share.surcharge_rate for share in plan.shares):
        message = "The equivalence surcharge is part of the VAT rate in EN 16931."
        lost = ("taxes.surcharge_rate", "taxes.surcharge_amount")
        checks.lost(message, "/TaxTotal/TaxSubtotal/TaxCategory/Percent", *lost)
    if totals.withheld and content.format.is_facturae and checks.root == "Invoice":
        message = "EN 16931 knows no taxes withheld: they are in WithholdingTaxTotal, and part of what was prepaid."
        checks.lost(message, f"{place}/PrepaidAmount", found=str(totals.withheld))
    _check_changes(checks, content, plan)


def _check_changes(checks: _Checks, content: InvoiceContent, plan: Plan) -> None:
    made_up = sum((change.amount for change in plan.changes if change.origin is None and not change.charge), ZERO)
    if made_up:
        message = "The taxable bases are not what the lines add up to: the difference is a discount and a charge."
        checks.lost(message, "/AllowanceCharge", found=str(made_up))
    origins = [id(change.origin) for change in plan.changes if change.origin is not None]
    if len(set(origins)) != len(origins):
        checks.lost("A discount or charge is divided among the rates of VAT.", "/AllowanceCharge")
    settlement = content.details.settlement
    if settlement.subsidies or settlement.retention or settlement.in_kind:
        message = "Subsidies, retentions and payments in kind are part of what was prepaid in EN 16931."
        checks.lost(message, "/LegalMonetaryTotal/PrepaidAmount")
    if settlement.reimbursable or settlement.financial_expenses:
        message = "Expenses paid for the receiver and financial expenses are taken off what was prepaid in EN 16931."
        checks.lost(message, "/LegalMonetaryTotal/PrepaidAmount")


def _check_lines(checks: _Checks, content: InvoiceContent) -> None:
    for line in content.lines:
        place = f"/{checks.root}Line[{line.position}]"
        if not line.description.strip():
            checks.wrong("BR-25", "What is billed must be named.", f"{place}/Item/Name")
        for message, *fields in _lost_of(line):
            checks.lost(message, place, *(f"lines[{line.position}].{name}" for name in fields))


def _lost_of(line: Line) -> Iterator[tuple[str, ...]]:
    if half_up(line.gross) != line.gross:
        yield "A line's amount has two decimals in EN 16931; it is rounded so that the lines add up.", "gross"
    if line.unit_price < 0:
        yield "A price must not be negative in EN 16931: the quantity is.", "unit_price", "quantity"
    if line.unit is None and line.unit_code is None:
        yield 'EN 16931 wants a unit: the line has none, and "one" is written.', "unit", "unit_code"
    elif line.unit is not None and UNIT_KEYS.get(unit_code(line), unit_code(line)) != line.unit:
        yield "The unit has no code of its own in Recommendation 20.", "unit", "unit_code"
    if len([tax for tax in line.taxes if not tax.withheld]) > 1:
        yield "A line has one tax in EN 16931: the others are left out of it.", "taxes"
    if line.extensions:
        yield "The line's extensions are left out.", "extensions"
    if any(one.day for one in line.references if one.kind in PROPERTIES):
        yield "The day of a reference of the line is left out.", "references.day"


def _check_payments(checks: _Checks, content: InvoiceContent) -> None:
    place = "/PaymentMeans"
    payments = content.payments
    for payment in payments:
        if MEANS_KEYS.get(MEANS_CODES.get(payment.means, ""), payment.means) != payment.means:
            message = "UNTDID 4461 has no code for the means of payment."
            checks.lost(message, place, *_MEANS, found=payment.means)
        if payment.regulatory or payment.debit_reference:
            message = "Data for regulators and references of debits are left out."
            checks.lost(message, place, "payments.regulatory", "payments.debit_reference")
    if len({means_code(payment) for payment in payments}) > 1:
        message = "EN 16931 has one means of payment: that of the first instalment is written."
        checks.lost(message, place, *_MEANS)
    if are_instalments(payments, content.totals.payable):
        message = (
            "EN 16931 has one sum by one day, the last: the instalments are in the terms, in words and in UBL's own."
        )
        checks.lost(message, "/PaymentTerms")
    elif len({payment.due_date for payment in payments if payment.due_date_stated}) > 1:
        message = "EN 16931 has one due date: the last is written, and all of them in the terms."
        checks.lost(message, "/DueDate", "payments.due_date", "payments.amount")
    elif len(payments) > 1 and any(payment.amount for payment in payments[1:]):
        message = "EN 16931 has one sum to pay: the instalments' amounts are left out but in the terms."
        checks.lost(message, place, "payments.amount")
    if any(payment.card_number or payment.mandate or payment.debited for payment in payments[1:]):
        checks.lost("EN 16931 has one card and one mandate: those of the first instalment are written.", place)
    if any(payment.reference not in {None, reference_of(content)} for payment in payments):
        message = "EN 16931 has one reference of payment: the first is written."
        checks.lost(message, f"{place}/PaymentID", "payments.reference")


def _lost_of_header(content: InvoiceContent) -> Iterator[tuple[str, ...]]:
    if content.document_type is InvoiceDocumentType.SIMPLIFIED:
        yield "UBL has no code for simplified invoices.", "/InvoiceTypeCode", "document_type"
    if content.invoice_class in {InvoiceClass.SUMMARY, InvoiceClass.COPY_OF_SUMMARY}:
        yield "UBL has no place for the class of summary invoices.", "/InvoiceTypeCode", "invoice_class"
    correction = content.corrects
    if correction is not None and not (correction.number or "").strip():
        yield "EN 16931 names what is corrected by its number, which is missing here.", "/BillingReference"
    if correction is None and content.invoice_class in CORRECTIVE_CLASSES and content.format.is_facturae:
        yield "What is corrected is not said.", "/BillingReference"


def _lost_of_details(content: InvoiceContent) -> Iterator[tuple[str, ...]]:
    details = content.details
    lost: dict[str, object] = {
        "place_of_issue": details.place_of_issue,
        "exchange": details.exchange,
        "third_party": details.third_party,
        "factoring": details.factoring,
        "language": details.language,
    }
    for name, said in lost.items():
        if said:
            yield _LEFT_OUT[name], "", f"details.{name}"
    if details.issuer_type is IssuerType.THIRD_PARTY:
        yield "UBL does not say that a third party issued the invoice.", "", "details.issuer_type"
    if details.operation_date is not None and details.tax_point_code:
        message = "EN 16931 takes either the date or the code of the tax point: the code is written."
        yield message, "/TaxPointDate", "details.operation_date"
    if _tax_currency_is_lost(content, details):
        message = "The VAT total in the tax currency is not known, so that currency is left out."
        yield message, "/TaxCurrencyCode", "details.tax_currency"
    if details.further_elements:
        yield "Elements that EN 16931 does not have are left out.", "", "details.further_elements"
    if others_of(details.references):
        yield "References that EN 16931 has no place for are written as supporting documents.", ""


def _tax_currency_is_lost(content: InvoiceContent, details: Details) -> bool:
    other = details.tax_currency not in {None, content.currency}
    return other and details.settlement.taxes_in_tax_currency is None


def _lost_of_parties(content: InvoiceContent) -> Iterator[tuple[str, ...]]:
    for name, party, place in (
        ("issuer", content.issuer, "/AccountingSupplierParty"),
        ("receiver", content.receiver, "/AccountingCustomerParty"),
    ):
        if party.registration is not None and registration_text(party) != party.registration.other:
            yield "Where the company is registered is written in one text.", f"{place}/Party/PartyLegalEntity"
        if party.contact is not None and party.contact.town_code:
            yield "The municipality's code is left out.", f"{place}/Party/Contact", f"{name}.contact.town_code"
    payee = content.details.payee or (content.details.factoring.assignee if content.details.factoring else None)
    if payee is not None and payee.name.strip() == content.issuer.name.strip():
        yield "The payee is the issuer, which EN 16931 does not say twice.", "/PayeeParty"
    if content.offices or content.issuer.offices:
        yield "EN 16931 has no place for offices: they are written as the party's service providers.", ""


def _lost_of_files(content: InvoiceContent) -> Iterator[tuple[str, ...]]:
    for at, file in enumerate(content.attachments, start=1):
        if file.media_type not in EMBEDDABLE:
            message = "EN 16931 takes no file of this kind; only its name is written."
            yield message, "/AdditionalDocumentReference", f"attachments[{at}]"


_MEANS: Final = ("payments.means", "payments.means_code")
_LEFT_OUT: Final = {
    "place_of_issue": "The place of issue is left out.",
    "exchange": "The exchange rate is left out.",
    "third_party": "The third party that issued the invoice is left out.",
    "factoring": "The papers and payments of the assignment are left out.",
    "language": "The language is left out.",
}
_WITHOUT_PLACE: Final[tuple[Callable[[InvoiceContent], Iterator[tuple[str, ...]]], ...]] = (
    _lost_of_header,
    _lost_of_details,
    _lost_of_parties,
    _lost_of_files,
)


def _numbers(content: InvoiceContent) -> Iterator[Decimal | None]:
    totals = content.totals
    yield from (totals.gross, totals.discounts, totals.charges, totals.taxable)
    yield from (totals.taxes, totals.withheld, totals.total, totals.payable)
    for tax in content.taxes:
        yield from (tax.rate, tax.base, tax.amount, tax.surcharge_rate, tax.surcharge_amount)
    for line in content.lines:
        yield from (line.quantity, line.unit_price, line.gross)
        for change in (*line.discounts, *line.charges):
            yield from (change.amount, change.rate, change.base)
        for line_tax in line.taxes:
            yield from (line_tax.rate, line_tax.base, line_tax.amount, line_tax.surcharge_rate)
    for payment in content.payments:
        yield payment.amount


def _is_finite(value: Decimal | None) -> bool:
    return value is None or value.is_finite()


def _check_texts(checks: _Checks, content: InvoiceContent) -> None:
    character = forbidden_character("".join(_texts(content)))
    if character is not None:
        message = f"A text holds a character that XML cannot carry: U+{ord(character):04X}."
        checks.wrong("HF01", message)


def _texts(said: object) -> Iterator[str]:
    """Every text of a content, however deep."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, tuple):
        for one in said:
            yield from _texts(one)
    elif hasattr(said, "__dataclass_fields__"):
        for name in said.__dataclass_fields__:
            yield from _texts(getattr(said, name))
