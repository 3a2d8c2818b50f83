"""Mails to administrators about the programs that their party's changes are told to."""

from __future__ import annotations

from urllib.parse import urlsplit

from .view import SUBJECT_PART, Facts, Row, View, moment, needed, page, value
from .words import Words


def webhook_disabled_view(words: Words, facts: Facts, public_url: str) -> View:
    """A webhook is off: which, why, and what becomes of what it misses."""
    notice, said = words.notices["WEBHOOK_DISABLED"], words.webhook
    url = needed(facts, "url")
    return View(
        words=words,
        subject=notice.subject.format(host=value(urlsplit(url).netloc, SUBJECT_PART)),
        heading=notice.heading,
        sentence=notice.sentence,
        rows=[
            Row(said.url, value(url)),
            Row(said.at, moment(words, facts)),
            Row(said.since, moment(words, facts, "failingSince")),
            Row(said.error, value(facts["error"])),
        ],
        paragraphs=(said.gone if facts["why"] == "GONE" else said.failing, said.kept),
        link=page(public_url),
        link_text=said.open,
        footer=words.closing.footer,
    )
