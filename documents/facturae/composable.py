"""What Facturae 3.2.2 cannot carry, found before writing: nothing is cut short or changed to fit."""

from __future__ import annotations

from ...models.domain.findings import Finding
from ...models.domain.invoice import (
    Account,
    AttachedFile,
    Correction,
    Factoring,
    InvoiceContent,
    Payment,
    ReferenceKind,
)
from ..media import extension_of
from .attachments import FORMATS, SAME_FORMAT
from .checks import Checks, printable
from .codes import (
    CORRECTION_METHODS,
    CORRECTION_REASONS,
    CORRECTIVE_CLASSES,
    LANGUAGES,
    NUMBERED_METHODS,
    PAYMENT_MEANS,
    code_of,
)
from .composable_amounts import INVOICE, check_amounts
from .composable_parties import LONG_TEXT, check_address, check_offices, check_party
from .composing_extras import parsed_extension
from .composing_header import HEADER_REFERENCES
from .composing_payments import accounts_of, without_spaces
from .left_out import left_out
from .places import CURRENCIES

_SELLER = "/Facturae/Parties/SellerParty"
_BUYER = "/Facturae/Parties/BuyerParty"
_FILE = "/Facturae/FileHeader"
_HEADER = f"{INVOICE}/InvoiceHeader"
_ISSUE = f"{INVOICE}/InvoiceIssueData"


def check_composable(content: InvoiceContent) -> tuple[Finding, ...]:
    """Everything that keeps an invoice from being written as Facturae 3.2.2; a warning for what would be left out."""
    checks = Checks()
    checks.text("RCF03001", content.number, f"{_HEADER}/InvoiceNumber", 20, needed=True)
    checks.text("HF08", content.series or "", f"{_HEADER}/InvoiceSeriesCode", 20)
    checks.one_of("RCF06004", content.currency, CURRENCIES, f"{_ISSUE}/InvoiceCurrencyCode")
    _check_issue_data(checks, content)
    check_party(checks, content.issuer, _SELLER)
    check_offices(checks, content.issuer.offices, _SELLER)
    check_party(checks, content.receiver, _BUYER)
    check_offices(checks, content.offices, _BUYER)
    _check_file_header(checks, content)
    _check_correction(checks, content, f"{_HEADER}/Corrective")
    check_amounts(checks, content)
    _check_payments(checks, content.payments, f"{INVOICE}/PaymentDetails")
    _check_extras(checks, content)
    return (*checks.findings, *left_out(content))


def _check_issue_data(checks: Checks, content: InvoiceContent) -> None:
    details = content.details
    if details.place_of_issue is not None:
        place = f"{_ISSUE}/PlaceOfIssue"
        checks.figures(details.place_of_issue.post_code, f"{place}/PostCode", "[0-9]{5}", "five digits")
        checks.text("HF08", details.place_of_issue.description, f"{place}/PlaceOfIssueDescription", 20)
    if details.exchange is not None:
        checks.amount(details.exchange.rate, f"{_ISSUE}/ExchangeRateDetails/ExchangeRate")
    if details.tax_currency is not None:
        checks.one_of("RCF06004", details.tax_currency, CURRENCIES, f"{_ISSUE}/TaxCurrencyCode")
    if details.language is not None:
        checks.one_of("HF08", details.language, LANGUAGES, f"{_ISSUE}/LanguageName")
    checks.text("HF08", details.description or "", f"{_ISSUE}/InvoiceDescription", LONG_TEXT)
    for reference in details.references:
        if reference.kind in HEADER_REFERENCES:
            checks.text("HF08", reference.value, f"{_ISSUE}/{HEADER_REFERENCES[reference.kind]}", 20)
        elif reference.kind is ReferenceKind.RELATED_INVOICE:
            checks.text("HF08", reference.value, f"{INVOICE}/AdditionalData/RelatedInvoice", 40)


def _check_file_header(checks: Checks, content: InvoiceContent) -> None:
    details = content.details
    checks.text("HF08", details.batch_id or "", f"{_FILE}/Batch/BatchIdentifier", 70)
    if details.third_party is not None:
        check_party(checks, details.third_party, f"{_FILE}/ThirdParty")
    if details.factoring is not None:
        _check_factoring(checks, details.factoring, f"{_FILE}/FactoringAssignmentData")


