"""From a document in one format to the same invoice in another: ``convert``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from ..models.domain.errors import DocumentRefused
from ..models.domain.findings import Finding, Severity, errors_among
from ..models.domain.invoice import DocumentFormat, InvoiceContent
from .composing import check_composable, compose_facturae
from .facturae.fitting import fit_to_facturae
from .facturae.fitting_notes import gathered
from .facturae.source_places import target_in_source
from .reading import read_content
from .ubl.writing import check_sayable, compose_ubl

_UBL: Final = frozenset({DocumentFormat.UBL_2_1, DocumentFormat.UBL_2_1_INVOICE, DocumentFormat.UBL_2_1_CREDIT_NOTE})


@dataclass(frozen=True, slots=True)
class Converted:
    """A document that was made of another. ``findings`` are warnings: what the format cannot say, and what it says
    otherwise."""

    content: bytes
    format: DocumentFormat
    findings: tuple[Finding, ...]


def convert(data: bytes, wanted: DocumentFormat) -> Converted:
    """The invoice of a document in the wanted format: FACTURAE_3_2_2, or UBL_2_1 of either kind or of the one named.

    ``DocumentRefused`` with all findings where the document cannot be read or cannot be written in that format; their
    places are those of the document. What is lost on the way is told in the findings of the result, never silently.
    """
    try:
        content = read_content(data)
    except ValueError as error:
        message = f"The document cannot be read: {error}."
        raise DocumentRefused((Finding(rule="HF08", message=message, location="/"),), path=()) from error
    if wanted is DocumentFormat.FACTURAE_3_2_2:
        return _as_facturae(content)
    if wanted in _UBL:
        return _as_ubl(content, wanted)
    raise _refused(f"A document cannot be written as {wanted}.", wanted)


def _as_facturae(content: InvoiceContent) -> Converted:
    fitted = fit_to_facturae(content)
    checked = check_composable(fitted.content)
    placed = tuple(_placed(finding, content.format) for finding in checked)
    findings = gathered((*placed, *fitted.findings))
    if errors_among(findings):
        raise DocumentRefused(findings, path=())
    return Converted(compose_facturae(fitted.content), DocumentFormat.FACTURAE_3_2_2, findings)


def _as_ubl(content: InvoiceContent, wanted: DocumentFormat) -> Converted:
    credit = content.format is DocumentFormat.UBL_2_1_CREDIT_NOTE
    made = DocumentFormat.UBL_2_1_CREDIT_NOTE if credit else DocumentFormat.UBL_2_1_INVOICE
    if wanted not in (made, DocumentFormat.UBL_2_1):
        said, asked = ("a credit note", "an invoice") if credit else ("an invoice", "a credit note")
        raise _refused(f"This document is {said}, it cannot be written as {asked}: ask for UBL_2_1.", wanted)
    findings = gathered(check_sayable(content))
    if errors_among(findings):
        raise DocumentRefused(findings, path=())
    return Converted(compose_ubl(content), made, findings)


def _placed(finding: Finding, source: DocumentFormat) -> Finding:
    """With its place in the terms of the document that was read, where it is one of the document to be written."""
    if finding.severity is Severity.WARNING or finding.location is None:
        return finding
    return replace(finding, location=target_in_source(finding.location, source))


def _refused(message: str, wanted: DocumentFormat) -> DocumentRefused:
    return DocumentRefused((Finding(rule="HF08", message=message, location="/", found=wanted.value),), path=())
