"""Mails about a request of cancellation: the receiver is asked or told that it was taken back, the issuer refused."""

from __future__ import annotations

from .invoice_mails import one_name
from .view import SUBJECT_PART, Facts, Row, View, about_invoice, invoice_page, moment, number, quotation, value
from .words import Labels, Words


def requested_view(words: Words, facts: Facts, public_url: str) -> View:
    """To the receiver: the issuer asks that an invoice be cancelled, and why."""
    labels = words.labels
    about = [Row(labels.asked_by, value(facts["actor"])), Row(labels.asked, moment(words, facts))]
    return _view(words, facts, public_url, "CANCELLATION_REQUESTED", about, labels.reason)


def withdrawn_view(words: Words, facts: Facts, public_url: str) -> View:
    """To the receiver: the issuer no longer asks."""
    about = [Row(words.labels.withdrawn, moment(words, facts))]
    return _view(words, facts, public_url, "CANCELLATION_WITHDRAWN", about, "")


def refused_view(words: Words, facts: Facts, public_url: str) -> View:
    """To the issuer: the receiver does not cancel, and what it says."""
    labels = words.labels
    about = [Row(labels.answered_by, value(facts["actor"])), Row(labels.answered, moment(words, facts))]
    return _view(words, facts, public_url, "CANCELLATION_REFUSED", about, labels.comment)


def undelivered_view(words: Words, facts: Facts, public_url: str) -> View:
    """To the issuer: the receiver's platform did not take the request, and why."""
    labels = words.labels
    about = [Row(labels.at, moment(words, facts))]
    return _view(words, facts, public_url, "CANCELLATION_UNDELIVERED", about, labels.reason)


def _view(words: Words, facts: Facts, public_url: str, kind: str, about: list[Row], quoted_label: str) -> View:
    notice = words.notices[kind]
    names = {side: one_name(facts, side) for side in ("issuer", "receiver")}
    return View(
        words=words,
        subject=notice.subject.format(number=number(facts, SUBJECT_PART), **names),
        heading=notice.heading.format(number=number(facts, SUBJECT_PART)),
        sentence=notice.sentence.format(**names),
        rows=[*_invoice(words.labels, words, facts), *about],
        quoted_label=quoted_label,
        quoted=quotation(facts["reason"]) if quoted_label else [],
        link=invoice_page(public_url, facts),
        link_text=words.closing.open,
        footer=words.closing.footer,
    )


def _invoice(labels: Labels, words: Words, facts: Facts) -> list[Row]:
    return [
        *about_invoice(words, facts),
        Row(labels.registry_number, value(facts["registryNumber"])),
        Row(labels.rcf_number, value(facts["rcfNumber"])),
    ]
