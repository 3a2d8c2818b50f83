"""From the facts of an outbox row to what a person reads: subject, plain text and HTML, in the reader's language.

Facts come from documents that strangers wrote. Every one is cleaned and cut here before a template sees it; the HTML
templates escape whatever is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from ..models.domain.states import STATES, InvoiceStatus, Language
from . import formatting
from .cleaning import lines, one_line
from .words import TEMPLATES, Words, words_of

Facts = Mapping[str, str | None]

SUBJECT_PART = 60
"""Characters that a number or a name takes up in a subject at most."""
VALUE = 250
REASON = 2_000
REASON_LINES = 20

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    undefined=StrictUndefined,
    autoescape=select_autoescape(("html",), default_for_string=False, default=False),
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


class MailKind(StrEnum):
    """What a mail is about: a state that an invoice has reached, or an invoice that came in."""

    STATUS = "STATUS"
    INCOMING = "INCOMING"


class Rendered(NamedTuple):
    """A mail in words. The subject is one line without control characters."""

    subject: str
    text: str
    html: str


class Row(NamedTuple):
    """A line of the table of facts."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class _View:
    """What both templates of a mail are filled with."""

    words: Words
    subject: str
    heading: str
    sentence: str
    rows: list[Row]
    reason: list[str]
    link: str


def render(kind: str, language: str, facts: Facts, public_url: str) -> Rendered:
    """The mail of one outbox row.

    ``facts`` are those that ``models.outbox`` keeps. A missing key raises ``KeyError``; an unknown kind, language or
    state, or an amount or date that is none, ``ValueError``.
    """
    words = words_of(Language(language))
    view = (
        _status(words, facts, public_url) if MailKind(kind) is MailKind.STATUS else _incoming(words, facts, public_url)
    )
    context = {name: getattr(view, name) for name in _View.__slots__}
    text, html = (
        _ENVIRONMENT.get_template(f"{MailKind(kind).lower()}.{form}").render(context) for form in ("txt", "html")
    )
    return Rendered(view.subject, text, html)


def _status(words: Words, facts: Facts, public_url: str) -> _View:
    status = InvoiceStatus(_needed(facts, "status"))
    state = STATES[status].names[Language(words.tag.upper())]
    reason = lines(facts["reason"] or "", limit=REASON, most=REASON_LINES)
    payment_date = _day(words, facts["paymentDate"])
    labels = words.labels
    rows = [
        Row(labels.state, state),
        Row(labels.at, _moment(words, facts)),
        Row(labels.number, _number(facts, VALUE)),
        Row(labels.amount, _amount(words, facts)),
        Row(labels.receiver, _party(words, facts, "receiver")),
        Row(labels.issue_date, _day(words, facts["issueDate"])),
        Row(labels.registry_number, _value(facts["registryNumber"])),
        Row(labels.rcf_number, _value(facts["rcfNumber"])),
        Row(labels.payment_date, payment_date),
        Row(labels.reason_code, _value(facts["reasonCode"])),
    ]
    subject = words.subjects[MailKind.STATUS].format(number=_number(facts, SUBJECT_PART), state=state)
    return _View(
        words=words,
        subject=subject,
        heading=subject,
        sentence=_sentence(words, status, facts, payment_date, told_why=bool(reason)),
        rows=[row for row in rows if row.value],
        reason=reason,
        link=_link(public_url, facts),
    )


def _incoming(words: Words, facts: Facts, public_url: str) -> _View:
    labels = words.labels
    rows = [
        Row(labels.number, _number(facts, VALUE)),
        Row(labels.amount, _amount(words, facts)),
        Row(labels.issuer, _party(words, facts, "issuer")),
        Row(labels.receiver, _party(words, facts, "receiver")),
        Row(labels.issue_date, _day(words, facts["issueDate"])),
        Row(labels.due_date, _day(words, facts["dueDate"])),
        Row(labels.registry_number, _value(facts["registryNumber"])),
        Row(labels.arrived, _moment(words, facts)),
    ]
    issuer = one_line(_needed(facts, "issuerName"), SUBJECT_PART)
    return _View(
        words=words,
        subject=words.subjects[MailKind.INCOMING].format(number=_number(facts, SUBJECT_PART), issuer=issuer),
        heading=words.incoming.heading,
        sentence=words.incoming.sentence,
        rows=[row for row in rows if row.value],
        reason=[],
        link=_link(public_url, facts),
    )


def _sentence(words: Words, status: InvoiceStatus, facts: Facts, payment_date: str, *, told_why: bool) -> str:
    known = {
        InvoiceStatus.REGISTERED: _value(facts["registryNumber"]),
        InvoiceStatus.REGISTERED_IN_RCF: _value(facts["rcfNumber"]),
        InvoiceStatus.PAID: payment_date,
        InvoiceStatus.REJECTED: told_why,
    }
    if not known.get(status):
        return words.sentences[status]
    return words.sentences_with[status].format(
        registry_number=_value(facts["registryNumber"]),
        rcf_number=_value(facts["rcfNumber"]),
        payment_date=payment_date,
    )


def _needed(facts: Facts, key: str) -> str:
    value = facts[key]
    if value is None:
        raise ValueError(f"a mail needs {key}")
    return value


def _value(text: str | None) -> str:
    return one_line(text or "", VALUE)


def _number(facts: Facts, limit: int) -> str:
    series, number = facts["series"], _needed(facts, "number")
    return one_line(formatting.full_number(_value(series), _value(number)), limit)


def _amount(words: Words, facts: Facts) -> str:
    return formatting.amount(words, _needed(facts, "payable"), one_line(_needed(facts, "currency"), 3))


def _party(words: Words, facts: Facts, side: str) -> str:
    name, tax_id = _value(_needed(facts, f"{side}Name")), _value(facts[f"{side}TaxId"])
    return words.party.format(name=name, tax_id=tax_id) if tax_id else name


def _day(words: Words, iso: str | None) -> str:
    return formatting.day(words, date.fromisoformat(iso)) if iso else ""


def _moment(words: Words, facts: Facts) -> str:
    return formatting.moment(words, datetime.fromisoformat(_needed(facts, "at")))


def _link(public_url: str, facts: Facts) -> str:
    return f"{public_url.rstrip('/')}/live?invoice={quote(_needed(facts, 'invoiceId'), safe='')}"
