"""An invoice as a sheet: who, where it stands, what for, how much, how it is paid, and what the original is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Final

from ...models.domain.invoice import (
    Correction,
    Details,
    DocumentFormat,
    FactoringDocument,
    InvoiceContent,
    IssuerType,
)
from ...models.domain.states import STATES, InvoiceStatus, Language
from . import figures
from .blocks import Badge, Block, Cell, Column, Fact, Facts, Row, Sheet, Table, Texts
from .files import attachments, original
from .lines import lines
from .parties import offices, parties
from .reckoning import payments, sums, taxes
from .scribe import Scribe
from .subjects import InvoicePicture, ReceivedFile
from .texts import Desk
from .words import Words

_COLOURS: Final[Mapping[InvoiceStatus, tuple[str, str]]] = {
    InvoiceStatus.SENT: ("#435062", "#e6e9ee"),
    InvoiceStatus.REGISTERED: ("#1d4f91", "#dfeafb"),
    InvoiceStatus.DELIVERED: ("#0e5a6d", "#d8eff4"),
    InvoiceStatus.REGISTERED_IN_RCF: ("#553a9c", "#e9e3fa"),
    InvoiceStatus.RECEIVED: ("#84286d", "#f6e1f1"),
    InvoiceStatus.CONFORMED: ("#4b5a10", "#eaf0d2"),
    InvoiceStatus.RECOGNISED: ("#7a4a05", "#fbeccb"),
    InvoiceStatus.PAID: ("#12612f", "#d8f2df"),
    InvoiceStatus.REJECTED: ("#a02418", "#fbe0dd"),
    InvoiceStatus.CANCELLED: ("#5d5148", "#ebe6e1"),
}
"""Ink and ground of a state: those of the live page (``server/pages/live/live.css``)."""


_ENDED: Final = {InvoiceStatus.REJECTED: "rejected", InvoiceStatus.CANCELLED: "cancelled"}
"""The states in which nothing more comes, and the sentence that says so."""


def invoice_sheet(picture: InvoicePicture, words: Words, desk: Desk) -> Sheet:
    """The sheet of an invoice. Texts that cannot be shown whole are told of at its end."""
    content = picture.content
    scribe = Scribe(words, desk, desk.line(content.currency, 12), content.format.is_facturae)
    number = scribe.code(figures.full_number(content.series, content.number))
    ink, wash = _COLOURS[picture.state]
    kind = _kind(words, content)
    # What is short comes to the desk before what may fill it.
    about: tuple[Block, ...] = (
        *_standing(scribe, picture),
        *parties(scribe, content),
        *offices(scribe, content),
        *_facts(scribe, content),
        *(_correction(scribe, content.corrects) if content.corrects else ()),
    )
    reckoning: tuple[Block, ...] = (*taxes(scribe, content), sums(scribe, content), *payments(scribe, content))
    came = original(
        scribe,
        "original",
        format_=content.format,
        file_name=None,
        size=picture.size,
        sha256=picture.sha256,
        signature=picture.signature,
        signer=picture.signer,
        after=words.sentences["picture_about"],
    )
    blocks: tuple[Block, ...] = (
        *about,
        *lines(scribe, content),
        *reckoning,
        *_prose(scribe, content.details),
        *_supporting(scribe, content.details),
        *attachments(scribe, picture.attachments or _inside(content)),
        came,
    )
    return Sheet(
        tag=words.tag,
        title=f"{kind} {number}",
        kind=kind,
        number=number,
        badge=Badge(text=STATES[picture.state].names[Language(words.tag.upper())], ink=ink, wash=wash),
        figure=Fact(label=scribe.label("figure"), text=scribe.amount(content.totals.payable)),
        blocks=(*blocks, *scribe.caveats(extended=_extended(content))),
        footer=words.sentences["picture_footer"].format(number=scribe.brief(number)),
        page=words.page,
    )


def _kind(words: Words, content: InvoiceContent) -> str:
    if content.format is DocumentFormat.UBL_2_1_CREDIT_NOTE:
        return words.sentences["credit_note"]
    return f"{words.types[content.document_type]} {words.classes[content.invoice_class]}".strip()


def _standing(scribe: Scribe, picture: InvoicePicture) -> tuple[Facts, ...]:
    """Why the invoice went no further, if so; its day, its numbers, and since when it is where it stands."""
    known = (
        *scribe.facts(
            ("issue_date", scribe.day(picture.content.issue_date)),
            ("registry_number", scribe.code(picture.registry_number)),
        ),
        *scribe.moments(("registered_at", picture.registered_at)),
        *scribe.facts(("rcf_number", scribe.code(picture.rcf_number))),
        *scribe.moments(("state_since", picture.state_since)),
        *scribe.facts(("payment_date", scribe.day(picture.payment_date))),
    )
    standing = Facts(items=known)
    if picture.state not in _ENDED:
        return (standing,)
    reason = Fact(
        label=scribe.label("reason"),
        text=scribe.text(picture.rejection_reason),
        note=scribe.labelled("reason_code", scribe.code(picture.rejection_code)),
        wide=True,
    )
    title = scribe.words.sentences[_ENDED[picture.state]]
    return (Facts(title=title, items=(reason,) if reason.text else (), alarm=True), standing)


def _facts(scribe: Scribe, content: InvoiceContent) -> tuple[Facts, ...]:
    details = content.details
    exchange = details.exchange
    writer = scribe.words.issuers[details.issuer_type] if details.issuer_type is not IssuerType.ISSUER else ""
    place = details.place_of_issue
    known = scribe.facts(
        ("series", scribe.code(content.series)),
        ("number", scribe.code(content.number) if content.series else ""),
        ("operation_date", scribe.day(details.operation_date)),
        ("period", scribe.period(details.period)),
        (
            "place",
            " ".join(filter(None, (scribe.code(place.post_code), scribe.code(place.description)))) if place else "",
        ),
        ("exchange", f"{scribe.number(exchange.rate)} ({scribe.day(exchange.day)})" if exchange else ""),
        ("tax_currency", scribe.code(details.tax_currency) if details.tax_currency != content.currency else ""),
        ("issued_by", writer),
    )
    references = tuple(
        Fact(label=scribe.words.references[one.kind], text=scribe.code(one.value) + _dated(scribe, one.day))
        for one in scribe.desk.some(details.references)
    )
    found = known + references
    return (Facts(title=scribe.label("invoice"), items=found),) if found else ()


def _dated(scribe: Scribe, day: date | None) -> str:
    return f" ({scribe.day(day)})" if day else ""


def _correction(scribe: Scribe, found: Correction) -> tuple[Facts, ...]:
    corrected = figures.full_number(found.series, found.number or "")
    method = scribe.words.methods.get(found.method) or scribe.code(found.method)
    reason = scribe.words.reasons.get(found.reason_code) or scribe.text(found.reason)
    known = scribe.facts(
        ("corrected", scribe.code(corrected)),
        ("correction_date", scribe.day(found.issue_date)),
        ("correction_period", scribe.period(found.period)),
        ("correction_method", method),
    )
    said = scribe.facts(
        ("correction_reason", reason),
        ("correction_detail", scribe.text(found.detail) if found.detail != found.reason else ""),
    )
    items = (*known, *(replace(fact, wide=True) for fact in said))
    return (Facts(title=scribe.label("correction"), items=items),)


def _prose(scribe: Scribe, details: Details) -> tuple[Texts, ...]:
    """What the document says in sentences."""
    factoring = details.factoring
    told = (
        ("payment_terms", (details.payment_terms,)),
        ("legal_literals", (*details.legal_literals, factoring.clauses if factoring else None)),
        ("notes", (details.description, *(note.text for note in details.notes), details.information)),
    )
    found = ((key, tuple(filter(None, map(scribe.text, scribe.desk.some(texts))))) for key, texts in told)
    return tuple(Texts(title=scribe.label(key), items=texts) for key, texts in found if texts)


def _supporting(scribe: Scribe, details: Details) -> tuple[Table, ...]:
    rows: tuple[Row, ...] = tuple(
        (scribe.code(one.reference), Cell(text=scribe.text(one.description), notes=_notes(scribe.line(one.url))))
        for one in scribe.desk.some(details.supporting_documents)
    )
    if details.factoring:
        rows += tuple(_paper(scribe, paper) for paper in scribe.desk.some(details.factoring.documents))
    columns = (Column(head=scribe.label("reference"), width=150), Column(head=scribe.label("description")))
    return (Table(title=scribe.label("supporting"), columns=columns, rows=rows),) if rows else ()


def _paper(scribe: Scribe, paper: FactoringDocument) -> Row:
    kept = scribe.joined(scribe.code(paper.representative), scribe.code(paper.repository), scribe.line(paper.url))
    kind = scribe.joined(scribe.code(paper.type), scribe.code(paper.character))
    return (scribe.code(paper.reference), Cell(text=kind, notes=_notes(kept)))


def _extended(content: InvoiceContent) -> bool:
    details = content.details
    beyond = details.extensions or details.file_extensions or details.further_elements
    return bool(beyond) or any(line.extensions for line in content.lines)


def _notes(*texts: str) -> tuple[str, ...]:
    return tuple(filter(None, texts))


def _inside(content: InvoiceContent) -> tuple[ReceivedFile, ...]:
    """The files inside the document, where nobody says which came with it."""
    return tuple(
        ReceivedFile(
            name=file.name,
            size=len(file.content),
            sha256=sha256(file.content).hexdigest(),
            description=file.description,
        )
        for file in content.attachments
    )
