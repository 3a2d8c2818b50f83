"""Mails to persons: an invitation to a party, a link to choose another password, word that it was changed."""

from __future__ import annotations

from urllib.parse import quote

from ..models.domain.transitions import UserRole
from .view import SUBJECT_PART, Facts, Row, View, moment, needed, page, value
from .words import Words


def user_invitation_view(words: Words, facts: Facts, public_url: str) -> View:
    """To a person who is to join a party: who asks, what he or she will be able to do, the link."""
    notice, said, party = words.notices["USER_INVITATION"], words.user, value(needed(facts, "party"))
    roles = [said.roles[UserRole(role)] for role in needed(facts, "roles").split(",")]
    return View(
        words=words,
        subject=notice.subject.format(party=value(needed(facts, "party"), SUBJECT_PART)),
        heading=notice.heading.format(party=party),
        sentence=notice.sentence.format(party=party),
        rows=[
            Row(said.party, party),
            Row(said.invited_by, value(facts["invitedBy"])),
            Row(said.address, value(facts["address"])),
            Row(said.roles_label, ", ".join(roles)),
            Row(said.offices, value(facts["offices"])),
        ],
        paragraphs=(said.until.format(moment=moment(words, facts, "expiresAt")), said.stranger),
        link=_link(public_url, "join", facts),
        link_text=said.join,
        footer=words.closing.footer,
    )


def reset_view(words: Words, facts: Facts, public_url: str) -> View:
    """To a person who forgot the password."""
    notice, said = words.notices["PASSWORD_RESET"], words.user
    return View(
        words=words,
        subject=notice.subject,
        heading=notice.heading,
        sentence=notice.sentence,
        rows=[Row(said.address, value(facts["address"])), Row(said.asked, moment(words, facts))],
        paragraphs=(said.until.format(moment=moment(words, facts, "expiresAt")), said.not_asked),
        link=_link(public_url, "password", facts),
        link_text=said.choose,
        footer=words.closing.footer,
    )


def password_changed_view(words: Words, facts: Facts, public_url: str) -> View:
    """To a person whose password is another now."""
    notice, said = words.notices["PASSWORD_CHANGED"], words.user
    return View(
        words=words,
        subject=notice.subject,
        heading=notice.heading,
        sentence=notice.sentence,
        rows=[Row(said.address, value(facts["address"])), Row(said.changed, moment(words, facts))],
        paragraphs=(said.not_changed,),
        link=page(public_url),
        link_text=said.open,
        footer=words.closing.footer,
    )


def _link(public_url: str, what: str, facts: Facts) -> str:
    """Key and address stand behind the #, which browsers send to nobody; the page fills in the address."""
    secret = f"{needed(facts, 'key')}:{needed(facts, 'address')}"
    return f"{page(public_url)}?{what}#{quote(secret, safe=':@')}"
