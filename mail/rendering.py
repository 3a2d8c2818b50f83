"""From the facts of an outbox row to what a person reads: subject, plain text and HTML, in the reader's language.

A new kind of mail is a function that makes its view (``mail.view``), a line in :data:`VIEWS` and its words in each of
the files of ``templates``.
"""

from __future__ import annotations

from dataclasses import fields
from functools import partial
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from ..models.domain.notices import MailKind
from ..models.domain.states import Language
from .cancellation_mails import refused_view, requested_view, undelivered_view, withdrawn_view
from .digest_mail import digest_view
from .document_mail import document_refused_view
from .invitation_mails import accepted_view, invitation_view
from .invoice_mails import incoming_view, status_view
from .user_mails import password_changed_view, reset_view, user_invitation_view
from .view import BuildView, Facts, View
from .webhook_mails import webhook_disabled_view
from .words import TEMPLATES, words_of

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    undefined=StrictUndefined,
    autoescape=select_autoescape(("html",), default_for_string=False, default=False),
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


VIEWS: dict[MailKind, BuildView] = {
    MailKind.STATUS: status_view,
    MailKind.INCOMING: incoming_view,
    MailKind.INVITATION: invitation_view,
    MailKind.INVITATION_ACCEPTED: accepted_view,
    MailKind.CANCELLATION_REQUESTED: requested_view,
    MailKind.CANCELLATION_WITHDRAWN: withdrawn_view,
    MailKind.CANCELLATION_REFUSED: refused_view,
    MailKind.CANCELLATION_UNDELIVERED: undelivered_view,
    MailKind.DOCUMENT_REFUSED: document_refused_view,
    MailKind.WEBHOOK_DISABLED: webhook_disabled_view,
    MailKind.USER_INVITATION: user_invitation_view,
    MailKind.PASSWORD_RESET: reset_view,
    MailKind.PASSWORD_CHANGED: password_changed_view,
}
VIEWS[MailKind.DIGEST] = partial(digest_view, {kind.value: view for kind, view in VIEWS.items()})


class Rendered(NamedTuple):
    """A mail in words. The subject is one line without control characters."""

    subject: str
    text: str
    html: str


def render(kind: str, language: str, facts: Facts, public_url: str, *, stop: str | None = None) -> Rendered:
    """The mail of one outbox row.

    ``facts`` are those that ``models.notices.notifying`` keeps; ``stop`` is where its reader can stop such mails. A
    missing key raises ``KeyError``; an unknown kind, language or state, or an amount or date that is none,
    ``ValueError``.
    """
    view = VIEWS[MailKind(kind)](words_of(Language(language)), facts, public_url)
    context = {part.name: getattr(view, part.name) for part in fields(View)}
    context["stop"] = stop
    context["rows"] = [row for row in view.rows if row.value]
    text, html = (_ENVIRONMENT.get_template(f"notice.{form}").render(context) for form in ("txt", "html"))
    return Rendered(view.subject, text, html)
