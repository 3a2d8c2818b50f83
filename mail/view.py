"""What the templates of a mail are filled with, and how facts become words.

Facts come from documents that strangers wrote. Every one is cleaned and cut here before a template sees it; the HTML
templates escape whatever is left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from urllib.parse import quote

from . import formatting
from .cleaning import lines, one_line
from .words import Words

Facts = Mapping[str, str | None]

SUBJECT_PART = 60
"""Characters that a number or a name takes up in a subject at most."""
VALUE = 250
REASON = 2_000
REASON_LINES = 20


class Row(NamedTuple):
    """A line of the table of facts; one without a value is left out."""

    label: str
    value: str


class Item(NamedTuple):
    """A line that leads somewhere."""

    text: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One mail in words. ``quoted`` is somebody's own text under ``quoted_label``, such as a reason.

    ``key`` is to be typed by the reader, under ``key_label``; ``paragraphs`` say what else there is to know.

    ``link`` is where the mail leads, with ``link_text``; ``footer`` its last line.
    ``items`` are lines that lead somewhere, ``more`` says how many were left out. ``link`` is where the mail leads,
    with ``link_text``; ``footer`` its last line.
    """

    words: Words
    subject: str
    heading: str
    sentence: str
    rows: list[Row]
    link: str
    link_text: str
    footer: str
    quoted_label: str = ""
    quoted: list[str] = field(default_factory=list)
    key_label: str = ""
    key: str = ""
    paragraphs: tuple[str, ...] = ()
    items: list[Item] = field(default_factory=list)
    more: str = ""


BuildView = Callable[[Words, Facts, str], View]
"""Makes the view of a kind of mail from its words, its facts and the service's public URL."""


def needed(facts: Facts, key: str) -> str:
    """A fact that must be there."""
    found = facts[key]
    if found is None:
        raise ValueError(f"a mail needs {key}")
    return found


def value(text: str | None, limit: int = VALUE) -> str:
    """A fact as one clean line; empty where it is not known."""
    return one_line(text or "", limit)


def quotation(text: str | None) -> list[str]:
    """Somebody's own text, in its lines."""
    return lines(text or "", limit=REASON, most=REASON_LINES)


def number(facts: Facts, limit: int = VALUE) -> str:
    """The invoice's series and number."""
    return one_line(formatting.full_number(value(facts["series"]), value(needed(facts, "number"))), limit)


def amount(words: Words, facts: Facts) -> str:
    """What is to be paid, with its currency."""
    return formatting.amount(words, needed(facts, "payable"), one_line(needed(facts, "currency"), 3))


def party(words: Words, facts: Facts, side: str) -> str:
    """``issuer`` or ``receiver``: name and tax id."""
    name, tax_id = value(needed(facts, f"{side}Name")), value(facts[f"{side}TaxId"])
    return words.party.format(name=name, tax_id=tax_id) if tax_id else name


def day(words: Words, iso: str | None) -> str:
    """A date; empty where there is none."""
    return formatting.day(words, date.fromisoformat(iso)) if iso else ""


def moment(words: Words, facts: Facts, key: str = "at") -> str:
    """An instant, in Madrid's time."""
    return formatting.moment(words, datetime.fromisoformat(needed(facts, key)))


def page(public_url: str, **query: str) -> str:
    """The address of the page for people."""
    asked = "&".join(f"{name}={quote(text, safe='')}" for name, text in query.items())
    return f"{public_url.rstrip('/')}/live" + (f"?{asked}" if asked else "")


def invoice_page(public_url: str, facts: Facts) -> str:
    """Where the invoice is seen."""
    return page(public_url, invoice=needed(facts, "invoiceId"))


def about_invoice(words: Words, facts: Facts) -> list[Row]:
    """Which invoice it is: what every mail to somebody who may not know it yet says of it."""
    labels = words.labels
    return [
        Row(labels.number, number(facts)),
        Row(labels.amount, amount(words, facts)),
        Row(labels.issuer, party(words, facts, "issuer")),
        Row(labels.receiver, party(words, facts, "receiver")),
        Row(labels.issue_date, day(words, facts["issueDate"])),
    ]
