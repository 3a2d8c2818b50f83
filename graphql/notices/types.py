"""Who is mailed about what, and what was mailed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import strawberry

from ...models.identifiers import global_id
from ...models.lists.timeline import Place
from ...models.notices.addresses import AddressRow
from ...models.notices.log import MailRow
from ..connections import PageInfo, ends
from ..enums import Language
from ..invoices import Invoice
from ..nodes import Node
from ..scalars import DateTime
from .enums import MailKind, NoticeEvent, NoticeTiming, NotificationState


@strawberry.type(description="An address that the party has mailed, and what about.")
class NoticeAddress:
    """Resolved from ``AddressRow``."""

    @strawberry.field(description="Opaque id, for removeNoticeAddress.")
    @staticmethod
    def id(root: strawberry.Parent[AddressRow]) -> strawberry.ID:
        return strawberry.ID(global_id("NoticeAddress", root.key))

    address: str = strawberry.field(description="The e-mail address.")
    language: Language = strawberry.field(description="The language that its mails are written in.")
    timing: NoticeTiming = strawberry.field(description="At once, or together in a daily digest.")
    events: list[NoticeEvent] = strawberry.field(description="What it is mailed about.")
    unsubscribed_at: DateTime | None = strawberry.field(
        description="When its reader stopped the mails by the link in one; null while it gets them. Saving it anew"
        " starts them again."
    )
    created_at: DateTime = strawberry.field(description="When it was set up.")


@strawberry.type(description="A mail that the service sends or has sent for the viewer's party.")
class Notification(Node):
    """Resolved from ``MailRow``."""

    kind: MailKind = strawberry.field(description="What it is about.")
    recipient: str = strawberry.field(description="The address that it goes to.")
    language: Language = strawberry.field(description="The language that it is written in.")
    invoice: Invoice | None = strawberry.field(
        description="The invoice that it is about, as it is now; null for others."
    )
    state: NotificationState = strawberry.field(description="Whether the mail server has taken it.")
    attempts: int = strawberry.field(description="How often it was tried.")
    last_code: int | None = strawberry.field(
        description="SMTP code of the mail server's last answer: 250 where it took the mail, such as 550 where it did"
        " not; null where it has said nothing."
    )
    last_answer: str | None = strawberry.field(
        description="The mail server's last answer in its own words, at most 500 characters, such as"
        " `2.0.0 Ok: queued as 4F1A`; what went wrong where it did not answer. Null until it was tried."
    )
    created_at: DateTime = strawberry.field(description="When what it tells happened.")
    sent_at: DateTime | None = strawberry.field(description="When the mail server took it.")
    next_attempt_at: DateTime | None = strawberry.field(description="When it is tried next; null unless QUEUED.")
    mandatory: bool = strawberry.field(
        description="It goes to the address that the issuer gave with the invoice, which no setting can stop."
    )
    resend_of: strawberry.ID | None = strawberry.field(description="The notification that this one repeats.")

    @classmethod
    def is_type_of(cls, row: Any, _: Any) -> bool:
        return isinstance(row, MailRow)


@strawberry.type(description="A notification in a list.")
class NotificationEdge:
    """Built by ``NotificationConnection.edges``."""

    node: Notification = strawberry.field(description="The notification.")
    cursor: str = strawberry.field(description="Its place, for `after`.")


@dataclass(frozen=True, slots=True)
class NotificationList:
    """A page that was read."""

    rows: list[MailRow]
    has_next: bool
    has_previous: bool


@strawberry.type(description="A page of notifications, newest first.")
class NotificationConnection:
    """Resolved from ``NotificationList``."""

    @strawberry.field(description="The notifications with their cursors.")
    @staticmethod
    def edges(root: strawberry.Parent[NotificationList]) -> list[NotificationEdge]:
        return [NotificationEdge(node=row, cursor=_cursor(row)) for row in root.rows]  # type: ignore[arg-type]

    @strawberry.field(description="The notifications alone.", graphql_type=list[Notification])
    @staticmethod
    def nodes(root: strawberry.Parent[NotificationList]) -> list[MailRow]:
        return root.rows

    @strawberry.field(description="Where this page lies.")
    @staticmethod
    def page_info(root: strawberry.Parent[NotificationList]) -> PageInfo:
        return ends([_cursor(row) for row in root.rows], has_next=root.has_next, has_previous=root.has_previous)


def _cursor(row: MailRow) -> str:
    return Place(row.created_at, row.key).cursor
