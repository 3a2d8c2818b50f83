"""What Facturae 3.2.2 cannot carry, found before writing: nothing is cut short or changed to fit."""

from __future__ import annotations

import re
from typing import Final

from ...models.domain.findings import Finding, Severity
from ...models.domain.invoice import (
    Address,
    Adjustment,
    AttachedFile,
    Correction,
    DocumentParty,
    InvoiceContent,
    Line,
    LineTax,
    Payment,
    TaxTotal,
    Totals,
)
from ...models.domain.money import MAX_DIGITS, to_cents
from ...models.domain.tax_ids import is_well_formed
from ..media import extension_of
from .attachments import FORMATS, SAME_FORMAT
from .checks import Checks, printable
from .codes import (
    CORRECTION_METHODS,
    CORRECTION_REASONS,
    CORRECTIVE_CLASSES,
    NUMBERED_METHODS,
    PAYMENT_MEANS,
    TAX_TYPES,
    UNITS,
    code_of,
)
from .composing_parties import SPAIN, post_code_and_town, split_person_name
from .places import COUNTRIES, CURRENCIES, province_that_fits

LONG_TEXT: Final = 2500

_POST_CODE = re.compile(r"[0-9]{5}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}.+")
_INVOICE = "/Facturae/Invoices/Invoice"


def check_composable(content: InvoiceContent) -> tuple[Finding, ...]:
    """Everything that keeps an invoice from being written as Facturae 3.2.2; a warning for what would be left out."""
    checks = Checks()
    header = f"{_INVOICE}/InvoiceHeader"
    checks.text("RCF03001", content.number, f"{header}/InvoiceNumber", 20, needed=True)
    checks.text("HF08", content.series or "", f"{header}/InvoiceSeriesCode", 20)
    checks.one_of("RCF06004", content.currency, CURRENCIES, f"{_INVOICE}/InvoiceIssueData/InvoiceCurrencyCode")
    _check_party(checks, content.issuer, "/Facturae/Parties/SellerParty")
    _check_party(checks, content.receiver, "/Facturae/Parties/BuyerParty")
    _check_offices(checks, content)
    _check_correction(checks, content, f"{header}/Corrective")
    _check_taxes(checks, content.taxes, _INVOICE)
    _check_totals(checks, content.totals)
    _check_lines(checks, content.lines)
    for position, payment in enumerate(content.payments, start=1):
        _check_payment(checks, payment, f"{_INVOICE}/PaymentDetails/Installment[{position}]")
    for position, file in enumerate(content.attachments, start=1):
        _check_file(checks, file, f"{_INVOICE}/AdditionalData/RelatedDocuments/Attachment[{position}]")
    return tuple(checks.findings)


def is_iban(account: str) -> bool:
    """Whether an account number without spaces has the shape of an IBAN."""
    return _IBAN.fullmatch(account) is not None


def _check_party(checks: Checks, party: DocumentParty, place: str) -> None:
    identification = f"{place}/TaxIdentification"
    number = f"{identification}/TaxIdentificationNumber"
    if not is_well_formed(party.tax_id):
        checks.note("RCF05002", "A tax identification number is 3 to 30 letters and digits.", number)
    checks.one_of("RCF05003", party.residence, frozenset("RUE"), f"{identification}/ResidenceTypeCode")
    if party.person:
        entity = f"{place}/Individual"
        _check_person_name(checks, party, entity)
    else:
        entity = f"{place}/LegalEntity"
        checks.text("RCF05005", party.name, f"{entity}/CorporateName", 80, needed=True)
        checks.text("HF08", party.trade_name or "", f"{entity}/TradeName", 40)
    if party.address is not None:
        _check_address(checks, party.address, entity)


def _check_person_name(checks: Checks, party: DocumentParty, entity: str) -> None:
    name, first, second = split_person_name(party.name)
    checks.text("RCF05004", name, f"{entity}/Name", 40, needed=True)
    checks.text("RCF05004", first, f"{entity}/FirstSurname", 40)
    checks.text("RCF05004", second, f"{entity}/SecondSurname", 40)
    if party.trade_name:
        message = "Facturae has no place for the trade name of a natural person; it is left out."
        checks.findings.append(Finding(rule="HF08", message=message, severity=Severity.WARNING, location=entity))


