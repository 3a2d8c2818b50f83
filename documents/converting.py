"""From a document in one format to the same invoice in another: ``convert``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from ..models.domain.errors import DocumentRefused, Invalid
from ..models.domain.findings import Finding, Severity, errors_among
from ..models.domain.invoice import DocumentFormat, InvoiceContent
from .composing import check_composable, compose_facturae
from .facturae.codes import CORRECTIVE_CLASSES
from .facturae.fitting import fit_to_facturae
from .facturae.fitting_notes import gathered
from .facturae.left_out import omissions
from .facturae.source_places import target_in_source
from .losses import losses
from .reading import read_content
from .ubl.turning import is_credit_note
from .ubl.writing import compose_ubl
from .ubl.writing_checks import sayable

_UBL: Final = frozenset({DocumentFormat.UBL_2_1, DocumentFormat.UBL_2_1_INVOICE, DocumentFormat.UBL_2_1_CREDIT_NOTE})


@dataclass(frozen=True, slots=True)
class Converted:
    """A document that was made of another. ``findings`` are warnings: what the format cannot say, and what it says
    otherwise; ``told`` are the fields of ``InvoiceContent`` that they are about (``losses.is_told``)."""

    content: bytes
    format: DocumentFormat
    findings: tuple[Finding, ...]
    told: frozenset[str] = frozenset()


def convert(data: bytes, wanted: DocumentFormat) -> Converted:
    """The invoice of a document in the wanted format: FACTURAE_3_2_2, or UBL_2_1 of either kind or of the one named.

    ``DocumentRefused`` with all findings where the document cannot be read or cannot be written in that format. What
    is lost on the way is told in the findings of the result, never silently: what was written is turned back into the
    first format and compared, field by field, and whatever differs is a finding. Places are those of the document that
    came, or for what the words of UBL are about, of the one that was made; each begins with its root element.
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
    findings = (*placed, *fitted.findings)
    if errors_among(findings):
        raise DocumentRefused(gathered(findings), path=())
    document = compose_facturae(fitted.content)
    told = fitted.told | {omission.field for omission in omissions(fitted.content)}
    return _compared(Converted(document, DocumentFormat.FACTURAE_3_2_2, findings, told), content)


def _as_ubl(content: InvoiceContent, wanted: DocumentFormat) -> Converted:
    credit = _as_credit_note(content, wanted)
    said = sayable(content, credit=credit)
    if errors_among(said.findings):
        raise DocumentRefused(gathered(said.findings), path=())
    document = compose_ubl(content, credit=credit)
    made = DocumentFormat.UBL_2_1_CREDIT_NOTE if credit else DocumentFormat.UBL_2_1_INVOICE
    return _compared(Converted(document, made, said.findings, said.told), content)


def _as_credit_note(content: InvoiceContent, wanted: DocumentFormat) -> bool:
    """Whether as a credit note. A Facturae that corrects may be had as either, if its total takes back money."""
    credit = is_credit_note(content)
    if wanted is DocumentFormat.UBL_2_1 or credit == (wanted is DocumentFormat.UBL_2_1_CREDIT_NOTE):
        return credit
    takes_back = content.invoice_class in CORRECTIVE_CLASSES and content.totals.total < 0
    if content.format.is_facturae and takes_back:
        return not credit
    said, asked = ("a credit note", "an invoice") if credit else ("an invoice", "a credit note")
    raise _refused(f"This document is {said}, it cannot be written as {asked}: ask for UBL_2_1.", wanted)


def _compared(made: Converted, content: InvoiceContent) -> Converted:
    """With what it does not bring back, beyond what is told already."""
    try:
        back = _way_back(made.content, content)
    except Invalid as error:
        message = f"What is lost cannot be told in full, since the way back is barred: {error}"
        barred = Finding(rule="HF08", message=message, severity=Severity.WARNING, location="/")
        return replace(made, findings=gathered((*made.findings, barred)))
    lost = tuple(losses(content, back, made.told, in_facturae=not content.format.is_facturae))
    findings = gathered((*made.findings, *(loss.finding for loss in lost)))
    return replace(made, findings=findings, told=made.told | {loss.field for loss in lost})


def _way_back(document: bytes, content: InvoiceContent) -> InvoiceContent:
    """What the document says, in the terms of the format that the content came in."""
    written = read_content(document)
    if written.format.is_facturae == content.format.is_facturae:
        return written
    if content.format.is_facturae:
        return read_content(compose_facturae(fit_to_facturae(written).content))
    return read_content(compose_ubl(written, credit=is_credit_note(content)))


def _placed(finding: Finding, source: DocumentFormat) -> Finding:
    """With its place in the terms of the document that was read, where it is one of the document to be written."""
    if finding.severity is Severity.WARNING or finding.location is None:
        return finding
    return replace(finding, location=target_in_source(finding.location, source))


def _refused(message: str, wanted: DocumentFormat) -> DocumentRefused:
    return DocumentRefused((Finding(rule="HF08", message=message, location="/", found=wanted.value),), path=())
