"""To whoever sends documents: one of them was refused."""

from __future__ import annotations

from ..models.domain.rules import rule_about
from .view import SUBJECT_PART, Facts, Row, View, moment, page, quotation, value
from .words import Words


def document_refused_view(words: Words, facts: Facts, public_url: str) -> View:
    """With the findings, a line each."""
    labels, notice = words.labels, words.notices["DOCUMENT_REFUSED"]
    return View(
        words=words,
        subject=notice.subject.format(file=value(facts["fileName"], SUBJECT_PART)),
        heading=notice.heading,
        sentence=notice.sentence,
        rows=[
            Row(labels.file, value(facts["fileName"])),
            Row(labels.arrived, moment(words, facts)),
            Row(labels.errors, value(facts["errors"])),
        ],
        quoted_label=labels.findings,
        quoted=quotation("\n".join(_headed(words, line) for line in _findings(words, facts).splitlines())),
        link=page(public_url),
        link_text=words.closing.open_all,
        footer=words.closing.footer,
    )


def _findings(words: Words, facts: Facts) -> str:
    """In the reader's language; mails that were written before there were any have them in English alone."""
    return facts.get(f"findings{words.language}") or facts.get("findings") or ""


def _headed(words: Words, line: str) -> str:
    """A finding (``rule: message``) behind what its rule is about in the reader's language."""
    rule, separator, message = line.partition(": ")
    about = rule_about(rule, words.language)
    return line if about is None or not separator else f"{rule} ({about}): {message}"
