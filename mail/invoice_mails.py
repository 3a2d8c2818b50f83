"""Mails about an invoice itself: a state that it has reached, and that it came in."""

from __future__ import annotations

from ..models.domain.states import STATES, InvoiceStatus, Language
from .view import (
    SUBJECT_PART,
    Facts,
    Row,
    View,
    about_invoice,
    amount,
    day,
    invoice_page,
    moment,
    needed,
    number,
    party,
    quotation,
    value,
)
from .words import Words


def status_view(words: Words, facts: Facts, public_url: str) -> View:
    """To the issuer: the invoice is in another state."""
    status = InvoiceStatus(needed(facts, "status"))
    state = STATES[status].names[Language(words.tag.upper())]
    reason, payment_date, labels = quotation(facts["reason"]), day(words, facts["paymentDate"]), words.labels
    subject = words.subjects["STATUS"].format(number=number(facts, SUBJECT_PART), state=state)
    return View(
        words=words,
        subject=subject,
        heading=subject,
        sentence=_sentence(words, status, facts, payment_date, told_why=bool(reason)),
        rows=[
            Row(labels.state, state),
            Row(labels.at, moment(words, facts)),
            Row(labels.number, number(facts)),
            Row(labels.amount, amount(words, facts)),
            Row(labels.receiver, party(words, facts, "receiver")),
            Row(labels.issue_date, day(words, facts["issueDate"])),
            Row(labels.registry_number, value(facts["registryNumber"])),
            Row(labels.rcf_number, value(facts["rcfNumber"])),
            Row(labels.payment_date, payment_date),
            Row(labels.reason_code, value(facts["reasonCode"])),
        ],
        quoted_label=labels.reason,
        quoted=reason,
        link=invoice_page(public_url, facts),
        link_text=words.closing.open,
        footer=words.closing.footer,
    )


def incoming_view(words: Words, facts: Facts, public_url: str) -> View:
    """To the receiver: an invoice has come in."""
    labels, notice = words.labels, words.notices["INCOMING"]
    issuer = one_name(facts, "issuer")
    return View(
        words=words,
        subject=notice.subject.format(number=number(facts, SUBJECT_PART), issuer=issuer),
        heading=notice.heading,
        sentence=notice.sentence,
        rows=[
            *about_invoice(words, facts),
            Row(labels.due_date, day(words, facts["dueDate"])),
            Row(labels.registry_number, value(facts["registryNumber"])),
            Row(labels.arrived, moment(words, facts)),
        ],
        link=invoice_page(public_url, facts),
        link_text=words.closing.open,
        footer=words.closing.footer,
    )


def one_name(facts: Facts, side: str) -> str:
    """A party's name as it fits into a subject."""
    return value(needed(facts, f"{side}Name"), SUBJECT_PART)


def _sentence(words: Words, status: InvoiceStatus, facts: Facts, payment_date: str, *, told_why: bool) -> str:
    known = {
        InvoiceStatus.REGISTERED: value(facts["registryNumber"]),
        InvoiceStatus.REGISTERED_IN_RCF: value(facts["rcfNumber"]),
        InvoiceStatus.PAID: payment_date,
        InvoiceStatus.REJECTED: told_why,
    }
    if not known.get(status):
        return words.sentences[status]
    return words.sentences_with[status].format(
        registry_number=value(facts["registryNumber"]),
        rcf_number=value(facts["rcfNumber"]),
        payment_date=payment_date,
    )