def _check_address(checks: Checks, address: Address, entity: str) -> None:
    spanish = address.country_code == SPAIN
    place = f"{entity}/{'AddressInSpain' if spanish else 'OverseasAddress'}"
    checks.text("HF08", address.street, f"{place}/Address", 80)
    if spanish:
        checks.text("HF08", address.town, f"{place}/Town", 50)
        if not _POST_CODE.fullmatch(address.post_code.strip()):
            message = "A Spanish post code is five digits."
            checks.note("HF08", message, f"{place}/PostCode", expected="28001", found=printable(address.post_code))
    else:
        checks.text("HF08", post_code_and_town(address), f"{place}/PostCodeAndTown", 50)
    checks.text("HF08", province_that_fits(address.province), f"{place}/Province", 20)
    checks.one_of("RCF05003", address.country_code, COUNTRIES, f"{place}/CountryCode")


def _check_offices(checks: Checks, content: InvoiceContent) -> None:
    centres = "/Facturae/Parties/BuyerParty/AdministrativeCentres"
    for position, office in enumerate(content.offices, start=1):
        place = f"{centres}/AdministrativeCentre[{position}]"
        checks.text("RCF08001", office.code, f"{place}/CentreCode", 10, needed=True)
        checks.text("RCF08001", office.name or "", f"{place}/CentreDescription", LONG_TEXT)


def _check_correction(checks: Checks, content: InvoiceContent, place: str) -> None:
    corrective = content.invoice_class in CORRECTIVE_CLASSES
    correction = content.corrects
    if correction is None:
        if corrective:
            checks.note("RCF04001", "A corrective invoice must say what it corrects.", place)
        return
    if not corrective:
        checks.note("RCF04001", "An invoice that corrects another must be of a corrective class.", place)
    _check_corrected(checks, correction, place)


def _check_corrected(checks: Checks, correction: Correction, place: str) -> None:
    checks.one_of("RCF04001", correction.reason_code, frozenset(CORRECTION_REASONS), f"{place}/ReasonCode")
    checks.one_of("RCF04001", correction.method, frozenset(CORRECTION_METHODS), f"{place}/CorrectionMethod")
    numbered = correction.method in NUMBERED_METHODS
    checks.text("RCF04002", correction.number or "", f"{place}/InvoiceNumber", 20, needed=numbered)
    checks.text("RCF04002", correction.series or "", f"{place}/InvoiceSeriesCode", 20)
    checks.text("RCF04001", correction.reason, f"{place}/AdditionalReasonDescription", LONG_TEXT)


def _check_taxes(checks: Checks, taxes: tuple[TaxTotal | LineTax, ...], owner: str) -> None:
    if all(tax.withheld for tax in taxes):
        message = "Facturae needs at least one tax that is charged, if only at a rate of zero."
        checks.note("HF08", message, f"{owner}/TaxesOutputs")
    for tax in taxes:
        place = f"{owner}/{'TaxesWithheld' if tax.withheld else 'TaxesOutputs'}/Tax"
        if code_of(TAX_TYPES, tax.type) is None:
            message = "The kind of tax is not one that Facturae knows."
            checks.note("HF08", message, f"{place}/TaxTypeCode", found=printable(tax.type))
        checks.amount(tax.rate, f"{place}/TaxRate")
        checks.amount(tax.base, f"{place}/TaxableBase")
        checks.amount(tax.amount, f"{place}/TaxAmount")
        if isinstance(tax, TaxTotal):
            _check_surcharge(checks, tax, place)


def _check_surcharge(checks: Checks, tax: TaxTotal, place: str) -> None:
    checks.amount(tax.surcharge_rate, f"{place}/EquivalenceSurcharge", 2)
    checks.amount(tax.surcharge_amount, f"{place}/EquivalenceSurchargeAmount")
    if tax.withheld and (tax.surcharge_rate is not None or tax.surcharge_amount is not None):
        checks.note("HF08", "A tax that is withheld has no equivalence surcharge.", f"{place}/EquivalenceSurcharge")