def _check_factoring(checks: Checks, factoring: Factoring, place: str) -> None:
    check_party(checks, factoring.assignee, f"{place}/Assignee")
    if not factoring.payments:
        checks.note("HF08", "An assignment must say how the assignee is paid.", f"{place}/PaymentDetails")
    _check_payments(checks, factoring.payments, f"{place}/PaymentDetails")
    checks.text("HF08", factoring.clauses or "", f"{place}/FactoringAssignmentClauses", LONG_TEXT)
    for document in factoring.documents:
        paper = f"{place}/FactoringAssignmentDocument"
        texts = {
            "DocumentCharacter": (document.character, 50),
            "RepresentationIdentity": (document.representative, 80),
            "DocumentType": (document.type, 50),
            "Repository/RepositoryName": (document.repository, 20),
            "Repository/URL": (document.url, 250),
            "Repository/Reference": (document.reference, 250),
        }
        checks.texts(paper, texts)


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
    explained = correction.detail or correction.reason
    checks.text("RCF04001", explained, f"{place}/AdditionalReasonDescription", LONG_TEXT)


def _check_payments(checks: Checks, payments: tuple[Payment, ...], place: str) -> None:
    for position, payment in enumerate(payments, start=1):
        _check_payment(checks, payment, f"{place}/Installment[{position}]")


def _check_payment(checks: Checks, payment: Payment, place: str) -> None:
    checks.amount(payment.amount, f"{place}/InstallmentAmount", 2)
    if code_of(PAYMENT_MEANS, payment.means) is None:
        message = "The means of payment is not one that Facturae knows."
        checks.note("HF08", message, f"{place}/PaymentMeans", found=printable(payment.means))
    for name, account in zip(("AccountToBeCredited", "AccountToBeDebited"), accounts_of(payment), strict=True):
        if account is not None:
            _check_account(checks, account, f"{place}/{name}")
    texts = {
        "PaymentReconciliationReference": (payment.reference, 60),
        "CollectionAdditionalInformation": (payment.information, LONG_TEXT),
        "DebitReconciliationReference": (payment.debit_reference, 60),
    }
    checks.texts(place, texts)
    checks.figures(payment.regulatory, f"{place}/RegulatoryReportingData", "[0-9]{6}", "six digits")


def _check_account(checks: Checks, account: Account, place: str) -> None:
    name = "IBAN" if account.iban else "AccountNumber"
    number = without_spaces(account.iban or account.number)
    checks.text("HF08", number, f"{place}/{name}", 34)
    if len(number) < 5:
        checks.note("HF08", "An account number has at least five characters.", f"{place}/{name}")
    checks.texts(place, {"BankCode": (account.bank_code, 60), "BranchCode": (account.branch_code, 60)})
    if account.branch_address is not None:
        check_address(checks, account.branch_address, place, ("BranchInSpainAddress", "OverseasBranchAddress"))
    checks.figures(account.bic, f"{place}/BIC", ".{11}", "eleven characters")
    checks.text("HF08", account.bic or "", f"{place}/BIC", 11)


def _check_extras(checks: Checks, content: InvoiceContent) -> None:
    details, additional = content.details, f"{INVOICE}/AdditionalData"
    for literal in details.legal_literals:
        checks.text("HF08", literal, f"{INVOICE}/LegalLiterals/LegalReference", 250)
    for position, file in enumerate(content.attachments, start=1):
        _check_file(checks, file, f"{additional}/RelatedDocuments/Attachment[{position}]")
    checks.text("HF08", details.information or "", f"{additional}/InvoiceAdditionalInformation", LONG_TEXT)
    _check_extensions(checks, details.extensions, f"{additional}/Extensions")
    _check_extensions(checks, details.file_extensions, "/Facturae/Extensions")
    for position, line in enumerate(content.lines, start=1):
        _check_extensions(checks, line.extensions, f"{INVOICE}/Items/InvoiceLine[{position}]/Extensions")


def _check_extensions(checks: Checks, extensions: tuple[str, ...], place: str) -> None:
    for extension in extensions:
        try:
            parsed_extension(extension)
        except ValueError as error:
            checks.note("HF08", f"The extension cannot be written: {error}.", place, found=printable(extension[:100]))


def _check_file(checks: Checks, file: AttachedFile, place: str) -> None:
    extension = extension_of(file.name)
    if SAME_FORMAT.get(extension, extension) not in FORMATS:
        message = "Facturae cannot hold a file of this kind; it can only travel beside the document."
        checks.note("TR0002", message, place, expected=", ".join(FORMATS), found=printable(extension))
    if not file.content:
        checks.note("TR0002", "An attached file must not be empty.", place)
    checks.text("TR0002", file.description or file.name, f"{place}/AttachmentDescription", LONG_TEXT)
