"""Mails about receivers who are not here yet: what waits for them, and how they come in."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from ..models.domain.numbering import LEGAL_TIME
from . import formatting
from .invoice_mails import one_name
from .view import SUBJECT_PART, Facts, Row, View, about_invoice, day, moment, needed, number, page, party, value
from .words import Words


def invitation_view(words: Words, facts: Facts, public_url: str) -> View:
    """To the receiver: an invoice waits for it; this is key one, and key two comes from the issuer."""
    labels, notice, said = words.labels, words.notices["INVITATION"], words.invitation
    issuer, key = one_name(facts, "issuer"), needed(facts, "keyOne")
    until = datetime.fromisoformat(needed(facts, "expiresAt")).astimezone(LEGAL_TIME).date()
    return View(
        words=words,
        subject=notice.subject.format(number=number(facts, SUBJECT_PART), issuer=issuer),
        heading=notice.heading,
        sentence=notice.sentence.format(issuer=issuer),
        rows=[
            *about_invoice(words, facts),
            Row(labels.due_date, day(words, facts["dueDate"])),
        ],
        key_label=said.key,
        key=key,
        paragraphs=(
            said.second.format(issuer=issuer),
            said.until.format(day=formatting.day(words, until)),
            said.stranger,
        ),
        # The key stands behind the #, which browsers send to nobody.
        link=f"{page(public_url, invitation=value(needed(facts, 'receiverTaxId')))}#{quote(key, safe='')}",
        link_text=said.open,
        footer=words.closing.footer,
    )


def accepted_view(words: Words, facts: Facts, public_url: str) -> View:
    """To the issuer: the receiver that it invited is here, and its invoices are registered."""
    notice, receiver = words.notices["INVITATION_ACCEPTED"], one_name(facts, "receiver")
    return View(
        words=words,
        subject=notice.subject.format(receiver=receiver),
        heading=notice.heading.format(receiver=receiver),
        sentence=notice.sentence,
        rows=[
            Row(words.labels.receiver, party(words, facts, "receiver")),
            Row(words.labels.issuer, party(words, facts, "issuer")),
            Row(words.invitation.at, moment(words, facts)),
            Row(words.invitation.registered, value(facts["count"])),
        ],
        link=page(public_url),
        link_text=words.invitation.see,
        footer=words.closing.footer,
    )
