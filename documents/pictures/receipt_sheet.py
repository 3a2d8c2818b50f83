"""The entry of an invoice as a sheet: its registry number and instant, what came in, and by what it is known."""

from __future__ import annotations

from typing import Final

from ...models.domain.finding_words import message_in
from ...models.domain.findings import Finding
from ...models.domain.rules import rule_about
from . import figures
from .blocks import Badge, Block, Cell, Column, Fact, Facts, Row, Sheet, Side, Sides, Table, Texts
from .files import attachments, original
from .scribe import Scribe
from .subjects import EntryReceipt
from .texts import Desk
from .words import Words

_REGISTERED: Final = ("#1d4f91", "#dfeafb")
_PENDING: Final = ("#435062", "#e6e9ee")


def receipt_sheet(receipt: EntryReceipt, words: Words, desk: Desk) -> Sheet:
    """The sheet of a receipt, of an entry that has its registry number or still waits for it."""
    scribe = Scribe(words, desk, desk.line(receipt.currency, 12))
    number = scribe.code(figures.full_number(receipt.series, receipt.number))
    receiver = scribe.line(receipt.receiver_name)
    sentence = words.sentences["receipt_registered" if receipt.registry_number else "receipt_pending"]
    badge, (ink, wash) = ("registered", _REGISTERED) if receipt.registry_number else ("pending", _PENDING)
    files = attachments(scribe, receipt.attachments)
    none = Texts(title=scribe.label("attachments"), items=(words.sentences["no_attachments"],))
    blocks: tuple[Block, ...] = (
        Texts(items=(sentence.format(receiver=receiver),)),
        Facts(title=scribe.label("entry"), items=_entry(scribe, receipt)),
        Sides(
            items=(
                _side(scribe, "issuer", receipt.issuer_name, receipt.issuer_tax_id),
                _side(scribe, "receiver", receipt.receiver_name, receipt.receiver_tax_id),
            )
        ),
        Facts(
            title=scribe.label("invoice"),
            items=scribe.facts(
                ("number", number),
                ("issue_date", scribe.day(receipt.issue_date)),
                ("figure", scribe.amount(receipt.total)),
            ),
        ),
        original(
            scribe,
            "received_document",
            format_=receipt.format,
            file_name=receipt.file_name,
            size=receipt.size,
            sha256=receipt.sha256,
            signature=receipt.signature,
            signer=receipt.signer,
            after=words.sentences["receipt_about"],
        ),
        *(files or (none,)),
        *_warnings(scribe, receipt.warnings),
    )
    title = words.sentences["receipt_title"]
    shown = scribe.code(receipt.registry_number) or number
    return Sheet(
        tag=words.tag,
        title=f"{title} {shown}",
        kind=title,
        number=shown,
        badge=Badge(text=words.sentences[f"receipt_badge_{badge}"], ink=ink, wash=wash),
        blocks=(*blocks, *scribe.caveats()),
        footer=words.sentences["receipt_footer"].format(number=scribe.brief(number)),
        page=words.page,
    )


def _entry(scribe: Scribe, receipt: EntryReceipt) -> tuple[Fact, ...]:
    return (
        *scribe.facts(("registry_number", scribe.code(receipt.registry_number))),
        *scribe.moments(("registered_at", receipt.registered_at), ("received_at", receipt.received_at)),
    )


def _side(scribe: Scribe, role: str, name: str, tax_id: str) -> Side:
    return Side(
        title=scribe.label(role), name=scribe.line(name), lines=(scribe.labelled("tax_id", scribe.code(tax_id)),)
    )


def _warnings(scribe: Scribe, found: tuple[Finding, ...]) -> tuple[Table, ...]:
    rows = tuple(_warning(scribe, one) for one in scribe.desk.some(found))
    columns = (Column(head=scribe.label("rule"), width=60), Column(head=scribe.label("description")))
    return (Table(title=scribe.label("warnings"), columns=columns, rows=rows),) if rows else ()


def _warning(scribe: Scribe, one: Finding) -> Row:
    """What the rule is about; below it what was found: both in the reader's language."""
    about, message = rule_about(one.rule, scribe.words.language), scribe.text(message_in(one, scribe.words.language))
    if about is None:
        return (scribe.code(one.rule), Cell(text=message, notes=_place(scribe, one)))
    return (scribe.code(one.rule), Cell(text=about, notes=(message, *_place(scribe, one))))


def _place(scribe: Scribe, one: Finding) -> tuple[str, ...]:
    said = scribe.joined(
        scribe.line(one.location),
        scribe.labelled("expected", scribe.line(one.expected)),
        scribe.labelled("found", scribe.line(one.found)),
    )
    return (said,) if said else ()
