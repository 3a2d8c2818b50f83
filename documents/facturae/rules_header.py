"""The entry rules about the head of an invoice: RCF03001, RCF04001, RCF04002, RCF06004, RCF07001 and TR0001.

Orden HAP/1650/2015, annex II, rules 3a, 4a, 4b, 6c and 7a; copies (4c) and duplicates (3b) need the database.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from ...models.domain.invoice import Correction, InvoiceContent
from ..notes import Notes
from ..xml import Element
from .codes import CLASSES, CORRECTION_METHODS, CORRECTIVE_CLASSES, NUMBERED_METHODS
from .places import CURRENCIES


def check_count(count: int, file: dict[str, Any], notes: Notes) -> None:
    """TR0001: exactly one invoice, and the header says so."""
    if count != 1:
        message = "The document must hold exactly one invoice."
        notes.error("TR0001", "/Facturae/Invoices", message, expected="1", found=count)
        return
    stated = file.get("invoices_count") or ""
    if stated and stated.lstrip("+0") != "1":
        message = "InvoicesCount is not the number of invoices in the document."
        notes.warning("TR0001", "/Facturae/FileHeader/Batch/InvoicesCount", message, expected="1", found=stated)


def check_header(
    content: InvoiceContent, invoice: str, notes: Notes, today: date | None, element: Element | None = None
) -> None:
    """Number, correction, currency and date of one invoice; ``element`` is the one of a file of a wrong structure."""
    head = element is None or element.find("InvoiceHeader") is not None
    if head and not content.number:
        notes.error("RCF03001", f"{invoice}/InvoiceHeader/InvoiceNumber", "The invoice number is missing.")
    if element is None or (element.findtext("InvoiceHeader/InvoiceClass") or "").strip() in CLASSES:
        _check_class(content, f"{invoice}/InvoiceHeader/Corrective", notes)
    if content.currency not in CURRENCIES and (element is None or element.find("InvoiceIssueData") is not None):
        place = f"{invoice}/InvoiceIssueData/InvoiceCurrencyCode"
        message = "The currency is not a code of ISO 4217."
        notes.error("RCF06004", place, message, expected="EUR", found=content.currency)
    if today is not None and content.issue_date > today:
        place = f"{invoice}/InvoiceIssueData/IssueDate"
        message = "The issue date is after today."
        notes.error("RCF07001", place, message, expected=f"at most {today}", found=content.issue_date)


def _check_class(content: InvoiceContent, place: str, notes: Notes) -> None:
    corrective = content.invoice_class in CORRECTIVE_CLASSES
    if content.corrects is None:
        if corrective:
            notes.error("RCF04001", place, "A corrective invoice must say what it corrects, in Corrective.")
    elif corrective:
        _check_correction(content.corrects, place, notes)
    else:
        message = "The invoice says what it corrects, and is not of a corrective class (OR, CR)."
        notes.warning("RCF04001", place, message)


def _check_correction(correction: Correction, place: str, notes: Notes) -> None:
    if correction.method not in CORRECTION_METHODS:
        message = "The correction method is not one of 01 to 04."
        expected = ", ".join(CORRECTION_METHODS)
        notes.error("RCF04001", f"{place}/CorrectionMethod", message, expected=expected, found=correction.method)
    if correction.method in NUMBERED_METHODS and not correction.number:
        message = "A correction by method 01 or 02 must give the number of the invoice that it corrects."
        notes.error("RCF04002", f"{place}/InvoiceNumber", message)
