"""An invoice of another format, fitted to what Facturae 3.2.2 can say, with a warning for all that changes on the way.

Everything that has an honest place in Facturae goes there (domain-facts, section 7.1). Texts that are only too long are
cut or left out and said so: a number, a code or an amount never is, that keeps the invoice from being written at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from ...models.domain.findings import Finding
from ...models.domain.invoice import (
    AttachedFile,
    Correction,
    Details,
    DocumentFormat,
    InvoiceClass,
    InvoiceContent,
    Note,
    Payment,
    Reference,
    ReferenceKind,
)
from ..media import extension_of
from .attachments import FORMATS, SAME_FORMAT
from .codes import CORRECTIVE_CLASSES
from .composing_header import HEADER_REFERENCES
from .fitting_lines import REVERSE_CHARGE, fit_adjustments, fit_lines, fit_taxes
from .fitting_money import fit_payments, fit_settlement, fit_totals
from .fitting_notes import Notes
from .fitting_parties import fit_offices, fit_party
from .places import CURRENCIES

TEXT_LIMIT: Final = 2500
LITERAL_LIMIT: Final = 250
LITERAL: Final = "REG"
DESCRIPTION: Final = "AAA"
INFORMATION: Final = "AAI"
"""The subjects (UNTDID 4451) of notes that Facturae has elements for."""
REVERSE_CHARGE_LITERAL: Final = "Inversión del sujeto pasivo"

REFERENCE_WORDS: Final[Mapping[ReferenceKind, str]] = {
    ReferenceKind.FILE: "Expediente",
    ReferenceKind.RECEIVER_CONTRACT: "Contrato del receptor",
    ReferenceKind.RECEIVER_ORDER: "Pedido del receptor",
    ReferenceKind.ISSUER_CONTRACT: "Contrato del emisor",
    ReferenceKind.ISSUER_ORDER: "Pedido del emisor",
    ReferenceKind.ORDER_LINE: "Línea del pedido",
    ReferenceKind.DELIVERY_NOTE: "Albarán",
    ReferenceKind.RECEIVING_ADVICE: "Aviso de recepción",
    ReferenceKind.BUYER_REFERENCE: "Referencia del receptor",
    ReferenceKind.PROJECT: "Proyecto",
    ReferenceKind.TENDER: "Licitación o lote",
    ReferenceKind.INVOICED_OBJECT: "Objeto facturado",
    ReferenceKind.BUYER_ACCOUNTING: "Referencia contable del receptor",
    ReferenceKind.RELATED_INVOICE: "Factura relacionada",
    ReferenceKind.PRECEDING_INVOICE: "Factura anterior",
}
"""What stands before a reference that has no place of its own, in the language of the format."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """What is to be written, and what is not as the source said it."""

    content: InvoiceContent
    findings: tuple[Finding, ...]
    told: frozenset[str]
    """The fields that the findings are about."""


def fit_to_facturae(content: InvoiceContent) -> Fitted:
    """The invoice as Facturae 3.2.2 can say it. One that it can say as it is comes back as it was, without findings."""
    notes = Notes(content.format)
    totals, settlement = fit_totals(content, notes)
    invoice_class = _class(content, notes)
    corrects, references = _corrected(content, notes)
    payments, terms = _with_terms(fit_payments(content, notes), content.details, notes)
    details = replace(
        content.details,
        payment_terms=terms,
        settlement=fit_settlement(settlement, totals, notes),
        references=references,
    )
    fitted = replace(
        content,
        totals=totals,
        invoice_class=invoice_class,
        corrects=corrects,
        issuer=fit_party(content.issuer, "issuer", notes),
        receiver=fit_party(content.receiver, "receiver", notes),
        offices=fit_offices(content.offices, "offices", notes),
        taxes=fit_taxes(content, notes),
        lines=fit_lines(content, notes),
        payments=payments,
        attachments=_files(content.attachments, notes),
        details=_details(details, content, notes),
    )
    return Fitted(fitted, tuple(notes.findings), frozenset(notes.told))


def _details(details: Details, content: InvoiceContent, notes: Notes) -> Details:
    details = _with_notes(_with_references(details, notes), notes)
    delivery, operation = details.delivery, details.operation_date
    if delivery is not None and delivery.day is not None and operation is None:
        message = "The day of delivery is written as the date of the operation."
        notes.changed("details.delivery", message, delivery.day)
        operation = delivery.day
        rest = replace(delivery, day=None)
        delivery = rest if (rest.name, rest.location, rest.address) != (None, None, None) else None
    tax_currency = details.tax_currency
    if tax_currency is not None and tax_currency not in CURRENCIES:
        notes.changed("details.tax_currency", "Facturae does not know this currency; it is left out.", tax_currency)
        tax_currency = None
    return replace(
        details,
        delivery=delivery,
        operation_date=operation,
        tax_currency=tax_currency,
        discounts=fit_adjustments(details.discounts),
        charges=fit_adjustments(details.charges),
        file_extensions=_extensions(content, notes),
        legal_literals=_literals(details, content),
    )


def _extensions(content: InvoiceContent, notes: Notes) -> tuple[str, ...]:
    """Facturae takes extensions of its own formats only: those of other formats stay behind."""
    extensions = content.details.file_extensions
    if content.format.is_facturae or not extensions:
        return extensions
    notes.changed("details.file_extensions", "Extensions of the document are left out.", extensions[0])
    return ()


def _literals(details: Details, content: InvoiceContent) -> tuple[str, ...]:
    """The legal texts, and why the buyer owes a tax, which a line of Facturae has no word for."""
    reasons = [
        (tax.exemption_reason or REVERSE_CHARGE_LITERAL)[:LITERAL_LIMIT]
        for tax in content.taxes
        if tax.category == REVERSE_CHARGE
    ]
    return (*details.legal_literals, *(text for text in dict.fromkeys(reasons) if text not in details.legal_literals))


def _with_notes(details: Details, notes: Notes) -> Details:
    """Legal texts and the description by their subjects; the other notes, terms without a payment and references
    without a place as further information."""
    literals, description, others = list(details.legal_literals), details.description, []
    for note in details.notes:
        if note.subject == LITERAL and len(note.text) <= LITERAL_LIMIT:
            literals.append(note.text)
        elif note.subject == DESCRIPTION and description is None and len(note.text) <= TEXT_LIMIT:
            description = note.text
        else:
            others.append(note)
    if len(others) > 1 or any(note.subject not in (None, INFORMATION) for note in others):
        notes.changed("details.notes", "The notes are written as one text.", others[0].text)
    if details.payment_terms:
        message = "Terms of payment without a payment are written as further information."
        notes.changed("details.payment_terms", message, details.payment_terms)
    parts = [details.information, *map(_note, others), details.payment_terms, *notes.texts]
    text = "\n".join(part.strip() for part in parts if part and part.strip()) or None
    if text is not None:
        text = notes.cut("details.notes", text, TEXT_LIMIT, "Further information")
    return replace(
        details,
        information=text,
        description=description,
        legal_literals=tuple(literals),
        notes=(),
        payment_terms=None,
    )


def _note(note: Note) -> str:
    return note.text if note.subject in (None, INFORMATION) else f"#{note.subject}#{note.text}"


def _with_references(details: Details, notes: Notes) -> Details:
    """Each reference in its place; the buyer's own as the file's, if there is none; the others as texts."""
    kept: list[Reference] = []
    kinds = {reference.kind for reference in details.references}
    for at, reference in enumerate(details.references, start=1):
        kind = reference.kind
        field = f"details.references[{at}].{kind}"
        if kind is ReferenceKind.BUYER_REFERENCE and ReferenceKind.FILE not in kinds and len(reference.value) <= 20:
            notes.changed(field, "The buyer's reference is written as the file's.", reference.value)
            kept.append(Reference(kind=ReferenceKind.FILE, value=reference.value))
        elif _has_place(reference, kept):
            kept.append(reference)
        else:
            message = f"Facturae has no place for this reference ({kind}); it is written as further information."
            notes.changed(field, message, reference.value)
            notes.texts.append(f"{REFERENCE_WORDS[kind]}: {reference.value}")
    return replace(details, references=tuple(kept))


def _has_place(reference: Reference, before: list[Reference]) -> bool:
    if any(other.kind is reference.kind for other in before):
        return False
    if reference.kind is ReferenceKind.RELATED_INVOICE:
        return len(reference.value) <= 40
    return reference.kind in HEADER_REFERENCES and len(reference.value) <= 20


def _with_terms(
    payments: tuple[Payment, ...], details: Details, notes: Notes
) -> tuple[tuple[Payment, ...], str | None]:
    if not payments or not details.payment_terms or payments[0].information:
        return payments, details.payment_terms
    terms = notes.cut("details.payment_terms", details.payment_terms, TEXT_LIMIT, "The terms of payment")
    return (replace(payments[0], information=terms), *payments[1:]), None


def _class(content: InvoiceContent, notes: Notes) -> InvoiceClass:
    """A credit note may name no invoice, a Facturae that corrects must: then it is one of its own, with its signs."""
    if content.format.is_facturae or content.corrects is not None or content.invoice_class not in CORRECTIVE_CLASSES:
        return content.invoice_class
    message = "It names no invoice that it corrects, so it is written as an original one; its amounts say what it is."
    notes.changed("invoice_class", message, content.details.type_code or "")
    return InvoiceClass.ORIGINAL


def _corrected(content: InvoiceContent, notes: Notes) -> tuple[Correction | None, tuple[Reference, ...]]:
    """What is corrected, and the references: an invoice that corrects nothing is only related to the one it names."""
    correction, references = content.corrects, content.details.references
    if correction is None:
        return None, references
    if content.invoice_class not in CORRECTIVE_CLASSES:
        message = "The earlier invoice is written as a related one, since this is no corrective invoice."
        notes.changed("corrects", message, correction.number)
        related = Reference(kind=ReferenceKind.RELATED_INVOICE, value=correction.number or "")
        return None, (*references, related)
    if correction.reason_code and correction.method:
        return correction, references
    credit = content.format is DocumentFormat.UBL_2_1_CREDIT_NOTE or content.totals.total.is_signed()
    code, method = ("16", "02") if credit else ("10", "01")
    message = (
        f"UBL does not say why and how an invoice corrects another: reason {code} and method {method} are written."
    )
    notes.changed("corrects", message, correction.number)
    return replace(correction, reason_code=code, method=method), references


def _files(files: tuple[AttachedFile, ...], notes: Notes) -> tuple[AttachedFile, ...]:
    kept = []
    for at, file in enumerate(files, start=1):
        extension = extension_of(file.name)
        if SAME_FORMAT.get(extension, extension) not in FORMATS or not file.content:
            message = f"Facturae cannot hold a file such as {file.name!a}; it is left out."
            notes.changed(f"attachments[{at}]", message, file.name)
        else:
            kept.append(file)
    return tuple(kept)