def _check_totals(checks: Checks, totals: Totals) -> None:
    amounts = {
        "TotalGrossAmount": totals.gross,
        "TotalGeneralDiscounts": totals.discounts,
        "TotalGeneralSurcharges": totals.charges,
        "TotalGrossAmountBeforeTaxes": totals.taxable,
        "TotalTaxOutputs": totals.taxes,
        "TotalTaxesWithheld": totals.withheld,
        "InvoiceTotal": totals.total,
        "TotalExecutableAmount": totals.payable,
    }
    for name, value in amounts.items():
        place = f"{_INVOICE}/InvoiceTotals/{name}"
        if not value.is_finite():
            checks.note("RCF06001", f"{name} is not a number.", place, found=str(value))
            continue
        try:
            to_cents(value)
        except ValueError:
            message = f"{name} must have at most two decimals and {MAX_DIGITS} significant digits."
            checks.note("RCF06001", message, place, found=str(value))


def _check_lines(checks: Checks, lines: tuple[Line, ...]) -> None:
    items = f"{_INVOICE}/Items"
    if not lines:
        checks.note("HF08", "An invoice must have at least one line.", f"{items}/InvoiceLine")
    for position, line in enumerate(lines, start=1):
        _check_line(checks, line, f"{items}/InvoiceLine[{position}]")


def _check_line(checks: Checks, line: Line, place: str) -> None:
    checks.text("RCF09001", line.description, f"{place}/ItemDescription", LONG_TEXT, needed=True)
    checks.amount(line.quantity, f"{place}/Quantity", MAX_DIGITS)
    checks.amount(line.unit_price, f"{place}/UnitPriceWithoutTax")
    checks.amount(line.cost, f"{place}/TotalCost")
    checks.amount(line.gross, f"{place}/GrossAmount")
    if line.unit is not None and code_of(UNITS, line.unit) is None:
        message = "The unit is not one that Facturae knows."
        checks.note("HF08", message, f"{place}/UnitOfMeasure", found=printable(line.unit))
    for discount in line.discounts:
        _check_change(checks, discount, f"{place}/DiscountsAndRebates/Discount/Discount")
    for charge in line.charges:
        _check_change(checks, charge, f"{place}/Charges/Charge/Charge")
    _check_taxes(checks, line.taxes, place)


def _check_change(checks: Checks, change: Adjustment, place: str) -> None:
    checks.text("HF08", change.reason, f"{place}Reason", LONG_TEXT)
    checks.amount(change.rate, f"{place}Rate")
    checks.amount(change.amount, f"{place}Amount")


def _check_payment(checks: Checks, payment: Payment, place: str) -> None:
    checks.amount(payment.amount, f"{place}/InstallmentAmount", 2)
    if code_of(PAYMENT_MEANS, payment.means) is None:
        message = "The means of payment is not one that Facturae knows."
        checks.note("HF08", message, f"{place}/PaymentMeans", found=printable(payment.means))
    account = "".join((payment.iban or "").split())
    checks.text("HF08", account, f"{place}/AccountToBeCredited/IBAN", 34)
    if account and len(account) < 5:
        checks.note("HF08", "An account number has at least five characters.", f"{place}/AccountToBeCredited/IBAN")


def _check_file(checks: Checks, file: AttachedFile, place: str) -> None:
    extension = extension_of(file.name)
    if SAME_FORMAT.get(extension, extension) not in FORMATS:
        message = "Facturae cannot hold a file of this kind; it can only travel beside the document."
        checks.note("TR0002", message, place, expected=", ".join(FORMATS), found=printable(extension))
    if not file.content:
        checks.note("TR0002", "An attached file must not be empty.", place)
    checks.text("TR0002", file.description or file.name, f"{place}/AttachmentDescription", LONG_TEXT)
