"""The words of the mails: one file a language in ``templates``, read once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..models.domain.states import InvoiceStatus, Language

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyForm:
    """How amounts are written. ``euro`` and ``other`` are filled with ``sign``, ``amount`` and ``currency``."""

    thousands: str
    decimal: str
    euro: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Subject, heading and opening sentence of a mail that is not about a state; the braces are its kind's own."""

    subject: str
    heading: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What mails about newcomers say besides: ``second`` is filled with ``issuer``, ``until`` with ``day``."""

    key: str
    second: str
    until: str
    stranger: str
    open: str
    at: str
    registered: str
    """What the number of invoices is called that waited."""
    see: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """What a mail about a webhook says: ``failing`` and ``gone`` are why it is off."""

    url: str
    at: str
    since: str
    error: str
    failing: str
    gone: str
    kept: str
    open: str


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """What mails to persons say: ``until`` is filled with ``moment``, ``roles`` are named by their values."""

    party: str
    invited_by: str
    roles_label: str
    offices: str
    address: str
    asked: str
    changed: str
    until: str
    stranger: str
    choose: str
    not_asked: str
    not_changed: str
    open: str
    join: str
    roles: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What stands below the facts: the texts of the links, how much was left out, the last line."""

    open: str
    open_all: str
    more: str
    stop: str
    footer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What each fact is called."""

    number: str
    amount: str
    issuer: str
    receiver: str
    issue_date: str
    due_date: str
    state: str
    at: str
    arrived: str
    registry_number: str
    rcf_number: str
    payment_date: str
    reason_code: str
    reason: str
    asked_by: str
    asked: str
    withdrawn: str
    answered_by: str
    answered: str
    comment: str
    file: str
    errors: str
    findings: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Everything that is said in one language. ``tag`` is its BCP 47 tag; ``months`` begin with January.

    A state is explained by ``sentences_with`` where the fact that it is about is known, else by ``sentences``.
    """

    language: Language
    tag: str
    months: tuple[str, ...]
    date: str
    moment: str
    party: str
    money: MoneyForm
    subjects: dict[str, str]
    labels: Labels
    notices: dict[str, Notice]
    invitation: Invitation
    webhook: Webhook
    user: User
    sentences: dict[InvoiceStatus, str]
    sentences_with: dict[InvoiceStatus, str]
    closing: Closing


@cache
def words_of(language: Language) -> Words:
    """The words of a language; a file that lacks or misspells one raises ``TypeError`` or ``ValueError``."""
    said = tomllib.loads((TEMPLATES / f"{language.lower()}.toml").read_text(encoding="utf-8"))
    said["months"] = tuple(said["months"])
    said["money"] = MoneyForm(**said["money"])
    said["labels"] = Labels(**said["labels"])
    said["notices"] = {kind: Notice(**notice) for kind, notice in said["notices"].items()}
    said["invitation"] = Invitation(**said["invitation"])
    said["webhook"] = Webhook(**said["webhook"])
    said["user"] = User(**said["user"])
    said["closing"] = Closing(**said["closing"])
    for table in ("sentences", "sentences_with"):
        said[table] = {InvoiceStatus(status): sentence for status, sentence in said[table].items()}
    return Words(**said, language=language)
